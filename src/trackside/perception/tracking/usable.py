"""Which detections of a frame a tracker looks at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trackside.perception.tracking.association import Floats
from trackside.perception.tracking.matching import Mask
from trackside.perception.tracking.motion import Placed


def sound(boxes: Floats, scores: NDArray[np.float32]) -> Mask:
    """Which detections, bool [m], have a finite box [4, m] with an area, and a score [m] that is a number."""
    wide, tall = boxes[:2] < boxes[2:]
    good = wide & tall
    if not (np.isfinite(boxes).all() and scores.min(initial=0) >= 0):
        good &= np.isfinite(boxes).all(axis=0) & ~np.isnan(scores)
    return np.asarray(good)


def by_strength(
    boxes: Floats, scores: NDArray[np.float32], good: Mask, low: float, high: float, placed: Placed | None
) -> dict[str, Mask]:
    """Which of the good detections are strong, faint, and either, bool [m] each; only what the place admits, if known."""
    seen = good & (scores >= np.float32(low))
    if placed is not None:
        rows = seen.nonzero()[0]
        seen[rows] = placed.admits(boxes.take(rows, axis=1))
    strong = seen & (scores >= np.float32(high))
    return {"strong": strong, "faint": seen ^ strong, "all": seen}
