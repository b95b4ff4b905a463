"""`trackside calibrate SOURCE...`: the lens of a camera from videos or pictures of a board."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from trackside.core import InputError, SettingError

if TYPE_CHECKING:
    from trackside.core import Report
    from trackside.geometry.camera.boards.board import Board
    from trackside.geometry.camera.collecting import Collector
    from trackside.geometry.camera.solve import Calibration

MODELS = ("brown", "fisheye")
BOARD_HELP = "The board: circles:4x11:..., chessboard:6x9:... or charuco:5x7:...; docs/calibration.md has the grammar."


def run(
    sources: Annotated[list[Path], typer.Argument(metavar="SOURCE...", help="Videos, images or folders of images.")],
    spec: Annotated[str, typer.Option("--board", "-b", metavar="SPEC", help=BOARD_HELP)],
    model: Annotated[str, typer.Option(help="Of the lens: brown, or fisheye for over 120 degrees.")] = "brown",
    coefficients: Annotated[int, typer.Option(help="Of the distortion; Kalibr's file takes 4. Fisheye lenses have 4.")] = 5,
    distance: Annotated[float, typer.Option(help="Metres from the camera to what it will measure.")] = 25.0,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The folder to write; calibration-NAME if not given.")
    ] = None,
    name: Annotated[str, typer.Option(help="The camera's name; the first source's if not given.")] = "",
    most: Annotated[int, typer.Option(help="Views to calibrate with at most.")] = 40,
    every: Annotated[float, typer.Option(help="Seconds between two looks at a video.")] = 0.1,
    rig: Annotated[bool, typer.Option("--rig", help="Each SOURCE is another camera, filming at the same time.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Calibrate a camera from videos or pictures in which somebody waves a board.

    Writes the lens for Trackside, OpenCV, Kalibr and Caliscope, a report with pictures, and says how far off a point at
    the working distance will be.
    """
    from trackside.geometry.camera.boards import board_of

    check_settings(model, distance)
    board = board_of(spec)
    if rig:
        from trackside.cli.calibrate_rig import run_rig

        run_rig(board, sources, model, coefficients, distance, out or Path("calibration-rig"), most, every, as_json)
        return
    called = name or sources[0].resolve().stem
    folder = out or Path(f"calibration-{called}")
    calibration, collector, reasons = calibrated(board, sources, model, coefficients, most, every)
    finish(folder, called, distance, calibration, collector, reasons, as_json)


def check_settings(model: str, distance: float) -> None:
    """Refuse what is no model or no distance, before any picture is looked at."""
    if model not in MODELS:
        raise SettingError(f"no lens model {model!r}", where="--model", fix=f"use {' or '.join(MODELS)}")
    if not 0 < distance < float("inf"):
        raise SettingError(f"{distance:g} is no distance", where="--distance", fix="give metres, such as 25")


def calibrated(
    board: Board, sources: list[Path], model: str, coefficients: int, most: int, every: float, *, numbered: bool = False
) -> tuple[Calibration, Collector, Counter[str]]:
    """Look at the sources, choose the best views and calibrate.

    Raises:
        InputError: a source cannot be used, the board was never found, or what a calibration is missing.
    """
    from trackside.cli.calibrate_sources import collect
    from trackside.geometry.camera.collecting import Collector
    from trackside.geometry.camera.solve import calibrate

    collector = Collector(board)
    for trouble in collect(collector, sources, every, numbered=numbered):
        typer.secho(f"note: {trouble}", fg="yellow", err=True)
    where = ", ".join(path.name for path in sources[:3])
    if not collector.shots:
        why = f"; most often: {collector.commonest_reason}" if collector.commonest_reason else ""
        fix = "check --board against the printed board, and that the whole board can be seen"
        raise InputError(f"the board was found in none of {collector.seen} pictures{why}", where=where, fix=fix)
    selection = collector.chosen(most)
    reasons = collector.reasons + Counter(refusal.reason for refusal in selection.refused)
    typer.echo(
        f"board found in {len(collector.shots)} of {collector.seen} pictures; {len(selection.chosen)} chosen", err=True
    )
    lens = cast("Literal['brown', 'fisheye']", model)
    views = [collector.sightings[row] for row in selection.chosen]
    return calibrate(board, views, model=lens, coefficients=coefficients), collector, reasons


def finish(
    folder: Path,
    name: str,
    distance: float,
    calibration: Calibration,
    collector: Collector,
    reasons: Counter[str],
    as_json: bool,
) -> None:
    """Write the folder and say what came out."""
    from trackside.geometry.camera.report import calibration_report, save_calibration

    report = calibration_report(
        calibration,
        name=name,
        distance=distance,
        shots=collector.shots,
        reasons=reasons,
        seen=collector.seen,
    )
    files = save_calibration(folder, calibration, report, collector.shots)
    tell(report, files, as_json)


def tell(report: Report, files: list[Path], as_json: bool) -> None:
    """Print the report: findings for people, or JSON without the plots for programs."""
    if as_json:
        data: Any = json.loads(report.to_json())
        for finding in data["findings"]:
            finding.pop("plots")
        typer.echo(json.dumps({**data, "files": [str(path) for path in files]}, indent=2))
        return
    report.show()
    typer.echo(f"\nreport: {files[0]}\nlens:   {files[1]} (and {', '.join(path.name for path in files[2:-1])})")
