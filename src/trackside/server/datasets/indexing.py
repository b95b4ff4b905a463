"""Writing the index: what the pages need of a data set, in arrays that a server opens in a fraction of a second.

An index is a folder that is whole before `index.json` in the workbench names it; the one before goes afterwards.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core.files import write_json
from trackside.core.findings import plain
from trackside.core.keypoints import SKELETONS
from trackside.data.dataset import Dataset
from trackside.data.queue.feeding import combined_rank
from trackside.data.suspects import Suspect

MARK, FOLDER = "index.json", "index"
SHOWN_TROUBLES = 500
# Bytes of what a format held besides of one item; more is not for reading.
_MOST_EXTRAS, _MOST_TEXT = 30_000, 20_000


def write_index(
    work: Path,
    dataset: Dataset,
    version: str,
    *,
    sizes: NDArray[Any] | None = None,
    suspects: Sequence[Suspect] = (),
    layout: NDArray[Any] | None = None,
    features: NDArray[Any] | None = None,
    made_of: str = "",
) -> None:
    """Write the index of a data set, whole or not at all.

    Args:
        work: the workbench's folder.
        dataset: what was read.
        version: of the files.
        sizes: int [n, 2], width and height as the pictures have them, 0 where not known.
        suspects: what the checks do not trust.
        layout: float [n, 2], the map; NaN for items without a place.
        features: float [n, d], features of few dimensions, by which items are told to look alike; rows of NaN for none.
        made_of: what the map and the features were made of.

    Raises:
        OutputError: no space, no permission.
    """
    name = f"{FOLDER}/{secrets.token_hex(8)}"
    folder = work / name
    folder.mkdir(parents=True)
    known = dataset.items.sizes if sizes is None else np.where(sizes > 0, sizes, dataset.items.sizes)
    rows = {str(item): row for row, item in enumerate(dataset.items.names)}
    suspicion = _suspicion(suspects, rows)
    columns = _columns(dataset, known, suspicion)
    columns["layout"] = np.round(np.full((len(dataset), 2), np.nan) if layout is None else layout, 4).astype(np.float32)
    for part, column in columns.items():
        np.save(folder / f"{part}.npy", column, allow_pickle=False)
    if features is not None:
        np.save(folder / "features.npy", features.astype(np.float16), allow_pickle=False)
    _write_extras(folder, dataset)
    words = _words(dataset)
    write_json(folder / "words.json", words)
    write_json(folder / "suspects.json", _suspect_columns(suspects, rows))
    (folder / "map.json").write_text(_map_json(columns, words, made_of))
    write_json(work / MARK, {"folder": name, "version": version})
    for old in (work / FOLDER).iterdir():
        if old != folder:
            shutil.rmtree(old, ignore_errors=True)


def clean(text: object) -> str:
    """A text as UTF-8 and a database can hold it."""
    return str(text).encode("utf-8", "replace").decode().replace("\0", "")


def _columns(dataset: Dataset, sizes: NDArray[Any], suspicion: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    items, annotations = dataset.items, dataset.annotations
    by_item = np.argsort(annotations.items, kind="stable")
    starts = np.searchsorted(annotations.items[by_item], np.arange(len(items) + 1))
    by_name = np.argsort(items.names.astype(str), kind="stable") if len(items) else np.empty(0, np.intp)
    rank = np.empty(len(items), np.int64)
    rank[by_name] = np.arange(len(items))
    class_items, class_starts = _items_of_class(dataset)
    area = sizes.astype(np.int64).prod(axis=1)
    return {
        "labels": items.labels,
        "splits": _codes(items.splits),
        "groups": _codes(items.groups),
        "sizes": sizes.astype(np.int32),
        "suspicion": suspicion,
        "class_items": class_items,
        "class_starts": class_starts,
        "starts": starts.astype(np.int64),
        "annotation_rows": by_item.astype(np.int64),
        "annotation_classes": annotations.classes[by_item],
        "annotators": _codes(annotations.annotators)[by_item],
        "boxes": annotations.boxes[by_item],
        "points": annotations.points[by_item],
        "order_name": by_name.astype(np.int32),
        "order_label": np.lexsort((rank, items.labels)).astype(np.int32),
        "order_suspicion": np.lexsort((rank, -suspicion)).astype(np.int32),
        "order_size": np.lexsort((rank, -area)).astype(np.int32),
        "order_random": np.random.default_rng(0).permutation(len(items)).astype(np.int32),
    }


def _items_of_class(dataset: Dataset) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Rows of items by class (their own, or that of an annotation; each once), and where each class begins."""
    n = max(len(dataset), 1)
    rows = np.concatenate([np.arange(len(dataset)), dataset.annotations.items])
    classes = np.concatenate([dataset.items.labels, dataset.annotations.classes]).astype(np.int64)
    pairs = np.unique(classes[classes >= 0] * n + rows[classes >= 0])
    starts = np.searchsorted(pairs, np.arange(len(dataset.classes) + 1) * n)
    return (pairs % n).astype(np.int32), starts.astype(np.int64)


