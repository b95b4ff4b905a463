"""Counting: too many or too few in a zone for a while."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from trackside.core import Events, SettingError, Tracks
from trackside.perception.rules.spells import Hysteresis, Spells
from trackside.perception.rules.stays import Stays
from trackside.perception.rules.telling import Row, told
from trackside.perception.zones import Polygon

_NOBODY = np.zeros(1, np.int64)


class Counting:
    """Tells when at least, or at most, so many have been in a zone for so long.

    Events, of no track (id 0): `many` or `few` (value: the largest, or smallest, number by then), at the moment from which
    it held, and `many over` or `few over` (value: seconds that it lasted).

    Args:
        zone: its corners, x y in pixels.
        at_least: how many are many; None for not asked.
        at_most: how many are few; None for not asked. One of the two is needed.
        for_seconds: how long it must hold.
        end_after: how long it must not hold to be over.
        name: stands in the events' `places`.
        margin: pixels beyond the edge from which somebody inside counts as outside.
        gap: seconds that somebody may be out of sight and is still counted.

    Raises:
        SettingError: fewer than three corners, a number out of range, or not one of `at_least` and `at_most`.
    """

    def __init__(
        self,
        zone: Polygon,
        *,
        at_least: int | None = None,
        at_most: int | None = None,
        for_seconds: float = 2.0,
        end_after: float = 2.0,
        name: str = "zone",
        margin: float = 0.0,
        gap: float = 1.0,
    ) -> None:
        if (at_least is None) == (at_most is None):
            raise SettingError("needs `at_least` or `at_most`, one of them", where="at_least", fix="give one number")
        if at_least is not None and at_least < 1:
            raise SettingError("there are always at least 0", where="at_least", fix="give a number from 1 up")
        if at_most is not None and at_most < 0:
            raise SettingError("there are never fewer than 0", where="at_most", fix="give a number from 0 up")
        self._at_least, self._at_most, self.name = at_least, at_most, name
        self._word = "many" if at_least is not None else "few"
        self._stays = Stays(zone, Hysteresis(0.0, 0.0, margin, gap))
        # Numbers jump: between two looks there is no line to be drawn.
        self._number = Spells(Hysteresis(for_seconds, end_after, 0.0, 1.0, even=False))
        self._extreme: int | None = None

    @property
    def inside(self) -> int:
        """How many are inside."""
        return len(self._stays.spells.on)

    def update(self, tracks: Tracks, time: float) -> Events:
        """Take in the tracks of one look at media time `time`."""
        self._stays.update(tracks, time)
        number = self.inside
        lacking = self._at_least - number if self._at_least is not None else number - (self._at_most or 0)
        turns = self._number.update(_NOBODY, np.array([lacking], np.float64), time)
        if lacking <= 0:
            further = max if self._at_least is not None else min
            self._extreme = number if self._extreme is None else further(number, self._extreme)
        rows: list[Row] = []
        for on, at, since in zip(turns.on.tolist(), turns.times.tolist(), turns.since.tolist(), strict=True):
            value = at - since if not on else math.nan if self._extreme is None else float(self._extreme)
            rows.append((at, self._word if on else f"{self._word} over", 0, value))
        if lacking > 0:
            self._extreme = None
        return told(rows, self.name)

    def end(self, ids: Iterable[int]) -> Events:
        """These tracks ended; the next look counts without them."""
        self._stays.end(ids)
        return Events()

    def reset(self) -> None:
        """Forget everything, without a word."""
        self._stays.reset()
        self._number.reset()
        self._extreme = None
