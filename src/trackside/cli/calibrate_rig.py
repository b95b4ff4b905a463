"""`trackside calibrate --rig`: several cameras that saw the same board at the same times."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from trackside.cli.calibrate_run import Coefficients, calibrated, name_of, tell
from trackside.core import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackside.core import Report
    from trackside.geometry.camera.boards.board import Board
    from trackside.geometry.camera.lens import Lens
    from trackside.geometry.camera.sighting import Sighting

# The rig for each of those who read it; OpenCV's form holds two cameras only.
RIG_FILES = ("rig.json", "kalibr.yaml", "caliscope.toml")
# Images of the same number were taken together.
_SAME_NUMBER = 0.25
# Frames of videos so close in time, seconds, were taken together: a board at 0.5 m/s moves 1 cm.
_SAME_MOMENT = 0.02


def run_rig(
    board: Board,
    sources: list[Path],
    model: str,
    coefficients: Coefficients,
    distance: float,
    out: Path,
    most: int,
    every: float,
    timestamps: Path | None,
    as_json: bool,
) -> None:
    """Calibrate each camera, then where they stand; a folder for each camera, and the rig's files beside them."""
    from trackside.geometry.camera.exchange import write_rig
    from trackside.geometry.camera.report import calibration_report, rig_report, save_calibration
    from trackside.geometry.camera.report.folder import holds, staged_into
    from trackside.geometry.camera.rig import calibrate_rig

    names = _names(sources)
    clock = None if timestamps is None else _Clock(timestamps, names, sources, every)
    lenses: dict[str, Lens] = {}
    views: dict[str, list[Sighting]] = {}
    reports: dict[str, Report] = {}
    with staged_into(out) as staging:
        for name, source in zip(names, sources, strict=True):
            frames = None if clock is None else clock.frames(name)
            calibration, collector, reasons = calibrated(
                board, [source], model, coefficients, most, every, numbered=source.is_dir(), frames=frames
            )
            reports[name] = calibration_report(
                calibration, name=name, distance=distance, shots=collector.shots, reasons=reasons, seen=collector.seen
            )
            save_calibration(staging / name, calibration, reports[name], collector.shots, name=name)
            lenses[name] = calibration.lens
            views[name] = collector.sightings if clock is None else clock.matched(name, collector.sightings)
        numbered = clock is not None or all(source.is_dir() for source in sources)
        rig = calibrate_rig(board, lenses, views, tolerance=_SAME_NUMBER if numbered else _SAME_MOMENT)
        written = [file for file in RIG_FILES if holds(partial(write_rig, staging / file, rig))]
        whole = rig_report(rig, reports)
        whole.save(staging / "report.html")
        whole.save(staging / "report.json")
    tell(whole, [out / file for file in ("report.html", *written, "report.json")], as_json)


def _names(sources: list[Path]) -> list[str]:
    names = [name_of(source.resolve().stem) for source in sources]
    if len(names) < 2 or len(set(names)) < len(names):
        fix = "give a video or a folder of images for each camera, each with another name"
        raise InputError("a rig needs two cameras or more, with different names", where="--rig", fix=fix)
    return names


class _Clock:
    """Which frames of the videos to look at, and which of them were taken together, by a `timestamps.csv`."""

    def __init__(self, path: Path, names: list[str], sources: list[Path], every: float) -> None:
        from trackside.geometry.camera.exchange.timestamps import camera_of, looked_at, read_timestamps

        folder = next((source for source in sources if source.is_dir()), None)
        if folder is not None:
            fix = "give videos, or leave the timestamps out: images of the same number belong together"
            raise InputError("a folder of images has no frame times", where=str(folder), fix=fix)
        known = read_timestamps(path)
        self._cameras = {name: camera_of(name, known, path) for name in names}
        self._wanted = set(looked_at(every, list(self._cameras.values())).tolist())

    def frames(self, name: str) -> dict[int, float]:
        """Frame number to time of the frames of a camera that are looked at."""
        own = self._cameras[name]
        pairs = enumerate(zip(own.moments.tolist(), own.times.tolist(), strict=True))
        return {number: time for number, (moment, time) in pairs if moment in self._wanted}

    def matched(self, name: str, sightings: Sequence[Sighting]) -> list[Sighting]:
        """Sightings with the number of their moment in place of the time."""
        from dataclasses import replace

        own = self._cameras[name]
        moments = dict(zip(own.times.tolist(), own.moments.tolist(), strict=True))
        return [replace(sighting, time=float(moments[sighting.time])) for sighting in sightings]
