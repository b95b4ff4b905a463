"""Writing CVAT for images 1.1."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from numpy.typing import NDArray

from trackside.core.files import atomic_open
from trackside.data.dataset import NO_CLASS, Dataset
from trackside.data.formats.rotated import hull, is_near

_CORNERS = ("xtl", "ytl", "xbr", "ybr")
# What is written by other means than as an attribute of the same name.
_MEANT = frozenset(("attributes", "shape", "unrotated", "rotation", "skeleton", "tag"))
# What points without a label are called.
_UNNAMED = re.compile(r"point_[0-9]+")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def write_cvat(dataset: Dataset, path: Path) -> Sequence[str]:
    """Write `path`, an XML file, or `annotations.xml` in the folder `path`."""
    file = path if path.suffix.lower() == ".xml" else path / "annotations.xml"
    order = np.argsort(dataset.annotations.items, kind="stable")
    bounds = np.searchsorted(dataset.annotations.items[order], np.arange(len(dataset) + 1))
    with atomic_open(file) as out:
        out.write(f'<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n  {_meta(dataset)}\n')
        for row in range(len(dataset)):
            out.write(_image(dataset, row, order[bounds[row] : bounds[row + 1]]))
        out.write("</annotations>\n")
    return list(_unwritten(dataset))


def _unwritten(dataset: Dataset) -> Iterator[str]:
    kept = dataset.annotations
    bare = (
        int((~kept.has_box & np.isnan(kept.points).all(axis=(1, 2))).sum())
        if kept.points.shape[1]
        else int((~kept.has_box).sum())
    )
    if bare:
        yield f"that {bare} annotations have neither box nor points: they are written as tags"
    for what, extras in (("items", dataset.items.extras), ("annotations", kept.extras)):
        odd = sum(any(not _is_plain(key, value) for key, value in extra.items()) for extra in extras)
        if odd:
            yield f"what the source held besides of {odd} {what}"


def _is_plain(key: str, value: Any) -> bool:
    return key in _MEANT or (isinstance(value, str) and bool(_WORD.fullmatch(key)))


def _meta(dataset: Dataset) -> str:
    """The project's description as it was, if it still names the same classes and points; else the names."""
    known = dataset.info.get("cvat", {}).get("meta", "")
    names = [*dataset.classes, *(name for name in dataset.keypoints if not _UNNAMED.fullmatch(name))]
    if known and all(f"<name>{escape(name)}</name>" in known for name in names):
        return str(known)
    labels = [f"<label><name>{escape(name)}</name></label>" for name in dataset.classes]
    points = [f"<label><name>{escape(name)}</name><parent>skeleton</parent></label>" for name in dataset.keypoints]
    return f"<meta><task><labels>{''.join((*labels, *points))}</labels></task></meta>"


def _image(dataset: Dataset, row: int, rows: NDArray[np.intp]) -> str:
    items = dataset.items
    told: dict[str, Any] = {"id": row, "name": items.names[row], "subset": items.splits[row] or None}
    if items.sizes[row].all():
        told["width"], told["height"] = items.sizes[row].tolist()
    told.update({key: value for key, value in items.extras[row].items() if key not in told or key == "id"})
    shapes = [_object(dataset, int(one), number) for number, one in enumerate(rows, start=1)]
    if items.labels[row] != NO_CLASS:
        shapes.insert(0, _element("tag", {"label": dataset.label_name(row)}, items.extras[row].get("tag", {})))
    return _wrapped("image", told, "".join(f"    {shape}\n" for shape in shapes), "  ")


