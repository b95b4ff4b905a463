"""COCO: JSON with images, annotations (boxes, keypoints, segmentation) and categories.

<https://cocodataset.org/#format-data>. Whatever else a file says of an image, an annotation or itself is kept.
What COCO has no word for is kept under keys that other readers pass over: `label`, `group`, `time`, `text` and `split` of
images, `annotator` and `track_id` of annotations. A folder may hold several files (one a split), read as one data set.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError
from trackside.data.dataset import NO_CLASS, Dataset
from trackside.data.formats.building import NO_ITEM, Builder
from trackside.data.formats.coco_write import ASIDE, CORNER, is_area, write_coco
from trackside.data.formats.format import FORMATS, Format
from trackside.data.formats.json_stream import JsonFile, begins_with
from trackside.data.formats.locating import absent_pictures, base_of, root_of
from trackside.data.formats.names import split_in
from trackside.data.formats.there import files_at, is_file

_OF_IMAGES = frozenset(("id", "file_name", "width", "height", "label", "split", "group", "time", "text", ASIDE))
_OF_ANNOTATIONS = frozenset(
    (
        "id",
        "image_id",
        "category_id",
        "bbox",
        "keypoints",
        "num_keypoints",
        "score",
        "track_id",
        "annotator",
        "iscrowd",
        "area",
        ASIDE,
    )
)  # num_keypoints is told by the keypoints
_LISTS = ("images", "annotations")


def recognise_coco(path: Path) -> str:
    """What of COCO is at a path."""
    files = coco_files(path)
    return f"COCO annotations ({', '.join(file.name for file in files[:3])})" if files else ""


def coco_files(path: Path) -> list[Path]:
    """The COCO files at a path: itself, in the folder, in its `annotations`, or in the folders of splits."""
    places = files_at(path, "*.json", "*/*.json")
    return [file for file in places if file.suffix.lower() == ".json" and _is_coco(file)]


def _is_coco(file: Path) -> bool:
    text = begins_with(file).lstrip()
    if not text.startswith("{"):
        return False
    if '"images"' in text or ('"annotations"' in text and '"categories"' in text):
        return True
    # A long list of licences or categories may stand before them.
    return '"info"' in text[:200] or '"licenses"' in text[:200] or '"categories"' in text[:200]


def read_coco(path: Path, *, images: Path | None = None) -> Dataset:
    """Read COCO files.

    Args:
        path: a JSON file, or a folder with some.
        images: the folder that `file_name` is relative to; found by looking if not given.

    Raises:
        InputError: there is no COCO file, or one is no JSON.
    """
    files = coco_files(path) or ([path] if is_file(path) else [])
    if not files:
        raise InputError("holds no COCO file", where=str(path), fix="give the JSON file with images and annotations")
    root = root_of(path, images)
    builder = Builder(root, "coco")
    info: dict[str, Any] = {}
    besides: dict[str, Any] = {}
    for file in files:
        split = split_in(file.stem) or (split_in(file.parent.name) if len(files) > 1 else "")
        reading = _Reading(builder, file, split, images is not None)
        info[split or file.stem] = reading.read()
        besides.update(reading.besides)
    dataset = builder.build({**besides, "coco": info})
    return replace(dataset, troubles=(*dataset.troubles, *absent_pictures(dataset)))


class _Reading:
    """One file on its way into a builder."""

    def __init__(self, builder: Builder, file: Path, split: str, placed: bool) -> None:
        self.builder, self.file, self.split, self.placed = builder, file, split, placed
        self.rows: dict[Any, int] = {}
        self.kinds: dict[Any, int] = {}
        self.points: dict[Any, NDArray[np.intp]] = {}
        self.besides: dict[str, Any] = {}
        self.base = ""
        self.count = 0

    def read(self) -> dict[str, Any]:
        """Add what the file holds, and give the rest of it (info, licences, categories)."""
        kept: dict[str, Any] = {}
        images: list[Any] = []
        is_ready = has_waiting = False
        file = JsonFile(self.file, _LISTS)
        for key, value in file:
            if key == "images":
                images.append(value)
            elif key != "annotations":
                kept[key] = value
            elif is_ready or ("categories" in kept and images):
                if not is_ready:
                    self._prepare(kept, images)
                    is_ready = True
                self._annotation(value)
            else:
                has_waiting = True
        self._note(file)
        if not is_ready:
            self._prepare(kept, images)
        # Annotations that stand before what they refer to are read again, rather than kept in memory meanwhile.
        for key, value in JsonFile(self.file, _LISTS) if has_waiting else ():
            if key == "annotations":
                self._annotation(value)
        return kept

    def _prepare(self, kept: dict[str, Any], images: list[Any]) -> None:
        aside = kept.pop(ASIDE, None)
        if isinstance(aside, dict):
            self.builder.points_of([str(name) for name in aside.get("keypoints", ())])
            self.besides.update(aside.get("info", {}))
        self._base([str(image.get("file_name", "")) for image in images[:20] if isinstance(image, dict)])
        self._categories(kept.get("categories"))
        for number, image in enumerate(images, start=1):
            self._image(image, number)
        images.clear()

    def _note(self, file: JsonFile) -> None:
        if file.replaced:
            self.builder.trouble(self.file.name, "holds bytes that are not UTF-8; they were replaced")
        if file.broken:
            self.builder.trouble(self.file.name, file.broken)

    def _base(self, names: Sequence[str]) -> None:
        if self.placed:
            return
        root = self.builder.root
        beside = self.file.parent.relative_to(root).as_posix() if self.file.is_relative_to(root) else ""
        beside = "" if beside == "." else beside
        year = self.file.stem.rpartition("_")[2]
        self.base = base_of(root, names, (beside, year, f"images/{year}", f"{beside}/images".lstrip("/")))

    def _categories(self, listed: Any) -> None:
        for category in listed if isinstance(listed, list) else ():
            if not isinstance(category, dict) or not isinstance(category.get("id"), int | str):
                self.builder.trouble(self.file.name, "a category has no id")
                continue
            name = str(category.get("name", "")) or str(category["id"])
            if category["id"] in self.kinds:
                self.builder.trouble(self.file.name, f"the category id {category['id']} is given twice")
                continue
            self.kinds[category["id"]] = self.builder.class_of(name)
            points = category.get("keypoints")
            if isinstance(points, list):
                self.points[category["id"]] = self.builder.points_of([str(point) for point in points])

    def _image(self, image: Any, number: int) -> None:
        if not isinstance(image, dict) or not isinstance(image.get("file_name"), str):
            self.builder.trouble(self.file.name, f"image {number} has no file_name")
            return
        extra = {key: value for key, value in image.items() if key not in _OF_IMAGES}
        aside = image.get(ASIDE)
        extra.update(aside if isinstance(aside, dict) else {})
        identity = image.get("id", number)
        if identity != number:
            extra["id"] = identity
        row = self.builder.item(
            image["file_name"],
            where=self.file.name,
            base=self.base,
            label=self.builder.class_of(str(image.get("label", ""))),
            split=str(image.get("split", self.split)),
            group=str(image.get("group", "")),
            time=_number(image.get("time")),
            size=(_whole(image.get("width")), _whole(image.get("height"))),
            transcript=str(image.get("text", "")),
            extra=extra,
        )
        try:
            if self.rows.setdefault(identity, row) != row:
                self.builder.trouble(image["file_name"], f"the image id {identity} is given twice")
        except TypeError:
            self.builder.trouble(image["file_name"], "the image id is neither a number nor a text")

    def _annotation(self, found: Any) -> None:
        self.count += 1
        try:
            item = self.rows.get(found["image_id"], NO_ITEM)
            kind = self.kinds.get(found["category_id"]) if "category_id" in found else NO_CLASS
        except (TypeError, KeyError):
            self._refuse("has no image_id")
            return
        if item == NO_ITEM:
            self._refuse(f"belongs to the image {str(found['image_id'])[:60]}, which is not there")
            return
        if kind is None:
            self._refuse(f"has the category {str(found['category_id'])[:60]}, which is not there")
            return
        try:
            box = _box(found["bbox"], found.get(ASIDE)) if "bbox" in found else (math.nan,) * 4
            points = self._points_of(found)
        except (TypeError, ValueError) as error:
            self._refuse(str(error))
            return
        extra = _extra_of(found, box, self.count)
        numbers = {"score": _number(found.get("score")), "track": _whole(found.get("track_id"), -1)}
        annotator = str(found.get("annotator", ""))
        self.builder.annotation(item, kind=kind, box=box, points=points, annotator=annotator, extra=extra, **numbers)  # type: ignore[arg-type]

    def _points_of(self, found: Mapping[str, Any]) -> tuple[NDArray[np.intp], NDArray[np.float64]] | None:
        values = found.get("keypoints")
        if not values:
            return None
        points = np.array(values, np.float64).reshape(-1, 3)
        places = self.points.get(found.get("category_id"))
        if places is None:
            known = list(self.builder.keypoints)
            names = known if len(known) == len(points) else [f"point_{number}" for number in range(1, len(points) + 1)]
            places = self.builder.points_of(names)
        if len(places) != len(points):
            raise ValueError(f"has {len(points)} keypoints where its category has {len(places)}")
        if not np.isfinite(points).all():
            raise ValueError("has keypoints that are not finite")
        return places, points

    def _refuse(self, why: str) -> None:
        self.builder.trouble(self.file.name, f"annotation {self.count} {why}")


def _box(values: Any, aside: Any) -> tuple[float, float, float, float]:
    try:
        x, y, width, height = map(float, values)
    except (TypeError, ValueError):
        raise ValueError("has a bbox that is not four numbers") from None
    if not all(map(math.isfinite, (x, y, width, height))):
        raise ValueError("has a bbox that is not finite")
    corner = aside.pop(CORNER, None) if isinstance(aside, dict) else None
    if isinstance(corner, list) and len(corner) == 2 and np.allclose(corner, (x + width, y + height), rtol=1e-9):
        return x, y, float(corner[0]), float(corner[1])
    return x, y, x + width, y + height


def _extra_of(found: Mapping[str, Any], box: Sequence[float], number: int) -> dict[str, Any]:
    """What is not told by the columns: an area that is not the box's, a crowd, other keys."""
    extra = {key: value for key, value in found.items() if key not in _OF_ANNOTATIONS}
    if found.get("iscrowd"):
        extra["iscrowd"] = found["iscrowd"]
    if "area" in found and not is_area(found["area"], found.get("bbox", (0, 0, 0, 0))):
        extra["area"] = found["area"]
    if found.get("id", number) != number:
        extra["id"] = found["id"]
    aside = found.get(ASIDE)
    extra.update(aside if isinstance(aside, dict) else {})
    return extra


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else math.nan


def _whole(value: Any, absent: int = 0) -> int:
    if isinstance(value, int | float) and abs(value) < 2**31:
        return int(value)
    return absent


FORMATS.add(
    "coco",
    Format("coco", "COCO", recognise_coco, read_coco, write_coco, suffixes=(".json",)),
)
