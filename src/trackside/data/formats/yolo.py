"""YOLO: `data.yaml`, pictures in `images/`, and for each a text file in `labels/` with a line a box, as shares of it.

Lines: class, centre x, centre y, width, height; in pose data sets then x, y (and visibility) of each keypoint; in
segmentation data sets class and the corners of a polygon, kept as `extras["polygon"]` with the box around it. Shares become
pixels by the size of the picture. Format: <https://docs.ultralytics.com/datasets/detect/> (only the description is used).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from trackside.core import InputError
from trackside.data.dataset import Dataset
from trackside.data.formats.building import NO_ITEM, Builder
from trackside.data.formats.format import FORMATS, Format
from trackside.data.formats.locating import absent_pictures
from trackside.data.formats.names import BadName, clean_name, is_picture, walk
from trackside.data.formats.picture_size import picture_size
from trackside.data.formats.there import files_at, is_file, is_folder, is_there
from trackside.data.formats.yolo_write import RAW, places, write_yolo

_SPLITS = ("train", "val", "test")
_MOST_BYTES = 64 << 20
_BOX = 5


def recognise_yolo(path: Path) -> str:
    """The `data.yaml` at a path, if it is one."""
    file = _yaml_at(path)
    return f"a YOLO data set ({file.name})" if file is not None else ""


def _yaml_at(path: Path) -> Path | None:
    files = files_at(path, "*.yaml", "*.yml")
    for file in files:
        if file.suffix.lower() in (".yaml", ".yml") and "names" in (_load(file) or {}):
            return file
    return None


def _load(file: Path) -> dict[str, Any] | None:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        if file.stat().st_size > _MOST_BYTES:
            return None
        found = yaml.load(file.read_text("utf-8-sig"), loader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def read_yolo(path: Path) -> Dataset:
    """Read a YOLO data set.

    Args:
        path: its folder, or the `data.yaml`.

    Raises:
        InputError: there is no `data.yaml` with names of classes.
    """
    file = _yaml_at(path)
    if file is None:
        raise InputError("holds no YOLO data set", where=str(path), fix="give the folder with data.yaml")
    told = _load(file) or {}
    builder = Builder(file.parent, "yolo", _names(told))
    keypoints, values = _keypoints(told)
    points = builder.points_of(keypoints)
    reader = _Labels(builder, points, values, len(builder.classes))
    for split in _SPLITS:
        for name, own in _pictures(builder, file, told, split):
            item = builder.item(name, split=split, where=file.name, size=picture_size(builder.root / name))
            if item != NO_ITEM:
                reader.read(item, name, own)
    kept = {
        key: value for key, value in told.items() if key not in ("path", "train", "val", "test", "names", "nc", "kpt_shape")
    }
    kept.pop("kpt_names", None)
    dataset = builder.build({"yolo": {**kept, **({"kpt_shape": told["kpt_shape"]} if keypoints else {})}})
    return replace(dataset, troubles=(*dataset.troubles, *absent_pictures(dataset)))


def _names(told: Mapping[str, Any]) -> list[str]:
    """Class names, a list or a mapping of numbers; a doubled name gets its number, so that numbers stay."""
    names = told["names"]
    if isinstance(names, dict):
        highest = max((key for key in names if isinstance(key, int)), default=-1)
        names = [names.get(number, f"class_{number}") for number in range(min(highest + 1, 10_000_000))]
    seen: set[str] = set()
    unique = []
    for number, name in enumerate(names if isinstance(names, list) else []):
        text = str(name) if str(name) and str(name) not in seen else f"{name}_{number}"
        seen.add(text)
        unique.append(text)
    return unique


def _keypoints(told: Mapping[str, Any]) -> tuple[list[str], int]:
    """Names of the keypoints, and how many numbers each has."""
    shape = told.get("kpt_shape")
    if not (isinstance(shape, list) and len(shape) == 2 and all(isinstance(one, int) and 0 < one < 10_000 for one in shape)):
        return [], 0
    count, values = shape
    named = told.get("kpt_names")
    named = next(iter(named.values()), None) if isinstance(named, dict) else named
    if isinstance(named, list) and len(set(map(str, named))) == count:
        return [str(name) for name in named], values
    return [f"point_{number}" for number in range(1, count + 1)], values


def _pictures(builder: Builder, file: Path, told: Mapping[str, Any], split: str) -> Iterator[tuple[str, str]]:
    """Names of a split's pictures, each with the name of its label file."""
    given = told.get(split, told.get("valid") if split == "val" else None)
    for place in given if isinstance(given, list) else [given] if isinstance(given, str) else []:
        try:
            name = clean_name(_from_root(str(place), file.parent), "", file.parent)
        except BadName as error:
            builder.trouble(file.name, f"{split}: {error}: {str(place)[:100]}")
            continue
        where = file.parent / name
        names = _listed(builder, where, file.parent) if is_file(where) else _below(builder, where, name)
        yield from ((one, _label_of(one)) for one in names)


