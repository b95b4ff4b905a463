"""Detections and tracks in the forms of other tools: supervision and COCO (MOTChallenge: `motchallenge.py`).

What goes out comes back the same: boxes keep every bit of their float32 corners, also where the other form wants width and
height.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core.detections import Detections, Tracks
from trackside.core.errors import InputError, TracksideError
from trackside.core.keypoints import SKELETONS, Keypoints

Json = dict[str, Any]


def to_supervision(detections: Detections) -> Any:
    """The same as `supervision.Detections`; tracks carry their `tracker_id`, class names go into `data["class_name"]`.

    Raises:
        TracksideError: supervision is not installed.
    """
    labels = np.array([detections.label(row) for row in range(len(detections))], dtype=str)
    return _supervision().Detections(
        xyxy=detections.boxes,
        confidence=detections.scores,
        class_id=detections.classes.astype(int),
        tracker_id=detections.ids.astype(int) if isinstance(detections, Tracks) else None,
        data={"class_name": labels},
        metadata={"names": list(detections.names)},
    )


def from_supervision(found: Any, names: Sequence[str] | None = None) -> Detections:
    """Detections from `supervision.Detections`; `Tracks` where they have a `tracker_id`.

    Args:
        found: boxes; where confidence or class are absent, 1 and class 0 stand in.
        names: class names; None for those that `to_supervision` stored, if any.
    """
    count = len(found.xyxy)
    scores = np.ones(count, np.float32) if found.confidence is None else np.asarray(found.confidence, np.float32)
    classes = np.zeros(count, np.int32) if found.class_id is None else np.asarray(found.class_id, np.int32)
    stored = getattr(found, "metadata", None) or {}
    known = tuple(stored.get("names", ()) if names is None else names)
    detections = Detections(found.xyxy, scores, classes, known)
    return detections if found.tracker_id is None else Tracks.of(detections, found.tracker_id)


def to_coco(detections: Detections, image_id: int, *, keypoints: Keypoints | None = None, first_id: int = 1) -> list[Json]:
    """COCO annotations of one image, as plain data for JSON.

    `bbox` is x, y, width, height; `category_id` is the class plus 1 (see `coco_categories`); tracks add `track_id`.
    Keypoints are x, y, v with v = 2 where the score is above 0, and their exact scores in `keypoint_scores`.

    Args:
        detections: n boxes.
        image_id: the image's id.
        keypoints: body points of the same n objects, in the same order.
        first_id: id of the first annotation; the others count on.

    Raises:
        InputError: there are not as many people in `keypoints` as boxes.
    """
    if keypoints is not None and len(keypoints) != len(detections):
        raise InputError(f"{len(keypoints)} sets of keypoints do not fit {len(detections)} boxes", where="to_coco")
    sizes = sizes_of(detections.boxes)
    annotations = [
        {
            "id": first_id + row,
            "image_id": image_id,
            "category_id": int(detections.classes[row]) + 1,
            "bbox": [*detections.boxes[row, :2].tolist(), *sizes[row].tolist()],
            "area": float(sizes[row].prod()),
            "iscrowd": 0,
            "score": float(detections.scores[row]),
        }
        for row in range(len(detections))
    ]
    if isinstance(detections, Tracks):
        for annotation, track in zip(annotations, detections.ids.tolist(), strict=True):
            annotation["track_id"] = track
    if keypoints is not None:
        for row, annotation in enumerate(annotations):
            annotation.update(_points_to_coco(keypoints.points[row], keypoints.scores[row]))
    return annotations


def coco_categories(names: Sequence[str]) -> list[Json]:
    """The `categories` list that belongs to `to_coco`."""
    return [{"id": number, "name": name} for number, name in enumerate(names, start=1)]


def from_coco(annotations: Sequence[Mapping[str, Any]], categories: Sequence[Mapping[str, Any]]) -> Detections:
    """Detections of one image from its COCO annotations; `Tracks` where all of them have a `track_id`.

    Classes are places in `categories` in ascending order of their ids; a missing `score` (ground truth) counts as 1.

    Raises:
        InputError: an annotation lacks `bbox` or `category_id`, or names an unknown category.
    """
    ordered = sorted(categories, key=lambda category: int(category["id"]))
    places = {int(category["id"]): place for place, category in enumerate(ordered)}
    names = tuple(str(category["name"]) for category in ordered)
    if not annotations:
        return Detections.empty(names)
    try:
        boxes = np.array([annotation["bbox"] for annotation in annotations], np.float64).reshape(-1, 4)
        classes = np.array([places[int(annotation["category_id"])] for annotation in annotations])
        scores = np.array([annotation.get("score", 1.0) for annotation in annotations], np.float64)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"these are no COCO annotations ({error!r})", fix="give each bbox and category_id") from None
    detections = Detections(corners_of(boxes), scores, classes, names)  # type: ignore[arg-type]
    if all("track_id" in annotation for annotation in annotations):
        return Tracks.of(detections, [int(annotation["track_id"]) for annotation in annotations])
    return detections


def keypoints_from_coco(annotations: Sequence[Mapping[str, Any]], skeleton: str = "coco17") -> Keypoints:
    """Body points from the COCO annotations of one image. Without `keypoint_scores`, v = 0, 1, 2 becomes 0, 0.5, 1.

    Raises:
        InputError: an annotation has no keypoints, or not as many as the skeleton.
    """
    k = len(SKELETONS[skeleton].points)
    try:
        rows = np.array([annotation["keypoints"] for annotation in annotations], np.float64).reshape(len(annotations), k, 3)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"these are no {skeleton} keypoints ({error!r})", fix=f"each needs {k} times x, y, v") from None
    scores = rows[..., 2] / 2
    for row, annotation in enumerate(annotations):
        scores[row] = annotation.get("keypoint_scores", scores[row])
    ids = np.array([annotation.get("track_id", 0) for annotation in annotations], np.int64)
    return Keypoints(rows[..., :2].astype(np.float32), scores.astype(np.float32), skeleton, ids)


def _supervision() -> Any:
    try:
        import supervision
    except ImportError:
        raise TracksideError("supervision is not installed", fix="run: pip install 'trackside[convert]'") from None
    return supervision


def sizes_of(boxes: NDArray[np.float32]) -> NDArray[np.float64]:
    """Width and height in float64, [n, 2], where the difference of two float32 numbers of pictures is exact."""
    wide = boxes.astype(np.float64)
    return np.asarray(wide[:, 2:] - wide[:, :2])


def corners_of(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Left, top, width, height to x1 y1 x2 y2, [n, 4]."""
    return np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1)


def _points_to_coco(points: NDArray[np.float32], scores: NDArray[np.float32]) -> Json:
    seen = scores > 0
    flat = np.column_stack([points.astype(np.float64), np.where(seen, 2, 0)]).ravel().tolist()
    return {"keypoints": flat, "num_keypoints": int(seen.sum()), "keypoint_scores": scores.astype(np.float64).tolist()}
