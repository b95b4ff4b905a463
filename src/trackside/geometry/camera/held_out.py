"""How a lens does on views that it was not fitted to.

A view that the fit has not seen still needs the pose of its board. It is fitted to every second point and judged on the
others, then the other way round, so that no point is judged by a pose that it helped to find.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError
from trackside.geometry.camera.bundle import Freedom, Observations, State, adjust, residuals
from trackside.geometry.camera.lens import Lens
from trackside.geometry.camera.observations import observed, with_disc_bias
from trackside.geometry.camera.pose import Pose
from trackside.geometry.camera.start import board_poses

if TYPE_CHECKING:
    from trackside.geometry.camera.boards.board import Board
    from trackside.geometry.camera.sighting import Sighting

Floats = NDArray[np.float64]

FOLDS = 5
# A pose has six unknowns: three points fix it, and one more tells whether they agree.
_LEAST_POINTS = 4


def held_out_residuals(state: State, seen: Observations, freedom: Freedom, *, folds: int = FOLDS) -> Floats:
    """Residuals [n, 2], pixels, of every board by a lens that was fitted without it; NaN for points that cannot be judged.

    Args:
        state: the fit to all boards, of one camera; each fold starts from it.
        seen: what was measured, without weight for points that were thrown out.
        freedom: of the fit.
        folds: parts that are left out in turn: board i goes to part i modulo `folds`.
    """
    boards = len(state.boards[0])
    parts = np.arange(boards) % min(folds, boards)
    found = np.full_like(seen.pixels, np.nan)
    for part in range(min(folds, boards)):
        kept = parts != part
        fitted = adjust(state.with_boards(kept), seen[kept[seen.boards]], freedom)
        own = ~kept[seen.boards]
        found[own] = judged(replace(fitted, boards=state.with_boards(~kept).boards), seen[own])
    return found


def judged(state: State, seen: Observations) -> Floats:
    """Residuals [n, 2] of points by the pose that every second other point of their board gives, the rest of `state` held.

    NaN for points without weight, and for boards with fewer than 4 points in either half.
    """
    found, halves = np.full_like(seen.pixels, np.nan), _halves(seen)
    count = len(state.boards[0])
    enough = np.array(
        [min(np.bincount(halves[seen.boards == b] + 1, minlength=3)[1:]) >= _LEAST_POINTS for b in range(count)]
    )
    if not enough.any():
        return found
    rows = enough[seen.boards]
    part, own, state = seen[rows], halves[rows], state.with_boards(enough)
    judgements = np.full_like(part.pixels, np.nan)
    held = Freedom(np.zeros((len(state.lenses[0].vector), 0)))
    for half in (0, 1):
        fitted = adjust(state, replace(part, weights=np.where(own == half, part.weights, 0.0)), held)
        judgements[own == 1 - half] = residuals(fitted, part)[own == 1 - half]
    found[rows] = judgements
    return found


def lens_residuals(lens: Lens, board: Board, sightings: Sequence[Sighting]) -> tuple[Floats, ...]:
    """How any lens, from wherever, does on views: residuals [n, 2] of each sighting, as `judged` has them.

    Raises:
        InputError: there is no sighting, or no pose of the board before the camera fits one.
    """
    seen, state = _posed(lens, board, sightings)
    # The bias of discs depends on the pose, and the pose on it: two rounds settle it far below the noise.
    for _ in range(2):
        seen = with_disc_bias(board, state, seen)
        state = adjust(state, seen, Freedom(np.zeros((len(lens.vector), 0))), huber=3.0)
    ends = np.cumsum([len(sighting.ids) for sighting in sightings])[:-1]
    return tuple(np.split(judged(state, seen), ends))


def locate(lens: Lens, board: Board, sighting: Sighting) -> Pose:
    """Where the board is, as a camera of known lens sees it, by robust least squares.

    Raises:
        InputError: no pose of the board before the camera fits.
    """
    seen, state = _posed(lens, board, [sighting])
    for _ in range(2):
        seen = with_disc_bias(board, state, seen)
        state = adjust(state, seen, Freedom(np.zeros((len(lens.vector), 0))), huber=3.0)
    return Pose(state.boards[0][0], state.boards[1][0])


def _posed(lens: Lens, board: Board, sightings: Sequence[Sighting]) -> tuple[Observations, State]:
    if not sightings:
        raise InputError("no view shows the board", where="sightings")
    seen = observed(board, sightings)
    poses = board_poses(lens, seen, len(sightings))
    for row, sighting in enumerate(sightings):
        if np.isnan(poses[1][row]).any():
            where = sighting.source or f"sighting {row + 1}"
            raise InputError(
                "no pose of the board fits its points", where=where, fix="give the board and lens of the picture"
            )
    return seen, State((lens,), (np.eye(3)[None], np.zeros((1, 3))), poses, np.zeros(2))


def _halves(seen: Observations) -> NDArray[np.int64]:
    """0 and 1 in turns along each board's points of weight; -1 for those without."""
    halves = np.full(len(seen.boards), -1)
    used = seen.weights > 0
    starts = np.searchsorted(seen.boards[used], seen.boards[used])
    halves[used] = (np.arange(used.sum()) - starts) % 2
    return halves