def _from_root(place: str, root: Path) -> str:
    """A place relative to the root: exporters write `../train/images` for what lies beside the file."""
    place = place.removeprefix("./")
    bare = place.lstrip("./")
    return bare if place.startswith("../") and is_there(root / bare) else place or "."


def _below(builder: Builder, where: Path, name: str) -> Iterator[str]:
    if not is_folder(where):
        builder.trouble(name, "there is no such folder of pictures")
        return
    for folder, files, _, trouble in walk(where):
        if trouble:
            builder.trouble(f"{name}/{folder}", trouble)
        yield from (str(PurePosixPath(name, folder, file)) for file in files if is_picture(file))


def _listed(builder: Builder, where: Path, root: Path) -> Iterator[str]:
    try:
        lines = where.read_text("utf-8", "replace").splitlines()
    except OSError as error:
        builder.trouble(where.name, f"cannot be read ({error.strerror or error})")
        return
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield clean_name(line.strip(), "", root)
            except BadName as error:
                builder.trouble(where.name, f"{error}: {line.strip()[:100]}", number)


def _label_of(name: str) -> str:
    """The label file of a picture: the last folder `images` becomes `labels`, the suffix .txt."""
    parts = list(PurePosixPath(name).with_suffix(".txt").parts)
    for place in range(len(parts) - 2, -1, -1):
        if parts[place] == "images":
            parts[place] = "labels"
            break
    return "/".join(parts)


class _Labels:
    """Reads label files into a builder."""

    def __init__(self, builder: Builder, points: Any, values: int, count: int) -> None:
        self.builder, self.points, self.values, self.count = builder, points, values, count

    def read(self, item: int, name: str, own: str) -> None:
        """Add the annotations of a picture; a picture without a file has none."""
        file = self.builder.root / own
        try:
            text = file.read_bytes().decode("utf-8-sig")
        except (FileNotFoundError, NotADirectoryError):
            return
        except (OSError, UnicodeDecodeError) as error:
            self.builder.trouble(own, f"cannot be read ({type(error).__name__})")
            return
        size = self.builder.size_of(item)
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                why = self._add(item, line.split(), size)
                if why:
                    self.builder.trouble(own, why, number)
        if text.strip() and not all(size):
            self.builder.trouble(name, "its boxes cannot be placed: the picture's size is not known")

    def _add(self, item: int, cells: list[str], size: tuple[int, int]) -> str:
        """Add a line, or say why not."""
        try:
            kind, values = float(cells[0]), np.array(cells[1:], np.float64)
        except ValueError:
            return "a cell is no number"
        if kind % 1 != 0 or not 0 <= kind < self.count:
            return f"the class {cells[0]} is none of the {self.count}"
        if not np.isfinite(values).all():
            return "a number is not finite"
        if not all(size):
            self.builder.annotation(item, kind=int(kind), extra={RAW: values.tolist()})
            return ""
        scale = np.array(size, np.float64)
        pose = len(self.points) * self.values
        if len(values) == 4 + pose:
            points = self._points_of(values[4:], scale) if pose else None
            self.builder.annotation(item, kind=int(kind), box=_corners(values[:4], scale), points=points)
        elif len(values) == _BOX and not pose:
            self.builder.annotation(item, kind=int(kind), box=_corners(values[:4], scale), score=float(values[4]))
        elif len(values) >= 6 and len(values) % 2 == 0:
            corners = values.reshape(-1, 2) * scale
            box = [*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist()]
            self.builder.annotation(item, kind=int(kind), box=box, extra={"polygon": corners.tolist()})
        else:
            return f"{len(cells)} cells are neither a box nor a polygon"
        return ""

    def _points_of(self, values: Any, scale: Any) -> tuple[Any, Any]:
        points = values.reshape(-1, self.values)
        seen = points[:, 2] if self.values > 2 else np.where(points.any(axis=1), 2.0, 0.0)
        return self.points, np.column_stack([points[:, :2] * scale, seen])


def _corners(shares: Any, scale: Any) -> list[float]:
    centre, half = shares[:2] * scale, shares[2:] * scale / 2
    return [*(centre - half).tolist(), *(centre + half).tolist()]


FORMATS.add(
    "yolo",
    Format(
        "yolo",
        "YOLO",
        recognise_yolo,
        read_yolo,
        write_yolo,
        places,
        holds=frozenset(
            (
                *("splits", "annotations", "boxes", "points", "keypoint_names", "classes_of_annotations", "scores"),
                *("annotation_extras", "empty_classes", "class_order"),
            )
        ),
    ),
)
