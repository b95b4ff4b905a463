"""Presence: who enters and leaves a zone."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from trackside.core import Events, Tracks
from trackside.perception.rules.spells import Hysteresis, Turns
from trackside.perception.rules.stays import Stays
from trackside.perception.rules.telling import NOTHING, told
from trackside.perception.zones import Polygon


class Presence:
    """Tells who enters and leaves a zone.

    Events: `enter` (no value) and `leave` (value: seconds inside), at the moments at which the edge was passed, so they may
    be as much older than the look that reports them as the hysteresis asks. Whoever ends or is lost inside left when last
    seen there.

    Args:
        zone: its corners, x y in pixels.
        name: stands in the events' `places`.
        enter_after: seconds that somebody must be inside to have entered.
        leave_after: seconds that somebody must be outside to have left.
        margin: pixels beyond the edge from which somebody inside counts as outside.
        gap: seconds that somebody may be out of sight.

    Raises:
        SettingError: fewer than three corners, or a number that is negative or not finite.
    """

    def __init__(
        self,
        zone: Polygon,
        *,
        name: str = "zone",
        enter_after: float = 0.4,
        leave_after: float = 1.0,
        margin: float = 0.0,
        gap: float = 1.0,
    ) -> None:
        self._stays = Stays(zone, Hysteresis(enter_after, leave_after, margin, gap))
        self.name = name

    @property
    def inside(self) -> int:
        """How many have entered and not left."""
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

    def _told(self, turns: Turns) -> Events:
        if not len(turns):
            return NOTHING
        names = ["enter" if on else "leave" for on in turns.on.tolist()]
        values = np.where(turns.on, np.nan, turns.times - turns.since).tolist()
        return told(zip(turns.times.tolist(), names, turns.ids.tolist(), values, strict=True), self.name)
