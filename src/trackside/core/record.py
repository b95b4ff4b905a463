"""One item of a stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Record:
    """A frame, a ticket, a line of handwriting, with where and when it comes from.

    Attributes:
        source: the stream it belongs to: a file name, a camera's name.
        index: its sequence number in that stream as it was read, from 0; for display, never for timing.
        time: media time in seconds (presentation time stamp less the stream's first one).
        data: the item itself.
        wall: wall-clock time of capture in seconds since 1970, for live sources; None for files.
    """

    source: str
    index: int
    time: float
    data: Any
    wall: float | None = None
