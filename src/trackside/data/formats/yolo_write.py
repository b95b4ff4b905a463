"""Writing YOLO: `data.yaml`, `images/SPLIT/...` and `labels/SPLIT/...`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core.files import write_text
from trackside.data.dataset import NO_CLASS, Dataset
from trackside.data.formats.folder import apart
from trackside.data.formats.names import SPLITS
from trackside.data.formats.numbers import short
from trackside.data.formats.picture_size import picture_size
from trackside.data.items import Texts, objects
from trackside.data.wording import counted

RAW = "yolo"
"""Where the shares of a box are kept while the size of its picture is not known."""


def places(dataset: Dataset) -> Texts:
    """images/SPLIT/NAME; names that are so already stay, and so do those of other YOLO data sets (`train/images/NAME`)."""
    names = []
    for row, name in enumerate(dataset.items.names):
        split = _split(str(dataset.items.splits[row]))
        parts = PurePosixPath(name).parts
        is_placed = "images" in parts[:-1] and split in parts[:-1]
        names.append(name if is_placed else f"images/{split}/{name.removeprefix('images/')}")
    return objects(apart(names))


def _split(split: str) -> str:
    """The split as YOLO knows it; what has none is for training."""
    return SPLITS.get(split, "train")


def write_yolo(dataset: Dataset, path: Path) -> Sequence[str]:
    """Write the labels and `data.yaml`; boxes of pictures whose size is not known are lost, and told."""
    targets = places(dataset)
    sizes = _sizes(dataset)
    order = np.argsort(dataset.annotations.items, kind="stable")
    bounds = np.searchsorted(dataset.annotations.items[order], np.arange(len(dataset) + 1))
    unsized = bare = 0
    for row, target in enumerate(targets):
        rows = order[bounds[row] : bounds[row + 1]]
        lines = [_line(dataset, int(one), sizes[row]) for one in rows]
        unsized += sum(line is None and not sizes[row].all() for line in lines)
        bare += sum(line is None and sizes[row].all() for line in lines)
        _write_labels(path / _label_of(str(target)), [line for line in lines if line is not None])
    write_text(path / "data.yaml", _yaml(dataset, [str(target) for target in targets]))
    return [
        *_lost(unsized, "the picture's size is not known"),
        *_lost(bare, "they have no box or no class"),
        *_besides(dataset),
        *_splits(dataset),
    ]


def _lost(count: int, why: str) -> list[str]:
    return [f"{count} annotations: {why}"] if count else []


def _besides(dataset: Dataset) -> list[str]:
    odd = sum(bool(set(extra) - {RAW, "polygon"}) for extra in dataset.annotations.extras)
    return [f"what the source held besides of {counted(odd, 'annotations')}"] if odd else []


def _splits(dataset: Dataset) -> list[str]:
    odd = sum(_split(str(split)) != split for split in dataset.items.splits)
    return [f"the split of {counted(odd, 'items')}: written as train"] if odd else []


def _sizes(dataset: Dataset) -> NDArray[np.float64]:
    sizes = dataset.items.sizes.astype(np.float64)
    for row in np.flatnonzero(~sizes.all(axis=1)):
        sizes[row] = picture_size(dataset.path(int(row)))
    return sizes


def _label_of(target: str) -> str:
    parts = list(PurePosixPath(target).with_suffix(".txt").parts)
    place = max(place for place, part in enumerate(parts[:-1]) if part == "images")
    parts[place] = "labels"
    return "/".join(parts)


def _write_labels(file: Path, lines: Sequence[str]) -> None:
    if lines:
        write_text(file, "\n".join(lines) + "\n")


def _line(dataset: Dataset, row: int, size: NDArray[np.float64]) -> str | None:
    """The line of an annotation; None if it cannot be one."""
    kept = dataset.annotations
    kind, extra = int(kept.classes[row]), kept.extras[row]
    if kind == NO_CLASS:
        return None
    if RAW in extra:
        return " ".join([str(kind), *(short(float(value)) for value in extra[RAW])])
    if not size.all() or np.isnan(kept.boxes[row]).any():
        return None
    if "polygon" in extra:
        numbers = (np.array(extra["polygon"], np.float64).reshape(-1, 2) / size).ravel()
    else:
        numbers = np.concatenate([_shares(kept.boxes[row], size), _point_shares(kept.points[row], size)])
        if not np.isnan(kept.scores[row]) and not kept.points.shape[1]:
            numbers = np.append(numbers, kept.scores[row])
    return " ".join([str(kind), *(short(float(value)) for value in numbers)])


def _shares(box: NDArray[np.float64], size: NDArray[np.float64]) -> NDArray[np.float64]:
    centre, extent = (box[:2] + box[2:]) / 2, box[2:] - box[:2]
    return np.concatenate([centre / size, extent / size])


def _point_shares(points: NDArray[np.float64], size: NDArray[np.float64]) -> NDArray[np.float64]:
    filled = np.where(np.isnan(points).any(axis=1, keepdims=True), 0.0, points)
    return np.column_stack([filled[:, :2] / size, filled[:, 2]]).ravel()


def _yaml(dataset: Dataset, targets: Sequence[str]) -> str:
    import yaml

    told: dict[str, Any] = {"path": "."}
    for split in ("train", "val", "test"):
        folders = {
            _folder(target) for target, own in zip(targets, dataset.items.splits, strict=True) if _split(str(own)) == split
        }
        if folders:
            told[split] = sorted(folders) if len(folders) > 1 else next(iter(folders))
    told["nc"] = len(dataset.classes)
    told["names"] = dict(enumerate(dataset.classes))
    if dataset.keypoints:
        told["kpt_shape"] = [len(dataset.keypoints), 3]
        told["kpt_names"] = {0: list(dataset.keypoints)}
    told.update({key: value for key, value in dataset.info.get("yolo", {}).items() if key not in told})
    return yaml.dump(told, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), sort_keys=False, allow_unicode=True)


def _folder(target: str) -> str:
    """The folder that the pictures of a split are below: up to `images`, and the split after it."""
    parts = PurePosixPath(target).parts
    place = max(place for place, part in enumerate(parts[:-1]) if part == "images")
    follows = parts[place + 1 : place + 2] if place + 2 < len(parts) else ()
    has_split = bool(follows) and follows[0] in SPLITS
    return "/".join([*parts[: place + 1], *(follows if has_split else ())])
