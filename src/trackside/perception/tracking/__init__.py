"""Keeping identity: detections of successive frames become tracks."""

from trackside.perception.tracking.association import Term, assign, associate, iou, overlapping
from trackside.perception.tracking.bytetrack import ByteTracker
from trackside.perception.tracking.kalman import ConstantVelocity, Motion

__all__ = ["ByteTracker", "ConstantVelocity", "Motion", "Term", "assign", "associate", "iou", "overlapping"]
