"""Shapes from JSON: our own (see `export`), and what geomdl (NURBS-Python 5) exports.

A file may come from anywhere: its size is bounded before it is read, its numbers before arrays are made of them, and every
shape is checked as if a person had made it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from trackside.core import InputError
from trackside.geometry.nurbs.export import FORMAT, VERSION
from trackside.geometry.nurbs.primitives import Floats
from trackside.geometry.nurbs.shapes import KINDS, Nurbs

MOST_BYTES = 256 * 2**20
MOST_SHAPES = 100_000
# Beyond degree 7 nothing is tested; beyond this, time and rounding make an evaluation worthless.
MOST_DEGREE = 32

_KINDS = {kind.__name__.lower(): kind for kind in KINDS.values()}
_FIX = "write the file anew with write_shapes()"


def read_shapes(path: Path | str) -> list[Nurbs]:
    """The shapes of a JSON file, in NumPy arrays.

    Raises:
        InputError: no such file, too large, no JSON, or not shapes.
    """
    path = Path(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"larger than {MOST_BYTES // 2**20} MiB", where=str(path), fix="split it")
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read ({error})", where=str(path)) from None
    try:
        data = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise InputError(f"no JSON ({error})", where=str(path), fix=_FIX) from None
    try:
        return from_json(data)
    except InputError as error:
        raise InputError(error.what, where=f"{path}, {error.where}" if error.where else str(path), fix=error.fix) from None


def from_json(data: Any) -> list[Nurbs]:
    """Shapes from the plain data of our JSON, or of geomdl's.

    Raises:
        InputError: they are neither, or a shape is not one.
    """
    if isinstance(data, Mapping) and isinstance(data.get("shape"), Mapping):
        return _from_geomdl(data["shape"])
    if not isinstance(data, Mapping) or data.get("format") != FORMAT:
        raise InputError("these are no shapes", fix=f"give JSON with the format {FORMAT!r}, or geomdl's")
    if data.get("version") != VERSION:
        fix = "update Trackside, or write the file with this version"
        raise InputError(f"version {data.get('version')!r} of the format, known is {VERSION}", fix=fix)
    return [_shape(one, f"shape {number}") for number, one in enumerate(_entries(data.get("shapes")), start=1)]


def _shape(data: Mapping[str, Any], where: str) -> Nurbs:
    kind = _KINDS.get(str(data.get("kind")))
    if kind is None:
        raise InputError(f"no kind of shape is called {data.get('kind')!r}", where=where, fix=f"known: {', '.join(_KINDS)}")
    count = kind.parameters
    precision = np.float32 if data.get("precision") == "float32" else np.float64
    knots, periodic = data.get("knots"), data.get("periodic", [False] * count)
    if not isinstance(knots, list) or len(knots) != count:
        raise InputError(f"a {kind.__name__} has {count} knot vectors", where=where)
    if not isinstance(periodic, list) or len(periodic) != count or not all(isinstance(one, bool) for one in periodic):
        raise InputError(f"'periodic' is a list of {count} of true and false", where=where)
    weights = data.get("weights")
    return kind(
        _numbers(data.get("control_points"), "control_points", where).astype(precision),
        _degrees(data.get("degrees"), count, where),
        [_numbers(one, "knots", where).astype(precision) for one in knots],
        None if weights is None else _numbers(weights, "weights", where).astype(precision),
        periodic,
    )


def _from_geomdl(shape: Mapping[str, Any]) -> list[Nurbs]:
    names = {"curve": "", "surface": "uv", "volume": "uvw"}
    axes = names.get(str(shape.get("type")))
    if axes is None:
        raise InputError(f"geomdl has no shape {shape.get('type')!r}", fix="export curves, surfaces or volumes")
    return [_geomdl_shape(one, axes, f"shape {n}") for n, one in enumerate(_entries(shape.get("data")), start=1)]


def _geomdl_shape(data: Mapping[str, Any], axes: str, where: str) -> Nurbs:
    """One shape. geomdl lists control points with v running fastest, then u, then w; weights apart from them."""
    endings = [f"_{axis}" for axis in axes] or [""]
    control = data.get("control_points")
    if not isinstance(control, Mapping):
        raise InputError("'control_points' are missing", where=where)
    points = _numbers(control.get("points"), "points", where)
    if points.ndim != 2:
        raise InputError("'points' are a list of points", where=where)
    sizes: list[Any] = [data.get(f"size{ending}") for ending in endings] if axes else [len(points)]
    if not all(isinstance(size, int) and 0 < size <= len(points) for size in sizes) or math.prod(sizes) != len(points):
        raise InputError(f"{len(points)} control points, yet sizes {sizes}", where=where)
    weights = control.get("weights")
    factors = None if weights is None else _gridded(_numbers(weights, "weights", where).reshape(-1, 1), sizes, where)[..., 0]
    degrees = _degrees([data.get(f"degree{ending}") for ending in endings], len(endings), where)
    knots = [_numbers(data.get(f"knotvector{ending}"), "knotvector", where) for ending in endings]
    return KINDS[len(endings)](_gridded(points, sizes, where), degrees, knots, factors)


def _gridded(flat: Floats, sizes: list[int], where: str) -> Floats:
    if len(flat) != math.prod(sizes):
        raise InputError(f"{len(flat)} weights for {math.prod(sizes)} control points", where=where)
    if len(sizes) < 3:
        return flat.reshape(*sizes, -1)
    return flat.reshape(sizes[2], sizes[0], sizes[1], -1).transpose(1, 2, 0, 3)


def _entries(data: Any) -> list[Mapping[str, Any]]:
    if not isinstance(data, list) or not 0 < len(data) <= MOST_SHAPES or not all(isinstance(one, Mapping) for one in data):
        raise InputError(f"shapes are a list of 1 to {MOST_SHAPES:,} objects", fix=_FIX)
    return data


def _degrees(data: Any, count: int, where: str) -> list[int]:
    good = isinstance(data, list) and len(data) == count
    if not good or not all(type(one) is int and 1 <= one <= MOST_DEGREE for one in data):
        raise InputError(f"degrees are {count} whole numbers from 1 to {MOST_DEGREE}, got {data!r:.60}", where=where)
    return list(data)


def _numbers(data: Any, name: str, where: str) -> Floats:
    """Nested lists of numbers as an array. Texts, truth values and ragged lists are refused, not converted."""
    if isinstance(data, list) and len(data):
        try:
            array = np.array(data)
        except ValueError:
            array = np.empty(0, object)
        if array.dtype.kind in "iuf":
            return array.astype(np.float64)
    raise InputError(f"{name!r} are no nested lists of numbers of equal length", where=where, fix=_FIX)


def _refuse(name: str) -> float:
    raise ValueError(f"{name} is not a number of JSON")
