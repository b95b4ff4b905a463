"""What a person decides about one image of the relabel queue."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np

from trackside.core.errors import InputError, nearest

ACTIONS = ("keep", "relabel", "remove", "edit", "skip")
"""As it is; another class; out of the data set; other boxes or keypoints; somebody else shall look."""

Box = tuple[float, float, float, float]
Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision.

    Attributes:
        action: one of `ACTIONS`.
        label: for `relabel` (and `edit`, if not empty), the class name that the image shall have.
        boxes: for `edit`, *all* boxes that the image shall have, x1 y1 x2 y2 in pixels; None leaves boxes as they are.
        points: for `edit`, the keypoints of each box, x, y, visibility (COCO); None leaves them as they are.
        labels: for `edit`, the class name of each box; empty leaves them as they are.
        places: for `edit`, which of the image's annotations each box was, counted from 0 within the image; -1 is new. What
            else the format said of that annotation is kept. Empty: the first box was the first annotation, and so on.
        comment: free text.

    Raises:
        InputError: an unknown action, `relabel` without a label, lists of different lengths, or a box that is none.
    """

    action: str
    label: str = ""
    boxes: tuple[Box, ...] | None = None
    points: tuple[tuple[Point, ...], ...] | None = None
    labels: tuple[str, ...] = ()
    places: tuple[int, ...] = ()
    comment: str = ""

    def __post_init__(self) -> None:
        if self.action not in ACTIONS:
            raise InputError(f"unknown action {self.action!r}", fix=nearest(self.action, ACTIONS))
        if self.action == "relabel" and not self.label:
            raise InputError("relabel needs the class that the image shall have", fix="give a label")
        if self.action == "edit" and self.boxes is None and self.points is None:
            raise InputError("edit needs boxes or points", fix="give all boxes that the image shall have")
        lengths = {
            len(part) for part in (self.boxes, self.points, self.labels or None, self.places or None) if part is not None
        }
        if len(lengths) > 1:
            raise InputError(
                f"boxes, points, labels and places differ in number ({sorted(lengths)})", fix="one of each a box"
            )
        if self.boxes is not None and not all(_is_box(box) for box in self.boxes):
            raise InputError("a box is not x1 y1 x2 y2 with x1 < x2 and y1 < y2", fix="draw it again")

    def to_json(self) -> str:
        """JSON text; what is not set is left out. No boxes at all are something else than boxes that are not set."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        kept = {"boxes", "points"}
        return json.dumps({name: value for name, value in fields.items() if value or (name in kept and value is not None)})

    @classmethod
    def from_json(cls, text: str | Mapping[str, Any]) -> Decision:
        """The decision that `to_json` described, or that a browser sent.

        Raises:
            InputError: not JSON, unknown or ill-typed fields, or a decision that cannot be.
        """
        try:
            data = dict(json.loads(text) if isinstance(text, str) else text)
            boxes, points = data.pop("boxes", None), data.pop("points", None)
            labels, places = data.pop("labels", ()), data.pop("places", ())
            words = {name: str(data.pop(name, "")) for name in ("action", "label", "comment")}
            if data:
                raise ValueError(f"unknown {sorted(data)}")
            return cls(
                boxes=None if boxes is None else tuple(_floats(box) for box in boxes),  # type: ignore[misc]
                points=None if points is None else tuple(tuple(_floats(p) for p in part) for part in points),  # type: ignore[misc]
                labels=tuple(str(label) for label in labels),
                places=tuple(int(place) for place in places),
                **words,
            )
        except (TypeError, ValueError, AttributeError) as error:
            raise InputError(f"this is no decision ({error})", fix="give action, label, boxes, points, comment") from None


def boxes_digest(labels: Sequence[str], boxes: Any, points: Any) -> str:
    """A short hash of an image's boxes (float [m, 4]), classes and keypoints ([m, k, 3]); their order does not matter.

    Pixels are rounded to hundredths, so that a round trip through a text format changes nothing. Points of visibility 0 are
    as if absent.
    """
    if not len(labels):
        return ""
    boxes = np.asarray(boxes, np.float64).reshape(len(labels), 4)
    points = np.asarray(points, np.float64).reshape(len(labels), -1, 3)
    points = np.where(points[..., 2:] > 0, points, 0.0).reshape(len(labels), -1)
    rows = sorted(
        json.dumps([label, *(round(float(value), 2) for value in (*box, *(point if point.any() else ())))])
        for label, box, point in zip(labels, boxes, points, strict=True)
    )
    return blake2b("\n".join(rows).encode(), digest_size=12).hexdigest()


def _floats(values: Any) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def _is_box(box: Sequence[float]) -> bool:
    return len(box) == 4 and all(np.isfinite(box)) and box[0] < box[2] and box[1] < box[3]
