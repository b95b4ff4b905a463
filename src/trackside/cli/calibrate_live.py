"""`trackside calibrate live`: wave the board in front of a camera, and see in the browser where to hold it next."""

from __future__ import annotations

import secrets
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from trackside.cli.calibrate_run import BOARD_HELP, check_folder, check_settings, name_of
from trackside.core import InputError


def live(
    spec: Annotated[str, typer.Option("--board", "-b", metavar="SPEC", help=BOARD_HELP)],
    model: Annotated[str, typer.Option(help="Of the lens: brown, or fisheye for over 120 degrees.")] = "brown",
    distance: Annotated[float, typer.Option(help="Metres from the camera to what it will measure.")] = 25.0,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The folder to write; calibration-NAME if not given.")
    ] = None,
    name: Annotated[str, typer.Option(help="The camera's name.")] = "camera",
    port: Annotated[int, typer.Option(help="Port on this machine; 0 for any that is free.")] = 0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page.")] = True,
) -> None:
    """Calibrate a camera of this machine in the browser. Pictures never leave this machine."""
    from trackside.geometry.camera.boards import board_of

    check_settings(model, distance)
    board = board_of(spec)
    absent = [name for name in ("fastapi", "uvicorn") if find_spec(name) is None]
    if absent:
        raise InputError(f"{' and '.join(absent)} missing", fix="run pip install 'trackside[serve]'")
    from trackside.server.calibration import LiveCalibration, calibration_app
    from trackside.server.local import LocalServer

    folder = out or Path(f"calibration-{name_of(name)}")
    check_folder(folder)
    calibration = LiveCalibration(board, folder=folder, name=name, distance=distance, model=model)
    server, token = LocalServer(port), secrets.token_urlsafe(16)
    address = f"{server.address}/calibration/{token}/"
    typer.echo(f"open {address}\nand wave the board; Ctrl-C stops", err=True)
    if browser:
        typer.launch(address)
    try:
        server.serve(calibration_app(calibration, token), lambda: calibration.is_over)
    finally:
        calibration.session.close()
    if not calibration.files:
        typer.echo("stopped; nothing was written", err=True)
        raise typer.Exit(130)
    typer.echo(f"report: {calibration.files[0]}\nlens:   {calibration.files[1]}")
