"""Synthetic sightings of a waved board: exact projections with noise, without rendering pictures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from trackside.geometry.camera.boards import Chessboard
from trackside.geometry.camera.lens import Lens
from trackside.geometry.camera.pose import Pose
from trackside.geometry.camera.sighting import Sighting

LENS = Lens((1280, 720), (1000.0, 1000.0), (645.0, 352.0), np.array([-0.25, 0.08, 0.0005, -0.0003, 0.0]))
NOISE = 0.1


# Inner corners, 40 mm apart.
BOARD = Chessboard(rows=6, columns=9, square=0.04)


def pose(x: float = 0, y: float = 0, z: float = 0.6, tilt: float = 0, away: float = 0, turn: float = 0) -> Pose:
    """The board's middle at x, y, z metres, its side in direction `away` tilted away, turned in its plane; degrees."""
    import cv2

    a = math.radians(away)
    axis = np.array([math.sin(a), -math.cos(a), 0.0]) * math.radians(tilt)
    rotation = cv2.Rodrigues(axis)[0] @ cv2.Rodrigues(np.array([0.0, 0, math.radians(turn)]))[0]
    middle = BOARD.points.mean(0)
    return Pose(rotation, np.array([x, y, z]) - rotation @ middle)


def seen(
    where: Pose,
    *,
    lens: Lens = LENS,
    noise: float = NOISE,
    sharpness: float = 2.0,
    time: float = math.nan,
    source: str = "synthetic",
    seed: int = 0,
) -> Sighting | None:
    """What the camera sees, or None where fewer than 12 corners are in the picture."""
    pixels = lens.project(where(BOARD.points))
    pixels = pixels + np.random.default_rng(seed).normal(0, noise, pixels.shape)
    inside = np.isfinite(pixels).all(1) & (pixels > 3).all(1) & (pixels < np.array(lens.size) - 4).all(1)
    ids = np.flatnonzero(inside)
    if len(ids) < 12:
        return None
    return Sighting(lens.size, ids, pixels[ids], np.full(len(ids), max(noise, 0.01)), None, sharpness, source, time)


def sure(sighting: Sighting | None) -> Sighting:
    """The sighting, which there must be."""
    assert sighting is not None
    return sighting


def diverse() -> list[Sighting]:
    """41 views: everywhere, tilted to all sides, near and far."""
    poses = [pose(x, y, 0.75, 35, away) for (x, y), away in zip(_places(), range(0, 360 * 3, 30), strict=False)]
    poses += [pose(z=0.45, tilt=30, away=away) for away in range(0, 360, 45)]
    views = [seen(where, seed=number) for number, where in enumerate(poses)]
    return [view for view in views if view is not None]


def _places() -> Iterator[tuple[float, float]]:
    for y in (-0.2, -0.1, 0.0, 0.1, 0.2):
        for x in (-0.38, -0.25, 0.0, 0.25, 0.38):
            yield x, y


def wave(seed: int, seconds: float = 30.0, fps: float = 10.0) -> list[Sighting]:
    """A person who mostly holds the board in the middle, now and then goes to a corner, tilts, blurs by moving fast."""
    rng = np.random.default_rng(seed)
    keys = int(seconds / 1.5) + 2
    targets = np.column_stack(
        [
            rng.normal(0, 0.16, keys),
            rng.normal(0, 0.1, keys),
            rng.uniform(0.5, 1.1, keys),
            rng.uniform(0, 45, keys) * (rng.random(keys) < 0.5),
            rng.uniform(0, 360, keys),
            rng.normal(0, 15, keys),
        ]
    )
    found = []
    for number in range(int(seconds * fps)):
        time = number / fps
        step, share = divmod(time / 1.5, 1.0)
        ease = min(1.0, share / 0.5) ** 2 * (3 - 2 * min(1.0, share / 0.5))  # moves for half of the time, then rests
        values = targets[int(step)] * (1 - ease) + targets[int(step) + 1] * ease
        moving = share < 0.5
        blur = 2.0 + (float(rng.uniform(2, 8)) if moving and rng.random() < 0.7 else 0.0)
        noise = NOISE * blur / 2.0 * (2.0 if moving else 1.0)
        sighting = seen(
            pose(*values), noise=noise, sharpness=blur, time=time, source="wave.mp4", seed=seed * 10_000 + number
        )
        if sighting is not None:
            found.append(sighting)
    return found


def evenly(sightings: Sequence[Sighting], count: int) -> list[Sighting]:
    """So many of them, evenly spaced in time."""
    return [sightings[row] for row in np.linspace(0, len(sightings) - 1, count).round().astype(int)]
