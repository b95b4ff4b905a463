"""Mistakes of a detector: what it missed, invented, named wrongly, placed badly or found twice.

The kinds and their limits are those of TIDE (Bolya, Foley, Hays, Hoffman, ECCV 2020, section 2.2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core.errors import InputError
from trackside.lab.errors.predictions import Predictions

NOTHING = "(nothing)"
"""The truth of what is not there, and the prediction of what was not found."""
RIGHT, MISS, INVENTED = "right", "miss", "false positive"
MISNAMED, MISPLACED, TWICE = "wrong class", "bad localisation", "found twice"
# A box is the object from here on, and has something to do with it from there on.
_FOUND, _NEAR = 0.5, 0.1


@dataclass(frozen=True, slots=True)
class Boxes:
    """Boxes of many images; m rows.

    Attributes:
        images: int64 [m], the row of the image.
        boxes: float64 [m, 4], x1 y1 x2 y2 in pixels.
        classes: int64 [m].
        scores: float64 [m]; 1 for ground truth.
    """

    images: NDArray[np.int64]
    boxes: NDArray[np.float64]
    classes: NDArray[np.int64]
    scores: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.images)

    def take(self, rows: NDArray[Any]) -> Boxes:
        """The chosen rows."""
        return Boxes(self.images[rows], self.boxes[rows], self.classes[rows], self.scores[rows])


def detection_mistakes(
    truth: Boxes, found: Boxes, images: Sequence[str], classes: Sequence[str], *, least_score: float = 0.5
) -> Predictions:
    """A row an object and a row a detection that is of none; each is right or a mistake of one kind.

    Args:
        truth: the objects.
        found: the detections.
        images: names of the images.
        classes: names of the classes.
        least_score: detections below are none: the score at which the application works.

    Returns:
        Predictions with the columns `mistake` (the kind), `IoU`, `area` (square pixels), `object height` (pixels), `aspect`.

    Raises:
        InputError: boxes that are not finite.
    """
    for name, part in (("ground truth", truth), ("detections", found)):
        if not np.isfinite(part.boxes).all():
            raise InputError(f"{name} hold boxes that are not finite numbers", fix="leave them out")
    kept = found.take(np.flatnonzero(found.scores >= least_score))
    rows = _Rows()
    of_truth, of_found = (_by_image(part.images, len(images)) for part in (truth, kept))
    for image, (objects, detections) in enumerate(zip(of_truth, of_found, strict=True)):
        ordered = detections[np.argsort(-kept.scores[detections], kind="stable")]
        _one_image(rows, str(images[image]), truth.take(objects), kept.take(ordered), classes)
    return rows.predictions()


@dataclass
class _Rows:
    """Rows as they come."""

    keys: list[str] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    truth: list[str] = field(default_factory=list)
    predicted: list[str] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    overlaps: list[float] = field(default_factory=list)
    boxes: list[NDArray[np.float64]] = field(default_factory=list)

    def add(self, key: str, item: str, names: tuple[str, str], score: float, kind: str, overlap: float, box: Any) -> None:
        self.keys.append(key)
        self.items.append(item)
        self.truth.append(names[0])
        self.predicted.append(names[1])
        self.scores.append(score)
        self.kinds.append(kind)
        self.overlaps.append(overlap)
        self.boxes.append(box)

    def predictions(self) -> Predictions:
        box = np.array(self.boxes, np.float64).reshape(-1, 4)
        width, height = box[:, 2] - box[:, 0], box[:, 3] - box[:, 1]
        columns: Mapping[str, Any] = {
            "mistake": self.kinds,
            "IoU": np.array(self.overlaps, np.float64),
            "area": width * height,
            "object height": height,
            "aspect": width / np.maximum(height, 1e-9),
        }
        wrong = [kind != RIGHT for kind in self.kinds]
        return Predictions.of(
            self.items, self.truth, self.predicted, scores=self.scores, columns=columns, keys=self.keys, wrong=wrong
        )


def iou(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intersection over union of every pair: float64 [n, m]."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    inner = np.clip(high - low, 0, None).prod(axis=2)
    areas = [np.clip(part[:, 2:] - part[:, :2], 0, None).prod(axis=1) for part in (first, second)]
    union = areas[0][:, None] + areas[1][None, :] - inner
    return np.where(union > 0, inner / np.maximum(union, 1e-12), 0.0)


def _by_image(images: NDArray[np.int64], count: int) -> list[NDArray[np.intp]]:
    order = np.argsort(images, kind="stable")
    return np.split(order, np.searchsorted(images[order], np.arange(1, count))) if count else []


def _one_image(rows: _Rows, image: str, objects: Boxes, found: Boxes, classes: Sequence[str]) -> None:
    """Detections, surest first, each take the object of their class that they cover best; then the other kinds."""
    overlap = iou(found.boxes, objects.boxes)
    same = found.classes[:, None] == objects.classes[None, :]
    owner = np.full(len(objects), -1)
    for detection in range(len(found)):
        free = np.where(same[detection] & (owner < 0), overlap[detection], -1.0)
        if len(free) and free.max() >= _FOUND:
            owner[int(free.argmax())] = detection
    blamed: dict[int, tuple[int, str]] = {}
    for detection in np.setdiff1d(np.arange(len(found)), owner):
        kind, place = _kind(overlap[detection], same[detection], owner)
        name = str(classes[found.classes[detection]])
        if kind in (MISNAMED, MISPLACED) and owner[place] < 0 and place not in blamed:
            blamed[place] = (int(detection), kind)
            continue
        known = str(classes[objects.classes[place]]) if kind in (TWICE, MISNAMED, MISPLACED) else NOTHING
        key = f"{image}#found:{name}:" + ",".join(f"{value:.0f}" for value in found.boxes[detection])
        best = float(overlap[detection].max()) if len(objects) else 0.0
        key = key if key not in rows.keys[-len(found) - len(objects) :] else f"{key}:{detection}"
        rows.add(key, image, (known, name), float(found.scores[detection]), kind, best, found.boxes[detection])
    for place in range(len(objects)):
        detection, kind = (int(owner[place]), RIGHT) if owner[place] >= 0 else blamed.get(place, (-1, MISS))
        given = NOTHING if detection < 0 else str(classes[found.classes[detection]])
        names = (str(classes[objects.classes[place]]), given)
        score = float("nan") if detection < 0 else float(found.scores[detection])
        covered = 0.0 if detection < 0 else float(overlap[detection, place])
        rows.add(f"{image}#object:{place}", image, names, score, kind, covered, objects.boxes[place])


def _kind(overlap: NDArray[np.float64], same: NDArray[np.bool_], owner: NDArray[np.int64]) -> tuple[str, int]:
    """What is wrong with a detection that owns no object, and which object it means (-1 for none)."""
    if not len(overlap):
        return INVENTED, -1
    own, other = np.where(same, overlap, -1.0), np.where(same, -1.0, overlap)
    if own.max() >= _FOUND:  # An object of its class that a surer detection owns.
        return TWICE, int(own.argmax())
    if other.max() >= _FOUND:
        return MISNAMED, int(other.argmax())
    if own.max() >= _NEAR:
        return MISPLACED, int(own.argmax())
    return INVENTED, -1
