"""From sightings of a board to the arrays that a bundle adjustment works on, and what discs add to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError
from trackside.geometry.camera.bundle import Observations, State
from trackside.geometry.camera.pose import Pose

if TYPE_CHECKING:
    from trackside.geometry.camera.boards.board import Board
    from trackside.geometry.camera.sighting import Sighting

Floats = NDArray[np.float64]

# A detector's own estimate of its deviation is rough: none counts as better or worse than the median by more than this.
_MOST_TRUST, _LEAST_TRUST = 0.5, 4.0


def observed(
    board: Board, sightings: Sequence[Sighting], *, cameras: Sequence[int] | None = None, boards: Sequence[int] | None = None
) -> Observations:
    """The points of sightings, row by row.

    Args:
        board: that all of them show.
        sightings: at least one, sorted by `boards`.
        cameras: of each sighting; None for one camera.
        boards: pose of the board that each shows, ascending from 0; None for one pose a sighting.

    Raises:
        InputError: a sighting names a point that the board has not.
    """
    layout = np.asarray(board.points, np.float64)
    for sighting in sightings:
        if sighting.ids[-1] >= len(layout):
            raise InputError(
                f"a sighting names point {sighting.ids[-1]} of a board of {len(layout)}",
                where=sighting.source or "sightings",
                fix="give the board that the pictures show",
            )
    counts = [len(sighting.ids) for sighting in sightings]
    ids = np.concatenate([sighting.ids for sighting in sightings])
    deviations = np.concatenate([sighting.deviations for sighting in sightings])
    middle = float(np.median(deviations))
    return Observations(
        np.repeat(np.zeros(len(counts), np.int64) if cameras is None else np.asarray(cameras, np.int64), counts),
        np.repeat(np.arange(len(counts)) if boards is None else np.asarray(boards, np.int64), counts),
        layout[ids],
        _bends(layout)[ids],
        np.concatenate([sighting.pixels for sighting in sightings]),
        1 / np.clip(deviations, _MOST_TRUST * middle, _LEAST_TRUST * middle),
        np.zeros((len(ids), 2)),
    )


def with_disc_bias(board: Board, state: State, seen: Observations) -> Observations:
    """The same with the offset between each disc's measured centre and its projected centre, at the current estimate.

    A disc's image is wider on its near side, so that the centre of its outline is not the image of its centre. The offset
    hardly depends on small changes of the estimate: it is held while the estimate is adjusted, and computed anew after.
    Boards without discs have none.
    """
    diameter = getattr(board, "diameter", None)
    if diameter is None:
        return seen
    from trackside.geometry.camera.centres import disc_centres

    offsets = np.zeros_like(seen.offsets)
    for number, camera in np.unique(np.column_stack([seen.boards, seen.cameras]), axis=0):
        own = (seen.boards == number) & (seen.cameras == camera)
        lens, pose = state.lenses[camera], _pose(state, int(number), int(camera))
        points = seen.points[own] + seen.bends[own] @ state.bend[:, None] * np.array([0.0, 0.0, 1.0])
        bias = disc_centres(lens, pose, points, float(diameter) / 2) - lens.jacobians(pose(points))[0]
        # A disc that reaches behind the camera or past the fold has no centre, and is judged by its projected one.
        offsets[own] = np.where(np.isfinite(bias), bias, 0.0)
    return replace(seen, offsets=offsets)


def _pose(state: State, board: int, camera: int) -> Pose:
    there = Pose(state.boards[0][board], state.boards[1][board])
    return Pose(state.cameras[0][camera], state.cameras[1][camera]) @ there


def _bends(layout: Floats) -> Floats:
    """1 - x^2 and 1 - y^2 with the board's edges at -1 and 1: mrcal's two parameters of a bent board."""
    low, high = layout.min(axis=0), layout.max(axis=0)
    half = np.where(high > low, (high - low) / 2, 1.0)
    return np.asarray(1 - ((layout - (low + high) / 2) / half)[:, :2] ** 2)
