"""What a job tells of a data set, and what becomes of the data set when the job ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from trackside.server.database import now
from trackside.server.datasets.tables import DatasetRow

BUSY = ("waiting", "reading", "checking")
_COUNTS = ("format", "items", "labelled", "classes", "splits", "annotations", "troubles", "version")


@dataclass
class Told:
    """What was heard of a job.

    Attributes:
        stage: what it does, in words, and `fraction`, 0 to 1, how far it is.
        counts: of what was read, once it is.
        done: what it found, once it is over.
        problem: why it cannot go on.
        bytes: that an uploaded data set takes, once it is unpacked.
        died: the status of a process that ended without a word; None if it was told to end.
    """

    stage: str = ""
    fraction: float = 0.0
    counts: dict[str, Any] = field(default_factory=dict)
    done: dict[str, Any] | None = None
    problem: dict[str, str] | None = None
    died: int | None = None
    bytes: int | None = None

    def take(self, message: dict[str, Any]) -> bool:
        """Take a message in. Gives whether people should hear of it at once."""
        before = self.stage
        self.stage = str(message.get("stage", self.stage))[:120]
        self.fraction = max(self.fraction, min(1.0, float(message.get("fraction", 0.0))))
        self.counts = message.get("read", self.counts)
        self.done = message.get("done", self.done)
        self.problem = message.get("problem", self.problem)
        self.bytes = message.get("bytes", self.bytes)
        return self.stage != before or "read" in message

    def write(self, row: DatasetRow) -> None:
        """Write down how far it is."""
        row.stage, row.fraction = self.stage, self.fraction
        if self.bytes is not None:
            row.bytes = self.bytes
        if self.counts:
            row.state = "checking"
            for name in _COUNTS:
                setattr(row, name, self.counts[name])


def settle(row: DatasetRow, told: Told) -> None:
    """What becomes of a data set when its job has ended."""
    told.write(row)
    if told.done is not None:
        row.state, row.stage, row.fraction, row.problem, row.fix = "ready", "", 1.0, "", ""
        row.verdict, row.checked, row.attempts = told.done["verdict"], now(), 0
    elif told.problem is not None:
        fail(row, told.problem["what"], told.problem["fix"])
    elif told.died is None:
        # The server ends: that is not the data set's fault.
        row.state, row.attempts = "waiting", max(0, row.attempts - 1)
    else:
        fail(row, f"the check died (status {told.died})", "try again; if it stays, look into the server's log")


def fail(row: DatasetRow, problem: str, fix: str) -> None:
    """It cannot be checked."""
    row.state, row.stage, row.problem, row.fix = "failed", "", problem, fix
