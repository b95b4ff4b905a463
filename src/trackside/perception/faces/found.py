"""The faces of one picture: boxes, and five points of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from trackside.core import SKELETONS, Detections, Keypoints, Skeleton

NAMES = ("face",)
"""The class of every face."""

FACE5 = SKELETONS.add(
    "face5",
    Skeleton(
        "face5",
        # From left to right as the camera sees them; left and right are the person's own, as in all skeletons.
        ("right_eye", "left_eye", "nose", "mouth_right", "mouth_left"),
        (
            ("right_eye", "nose"),
            ("left_eye", "nose"),
            ("nose", "mouth_right"),
            ("nose", "mouth_left"),
            ("mouth_right", "mouth_left"),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Faces:
    """The faces in one picture, best first.

    Attributes:
        boxes: a box a face, of class `face`, in pixels of the picture and unclipped.
        points: the skeleton `face5` of each, in the same order; the score of every point is the face's.
    """

    boxes: Detections
    points: Keypoints

    def __post_init__(self) -> None:
        if len(self.boxes) != len(self.points) or self.points.skeleton != FACE5.name:
            raise ValueError(f"faces need a box and five points each, got {len(self.boxes)} and {len(self.points)}")

    @classmethod
    def of(cls, boxes: Any, scores: Any, points: Any) -> Faces:
        """From arrays [n, 4], [n] and [n, 5, 2]."""
        scores = np.asarray(scores, np.float32).reshape(-1)
        found = Detections(boxes, scores, np.zeros(len(scores), np.int32), NAMES)
        return cls(found, Keypoints(points, np.repeat(scores[:, None], 5, axis=1), FACE5.name))

    @classmethod
    def empty(cls) -> Faces:
        """Nobody."""
        return cls.of(np.empty((0, 4)), np.empty(0), np.empty((0, 5, 2)))

    def __len__(self) -> int:
        return len(self.boxes)

    def __getitem__(self, rows: Any) -> Self:
        """The chosen faces: an index array, a boolean mask or a slice."""
        return type(self)(self.boxes[rows], self.points[rows])
