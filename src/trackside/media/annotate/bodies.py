"""Skeletons, and angles beside their joints."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from trackside.core import SKELETONS, Keypoints, Table
from trackside.media.canvas import Canvas
from trackside.media.colour import Colour
from trackside.media.palette import INK, LEFT, MIDDLE, PAPER, RIGHT

# Below this score a network's point is a guess more often than not; the same as in `Keypoints.boxes`.
_LEAST_SCORE = 0.3
_SIDES: dict[str, Colour] = {"left": LEFT, "right": RIGHT, "": MIDDLE}
# A segment's angle is written at its middle, between these points; all others at the joint of their name.
_SEGMENTS = {
    "thigh": ("hip", "knee"),
    "shank": ("knee", "ankle"),
    "upper_arm": ("shoulder", "elbow"),
    "forearm": ("elbow", "wrist"),
}
_TRUNK = ("left_hip", "right_hip", "left_shoulder", "right_shoulder")


def draw_keypoints(canvas: Canvas, keypoints: Keypoints, *, least_score: float = _LEAST_SCORE) -> None:
    """Bones and points of each person: the left side blue, the right side orange, what joins them white.

    Points with a lower score, and bones to them, are hidden.
    """
    if not len(keypoints):
        return
    points = np.where((keypoints.scores >= least_score)[..., None], keypoints.points.astype(np.float64), np.nan)
    bone_rows, bone_sides, point_sides = _layout(keypoints.skeleton)
    bones = points[:, bone_rows]
    # A dark rim keeps bright colours readable on bright ground.
    canvas.lines(bones, INK, canvas.line_width + 2, shade_only=True)
    for side, colour in _SIDES.items():
        canvas.lines(bones[:, bone_sides == side], colour)
    radius = 0.9 * canvas.line_width + 1
    shown = points[:, point_sides != "face"]
    canvas.circles(shown, radius + 1, INK, shade_only=True)
    for side, colour in _SIDES.items():
        canvas.circles(points[:, point_sides == side], radius, colour)


def draw_angles(canvas: Canvas, keypoints: Keypoints, angles: Table, columns: Iterable[str]) -> None:
    """Write angles beside their joints, in whole degrees.

    Args:
        canvas: what to draw on.
        keypoints: the people.
        angles: a row a person, columns named as `knee_left_deg`, `trunk_deg`; empty (NaN) values are left out.
        columns: which of them to write. Columns without such a joint in the skeleton, or not in the table, are left out.
    """
    size = max(11, round(canvas.letter_size * 0.85))
    for column in columns:
        rows = _place(keypoints.skeleton, column)
        if not rows or column not in angles.columns:
            continue
        beside = np.array([3 * canvas.line_width, 0])
        places = keypoints.points[:, list(rows)].mean(axis=1) + beside
        for place, degrees in zip(places, angles[column], strict=False):
            if np.isfinite(degrees):
                canvas.text(f"{degrees:.0f}°", place, PAPER, INK, size=size, anchor=(0, 0.5))


@lru_cache
def _layout(skeleton: str) -> tuple[NDArray[np.intp], NDArray[np.str_], NDArray[np.str_]]:
    """Bones as rows of points, the side of each bone, the side of each point (`face` for points without a bone)."""
    known = SKELETONS[skeleton]
    sides = np.array([_side(name) for name in known.points])
    bones = known.bone_rows
    bone_sides = np.where(sides[bones[:, 0]] == sides[bones[:, 1]], sides[bones[:, 0]], "")
    point_sides = np.where(np.isin(np.arange(len(sides)), bones), sides, "face")
    return bones, bone_sides, point_sides


def _side(name: str) -> str:
    return next((side for side in ("left", "right") if name.startswith(f"{side}_") or name.endswith(f"_{side}")), "")


@lru_cache
def _place(skeleton: str, column: str) -> tuple[int, ...]:
    """Rows of the points in whose middle a column's angle is written; none if the skeleton has no such points."""
    name = column.removesuffix("_deg")
    joint, _, side = name.rpartition("_")
    names = _TRUNK if name == "trunk" else tuple(f"{side}_{part}" for part in _SEGMENTS.get(joint, (joint,)))
    points = SKELETONS[skeleton].points
    return tuple(points.index(one) for one in names) if set(names) <= set(points) else ()
