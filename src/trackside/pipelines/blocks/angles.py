"""Measuring bodies."""

from __future__ import annotations

from typing import NamedTuple

from trackside.core import Keypoints, Table
from trackside.core.units import Fraction
from trackside.perception import joint_angles
from trackside.pipelines.block import block


class Angles(NamedTuple):
    """What the block gives."""

    angles: Table


@block("angles.joints@1")
def measure_joint_angles(poses: Keypoints, *, least_score: Fraction = 0.3) -> Angles:
    """Measure joint and segment angles of each person, in degrees, in the plane of the picture.

    180 is a straight knee or elbow; segments are measured to the vertical. They are true only for movement across the
    camera's view.

    Args:
        poses: body points.
        least_score: an angle stays empty where one of its points is less sure than this.
    """
    assert poses.ids is not None
    return Angles(Table({"id": poses.ids, **joint_angles(poses, least_score=least_score)}))
