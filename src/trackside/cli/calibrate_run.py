"""`trackside calibrate SOURCE...`: the lens of a camera from videos or pictures of a board."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from trackside.core import InputError, OutputError, SettingError

if TYPE_CHECKING:
    from trackside.core import Report
    from trackside.geometry.camera.boards.board import Board
    from trackside.geometry.camera.collecting import Collector
    from trackside.geometry.camera.solve import Calibration

MODELS = ("brown", "fisheye")
# Three poses of a plane fix a camera (Zhang 2000); `demands.LEAST_VIEWS`, without importing it for `--help`.
LEAST_VIEWS = 3
Coefficients = int | Literal["auto"]
BOARD_HELP = "The board: circles:4x11:..., chessboard:6x9:... or charuco:5x7:...; docs/calibration.md has the grammar."


def run(
    sources: Annotated[list[Path], typer.Argument(metavar="SOURCE...", help="Videos, images or folders of images.")],
    spec: Annotated[str, typer.Option("--board", "-b", metavar="SPEC", help=BOARD_HELP)],
    model: Annotated[str, typer.Option(help="Of the lens: brown, or fisheye for over 120 degrees.")] = "brown",
    coefficients: Annotated[
        str, typer.Option(help="Of the distortion, or auto. Kalibr's file takes 4; fisheye lenses have 4.")
    ] = "5",
    distance: Annotated[float, typer.Option(help="Metres from the camera to what it will measure.")] = 25.0,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The folder to write; calibration-NAME if not given.")
    ] = None,
    name: Annotated[str, typer.Option(help="The camera's name; the first source's if not given.")] = "",
    most: Annotated[int, typer.Option(help="Views to calibrate with at most.")] = 40,
    every: Annotated[float, typer.Option(help="Seconds between two looks at a video.")] = 0.1,
    rig: Annotated[bool, typer.Option("--rig", help="Each SOURCE is another camera, filming at the same time.")] = False,
    timestamps: Annotated[
        Path | None, typer.Option(help="For --rig: Caliscope's timestamps.csv, which tells frames taken together.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Calibrate a camera from videos or pictures in which somebody waves a board.

    Writes the lens for Trackside, OpenCV, Kalibr and Caliscope, a report with pictures, and says how far off a point at
    the working distance will be.
    """
    from trackside.geometry.camera.boards import board_of

    check_settings(model, distance, most)
    count = coefficients_of(coefficients, model)
    board = board_of(spec)
    if rig:
        from trackside.cli.calibrate_rig import run_rig

        folder = out or Path("calibration-rig")
        check_folder(folder)
        run_rig(board, sources, model, count, distance, folder, most, every, timestamps, as_json)
        return
    if timestamps is not None:
        raise SettingError(
            "timestamps tell the cameras of a rig apart", where="--timestamps", fix="add --rig, or leave it out"
        )
    called = name_of(name or sources[0].resolve().stem)
    folder = out or Path(f"calibration-{called}")
    check_folder(folder)
    calibration, collector, reasons = calibrated(board, sources, model, count, most, every)
    finish(folder, called, distance, calibration, collector, reasons, as_json)


def check_settings(model: str, distance: float, most: int = 40) -> None:
    """Refuse what is no model, no distance or too few views, before any picture is looked at."""
    if model not in MODELS:
        raise SettingError(f"no lens model {model!r}", where="--model", fix=f"use {' or '.join(MODELS)}")
    if not 0 < distance < float("inf"):
        raise SettingError(f"{distance:g} is no distance", where="--distance", fix="give metres, such as 25")
    if most < LEAST_VIEWS:
        fix = f"give {LEAST_VIEWS} or more, better 20 to 40"
        raise SettingError(f"{most} views cannot calibrate a camera", where="--most", fix=fix)


def coefficients_of(text: str, model: str) -> Coefficients:
    """How many coefficients an option asks for, refused before any picture is looked at."""
    from trackside.geometry.camera.solve import COEFFICIENTS

    allowed = (*COEFFICIENTS[model], 5)  # 5 is the default, and means all four of a fisheye lens
    if text == "auto":
        return "auto"
    if not text.isdecimal() or int(text) not in allowed:
        known = ", ".join(map(str, COEFFICIENTS[model]))
        raise SettingError(f"{text!r} is no count for a {model} lens", where="--coefficients", fix=f"use {known} or auto")
    return int(text)


def name_of(text: str) -> str:
    """A camera's name, which also names a folder."""
    if text in (".", "..") or not text.isprintable() or set(text) & set('/\\:*?"<>|'):
        raise SettingError(f"{text!r} cannot name a camera", where="--name", fix="use letters, digits, spaces and -")
    return text


def check_folder(folder: Path) -> None:
    """Refuse a folder that cannot be written, before minutes of work are lost on it."""
    if folder.exists() and not folder.is_dir():
        raise OutputError("this is a file", where=str(folder), fix="give a folder to write into")
    nearest = next((parent for parent in (folder, *folder.absolute().parents) if parent.exists()), Path())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        raise OutputError("cannot write here", where=str(nearest), fix="choose another output folder with -o")


def calibrated(
    board: Board,
    sources: list[Path],
    model: str,
    coefficients: Coefficients,
    most: int,
    every: float,
    *,
    numbered: bool = False,
    frames: Mapping[int, float] | None = None,
) -> tuple[Calibration, Collector, Counter[str]]:
    """Look at the sources, choose the best views and calibrate.

    Args as for `run`; `numbered` and `frames` as for `collect`.

    Raises:
        InputError: a source cannot be used, the board was never found, or what a calibration is missing.
    """
    from trackside.cli.calibrate_sources import collect
    from trackside.geometry.camera.collecting import Collector
    from trackside.geometry.camera.solve import calibrate

    collector = Collector(board)
    for trouble in collect(collector, sources, every, numbered=numbered, frames=frames):
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
    files = save_calibration(folder, calibration, report, collector.shots, name=name)
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
