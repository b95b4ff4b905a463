"""How alike a track's box and a detected one are. Only pairs that can be alike are looked at, as lists of rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from trackside.core import SettingError
from trackside.perception.tracking.association import MOST_PAIRS, Floats, Match, Rows, compiled, iou, overlapping

Measure = Literal["iou", "giou", "centre"]
Alike = tuple[Rows, Rows, Floats]

# Boxes further apart than their own size are not alike by GIoU, whatever the gate.
_GIOU_REACH = 1.0
_MOST_EXPANDED = 10.0


@dataclass(frozen=True, slots=True)
class Likeness:
    """A measure of likeness with its gate.

    Attributes:
        measure: `iou`; `giou` (Rezatofighi et al. 2019), -1 to 1, which also tells boxes apart that do not overlap; or
            `centre`: 1 less the distance of the centres in mean box heights.
        least: what is less alike is no pair.
        expand: both boxes are first made wider and taller by this share of their size on each side (Huang et al. 2024,
            *Iterative Scale-Up ExpansionIoU*, section 3.2): fast movers that no longer overlap are still alike.
    """

    measure: Measure = "iou"
    least: float = 0.2
    expand: float = 0.0

    def __post_init__(self) -> None:
        lowest = -1 if self.measure == "giou" else 0
        if not lowest <= self.least <= 1 or not 0 <= self.expand <= _MOST_EXPANDED:
            raise SettingError(f"likeness must lie in {lowest} to 1 and `expand` in 0 to 10, got {self}", where="tracker")

    def __call__(self, a: Floats, b: Floats) -> tuple[Match, Floats]:
        """Pairs that are alike among boxes [4, n] and [4, m]: their rows [p] and [p], and how much, [p]."""
        kernels = compiled() if self.measure == "iou" else None
        if kernels is not None and a.shape[1] * b.shape[1] <= MOST_PAIRS:
            near: tuple[Match, Floats] = kernels.pairs_by_iou(
                np.ascontiguousarray(a, np.float64), np.ascontiguousarray(b, np.float64), self.least, self.expand
            )
            return near
        if self.expand:
            a, b = expanded(a, self.expand), expanded(b, self.expand)
        i, j, alike = _MEASURES[self.measure](a, b)
        good = (alike >= self.least).nonzero()[0]
        return (i[good], j[good]), alike[good]


def wider(like: Likeness, more: float) -> Likeness:
    """The same measure and gate for boxes expanded by `more` than before."""
    return replace(like, expand=min(like.expand + more, _MOST_EXPANDED))


def expanded(boxes: Floats, share: float) -> Floats:
    """Boxes [4, n] grown by a share of their width and height on each side."""
    grow = (boxes[2:] - boxes[:2]) * share
    return np.concatenate([boxes[:2] - grow, boxes[2:] + grow])


def giou(a: Floats, b: Floats) -> Floats:
    """Generalised IoU, pair by pair, of boxes [4, p] and [4, p]: IoU less the empty share of the box around both."""
    shared = np.maximum(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0).prod(axis=0)
    union = (a[2:] - a[:2]).prod(axis=0) + (b[2:] - b[:2]).prod(axis=0) - shared
    around = (np.maximum(a[2:], b[2:]) - np.minimum(a[:2], b[:2])).prod(axis=0)
    return np.asarray(shared / union - (around - union) / around)


def _by_iou(a: Floats, b: Floats) -> Alike:
    i, j = overlapping(a, b)
    return i, j, iou(a.take(i, axis=1), b.take(j, axis=1))


def _by_giou(a: Floats, b: Floats) -> Alike:
    i, j = overlapping(expanded(a, _GIOU_REACH / 2), expanded(b, _GIOU_REACH / 2))
    return i, j, giou(a.take(i, axis=1), b.take(j, axis=1))


def _by_centre(a: Floats, b: Floats) -> Alike:
    i, j = overlapping(_squares(a), _squares(b))
    apart = ((a[:2] + a[2:]).take(i, axis=1) - (b[:2] + b[2:]).take(j, axis=1)) / 2
    height = ((a[3] - a[1]).take(i) + (b[3] - b[1]).take(j)) / 2
    return i, j, 1 - np.hypot(apart[0], apart[1]) / height


def _squares(boxes: Floats) -> Floats:
    """Squares around the centres, as wide as the boxes are tall: they overlap wherever centres are a height apart."""
    middle, half = (boxes[:2] + boxes[2:]) / 2, (boxes[3] - boxes[1]) / 2
    return np.concatenate([middle - half, middle + half])


_MEASURES = {"iou": _by_iou, "giou": _by_giou, "centre": _by_centre}
