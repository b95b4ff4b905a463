"""Media time of a live source: its time stamps as long as they make sense, the wall clock where they do not."""

from __future__ import annotations

from typing import Any

# Seconds. Cameras start their clock anew, count in 33 bits of 90 kHz (26.5 hours), or set it by NTP. A step forward of at
# most so much, or back by less (B-frames, pictures in the wrong order), is taken as it is; any other only if the wall clock
# agrees with it.
_FORWARD, _BACK = 2.0, 1.0
# Time stamps that run at another rate than time itself (motion JPEG without any, wrong clocks) are given up: over so many
# seconds they must have gone between half and twice as far.
_RATE_WINDOW, _LEAST_RATE, _MOST_RATE = 30.0, 0.5, 2.0
# Packets whose time may still be asked for; decoders hold back 16 pictures at most.
_MOST_REMEMBERED = 64


class LiveClock:
    """Gives each packet its media time, in seconds from the first one, and each decoded frame that of its packet.

    Time goes on in any case: over jumps of the time stamps as far as the wall clock did since the packet before.

    Args:
        time_base: seconds a unit of the time stamps.
        step: seconds from frame to frame, as far as known.
        tolerance: by how many seconds time stamps and arrival may disagree over a gap: little for streams, more than a
            segment for those that come in segments.
        by_arrival: take the wall clock from the start, where the time stamps are known to mean nothing.
    """

    def __init__(self, time_base: Any, step: float, *, tolerance: float = 2.0, by_arrival: bool = False) -> None:
        self.mended = 0
        self.step = step
        self.by_arrival = by_arrival
        self._base = float(time_base)
        self._tolerance = tolerance
        self._offset: float | None = None
        self._newest = 0.0
        self._has_begun = False
        self._arrival: float | None = None
        self._is_joint = False
        self._window: tuple[float, float] | None = None
        self._arrived: dict[int, tuple[float, float]] = {}
        self._last = -1.0

    def packet(self, pts: int | None, arrival: float | None) -> float:
        """The media time of a packet.

        Args:
            pts: its time stamp, None if it has none.
            arrival: when it came, on a clock that never goes back; None where that says nothing (files).
        """
        stamp = None if pts is None else pts * self._base
        time = self._judged(stamp, arrival)
        if arrival is not None and not self.by_arrival:
            self._watch_rate(time, arrival)
        self._newest, self._arrival, self._has_begun = max(self._newest, time), arrival, True
        if pts is not None:
            if len(self._arrived) >= _MOST_REMEMBERED:
                del self._arrived[next(iter(self._arrived))]
            self._arrived[pts] = time, arrival or 0.0
        return time

    def frame(self, pts: int | None) -> float:
        """The media time of a decoded frame: that of its packet, and later than that of the frame before."""
        found = None if pts is None else self._arrived.get(pts)
        if found is not None:
            time = found[0]
        elif self._last < 0:
            time = 0.0
        else:
            time = self._last + self.step
        if time <= self._last:
            time = self._last + self.step / 2
        self._last = time
        return time

    def arrival(self, pts: int | None) -> float:
        """When the packet of a frame came; when the newest one did if that is not known."""
        found = None if pts is None else self._arrived.get(pts)
        return found[1] if found is not None else self._arrival or 0.0

    def join(self) -> None:
        """What follows begins anew (a file from its start): it goes on one step after the newest packet so far."""
        self._is_joint = True
        self._arrived.clear()

    def _judged(self, stamp: float | None, arrival: float | None) -> float:
        if stamp is None or self.by_arrival:
            return self._unstamped(arrival)
        if self._offset is None:
            # The first one, or the first with a time stamp behind some without.
            self._offset = (self._after(arrival) if self._has_begun else 0.0) - stamp
            return stamp + self._offset
        if self._is_joint:
            self._is_joint = False
            self._offset = self._newest + self.step - stamp
            return stamp + self._offset
        ahead = stamp + self._offset - self._newest
        if -_BACK < ahead <= _FORWARD or self._is_true_gap(ahead, arrival):
            return self._newest + ahead
        self.mended += 1
        self._offset = self._after(arrival) - stamp
        return stamp + self._offset

    def _is_true_gap(self, ahead: float, arrival: float | None) -> bool:
        if ahead <= 0 or arrival is None or self._arrival is None:
            return False
        return abs(ahead - (arrival - self._arrival)) <= self._tolerance

    def _after(self, arrival: float | None) -> float:
        """As much later than the newest one as the wall clock says, and at least a step."""
        waited = arrival - self._arrival if arrival is not None and self._arrival is not None else 0.0
        return self._newest + max(waited, self.step)

    def _unstamped(self, arrival: float | None) -> float:
        if not self._has_begun:
            return 0.0
        self.mended += not self.by_arrival
        if arrival is not None and self._arrival is not None:
            return self._newest + max(arrival - self._arrival, 0.001)
        return self._newest + self.step

    def _watch_rate(self, time: float, arrival: float) -> None:
        if self._window is None:
            self._window = time, arrival
            return
        waited = arrival - self._window[1]
        if waited < _RATE_WINDOW:
            return
        rate = (time - self._window[0]) / waited
        if not _LEAST_RATE <= rate <= _MOST_RATE:
            self.by_arrival, self.mended = True, self.mended + 1
        self._window = time, arrival
