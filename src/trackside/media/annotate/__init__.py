"""Drawing what was found onto a canvas: boxes, tracks with tails, skeletons, angles, zones, lines, the time."""

from trackside.media.annotate.bodies import draw_angles, draw_keypoints
from trackside.media.annotate.boxes import draw_detections, draw_tracks
from trackside.media.annotate.clock import draw_clock
from trackside.media.annotate.outlines import draw_lines, draw_shapes, draw_zones
from trackside.media.annotate.tails import Tails

__all__ = [
    "Tails",
    "draw_angles",
    "draw_clock",
    "draw_detections",
    "draw_keypoints",
    "draw_lines",
    "draw_shapes",
    "draw_tracks",
    "draw_zones",
]
