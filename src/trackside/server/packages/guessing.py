"""A first guess at an uploaded network's card, from the shapes of its inputs and outputs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from trackside.models import ZOO
from trackside.models.coco import COCO_CLASSES
from trackside.models.families.yolox import grid_cells
from trackside.server.packages.adapters import task_of

Spec = Mapping[str, Any]
_USUAL_SIZE = 640
# Whose authors' way of preparing pictures is the likeliest for a network of the same family.
_LIKE = {"fastestdet": "fastestdet", "yolox": "yolox-nano", "embedding": "osnet-x0-25"}
_LIKE |= {"blazepose-detector": "blazepose-detector", "blazepose-landmarks": "blazepose-full"}


def guess(file: str, inputs: Sequence[Spec], outputs: Sequence[Spec]) -> dict[str, Any]:
    """A card to begin with: what the shapes tell, and the usual for the rest. It is no valid card yet: a licence lacks.

    Args:
        file: the name of the uploaded file.
        inputs: name, shape (None for a free axis) and type of each input.
        outputs: the same of each output.
    """
    width, height, layout = _size(inputs)
    shapes = {str(spec["name"]): list(spec["shape"]) for spec in outputs}
    family, decoding, classes = _family(shapes, width, height)
    card: dict[str, Any] = {
        "name": _name(file),
        "task": task_of(family),
        "family": family,
        "classes": _classes(classes),
        "geometry": _geometry(family) | {"width": width, "height": height, "layout": layout},
        "licence": "",
        "threshold": 0.35,
    }
    return card | ({"decoding": decoding} if family == "generic" else {})


def _name(file: str) -> str:
    stem = re.sub(r"[^A-Za-z0-9._+-]+", "-", file.rpartition(".")[0]).strip("-._+").lower()
    return stem[:60].rstrip("-._+") or "my-model"


def _size(inputs: Sequence[Spec]) -> tuple[int, int, str]:
    """Width, height and layout of the first input that looks like a picture."""
    for spec in inputs:
        shape = list(spec["shape"])
        if len(shape) == 4:
            last = shape[3] in (1, 3) and shape[1] not in (1, 3)
            height, width = shape[1:3] if last else shape[2:4]
            return width or _USUAL_SIZE, height or _USUAL_SIZE, "NHWC" if last else "NCHW"
    return _USUAL_SIZE, _USUAL_SIZE, "NCHW"


def _geometry(family: str) -> dict[str, Any]:
    if family in _LIKE:
        return dict((ZOO[_LIKE[family]].details or {})["geometry"])
    return {"colour": "RGB", "fit": "letterbox", "anchor": "centre", "scale": 1 / 255}


def _classes(count: int) -> list[str]:
    return list(COCO_CLASSES) if count == len(COCO_CLASSES) else [f"class {number}" for number in range(min(count, 1000))]


def _family(shapes: Mapping[str, list[Any]], width: int, height: int) -> tuple[str, dict[str, Any], int]:
    """The likeliest family, its decoding if it is `generic`, and the number of classes."""
    lasts = sorted(shape[-1] for shape in shapes.values() if shape and shape[-1])
    if 195 in lasts:
        return "blazepose-landmarks", {}, 0
    if lasts == [1, 12]:
        return "blazepose-detector", {}, 1
    if len(shapes) == 1:
        [(name, shape)] = shapes.items()
        return _single(name, shape, width, height)
    return "generic", *_several(shapes)


def _single(name: str, shape: list[Any], width: int, height: int) -> tuple[str, dict[str, Any], int]:
    if len(shape) == 4 and (shape[1] or 0) > 5 and shape[2:] != [1, 1]:
        return "fastestdet", {}, shape[1] - 5
    if len(shape) == 2 or shape[2:] == [1, 1]:
        return "embedding", {}, 0
    rows, columns = (shape[1] or 0, shape[2] or 0) if len(shape) == 3 else (0, 0)
    cells = len(grid_cells(width, height)) if max(width, height) <= 8192 else 0
    if columns > 5 and rows == cells:
        return "yolox", {}, columns - 5
    if columns == 6:
        return "generic", {"combined": name, "columns": "score+class", "box": "xyxy", "nms": True}, 1
    if 4 < rows < columns:
        return "generic", {"combined": name, "columns": "scores", "transposed": True, "box": "cxcywh"}, rows - 4
    columns = max(columns, 6)
    return "generic", {"combined": name, "columns": "objectness+scores", "box": "cxcywh"}, columns - 5


def _several(shapes: Mapping[str, list[Any]]) -> tuple[dict[str, Any], int]:
    """Outputs told apart by their shapes, and where those are alike by their names."""
    boxes = next((n for n, s in shapes.items() if len(s) == 3 and s[-1] == 4), next(iter(shapes), ""))
    others = [name for name in shapes if name != boxes]
    scores = next((n for n in others if len(shapes[n]) == 3), None)
    scores = scores or next((n for n in others if re.search("score|conf|prob", n, re.I)), others[0] if others else "")
    decoding: dict[str, Any] = {"boxes": boxes, "scores": scores, "box": "xyxy"}
    shape = shapes.get(scores, [])
    if len(shape) == 3 and (shape[2] or 1) > 1:
        return decoding, shape[2]
    labels = next((n for n in others if n != scores and re.search("class|label|cls", n, re.I)), None)
    return decoding | ({"classes": labels, "nms": True} if labels else {}), 1
