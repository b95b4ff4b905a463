"""Spells: from when to when something holds for a track, with hysteresis in value and in time.

All rules stand on this one machine. It works on media time and draws a straight line between two looks, so that it says the
same at 5 and at 60 frames a second, with uneven frame rates and with frames that were dropped.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from trackside.core import SettingError
from trackside.perception.per_track import PerTrack

Ids: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

# Media times are sums of frame periods: three tenths are not quite 0.3.
_ROUNDING = 1e-6
# Two looks in a row see one stay, however few looks there are; after a longer pause of the stream all starts anew.
_LONGEST_PAUSE = 10.0


def _floats() -> Floats:
    return np.empty(0, np.float64)


@dataclass(frozen=True, slots=True)
class Turns:
    """Spells that began or ended, in order of time.

    Attributes:
        ids: int64 [n].
        on: bool [n], whether the spell began.
        times: float64 [n], when it did: the moment at which the border was passed, not that of the look that proved it.
        since: float64 [n], when the spell began.
    """

    ids: Ids = field(default_factory=lambda: np.empty(0, np.int64))
    on: Flags = field(default_factory=lambda: np.empty(0, np.bool_))
    times: Floats = field(default_factory=_floats)
    since: Floats = field(default_factory=_floats)

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def joined(cls, parts: Iterable[Turns]) -> Turns:
        """The turns of several, in order of time."""
        some = [part for part in parts if len(part)]
        if not some:
            return _NONE
        columns = [np.concatenate([getattr(part, name) for part in some]) for name in ("ids", "on", "times", "since")]
        order = np.argsort(columns[2], kind="stable")
        return cls(*(column[order] for column in columns))


# Most looks change nothing.
_NONE = Turns()


@dataclass(frozen=True, slots=True)
class Hysteresis:
    """When something counts as begun and as over. All are seconds of media time but `margin`.

    Attributes:
        on_after: how long it must hold to begin.
        off_after: how long it must not hold to be over.
        margin: the second border: it holds from 0 down, it no longer does above this; in between, all stays as it was.
        gap: how long a track may be out of sight without being taken for gone.
        even: whether the value changes evenly between two looks, so that the moment it passed a border can be told.

    Raises:
        SettingError: a value is negative or not finite.
    """

    on_after: float = 0.0
    off_after: float = 0.0
    margin: float = 0.0
    gap: float = 1.0
    even: bool = True

    def __post_init__(self) -> None:
        for name in ("on_after", "off_after", "margin", "gap"):
            if not 0 <= getattr(self, name) < math.inf:
                raise SettingError(f"need a number from 0 up, got {name}={getattr(self, name)}", where=name)


class Spells:
    """Follows one condition for many tracks.

    The condition is a number for each track: it holds at 0 and below (a signed distance to a zone's edge, the speed that
    is lacking, ...). A track that is not in a look keeps its spell for `gap` seconds; if it stays away, the spell ended
    when it was last seen. Small steps back of the clock are taken as no time passed; after a large one all starts anew.

    Args:
        hysteresis: when a spell begins and ends.
    """

    def __init__(self, hysteresis: Hysteresis | None = None) -> None:
        self.hysteresis = hysteresis or Hysteresis()
        self._last: float | None = None
        self.reset()

    def __len__(self) -> int:
        """The number of tracks kept."""
        return len(self._state)

    def reset(self) -> None:
        """Forget everything, without a word."""
        nan = math.nan
        self._state = PerTrack(level=False, level_since=nan, on=False, since=nan, seen=nan, value=nan)
        self._last = None

    def update(self, ids: Ids, values: Floats, time: float) -> Turns:
        """Take in one look.

        Args:
            ids: int64 [n], all different.
            values: float64 [n]; where it is NaN the track counts as not seen.
            time: media time in seconds.
        """
        time = self._monotone(time)
        if (unknown := np.isnan(values)).any():
            ids, values = ids[~unknown], values[~unknown]
        lost = self._lost(ids, time)
        parts = [self._close(lost)] if len(lost) else []
        if len(ids):
            parts += self._look(self._state.rows(ids), values, time)
        self._last = time
        return Turns.joined(parts)

    def end(self, ids: Iterable[int]) -> Turns:
        """These tracks ended: free their state. Their spells ended when they were last seen."""
        return self._close(self._state.find(ids))

    @property
    def on(self) -> Ids:
        """The tracks that have a spell now, int64 [n], ascending."""
        return np.asarray(self._state.ids[self._state["on"]])

    def held(self) -> tuple[Ids, Floats, Floats]:
        """The spells that last: their tracks, since when, and until when it is sure that they did."""
        rows = self._state["on"].nonzero()[0]
        return self._state.ids[rows], self._state["since"][rows], self._until(rows)

    def _monotone(self, time: float) -> float:
        if self._last is None or time >= self._last:
            return time
        if self._last - time > max(self.hysteresis.gap, 1.0):
            self.reset()
            return time
        return self._last

    def _lost(self, ids: Ids, time: float) -> NDArray[np.intp]:
        """Rows of tracks that were away for too long, those included that are back now."""
        away = time - self._state["seen"]
        lost = away > self.hysteresis.gap + _ROUNDING
        if lost.any() and self._last is not None and time - self._last <= _LONGEST_PAUSE:
            lost &= ~(np.isin(self._state.ids, ids) & (self._state["seen"] == self._last))
        return lost.nonzero()[0]

    def _look(self, rows: NDArray[np.intp], values: Floats, time: float) -> list[Turns]:
        state, turns = self._state, []
        was, seen = state["level"][rows], state["seen"][rows]
        level = (values <= 0) | (was & (values <= self.hysteresis.margin))
        fresh = np.isnan(seen)
        changed = (level != was) | fresh
        if changed.any():
            at = self._passed(rows, values, level, time) if self.hysteresis.even else np.full(len(rows), time)
            at[fresh] = time
            # What held until the border was passed may have held for long enough; so may what has come since.
            turns.append(self._settle(rows, np.where(changed, at, time)))
            state["level"][rows] = level
            state["level_since"][rows[changed]] = at[changed]
        state["seen"][rows], state["value"][rows] = time, values
        if (level != state["on"][rows]).any():
            turns.append(self._settle(rows, np.full(len(rows), time)))
        return turns

    def _passed(self, rows: NDArray[np.intp], values: Floats, level: Flags, time: float) -> Floats:
        """When the straight line from the last value to this one passes the border, which is 0 or the margin."""
        before, seen = self._state["value"][rows], self._state["seen"][rows]
        border = np.where(level, 0.0, self.hysteresis.margin)
        step = values - before
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(np.isfinite(step) & (step != 0), (border - before) / step, 1.0)
        return np.asarray(seen + np.clip(share, 0, 1) * (time - seen))

    def _settle(self, rows: NDArray[np.intp], until: Floats) -> Turns:
        """Begin and end spells whose condition has held, or not held, for long enough at `until` [n]."""
        state, wanted = self._state, self.hysteresis
        level, on, level_since = state["level"][rows], state["on"][rows], state["level_since"][rows]
        patience = np.where(level, wanted.on_after, wanted.off_after)
        turned = (level != on) & (until - level_since >= patience - _ROUNDING)
        if not turned.any():
            return _NONE
        rows, level, times = rows[turned], level[turned], level_since[turned]
        state["since"][rows] = since = np.where(level, times, state["since"][rows])
        state["on"][rows] = level
        return Turns(state.ids[rows], level, times, since)

    def _close(self, rows: NDArray[np.intp]) -> Turns:
        """End the spells of these tracks and free their state."""
        if not len(rows):
            return _NONE
        state = self._state
        ids, on = state.ids[rows], state["on"][rows]
        turns = Turns(ids[on], np.zeros(on.sum(), np.bool_), self._until(rows)[on], state["since"][rows][on])
        state.drop(ids)
        return turns

    def _until(self, rows: NDArray[np.intp]) -> Floats:
        """Until when the condition was seen to hold."""
        state: dict[str, Any] = {name: self._state[name][rows] for name in ("level", "seen", "level_since")}
        return np.asarray(np.where(state["level"], state["seen"], state["level_since"]))
