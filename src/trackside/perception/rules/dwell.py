"""Dwell: who stays in a zone for a while."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from trackside.core import Events, SettingError, Tracks
from trackside.perception.per_track import PerTrack
from trackside.perception.rules.spells import Floats, Hysteresis, Ids, Turns
from trackside.perception.rules.stays import Stays
from trackside.perception.rules.telling import Row, told
from trackside.perception.zones import Polygon

# Media times are sums of frame periods.
_ROUNDING = 1e-6


class Dwell:
    """Tells who has stayed in a zone for at least so long.

    Events: `dwell` (value: seconds inside by then) at the moment at which the time was full, once a stay, and again every
    `again_after` seconds if that is set.

    Args:
        zone: its corners, x y in pixels.
        at_least: seconds.
        name: stands in the events' `places`.
        again_after: seconds after which a stay that goes on is told again; None for never.
        leave_after: seconds outside that end a stay; shorter absences count as inside.
        margin: pixels beyond the edge from which somebody inside counts as outside.
        gap: seconds that somebody may be out of sight.

    Raises:
        SettingError: fewer than three corners, or a number out of range.
    """

    def __init__(
        self,
        zone: Polygon,
        *,
        at_least: float = 3.0,
        name: str = "zone",
        again_after: float | None = None,
        leave_after: float = 1.0,
        margin: float = 0.0,
        gap: float = 1.0,
    ) -> None:
        if not 0 <= at_least < math.inf:
            raise SettingError(f"need a number of seconds from 0 up, got {at_least=}", where="at_least")
        if again_after is not None and not 0 < again_after < math.inf:
            raise SettingError(f"need a number of seconds above 0, got {again_after=}", where="again_after")
        self._stays = Stays(zone, Hysteresis(0.0, leave_after, margin, gap))
        self._at_least, self._again_after, self.name = at_least, again_after or math.inf, name
        self.reset()

    @property
    def inside(self) -> int:
        """How many are inside, for however long."""
        return len(self._stays.spells.on)

    def update(self, tracks: Tracks, time: float) -> Events:
        """Take in the tracks of one look at media time `time`."""
        return self._told(self._stays.update(tracks, time))

    def end(self, ids: Iterable[int]) -> Events:
        """These tracks ended."""
        return self._told(self._stays.end(ids))

    def reset(self) -> None:
        """Forget everything, without a word."""
        self._stays.reset()
        # When each stay is to be told next; NaN for a stay that is new.
        self._due = PerTrack(at=math.nan)

    def _told(self, turns: Turns) -> Events:
        over = ~turns.on
        rows = self._due_by(turns.ids[over], turns.since[over], turns.times[over])
        self._due.drop(turns.ids[over].tolist())
        return told(rows + self._due_by(*self._stays.spells.held()), self.name)

    def _due_by(self, ids: Ids, since: Floats, until: Floats) -> list[Row]:
        """What these stays have to tell by now."""
        rows = self._due.rows(ids)
        due = self._due["at"][rows]
        due = np.where(np.isnan(due), since + self._at_least, due)
        found: list[Row] = []
        for n in np.flatnonzero(until >= due - _ROUNDING).tolist():
            while until[n] >= due[n] - _ROUNDING:
                found.append((float(due[n]), "dwell", int(ids[n]), float(due[n] - since[n])))
                due[n] += self._again_after
        self._due["at"][rows] = due
        return found
