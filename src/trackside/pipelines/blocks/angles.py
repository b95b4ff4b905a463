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
    """Measure the angles of each person's joints and body parts, in degrees, as they look in the picture.

    A straight knee or elbow measures 180 degrees; the lean of a body part is measured from the vertical. The angles are true
    only for movement straight across the camera's view.

    Args:
        poses: the body points of each person, best calmed before.
        least_score: an angle stays empty where one of its body points is less sure than this.
    """
    assert poses.ids is not None
    return Angles(Table({"id": poses.ids, **joint_angles(poses, least_score=least_score)}))
