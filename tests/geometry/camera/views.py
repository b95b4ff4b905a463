"""Synthetic sightings: points of a board projected by a known lens, with normal noise. No pictures."""

from __future__ import annotations

import numpy as np

from trackside.geometry.camera.boards.chessboard import Chessboard
from trackside.geometry.camera.lens import Lens
from trackside.geometry.camera.pose import Pose
from trackside.geometry.camera.sighting import Sighting

BOARD = Chessboard(8, 11, 0.03)
USUAL = Lens((1280, 720), (1000.0, 1005.0), (650.0, 350.0), np.array([-0.3, 0.12, 0.001, -0.0005, -0.02]))
TELE = Lens((1920, 1080), (2500.0, 2500.0), (950.0, 550.0), np.array([0.05, -0.2, 0.0, -0.0005, 0.0]))
FISHEYE = Lens((1280, 960), (400.0, 402.0), (640.0, 470.0), np.array([0.05, -0.01, 0.003, -0.001]), "fisheye")


def random_pose(rng, lens, board=BOARD, tilt=45.0, distance=(0.4, 1.0)):
    """A board at a random place of the picture, tilted by up to so many degrees to any side."""
    while True:
        angle, lean = rng.uniform(0, 2 * np.pi), np.radians(rng.uniform(0, tilt))
        direction = np.array([np.cos(angle), np.sin(angle), 0.0])
        turn = Pose.from_vectors(direction * lean, np.zeros(3)) @ Pose.from_vectors(
            [0, 0, rng.uniform(-0.5, 0.5)], np.zeros(3)
        )
        ray = lens.rays(rng.uniform(0, lens.size))
        if np.isfinite(ray).all():
            return Pose(turn.rotation, ray * rng.uniform(*distance) - turn.rotation @ board.points.mean(axis=0))


def seen(lens, board, pose, noise, rng, *, time=float("nan"), source="", least=12):
    """What the lens sees of the board within its picture; None if that is less than `least` points."""
    pixels = lens.project(pose(board.points))
    inside = np.isfinite(pixels).all(axis=1) & (pixels >= 0).all(axis=1) & (pixels <= np.array(lens.size) - 1).all(axis=1)
    if inside.sum() < least:
        return None
    ids = np.flatnonzero(inside)
    noisy = pixels[inside] + rng.normal(0, noise, (len(ids), 2))
    return Sighting(lens.size, ids, noisy, np.full(len(ids), noise or 0.1), time=time, source=source)


def views(lens, count, noise, seed=0, board=BOARD, least=12, **how):
    """So many sightings, partly cut off by the edge of the picture."""
    rng, found = np.random.default_rng(seed), []
    while len(found) < count:
        pose = random_pose(rng, lens, board, **how)
        sighting = seen(lens, board, pose, noise, rng, source=f"view {len(found)}", least=least)
        found += [sighting] if sighting else []
    return found
