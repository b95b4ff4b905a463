"""The folder that a calibration leaves: lens files for us and for others, the report, the pictures; all of it or nothing."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from trackside.core import OutputError, Report, SettingError
from trackside.core.files import cannot_write
from trackside.geometry.camera.collecting import Shot
from trackside.geometry.camera.report.page import key_of
from trackside.geometry.camera.report.pictures import drawn, encoded

if TYPE_CHECKING:
    from trackside.geometry.camera.solve import Calibration

# The same lens for each of those who read it: Trackside, OpenCV, Kalibr, Caliscope.
LENS_FILES = ("lens.json", "opencv.yml", "kalibr.yaml", "caliscope.toml")


def save_calibration(
    folder: Path, calibration: Calibration, report: Report, shots: Sequence[Shot] = (), *, name: str = "camera"
) -> list[Path]:
    """Write lens files, `report.html`, `report.json` and `pictures/` into a folder; what else is there stays.

    Args:
        folder: made if it is not there.
        calibration: that is written.
        report: on it.
        shots: small pictures of its sightings.
        name: the camera's.

    Returns:
        The files, without the pictures.

    Raises:
        OutputError: no space, no permission, a file in the way.
    """
    from trackside.geometry.camera.exchange import write_lens

    with staged_into(folder) as staging:
        written = [file for file in LENS_FILES if holds(partial(write_lens, staging / file, calibration, name=name))]
        report.save(staging / "report.html")
        report.save(staging / "report.json")
        _save_pictures(staging / "pictures", calibration, shots)
    return [folder / file for file in ("report.html", *written, "report.json")]


def holds(write: Callable[[], None]) -> bool:
    """Write a file, unless its format cannot hold this lens or rig: Kalibr's, for one, has no fifth coefficient."""
    try:
        write()
    except SettingError:
        return False
    return True


@contextlib.contextmanager
def staged_into(folder: Path) -> Iterator[Path]:
    """A folder to write into, whose files and folders move into `folder` if the block ends well, and go if not.

    Raises:
        OutputError: it cannot be made, or something is in the way.
    """
    if folder.exists() and not folder.is_dir():
        raise OutputError("this is a file", where=str(folder), fix="give a folder to write into")
    staging = folder.with_name(f".{folder.name}.partial-{os.getpid()}")
    try:
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(parents=True)
        yield staging
        folder.mkdir(parents=True, exist_ok=True)
        for path in staging.iterdir():
            if path.is_dir():
                shutil.rmtree(folder / path.name, ignore_errors=True)
            path.replace(folder / path.name)
    except OSError as error:
        raise cannot_write(folder, error) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _save_pictures(folder: Path, calibration: Calibration, shots: Sequence[Shot]) -> None:
    by_key = {key_of(shot.sighting): shot for shot in shots}
    folder.mkdir()
    for number, (sighting, residual) in enumerate(zip(calibration.sightings, calibration.residuals, strict=True), 1):
        shot = by_key.get(key_of(sighting))
        if shot is not None:
            (folder / f"{number:03}.jpg").write_bytes(encoded(drawn(shot, residual), ".jpg"))
