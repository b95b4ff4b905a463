"""The training and the validation part of a data set: as its splits say, or made so that nothing leaks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError, SettingError, nearest
from trackside.data import Dataset
from trackside.data.formats.names import SPLITS
from trackside.data.splits import make_splits

TRAIN, VALIDATION = "train", "val"
_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Parts:
    """Rows of items.

    Attributes:
        train: intp, to fit on.
        validation: intp, to measure on.
        name: of the validation part.
        notes: how they were made, if the data set does not say them itself.
        split_off: whether they were made here.
    """

    train: NDArray[np.intp]
    validation: NDArray[np.intp]
    name: str
    notes: tuple[str, ...] = ()
    split_off: bool = False


def parts_of(dataset: Dataset, validation: str | float | None, seed: int) -> Parts:
    """Training and validation part.

    Args:
        dataset: with or without splits.
        validation: the split to measure on; or the share of the items to split off; None for the split `val` if there is
            one, else a fifth of the training part. The split `test` is only taken if it is named.
        seed: of what is split off.

    Raises:
        InputError: there is no such split, or one is empty.
        SettingError: a share outside 0 to 1.
    """
    if not len(dataset):
        raise InputError("the data set has no items", where=dataset.title, fix="give one with items")
    splits = {SPLITS.get(name.lower(), name): name for name in dataset.splits}
    if isinstance(validation, str):
        return _named(dataset, splits, validation)
    if validation is None and TRAIN in splits and VALIDATION in splits:
        return _named(dataset, splits, VALIDATION)
    return _split_off(dataset, splits, _SHARE if validation is None else validation, seed)


def _named(dataset: Dataset, splits: dict[str, str], validation: str) -> Parts:
    wanted = SPLITS.get(validation.lower(), validation)
    for name in (TRAIN, wanted):
        if name not in splits:
            fix = nearest(name, splits) if splits else "name no split, and one is made"
            raise InputError(f"the split {name!r} is empty or there is none", where=dataset.title, fix=fix)
    if wanted == TRAIN:
        raise SettingError("the training part cannot be the validation part", where="validation", fix="name another split")
    return Parts(dataset.in_split(splits[TRAIN]), dataset.in_split(splits[wanted]), wanted)


def _split_off(dataset: Dataset, splits: dict[str, str], share: float, seed: int) -> Parts:
    if not 0 < share < 1:
        raise SettingError(f"{share} is no share", where="validation", fix="give a number between 0 and 1, usually 0.2")
    if splits and TRAIN not in splits:
        raise InputError("has splits, but none is for training", where=dataset.title, fix="name one `train`")
    pool = dataset.in_split(splits[TRAIN]) if splits else np.arange(len(dataset))
    chosen = dataset.take(pool)
    made = make_splits(chosen, shares={TRAIN: 1 - share, VALIDATION: share}, seed=seed, hashes=_hashes(chosen))
    note = f"the validation part is {share:.0%} of the training part, split off by seed {seed}"
    return Parts(pool[made.rows(TRAIN)], pool[made.rows(VALIDATION)], VALIDATION, (note, *made.notes), True)


def _hashes(dataset: Dataset) -> list[str] | None:
    """Texts are their own content; files are hashed by whoever splits."""
    has_texts = bool((dataset.items.texts != "").any())
    return [str(text) for text in dataset.items.texts] if has_texts and not dataset.path(0).exists() else None
