"""Keeping identity: detections of successive frames become tracks."""

from trackside.perception.tracking.association import Term, assign, iou, overlapping
from trackside.perception.tracking.kalman import ConstantVelocity, Noise
from trackside.perception.tracking.motion import Motion
from trackside.perception.tracking.presets import PRESETS, preset
from trackside.perception.tracking.settings import Existence, Round, TrackerSettings
from trackside.perception.tracking.similarity import Likeness, giou
from trackside.perception.tracking.tracker import Tracker

__all__ = [
    "PRESETS",
    "ConstantVelocity",
    "Existence",
    "Likeness",
    "Motion",
    "Noise",
    "Round",
    "Term",
    "Tracker",
    "TrackerSettings",
    "assign",
    "giou",
    "iou",
    "overlapping",
    "preset",
]
