"""What a run tells while it goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

# Seconds between two reports of one stream: smooth to the eye, and nothing in cost.
_INTERVAL = 0.1


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one stream is.

    Attributes:
        stream: its name.
        fraction: 0 to 1, by media time; None while the length is unknown.
        records: records finished.
        elapsed: wall seconds since its start.
        state: "running", "done", "skipped", "failed" or "cancelled".
        stage: of a running one: "working", or "writing" once the last record is through.
    """

    stream: str
    fraction: float | None
    records: int
    elapsed: float
    state: str = "running"
    stage: str = "working"

    @property
    def seconds_left(self) -> float | None:
        """Wall seconds to the end at the pace so far."""
        if not self.fraction or self.state != "running":
            return None
        return self.elapsed * (1 - self.fraction) / self.fraction

    @property
    def rate(self) -> float:
        """Records a second so far."""
        return self.records / self.elapsed if self.elapsed > 0 else 0.0


Listener = Callable[[Progress], None]


class ProgressMeter:
    """Counts the records of one stream and tells a listener now and then."""

    def __init__(self, stream: str, listener: Listener | None) -> None:
        self.records = 0
        self.stage = "working"
        self._stream = stream
        self._listener = listener
        self._start = monotonic()
        self._told = 0.0

    def count(self, fraction: float | None) -> None:
        """One more record is finished."""
        self.records += 1
        now = monotonic()
        if now - self._told >= _INTERVAL:
            self._told = now
            self.tell("running", fraction)

    def tell(self, state: str, fraction: float | None = None) -> None:
        """Report now."""
        if self._listener is not None:
            self._listener(Progress(self._stream, fraction, self.records, monotonic() - self._start, state, self.stage))
