"""Joint and segment angles from body points, in the plane of the picture.

A joint's angle is the inner angle at its middle point, 0 to 180 degrees:

| angle | points | reads |
| --- | --- | --- |
| knee | hip, knee, ankle | 180 straight leg |
| hip | shoulder, hip, knee | 180 trunk and thigh in line |
| ankle | knee, ankle, toe | about 90 standing; smaller is dorsiflexion, larger plantar flexion |
| shoulder | hip, shoulder, elbow | 0 arm along the trunk, 180 arm overhead |
| elbow | shoulder, elbow, wrist | 180 straight arm |

A segment's angle is to the vertical, -180 to 180 degrees, positive where the segment's far end is to the *right in the
picture* (image coordinates: x to the right, y down). Thigh (hip to knee), shank (knee to ankle), upper arm (shoulder to
elbow) and forearm (elbow to wrist) are measured from straight down: 0 is hanging. The trunk (middle of the hips to middle
of the shoulders) is measured from straight up: 0 is upright.

These are projected angles: they are true only for movement in the plane of the picture (Winter 2009, *Biomechanics and Motor
Control of Human Movement*, section 3.4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from trackside.core import SKELETONS, Keypoints

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

# Below this score a network's point is a guess more often than not; also the default of `Keypoints.boxes`.
_LEAST_SCORE = 0.3

_JOINTS = {
    "knee": ("hip", "knee", "ankle"),
    "hip": ("shoulder", "hip", "knee"),
    "ankle": ("knee", "ankle", "toe"),
    "shoulder": ("hip", "shoulder", "elbow"),
    "elbow": ("shoulder", "elbow", "wrist"),
}
_SEGMENTS = {
    "thigh": ("hip", "knee"),
    "shank": ("knee", "ankle"),
    "upper_arm": ("shoulder", "elbow"),
    "forearm": ("elbow", "wrist"),
}
_TRUNK = ("left_hip", "right_hip", "left_shoulder", "right_shoulder")
_SIDES = ("left", "right")


def joint_angles(keypoints: Keypoints, *, least_score: float = _LEAST_SCORE) -> dict[str, Floats]:
    """All angles that the skeleton's points allow, for each person.

    Args:
        keypoints: n people of any skeleton with points named `left_hip`, `right_knee`, ... (coco17, blazepose33).
        least_score: an angle is NaN where one of its points has a lower score.

    Returns:
        Degrees, float64 [n] each, named `knee_left_deg`, `trunk_deg`, ...: the same names for every input of a skeleton.
    """
    plan = _plan(keypoints.skeleton)
    sure = keypoints.scores >= np.float32(least_score)
    points = np.where(sure[..., None], keypoints.points.astype(np.float64), np.nan)
    columns = [inner_angle(*(points[:, rows] for rows in plan.joints)), angle_from_down(_vectors(points, plan.segments))]
    if plan.trunk:
        left_hip, right_hip, left_shoulder, right_shoulder = (points[:, [row]] for row in plan.trunk)
        columns.append(angle_from_up((left_shoulder + right_shoulder - left_hip - right_hip) / 2))
    return dict(zip(plan.names, np.concatenate(columns, axis=1).T, strict=True))


def angle_names(skeleton: str) -> tuple[str, ...]:
    """The names that `joint_angles` gives for this skeleton."""
    return _plan(skeleton).names


def inner_angle(a: Floats, middle: Floats, b: Floats) -> Floats:
    """The angle a-middle-b in degrees, 0 to 180: points [..., 2] to [...]. NaN where two of them coincide.

    The arc tangent of cross and dot product is exact near 0 and 180 degrees too, where the arc cosine loses half its digits.
    """
    (ux, uy), (vx, vy) = np.moveaxis(a - middle, -1, 0), np.moveaxis(b - middle, -1, 0)
    undefined = ((ux == 0) & (uy == 0)) | ((vx == 0) & (vy == 0))
    angles = np.degrees(np.arctan2(np.abs(ux * vy - uy * vx), ux * vx + uy * vy))
    return np.asarray(np.where(undefined, np.nan, angles))


def angle_from_down(vectors: Floats) -> Floats:
    """Signed angle to straight down, degrees, positive to the right in the picture: [..., 2] to [...]; NaN for no length."""
    return _signed(vectors[..., 0], vectors[..., 1])


def angle_from_up(vectors: Floats) -> Floats:
    """Signed angle to straight up, degrees, positive to the right in the picture: [..., 2] to [...]; NaN for no length."""
    return _signed(vectors[..., 0], -vectors[..., 1])


def _signed(across: Floats, along: Floats) -> Floats:
    return np.asarray(np.where((across == 0) & (along == 0), np.nan, np.degrees(np.arctan2(across, along))))


def _vectors(points: Floats, segments: Rows) -> Floats:
    near, far = segments
    return np.asarray(points[:, far] - points[:, near])


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a skeleton allows: rows of points, in the order of the names.

    Attributes:
        names: of the angles: joints, segments, trunk.
        joints: intp [3, joints]: first, middle and last point.
        segments: intp [2, segments]: near and far end.
        trunk: rows of the four points, or nothing.
    """

    names: tuple[str, ...]
    joints: Rows
    segments: Rows
    trunk: tuple[int, ...]


@cache
def _plan(skeleton: str) -> _Plan:
    rows = {name: row for row, name in enumerate(SKELETONS[skeleton].points)}
    joints, segments = _both_sides(_JOINTS, rows), _both_sides(_SEGMENTS, rows)
    trunk = tuple(rows[name] for name in _TRUNK if name in rows)
    trunk = trunk if len(trunk) == len(_TRUNK) else ()
    return _Plan(
        (*joints, *segments, *(["trunk_deg"] if trunk else [])),
        np.array(list(joints.values()), np.intp).reshape(-1, 3).T,
        np.array(list(segments.values()), np.intp).reshape(-1, 2).T,
        trunk,
    )


def _both_sides(angles: Mapping[str, tuple[str, ...]], rows: dict[str, int]) -> dict[str, list[int]]:
    """Column name to rows of points, for the angles of which the skeleton has all points."""
    columns = {}
    for angle, names in angles.items():
        for side in _SIDES:
            points = [f"{side}_{name}" for name in names]
            if all(point in rows for point in points):
                columns[f"{angle}_{side}_deg"] = [rows[point] for point in points]
    return columns
