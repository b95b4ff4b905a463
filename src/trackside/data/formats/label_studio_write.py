"""Writing Label Studio tasks with annotations and predictions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core.files import atomic_open
from trackside.data.dataset import NO_CLASS, Dataset
from trackside.data.formats.label_studio_results import OURS, Json, Meaning, meaning_of, results_of
from trackside.data.formats.picture_size import picture_size
from trackside.data.wording import counted

# Stands in for a size that nobody knows: percent are pixels then.
_UNKNOWN = (100, 100)


def write_label_studio(dataset: Dataset, path: Path) -> Sequence[str]:
    """Write `path`, a JSON file, or `tasks.json` in the folder `path`."""
    file = path if path.suffix.lower() == ".json" else path / "tasks.json"
    order = np.argsort(dataset.annotations.items, kind="stable")
    bounds = np.searchsorted(dataset.annotations.items[order], np.arange(len(dataset) + 1))
    unknown = 0
    with atomic_open(file) as out:
        out.write("[")
        for row in range(len(dataset)):
            size = _size(dataset, row)
            unknown += size == _UNKNOWN
            task = _task(dataset, row, order[bounds[row] : bounds[row + 1]].tolist(), size)
            out.write((",\n" if row else "\n") + json.dumps(task))
        out.write("\n]\n")
    drawn = ~np.isnan(dataset.annotations.boxes).all(axis=1) | ~np.isnan(dataset.annotations.points).all(axis=(1, 2))
    return (
        [f"the place of shapes in {counted(unknown, 'pictures')}: their size is not known"]
        if unknown and drawn.any()
        else []
    )


def _size(dataset: Dataset, row: int) -> tuple[int, int]:
    width, height = dataset.items.sizes[row].tolist()
    if not (width and height):
        width, height = picture_size(dataset.path(row))
    return (width, height) if width and height else _UNKNOWN


def _task(dataset: Dataset, row: int, rows: Sequence[int], size: tuple[int, int]) -> Json:
    shell = dict(dataset.items.extras[row].get("label_studio", {}))
    name = str(dataset.items.names[row])
    done: dict[str, dict[Any, Json]] = {"annotations": {}, "predictions": {}}
    for kind, listed in done.items():
        for one in shell.pop(kind, ()):
            rest = [(place, result) for place, result in one.get("rest", ())]
            listed[one["at"]] = {**{key: value for key, value in one.items() if key not in ("at", "rest")}, "result": rest}
    for number, annotation in enumerate(rows):
        _add(dataset, annotation, number, size, done)
    told = _about(dataset, row)
    if dataset.items.labels[row] != NO_CLASS and "label_studio" not in dataset.items.extras[row]:
        chosen = results_of(Meaning(dataset.label_name(row)), size, "label", {"label": True})
        done["annotations"][OURS] = {"result": list(enumerate(chosen))}
    task: Json = {"data": {"image": name}, **shell}
    for kind, listed in done.items():
        if listed or kind == "annotations":
            task[kind] = [_in_order(listed[key]) for key in sorted(listed, key=_rank)]
    if told:
        task["meta"] = {**task.get("meta", {}), OURS: told}
    return task


def _rank(key: Any) -> tuple[bool, Any]:
    """Those that the file had, in their places; then ours."""
    return (True, str(key)) if isinstance(key, str) else (False, key)


def _in_order(one: Json) -> Json:
    return {**one, "result": [result for _, result in sorted(one["result"], key=lambda pair: float(pair[0]))]}


def _add(dataset: Dataset, row: int, number: int, size: tuple[int, int], done: dict[str, dict[Any, Json]]) -> None:
    """Add an annotation where it was, or to those of its annotator."""
    kept = dataset.annotations
    meaning, extra = _meaning(dataset, row), kept.extras[row]
    own = extra.get("label_studio")
    score, annotator = float(kept.scores[row]), str(kept.annotators[row])
    if isinstance(own, dict) and own.get("kind") in done:
        results = own["results"] if meaning_of(own["results"]).is_same(meaning) else _changed(own["results"], meaning, size)
        listed = done[own["kind"]].setdefault(own["annotation"], {"result": []})
        places = [*own["places"], *[own["places"][-1]] * len(results)]
        listed["result"].extend(zip(places, results, strict=False))
        return
    kind = "annotations" if score != score else "predictions"
    told: Json = {"row": number, "annotator": annotator, "track": int(kept.tracks[row]), "extra": extra}
    told = {key: value for key, value in told.items() if value not in ("", -1, {})} | {"row": number}
    if score == score:
        told["score"] = score
    listed = done[kind].setdefault(f"{OURS}:{annotator}", _new(kind, annotator, score))
    listed["result"].extend((number, one) for one in results_of(meaning, size, f"row-{number}", told))


def _new(kind: str, annotator: str, score: float) -> Json:
    if kind == "predictions":
        return {"model_version": annotator, "score": score, "result": []}
    return {"completed_by": {"email": annotator}, "result": []} if annotator else {"result": []}


def _changed(old: Sequence[Json], meaning: Meaning, size: tuple[int, int]) -> list[Json]:
    """Results of a changed object that keep the names of the controls it was made with."""
    fresh = results_of(meaning, size, str(old[0].get("id", "changed")), {})
    for one in fresh:
        like = next((other for other in old if other.get("type") == one["type"]), {})
        one.update({key: like[key] for key in ("from_name", "to_name", "origin") if key in like})
        one.pop("meta")
    return fresh


def _meaning(dataset: Dataset, row: int) -> Meaning:
    kept = dataset.annotations
    label = dataset.classes[kept.classes[row]] if kept.classes[row] != NO_CLASS else ""
    named = zip(dataset.keypoints, kept.points[row].tolist(), strict=True)
    points = {name: (x, y, seen) for name, (x, y, seen) in named if x == x and y == y}
    return Meaning(label, kept.boxes[row].tolist(), points)


def _about(dataset: Dataset, row: int) -> Json:
    """What the task has no word for; the first task tells what concerns all."""
    items = dataset.items
    told: Json = dict(_told(dataset, row))
    extra = {key: value for key, value in items.extras[row].items() if key != "label_studio"}
    if extra:
        told["extra"] = extra
    if "label_studio" not in items.extras[row]:
        told["item"] = True
    if row == 0:
        names: dict[str, NDArray[Any] | Any] = {"classes": list(dataset.classes), "keypoints": list(dataset.keypoints)}
        told |= {key: value for key, value in names.items() if value}
        told |= {"info": dict(dataset.info)} if dataset.info else {}
    return told


def _told(dataset: Dataset, row: int) -> Iterator[tuple[str, Any]]:
    items = dataset.items
    for key, column in (("split", items.splits), ("group", items.groups), ("text", items.texts)):
        if column[row]:
            yield key, str(column[row])
    if items.times[row] == items.times[row]:
        yield "time", float(items.times[row])
    if items.sizes[row].all():
        yield "size", items.sizes[row].tolist()