def _object(dataset: Dataset, row: int, number: int) -> str:
    kept = dataset.annotations
    extra, label = kept.extras[row], dataset.classes[kept.classes[row]] if kept.classes[row] != NO_CLASS else ""
    points, box = kept.points[row], kept.boxes[row]
    has_points = not np.isnan(points).all()
    shape = extra.get("shape")
    if isinstance(shape, str) and shape not in ("points", "box", "skeleton", "tag") and _WORD.fullmatch(shape):
        return _element(shape, {"label": label}, extra)
    if shape == "points" and has_points:
        pairs = ";".join(f"{x!r},{y!r}" for x, y, _ in points[~np.isnan(points).any(axis=1)].tolist())
        return _element("points", {"label": label, "points": pairs}, extra)
    if np.isnan(box).any():
        return _skeleton(dataset, label, points, {}, extra) if has_points else _element("tag", {"label": label}, extra)
    told = {"label": label, **dict(zip(_CORNERS, _corners(box, extra), strict=True))}
    if has_points:
        told["group_id"] = str(number)
        own = extra.get("skeleton", {})
        return _element("box", told, extra) + "\n    " + _skeleton(dataset, label, points, {"group_id": number}, own)
    return _element("box", told, extra)


def _corners(box: NDArray[np.float64], extra: Mapping[str, Any]) -> list[str]:
    """Corners as texts: those of the rectangle before it was turned, if it still fits the box."""
    if _is_turned(box, extra):
        return [repr(float(value)) for value in extra["unrotated"]]
    return [repr(value) for value in box.tolist()]


def _is_turned(box: NDArray[np.float64], extra: Mapping[str, Any]) -> bool:
    try:
        x1, y1, x2, y2 = map(float, extra["unrotated"])
        degrees = float(extra["rotation"])
    except (KeyError, TypeError, ValueError):
        return False
    return is_near(hull(x1, y1, x2 - x1, y2 - y1, degrees, ((x1 + x2) / 2, (y1 + y2) / 2)), box.tolist())


def _skeleton(
    dataset: Dataset, label: str, points: NDArray[np.float64], told: Mapping[str, Any], extra: Mapping[str, Any]
) -> str:
    inside = []
    for name, (x, y, seen) in zip(dataset.keypoints, points.tolist(), strict=True):
        if x == x and y == y:
            state = {"outside": int(seen == 0), "occluded": int(seen == 1), "points": f"{x!r},{y!r}"}
            inside.append("      " + _element("points", {"label": name, **state}, {}) + "\n")
    attributes = "".join(f"      {one}\n" for one in _attributes(extra))
    return _wrapped("skeleton", {"label": label, **told, **_rest(extra, told)}, "".join(inside) + attributes, "    ").strip()


def _rest(extra: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, str]:
    return {key: value for key, value in extra.items() if key not in _MEANT and key not in told and _is_plain(key, value)}


def _attributes(extra: Mapping[str, Any]) -> list[str]:
    told = extra.get("attributes")
    pairs = told.items() if isinstance(told, Mapping) else ()
    return [f"<attribute name={quoteattr(str(key))}>{escape(str(value))}</attribute>" for key, value in pairs]


def _element(tag: str, told: Mapping[str, Any], extra: Mapping[str, Any]) -> str:
    rest = _rest(extra, told)
    if (isinstance(extra.get("rotation"), str) and "unrotated" in extra and tag == "box") or (
        isinstance(extra.get("rotation"), str) and tag != "box"
    ):
        rest["rotation"] = extra["rotation"]
    return _wrapped(tag, {**told, **rest}, "".join(_attributes(extra)), "").strip()


def _wrapped(tag: str, told: Mapping[str, Any], inside: str, indent: str) -> str:
    words = "".join(f" {key}={quoteattr(str(value))}" for key, value in told.items() if _is_attribute(key, value))
    if not inside:
        return f"{indent}<{tag}{words}/>\n"
    newline = "\n" if inside.endswith("\n") else ""
    return f"{indent}<{tag}{words}>{newline}{inside}{indent if newline else ''}</{tag}>\n"


def _is_attribute(key: str, value: Any) -> bool:
    return bool(_WORD.fullmatch(key)) and isinstance(value, str | int | float)
