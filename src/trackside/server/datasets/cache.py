"""Opened data sets, the last few of them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

from trackside.server.datasets.indexing import MARK
from trackside.server.datasets.opened import Opened, open_index
from trackside.server.datasets.tables import DatasetRow
from trackside.server.problems import Refused

# Each holds the names of its items, some ten megabytes for a hundred thousand; arrays are mapped.
_MOST_OPEN = 6


class Cache:
    """Indexes that were opened, so that a list of items is asked for in milliseconds."""

    def __init__(self, most: int = _MOST_OPEN) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._held: OrderedDict[str, tuple[int, Opened]] = OrderedDict()

    def get(self, row: DatasetRow) -> Opened:
        """The newest index of a data set. Raises Refused (409) if there is none yet."""
        work = Path(row.work)
        try:
            written = (work / MARK).stat().st_mtime_ns
            with self._lock:
                held = self._held.get(row.id)
                if held is None or held[0] != written:
                    held = self._held[row.id] = (written, open_index(work))
                self._held.move_to_end(row.id)
                while len(self._held) > self._most:
                    self._held.popitem(last=False)
        except (OSError, ValueError, KeyError):
            raise Refused(409, row.problem or "the data set has not been read yet", row.fix or "wait a moment") from None
        return held[1]

    def forget(self, dataset_id: str) -> None:
        """Let go of what was deleted."""
        with self._lock:
            self._held.pop(dataset_id, None)
