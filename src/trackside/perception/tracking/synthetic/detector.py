"""A synthetic detector: what it finds of those who can be seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trackside.core import Detections, SettingError
from trackside.perception.tracking.association import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaws:
    """How a synthetic detector errs. Misses are independent of each other; a real detector's come in runs.

    Attributes:
        missed: share of those who can be seen that are not found.
        jitter: standard deviation of each edge of a box, in shares of its height.
        false: false detections a frame, in the mean.
    """

    missed: float = 0.05
    jitter: float = 0.04
    false: float = 0.0

    def __post_init__(self) -> None:
        if not (0 <= self.missed <= 1 and 0 <= self.jitter < 1 and 0 <= self.false <= 1000):
            raise SettingError(f"a share lies in 0 to 1, got {self}", where="synthetic detector")


def detect(boxes: Floats, flaws: Flaws, chance: np.random.Generator) -> Detections:
    """What is found of boxes [n, 4] that are there: scores 0.55 to 0.95, in any order."""
    found = boxes[chance.random(len(boxes)) >= flaws.missed]
    height = (found[:, 3] - found[:, 1])[:, None]
    found = found + chance.normal(0, flaws.jitter, found.shape) * height
    return _shuffled(found, chance.uniform(0.55, 0.95, len(found)), chance)


def mistake(boxes: Floats, chance: np.random.Generator) -> Detections:
    """False detections at boxes [n, 4]: scores 0.3 to 0.7."""
    return _shuffled(boxes, chance.uniform(0.3, 0.7, len(boxes)), chance)


def together(first: Detections, second: Detections, chance: np.random.Generator) -> Detections:
    """Both, in any order."""
    boxes, scores = np.concatenate([first.boxes, second.boxes]), np.concatenate([first.scores, second.scores])
    return _shuffled(boxes.astype(np.float64), scores.astype(np.float64), chance)


def _shuffled(boxes: Floats, scores: Floats, chance: np.random.Generator) -> Detections:
    order = chance.permutation(len(boxes))
    classes = np.zeros(len(boxes), np.int32)
    return Detections(boxes[order].astype(np.float32), scores[order].astype(np.float32), classes)
