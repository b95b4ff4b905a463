"""What is annotated in the items of a data set, as columns."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from trackside.data.items import Texts, objects


@dataclass(frozen=True, slots=True)
class Annotations:
    """One row a box, a set of keypoints, or a further label (by another person) of an item. All columns have m rows.

    Attributes:
        items: int64, the row of the item.
        classes: int32, -1 for none.
        boxes: float64 [m, 4], x1 y1 x2 y2 in pixels, unclipped; a row of NaN for none.
        points: float64 [m, k, 3], x, y in pixels and COCO visibility (0 not labelled, 1 hidden, 2 visible); NaN for none.
        scores: float64, of a detector; NaN for what a person drew.
        tracks: int64, -1 for none.
        annotators: str, who drew it; "" where not known.
        extras: dict, what the format held besides (area, iscrowd, segmentation, ...), as JSON data.
    """

    items: NDArray[np.int64]
    classes: NDArray[np.int32]
    boxes: NDArray[np.float64]
    points: NDArray[np.float64]
    scores: NDArray[np.float64]
    tracks: NDArray[np.int64]
    annotators: Texts
    extras: NDArray[np.object_]

    def __post_init__(self) -> None:
        lengths = {column.name: len(getattr(self, column.name)) for column in fields(self)}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"annotations need columns of one length, got {lengths}")

    @classmethod
    def of(
        cls,
        items: Any,
        *,
        classes: Any = None,
        boxes: Any = None,
        points: Any = None,
        scores: Any = None,
        tracks: Any = None,
        annotators: Any = None,
        extras: Any = None,
    ) -> Self:
        """Annotations of the items in these rows; what is not given is not known."""
        rows = np.asarray(items, np.int64).reshape(-1)
        m = len(rows)
        return cls(
            rows,
            np.full(m, -1, np.int32) if classes is None else np.asarray(classes, np.int32),
            np.full((m, 4), np.nan) if boxes is None else np.asarray(boxes, np.float64).reshape(m, 4),
            np.empty((m, 0, 3)) if points is None else np.asarray(points, np.float64),
            np.full(m, np.nan) if scores is None else np.asarray(scores, np.float64),
            np.full(m, -1, np.int64) if tracks is None else np.asarray(tracks, np.int64),
            objects([""] * m if annotators is None else annotators),
            objects([{} for _ in range(m)] if extras is None else extras),
        )

    @classmethod
    def empty(cls, k: int = 0) -> Self:
        """No annotations, with room for k keypoints."""
        return cls.of(np.empty(0, np.int64), points=np.empty((0, k, 3)))

    def __len__(self) -> int:
        return len(self.items)

    @property
    def has_box(self) -> NDArray[np.bool_]:
        """bool [m]: whether there is a whole box."""
        return np.asarray(~np.isnan(self.boxes).any(axis=1))

    def take(self, rows: NDArray[Any]) -> Self:
        """The chosen rows: numbers or a mask."""
        return type(self)(*(getattr(self, column.name)[rows] for column in fields(self)))
