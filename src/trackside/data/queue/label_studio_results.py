"""What one annotation of Label Studio decides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from trackside.data.queue.decisions import Box, Decision, Point, boxes_digest

Json = dict[str, Any]


def decision_of(
    task: Json, annotation: Json, classes: Sequence[str], keypoints: Sequence[str]
) -> tuple[Decision, str, float | None, str]:
    """The decision in an annotation of a task that `export_tasks` wrote.

    Returns:
        The decision; who made it; when, in seconds since 1970, or None; and a text that names this state of this annotation.

    Raises:
        KeyError, TypeError, ValueError: the annotation has another shape.
        InputError: it holds a decision that cannot be (a box without an area).
    """
    stamp = str(annotation.get("updated_at") or annotation.get("created_at") or "")
    source = f"label-studio:{task.get('project', '')}:{task.get('id', '')}:{annotation.get('id', '')}:{stamp}"
    return _decision(task, annotation, classes, keypoints), _who(annotation), _seconds(stamp), source


def _decision(task: Json, annotation: Json, classes: Sequence[str], keypoints: Sequence[str]) -> Decision:
    results = annotation.get("result") or []
    comment = " ".join(text for part in results if part["type"] == "textarea" for text in part["value"]["text"])
    if annotation.get("was_cancelled"):
        return Decision("skip", comment=comment)
    if _chosen(results, "action") == "remove":
        return Decision("remove", comment=comment)
    label = _chosen(results, "label")
    label = "" if label == task["data"].get("label") else label
    rows = _boxes([part for part in results if part["type"] == "rectanglelabels"], classes)
    points = _points([part for part in results if part["type"] == "keypointlabels"], keypoints, [row[0] for row in rows])
    boxes, labels = tuple(row[1] for row in rows), tuple(row[2] for row in rows)
    if boxes_digest(labels, boxes, points or [()] * len(boxes)) != str(task["data"].get("boxes", "")):
        places = tuple(row[3] for row in rows)
        return Decision("edit", label, boxes, points if keypoints else None, labels, places, comment)
    return Decision("relabel", label, comment=comment) if label else Decision("keep", comment=comment)


def _chosen(results: Sequence[Json], name: str) -> str:
    for part in results:
        if part["type"] == "choices" and part["from_name"] == name and part["value"]["choices"]:
            return str(part["value"]["choices"][0])
    return ""


def _boxes(results: Sequence[Json], classes: Sequence[str]) -> list[tuple[str, Box, str, int]]:
    """Id, box in pixels, class ("" for `object` where no class is called so), and the place it had in its item, of each."""
    rows = []
    for part in results:
        value, width, height = part["value"], float(part["original_width"]), float(part["original_height"])
        x, y = value["x"] / 100 * width, value["y"] / 100 * height
        box = (x, y, x + value["width"] / 100 * width, y + value["height"] / 100 * height)
        label = str(value["rectanglelabels"][0])
        place = re.fullmatch(r"box-(\d{1,9})", str(part.get("id", "")))
        name = "" if label == "object" and label not in classes else label
        rows.append((str(part.get("id", "")), box, name, int(place[1]) if place else -1))
    return rows


def _points(results: Sequence[Json], names: Sequence[str], boxes: Sequence[str]) -> tuple[tuple[Point, ...], ...]:
    """The keypoints of each box, by the box that they hang on; x = y = visibility = 0 where there is none."""
    number = {name: place for place, name in enumerate(names)}
    points = [[(0.0, 0.0, 0.0)] * len(names) for _ in boxes]
    for part in results:
        parent, name = str(part.get("parentID", "")), str(part["value"]["keypointlabels"][0])
        if parent in boxes and name in number:
            seen = re.fullmatch(r"point-.*-([12])", str(part.get("id", "")))
            x = part["value"]["x"] / 100 * float(part["original_width"])
            y = part["value"]["y"] / 100 * float(part["original_height"])
            points[boxes.index(parent)][number[name]] = (x, y, float(seen[1]) if seen else 2.0)
    return tuple(tuple(part) for part in points) if names else ()


def _who(annotation: Json) -> str:
    who = annotation.get("completed_by", "")
    if isinstance(who, dict):
        who = who.get("email") or who.get("username") or who.get("id") or ""
    return f"Label Studio, {who}" if who != "" else "Label Studio"


def _seconds(stamp: str) -> float | None:
    try:
        moment = datetime.fromisoformat(stamp.replace("Z", "+00:00"))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
