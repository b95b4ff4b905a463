"""Loitering: who spends a long time in a zone altogether, coming and going."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from trackside.core import Events, SettingError, Tracks
from trackside.geometry.planes import Homography
from trackside.perception.per_track import PerTrack
from trackside.perception.rules.area import Area
from trackside.perception.rules.spells import Floats, Hysteresis, Spells, Turns
from trackside.perception.rules.stays import feet_of
from trackside.perception.rules.telling import Row, told
from trackside.perception.zones import Polygon

# Stays that are remembered of a track: with short absences bridged, more than these in one window is no loitering.
_MOST_STAYS = 32
# Whoever has been told is told again only after less than this share of the time was spent in the window.
_CALM = 0.5
_ROUNDING = 1e-6


class Loitering:
    """Tells who has spent so long in a zone within the last while, without having gone far away from it.

    Time inside adds up over several stays of a track; absences shorter than `bridge` count as inside. Whoever goes further
    from the zone than `far` starts anew.

    Events: `loitering` (value: seconds inside within the window by then), once; again after `again_after` seconds if that is
    set, and when the time in the window has meanwhile fallen below half of what is asked.

    Args:
        zone: its corners, x y in pixels.
        at_least: seconds inside within the window.
        window: seconds that are looked back.
        far: how far outside ends it: metres with `ground`, otherwise heights of the person's own box.
        ground: from pixels to metres on the ground.
        name: stands in the events' `places`.
        again_after: seconds after which it is told again; None for never.
        bridge: seconds of absence from the zone that count as inside.
        gap: seconds that somebody may be out of sight.

    Raises:
        SettingError: fewer than three corners, a number out of range, or a window shorter than the time that is asked.
    """

    def __init__(
        self,
        zone: Polygon,
        *,
        at_least: float = 30.0,
        window: float = 120.0,
        far: float = 3.0,
        ground: Homography | None = None,
        name: str = "zone",
        again_after: float | None = None,
        bridge: float = 2.0,
        gap: float = 2.0,
    ) -> None:
        if not 0 < at_least <= window < math.inf:
            fix = "make the window longer than the time that is asked"
            raise SettingError(f"somebody cannot spend {at_least:g} s within {window:g} s", where="window", fix=fix)
        if not 0 < far < math.inf:
            raise SettingError(f"need a distance above 0, got {far=}", where="far")
        if again_after is not None and not 0 < again_after < math.inf:
            raise SettingError(f"need a number of seconds above 0, got {again_after=}", where="again_after")
        area = Area(zone)
        self._area, self._ground = area if ground is None else area.on_ground(ground), ground
        self._at_least, self._window, self._far, self.name = at_least, window, far, name
        self._again_after = again_after or math.inf
        self._spells = Spells(Hysteresis(0.0, bridge, 0.0, gap))
        self.reset()

    @property
    def inside(self) -> int:
        """How many are inside, for however long."""
        return len(self._spells.on)

    def update(self, tracks: Tracks, time: float) -> Events:
        """Take in the tracks of one look at media time `time`."""
        ids, feet = feet_of(tracks)
        outside = self._area.outside(feet if self._ground is None else self._ground.to_plane(feet))
        turns = self._spells.update(ids, outside, time)
        self._keep(turns)
        # Those who went far away start anew.
        self.end(ids[outside > self._far * self._scale(tracks)].tolist())
        found = self._judge(time)
        self._free(ids, time)
        return told(found, self.name)

    def end(self, ids: Iterable[int]) -> Events:
        """These tracks ended: what they spent is forgotten."""
        gone = list(ids)
        self._spells.end(gone)
        self._account.drop(gone)
        return Events()

    def reset(self) -> None:
        """Forget everything, without a word."""
        self._spells.reset()
        # Stays that are over, the oldest overwritten; the media time before which nothing is told.
        self._account = PerTrack(stays=np.full((_MOST_STAYS, 2), math.nan), next=0, again=-math.inf)

    def _scale(self, tracks: Tracks) -> Floats | float:
        """What `far` is counted in."""
        if self._ground is not None:
            return 1.0
        boxes = tracks.boxes[tracks.ids > 0]
        return np.asarray(boxes[:, 3] - boxes[:, 1], np.float64)

    def _keep(self, turns: Turns) -> None:
        for track, since, time in zip(*(a[~turns.on].tolist() for a in (turns.ids, turns.since, turns.times)), strict=True):
            [row] = self._account.rows(np.array([track]))
            place = self._account["next"][row] % _MOST_STAYS
            self._account["stays"][row, place] = since, time
            self._account["next"][row] += 1

    def _judge(self, time: float) -> list[Row]:
        ids, since, until = self._spells.held()
        rows, first = self._account.rows(ids), time - self._window
        past = np.clip(self._account["stays"][rows], first, None)
        spent = np.nansum(past[..., 1] - past[..., 0], axis=1) + np.maximum(until, first) - np.maximum(since, first)
        again = np.where(spent < _CALM * self._at_least, -math.inf, self._account["again"][rows])
        # The account grows by a second each second, so this is when it was full.
        at = np.maximum(until - (spent - self._at_least), again)
        told_now = until >= at - _ROUNDING
        self._account["again"][rows] = np.where(told_now, at + self._again_after, again)
        values = spent - (until - at)
        found = zip(at[told_now].tolist(), ids[told_now].tolist(), values[told_now].tolist(), strict=True)
        return [(moment, "loitering", track, value) for moment, track, value in found]

    def _free(self, ids: NDArray[np.int64], time: float) -> None:
        """Forget accounts that say nothing any more: of no stay in the window, and nobody inside."""
        account = self._account
        newest = np.fmax.reduce(account["stays"][..., 1], axis=1) if len(account) else np.empty(0)
        stale = ~(newest >= time - self._window) & ~np.isin(account.ids, self._spells.on)
        if stale.any():
            account.drop(account.ids[stale].tolist())
