"""N of M looks in time: how often something was seen within the last seconds, at any frame rate."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from trackside.perception.per_track import PerTrack
from trackside.perception.rules.spells import Floats, Ids

# The window moves in steps of this share of its length, so that what is kept does not depend on the frame rate.
_STEPS = 40


class Looks:
    """For each track and item, the looks of the last `over` seconds that could tell, and those that saw it.

    Args:
        items: how many items each track has.
        over: seconds that are looked back.
    """

    def __init__(self, items: int, over: float) -> None:
        self._items, self._over = items, over
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        blank = np.zeros((_STEPS, self._items), np.int32)
        self._state = PerTrack(step=np.full(_STEPS, -1), able=blank, seen=blank)

    def add(self, ids: Ids, able: NDArray[np.bool_], seen: NDArray[np.bool_], time: float) -> None:
        """Take in one look.

        Args:
            ids: int64 [n].
            able: bool [n, items], whether the look could tell.
            seen: bool [n, items], whether the item was seen; where the look could not tell it does not count.
            time: media time in seconds, from 0 up.
        """
        rows, step = self._state.rows(ids), self._step(time)
        place = step % _STEPS
        stale = rows[self._state["step"][rows, place] != step]
        self._state["able"][stale, place] = self._state["seen"][stale, place] = 0
        self._state["step"][stale, place] = step
        self._state["able"][rows, place] += able
        self._state["seen"][rows, place] += able & seen

    def counts(self, ids: Ids, time: float) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
        """Looks that could tell and looks that saw it, int64 [n, items] each, and the seconds they are spread over."""
        rows, step = self._state.rows(ids), self._step(time)
        steps = self._state["step"][rows]
        recent = (steps >= 0) & (steps > step - _STEPS) & (steps <= step)
        able = self._state["able"][rows] * recent[..., None]
        seen = self._state["seen"][rows] * recent[..., None]
        told = able > 0
        first = np.where(told, steps[..., None], step + 1).min(axis=1)
        last = np.where(told, steps[..., None], 0).max(axis=1)
        spread = np.clip(last - first, 0, None) * self._over / _STEPS
        return able.sum(axis=1, dtype=np.int64), seen.sum(axis=1, dtype=np.int64), spread

    def end(self, ids: Iterable[int]) -> None:
        """These tracks ended."""
        self._state.drop(ids)

    def _step(self, time: float) -> int:
        return int(np.floor(time / self._over * _STEPS))
