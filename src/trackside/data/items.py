"""The items of a data set, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Texts = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Items:
    """One row an item. All columns have n rows.

    Attributes:
        names: str, the path below the data set's root with `/`; unique.
        labels: int32, the number of its class; -1 for none.
        splits: str, "train", "val", "test", ...; "" for none.
        groups: str, what must not be torn apart (a video, an athlete, a session); "" for none.
        times: float64, seconds; NaN where not known.
        sizes: int32 [n, 2], width and height in pixels as the data set's file says; 0 where it does not.
        texts: str, the transcript; "" for none.
        extras: dict, what the format held besides, as JSON data.
    """

    names: Texts
    labels: NDArray[np.int32]
    splits: Texts
    groups: Texts
    times: NDArray[np.float64]
    sizes: NDArray[np.int32]
    texts: Texts
    extras: NDArray[np.object_]

    def __post_init__(self) -> None:
        lengths = {column.name: len(getattr(self, column.name)) for column in fields(self)}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"items need columns of one length, got {lengths}")

    @classmethod
    def of(
        cls,
        names: Sequence[str] | Texts,
        *,
        labels: Any = None,
        splits: Any = None,
        groups: Any = None,
        times: Any = None,
        sizes: Any = None,
        texts: Any = None,
        extras: Any = None,
    ) -> Self:
        """Items by their names; what is not given is not known."""
        n = len(names)
        return cls(
            objects(names),
            np.full(n, -1, np.int32) if labels is None else np.asarray(labels, np.int32),
            objects([""] * n if splits is None else splits),
            objects([""] * n if groups is None else groups),
            np.full(n, np.nan) if times is None else np.asarray(times, np.float64),
            np.zeros((n, 2), np.int32) if sizes is None else np.asarray(sizes, np.int32).reshape(n, 2),
            objects([""] * n if texts is None else texts),
            objects([{} for _ in range(n)] if extras is None else extras),
        )

    def __len__(self) -> int:
        return len(self.names)

    def take(self, rows: NDArray[Any]) -> Self:
        """The chosen rows: numbers or a mask."""
        return type(self)(*(getattr(self, column.name)[rows] for column in fields(self)))


def objects(values: Any) -> NDArray[np.object_]:
    """object [n] of any values, without making arrays of what is inside."""
    column = np.empty(len(values), object)
    column[:] = list(values)
    return column
