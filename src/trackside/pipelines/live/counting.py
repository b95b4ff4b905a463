"""Counting what happens to a camera's pictures: rates, drops by cause, how long things took. Bounded, and cheap to ask."""

from __future__ import annotations

import threading
from collections import Counter, deque
from time import monotonic

import numpy as np

from trackside.pipelines.live.health import Latency

# Rates and percentiles speak of the last so many seconds, and of at most so many looks.
WINDOW = 20.0
_MOST_LOOKS = 512


class Rate:
    """Events a second over the last seconds, from counts of whole seconds. Not shared between threads without a lock."""

    def __init__(self, window: float = WINDOW) -> None:
        self._window = window
        self._slots: deque[tuple[int, int]] = deque()
        self._began = monotonic()

    def add(self, count: int = 1, now: float | None = None) -> None:
        """Count events that happen now."""
        second = int(monotonic() if now is None else now)
        if self._slots and self._slots[-1][0] == second:
            self._slots[-1] = (second, self._slots[-1][1] + count)
        else:
            self._slots.append((second, count))
            self._forget(second)

    def per_second(self, now: float | None = None) -> float:
        """The rate over the window, or since the beginning if that is shorter."""
        moment = monotonic() if now is None else now
        self._forget(int(moment))
        covered = moment - (int(moment) - self._window + 1)
        return sum(count for _, count in self._slots) / max(1.0, min(covered, moment - self._began))

    def _forget(self, second: int) -> None:
        while self._slots and self._slots[0][0] <= second - self._window:
            self._slots.popleft()


class Looks:
    """The last durations of one kind, for percentiles: a ring of float32 [512] with the moment of each."""

    def __init__(self) -> None:
        self._seconds = np.zeros(_MOST_LOOKS, np.float32)
        self._moments = np.full(_MOST_LOOKS, -np.inf)
        self._count = 0

    def add(self, seconds: float, now: float) -> None:
        """Keep one."""
        place = self._count % _MOST_LOOKS
        self._seconds[place], self._moments[place] = seconds, now
        self._count += 1

    def recent(self, now: float) -> np.ndarray:
        """Those of the window, float32 [n] in seconds."""
        return self._seconds[self._moments >= now - WINDOW]


def percentiles(seconds: np.ndarray) -> Latency:
    """Median, 95th and 99th percentile in milliseconds; a percentile that rests on fewer than ten looks beyond it is left
    out, except the median."""
    if not len(seconds):
        return Latency()
    p50, p95, p99 = (1000 * np.percentile(seconds, (50, 95, 99))).round(1).tolist()
    return Latency(p50, p95 if len(seconds) >= 20 else None, p99 if len(seconds) >= 100 else None)


class Account:
    """What one camera's pictures came to. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._given, self._analysed, self._missed = Rate(), Rate(), Rate()
        self._latency, self._staleness = Looks(), Looks()
        self._dropped: Counter[str] = Counter()
        self._done = 0

    def given(self) -> None:
        """A picture that is to be looked at came out of the decoder."""
        with self._lock:
            self._given.add()

    def drop(self, cause: str, count: int = 1) -> None:
        """Pictures that were to be looked at will not be."""
        with self._lock:
            self._dropped[cause] += count
            self._missed.add(count)

    def taken(self, staleness: float) -> None:
        """The model gets a picture of this age in seconds."""
        with self._lock:
            self._staleness.add(staleness, monotonic())

    def finished(self, latency: float) -> None:
        """A picture went through the whole pipeline, so many seconds after it was captured."""
        with self._lock:
            now = monotonic()
            self._done += 1
            self._analysed.add(now=now)
            self._latency.add(latency, now)

    @property
    def done(self) -> int:
        """Pictures that went through."""
        return self._done

    def dropped(self) -> dict[str, int]:
        """Drops by cause, since the beginning."""
        with self._lock:
            return dict(self._dropped)

    def rates(self) -> tuple[float, float, float]:
        """Pictures a second: given out by the decoder, analysed, dropped."""
        with self._lock:
            return self._given.per_second(), self._analysed.per_second(), self._missed.per_second()

    def latencies(self) -> tuple[Latency, Latency]:
        """From capture to the end, and from capture to the model."""
        with self._lock:
            now = monotonic()
            return percentiles(self._latency.recent(now)), percentiles(self._staleness.recent(now))


class Busy:
    """The share of time in which the threads of one stage work."""

    def __init__(self, threads: int) -> None:
        self.threads = max(1, threads)
        self._lock = threading.Lock()
        self._seconds: deque[tuple[float, float]] = deque(maxlen=4096)
        self._total = 0.0
        self._began = monotonic()

    def add(self, seconds: float) -> None:
        """One thread has worked so long, until now."""
        with self._lock:
            self._seconds.append((monotonic(), seconds))
            self._total += seconds

    @property
    def total(self) -> float:
        """Seconds of work of all threads since the beginning."""
        return self._total

    def share(self, window: float = 5.0) -> float:
        """0 to 1, over the last seconds."""
        now = monotonic()
        with self._lock:
            while self._seconds and self._seconds[0][0] < now - window:
                self._seconds.popleft()
            worked = sum(seconds for _, seconds in self._seconds)
            first = self._seconds[0][0] if len(self._seconds) == self._seconds.maxlen else now - window
        return min(1.0, worked / (self.threads * max(1e-6, min(now - first, now - self._began))))
