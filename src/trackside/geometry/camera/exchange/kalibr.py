"""Kalibr's camera chains: `cam0`, `cam1`, ... with `T_cn_cnm1`, the motion from the camera before to each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from trackside.core import InputError, SettingError
from trackside.geometry.camera.exchange.parsing import Plain, lens_of, numbers, pose_of, some_numbers
from trackside.geometry.camera.lens import Lens, Model
from trackside.geometry.camera.pose import Pose
from trackside.geometry.camera.rig import Rig

_MODELS: dict[str, Model] = {"radtan": "brown", "none": "brown", "equidistant": "fisheye", "equi": "fisheye"}


def is_kalibr(data: Plain) -> bool:
    """Whether it looks like a camera chain."""
    return any(key.startswith("cam") and isinstance(value, dict) and "intrinsics" in value for key, value in data.items())


def lenses(data: Plain, path: Path) -> dict[str, Lens]:
    """All lenses of a chain, in its order.

    Raises:
        InputError: something is missing or no number, or the camera model is another.
    """
    return {name: _lens(data[name], name, path) for name in _names(data)}


def rig(data: Plain, path: Path) -> Rig:
    """The cameras of a chain; the first is the rig's frame.

    Raises:
        InputError: something is missing or no number.
    """
    found: dict[str, tuple[Lens, Pose]] = {}
    pose = Pose.identity()
    for name in _names(data):
        if found:
            if "T_cn_cnm1" not in data[name]:
                raise InputError(f"{name} has no T_cn_cnm1: how it stands to the camera before", where=str(path))
            motion = numbers(data[name]["T_cn_cnm1"], (4, 4), f"{name}.T_cn_cnm1", path)
            pose = pose_of(motion[:3, :3].tolist(), motion[:3, 3].tolist(), name, path) @ pose
        found[name] = _lens(data[name], name, path), pose
    return Rig(found)


def text(cameras: Mapping[str, tuple[Lens, Pose]]) -> str:
    """A chain; cameras become `cam0`, `cam1`, ..., and their names are kept as topics.

    Raises:
        SettingError: Kalibr's radtan model has no third radial coefficient.
    """
    import yaml

    chain: Plain = {}
    before = Pose.identity()
    for row, (name, (lens, pose)) in enumerate(cameras.items()):
        chain[f"cam{row}"] = _entry(name, lens, pose @ before.inverse() if row else None)
        before = pose
    return str(yaml.safe_dump(chain, sort_keys=False, default_flow_style=None, width=100_000))


def _entry(name: str, lens: Lens, motion: Pose | None) -> Plain:
    if len(lens.distortion) > 4 and lens.distortion[4:].any():
        raise SettingError(
            f"Kalibr's radtan model has 4 coefficients, the lens has {len(lens.distortion)}", where=name,
            fix="calibrate with coefficients=4, or write another format",
        )  # fmt: skip
    entry: Plain = {}
    if motion is not None:
        whole = np.eye(4)
        whole[:3, :3], whole[:3, 3] = motion.rotation, motion.translation
        entry["T_cn_cnm1"] = whole.tolist()
    return entry | {
        "camera_model": "pinhole",
        "distortion_coeffs": lens.distortion[:4].tolist(),
        "distortion_model": "radtan" if lens.model == "brown" else "equidistant",
        "intrinsics": [*lens.focal, *lens.centre],
        "resolution": list(lens.size),
        "rostopic": f"/{name}/image_raw",
    }


def _names(data: Plain) -> list[str]:
    names = [key for key, value in data.items() if key.startswith("cam") and isinstance(value, dict)]
    return sorted(names, key=lambda name: (len(name), name))


def _lens(entry: Mapping[str, Any], name: str, path: Path) -> Lens:
    missing = [key for key in ("intrinsics", "resolution") if key not in entry]
    if missing:
        raise InputError(f"{name} has no {' and no '.join(missing)}", where=str(path))
    kind, distortion = entry.get("camera_model", "pinhole"), entry.get("distortion_model", "none")
    if kind != "pinhole" or distortion not in _MODELS:
        raise InputError(
            f"{name} is of model {kind}-{distortion}", where=str(path), fix="give pinhole-radtan or pinhole-equi"
        )
    k = np.zeros(4)
    if distortion != "none":
        k = some_numbers(entry.get("distortion_coeffs"), (4,), f"{name}.distortion_coeffs", path)
    fx, fy, cx, cy = numbers(entry["intrinsics"], (4,), f"{name}.intrinsics", path)
    return lens_of(entry["resolution"], np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1]]), k, _MODELS[distortion], name, path)
