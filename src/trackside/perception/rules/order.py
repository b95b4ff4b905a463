"""Order: who visits zones one after the other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

from trackside.core import Events, SettingError, Tracks
from trackside.perception.per_track import PerTrack
from trackside.perception.rules.spells import Hysteresis, Turns
from trackside.perception.rules.stays import Stays
from trackside.perception.rules.telling import Row, told
from trackside.perception.zones import Polygon

_MOST_ZONES = 10


class Order:
    """Tells which track visits zones in the given order within a time.

    The clock runs from leaving the first zone (0 where zones overlap and it is still in it) to entering the last. Entering
    a zone out of turn starts it all anew, so the wrong order tells nothing.

    Events: `in order` (value: seconds from the first zone to the last), at the moment the last zone was entered.

    Args:
        zones: corners, x y in pixels, by name, in order; two to ten.
        within: seconds that the whole way may take.
        name: stands in the events' `places`; empty for the zones' names.
        enter_after: seconds inside that make a visit.
        margin: pixels beyond the edge from which somebody inside counts as outside.
        gap: seconds that somebody may be out of sight.

    Raises:
        SettingError: fewer than two zones, a zone with fewer than three corners, or a number out of range.
    """

    def __init__(
        self,
        zones: Mapping[str, Polygon],
        *,
        within: float = 10.0,
        name: str = "",
        enter_after: float = 0.4,
        margin: float = 0.0,
        gap: float = 1.0,
    ) -> None:
        if not 2 <= len(zones) <= _MOST_ZONES:
            raise SettingError(f"an order needs 2 to {_MOST_ZONES} zones, got {len(zones)}", where="zones")
        if not 0 < within < math.inf:
            raise SettingError(f"need a number of seconds above 0, got {within=}", where="within")
        self._stays = [Stays(zone, Hysteresis(enter_after, 0.0, margin, gap)) for zone in zones.values()]
        self._within, self.name = within, name or " - ".join(zones)
        self.reset()

    def update(self, tracks: Tracks, time: float) -> Events:
        """Take in the tracks of one look at media time `time`."""
        return self._told([stays.update(tracks, time) for stays in self._stays])

    def end(self, ids: Iterable[int]) -> Events:
        """These tracks ended."""
        gone = list(ids)
        for stays in self._stays:
            stays.end(gone)
        self._way.drop(gone)
        return Events()

    def reset(self) -> None:
        """Forget everything, without a word."""
        for stays in self._stays:
            stays.reset()
        # How many zones have been visited in order, and when the first was left; NaN while inside it.
        self._way = PerTrack(visited=0, left=math.nan)

    def _told(self, turns: list[Turns]) -> Events:
        steps = [
            (time, not on, zone, track)
            for zone, found in enumerate(turns)
            for track, on, time in zip(found.ids.tolist(), found.on.tolist(), found.times.tolist(), strict=True)
        ]
        rows: list[Row] = []
        # At one moment, entering comes before leaving: zones that touch are one step apart, and no time.
        for time, left, zone, track in sorted(steps):
            [row] = self._way.rows(np.array([track]))
            if not left:
                rows += self._entered(int(row), zone, time, track)
            elif zone == 0:
                self._way["left"][row] = time
        return told(rows, self.name)

    def _entered(self, row: int, zone: int, time: float, track: int) -> list[Row]:
        visited, left = self._way["visited"], self._way["left"]
        if zone == 0:
            visited[row], left[row] = 1, math.nan
            return []
        if zone < visited[row]:
            return []  # Back in a zone that was visited before: the next one is still to come.
        # Leaving is known at once, a visit only after a while: where zones overlap, it may have been left since.
        elapsed = 0.0 if math.isnan(left[row]) else max(time - float(left[row]), 0.0)
        if zone > visited[row] or elapsed > self._within:
            visited[row] = 0
            return []
        visited[row] += 1
        if visited[row] < len(self._stays):
            return []
        visited[row] = 0
        return [(time, "in order", track, elapsed)]
