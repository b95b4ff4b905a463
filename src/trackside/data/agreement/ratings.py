"""Who called what what: the table that agreement is computed from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.data.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Ratings:
    """Classes that annotators gave to units (images, boxes).

    Attributes:
        values: int32 [units, annotators], class numbers; -1 where somebody did not judge a unit.
        units: int64 [units], the row of each unit's item.
        annotators: their names, in the order of the columns.
        classes: names of the classes.
    """

    values: NDArray[np.int32]
    units: NDArray[np.int64]
    annotators: tuple[str, ...]
    classes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        values = np.asarray(self.values, np.int32)
        if values.ndim != 2 or values.shape != (len(self.units), len(self.annotators)):
            raise ValueError(f"ratings are [units, annotators], got {values.shape} for {len(self.annotators)} annotators")
        object.__setattr__(self, "values", values)

    def __len__(self) -> int:
        return len(self.units)

    @property
    def shared(self) -> NDArray[np.bool_]:
        """bool [units]: judged by at least two; only these say anything about agreement."""
        return np.asarray((self.values >= 0).sum(axis=1) >= 2)

    @property
    def disputed(self) -> NDArray[np.bool_]:
        """bool [units]: judged differently by at least two."""
        known = self.values >= 0
        low = np.where(known, self.values, np.iinfo(np.int32).max).min(axis=1, initial=np.iinfo(np.int32).max)
        high = np.where(known, self.values, -1).max(axis=1, initial=-1)
        return np.asarray(self.shared & (low < high))

    def counts(self) -> NDArray[np.int64]:
        """int64 [units, values that occur]: how many annotators gave each; columns in the order of class numbers."""
        present = np.unique(self.values[self.values >= 0])
        return np.stack([(self.values == value).sum(axis=1) for value in present], axis=1) if len(present) else self._none()

    def _none(self) -> NDArray[np.int64]:
        return np.empty((len(self), 0), np.int64)


def ratings_of(dataset: Dataset) -> Ratings:
    """The classes that annotators gave to whole items: annotations with a class and an annotator, but no box and no points.

    Who labelled an item twice counts with the last label.
    """
    notes = dataset.annotations
    no_points = np.isnan(notes.points).all(axis=(1, 2)) if notes.points.shape[1] else np.ones(len(notes), bool)
    rows = np.flatnonzero((notes.classes >= 0) & (notes.annotators != "") & ~notes.has_box & no_points)
    names = sorted(set(notes.annotators[rows]))
    units, unit_of = np.unique(notes.items[rows], return_inverse=True)
    values = np.full((len(units), len(names)), -1, np.int32)
    column = {name: place for place, name in enumerate(names)}
    values[unit_of, [column[name] for name in notes.annotators[rows]]] = notes.classes[rows]
    return Ratings(values, units, tuple(names), dataset.classes)
