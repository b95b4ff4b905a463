"""Reading and writing lenses and rigs, whatever the format."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Literal

from trackside.core import InputError, SettingError
from trackside.core.files import write_json, write_text
from trackside.geometry.camera.exchange import caliscope, kalibr, opencv, own
from trackside.geometry.camera.exchange.parsing import Floats, Plain, parsed
from trackside.geometry.camera.lens import Lens
from trackside.geometry.camera.pose import Pose
from trackside.geometry.camera.rig import Rig

if TYPE_CHECKING:
    from trackside.geometry.camera.solve import Calibration

Format = Literal["trackside", "opencv", "kalibr", "caliscope"]
# By suffix where no format is named: Kalibr's own files end in .yaml, OpenCV's in .yml.
_BY_SUFFIX: dict[str, Format] = {
    ".json": "trackside", ".yml": "opencv", ".xml": "opencv", ".yaml": "kalibr", ".toml": "caliscope"
}  # fmt: skip


def read_lens(path: str | PathLike[str], *, camera: str | None = None, size: tuple[int, int] | None = None) -> Lens:
    """The lens of a file of ours, OpenCV, Kalibr or Caliscope; which one is told by its content.

    Args:
        path: of the file.
        camera: name in a file of several; None where there is one.
        size: of the picture, for OpenCV's files that do not give it.

    Raises:
        InputError: the file cannot be used, or holds several cameras and none is named.
    """
    path = Path(path)
    found = _lenses(path, size)
    if camera is None and len(found) == 1:
        return next(iter(found.values()))
    if camera is None or camera not in found:
        what = f"several cameras: {', '.join(found)}" if camera is None else f"no camera {camera!r}, but {', '.join(found)}"
        raise InputError(what, where=str(path), fix="name one of them")
    return found[camera]


def read_covariance(path: str | PathLike[str]) -> Floats | None:
    """The covariance of the lens's vector, from a file of ours; None where the file or its format has none.

    Raises:
        InputError: the file cannot be used.
    """
    path = Path(path)
    data = parsed(path)
    return own.covariance(data, path) if data.get("format") == own.LENS else None


def read_rig(path: str | PathLike[str], *, size: tuple[int, int] | None = None) -> Rig:
    """The rig of a file of ours, OpenCV (a stereo pair), Kalibr or Caliscope.

    Args:
        path: of the file.
        size: of the pictures, for OpenCV's files that do not give it.

    Raises:
        InputError: the file cannot be used, or does not say how its cameras stand.
    """
    path = Path(path)
    data = parsed(path)
    format_ = _written_by(data, path)
    found: Rig = format_.rig(data, path, size) if format_ is opencv else format_.rig(data, path)
    return found


def write_lens(
    path: str | PathLike[str], lens: Lens | Calibration, *, name: str = "camera", format: Format | None = None
) -> None:
    """Write a lens, whole or not at all; of a calibration ours keeps the covariance and the errors.

    Args:
        path: of the file; its suffix tells the format: .json ours, .yml, .xml OpenCV, .yaml Kalibr, .toml Caliscope.
        lens: or a calibration.
        name: the camera's. Kalibr numbers its cameras and keeps it as the topic; OpenCV's file has none.
        format: instead of the suffix's.

    Raises:
        SettingError: the suffix is of none, or the format cannot hold this lens or name.
        OutputError: the file cannot be written.
    """
    path = Path(path)
    kind = _format(path, format)
    if not name.strip() or not name.isprintable():
        raise SettingError(f"{name!r} names no camera", where="name", fix="use letters and digits")
    if isinstance(lens, Lens):
        bare, data = lens, own.lens_data(lens)
    else:
        bare = lens.lens
        data = own.lens_data(bare, lens.covariance, rms=lens.rms, held_out=lens.held_out)
    if kind == "trackside":
        write_json(path, data | {"name": name})
    elif kind == "opencv":
        write_text(path, opencv.lens_text(bare, path.suffix.lower()))
    elif kind == "kalibr":
        write_text(path, kalibr.text({name: (bare, Pose.identity())}))
    else:
        write_text(path, caliscope.text({name: (bare, None)}))


def write_rig(path: str | PathLike[str], rig: Rig, *, format: Format | None = None) -> None:
    """Write a rig, whole or not at all.

    Args:
        path: of the file; its suffix tells the format, as for `write_lens`.
        rig: the cameras. OpenCV's format holds two, in the first one's frame, and Kalibr's is in the first one's frame.
        format: instead of the suffix's.

    Raises:
        SettingError: the suffix is of none, or the format cannot hold this rig.
        OutputError: the file cannot be written.
    """
    path = Path(path)
    kind = _format(path, format)
    if kind == "trackside":
        write_json(path, own.rig_data(rig))
    elif kind == "opencv":
        write_text(path, opencv.rig_text(rig.cameras, path.suffix.lower()))
    elif kind == "kalibr":
        write_text(path, kalibr.text(rig.cameras))
    else:
        write_text(path, caliscope.text(rig.cameras))


def _lenses(path: Path, size: tuple[int, int] | None) -> dict[str, Lens]:
    data = parsed(path)
    format_ = _written_by(data, path)
    found: dict[str, Lens] = format_.lenses(data, path, size) if format_ is opencv else format_.lenses(data, path)
    return found


def _format(path: Path, format: Format | None) -> Format:
    known = ("trackside", "opencv", "kalibr", "caliscope")
    if format is not None and format not in known:
        raise SettingError(f"{format!r} is no format", where="format", fix=f"use one of {', '.join(known)}")
    found = format or _BY_SUFFIX.get(path.suffix.lower())
    if found is None:
        raise SettingError(
            f"no format ends in {path.suffix!r}", where=str(path), fix="use .json, .yml, .xml, .yaml or .toml"
        )
    return found


def _written_by(data: Plain, path: Path) -> ModuleType:
    """The module that reads what a file holds."""
    recognised: tuple[tuple[Callable[[Plain], bool], ModuleType], ...] = (
        (own.is_own, own),
        (opencv.is_opencv, opencv),
        (kalibr.is_kalibr, kalibr),
        (caliscope.is_caliscope, caliscope),
    )
    for is_it, module in recognised:
        if is_it(data):
            return module
    raise InputError("no calibration in this file", where=str(path), fix="give a file of ours, OpenCV, Kalibr or Caliscope")
