"""Agreement on keypoints: how far apart annotators put each point, in object sizes, and who mixes up left and right."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from trackside.data.agreement.boxes import pair_up
from trackside.data.agreement.intervals import Interval, share
from trackside.data.dataset import Dataset

NEAR = 0.1
"""Share of the object's size within which two points are called the same (PCK at 0.1; Yang and Ramanan 2013, 6.1)."""
_PERSON_IOU = 0.3


@dataclass(frozen=True, slots=True)
class KeypointAgreement:
    """How far annotators agree on keypoints of objects that two of them marked.

    Attributes:
        near: share of points that both marked and put within a tenth of the object's size of each other.
        distance: mean distance in shares of the object's size (square root of its area).
        by_point: `near` by the point's name.
        by_annotator: `near` of each annotator against all others.
        swapped: int64, rows of items in which two annotators differ by an exchange of left and right.
        objects: pairs of objects that were compared.
    """

    near: Interval
    distance: Interval
    by_point: dict[str, Interval]
    by_annotator: dict[str, Interval]
    swapped: NDArray[np.int64]
    objects: int


def keypoint_agreement(dataset: Dataset, *, seed: int = 0) -> KeypointAgreement | None:
    """Agreement of all pairs of annotators on keypoints; None if no object was marked by two."""
    compared = [pair for item, rows in enumerate(dataset.rows_by_item()) for pair in _compared(dataset, item, rows)]
    if not compared:
        return None
    items = np.array([item for item, _, _, _ in compared])
    distances = np.array([gaps for _, _, gaps, _ in compared])
    people = np.array([names for _, names, _, _ in compared], object)
    known = np.isfinite(distances)
    near, far = np.where(known, distances <= NEAR, False), np.where(known, distances, 0.0)
    swaps = np.unique(items[np.array([swapped for _, _, _, swapped in compared])])
    return KeypointAgreement(
        _share(items, near.sum(axis=1), known.sum(axis=1), seed),
        _share(items, far.sum(axis=1), known.sum(axis=1), seed),
        {name: _share(items, near[:, k], known[:, k], seed) for k, name in enumerate(dataset.keypoints)},
        {
            name: _share(items[mine], near[mine].sum(axis=1), known[mine].sum(axis=1), seed)
            for name in sorted(set(people.ravel()))
            if len(mine := np.flatnonzero((people == name).sum(axis=1)))
        },
        swaps.astype(np.int64),
        len(compared),
    )


def mirrored_order(names: tuple[str, ...]) -> NDArray[np.intp]:
    """intp [k]: for each point, the row of the point on the other side of the body (itself where there is none)."""
    places = {name: row for row, name in enumerate(names)}
    return np.array([places.get(_other_side(name), row) for row, name in enumerate(names)], np.intp)


def _other_side(name: str) -> str:
    for one, other in (("left", "right"), ("right", "left"), ("Left", "Right"), ("Right", "Left")):
        if one in name:
            return name.replace(one, other)
    for one, other in (("l_", "r_"), ("r_", "l_"), ("L_", "R_"), ("R_", "L_")):
        if name.startswith(one):
            return other + name[2:]
    return name


def _compared(
    dataset: Dataset, item: int, rows: NDArray[np.intp]
) -> list[tuple[int, tuple[str, str], NDArray[np.float64], bool]]:
    """Pairs of marks of one object: the item, who, distances [k] in object sizes, whether sides are exchanged."""
    notes = dataset.annotations.take(rows)
    if not notes.points.shape[1] or len(set(notes.annotators)) < 2:
        return []
    marked = np.where(notes.points[:, :, 2:] > 0, notes.points[:, :, :2], np.nan)
    boxes = np.where(notes.has_box[:, None], notes.boxes, _around(marked))
    usable = np.isfinite(boxes).all(axis=1) & (notes.annotators != "")
    order, found = mirrored_order(dataset.keypoints), []
    for one, other in combinations(sorted(set(notes.annotators[usable])), 2):
        a, b = (np.flatnonzero(usable & (notes.annotators == name)) for name in (one, other))
        for i, j, _ in zip(*pair_up(boxes[a], boxes[b], _PERSON_IOU), strict=True):
            size = np.sqrt(max(np.prod(boxes[a[i], 2:] - boxes[a[i], :2]), 1.0))
            gaps = np.linalg.norm(marked[a[i]] - marked[b[j]], axis=1) / size
            crossed = np.linalg.norm(marked[a[i]] - marked[b[j]][order], axis=1) / size
            found.append((item, (one, other), gaps, _is_swapped(gaps, crossed, order)))
    return found


def _is_swapped(gaps: NDArray[np.float64], crossed: NDArray[np.float64], order: NDArray[np.intp]) -> bool:
    """Whether some pair of sides lies far off as it is, and near when exchanged."""
    sided = order != np.arange(len(order))
    return int(np.count_nonzero(sided & (gaps > 2 * NEAR) & (crossed < NEAR))) >= 2


def _around(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Boxes [m, 4] around points [m, k, 2]; NaN where there are none."""
    known = np.all(np.isfinite(points), axis=2, keepdims=True)
    low = np.where(known, points, np.inf).min(axis=1)
    high = np.where(known, points, -np.inf).max(axis=1)
    return np.asarray(np.where(np.any(known, axis=1), np.concatenate([low, high], axis=1), np.nan))


def _share(items: NDArray[np.int64], above: NDArray[np.float64], below: NDArray[np.float64], seed: int) -> Interval:
    """The share of two sums over objects, with an interval over resampled items."""
    _, unit = np.unique(items, return_inverse=True)
    return share(np.stack([np.bincount(unit, above), np.bincount(unit, below)], axis=1), seed)
