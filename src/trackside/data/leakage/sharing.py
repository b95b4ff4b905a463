"""What two splits share: copies of pictures, or whole groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
# Names of the split that people train on, in the formats and habits there are.
_TRAINING = ("train", "training", "train2017", "trainval")


@dataclass(frozen=True, slots=True)
class Leak:
    """Items of an evaluation split that the training split knows.

    Attributes:
        rows: int64 [k], leaked items.
        partners: int64 [k], the item of the training split that each is a copy of.
    """

    rows: Rows
    partners: Rows


def training_split(splits: NDArray[np.object_]) -> str:
    """The name of the training split: "train" or the like, otherwise the largest; "" where there is none."""
    names, counts = np.unique(splits[splits != ""].astype(str), return_counts=True)
    if len(names) == 0:
        return ""
    known = [str(name) for wanted in _TRAINING for name in names if name.lower() == wanted]
    return known[0] if known else str(names[counts.argmax()])


def evaluation_splits(splits: NDArray[np.object_]) -> tuple[str, ...]:
    """The names of all other splits, in order of occurrence."""
    training = training_split(splits)
    return tuple(dict.fromkeys(str(name) for name in splits if name and name != training))


def leaked(splits: NDArray[np.object_], training: str, evaluation: str, groups: Rows) -> Leak:
    """Items of the evaluation split that are copies of items of the training split.

    Args:
        splits: str [n].
        training: name of a split.
        evaluation: name of another.
        groups: int64 [n], the group of copies that each item belongs to; items without copies are alone in theirs.
    """
    known = np.flatnonzero(splits == training)
    member = np.full(int(groups.max(initial=-1)) + 1, -1, np.int64)
    member[groups[known[::-1]]] = known[::-1]
    rows = np.flatnonzero(splits == evaluation)
    partners = member[groups[rows]]
    return Leak(rows[partners >= 0].astype(np.int64), partners[partners >= 0])
