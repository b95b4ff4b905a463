"""The queue in Label Studio: tasks with what the checks suggest, and its export back into decisions.

Task format: https://labelstud.io/guide/predictions (pre-annotations) and https://labelstud.io/guide/export. Boxes and points
are in per cent of the picture. Every task carries the item's name, so that it finds its entry again.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

import numpy as np

from trackside.core.errors import InputError, TracksideError
from trackside.core.files import write_json
from trackside.data.dataset import Dataset, Trouble
from trackside.data.queue.decisions import boxes_digest
from trackside.data.queue.entries import Entries
from trackside.data.queue.label_studio_results import decision_of
from trackside.data.queue.queue import Queue

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Imported:
    """Decisions taken from an export: how many are new, how many were known, and what could not be used."""

    new: int
    known: int
    troubles: tuple[Trouble, ...] = ()


def labelling_config(dataset: Dataset) -> str:
    """The labelling interface (XML) that the tasks fit: class, boxes, keypoints, keep or remove, a comment."""
    lines = ["<View>", '  <Image name="image" value="$image"/>', '  <Text name="why" value="$reasons"/>']
    if dataset.classes:
        lines += _choices("label", dataset.classes)
    lines += _choices("action", ("keep", "remove"))
    if len(dataset.annotations):
        lines += _labels("RectangleLabels", "box", dataset.classes or ("object",))
    if dataset.keypoints:
        lines += _labels("KeyPointLabels", "point", dataset.keypoints)
    return "\n".join([*lines, '  <TextArea name="comment" toName="image"/>', "</View>", ""])


def export_tasks(
    queue: Queue, dataset: Dataset, path: Path, *, address: str = "/data/local-files/?d=", state: str = "open"
) -> int:
    """Write entries as Label Studio tasks (JSON), with the checks' suggestions as pre-annotations.

    Args:
        queue: the relabel queue.
        dataset: where the images are, with labels and boxes as they stand.
        path: the file to write; beside it comes `NAME.config.xml`, the labelling interface.
        address: what Label Studio puts before an item's name to find its picture. The default is its local storage.
        state: which entries.

    Returns:
        The number of tasks. Entries whose item the data set does not hold are left out.
    """
    rows = {str(name): row for row, name in enumerate(dataset.items.names)}
    tasks = []
    for page in queue.pages(state):
        drawn = _annotations_of(dataset, page)
        for number, item in enumerate(page.items):
            if item in rows:
                data = {
                    "image": address + quote(item),
                    "item": item,
                    "boxes": _digest(dataset, drawn.get(item, [])),
                    **_about(page, number),
                }
                tasks.append({"data": data, **_predicted(dataset, rows[item], page, number, drawn.get(item, []))})
    write_json(path, tasks)
    path.with_suffix(".config.xml").write_text(labelling_config(dataset), "utf-8")
    return len(tasks)


def import_tasks(queue: Queue, dataset: Dataset, path: Path) -> Imported:
    """Take Label Studio's JSON export as decisions. The same export twice changes nothing.

    Raises:
        InputError: the file is no such export. A task that cannot be used is a trouble, not an error.
    """
    ids = queue.ids()
    new = known = 0
    troubles = []
    for number, task in enumerate(_read(path), 1):
        try:
            item = _item(task, ids)
            for annotation in task.get("annotations") or ():
                taken = _take(queue, dataset, ids[item], task, annotation)
                new, known = new + taken, known + (not taken)
        except (TracksideError, KeyError, TypeError, ValueError, AttributeError) as error:
            troubles.append(Trouble(path.name, f"task {number}: {error if str(error) else type(error).__name__}"))
    return Imported(new, known, tuple(troubles))


def _annotations_of(dataset: Dataset, page: Entries) -> dict[str, list[int]]:
    """The rows of the annotations of each item of a page, in their order."""
    wanted = np.isin(dataset.items.names.astype(str), page.items.astype(str))
    found: dict[str, list[int]] = {}
    for row in np.flatnonzero(wanted[dataset.annotations.items]):
        found.setdefault(str(dataset.items.names[dataset.annotations.items[row]]), []).append(int(row))
    return found


def _digest(dataset: Dataset, rows: Sequence[int]) -> str:
    """The digest of the boxes that Label Studio is shown."""
    annotations, shown = dataset.annotations, [row for row in rows if dataset.annotations.has_box[row]]
    names = [dataset.classes[number] if number >= 0 else "" for number in annotations.classes[shown]]
    return boxes_digest(names, annotations.boxes[shown], annotations.points[shown])


def _about(page: Entries, number: int) -> Json:
    reasons = "; ".join(f"{suspect.check}: {suspect.reason}" for suspect in page.suspects[number])
    return {"label": page.labels[number], "reasons": reasons, "rank": round(float(page.ranks[number]), 4)}


def _predicted(dataset: Dataset, item: int, page: Entries, number: int, annotations: Sequence[int]) -> Json:
    """What Label Studio shows to begin with: the suggestion (else the label as it is), boxes and points as they are."""
    suggested = next((suspect.suggestion for suspect in page.suspects[number] if suspect.suggestion), "")
    label = suggested or dataset.label_name(item)
    results: list[Json] = []
    if label:
        results.append({"from_name": "label", "to_name": "image", "type": "choices", "value": {"choices": [label]}})
    if annotations:
        size = _size(dataset, item)
        for place, row in enumerate(annotations):
            results += _drawn(dataset, row, place, size)
    if not results:
        return {}
    return {"predictions": [{"model_version": "trackside", "score": float(page.ranks[number]), "result": results}]}


def _drawn(dataset: Dataset, row: int, place: int, size: tuple[int, int]) -> list[Json]:
    annotations, (width, height) = dataset.annotations, size
    number = int(annotations.classes[row])
    x1, y1, x2, y2 = (float(value) for value in annotations.boxes[row])
    common = {"to_name": "image", "original_width": width, "original_height": height}
    if not math.isfinite(x1 + y1 + x2 + y2):
        return []
    box = {"x": _percent(x1, width), "y": _percent(y1, height), "rotation": 0}
    box |= {"width": _percent(x2 - x1, width), "height": _percent(y2 - y1, height)}
    labels = {"rectanglelabels": [dataset.classes[number] if number >= 0 else "object"]}
    results: list[Json] = [
        {**common, "id": f"box-{place}", "from_name": "box", "type": "rectanglelabels", "value": box | labels}
    ]
    for name, (x, y, seen) in zip(dataset.keypoints, annotations.points[row], strict=False):
        if seen > 0 and math.isfinite(x + y):
            value = {"x": _percent(x, width), "y": _percent(y, height), "width": 0.5, "keypointlabels": [name]}
            point = {"id": f"point-{place}-{name}-{int(seen)}", "from_name": "point", "parentID": f"box-{place}"}
            results.append({**common, **point, "type": "keypointlabels", "value": value})
    return results


def _percent(value: float, whole: int) -> float:
    return float(value) / whole * 100


def _size(dataset: Dataset, item: int) -> tuple[int, int]:
    """Width and height as the data set says, else as the file says."""
    width, height = (int(value) for value in dataset.items.sizes[item])
    if width > 0 and height > 0:
        return width, height
    from trackside.media import read_image

    picture = read_image(dataset.path(item))
    if picture is None:
        raise InputError("is no picture", where=str(dataset.path(item)), fix="remove it, or give its size in the data set")
    return picture.shape[1], picture.shape[0]


def _read(path: Path) -> list[Json]:
    fix = "export from Label Studio as JSON"
    try:
        tasks = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"cannot be read ({error})", where=str(path), fix=fix) from None
    if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
        raise InputError("is no list of tasks", where=str(path), fix=fix)
    return tasks


def _item(task: Json, ids: dict[str, int]) -> str:
    item = str(task["data"].get("item", ""))
    if item not in ids:
        raise InputError("the queue has no such item", where=item or "(no name)", fix="export the tasks from this queue")
    return item


def _take(queue: Queue, dataset: Dataset, entry: int, task: Json, annotation: Json) -> bool:
    decision, by, at, source = decision_of(task, annotation, dataset.classes, dataset.keypoints)
    return queue.decide(entry, decision, by, source=source, at=at)


def _choices(name: str, values: Sequence[str]) -> list[str]:
    inner = [f"    <Choice value={quoteattr(value)}/>" for value in values]
    return [f'  <Choices name="{name}" toName="image" choice="single">', *inner, "  </Choices>"]


def _labels(kind: str, name: str, values: Sequence[str]) -> list[str]:
    inner = [f"    <Label value={quoteattr(value)}/>" for value in values]
    return [f'  <{kind} name="{name}" toName="image">', *inner, f"  </{kind}>"]
