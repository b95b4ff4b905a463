"""Leaving out detector pictures while nobody loses their identity by it.

A tracker bridges pictures without detections, up to a point that depends on how fast people move and how close they are.
Where that point lies is measured on the camera itself: of the identities at one look, how many are still there at the next.
The interval grows by one only while at least 99 % are kept, and shrinks as soon as fewer are; below 90 % every picture is
looked at (the rule is NVIDIA's for the interval of a primary detector).
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from trackside.core import Tracks

KEPT, LOST = 0.99, 0.90
# Identities that must have had a chance to be lost before the interval changes; with 300 seen and none lost, more than
# 99 % are kept (rule of three).
_LEAST_SEEN = 300
_MOST_INTERVAL = 5
# A track so near to the edge of the picture, as a share of its size, may simply have left.
_EDGE = 0.05


class Retention:
    """Measures how many identities survive from look to look, and says how many pictures may be left out.

    Attributes:
        interval: look at every so many pictures.
    """

    def __init__(self) -> None:
        self.interval = 1
        self._before: NDArray[np.int64] | None = None
        self._looks: deque[tuple[int, int]] = deque()
        self._seen = self._kept = 0

    @property
    def share(self) -> float:
        """Identities kept, of those that had a chance, 0 to 1; 1 without any."""
        return self._kept / self._seen if self._seen else 1.0

    def look(self, tracks: Tracks, size: tuple[int, int]) -> None:
        """Take in the tracks of a picture that the detector saw."""
        if self._before is not None:
            kept = int(np.isin(self._before, tracks.ids).sum())
            self._looks.append((len(self._before), kept))
            self._seen += len(self._before)
            self._kept += kept
        self._before = tracks.ids[~_at_edge(tracks.boxes, size)]
        while self._looks and self._seen - self._looks[0][0] >= _LEAST_SEEN:
            seen, kept = self._looks.popleft()
            self._seen -= seen
            self._kept -= kept

    def adapt(self, overloaded: bool | None) -> int:
        """Change the interval as far as identities allow; called every few seconds.

        Args:
            overloaded: whether pictures are dropped for want of the detector; False where it has time to spare, so that
                nothing need be left out; None in between, where all stays as it is.
        """
        if self._seen >= 20 and self.share < LOST:
            self._set(1)
        elif (self._seen >= _LEAST_SEEN and self.share < KEPT) or overloaded is False:
            self._set(self.interval - 1)
        elif overloaded and self._seen >= _LEAST_SEEN:
            self._set(self.interval + 1)
        return self.interval

    def _set(self, interval: int) -> None:
        interval = min(max(1, interval), _MOST_INTERVAL)
        if interval != self.interval:
            # What was measured at another interval says nothing about this one.
            self.interval, self._before = interval, None
            self._looks.clear()
            self._seen = self._kept = 0


def _at_edge(boxes: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.bool_]:
    width, height = size
    x, y = _EDGE * width, _EDGE * height
    x1, y1, x2, y2 = boxes.T
    return np.asarray((x1 < x) | (y1 < y) | (x2 > width - x) | (y2 > height - y))
