"""State that belongs to tracks: one row a track in arrays, freed when the track ends, and bounded in number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Nobody watches this many objects at once: whoever forgets to end tracks loses the oldest, not the machine's memory.
_MOST_ROWS = 20_000


class PerTrack:
    """Named arrays with one row for each track.

    Args:
        most: rows kept; the tracks that were used longest ago go first.
        fields: for each array the value of a new row, a number or an array; its type is the array's type.
    """

    def __init__(self, *, most: int = _MOST_ROWS, **fields: ArrayLike) -> None:
        self._most = most
        self._blank = {name: np.asarray(value) for name, value in fields.items()}
        self._arrays = {name: np.empty((0, *value.shape), value.dtype) for name, value in self._blank.items()}
        self._used = np.empty(0, np.int64)
        self._tick = 0
        self.ids: NDArray[np.int64] = np.empty(0, np.int64)

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, name: str) -> NDArray[Any]:
        """The array of that name, one row a track, in the order of `ids` (ascending). Valid until rows come or go."""
        return self._arrays[name]

    def rows(self, ids: NDArray[np.int64]) -> NDArray[np.intp]:
        """The rows of these tracks, intp [n]; unknown ones get a blank row. The ids of one call must differ."""
        self._tick += 1
        rows = np.searchsorted(self.ids, ids)
        known = self.ids.take(rows, mode="clip") == ids if len(self) else np.zeros(len(ids), np.bool_)
        if not known.all():
            self._insert(np.sort(ids[~known]))
            rows = np.searchsorted(self.ids, ids)
        self._used[rows] = self._tick
        if len(self) > max(self._most, len(ids)):
            self._select(np.sort(np.argsort(-self._used, kind="stable")[: max(self._most, len(ids))]))
            rows = np.searchsorted(self.ids, ids)
        return rows

    def find(self, ids: Iterable[int]) -> NDArray[np.intp]:
        """The rows of those of these tracks that are known."""
        return np.flatnonzero(np.isin(self.ids, np.fromiter(ids, np.int64)))

    def drop(self, ids: Iterable[int]) -> None:
        """Free the state of tracks that ended. Unknown ones do no harm."""
        gone = self.find(ids)
        if len(gone):
            self._select(np.delete(np.arange(len(self)), gone))

    def _insert(self, ids: NDArray[np.int64]) -> None:
        places = np.searchsorted(self.ids, ids)
        self.ids = np.insert(self.ids, places, ids)
        self._used = np.insert(self._used, places, self._tick)
        for name, array in self._arrays.items():
            blank = np.broadcast_to(self._blank[name], (len(ids), *array.shape[1:]))
            self._arrays[name] = np.insert(array, places, blank, axis=0)

    def _select(self, rows: NDArray[np.intp]) -> None:
        self.ids, self._used = self.ids[rows], self._used[rows]
        self._arrays = {name: array[rows] for name, array in self._arrays.items()}
