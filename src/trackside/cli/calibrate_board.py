"""`trackside calibrate board`: the pattern to print."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trackside.core import SettingError

# Dots per metre of a PNG: 300 per inch.
_PRINT = 300 / 0.0254


def board(
    spec: Annotated[str, typer.Argument(metavar="SPEC", help="The board, such as charuco:5x7:square=0.04:marker=0.03.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write: .svg (true size) or .png (300 per inch).")],
) -> None:
    """Write a calibration board at its true size, to be printed at 100 % and glued to something stiff and flat."""
    from trackside.core.files import atomic_open, write_text
    from trackside.geometry.camera.boards import board_of
    from trackside.geometry.camera.report.pictures import encoded

    pattern = board_of(spec)
    match out.suffix.lower():
        case ".svg":
            write_text(out, pattern.ink.svg())
        case ".png":
            grey = pattern.ink.draw(_PRINT)
            with atomic_open(out, "wb") as file:
                file.write(encoded(grey[..., None].repeat(3, 2), ".png"))
        case _:
            raise SettingError("a board is written as .svg or .png", where=str(out), fix="name a file such as board.svg")
    typer.echo(f"{out}: print it at 100 %, glue it to something stiff and flat, then measure it with a ruler")
