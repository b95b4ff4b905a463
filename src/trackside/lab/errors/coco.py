"""A detector's mistakes from COCO files: ground truth and results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from trackside.core.errors import InputError
from trackside.lab.errors.detection import Boxes, detection_mistakes
from trackside.lab.errors.predictions import Predictions


def read_coco_results(truth: Path, results: Path, *, least_score: float = 0.5) -> Predictions:
    """A row an object and a row a detection that is of none.

    Args:
        truth: COCO ground truth (`images`, `annotations`, `categories`). Detections on crowds (`iscrowd`) are left out.
        results: COCO results: a list of `image_id`, `category_id`, `bbox` (x, y, width, height), `score`.
        least_score: detections below are none.

    Raises:
        InputError: a file cannot be read or has another shape, or results name images or categories that are not there.
    """
    data, found = _json(truth), _json(results)
    try:
        images = {image["id"]: row for row, image in enumerate(data["images"])}
        classes = {category["id"]: row for row, category in enumerate(data["categories"])}
        names = [str(image["file_name"]) for image in data["images"]]
        labels = [str(category["name"]) for category in data["categories"]]
        crowd = [bool(part.get("iscrowd")) for part in data["annotations"]]
        objects = _boxes(data["annotations"], images, classes)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"is no COCO ground truth ({error!r})", where=str(truth), fix="give an instances file") from None
    try:
        detections = _boxes(found, images, classes)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        fix = "give a list of image_id, category_id, bbox, score for the images of the ground truth"
        raise InputError(f"is no COCO results file for it ({error!r})", where=str(results), fix=fix) from None
    is_crowd = np.array(crowd, bool)
    crowds, rest = objects.take(is_crowd), objects.take(~is_crowd)
    return detection_mistakes(rest, _outside(detections, crowds), names, labels, least_score=least_score)


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"cannot be read ({error})", where=str(path), fix="give a COCO JSON file") from None


def _boxes(rows: list[dict[str, Any]], images: dict[Any, int], classes: dict[Any, int]) -> Boxes:
    box = np.array([row["bbox"] for row in rows], np.float64).reshape(-1, 4)
    return Boxes(
        np.array([images[row["image_id"]] for row in rows], np.int64),
        np.concatenate([box[:, :2], box[:, :2] + box[:, 2:]], axis=1),
        np.array([classes[row["category_id"]] for row in rows], np.int64),
        np.array([row.get("score", 1.0) for row in rows], np.float64),
    )


def _outside(found: Boxes, crowds: Boxes) -> Boxes:
    """Detections that do not lie in a crowd, which has no boxes of its own."""
    kept = np.ones(len(found), bool)
    for image in np.unique(crowds.images):
        rows = np.flatnonzero(found.images == image)
        inside = crowds.take(crowds.images == image).boxes
        area = np.clip(found.boxes[rows, 2:] - found.boxes[rows, :2], 0, None).prod(axis=1)
        cut = np.concatenate(
            [
                np.maximum(found.boxes[rows, None, :2], inside[None, :, :2]),
                np.minimum(found.boxes[rows, None, 2:], inside[None, :, 2:]),
            ],
            axis=2,
        )
        covered = np.clip(cut[..., 2:] - cut[..., :2], 0, None).prod(axis=2).max(axis=1, initial=0.0)
        kept[rows] = covered < 0.5 * np.maximum(area, 1e-12)
    return found.take(kept)
