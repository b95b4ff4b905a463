"""Writing COCO, one file or one a split."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core.files import atomic_open
from trackside.data.dataset import NO_CLASS, Dataset
from trackside.data.formats.names import SPLITS
from trackside.data.formats.numbers import extents

Json = dict[str, Any]

ASIDE = "trackside"
"""The key for what COCO has no word for and what would take the place of one of its words."""

CORNER = "second corner"
"""The key aside for x2, y2 where x1 + width is not x2 to the last bit."""

_IMAGE_WORDS = frozenset(("file_name", "width", "height", "label", "split", "group", "time", "text", ASIDE))
_ANNOTATION_WORDS = frozenset(
    ("image_id", "category_id", "bbox", "keypoints", "num_keypoints", "score", "track_id", "annotator", ASIDE)
)


def write_coco(dataset: Dataset, path: Path) -> Sequence[str]:
    """Write `path`, a JSON file; or into the folder `path`: `annotations.json`, or `annotations/instances_SPLIT.json`."""
    for file, rows in _files(dataset, path):
        _write(dataset, file, rows)
    missing = np.asarray(np.isnan(dataset.annotations.points).any(axis=2))
    partly = int((missing.any(axis=1) & ~missing.all(axis=1)).sum())
    return [f"{partly} sets of keypoints lack some points; they became points that are not labelled"] if partly else []


def _files(dataset: Dataset, path: Path) -> Iterator[tuple[Path, NDArray[np.intp]]]:
    """Each file with the rows of its items."""
    known = dict.fromkeys(split for split in dataset.splits if split in SPLITS.values())
    if path.suffix.lower() == ".json":
        yield path, np.arange(len(dataset))
    elif not known:
        yield path / "annotations.json", np.arange(len(dataset))
    else:
        for split in known:
            yield path / "annotations" / f"instances_{split}.json", dataset.in_split(split)
        rest = np.flatnonzero([split not in known for split in dataset.items.splits])
        if len(rest):
            yield path / "annotations" / "instances.json", rest


def _write(dataset: Dataset, file: Path, rows: NDArray[np.intp]) -> None:
    kept = _kept(dataset, file)
    categories, points = _categories(dataset, kept.pop("categories", None))
    aside: Json = {"info": {name: value for name, value in dataset.info.items() if name != "coco"}}
    if dataset.keypoints:
        aside["keypoints"] = list(dataset.keypoints)
    place = np.full(len(dataset), -1, np.int64)
    place[rows] = np.arange(len(rows))
    inside = np.flatnonzero(place[dataset.annotations.items] >= 0)
    identities = _identities(dataset.items.extras[rows])
    with atomic_open(file) as out:
        kept = {"info": {}, **kept, "categories": categories}
        if any(aside.values()):
            kept[ASIDE] = aside
        out.write("{" + "".join(f"{json.dumps(key)}: {json.dumps(value)},\n" for key, value in kept.items()))
        _write_list(out, "images", _images(dataset, rows, identities))
        out.write(",\n")
        owners = [identities[place[item]] for item in dataset.annotations.items[inside].tolist()]
        _write_list(out, "annotations", _annotations(dataset, inside, owners, categories, points))
        out.write("}\n")


def _write_list(out: Any, name: str, objects: Iterator[Json]) -> None:
    out.write(f'"{name}": [')
    between = "\n"
    for one in objects:
        out.write(between + json.dumps(one))
        between = ",\n"
    out.write("\n]")


def _kept(dataset: Dataset, file: Path) -> Json:
    """What the file held besides when it was read: by its split, its name, or the only one there is."""
    known = dataset.info.get("coco", {})
    split = file.stem.rpartition("_")[2]
    found = known.get(split, known.get(file.stem, next(iter(known.values()), {}) if known else {}))
    return dict(found)


def _identities(extras: NDArray[np.object_]) -> list[Any]:
    """An id a row: what the file said, or its number; all their numbers if that leaves no two apart (`_with_extra`)."""
    given = [_identity(extra, number) for number, extra in enumerate(extras, start=1)]
    return given if len(set(given)) == len(given) else list(range(1, len(given) + 1))


def _identity(extra: Mapping[str, Any], number: int) -> int | str:
    given = extra.get("id")
    return given if isinstance(given, int | str) and not isinstance(given, bool) else number


def _categories(dataset: Dataset, known: Any) -> tuple[list[Json], list[NDArray[np.intp]]]:
    """The categories as they were, and new ones for new classes; with the numbers of each one's keypoints."""
    old = {str(one.get("name", "")): one for one in known or () if isinstance(one, dict)}
    taken = {one.get("id") for one in old.values()}
    free = (number for number in range(1, len(dataset.classes) + len(taken) + 2) if number not in taken)
    places = {name: number for number, name in enumerate(dataset.keypoints)}
    used = _used_points(dataset)
    categories, points = [], []
    for kind, name in enumerate(dataset.classes):
        category: Json = dict(old[name]) if name in old else {"id": next(free), "name": name}
        own = [places[point] for point in category.get("keypoints", ()) if point in places]
        if not set(used[kind]) <= set(own) or len(own) != len(category.get("keypoints", own)):
            own = list(range(len(dataset.keypoints)))
            category["keypoints"] = list(dataset.keypoints)
        categories.append(category)
        points.append(np.array(own, np.intp))
    return categories, points


