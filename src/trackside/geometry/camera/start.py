"""Where a calibration starts: the pose of each board from a lens, and a first focal length from nothing but the board.

A flat board's pose has up to two solutions that look alike (it leans to or from the camera); both are tried. The focal
length is the best of a ladder of guesses after a short adjustment of focal length and first distortion coefficient: the
closed form (Zhang, A flexible new technique for camera calibration, 2000) knows no distortion and fails for wide lenses.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from trackside.geometry.camera.bundle import Freedom, Observations, State, adjust, residuals
from trackside.geometry.camera.lens import Lens, Model
from trackside.geometry.camera.pose import rotations

Floats = NDArray[np.float64]

# Focal lengths that are tried, as shares of the picture's larger side: 120 degrees across to a telephoto of 10 degrees.
_LADDER = (0.3, 0.45, 0.65, 0.9, 1.3, 2.0, 3.2, 5.5)
# Boards that the first focal length rests on; more take time and add nothing.
_ENOUGH = 16
# Points further off the board's middle than this (cosine of 75 degrees) are left out of a first pose, made on a plane z = 1.
_OBLIQUE = 0.26


def board_poses(lens: Lens, seen: Observations, boards: int) -> tuple[Floats, Floats]:
    """First poses of boards seen by one camera each: rotations [b, 3, 3], translations [b, 3]; NaN where none is found."""
    turns, places = np.full((boards, 3, 3), np.nan), np.full((boards, 3), np.nan)
    rays = lens.rays(seen.pixels)
    for board in range(boards):
        own = (seen.boards == board) & (seen.weights > 0)
        found = plane_pose(seen.points[own], rays[own])
        if found is not None:
            turns[board], places[board] = found
    return turns, places


def plane_pose(points: Floats, rays: Floats) -> tuple[Floats, Floats] | None:
    """Rotation and translation of a flat board, from its points [n, 3] and the rays [n, 3] to them.

    The better of the two solutions of IPPE (Collins and Bartoli, Infinitesimal plane-based pose estimation, 2014, as OpenCV
    has it) that puts the whole board before the camera. None where too few rays are usable, or no solution is.
    """
    import cv2

    known = np.isfinite(rays).all(axis=1)
    # Seen by a camera that looks at the board: a fisheye's board may stand beside the camera, where no plane z = 1 reaches.
    turn = _towards(rays[known].mean(axis=0)) if known.any() else np.eye(3)
    ahead = rays @ turn.T
    with np.errstate(invalid="ignore"):
        usable = ahead[:, 2] > _OBLIQUE
    if usable.sum() < 4:
        return None
    flat = ahead[usable, :2] / ahead[usable, 2:]
    try:
        found = cv2.solvePnPGeneric(points[usable], flat, np.eye(3), np.zeros(4), flags=cv2.SOLVEPNP_IPPE)
    except cv2.error:
        return None
    ways = [(rotations(way.reshape(1, 3))[0], place.reshape(3)) for way, place in zip(found[1], found[2], strict=True)]
    errors = [_error(points[usable], flat, *way) for way in ways]
    if not errors or not np.isfinite(min(errors)):
        return None
    rotation, translation = ways[int(np.argmin(errors))]
    return np.asarray(turn.T @ rotation), np.asarray(turn.T @ translation)


def first_lens(seen: Observations, boards: int, size: tuple[int, int], model: Model) -> Lens | None:
    """A lens with a first focal length and first distortion coefficient; None where no guess led anywhere."""
    few = np.unique(np.linspace(0, boards - 1, min(boards, _ENOUGH)).astype(np.int64))
    part = seen[np.isin(seen.boards, few)]
    part = replace(part, weights=np.ones(len(part.weights)))
    found = [_tried(share * max(size), part, len(few), size, model) for share in _LADDER]
    best = min(found, key=lambda pair: pair[0])
    return best[1] if np.isfinite(best[0]) else None


def _tried(focal: float, seen: Observations, boards: int, size: tuple[int, int], model: Model) -> tuple[float, Lens | None]:
    """The robust cost that a focal length leads to, pixels, and its lens."""
    lens = Lens(size, (focal, focal), ((size[0] - 1) / 2, (size[1] - 1) / 2), np.zeros(4), model)
    poses = board_poses(lens, seen, boards)
    known = np.array([bool(np.isfinite(place).all()) for place in poses[1]])
    if known.mean() < 0.5:
        return np.inf, None
    part = seen[known[seen.boards]]
    state = State((lens,), (np.eye(3)[None], np.zeros((1, 3))), (poses[0][known], poses[1][known]), np.zeros(2))
    move = np.zeros((8, 2))
    move[:2, 0] = move[4, 1] = 1.0
    state = adjust(state, part, Freedom(move), huber=3.0, steps=25)
    error = float(np.median(np.linalg.norm(residuals(state, part), axis=1)))
    # A board that no pose fits counts as if it were badly off, so that a guess is not better for leaving boards out.
    return (error / max(known.mean(), 1e-9), state.lenses[0]) if np.isfinite(error) else (np.inf, None)


def _towards(ray: Floats) -> Floats:
    """The rotation that turns a ray [3] to the axis by the shortest way."""
    ray = ray / max(float(np.linalg.norm(ray)), 1e-12)
    axis = np.array([ray[1], -ray[0], 0.0])
    sine = float(np.hypot(axis[0], axis[1]))
    return np.asarray(rotations((axis / max(sine, 1e-12) * np.arctan2(sine, ray[2]))[None])[0])


def _error(points: Floats, flat: Floats, rotation: Floats, translation: Floats) -> float:
    placed = points @ rotation.T + translation
    if not np.isfinite(placed).all() or placed[:, 2].min() <= 0:
        return float("inf")
    return float(np.square(placed[:, :2] / placed[:, 2:] - flat).sum())
