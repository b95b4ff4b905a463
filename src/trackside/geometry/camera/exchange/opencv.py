"""OpenCV's files: what `cv2.FileStorage` writes and reads as YAML, XML or JSON, without handing strangers' files to it.

Keys are those of OpenCV's calibration samples: `image_width`, `image_height`, `camera_matrix`, `distortion_coefficients`;
for two cameras `M1`, `D1`, `M2`, `D2` with `R`, `T`, the motion from the first camera's frame to the second's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from trackside.core import InputError, SettingError
from trackside.geometry.camera.exchange.parsing import Floats, Plain, lens_of, numbers, picture_size, pose_of, some_numbers
from trackside.geometry.camera.lens import Lens
from trackside.geometry.camera.pose import Pose
from trackside.geometry.camera.rig import Rig

# Names under which people and tools write the same thing, most usual first.
_MATRIX = ("camera_matrix", "Camera_Matrix", "cameraMatrix", "CameraMatrix", "K", "mtx")
_DISTORTION = ("distortion_coefficients", "Distortion_Coefficients", "dist_coeffs", "distCoeffs", "D", "dist")


def is_opencv(data: Plain) -> bool:
    """Whether it looks like one of OpenCV's."""
    return any(key in data for key in (*_MATRIX, "M1"))


def lenses(data: Plain, path: Path, size: tuple[int, int] | None) -> dict[str, Lens]:
    """All lenses in a file: `camera`, or `1` and `2` of a stereo pair.

    Raises:
        InputError: something is missing or no number; also the picture's size, if neither the file nor `size` gives it.
    """
    size = _size(data, path) or size
    if size is None:
        raise InputError("the file does not give the size of the picture", where=str(path), fix="give size=(width, height)")
    if "M1" in data:
        return {name: _lens(data, f"M{name}", f"D{name}", size, path) for name in ("1", "2") if f"M{name}" in data}
    matrix = next(key for key in _MATRIX if key in data)
    distortion = next((key for key in _DISTORTION if key in data), "")
    return {"camera": _lens(data, matrix, distortion, size, path)}


def rig(data: Plain, path: Path, size: tuple[int, int] | None) -> Rig:
    """A stereo pair.

    Raises:
        InputError: it is none, or something is missing.
    """
    found = lenses(data, path, size)
    if len(found) < 2 or "R" not in data or "T" not in data:
        raise InputError("the file does not say how two cameras stand", where=str(path), fix="give one with M1, M2, R and T")
    pose = pose_of(
        numbers(data["R"], (3, 3), "R", path).tolist(), numbers(data["T"], (3,), "T", path).tolist(), "the pair", path
    )
    return Rig({"1": (found["1"], Pose.identity()), "2": (found["2"], pose)})


def lens_text(lens: Lens, suffix: str) -> str:
    """A lens as YAML, XML or JSON.

    Raises:
        SettingError: another suffix.
    """
    data: Plain = {"image_width": lens.size[0], "image_height": lens.size[1], "camera_matrix": lens.matrix}
    data["distortion_coefficients"] = lens.distortion[:, None]
    if lens.model == "fisheye":
        data["fisheye_model"] = 1
    return _text(data, suffix)


def rig_text(cameras: Mapping[str, tuple[Lens, Pose]], suffix: str) -> str:
    """A stereo pair as YAML, XML or JSON.

    Raises:
        SettingError: not two cameras of one size and model, or another suffix.
    """
    pairs = list(cameras.values())
    if len(pairs) != 2 or pairs[0][0].size != pairs[1][0].size or pairs[0][0].model != pairs[1][0].model:
        raise SettingError(
            "OpenCV's file holds two cameras of one size and model",
            where="rig",
            fix="write ours (.json) or Caliscope's (.toml)",
        )
    data: Plain = {"image_width": pairs[0][0].size[0], "image_height": pairs[0][0].size[1]}
    for name, (lens, _) in zip(("1", "2"), pairs, strict=True):
        data |= {f"M{name}": lens.matrix, f"D{name}": lens.distortion[:, None]}
    between = pairs[1][1] @ pairs[0][1].inverse()
    if pairs[0][0].model == "fisheye":
        data["fisheye_model"] = 1
    return _text(data | {"R": between.rotation, "T": between.translation[:, None]}, suffix)


def _size(data: Plain, path: Path) -> tuple[int, int] | None:
    if "image_width" in data and "image_height" in data:
        return picture_size([data["image_width"], data["image_height"]], path)
    for key in ("image_size", "imageSize", "size"):
        if isinstance(data.get(key), list):
            return picture_size(data[key], path)
    return None


def _lens(data: Plain, matrix: str, distortion: str, size: tuple[int, int], path: Path) -> Lens:
    model = "fisheye" if str(data.get("fisheye_model", "0")).strip() in ("1", "1.0", "True") else "brown"
    k = some_numbers(data[distortion], (4, 5, 8, 12, 14), distortion, path) if distortion in data else np.zeros(4)
    if len(k) > 8 and k[8:].any():
        raise InputError("thin prism or tilted sensor coefficients are not known here", where=str(path))
    return lens_of(list(size), numbers(data[matrix], (3, 3), matrix, path), k[:8], model, matrix, path)


def _text(data: Plain, suffix: str) -> str:
    if suffix == ".json":
        return json.dumps({key: _json(value) for key, value in data.items()}, indent=4) + "\n"
    if suffix == ".xml":
        return '<?xml version="1.0"?>\n<opencv_storage>\n' + "".join(map(_xml, data, data.values())) + "</opencv_storage>\n"
    if suffix in (".yml", ".yaml"):
        return "%YAML:1.0\n---\n" + "".join(map(_yaml, data, data.values()))
    raise SettingError(f"OpenCV has no files that end in {suffix!r}", where="path", fix="use .yml, .xml or .json")


def _number(value: float) -> str:
    """All digits of a float, in a form that YAML takes for one."""
    text = repr(float(value))
    return text if "." in text or "n" in text else text.replace("e", ".0e")


def _listed(matrix: Floats) -> str:
    return ", ".join(map(_number, matrix.ravel()))


def _yaml(key: str, value: Any) -> str:
    if isinstance(value, int):
        return f"{key}: {value}\n"
    rows, columns = value.shape
    return f"{key}: !!opencv-matrix\n   rows: {rows}\n   cols: {columns}\n   dt: d\n   data: [ {_listed(value)} ]\n"


def _xml(key: str, value: Any) -> str:
    if isinstance(value, int):
        return f"<{key}>{value}</{key}>\n"
    data = _listed(value).replace(",", "")
    rows, columns = value.shape
    return (
        f'<{key} type_id="opencv-matrix">\n  <rows>{rows}</rows>\n  <cols>{columns}</cols>\n  <dt>d</dt>\n'
        f"  <data>\n    {data}</data></{key}>\n"
    )


def _json(value: Any) -> Any:
    if isinstance(value, int):
        return value
    return {
        "type_id": "opencv-matrix", "rows": value.shape[0], "cols": value.shape[1], "dt": "d", "data": value.ravel().tolist()
    }  # fmt: skip