def _used_points(dataset: Dataset) -> list[list[int]]:
    """The keypoints that annotations of each class have."""
    used: list[list[int]] = [[] for _ in dataset.classes]
    present = ~np.isnan(dataset.annotations.points).any(axis=2)
    rows, points = np.nonzero(present & (dataset.annotations.classes >= 0)[:, None])
    pairs = np.unique(np.stack([dataset.annotations.classes[rows], points], axis=1), axis=0) if len(rows) else ()
    for kind, point in pairs:
        used[int(kind)].append(int(point))
    return used


def _has_points(dataset: Dataset) -> NDArray[np.bool_]:
    points = dataset.annotations.points
    return np.asarray(~np.isnan(points).all(axis=(1, 2)) if points.shape[1] else np.zeros(len(points), bool))


def _images(dataset: Dataset, rows: NDArray[np.intp], identities: Sequence[Any]) -> Iterator[Json]:
    items = dataset.items
    for row, identity in zip(rows.tolist(), identities, strict=True):
        image: Json = {"id": identity, "file_name": str(items.names[row])}
        if items.sizes[row].any():
            image["width"], image["height"] = items.sizes[row].tolist()
        told = {"split": items.splits[row], "group": items.groups[row], "text": items.texts[row]}
        image.update({key: value for key, value in told.items() if value})
        if items.labels[row] != NO_CLASS:
            image["label"] = dataset.label_name(row)
        if not np.isnan(items.times[row]):
            image["time"] = float(items.times[row])
        yield _with_extra(image, items.extras[row], _IMAGE_WORDS)


def _annotations(
    dataset: Dataset,
    rows: NDArray[np.intp],
    owners: Sequence[Any],
    categories: Sequence[Json],
    points: Sequence[NDArray[np.intp]],
) -> Iterator[Json]:
    kept = dataset.annotations
    sizes, has_box, has_points = extents(kept.boxes), kept.has_box, _has_points(dataset)
    is_exact = (kept.boxes[:, :2] + sizes == kept.boxes[:, 2:]).all(axis=1)
    every = np.arange(len(dataset.keypoints))
    identities = _identities(kept.extras[rows])
    for row, owner, identity in zip(rows.tolist(), owners, identities, strict=True):
        kind = int(kept.classes[row])
        one: Json = {"id": identity, "image_id": owner}
        if kind != NO_CLASS:
            one["category_id"] = categories[kind]["id"]
        if has_box[row]:
            one["bbox"] = [*kept.boxes[row, :2].tolist(), *sizes[row].tolist()]
            one["area"] = float(sizes[row, 0] * sizes[row, 1])
            one["iscrowd"] = 0
        if has_points[row]:
            chosen = kept.points[row, every if kind == NO_CLASS else points[kind]]
            chosen = np.where(np.isnan(chosen).any(axis=1, keepdims=True), 0.0, chosen)
            one["keypoints"], one["num_keypoints"] = chosen.ravel().tolist(), int((chosen[:, 2] > 0).sum())
        if not np.isnan(kept.scores[row]):
            one["score"] = float(kept.scores[row])
        if kept.tracks[row] != -1:
            one["track_id"] = int(kept.tracks[row])
        if kept.annotators[row]:
            one["annotator"] = str(kept.annotators[row])
        one = _with_extra(one, kept.extras[row], _ANNOTATION_WORDS)
        if has_box[row] and not is_exact[row]:
            # No width gives the second corner back to the last bit: it stands beside.
            one[ASIDE] = {**one.get(ASIDE, {}), CORNER: kept.boxes[row, 2:].tolist()}
        yield one


def _with_extra(one: Json, extra: Mapping[str, Any], words: frozenset[str]) -> Json:
    """Add what was held besides; what would take a word's place, or would be taken for what follows from it, goes aside."""
    aside = {}
    for key, value in extra.items():
        if (
            key in words
            or (key == "id" and (type(value), value) != (type(one["id"]), one["id"]))
            or _follows(key, value, one)
        ):
            aside[key] = value
        else:
            one[key] = value
    if aside:
        one[ASIDE] = aside
    return one


def _follows(key: str, value: Any, one: Json) -> bool:
    """Whether a reader could not tell the value from the one that a box has anyway."""
    if "image_id" not in one:
        return False
    return (key == "iscrowd" and not value) or (key == "area" and is_area(value, one.get("bbox", (0, 0, 0, 0))))


def is_area(value: Any, box: Sequence[Any]) -> bool:
    """Whether this is the area of a box x, y, width, height."""
    return isinstance(value, int | float) and math.isclose(value, float(box[2]) * float(box[3]), rel_tol=1e-12)
