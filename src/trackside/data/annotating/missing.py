"""Objects that were left out beside others that were marked: gaps of tracks, and what a detector sees without a box."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from trackside.data.agreement.boxes import iou
from trackside.data.dataset import Dataset

_LONGEST_GAP = 5
"""Pictures in a row: a track that is away for longer may be truly away."""
_SEEN = 0.6
"""Score from which a detector's box is believed, unless a box of a person lies near it."""
_NEAR = 0.3
_ALONE = 0.6
"""A gap that others' boxes cover by so much is an object behind another one."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Objects that are probably there and have no box.

    Attributes:
        items: int64 [f], rows of the items.
        boxes: float64 [f, 4], where they probably are.
        classes: int32 [f].
        reasons: one clause each.
        scores: float64 [f], 0 to 1.
    """

    items: NDArray[np.int64]
    boxes: NDArray[np.float64]
    classes: NDArray[np.int32]
    reasons: tuple[str, ...]
    scores: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.items)


def gaps_of_tracks(dataset: Dataset) -> LeftOut:
    """Pictures of a sequence in which a track is missing that the pictures before and after have.

    The place is drawn in a straight line between the two. A place that another object covers is no gap: the object is
    probably behind it.
    """
    notes = dataset.annotations
    marked = (notes.tracks >= 0) & notes.has_box & np.isnan(notes.scores)
    found: list[tuple[int, NDArray[np.float64], int, str, float]] = []
    rows_of = dataset.rows_by_item()
    for sequence in _sequences(dataset):
        place = {int(item): position for position, item in enumerate(sequence)}
        rows = np.flatnonzero(marked & np.isin(notes.items, sequence))
        for track in np.unique(notes.tracks[rows]):
            mine = rows[notes.tracks[rows] == track]
            found += _gaps(dataset, sequence, [(place[int(notes.items[row])], int(row)) for row in mine], rows_of)
    return _left_out(found)


def seen_without_box(dataset: Dataset) -> LeftOut:
    """What a detector found (annotations with a score) where no person drew a box, in pictures that people worked on."""
    notes = dataset.annotations
    by_people = notes.has_box & np.isnan(notes.scores)
    sure = notes.has_box & (notes.scores >= _SEEN)
    found: list[tuple[int, NDArray[np.float64], int, str, float]] = []
    for item, rows in enumerate(dataset.rows_by_item()):
        drawn, seen = rows[by_people[rows]], rows[sure[rows]]
        if not len(drawn) or not len(seen):
            continue
        alone = iou(notes.boxes[seen], notes.boxes[drawn]).max(axis=1) < _NEAR
        for row in seen[alone]:
            reason = f"a detector sees it with score {notes.scores[row]:.2f}, and nobody drew a box there"
            found.append((item, notes.boxes[row], int(notes.classes[row]), reason, float(notes.scores[row])))
    return _left_out(found)


def _sequences(dataset: Dataset) -> list[NDArray[np.intp]]:
    """Items of one group (or of all, if there are none) in the order of time, else of their names."""
    groups, times = dataset.items.groups, dataset.items.times
    found = []
    for group in dict.fromkeys(groups):
        rows = np.flatnonzero(groups == group)
        by_time = np.isfinite(times[rows]).all()
        order = np.argsort(times[rows], kind="stable") if by_time else np.argsort(dataset.items.names[rows], kind="stable")
        found.append(rows[order])
    return found


def _gaps(
    dataset: Dataset, sequence: NDArray[np.intp], places: list[tuple[int, int]], rows_of: list[NDArray[np.intp]]
) -> list[tuple[int, NDArray[np.float64], int, str, float]]:
    """Of one track: where it is missing between two pictures that have it."""
    notes, found = dataset.annotations, []
    places = sorted(places)
    for (before, first), (after, last) in pairwise(places):
        missing = after - before - 1
        if not 0 < missing <= _LONGEST_GAP:
            continue
        for step in range(1, missing + 1):
            share = step / (missing + 1)
            box = (1 - share) * notes.boxes[first] + share * notes.boxes[last]
            item = int(sequence[before + step])
            if _covered(box, notes.boxes[rows_of[item]]) > _ALONE:
                continue
            reason = f"track {notes.tracks[first]} is there before and after, and not here"
            found.append((item, box, int(notes.classes[first]), reason, 0.9 - 0.1 * missing))
    return found


def _covered(box: NDArray[np.float64], others: NDArray[np.float64]) -> float:
    """The largest share of a box that one other box covers."""
    usable = others[np.isfinite(others).all(axis=1)]
    if not len(usable):
        return 0.0
    low, high = np.maximum(box[:2], usable[:, :2]), np.minimum(box[2:], usable[:, 2:])
    area = float(np.prod(np.clip(box[2:] - box[:2], 1e-9, None)))
    return float(np.prod(np.clip(high - low, 0, None), axis=1).max() / area)


def _left_out(found: list[tuple[int, NDArray[np.float64], int, str, float]]) -> LeftOut:
    return LeftOut(
        np.array([one[0] for one in found], np.int64),
        np.array([one[1] for one in found], np.float64).reshape(-1, 4),
        np.array([one[2] for one in found], np.int32),
        tuple(one[3] for one in found),
        np.array([one[4] for one in found], np.float64),
    )
