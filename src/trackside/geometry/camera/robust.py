"""Fitting with outliers: Huber first, then throw out what does not fit, then least squares; and how sure the result is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trackside.geometry.camera.bundle import HUBER, Freedom, Observations, State, adjust, linearised, normal, residuals
from trackside.geometry.camera.observations import with_disc_bias

if TYPE_CHECKING:
    from trackside.geometry.camera.boards.board import Board

Floats = NDArray[np.float64]

# Points further off than this many robust deviations are thrown out: one in 270,000 by chance (Rayleigh).
_OUTLIER = 5.0
# A median absolute length of normal residuals in two dimensions, in deviations: sqrt(2 ln 2).
_MEDIAN_LENGTH = 1.1774


def robust_fit(board: Board, state: State, seen: Observations, freedom: Freedom) -> tuple[State, Observations]:
    """Robust adjustment, then rounds of: bias of discs, throw out, least squares; until nothing more is thrown out."""
    seen = replace(seen, weights=np.where(seen.weights > 0, seen.weights, 0.0))
    whole = seen.weights
    state = adjust(state, seen, freedom, huber=HUBER * robust_scale(state, seen))
    for _ in range(2):
        seen = with_disc_bias(board, state, seen)
        state = adjust(state, seen, freedom, huber=HUBER * robust_scale(state, seen))
    for _ in range(5):
        length = np.linalg.norm(residuals(state, seen), axis=1) * whole
        kept = length <= _OUTLIER * robust_scale(state, replace(seen, weights=whole))
        kept &= np.bincount(seen.boards, kept, minlength=len(state.boards[0]))[seen.boards] >= 4
        settled = bool((kept == (seen.weights > 0)).all())
        seen = with_disc_bias(board, state, replace(seen, weights=np.where(kept, whole, 0.0)))
        present = np.bincount(seen.boards, kept, minlength=len(state.boards[0])) > 0
        if not present.all():  # a view of which nothing is left is judged, and refused, by all of its points
            seen = replace(seen, weights=np.where(present[seen.boards], seen.weights, 1e-6 * whole))
        state = adjust(state, seen, freedom)
        if settled:
            break
    return state, seen


def robust_scale(state: State, seen: Observations) -> float:
    """Robust deviation of a coordinate's residual, in the deviations that the detector claims."""
    length = np.linalg.norm(residuals(state, seen), axis=1) * seen.weights
    return max(float(np.nanmedian(length[seen.weights > 0])) / _MEDIAN_LENGTH, 1e-9)


def covariance(state: State, seen: Observations, freedom: Freedom) -> Floats:
    """Of the global parameters [g, g], in the order of `bundle.Linear.by_global`, scaled by the variance of the residuals.

    A direction without information gets a deviation that is large for all purposes.
    """
    linear = linearised(state, seen, freedom)
    equations = normal(linear, seen, np.ones(len(seen.boards)), len(state.boards[0]))
    spare = 2 * int((seen.weights > 0).sum()) - freedom.size(len(state.lenses)) - 6 * len(state.boards[0])
    variance = float((linear.residuals**2).sum()) / max(spare, 1)
    schur = equations.schur
    scale = 1 / np.sqrt(np.maximum(np.diag(schur), 1e-300))
    values, vectors = np.linalg.eigh(schur * scale[:, None] * scale)
    return np.asarray(variance * (vectors / np.maximum(values, 1e-13)) @ vectors.T * scale[:, None] * scale)
