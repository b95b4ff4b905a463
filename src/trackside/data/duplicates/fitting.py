"""Which transform takes the features of one picture onto those of another: many pairs of pictures at once.

A SIFT feature has a place, a scale and an angle, so a single match already says how its picture was moved, scaled and
turned (Lowe 2004, section 7.2). Every match proposes that similarity, the others vote, and least squares on the voters
turn the winner into an affine transform. No random sampling: the same input gives the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
# A single feature's angle and scale are off by about a tenth, which moves far points by as much of their distance.
_NEAR, _SPREAD = 4.0, 0.12
# Pixels (of a sketch of 160) within which a match agrees with the fitted transform.
_TIGHT = 4.0
# Two features agree in scale within a factor of 1.6, in angle within 30 degrees.
_LOG_SCALE, _ANGLE = 0.47, 0.52
# Weight of the similarity that the affine fit starts from, in units of matches: three points must not shear a picture.
_STIFF = 3.0
# Radians: within, a picture counts as turned by quarters.
_STRAIGHT = np.pi / 6
# Share of the sides by which corners may miss and still mean the whole frame.
_ABOUT = 0.3


@dataclass(frozen=True, slots=True)
class Fit:
    """Transforms of p pairs.

    Attributes:
        matrices: float32 [p, 2, 3], from the first picture's coordinates to the second's.
        inliers: int32 [p], matches that agree.
        matches: int32 [p], matches that there were.
    """

    matrices: Floats
    inliers: NDArray[np.int32]
    matches: NDArray[np.int32]


def fit(first: Floats, second: Floats, usable: NDArray[np.bool_]) -> Fit:
    """The affine transform of each pair that most of its matches agree with.

    Args:
        first: float32 [p, m, 4], x, y, scale, angle (radians) of matched features in the first picture.
        second: the same in the second.
        usable: bool [p, m]; False for places without a match.
    """
    hypotheses, votes = _vote(first, second, usable)
    elected = votes.sum(2).argmax(1)[:, None, None]
    matrices = np.take_along_axis(hypotheses, elected[..., None], 1)[:, 0]
    inside = np.take_along_axis(votes, elected, 1)[:, 0]
    for limit in (2 * _TIGHT, _TIGHT):
        matrices = _affine(first[..., :2], second[..., :2], inside, matrices)
        near = _errors(first[..., :2], second[..., :2], matrices) < limit
        inside = usable & near & _turned_alike(first, second, matrices)
    return Fit(matrices, inside.sum(1).astype(np.int32), usable.sum(1).astype(np.int32))


def whole_frame(matrix: Floats, first_size: Floats, second_size: Floats) -> Floats | None:
    """The transform that takes one picture exactly onto the other, turned by quarters, if the fitted one is about that.

    Features survive being stretched, but tell the transform less well; resized copies fill the frame all the same.

    Args:
        matrix: float32 [2, 3], as fitted.
        first_size: width and height of the first sketch.
        second_size: the same of the second.
    """
    turn = np.arctan2(matrix[1, 0] - matrix[0, 1], matrix[0, 0] + matrix[1, 1])
    quarters = np.round(2 * turn / np.pi)
    if not abs(turn - quarters * np.pi / 2) <= _STRAIGHT:  # Or not a number.
        return None
    exact = turned_frame(int(quarters), first_size, second_size)
    corners = np.array([[0, 0, 1], [1, 0, 1], [0, 1, 1], [1, 1, 1]]) * [*first_size, 1]
    missed = np.abs(corners @ (exact - matrix).T) / np.maximum(second_size, 1)
    return exact if missed.max() < _ABOUT else None


def turned_frame(quarters: int, first_size: Floats, second_size: Floats) -> Floats:
    """What turns one picture's frame clockwise by quarters and stretches it to the other's, float32 [2, 3]."""
    cos, sin = ((1, 0), (0, 1), (-1, 0), (0, -1))[quarters % 4]
    shape = np.array([[cos, -sin], [sin, cos]]) * second_size[:, None] / np.maximum(first_size, 1)
    shift = (second_size - 1) / 2 - shape @ ((first_size - 1) / 2)
    return np.asarray(np.concatenate([shape, shift[:, None]], 1), np.float32)


def _vote(first: Floats, second: Floats, usable: NDArray[np.bool_]) -> tuple[Floats, NDArray[np.bool_]]:
    """The similarity that each match proposes, float32 [p, m, 2, 3], and who agrees with it, bool [p, m, m]."""
    ratio = np.log(np.maximum(second[..., 2], 1e-6) / np.maximum(first[..., 2], 1e-6))
    turn = second[..., 3] - first[..., 3]
    cos, sin = np.exp(ratio) * np.cos(turn), np.exp(ratio) * np.sin(turn)
    x, y = first[..., 0], first[..., 1]
    shift_x, shift_y = second[..., 0] - cos * x + sin * y, second[..., 1] - sin * x - cos * y
    hypotheses = np.stack([np.stack([cos, -sin, shift_x], -1), np.stack([sin, cos, shift_y], -1)], -2)
    to_x = cos[:, :, None] * x[:, None] - sin[:, :, None] * y[:, None] + shift_x[:, :, None]
    to_y = sin[:, :, None] * x[:, None] + cos[:, :, None] * y[:, None] + shift_y[:, :, None]
    error = np.hypot(to_x - second[:, None, :, 0], to_y - second[:, None, :, 1])
    away = np.hypot(second[:, :, None, 0] - second[:, None, :, 0], second[:, :, None, 1] - second[:, None, :, 1])
    agrees = error < _NEAR + _SPREAD * away
    agrees &= np.abs(ratio[:, :, None] - ratio[:, None]) < _LOG_SCALE
    agrees &= np.cos(turn[:, :, None] - turn[:, None]) > np.cos(_ANGLE)
    return hypotheses.astype(np.float32), agrees & usable[:, :, None] & usable[:, None]


def _affine(first: Floats, second: Floats, inside: NDArray[np.bool_], start: Floats) -> Floats:
    """Least squares over the matches inside, drawn towards the transform to start from (ridge on the change)."""
    weights = inside.astype(np.float32)[..., None]
    total = np.maximum(weights.sum(1, keepdims=True), 1)
    centre = (weights * first).sum(1, keepdims=True) / total
    left = first - centre
    design = np.concatenate([left, np.ones_like(left[..., :1])], -1)
    missed = second - (np.einsum("pij,pmj->pmi", start[..., :2], first) + start[:, None, :, 2])
    spread = np.maximum((weights * left**2).sum((1, 2)) / (2 * total[:, 0, 0]), 1.0)
    # The place follows the matches at once, the shape only as far as several of them ask for it.
    stiff = np.zeros((len(first), 3, 3), np.float32)
    stiff[:, 0, 0] = stiff[:, 1, 1] = _STIFF * spread
    stiff[:, 2, 2] = 1e-3
    normal = np.einsum("pmi,pmj->pij", design * weights, design) + stiff
    change = np.linalg.solve(normal, np.einsum("pmi,pmj->pij", design * weights, missed)).transpose(0, 2, 1)
    linear = start[..., :2] + change[..., :2]
    shift = start[..., 2] + change[..., 2] - np.einsum("pij,pj->pi", change[..., :2], centre[:, 0])
    return np.concatenate([linear, shift[..., None]], -1).astype(np.float32)


def _errors(first: Floats, second: Floats, matrices: Floats) -> Floats:
    reached = np.einsum("pij,pmj->pmi", matrices[..., :2], first) + matrices[:, None, :, 2]
    return np.asarray(np.linalg.norm(reached - second, axis=-1), np.float32)


def _turned_alike(first: Floats, second: Floats, matrices: Floats) -> NDArray[np.bool_]:
    """Whether each match is scaled and turned about as the transform says, bool [p, m]."""
    turn = np.arctan2(matrices[:, 1, 0] - matrices[:, 0, 1], matrices[:, 0, 0] + matrices[:, 1, 1])
    area = np.abs(np.linalg.det(matrices[..., :2].astype(np.float64)))
    ratio = np.log(np.maximum(second[..., 2], 1e-6) / np.maximum(first[..., 2], 1e-6))
    alike = np.abs(ratio - 0.5 * np.log(np.maximum(area, 1e-9))[:, None]) < _LOG_SCALE
    return np.asarray(alike & (np.cos(second[..., 3] - first[..., 3] - turn[:, None]) > np.cos(_ANGLE)))
