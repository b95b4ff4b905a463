"""Items and annotations become rows of a table: one row an annotation, or an item that has none."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.data.annotations import Annotations
from trackside.data.dataset import NO_CLASS, Dataset
from trackside.data.formats.table_columns import OF_ANNOTATIONS, OF_ITEMS, columns_of, point_column

_ROWS = 65536


def tables(dataset: Dataset) -> Iterator[Any]:
    """`pyarrow.Table`s of one schema; at least one."""
    import pyarrow as pa

    schema, items, rows = _schema(dataset), *_rows(dataset)
    for start in range(0, max(len(items), 1), _ROWS):
        part = slice(start, start + _ROWS)
        columns = _columns(dataset, items[part], rows[part], schema.names)
        yield pa.table({name: pa.array(columns[name], schema.field(name).type) for name in schema.names}, schema=schema)


def _rows(dataset: Dataset) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The item and the annotation (-1 for none) of each row, items in order."""
    owners = dataset.annotations.items
    bare = np.setdiff1d(np.arange(len(dataset)), owners)
    items = np.concatenate([owners, bare])
    rows = np.concatenate([np.arange(len(owners)), np.full(len(bare), -1)])
    order = np.argsort(items, kind="stable")
    return items[order], rows[order]


def _schema(dataset: Dataset) -> Any:
    import pyarrow as pa

    real, whole, text = pa.float64(), pa.int64(), pa.string()
    types = dict.fromkeys(("time", "x1", "y1", "x2", "y2", "score"), real) | dict.fromkeys(
        ("width", "height", "track"), whole
    )
    names = [name for name in OF_ITEMS if name in ("path", "label") or _is_used(dataset, name)]
    if len(dataset.annotations):
        names += [name for name in OF_ANNOTATIONS if name == "box_class" or _is_used(dataset, name)]
        names += [point_column(point, axis) for point in dataset.keypoints for axis in "xyv"]
        types |= {point_column(point, axis): real for point in dataset.keypoints for axis in "xyv"}
    # The names must be told again as they are meant.
    columns_of(names, {name: name for name in names if name in (*OF_ITEMS, *OF_ANNOTATIONS)}, "table")
    return pa.schema([(name, types.get(name, text)) for name in names])


def _is_used(dataset: Dataset, name: str) -> bool:
    items, kept = dataset.items, dataset.annotations
    match name:
        case "split" | "group" | "text" | "extra":
            return any(getattr(items, name + "s"))
        case "time":
            return bool((~np.isnan(items.times)).any())
        case "width" | "height":
            return bool(items.sizes.any())
        case "score":
            return bool((~np.isnan(kept.scores)).any())
        case "track":
            return bool((kept.tracks != -1).any())
        case "annotator":
            return any(kept.annotators)
        case "x1" | "y1" | "x2" | "y2":
            return bool(kept.has_box.any())
        case _:
            return any(kept.extras) or bool(_says_nothing(kept).any())


def _says_nothing(kept: Annotations) -> NDArray[np.bool_]:
    """Annotations that no other column would tell of."""
    blank = (kept.classes == NO_CLASS) & ~kept.has_box & np.isnan(kept.scores) & (kept.tracks == -1)
    blank &= ~np.array([bool(one) for one in kept.annotators], bool)
    return np.asarray(blank & np.isnan(kept.points).all(axis=(1, 2))) if kept.points.shape[1] else blank


def _columns(
    dataset: Dataset, items: NDArray[np.int64], rows: NDArray[np.int64], names: Sequence[str]
) -> dict[str, Sequence[Any]]:
    told = dataset.items.take(items)
    columns: dict[str, Sequence[Any]] = {
        "path": told.names.tolist(),
        "label": _class_names(dataset, told.labels),
        "split": told.splits.tolist(),
        "group": told.groups.tolist(),
        "text": told.texts.tolist(),
        "time": _numbers(told.times),
        "width": [size or None for size in told.sizes[:, 0].tolist()],
        "height": [size or None for size in told.sizes[:, 1].tolist()],
        "extra": [json.dumps(extra) if extra else None for extra in told.extras],
    }
    if "box_class" in names:
        columns |= _annotation_columns(dataset, rows)
    return columns


def _annotation_columns(dataset: Dataset, rows: NDArray[np.int64]) -> dict[str, Sequence[Any]]:
    kept, absent = dataset.annotations, rows < 0
    if absent.all():
        rows = np.zeros(len(rows), np.int64)
    chosen = kept.take(rows)
    blank = _says_nothing(chosen)
    boxes = np.where(chosen.has_box[:, None], chosen.boxes, np.nan)
    columns: dict[str, Sequence[Any]] = {
        "box_class": _class_names(dataset, chosen.classes),
        "score": _numbers(chosen.scores),
        "track": [track if track != -1 else None for track in chosen.tracks.tolist()],
        "annotator": chosen.annotators.tolist(),
        "box_extra": [
            json.dumps(extra) if extra or bare else None for extra, bare in zip(chosen.extras, blank, strict=True)
        ],
    }
    columns |= {name: _numbers(boxes[:, place]) for place, name in enumerate(("x1", "y1", "x2", "y2"))}
    for number, point in enumerate(dataset.keypoints):
        for place, axis in enumerate("xyv"):
            columns[point_column(point, axis)] = _numbers(chosen.points[:, number, place])
    gone = absent.tolist()
    return {name: [None if no else cell for no, cell in zip(gone, column, strict=True)] for name, column in columns.items()}


def _class_names(dataset: Dataset, numbers: NDArray[np.int32]) -> list[str | None]:
    return [None if number == NO_CLASS else dataset.classes[number] for number in numbers.tolist()]


def _numbers(values: NDArray[np.float64]) -> list[float | None]:
    return [None if value != value else value for value in values.tolist()]
