"""What results of Label Studio mean in pixels, and results that mean something."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trackside.data.formats.rotated import around, hull, is_near

Json = dict[str, Any]
Point = tuple[float, float, float]

OURS = "trackside"
"""The key below `meta` for what Label Studio has no word for."""
BOX_TYPES = frozenset(("rectanglelabels", "rectangle", "polygonlabels", "polygon", "ellipselabels", "ellipse"))
POINT_TYPES = frozenset(("keypointlabels", "keypoint"))
_NO_BOX = (math.nan,) * 4


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one object is.

    Attributes:
        label: its class, or an empty text.
        box: x1 y1 x2 y2 in pixels; NaN for none.
        points: name to x, y in pixels and visibility.
    """

    label: str = ""
    box: Sequence[float] = _NO_BOX
    points: Mapping[str, Point] = field(default_factory=dict)

    def is_same(self, other: Meaning) -> bool:
        """Whether both mean the same to a millionth of a pixel."""
        return (
            self.label == other.label
            and is_near(self.box, other.box)
            and list(self.points) == list(other.points)
            and all(is_near(one, two) for one, two in zip(self.points.values(), other.points.values(), strict=True))
        )


def objects_in(results: Sequence[Any]) -> list[list[int]]:
    """Places of the results that make up each object: a shape with its keypoints, keypoints alone, a choice.

    Keypoints without a shape belong together as long as no name comes twice. What is nothing of these is left out.
    """
    objects: list[list[int]] = []
    shapes: dict[str, list[int]] = {}
    alone: dict[str, list[int]] = {}
    for place, result in enumerate(results):
        if isinstance(result, dict) and (result.get("type") in BOX_TYPES or _is_choice(result)):
            objects.append([place])
            shapes[str(result.get("id"))] = objects[-1]
    for place, result in enumerate(results):
        if not isinstance(result, dict) or result.get("type") not in POINT_TYPES:
            continue
        parent = str(result.get("parentID", ""))
        if result.get("parentID") is not None and parent in shapes:
            shapes[parent].append(place)
            continue
        names = [label_of(results[other]) for other in alone.get(parent, ())]
        if parent not in alone or label_of(result) in names:
            alone[parent] = []
            objects.append(alone[parent])
        alone[parent].append(place)
    return objects


def _is_choice(result: Json) -> bool:
    choices = result.get("value", {}).get("choices") if isinstance(result.get("value"), dict) else None
    return result.get("type") == "choices" and isinstance(choices, list) and len(choices) <= 1


def label_of(result: Any) -> str:
    """The first label of a result, or an empty text."""
    value = result.get("value") if isinstance(result, dict) else None
    labels = value.get(str(result.get("type"))) if isinstance(value, dict) else None
    return str(labels[0]) if isinstance(labels, list) and labels else ""


def meaning_of(results: Sequence[Json]) -> Meaning:
    """What the results of one object mean.

    Raises:
        KeyError, TypeError, ValueError: a number is absent, or is none.
    """
    first = results[0]
    points = {label_of(one) or f"point_{number}": _point(one) for number, one in enumerate(results, 1) if _is_point(one)}
    if first["type"] == "choices":
        return Meaning(label_of(first))
    if first["type"] in POINT_TYPES:
        return Meaning(str(about(first).get("class", "")), _NO_BOX, points)
    return Meaning(label_of(first), _box(first), points)


def _is_point(result: Json) -> bool:
    return result.get("type") in POINT_TYPES


def about(result: Json) -> Json:
    """What a result tells under `meta.trackside`; empty for results of others."""
    meta = result.get("meta")
    found = meta.get(OURS) if isinstance(meta, dict) else None
    return found if isinstance(found, dict) else {}


def _size(result: Json) -> tuple[float, float]:
    width, height = float(result["original_width"]), float(result["original_height"])
    if not (0 < width < math.inf and 0 < height < math.inf):
        raise ValueError("the size of its picture is none")
    return width, height


def _point(result: Json) -> Point:
    width, height = _size(result)
    x, y = _finite(result["value"]["x"]) * width / 100, _finite(result["value"]["y"]) * height / 100
    return x, y, float(about(result).get("visibility", 2))


def _box(result: Json) -> list[float]:
    width, height = _size(result)
    value = result["value"]
    if "points" in value:
        return around([(_finite(x) * width / 100, _finite(y) * height / 100) for x, y in value["points"]])
    x, y = _finite(value["x"]) * width / 100, _finite(value["y"]) * height / 100
    degrees = _finite(value.get("rotation", 0) or 0)
    if "radiusX" in value:
        rx, ry = _finite(value["radiusX"]) * width / 100, _finite(value["radiusY"]) * height / 100
        return hull(x - rx, y - ry, 2 * rx, 2 * ry, degrees, (x, y))
    # Rectangles turn about their upper left corner.
    return hull(x, y, _finite(value["width"]) * width / 100, _finite(value["height"]) * height / 100, degrees, (x, y))


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value} is not finite")
    return number


def results_of(meaning: Meaning, size: tuple[int, int], identity: str, told: Json) -> list[Json]:
    """Results that mean an object.

    Args:
        meaning: the object.
        size: width and height of its picture, pixels.
        identity: the id of the first result; the others add to it.
        told: goes under `meta.trackside` of the first result.
    """
    named = {"id": identity, "from_name": "label", "to_name": "image"}
    original = {"original_width": size[0], "original_height": size[1], "image_rotation": 0}
    points = [
        _point_result(name, point, original, f"{identity}-{number}", identity)
        for number, (name, point) in enumerate(meaning.points.items(), start=1)
    ]
    if not math.isnan(meaning.box[0]):
        first = _box_result(meaning, named, original)
    elif points:
        told = {**told, "class": meaning.label}
        points[0]["meta"][OURS].update(told)
        return points
    else:
        first = {
            **named,
            "from_name": "choice",
            "type": "choices",
            "value": {"choices": [meaning.label] if meaning.label else []},
        }
    return [{**first, "meta": {OURS: told}}, *points]


def _box_result(meaning: Meaning, named: Json, original: Json) -> Json:
    x1, y1, x2, y2 = meaning.box
    width, height = original["original_width"], original["original_height"]
    value: Json = {"x": x1 / width * 100, "y": y1 / height * 100}
    value |= {"width": (x2 - x1) / width * 100, "height": (y2 - y1) / height * 100, "rotation": 0}
    kind = "rectanglelabels" if meaning.label else "rectangle"
    if meaning.label:
        value[kind] = [meaning.label]
    return {**named, **original, "type": kind, "value": value}


def _point_result(name: str, point: Point, original: Json, identity: str, parent: str) -> Json:
    x, y = point[0] / original["original_width"] * 100, point[1] / original["original_height"] * 100
    value = {"x": x, "y": y, "width": 0.5, "keypointlabels": [name]}
    named = {"id": identity, "from_name": "keypoint", "to_name": "image", "parentID": parent}
    return {**named, **original, "type": "keypointlabels", "value": value, "meta": {OURS: {"visibility": point[2]}}}
