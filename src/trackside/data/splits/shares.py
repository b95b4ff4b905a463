"""What shares a split achieved, and what it could not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.data.wording import counted

# Classes that a note names one by one.
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Achieved:
    """Counts of a split.

    Attributes:
        parts: their names.
        sizes: int64 [parts], items in each.
        classes: int64 [parts, classes], items of each class in each.
        left_out: items in no part.
    """

    parts: tuple[str, ...]
    sizes: NDArray[np.int64]
    classes: NDArray[np.int64]
    left_out: int

    @property
    def shares(self) -> NDArray[np.float64]:
        """float64 [parts]: share of the items that are in a part."""
        return self.sizes / max(int(self.sizes.sum()), 1)

    @property
    def furthest(self) -> float:
        """The greatest difference between a class's share of a part and its share of all, in percentage points, over classes
        with at least 20 items; 0 if there are none."""
        totals = self.classes.sum(axis=0)
        big = totals >= 20
        if not big.any() or not self.sizes.all():
            return 0.0
        inside = self.classes[:, big] / self.sizes[:, None]
        return float(100 * np.abs(inside - totals[big] / self.sizes.sum()).max())


def achieved(part: NDArray[np.integer], labels: NDArray[np.integer], parts: Sequence[str], classes: int) -> Achieved:
    """Count a split.

    Args:
        part: int [n], -1 for none.
        labels: int [n], -1 for none.
        parts: names of the parts.
        classes: number of classes.
    """
    used = part >= 0
    known = used & (labels >= 0)
    table = np.zeros((len(parts), classes), np.int64)
    np.add.at(table, (part[known], labels[known]), 1)
    return Achieved(tuple(parts), np.bincount(part[used], minlength=len(parts)), table, int((~used).sum()))


def notes_of(found: Achieved, units: NDArray[np.int64], wanted: Sequence[float], classes: Sequence[str]) -> list[str]:
    """What a reader should know of a split: shares that whole units did not allow, classes that a part lacks.

    Args:
        found: the counts.
        units: int64 [classes], in how many units each class occurs.
        wanted: shares that were asked for.
        classes: names of the classes.
    """
    notes = []
    for name, got, want in zip(found.parts, found.shares, wanted, strict=True):
        if abs(got - want) > max(0.02, 0.1 * want):
            notes.append(f"{name} has {got:.1%} of the items, not {want:.1%}: units stay whole")
    totals = found.classes.sum(axis=0)
    for number, name in enumerate(found.parts):
        lacking = np.flatnonzero((totals > 0) & (found.classes[number] == 0))
        if len(lacking):
            shown = ", ".join(f"{classes[one]} ({units[one]} in all)" for one in lacking[:_NAMED])
            more = f" and {len(lacking) - _NAMED} more" if len(lacking) > _NAMED else ""
            notes.append(f"{name} lacks {shown}{more}: a class needs a unit for every part")
    if found.left_out:
        notes.append(f"in no part: {counted(found.left_out, 'items')}")
    return notes


def units_per_class(unit: NDArray[np.int64], labels: NDArray[np.integer], classes: int) -> NDArray[np.int64]:
    """int64 [classes]: in how many units each class occurs."""
    known = labels >= 0
    pairs = np.unique(np.stack([unit[known], labels[known]], axis=1), axis=0)
    return np.bincount(pairs[:, 1].astype(np.int64), minlength=classes)
