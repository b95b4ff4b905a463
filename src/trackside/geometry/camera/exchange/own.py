"""Our own JSON: lenses and rigs with how well they are known."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from trackside.core import InputError
from trackside.geometry.camera.exchange.parsing import Floats, Plain, lens_of, numbers, pose_of, some_numbers
from trackside.geometry.camera.lens import Lens
from trackside.geometry.camera.rig import Rig

LENS, RIG = "trackside-lens", "trackside-rig"
_VERSION = 1


def is_own(data: Plain) -> bool:
    """Whether it is one of ours."""
    return data.get("format") in (LENS, RIG)


def lens_data(lens: Lens, covariance: Floats | None = None, **quality: float) -> Plain:
    """A lens as plain data; numbers of quality that are not finite are left out."""
    data: Plain = {"format": LENS, "version": _VERSION} | _lens_fields(lens)
    if covariance is not None:
        data["covariance"] = np.asarray(covariance).tolist()
    return data | {name: float(value) for name, value in quality.items() if np.isfinite(value)}


def rig_data(rig: Rig) -> Plain:
    """A rig as plain data."""
    cameras = {}
    for name, (lens, pose) in rig.cameras.items():
        cameras[name] = _lens_fields(lens) | {"rotation": pose.rotation.tolist(), "translation": pose.translation.tolist()}
        if name in rig.covariances:
            cameras[name]["position_covariance"] = rig.covariances[name].tolist()
        if np.isfinite(rig.camera_rms.get(name, np.nan)):
            cameras[name]["rms"] = rig.camera_rms[name]
        if name in rig.camera_thrown_out:
            cameras[name]["thrown_out"] = rig.camera_thrown_out[name]
    data: Plain = {
        "format": RIG,
        "version": _VERSION,
        "cameras": cameras,
        "moments": rig.moments,
        "thrown_out": rig.thrown_out,
    }
    return data | {name: value for name, value in (("rms", rig.rms), ("scale", rig.scale)) if np.isfinite(value)}


def lenses(data: Plain, path: Path) -> dict[str, Lens]:
    """All lenses of a file: one by its name (`camera` if it has none), or those of a rig.

    Raises:
        InputError: something is missing or no number.
    """
    if data["format"] == LENS:
        name = data.get("name", "camera")
        if not isinstance(name, str):
            raise InputError("'name' is no text", where=str(path))
        return {name: _lens(data, "lens", path)}
    return {name: _lens(entry, name, path) for name, entry in _cameras(data, path).items()}


def covariance(data: Plain, path: Path) -> Floats | None:
    """Of the lens's vector; None where the file has none.

    Raises:
        InputError: it does not fit the lens, or is not symmetric.
    """
    if data.get("covariance") is None:
        return None
    length = len(_lens(data, "lens", path).vector)
    found = numbers(data["covariance"], (length, length), "covariance", path)
    if not np.allclose(found, found.T, rtol=1e-6, atol=0) or (np.diag(found) < 0).any():
        raise InputError("'covariance' is not one", where=str(path))
    return found


def rig(data: Plain, path: Path) -> Rig:
    """The rig of a file.

    Raises:
        InputError: the file holds a lens, or something is missing or no number.
    """
    if data["format"] != RIG:
        raise InputError("this is a lens, not a rig", where=str(path), fix="give a rig of several cameras")
    cameras, rms, spreads, lost = {}, {}, {}, {}
    for name, entry in _cameras(data, path).items():
        cameras[name] = _lens(entry, name, path), pose_of(entry.get("rotation"), entry.get("translation"), name, path)
        if "position_covariance" in entry:
            spreads[name] = numbers(entry["position_covariance"], (3, 3), f"{name}.position_covariance", path)
        if "rms" in entry:
            rms[name] = float(numbers(entry["rms"], (1,), f"{name}.rms", path)[0])
        if "thrown_out" in entry:
            lost[name] = float(numbers(entry["thrown_out"], (1,), f"{name}.thrown_out", path)[0])
    whole = {key: float(numbers(data[key], (1,), key, path)[0]) if key in data else float("nan") for key in ("rms", "scale")}
    counts = {key: int(numbers(data.get(key, 0), (1,), key, path)[0]) for key in ("moments", "thrown_out")}
    return Rig(cameras, whole["rms"], rms, spreads, whole["scale"], counts["moments"], counts["thrown_out"], lost)


def _cameras(data: Plain, path: Path) -> Mapping[str, Mapping[str, Any]]:
    cameras = data.get("cameras")
    if not isinstance(cameras, dict) or not cameras or not all(isinstance(entry, dict) for entry in cameras.values()):
        raise InputError("the rig has no cameras", where=str(path))
    return cameras


def _lens_fields(lens: Lens) -> Plain:
    return {
        "model": lens.model, "size": list(lens.size), "focal": list(lens.focal), "centre": list(lens.centre),
        "distortion": lens.distortion.tolist(),
    }  # fmt: skip


def _lens(entry: Mapping[str, Any], name: str, path: Path) -> Lens:
    missing = [key for key in ("model", "size", "focal", "centre", "distortion") if key not in entry]
    if missing:
        raise InputError(f"{name} has no {' and no '.join(missing)}", where=str(path))
    fx, fy = numbers(entry["focal"], (2,), f"{name}.focal", path)
    cx, cy = numbers(entry["centre"], (2,), f"{name}.centre", path)
    k = some_numbers(entry["distortion"], (4, 5, 8), f"{name}.distortion", path)
    return lens_of(entry["size"], np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1]]), k, entry["model"], name, path)
