"""A synthetic scene: what is there, what a detector finds of it, and where the camera stands."""

from __future__ import annotations

from dataclasses import dataclass

from trackside.core import Detections, Tracks
from trackside.perception.tracking.association import Floats
from trackside.perception.tracking.synthetic.view import View


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A SYNTHETIC recording.

    Attributes:
        truth: frame to those who can be seen in it. Who is under water, hidden or out of the picture is not in the truth of
            that frame: nobody is asked to find them, and a box given out for them is false.
        found: frame to what the detector found: of those who can be seen, less the missed and with errors, and false ones.
        times: frame to media time, seconds. Frames count from 1.
        fps: frames a second.
        view: the camera.
        axes: float64 [k, 4], x1 y1 x2 y2 of the middle of each lane, wall to wall, pixels; [0, 4] where there are none.
        seed: of its chance.
    """

    truth: dict[int, Tracks]
    found: dict[int, Detections]
    times: dict[int, float]
    fps: float
    view: View
    axes: Floats
    seed: int
