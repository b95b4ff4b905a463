"""Agreement on boxes: which objects annotators found, how well their boxes lie on each other, what they call them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from trackside.data.agreement.intervals import Interval, share
from trackside.data.dataset import Dataset

LEAST_IOU = 0.5
"""Overlap from which two boxes are taken for one object, as in PASCAL VOC."""


@dataclass(frozen=True, slots=True)
class BoxAgreement:
    """How far annotators agree on boxes of the images that at least two of them worked on.

    Attributes:
        found: 2 matched / (all boxes of the pair), over all pairs of annotators: the F1 of one against the other.
        overlap: mean IoU of matched boxes.
        named: share of matched boxes that have the same class.
        by_class: `found` with equal classes, by class name.
        by_annotator: `found` of each annotator against all others.
        disputed: int64, rows of items in which somebody's box has no partner, or another class; worst first.
        images: how many images at least two worked on.
    """

    found: Interval
    overlap: Interval
    named: Interval
    by_class: dict[str, Interval]
    by_annotator: dict[str, Interval]
    disputed: NDArray[np.int64]
    images: int


def iou(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """[n, m] intersection over union of boxes [n, 4] and [m, 4]."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    inside = np.prod(np.clip(high - low, 0, None), axis=2)
    areas = [np.prod(np.clip(boxes[:, 2:] - boxes[:, :2], 0, None), axis=1) for boxes in (first, second)]
    union = areas[0][:, None] + areas[1][None] - inside
    return np.asarray(np.divide(inside, union, out=np.zeros_like(inside), where=union > 0))


def pair_up(
    first: NDArray[np.float64], second: NDArray[np.float64], least_iou: float = LEAST_IOU
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Rows of the boxes that belong together (largest sum of overlaps), and their IoU."""
    from scipy.optimize import linear_sum_assignment

    overlap = iou(first, second)
    rows, columns = linear_sum_assignment(np.where(overlap >= least_iou, overlap, 0), maximize=True)
    kept = overlap[rows, columns] >= least_iou
    return rows[kept], columns[kept], overlap[rows, columns][kept]


@dataclass(frozen=True, slots=True)
class _Tally:
    """Of one pair of annotators in one image."""

    item: int
    annotators: tuple[str, str]
    matched: int
    boxes: int
    overlap: float
    same: int
    classes: dict[int, tuple[int, int]]  # class: matched with equal class (twice), boxes of both


PerItem: TypeAlias = dict[int, list[_Tally]]


def box_agreement(dataset: Dataset, *, least_iou: float = LEAST_IOU, seed: int = 0) -> BoxAgreement | None:
    """Agreement of all pairs of annotators on boxes; None if no image was worked on by two.

    An annotator has worked on an image if there is any annotation of theirs; a row without a box says that they found
    nothing.
    """
    rows = dataset.rows_by_item()
    per_item = {item: _tallies(dataset, item, rows[item], least_iou) for item in _shared_items(dataset)}
    tallies = [tally for found in per_item.values() for tally in found]
    if not tallies:
        return None
    classes = sorted({label for tally in tallies for label in tally.classes})
    names = sorted({name for tally in tallies for name in tally.annotators})
    return BoxAgreement(
        _share(per_item, lambda t: (2 * t.matched, t.boxes), seed),
        _share(per_item, lambda t: (t.overlap, t.matched), seed),
        _share(per_item, lambda t: (t.same, t.matched), seed),
        {_name(dataset, label): _share(per_item, partial(_of_class, label=label), seed) for label in classes},
        {name: _share(per_item, partial(_of_annotator, name=name), seed) for name in names},
        _disputed(per_item),
        len(per_item),
    )


def _of_class(tally: _Tally, label: int) -> tuple[float, float]:
    return tally.classes.get(label, (0, 0))


def _of_annotator(tally: _Tally, name: str) -> tuple[float, float]:
    return (2 * tally.matched, tally.boxes) if name in tally.annotators else (0, 0)


def _shared_items(dataset: Dataset) -> list[int]:
    notes = dataset.annotations
    rows = np.flatnonzero(notes.annotators != "")
    pairs = {(int(item), str(name)) for item, name in zip(notes.items[rows], notes.annotators[rows], strict=True)}
    items = np.array([item for item, _ in pairs], np.int64)
    numbers, counts = np.unique(items, return_counts=True)
    with_boxes = set(notes.items[notes.has_box].tolist())
    return [int(item) for item in numbers[counts >= 2] if int(item) in with_boxes]


def _tallies(dataset: Dataset, item: int, mine: NDArray[np.intp], least_iou: float) -> list[_Tally]:
    notes = dataset.annotations.take(mine)
    people = sorted(set(notes.annotators) - {""})
    drawn = {name: np.flatnonzero((notes.annotators == name) & notes.has_box) for name in people}
    found = []
    for one, other in combinations(people, 2):
        a, b = drawn[one], drawn[other]
        rows, columns, overlaps = pair_up(notes.boxes[a], notes.boxes[b], least_iou)
        in_a, in_b = notes.classes[a], notes.classes[b]
        equal = in_a[rows] == in_b[columns]
        classes = {
            int(c): (2 * int((equal & (in_a[rows] == c)).sum()), int((in_a == c).sum() + (in_b == c).sum()))
            for c in np.unique(np.concatenate([in_a, in_b]))
        }
        found.append(
            _Tally(item, (one, other), len(rows), len(a) + len(b), float(overlaps.sum()), int(equal.sum()), classes)
        )
    return found


def _share(per_item: PerItem, part: Callable[[_Tally], tuple[float, float]], seed: int) -> Interval:
    """A share whose two parts are summed over the pairs of annotators of each image."""
    sums = [np.sum([part(tally) for tally in tallies], axis=0) for tallies in per_item.values()]
    return share(np.array(sums, np.float64), seed)


def _disputed(per_item: PerItem) -> NDArray[np.int64]:
    wrong = {
        item: sum(t.boxes - 2 * t.matched + 2 * (t.matched - t.same) for t in parts) for item, parts in per_item.items()
    }
    return np.array(sorted((item for item in wrong if wrong[item]), key=lambda item: (-wrong[item], item)), np.int64)


def _name(dataset: Dataset, label: int) -> str:
    return dataset.classes[label] if 0 <= label < len(dataset.classes) else "no class"
