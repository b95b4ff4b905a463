"""Crossing: who passes one of several lines, and in which direction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TypeAlias

import numpy as np

from trackside.core import Events, SettingError, Tracks
from trackside.perception.lines import LineCounter

Direction: TypeAlias = Literal["in", "out", "both"]
_MOST_LINES = 100


class Crossing:
    """Tells who crosses lines: `LineCounter` for several, of one direction or of both.

    Looking along a line from its first end to its second, *in* is from the left hand to the right hand.

    Events: `cross_in` and `cross_out` at the moment of the crossing (value: how often that line was crossed in that
    direction by then).

    Args:
        lines: two ends, x y in pixels, by name, which stands in the events' `places`.
        direction: which crossings are told.
        margin: pixels beyond the line that must be reached.

    Raises:
        SettingError: no line, a line without length, or a margin below 0.
    """

    def __init__(
        self, lines: Mapping[str, Sequence[Sequence[float]]], *, direction: Direction = "both", margin: float = 2.0
    ) -> None:
        if not 1 <= len(lines) <= _MOST_LINES:
            raise SettingError(f"need 1 to {_MOST_LINES} lines, got {len(lines)}", where="lines")
        self._lines, self._margin = dict(lines), margin
        self.wanted = {"in": ("cross_in",), "out": ("cross_out",), "both": ("cross_in", "cross_out")}[direction]
        self.totals = {name: {"cross_in": 0, "cross_out": 0} for name in lines}
        self.reset()

    def update(self, tracks: Tracks, time: float) -> Events:
        """Take in the tracks of one look at media time `time`."""
        found = Events.joined([counter.update(tracks, time) for counter in self.counters])
        rows = [n for n, name in enumerate(found.names) if name in self.wanted]
        rows.sort(key=lambda n: found.times[n])
        return Events(
            tuple(found.names[n] for n in rows),
            found.times[rows],
            found.ids[rows],
            tuple(found.places[n] for n in rows),
            np.array([self._counted(found.places[n], found.names[n]) for n in rows], np.float64),
        )

    def end(self, ids: Iterable[int]) -> Events:
        """These tracks ended."""
        gone = list(ids)
        for counter in self.counters:
            counter.end(gone)
        return Events()

    def reset(self) -> None:
        """Forget who was on which side; the totals stay."""
        self.counters = [LineCounter(ends, name=name, margin=self._margin) for name, ends in self._lines.items()]

    def _counted(self, line: str, name: str) -> int:
        self.totals[line][name] += 1
        return self.totals[line][name]
