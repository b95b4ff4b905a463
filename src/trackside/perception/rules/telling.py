"""What all rules share: how they are called, and how turns become events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import numpy as np

from trackside.core import Events, Tracks

Row = tuple[float, str, int, float]
"""Media time, name, track, value."""
# Most looks change nothing.
NOTHING = Events()


class Rule(Protocol):
    """A rule about tracks. Works on media time; keeps nothing of a track that ended."""

    def update(self, tracks: Tracks, time: float) -> Events:
        """Take in the tracks of one look at media time `time`. Events may lie before it: proof takes time."""

    def end(self, ids: Iterable[int]) -> Events:
        """These tracks ended."""

    def reset(self) -> None:
        """Forget everything, without a word: what goes on now begins with the next look."""


def told(rows: Iterable[Row], place: str) -> Events:
    """Events at one place from rows, in order of time."""
    ordered = sorted(rows, key=lambda row: row[0])
    if not ordered:
        return NOTHING
    times, names, ids, values = zip(*ordered, strict=True)
    return Events(names, np.array(times), np.array(ids, np.int64), (place,) * len(names), np.array(values, np.float64))
