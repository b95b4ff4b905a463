"""When a picture was captured, as well as a receiver can tell: media time laid onto the wall clock by the fastest arrivals.

What lags behind (a network that stutters, a decoder that cannot keep up) arrives late and never early, so the least
difference between arrival and media time over the last while is the best guess of the camera's clock (Paxson 1998, "On
Calibrating Measurements of Packet Transit Times", uses the same minimum filter).
"""

from __future__ import annotations

from collections import deque

# A camera's clock drifts by some 50 ppm: in a minute 3 ms.
_WINDOW = 60.0


class CaptureClock:
    """The capture time of each picture, and how far behind its arrival is."""

    def __init__(self) -> None:
        # Differences that may yet be the least of a window: ascending, so that the first one is the least now.
        self._least: deque[tuple[float, float]] = deque()

    def captured(self, time: float, arrived: float) -> float:
        """The wall-clock time of capture.

        Args:
            time: media time of the picture in seconds.
            arrived: wall-clock time at which its packet was read.
        """
        offset = arrived - time
        while self._least and self._least[-1][1] >= offset:
            self._least.pop()
        self._least.append((arrived, offset))
        while self._least[0][0] < arrived - _WINDOW:
            self._least.popleft()
        return time + self._least[0][1]
