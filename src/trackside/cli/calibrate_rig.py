"""`trackside calibrate --rig`: several cameras that saw the same board at the same times."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from trackside.cli.calibrate_run import calibrated, tell
from trackside.core import InputError

if TYPE_CHECKING:
    from trackside.core import Finding, Report
    from trackside.geometry.camera.boards.board import Board
    from trackside.geometry.camera.lens import Lens
    from trackside.geometry.camera.rig import Rig
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
    coefficients: int,
    distance: float,
    out: Path,
    most: int,
    every: float,
    as_json: bool,
) -> None:
    """Calibrate each camera, then where they stand; a folder for each camera, and the rig's files beside them."""
    from trackside.core import Report
    from trackside.geometry.camera.exchange import write_rig
    from trackside.geometry.camera.report import calibration_report, save_calibration
    from trackside.geometry.camera.report.folder import holds, staged_into
    from trackside.geometry.camera.rig import calibrate_rig

    names = _names(sources)
    lenses: dict[str, Lens] = {}
    views: dict[str, list[Sighting]] = {}
    findings = []
    with staged_into(out) as staging:
        for name, source in zip(names, sources, strict=True):
            calibration, collector, reasons = calibrated(
                board, [source], model, coefficients, most, every, numbered=source.is_dir()
            )
            report = calibration_report(
                calibration, name=name, distance=distance, shots=collector.shots, reasons=reasons, seen=collector.seen
            )
            save_calibration(staging / name, calibration, report, collector.shots)
            lenses[name], views[name] = calibration.lens, collector.sightings
            findings.append(report)
        tolerance = _SAME_NUMBER if all(source.is_dir() for source in sources) else _SAME_MOMENT
        rig = calibrate_rig(board, lenses, views, tolerance=tolerance)
        written = [file for file in RIG_FILES if holds(partial(write_rig, staging / file, rig))]
        whole = Report(f"{len(names)} cameras", (_standing(rig), *map(_headline, findings)))
        whole.save(staging / "report.html")
        whole.save(staging / "report.json")
    tell(whole, [out / file for file in ("report.html", *written, "report.json")], as_json)


def _names(sources: list[Path]) -> list[str]:
    names = [source.resolve().stem for source in sources]
    if len(names) < 2 or len(set(names)) < len(names):
        fix = "give a video or a folder of images for each camera, each with another name"
        raise InputError("a rig needs two cameras or more, with different names", where="--rig", fix=fix)
    return names


def _headline(report: Report) -> Finding:
    """What a camera's own report says first, for the rig's."""
    from dataclasses import replace

    first = next(finding for finding in report.findings if finding.check == "expected-error")
    return replace(first, check=report.title.split(":")[0], verdict=report.verdict)


def _standing(rig: Rig) -> Finding:
    """Where the cameras stand, and whether it can be trusted."""
    from trackside.core import Cause, Number, Threshold, Verdict
    from trackside.geometry.camera.report.judging import finding

    first, *others = rig.cameras
    apart = "; ".join(f"{other} {rig.distance(first, other):.3f} m" for other in others)
    return finding(
        "rig",
        "Where do the cameras stand?",
        f"from {first}: {apart}; {rig.rms:.2f} px are left over in {rig.moments} moments",
        (
            Number("left over", rig.rms, "px"),
            Number("moments", rig.moments),
            Number("size of the board", 100 * rig.scale, "%"),
        ),
        (
            Threshold("moments", at_least=10, otherwise=Verdict.WARN, reason="few moments make a shaky rig"),
            Threshold(
                "size of the board",
                at_least=98,
                at_most=102,
                otherwise=Verdict.WARN,
                reason="the board as triangulated should have its own size",
            ),
        ),
        causes=(Cause("the cameras' clocks differ"), Cause("a lens is off")),
        next_step="start the cameras together, and show the board to several of them at once, held still",
    )
