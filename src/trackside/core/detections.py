"""What was found in a picture, and the same with identities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class Detections:
    """Objects found in one picture, as a struct of arrays.

    Attributes:
        boxes: float32 [n, 4], x1 y1 x2 y2 in pixels of the source frame, unclipped: a person half outside the picture has a
            box that reaches outside it.
        scores: float32 [n], 0 to 1.
        classes: int32 [n], index into `names`.
        names: the class names, shared by all detections of a model; empty if unknown.
    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    classes: NDArray[np.int32]
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _store(self, "boxes", np.asarray(self.boxes, np.float32).reshape(-1, 4))
        _store(self, "scores", np.asarray(self.scores, np.float32).reshape(-1))
        _store(self, "classes", np.asarray(self.classes, np.int32).reshape(-1))
        _same_length(self, ("boxes", "scores", "classes"))

    @classmethod
    def empty(cls, names: tuple[str, ...] = ()) -> Detections:
        """No objects."""
        return Detections(np.empty((0, 4)), np.empty(0), np.empty(0), names)  # type: ignore[arg-type]

    def __len__(self) -> int:
        return len(self.boxes)

    def __getitem__(self, rows: Any) -> Self:
        """The chosen rows: an index array, a boolean mask or a slice."""
        return replace(self, boxes=self.boxes[rows], scores=self.scores[rows], classes=self.classes[rows])

    def above(self, score: float) -> Self:
        """Those with at least this score."""
        return self[self.scores >= np.float32(score)]

    def of_class(self, *names: str) -> Self:
        """Those of the named classes. Unknown names match nothing."""
        wanted = [index for index, name in enumerate(self.names) if name in names]
        return self[np.isin(self.classes, wanted)]

    def label(self, row: int) -> str:
        """The class name of one object, or its number where the names are unknown."""
        index = int(self.classes[row])
        return self.names[index] if 0 <= index < len(self.names) else str(index)

    @property
    def feet(self) -> NDArray[np.float32]:
        """float32 [n, 2]: the middle of each box's lower edge, where a standing object meets the ground."""
        feet = self.boxes[:, 2:].copy()
        feet[:, 0] = (feet[:, 0] + self.boxes[:, 0]) / 2
        return feet

    @property
    def centres(self) -> NDArray[np.float32]:
        """float32 [n, 2]: the middle of each box."""
        return np.asarray((self.boxes[:, :2] + self.boxes[:, 2:]) / 2, np.float32)


@dataclass(frozen=True, slots=True)
class Tracks(Detections):
    """Detections that carry an identity.

    Attributes:
        ids: int64 [n], from 1, unique within a stream and never reused.
    """

    ids: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))

    def __post_init__(self) -> None:
        # Named, because a dataclass with slots is a new class and bare super() would look for the old one.
        Detections.__post_init__(self)
        _store(self, "ids", np.asarray(self.ids, np.int64).reshape(-1))
        _same_length(self, ("boxes", "ids"))

    @classmethod
    def of(cls, detections: Detections, ids: ArrayLike) -> Tracks:
        """The detections with these identities."""
        d = detections
        return cls(d.boxes, d.scores, d.classes, d.names, np.asarray(ids, np.int64))

    @classmethod
    def empty(cls, names: tuple[str, ...] = ()) -> Tracks:
        """No objects."""
        return cls.of(Detections.empty(names), [])

    def __getitem__(self, rows: Any) -> Self:
        return replace(
            self, boxes=self.boxes[rows], scores=self.scores[rows], classes=self.classes[rows], ids=self.ids[rows]
        )


def _store(thing: object, name: str, value: object) -> None:
    object.__setattr__(thing, name, value)


def _same_length(thing: object, names: Sequence[str]) -> None:
    if len({len(getattr(thing, name)) for name in names}) > 1:
        lengths = {name: len(getattr(thing, name)) for name in names}
        raise ValueError(f"{type(thing).__name__} needs arrays of one length, got {lengths}")
