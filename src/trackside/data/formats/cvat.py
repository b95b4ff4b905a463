"""CVAT for images 1.1: XML with boxes, points, skeletons, polygons and tags, each with attributes.

<https://docs.cvat.ai/docs/dataset_management/formats/format-cvat/>. A skeleton and a box of one `group_id` and label are
one object. Shapes that a data set has no column for (polygons, masks, ellipses, cuboids) keep their own words in `extras`,
with the box around them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, tostring

import numpy as np

from trackside.core import InputError
from trackside.data.dataset import Dataset
from trackside.data.formats.building import NO_ITEM, Builder
from trackside.data.formats.cvat_write import write_cvat
from trackside.data.formats.format import FORMATS, Format
from trackside.data.formats.json_stream import begins_with
from trackside.data.formats.locating import absent_pictures, base_of, root_of
from trackside.data.formats.names import SPLITS
from trackside.data.formats.rotated import around, hull
from trackside.data.formats.there import files_at, is_file
from trackside.data.formats.xml_stream import XmlFile

_OF_IMAGES = frozenset(("name", "width", "height", "subset"))
_CORNERS = ("xtl", "ytl", "xbr", "ybr")


def recognise_cvat(path: Path) -> str:
    """The CVAT file at a path."""
    files = _files(path)
    return f"a CVAT export ({files[0].name})" if files else ""


def _files(path: Path) -> list[Path]:
    files = files_at(path, "*.xml", "annotations/*.xml")
    return [file for file in files if file.suffix.lower() == ".xml" and "<annotations" in begins_with(file)]


def read_cvat(path: Path, *, images: Path | None = None) -> Dataset:
    """Read a CVAT export.

    Args:
        path: the XML file, or a folder with one.
        images: the folder that names are relative to; found by looking if not given.

    Raises:
        InputError: there is none, it is no XML, or it declares a document type.
    """
    files = _files(path) or ([path] if is_file(path) else [])
    if not files:
        raise InputError("holds no CVAT export", where=str(path), fix="give the annotations.xml")
    builder = Builder(root_of(path, images), "cvat")
    info: dict[str, Any] = {}
    for file in files:
        _read(builder, file, images, info)
    dataset = builder.build({"cvat": info} if info else {})
    return replace(dataset, troubles=(*dataset.troubles, *absent_pictures(dataset)))


def _read(builder: Builder, file: Path, images: Path | None, info: dict[str, Any]) -> None:
    xml = XmlFile(file)
    base: str | None = "" if images is not None else None
    for number, element in enumerate(xml):
        if element.tag == "meta":
            _meta(builder, element)
            info.setdefault("meta", tostring(element, encoding="unicode").strip())
        elif element.tag == "image":
            if base is None:
                base = base_of(builder.root, [element.get("name", "")])
            _image(builder, element, file.name, base)
        elif element.tag == "track":
            builder.trouble(file.name, f"element {number} is a track of CVAT for video; export as CVAT for images")
    if xml.broken:
        builder.trouble(file.name, xml.broken)


def _meta(builder: Builder, meta: Element) -> None:
    """Names of classes, and of the points of skeletons, in the order of the project."""
    for label in meta.iter("label"):
        name = label.findtext("name") or ""
        if label.find("parent") is not None:
            builder.points_of([name])
        else:
            builder.class_of(name)


def _image(builder: Builder, image: Element, file: str, base: str) -> None:
    name = image.get("name", "")
    size = _whole(image.get("width")), _whole(image.get("height"))
    split = image.get("subset", "")
    extra = {key: value for key, value in image.attrib.items() if key not in _OF_IMAGES}
    if extra.get("id") == str(len(builder)):
        extra.pop("id")
    item = builder.item(name, where=file, base=base, split=SPLITS.get(split.lower(), split), size=size, extra=extra)
    if item == NO_ITEM:
        return
    tags = [element for element in image if element.tag == "tag"]
    shapes = [element for element in image if element.tag != "tag"]
    for tag in tags:
        _tag(builder, item, tag, len(tags) == 1)
    for members in _objects(shapes):
        try:
            _shape(builder, item, members)
        except (KeyError, ValueError, TypeError) as error:
            builder.trouble(name, f"a {members[0].tag} is broken ({error})")


def _tag(builder: Builder, item: int, tag: Element, is_only: bool) -> None:
    kind = builder.class_of(tag.get("label", ""))
    extra = _rest(tag, ("label",))
    if is_only:
        builder.set_label(item, kind)
        if extra:
            builder.extra_of(item)["tag"] = extra
    else:
        builder.annotation(item, kind=kind, extra=extra)


def _objects(shapes: Sequence[Element]) -> list[list[Element]]:
    """Shapes, with a box and a skeleton together if they are one object."""
    objects: list[list[Element]] = []
    open_boxes: dict[tuple[str, str], int] = {}
    for shape in shapes:
        key = shape.get("group_id", "0"), shape.get("label", "")
        if shape.tag == "skeleton" and key[0] != "0" and key in open_boxes:
            objects[open_boxes.pop(key)].append(shape)
            continue
        if shape.tag == "box" and key[0] != "0":
            open_boxes[key] = len(objects)
        objects.append([shape])
    return objects


def _shape(builder: Builder, item: int, members: Sequence[Element]) -> None:
    first, last = members[0], members[-1]
    kind = builder.class_of(first.get("label", ""))
    points = _skeleton(builder, last) if last.tag == "skeleton" else None
    if first.tag == "skeleton":
        builder.annotation(item, kind=kind, points=points, extra=_rest(first, ("label",)))
    elif first.tag == "box":
        box, extra = _box(first), _rest(first, ("label", *_CORNERS, *(("group_id",) if points else ())))
        if len(members) > 1 and _rest(last, ("label", "group_id")):
            extra["skeleton"] = _rest(last, ("label", "group_id"))
        if "rotation" in extra:
            extra["unrotated"] = [float(first.attrib[name]) for name in _CORNERS]
        builder.annotation(item, kind=kind, box=box, points=points, extra=extra)
    elif first.tag == "points":
        values = np.array(_points(first), np.float64).reshape(-1, 2)
        names = [f"point_{number}" for number in range(1, len(values) + 1)]
        found = np.column_stack([values, np.full(len(values), 2.0)])
        builder.annotation(
            item,
            kind=kind,
            points=(builder.points_of(names), found),
            extra={**_rest(first, ("label", "points")), "shape": "points"},
        )
    else:
        builder.annotation(item, kind=kind, box=_around(first), extra={**_rest(first, ("label",)), "shape": first.tag})


def _box(shape: Element) -> list[float]:
    x1, y1, x2, y2 = (_finite(shape.attrib[name]) for name in _CORNERS)
    degrees = _finite(shape.get("rotation", "0"))
    if not degrees:
        return [x1, y1, x2, y2]
    return hull(x1, y1, x2 - x1, y2 - y1, degrees, ((x1 + x2) / 2, (y1 + y2) / 2))


def _around(shape: Element) -> list[float]:
    """The box around a polygon, polyline, mask, ellipse or cuboid."""
    told = shape.attrib
    if shape.tag == "mask":
        x, y = _finite(told["left"]), _finite(told["top"])
        return [x, y, x + _finite(told["width"]), y + _finite(told["height"])]
    if shape.tag == "ellipse":
        x, y, rx, ry = (_finite(told[name]) for name in ("cx", "cy", "rx", "ry"))
        return hull(x - rx, y - ry, 2 * rx, 2 * ry, _finite(told.get("rotation", "0")), (x, y))
    if shape.tag == "cuboid":
        return around([(_finite(told[f"x{one}"]), _finite(told[f"y{one}"])) for one in _cuboid_corners(told)])
    return around(_points(shape))


def _cuboid_corners(told: dict[str, str]) -> list[str]:
    return [name[1:] for name in told if name[0] == "x" and f"y{name[1:]}" in told]


def _points(shape: Element) -> list[tuple[float, float]]:
    pairs = [pair.split(",") for pair in shape.attrib["points"].split(";") if pair.strip()]
    return [(_finite(x), _finite(y)) for x, y in pairs]


def _skeleton(builder: Builder, skeleton: Element) -> tuple[Any, Any]:
    names, values = [], []
    for point in skeleton.iter("points"):
        x, y = _points(point)[0]
        seen = 0.0 if point.get("outside") == "1" else 1.0 if point.get("occluded") == "1" else 2.0
        names.append(point.get("label", ""))
        values.append((x, y, seen))
    return builder.points_of(names), np.array(values, np.float64).reshape(-1, 3)


def _rest(element: Element, known: Sequence[str]) -> dict[str, Any]:
    """XML attributes without a column, and CVAT's attributes."""
    rest: dict[str, Any] = {key: value for key, value in element.attrib.items() if key not in known}
    attributes = {one.get("name", ""): one.text or "" for one in element if one.tag == "attribute"}
    return {**rest, "attributes": attributes} if attributes else rest


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is not finite")
    return value


def _whole(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else 0


_HOLDS = ("labels", "splits", "sizes", "annotations", "boxes", "points", "keypoint_names", "classes_of_annotations")
FORMATS.add(
    "cvat",
    Format(
        "cvat",
        "CVAT for images",
        recognise_cvat,
        read_cvat,
        write_cvat,
        suffixes=(".xml",),
        holds=frozenset((*_HOLDS, "item_extras", "annotation_extras", "empty_classes", "class_order")),
    ),
)
