"""How far two detectors agree, with one of them as the reference.

Average precision as in COCO (all classes together, a box must have the class of its reference; precision made
non-increasing, area under it). Boxes that the reference itself scores just under its threshold count neither way, as COCO
treats crowds: whether such a box falls on one side or the other is no loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.core import Detections

# COCO's ten overlaps.
OVERLAPS = np.linspace(0.5, 0.95, 10)
# COCO's sizes, here in pixels of the network's input: what an object is to the network, whatever the camera.
SIZES = {"small": (0.0, 32.0**2), "medium": (32.0**2, 96.0**2), "large": (96.0**2, np.inf)}
# Boxes below the threshold times this are not looked at.
LOW = 0.5


@dataclass(frozen=True, slots=True)
class Kept:
    """Of some reference boxes, how many were found again at the threshold."""

    count: int
    found: int

    @property
    def share(self) -> float:
        """0 to 1; NaN without references."""
        return self.found / self.count if self.count else float("nan")


@dataclass(frozen=True, slots=True)
class BoxAgreement:
    """How far the answers agree.

    Attributes:
        pictures: compared.
        references: boxes of the reference at its threshold.
        boxes: of the other one at the same threshold.
        ap50: average precision at an overlap of 0.5.
        ap: its mean over overlaps of 0.5 to 0.95.
        new: share of the other one's boxes at the threshold that the reference has not, not even just under it.
        shift: mean change of the score of a box that both have.
        spread: the change that 95 % of them do not exceed, either way.
        overlap: mean overlap (IoU) of the boxes that both have.
        closeness: mean over the references of overlap times (1 - change of score), 0 where it is not found: what is left of
            the reference's answer in one number that has no steps.
        by_size: references found again at the threshold, by size.
        by_class: the same, by class.
    """

    pictures: int
    references: int
    boxes: int
    ap50: float
    ap: float
    new: float
    shift: float
    spread: float
    overlap: float
    closeness: float
    by_size: dict[str, Kept]
    by_class: dict[str, Kept]

    @property
    def score(self) -> float:
        """The headline: AP50."""
        return self.ap50

    @property
    def kept(self) -> Kept:
        """All references."""
        return Kept(sum(k.count for k in self.by_size.values()), sum(k.found for k in self.by_size.values()))


def compare_boxes(reference: Sequence[Detections], found: Sequence[Detections], threshold: float) -> BoxAgreement:
    """Hold one detector's answers against those of another.

    Args:
        reference: one entry a picture, down to `LOW` times the threshold.
        found: the other one's, for the same pictures, as far down.
        threshold: the score at which both are used.
    """
    pairs = list(zip(reference, found, strict=True))
    at_half = [_matched(one, other, threshold, OVERLAPS[0]) for one, other in pairs]
    precisions = [_average_precision([_matched(one, other, threshold, iou) for one, other in pairs]) for iou in OVERLAPS[1:]]
    ap50 = _average_precision(at_half)
    both = np.concatenate([np.empty((0, 3)), *(each.both for each in at_half)])
    change = both[:, 1] - both[:, 0]
    references = sum(each.references for each in at_half)
    strong = np.concatenate([np.empty(0, bool), *(each.strong for each in at_half)])
    hits = np.concatenate([np.empty(0, np.int8), *(each.hit for each in at_half)])
    return BoxAgreement(
        pictures=len(pairs),
        references=references,
        boxes=int(strong.sum()),
        ap50=ap50,
        ap=float(np.mean([ap50, *precisions])),
        new=float((hits[strong] == _MISS).mean()) if strong.any() else 0.0,
        shift=float(change.mean()) if len(change) else float("nan"),
        spread=float(np.quantile(np.abs(change), 0.95)) if len(change) else float("nan"),
        overlap=float(both[:, 2].mean()) if len(both) else float("nan"),
        closeness=float((both[:, 2] * (1 - np.abs(change))).sum() / references) if references else float("nan"),
        by_size=_by_size(reference, at_half, threshold),
        by_class=_by_class(reference, at_half, threshold),
    )


_HIT, _MISS, _NEITHER = 1, 0, -1


@dataclass(frozen=True, slots=True)
class _Matched:
    """One picture: of each found box its score, whether it hit, whether it is at the threshold; of the references how many
    and which were found at the threshold; of the pairs score, score and overlap."""

    scores: NDArray[np.float64]
    hit: NDArray[np.int8]
    strong: NDArray[np.bool_]
    references: int
    again: NDArray[np.bool_]
    both: NDArray[np.float64]


def _matched(reference: Detections, found: Detections, threshold: float, least: float) -> _Matched:
    """Each found box, best first, takes the free reference it overlaps most; else one that counts neither way, if any."""
    order = np.argsort(-found.scores, kind="stable")
    overlaps = _overlaps(reference, found)[:, order]
    counts = np.asarray(reference.scores >= threshold)
    free, again = counts.copy(), np.zeros(len(counts), bool)
    hit, both = np.zeros(len(order), np.int8), []
    scores = np.asarray(found.scores, np.float64)[order]
    for column, score in enumerate(scores):
        good = overlaps[:, column] >= least
        if (good & free).any():
            row = int(np.argmax(np.where(free, overlaps[:, column], -1)))
            free[row], hit[column], again[row] = False, _HIT, score >= threshold
            both.append((float(reference.scores[row]), score, overlaps[row, column]))
        elif (good & ~counts).any():
            hit[column] = _NEITHER
    pairs = np.array(both, np.float64).reshape(-1, 3)
    return _Matched(scores, hit, scores >= threshold, int(counts.sum()), again, pairs)


def _average_precision(matched: Sequence[_Matched]) -> float:
    """The area under precision over recall; NaN without references."""
    references = sum(each.references for each in matched)
    if references == 0:
        return float("nan")
    scores = np.concatenate([each.scores for each in matched])
    hit = np.concatenate([each.hit for each in matched])
    order = np.argsort(-scores, kind="stable")
    hit = hit[order][hit[order] != _NEITHER]
    hits = np.cumsum(hit == _HIT)
    precision = hits / np.arange(1, len(hits) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return float(best[hit == _HIT].sum() / references)


def _overlaps(reference: Detections, found: Detections) -> NDArray[np.float64]:
    """IoU, float64 [references, found]; 0 where the classes differ."""
    a, b = np.asarray(reference.boxes, np.float64)[:, None], np.asarray(found.boxes, np.float64)[None]
    size = np.clip(np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2]), 0, None)
    both = size[..., 0] * size[..., 1]
    either = _areas(a) + _areas(b) - both
    overlap = np.divide(both, either, out=np.zeros_like(both), where=either > 0)
    return np.asarray(overlap * (np.asarray(reference.classes)[:, None] == np.asarray(found.classes)[None]))


def _areas(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1]))


def _by_size(reference: Sequence[Detections], matched: Sequence[_Matched], threshold: float) -> dict[str, Kept]:
    areas = [_areas(np.asarray(each.boxes, np.float64)) for each in reference]
    return {
        name: _kept(reference, matched, threshold, [(low <= area) & (area < high) for area in areas])
        for name, (low, high) in SIZES.items()
    }


def _by_class(reference: Sequence[Detections], matched: Sequence[_Matched], threshold: float) -> dict[str, Kept]:
    names = next((each.names for each in reference), ())
    found = {
        name: _kept(reference, matched, threshold, [each.classes == number for each in reference])
        for number, name in enumerate(names)
    }
    return dict(sorted(((n, k) for n, k in found.items() if k.count), key=lambda pair: -pair[1].count))


def _kept(
    reference: Sequence[Detections], matched: Sequence[_Matched], threshold: float, chosen: Sequence[NDArray[np.bool_]]
) -> Kept:
    rows = [mask & (each.scores >= threshold) for mask, each in zip(chosen, reference, strict=True)]
    again = sum(int((mask & each.again).sum()) for mask, each in zip(rows, matched, strict=True))
    return Kept(sum(int(mask.sum()) for mask in rows), again)
