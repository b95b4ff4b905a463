"""Caliscope's `camera_array.toml`: one table a camera, rotation and translation from the world to the camera."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trackside.core import InputError
from trackside.geometry.camera.exchange.parsing import Plain, lens_of, numbers, pose_of, some_numbers
from trackside.geometry.camera.lens import Lens
from trackside.geometry.camera.pose import Pose
from trackside.geometry.camera.rig import Rig


def is_caliscope(data: Plain) -> bool:
    """Whether it looks like a camera array."""
    return any("matrix" in table for table in _tables(data).values())


def lenses(data: Plain, path: Path) -> dict[str, Lens]:
    """All lenses of an array.

    Raises:
        InputError: something is missing or no number.
    """
    return {name: _lens(table, name, path) for name, table in _tables(data).items()}


def rig(data: Plain, path: Path) -> Rig:
    """The cameras of an array that stand somewhere; the rig's frame is the array's world.

    Raises:
        InputError: none has a pose, something is missing or no number.
    """
    found = {}
    for name, table in _tables(data).items():
        if "rotation" in table and "translation" in table:
            found[name] = _lens(table, name, path), pose_of(table["rotation"], table["translation"], f"camera {name}", path)
    if not found:
        raise InputError("no camera has a rotation and a translation", where=str(path), fix="give a solved camera array")
    return Rig(found)


def text(cameras: Mapping[str, tuple[Lens, Pose | None]]) -> str:
    """An array. Caliscope counts its cameras: names that are no numbers are kept beside."""
    tables = []
    for row, (name, (lens, pose)) in enumerate(cameras.items()):
        number = int(name) if name.isdecimal() else row
        lines = [f"[cameras.{number}]", f"cam_id = {number}", f"name = {json.dumps(name)}", f"size = {list(lens.size)}"]
        lines += ["rotation_count = 0", f"fisheye = {'true' if lens.model == 'fisheye' else 'false'}"]
        lines += [f"matrix = {lens.matrix.tolist()}", f"distortions = {lens.distortion.tolist()}"]
        if pose is not None:
            lines += [f"translation = {pose.translation.tolist()}", f"rotation = {pose.rotation.tolist()}"]
        tables.append("\n".join(lines) + "\n")
    return "\n".join(tables)


def _tables(data: Plain) -> dict[str, Mapping[str, Any]]:
    """Of both styles: `[cameras.0]` and `[cam_0]`."""
    whole = data.get("cameras")
    tables = whole if isinstance(whole, dict) else {key: value for key, value in data.items() if key.startswith("cam_")}
    named = {key: table for key, table in tables.items() if isinstance(table, dict) and not table.get("ignore", False)}
    return {str(table.get("name", key)): table for key, table in named.items()}


def _lens(table: Mapping[str, Any], name: str, path: Path) -> Lens:
    missing = [key for key in ("size", "matrix", "distortions") if key not in table]
    if missing:
        raise InputError(f"camera {name} has no {' and no '.join(missing)}", where=str(path), fix="calibrate it first")
    k = some_numbers(table["distortions"], (4, 5, 8), f"{name}.distortions", path)
    matrix = numbers(table["matrix"], (3, 3), f"{name}.matrix", path)
    model = "fisheye" if table.get("fisheye") is True else "brown"
    return lens_of(table["size"], matrix, k, model, f"camera {name}", path)
