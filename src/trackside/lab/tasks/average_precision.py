"""Average precision of boxes at an overlap of one half, as PASCAL VOC measures it since 2010."""

from __future__ import annotations

import math

import torch
from torch import Tensor

_MOST = 100


def average_precision(boxes: Tensor, scores: Tensor, targets: Tensor, *, overlap: float = 0.5, most: int = _MOST) -> float:
    """The mean over classes of the area under precision and recall; NaN where there is no object.

    Everingham et al. 2010, section 4.2, with the whole curve in place of eleven points.

    Args:
        boxes: float [n, p, 4], x1 y1 x2 y2.
        scores: float [n, p, classes]; 0 for none.
        targets: float [n, m, 5], boxes and class; class -1 is no object.
        overlap: intersection over union from which a box is the object.
        most: boxes a picture and class that count.
    """
    found = [_of_class(boxes, scores[..., number], targets, number, overlap, most) for number in range(scores.shape[2])]
    known = [value for value in found if not math.isnan(value)]
    return sum(known) / len(known) if known else math.nan


def _of_class(boxes: Tensor, scores: Tensor, targets: Tensor, number: int, overlap: float, most: int) -> float:
    ranked: list[tuple[float, bool]] = []
    objects = 0
    for picture in range(len(boxes)):
        truth = targets[picture][targets[picture, :, 4] == number, :4]
        objects += len(truth)
        best = scores[picture].topk(min(most, scores.shape[1]))
        kept = best.values > 0
        ranked += _matched(boxes[picture][best.indices[kept]], best.values[kept], truth, overlap)
    return _area(sorted(ranked, key=lambda pair: -pair[0]), objects) if objects else math.nan


def _matched(boxes: Tensor, scores: Tensor, truth: Tensor, overlap: float) -> list[tuple[float, bool]]:
    """Score and whether it is right, for boxes from the highest score down; each object is found once."""
    if not len(truth):
        return [(float(score), False) for score in scores]
    table = overlaps(boxes, truth)
    taken = [False] * len(truth)
    found = []
    for row, score in enumerate(scores.tolist()):
        nearest = int(table[row].argmax())
        right = float(table[row, nearest]) >= overlap and not taken[nearest]
        taken[nearest] = taken[nearest] or right
        found.append((score, right))
    return found


def overlaps(one: Tensor, other: Tensor) -> Tensor:
    """Intersection over union [a, b] of boxes [a, 4] and [b, 4]."""
    low = torch.maximum(one[:, None, :2], other[None, :, :2])
    high = torch.minimum(one[:, None, 2:], other[None, :, 2:])
    common = (high - low).clamp(min=0).prod(dim=2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).clamp(min=0).prod(dim=1) for boxes in (one, other)]
    return common / (areas[0][:, None] + areas[1][None] - common).clamp(min=1e-9)


def _area(ranked: list[tuple[float, bool]], objects: int) -> float:
    """Under the curve of precision over recall, made falling from the right."""
    if not ranked:
        return 0.0
    right = torch.tensor([is_right for _, is_right in ranked], dtype=torch.float64)
    hits = right.cumsum(0)
    precision = hits / torch.arange(1, len(right) + 1)
    falling = precision.flip(0).cummax(0).values.flip(0)
    return float((falling * right).sum() / objects)
