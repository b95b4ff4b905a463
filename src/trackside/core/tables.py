"""Rows that a block gives for one record, and the moments that a rule reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any] | Sequence[Any]


@dataclass(frozen=True, slots=True)
class Table:
    """Named columns of equal length. Units stand in the column names (`knee_left_deg`, `speed_m_s`).

    A block must give the same columns for every record, also when there are no rows.
    """

    columns: Mapping[str, Column]

    def __post_init__(self) -> None:
        lengths = {name: len(column) for name, column in self.columns.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"Table needs columns of one length, got {lengths}")

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]


@dataclass(frozen=True, slots=True)
class Events:
    """Things that happened, each at a media time.

    Attributes:
        names: what happened, one word each ("enter", "leave", "cross_in").
        times: float64 [n], media time in seconds.
        ids: int64 [n], the track that it happened to; 0 for none.
        places: where: the name of a zone or line, or an empty text.
        values: float64 [n], a number that belongs to it (seconds of dwell, speed); NaN for none.
    """

    names: tuple[str, ...] = ()
    times: NDArray[np.float64] = field(default_factory=lambda: np.empty(0, np.float64))
    ids: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    places: tuple[str, ...] = ()
    values: NDArray[np.float64] = field(default_factory=lambda: np.empty(0, np.float64))

    def __post_init__(self) -> None:
        n = len(self.names)
        object.__setattr__(self, "times", np.asarray(self.times, np.float64).reshape(-1))
        object.__setattr__(self, "ids", np.asarray(self.ids, np.int64).reshape(-1))
        object.__setattr__(self, "places", tuple(self.places) or ("",) * n)
        values = np.asarray(self.values, np.float64).reshape(-1)
        object.__setattr__(self, "values", values if len(values) else np.full(n, np.nan))
        if {len(self.times), len(self.ids), len(self.places), len(self.values)} != {n}:
            raise ValueError("Events needs arrays of one length")

    def __len__(self) -> int:
        return len(self.names)

    @classmethod
    def at(cls, time: float, rows: Sequence[tuple[str, int, str, float]]) -> Events:
        """Events of one moment, from rows of (name, track id, place, value)."""
        names, ids, places, values = zip(*rows, strict=True) if rows else ((), (), (), ())
        return cls(
            tuple(names), np.full(len(rows), time), np.array(ids, np.int64), tuple(places), np.array(values, np.float64)
        )

    @classmethod
    def joined(cls, parts: Sequence[Events]) -> Events:
        """The events of several, one after the other."""
        parts = [part for part in parts if len(part)]
        if not parts:
            return cls()
        if len(parts) == 1:
            return parts[0]
        return cls(
            tuple(name for part in parts for name in part.names),
            np.concatenate([part.times for part in parts]),
            np.concatenate([part.ids for part in parts]),
            tuple(place for part in parts for place in part.places),
            np.concatenate([part.values for part in parts]),
        )
