"""Footage as the second part of a pipeline sees it: what the first part made of each record, without pictures."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import Record
from trackside.pipelines.calls import Item, Key
from trackside.pipelines.kinds import StreamInfo

_DEFAULT_STEP = 0.04


@dataclass(frozen=True, slots=True)
class Footage:
    """One video, or one camera's recording.

    Attributes:
        stream: name, path and size.
        times: float64 [n], media time of each record in seconds.
        indexes: int64 [n], number of each record as it was read.
        values: for each wire a value a record; None where it was absent.
        ended: for each block that tracks, the identities that ended with each record.
    """

    stream: StreamInfo
    times: NDArray[np.float64]
    indexes: NDArray[np.int64]
    values: Mapping[Key, Sequence[Any]] = field(default_factory=dict)
    ended: Mapping[str, Sequence[Sequence[int]]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.times)

    @property
    def start(self) -> float:
        """Media time of the first record."""
        return float(self.times[0]) if len(self) else 0.0

    @property
    def end(self) -> float:
        """Media time at which the last record's picture is over."""
        step = float(np.median(np.diff(self.times))) if len(self) > 1 else _DEFAULT_STEP
        return float(self.times[-1]) + step if len(self) else 0.0

    def item(self, number: int) -> Item:
        """The record as the blocks take it, with the values that are there."""
        values = {key: column[number] for key, column in self.values.items() if column[number] is not None}
        record = Record(self.stream.name, int(self.indexes[number]), float(self.times[number]), None)
        return Item(number, record, self.stream, None, values)

    def with_more(self, values: Mapping[Key, Sequence[Any]], ended: Mapping[str, Sequence[Sequence[int]]]) -> Footage:
        """The footage with more wires."""
        return replace(self, values={**self.values, **values}, ended={**self.ended, **ended})

    def with_only(self, keys: Collection[Key]) -> Footage:
        """The footage with these wires only."""
        return replace(self, values={key: column for key, column in self.values.items() if key in keys})

    def until(self, time: float) -> Footage:
        """The records before a media time in seconds."""
        count = int(np.searchsorted(self.times, time))
        values = {key: column[:count] for key, column in self.values.items()}
        ended = {name: column[:count] for name, column in self.ended.items()}
        return replace(self, times=self.times[:count], indexes=self.indexes[:count], values=values, ended=ended)
