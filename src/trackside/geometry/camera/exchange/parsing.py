"""Plain data out of strangers' YAML, XML, JSON and TOML, and numbers out of plain data.

Nothing in a file is trusted: its size is bounded, no tag builds an object, XML may not define entities, and a number is a
finite number or a reason to refuse.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError, SettingError
from trackside.geometry.camera.lens import Lens, Model
from trackside.geometry.camera.pose import Pose

Floats = NDArray[np.float64]
Plain = dict[str, Any]

# A calibration with all its corners is some hundred kilobytes.
_MOST_BYTES = 8 << 20
# Lists within lists: a matrix has two levels. The parser's time grows with the square of the depth.
_DEEPEST = 50
# A picture's side in pixels: none is larger.
_MOST_SIDE = 1 << 20


def parsed(path: Path) -> Plain:
    """The content of a file as a mapping, its kind told by its first characters and suffix.

    Raises:
        InputError: it cannot be read, is too large, or holds no mapping.
    """
    text = _text(path)
    start = text.lstrip("\ufeff \t\r\n")
    try:
        if start.startswith("<"):
            data = _from_xml(text)
        elif start.startswith("{"):
            data = json.loads(text)
        elif path.suffix.lower() == ".toml":
            data = tomllib.loads(text)
        else:
            data = _from_yaml(text)
    except InputError:
        raise
    except (ValueError, RecursionError, ElementTree.ParseError, MemoryError) as error:
        short = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise InputError(f"this cannot be parsed ({short})", where=str(path)) from None
    if not isinstance(data, dict):
        raise InputError(
            "this holds no calibration", where=str(path), fix="give a file of OpenCV, Kalibr, Caliscope or ours"
        )
    return {str(key): value for key, value in data.items()}


def numbers(value: Any, shape: tuple[int, ...], name: str, path: Path) -> Floats:
    """Finite numbers of a given shape, from nested lists or an OpenCV matrix (which may lie flat).

    Raises:
        InputError: a wrong count, or something that is not a finite number.
    """
    if isinstance(value, Mapping):
        value = value.get("data")
    flat = _flat(value, len(shape) + 1, math.prod(shape))
    if flat is None or len(flat) != math.prod(shape):
        raise InputError(f"{name!r} is not {' x '.join(map(str, shape))} finite numbers", where=str(path))
    return np.array(flat).reshape(shape)


def some_numbers(value: Any, counts: tuple[int, ...], name: str, path: Path) -> Floats:
    """A row of finite numbers, as many as one of the counts says.

    Raises:
        InputError: a wrong count, or something that is not a finite number.
    """
    if isinstance(value, Mapping):
        value = value.get("data")
    flat = _flat(value, 3, max(counts))
    if flat is None or len(flat) not in counts:
        raise InputError(f"{name!r} is not {' or '.join(map(str, counts))} finite numbers", where=str(path))
    return np.array(flat)


def picture_size(value: Any, path: Path) -> tuple[int, int]:
    """Width and height.

    Raises:
        InputError: they are not two whole positive numbers.
    """
    width, height = numbers(value, (2,), "size", path)
    if not all(side.is_integer() and 0 < side <= _MOST_SIDE for side in (width, height)):
        raise InputError(f"a picture of {width:g} x {height:g} pixels", where=str(path))
    return int(width), int(height)


def lens_of(size: Any, matrix: Floats, distortion: Floats, model: str, name: str, path: Path) -> Lens:
    """A lens from what a file says of it.

    Raises:
        InputError: it is none.
    """
    kind: Model = "fisheye" if model == "fisheye" else "brown"
    if model not in ("fisheye", "brown"):
        raise InputError(f"{name} is of model {model!r}", where=str(path), fix="use 'brown' or 'fisheye'")
    try:
        return Lens.from_matrix(matrix, distortion, picture_size(size, path), model=kind)
    except SettingError as error:
        raise InputError(f"{name}: {error.what}", where=str(path), fix=error.fix) from None


def pose_of(rotation: Any, translation: Any, name: str, path: Path) -> Pose:
    """A pose from a matrix (or a rotation vector, three numbers) and a translation.

    Raises:
        InputError: it is none.
    """
    place = numbers(translation, (3,), f"{name}.translation", path)
    try:
        if isinstance(rotation, list) and rotation and not isinstance(rotation[0], list):
            return Pose.from_vectors(numbers(rotation, (3,), f"{name}.rotation", path), place)
        return Pose(numbers(rotation, (3, 3), f"{name}.rotation", path), place)
    except SettingError as error:
        raise InputError(f"{name}: {error.what}", where=str(path), fix=error.fix) from None


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot be read ({reason})", where=str(path)) from None
    if len(raw) > _MOST_BYTES:
        raise InputError("larger than 8 MiB: no calibration is", where=str(path))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError("this is no text file", where=str(path)) from None


def _flat(value: Any, depth: int, most: int) -> list[float] | None:
    """All numbers of nested lists in order; None if one is not finite, not a number, or there are too many."""
    if isinstance(value, list):
        found: list[float] = []
        for item in value[: most + 1] if depth else ():
            part = _flat(item, depth - 1, most)
            if part is None or len(found) + len(part) > most:
                return None
            found += part
        return found if depth else None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return [number] if math.isfinite(number) else None


def _from_yaml(text: str) -> Any:
    import yaml

    depth = 0
    for bracket in re.finditer(r"[\[\]{}]", text):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > _DEEPEST:
            raise ValueError("lists within lists within lists")

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # C is ten times faster, if it is there
        """Plain data, and OpenCV's matrices as the mappings that they are written as."""

    # A mapping's constructor is a generator: it fills the mapping in when all anchors are known.
    for tag in ("opencv-matrix", "opencv-nd-matrix"):
        Loader.add_constructor(f"tag:yaml.org,2002:{tag}", yaml.SafeLoader.construct_yaml_map)
    # `%YAML:1.0`, OpenCV's first line, is no directive of YAML.
    try:
        return yaml.load(re.sub(r"\A\ufeff?%YAML[^\n]*\n(---[^\n]*\n)?", "", text), Loader)
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from None


def _from_xml(text: str) -> Any:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ValueError("it defines entities")
    root = ElementTree.fromstring(text)
    return {child.tag: _from_element(child) for child in root} if root.tag == "opencv_storage" else None


def _from_element(element: ElementTree.Element) -> Any:
    if element.get("type_id") in ("opencv-matrix", "opencv-nd-matrix"):
        return {child.tag: (child.text or "").split() if child.tag == "data" else child.text for child in element}
    words = (element.text or "").split()
    return words[0] if len(words) == 1 else words
