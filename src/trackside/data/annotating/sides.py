"""Left and right exchanged: poses that fit the data set's own poses only when sides are exchanged back.

Each object's points are compared to those of its nearest neighbours in pose, as they are and with sides exchanged (all, or
one pair of limbs). A pose that is strange as it is and ordinary when exchanged has its sides mixed up. Nothing is assumed of
bodies: the data set itself says what is ordinary, so it must hold enough objects.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trackside.data.agreement.keypoints import mirrored_order

FEWEST = 40
"""Objects with sides that are needed to say what is ordinary."""
_NEIGHBOURS = 0.05
"""Share of the poses that count as neighbours: more than are likely to have the same fault."""
_BETTER = 0.5
"""An exchanged pose must be this much nearer to its neighbours: half as far."""
_STRANGER = 2.0
"""And as it is, it must lie this many times as far as the median pose does."""
_HIDDEN_COST = 0.04
"""Squared distance, in spreads of the pose, that a point costs which only one of two poses has."""
_MOST_COMPARED = 4000
_BLOCK = 64


def exchanged(points: NDArray[np.float64], names: tuple[str, ...], seed: int = 0) -> NDArray[np.float64]:
    """float64 [m]: 0 for an ordinary pose, up to 1 for one whose sides are exchanged; NaN where that cannot be told.

    Args:
        points: float64 [m, k, 3], x, y, COCO visibility.
        names: of the k points; sides are read from `left` and `right` in them.
        seed: of the choice of poses that the others are compared to, where there are more than 4,000.
    """
    order = mirrored_order(names)
    score = np.full(len(points), np.nan)
    poses = _normalised(points)
    usable = np.flatnonzero(_tells_sides(points, order))
    if len(usable) < FEWEST:
        return score
    chosen = np.random.default_rng(seed).permutation(usable)[:_MOST_COMPARED]
    as_is = _distance(poses[usable], poses[chosen], usable, chosen)
    usual = float(np.median(as_is))
    best = np.full(len(usable), np.inf)
    for exchange in _exchanges(order):
        best = np.minimum(best, _distance(poses[usable][:, exchange], poses[chosen], usable, chosen))
    better = best < _BETTER * as_is
    strange = as_is > _STRANGER * max(usual, 1e-9)
    score[usable] = np.where(better & strange, np.clip(1 - best / np.maximum(as_is, 1e-9), 0, 1), 0.0)
    return score


def _exchanges(order: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """All sides exchanged, and each pair alone."""
    own = np.arange(len(order))
    pairs = [(a, b) for a, b in zip(own, order, strict=True) if a < b]
    found = [order]
    for a, b in pairs:
        one = own.copy()
        one[[a, b]] = b, a
        found.append(one)
    return found


def _tells_sides(points: NDArray[np.float64], order: NDArray[np.intp]) -> NDArray[np.bool_]:
    """bool [m]: at least two pairs of sides are marked on both sides."""
    marked = (points[:, :, 2] > 0) & np.isfinite(points[:, :, :2]).all(axis=2)
    sided = order > np.arange(len(order))
    both = marked & marked[:, order] & sided
    return np.asarray(both.sum(axis=1) >= 2)


def _normalised(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """[m, k, 3]: places about the middle of the marked points, in shares of their spread; third, whether marked."""
    marked = (points[:, :, 2] > 0) & np.isfinite(points[:, :, :2]).all(axis=2)
    places = np.where(marked[:, :, None], points[:, :, :2], 0.0)
    count = np.maximum(marked.sum(axis=1), 1)[:, None]
    centred = np.where(marked[:, :, None], places - (places.sum(axis=1) / count)[:, None], 0.0)
    spread = np.sqrt((centred**2).sum(axis=(1, 2)) / count[:, 0])
    return np.concatenate([centred / np.maximum(spread, 1e-9)[:, None, None], marked[:, :, None]], axis=2)


def _distance(
    poses: NDArray[np.float64], others: NDArray[np.float64], rows: NDArray[np.intp], other_rows: NDArray[np.intp]
) -> NDArray[np.float64]:
    """float64 [m]: mean squared distance a point to the farthest neighbour; a point that only one has costs a little."""
    found = np.empty(len(poses))
    place = min(max(5, round(_NEIGHBOURS * len(others))), len(others) - 1)
    for start in range(0, len(poses), _BLOCK):
        part = poses[start : start + _BLOCK]
        both = part[:, None, :, 2] * others[None, :, :, 2]
        gaps = ((part[:, None, :, :2] - others[None, :, :, :2]) ** 2).sum(axis=3) * both
        lacking = (part[:, None, :, 2] != others[None, :, :, 2]).sum(axis=2)
        mean = gaps.sum(axis=2) / np.maximum(both.sum(axis=2), 1) + _HIDDEN_COST * lacking
        mean[rows[start : start + _BLOCK, None] == other_rows[None]] = np.inf
        found[start : start + _BLOCK] = np.partition(mean, place, axis=1)[:, place]
    return found