def _codes(texts: NDArray[np.object_]) -> NDArray[np.int32]:
    """Numbers of texts, in order of first occurrence; -1 for the empty one."""
    number = {text: code for code, text in enumerate(_distinct(texts))}
    return np.array([number.get(text, -1) for text in texts], np.int32)


def _distinct(texts: NDArray[np.object_]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if text]


def _words(dataset: Dataset) -> dict[str, Any]:
    return {
        "root": str(dataset.root.resolve()),
        "names": [clean(name) for name in dataset.items.names],
        "classes": [clean(name) for name in dataset.classes],
        "splits": [clean(name) for name in _distinct(dataset.items.splits)],
        "groups": [clean(name) for name in _distinct(dataset.items.groups)],
        "annotators": [clean(name) for name in _distinct(dataset.annotations.annotators)],
        "keypoints": [clean(name) for name in dataset.keypoints],
        "bones": _bones(dataset),
        "troubles": [clean(trouble) for trouble in dataset.troubles[:SHOWN_TROUBLES]],
    }


def _bones(dataset: Dataset) -> list[tuple[int, int]]:
    """Pairs of keypoints that belong together: as COCO's categories say, else as a skeleton that we know."""
    k = len(dataset.keypoints)
    for held in _mappings(dataset.info.get("coco")):
        for category in held.get("categories") or ():
            pairs = category.get("skeleton") if isinstance(category, Mapping) else None
            if pairs and all(len(pair) == 2 and min(pair) >= 1 and max(pair) <= k for pair in pairs):
                return [(int(a) - 1, int(b) - 1) for a, b in pairs]
    place = {name.lower().replace(" ", "_"): row for row, name in enumerate(dataset.keypoints)}
    best: list[tuple[int, int]] = []
    for skeleton in SKELETONS.values():
        bones = [(place[a], place[b]) for a, b in skeleton.bones if a in place and b in place]
        best = max(best, bones, key=len)
    return best


def _mappings(held: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(held, Mapping):
        yield held
        yield from (part for part in held.values() if isinstance(part, Mapping))


def _suspicion(suspects: Sequence[Suspect], rows: Mapping[str, int]) -> NDArray[np.float32]:
    """float32 [n], 0 to 1: how much all checks together speak against each item, as the queue ranks it."""
    worst: dict[int, dict[str, float]] = {}
    for suspect in suspects:
        if (row := rows.get(suspect.item)) is not None:
            scores = worst.setdefault(row, {})
            scores[suspect.check] = max(scores.get(suspect.check, 0.0), _score(suspect))
    found = np.zeros(len(rows), np.float32)
    for row, scores in worst.items():
        found[row] = combined_rank(scores)
    return found


def _score(suspect: Suspect) -> float:
    return float(np.clip(np.nan_to_num(suspect.score), 0.0, 1.0))


def _suspect_columns(suspects: Sequence[Suspect], rows: Mapping[str, int]) -> dict[str, list[Any]]:
    known = [suspect for suspect in suspects if suspect.item in rows]
    known.sort(key=lambda suspect: (rows[suspect.item], -_score(suspect)))
    return {
        "row": [rows[suspect.item] for suspect in known],
        "check": [suspect.check for suspect in known],
        "score": [round(_score(suspect), 4) for suspect in known],
        "reason": [clean(suspect.reason) for suspect in known],
        "kind": [suspect.kind for suspect in known],
        "suggestion": [clean(suspect.suggestion) for suspect in known],
        "annotation": [int(suspect.annotation) for suspect in known],
        "partner": [clean(suspect.partner) for suspect in known],
    }


def _write_extras(folder: Path, dataset: Dataset) -> None:
    """What is shown of single items only: one line of JSON each, found by its place in the file."""
    starts = np.zeros(len(dataset) + 1, np.int64)
    with (folder / "extras.jsonl").open("wb") as file:
        for row, (text, extras) in enumerate(zip(dataset.items.texts, dataset.items.extras, strict=True)):
            if text or extras:
                file.write(_line(str(text), extras))
            starts[row + 1] = file.tell()
    np.save(folder / "extras.npy", starts, allow_pickle=False)


def _line(text: str, extras: Mapping[str, Any]) -> bytes:
    told = json.dumps({"text": clean(text[:_MOST_TEXT]), "extras": plain(extras)}, default=str, ensure_ascii=True)
    if len(told) > _MOST_EXTRAS + _MOST_TEXT:
        told = json.dumps({"text": clean(text[:_MOST_TEXT]), "extras": {"": "more than fits here"}})
    return told.encode()


def _map_json(columns: Mapping[str, NDArray[Any]], words: Mapping[str, Any], made_of: str) -> str:
    """`MapShape`."""
    places = np.round(columns["layout"].astype(np.float64), 4)
    x, y = ([None if value != value else value for value in column.tolist()] for column in places.T)
    told = {
        "x": x,
        "y": y,
        "labels": columns["labels"].tolist(),
        "classes": words["classes"],
        "splits": columns["splits"].tolist(),
        "split_names": words["splits"],
        "suspicion": np.round(columns["suspicion"].astype(np.float64), 2).tolist(),
        "made_of": made_of,
    }
    return json.dumps(told, separators=(",", ":"))
