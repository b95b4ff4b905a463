"""What a worker knows of its video while it works: told by the engine's threads, read by the heartbeat."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Literal

from trackside.pipelines.progress import Progress
from trackside.server.runs.pace import Pace

Stage = Literal["starting", "working", "writing", "storing"]


@dataclass(frozen=True, slots=True)
class Report:
    """How far a video is.

    Attributes:
        stage: starting (models are opened), working, writing (after the last record), storing.
        fraction: 0 to 1, by media time.
        records: finished.
        rate: records a second of late.
        seconds_left: to the end of working; None while unknown.
        seconds_each: for a whole video at this pace; None while unknown.
    """

    stage: Stage = "starting"
    fraction: float = 0.0
    records: int = 0
    rate: float = 0.0
    seconds_left: float | None = None
    seconds_each: float | None = None


class Reporter:
    """Keeps the newest report. Called by the engine as its listener; safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pace = Pace()
        self._report = Report()

    def __call__(self, progress: Progress) -> None:
        """Take what the engine tells."""
        if progress.state != "running":
            return
        with self._lock:
            self._pace.add(progress)
            writing = progress.stage == "writing"
            self._report = Report(
                "writing" if writing else "working",
                progress.fraction or 0.0,
                progress.records,
                self._pace.rate,
                None if writing else self._pace.seconds_left,
                self._pace.seconds_each,
            )

    def store(self) -> None:
        """The results are whole and are being put among the files."""
        with self._lock:
            last = self._report
            self._report = Report("storing", 1.0, last.records, last.rate, None, last.seconds_each)

    @property
    def report(self) -> Report:
        """The newest."""
        with self._lock:
            return self._report
