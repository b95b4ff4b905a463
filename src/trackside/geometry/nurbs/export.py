"""Shapes as files: JSON that holds them exactly, OBJ and STL of triangles and polylines for everything else.

The JSON (read by `reading`): {"format": "trackside-nurbs", "version": 1, "shapes": [{"kind": "curve" | "surface" | "volume",
"degrees": [3], "knots": [[...]], "control_points": nested lists [..., n, dim], "weights": nested lists or null,
"periodic": [false], "precision": "float64"}]}. Numbers keep all their digits. Files are whole or absent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from trackside.core import InputError
from trackside.core.files import atomic_open, write_text
from trackside.geometry.nurbs.arrays import as_numpy
from trackside.geometry.nurbs.primitives import Floats
from trackside.geometry.nurbs.shapes import Curve, Nurbs, Surface
from trackside.geometry.nurbs.tessellation import Mesh, chords, tessellate

FORMAT, VERSION = "trackside-nurbs", 1

_STL_TRIANGLE = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])


def to_json(shapes: Nurbs | Sequence[Nurbs]) -> dict[str, Any]:
    """Shapes as plain data for JSON."""
    return {"format": FORMAT, "version": VERSION, "shapes": [_plain(shape) for shape in _listed(shapes)]}


def write_shapes(path: Path | str, shapes: Nurbs | Sequence[Nurbs]) -> None:
    """Write shapes as JSON, one number after the other without line breaks.

    Raises:
        OutputError: the file cannot be written.
    """
    import json

    write_text(Path(path), json.dumps(to_json(shapes), allow_nan=False) + "\n")


def write_obj(path: Path | str, shapes: Nurbs | Sequence[Nurbs], *, tolerance: float | None = None) -> None:
    """Write surfaces as triangles and curves as polylines in a Wavefront OBJ file, each shape an object.

    Args:
        path: of the file.
        shapes: curves (in the plane they get z = 0) and surfaces in space.
        tolerance: largest distance from the shape, in its unit; None for a thousandth of each shape's size.

    Raises:
        InputError: a volume, a batch, or a dimension above 3.
        OutputError: the file cannot be written.
    """
    lines, first = ["# Trackside"], 1
    for number, shape in enumerate(_listed(shapes), start=1):
        if isinstance(shape, Curve):
            vertices = _in_space(chords(shape, tolerance=tolerance))
            elements = ["l " + " ".join(map(str, range(first, first + len(vertices))))]
        else:
            mesh = tessellate(_surface(shape), tolerance=tolerance)
            vertices = mesh.vertices
            elements = [f"f {a} {b} {c}" for a, b, c in (mesh.faces + first).tolist()]
        lines += [f"o shape{number}", *(f"v {x!r} {y!r} {z!r}" for x, y, z in vertices.tolist()), *elements]
        first += len(vertices)
    write_text(Path(path), "\n".join(lines) + "\n")


def write_stl(
    path: Path | str, surfaces: Surface | Sequence[Surface], *, tolerance: float | None = None, binary: bool = True
) -> None:
    """Write surfaces as triangles in an STL file. Arguments and errors as for `write_obj`."""
    meshes = [tessellate(_surface(shape), tolerance=tolerance) for shape in _listed(surfaces)]
    corners = np.concatenate([_corners(mesh) for mesh in meshes])
    normals = _normals(corners)
    if not binary:
        write_text(Path(path), "\n".join(_stl_text(corners, normals)) + "\n")
        return
    triangles = np.zeros(len(corners), _STL_TRIANGLE)
    triangles["normal"], triangles["corners"] = normals, corners
    with atomic_open(Path(path), "wb") as file:
        # A header that begins with `solid` would pass for the text format.
        file.write(b"Trackside binary STL".ljust(80) + np.uint32(len(triangles)).tobytes() + triangles.tobytes())


def _plain(shape: Nurbs) -> dict[str, Any]:
    return {
        "kind": type(shape).__name__.lower(),
        "degrees": list(map(int, shape.degrees)),
        "knots": [as_numpy(knots).tolist() for knots in shape.knots],
        "control_points": as_numpy(shape.control_points).tolist(),
        "weights": None if shape.weights is None else as_numpy(shape.weights).tolist(),
        "periodic": list(map(bool, shape.periodic)),
        "precision": str(as_numpy(shape.control_points).dtype),
    }


def _corners(mesh: Mesh) -> Floats:
    """Corners [k, 3, 3] as STL's float32 holds them, without triangles that lose their area by that."""
    corners = mesh.vertices.astype(np.float32)[mesh.faces]
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    whole = (a != b).any(axis=1) & (b != c).any(axis=1) & (c != a).any(axis=1)
    return np.asarray(corners[whole], np.float64)


def _normals(corners: Floats) -> Floats:
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    lengths = np.linalg.norm(across, axis=1, keepdims=True)
    return np.asarray(across / np.where(lengths > 0, lengths, 1))


def _stl_text(corners: Floats, normals: Floats) -> Iterable[str]:
    yield "solid trackside"
    for (a, b, c), (x, y, z) in zip(corners.tolist(), normals.tolist(), strict=True):
        yield f"facet normal {x:.9g} {y:.9g} {z:.9g}\n outer loop"
        for corner in (a, b, c):
            yield "  vertex " + " ".join(f"{value:.9g}" for value in corner)
        yield " endloop\nendfacet"
    yield "endsolid trackside"


def _in_space(points: Floats) -> Floats:
    if points.shape[1] > 3:
        raise InputError(f"an OBJ file is in space, the curve has {points.shape[1]} dimensions", where="export")
    return np.pad(points, ((0, 0), (0, 3 - points.shape[1])))


def _surface(shape: Nurbs) -> Surface:
    if not isinstance(shape, Surface):
        raise InputError(f"a {type(shape).__name__} has no triangles", where="export", fix="write it as JSON")
    return shape


def _listed(shapes: Any) -> list[Any]:
    found = [shapes] if isinstance(shapes, Nurbs) else list(shapes)
    if not found:
        raise InputError("no shape to write", where="export")
    return found
