"""`trackside calibrate`: a camera's lens from pictures of a board; prints boards; calibrates live in the browser."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from trackside.cli.calibrate_board import board
from trackside.cli.calibrate_live import live
from trackside.cli.calibrate_run import run


class _RunByDefault(TyperGroup):
    """`trackside calibrate wave.mp4 ...` means `trackside calibrate run wave.mp4 ...`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, "--help", "-h"):
            args = ["run", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(cls=_RunByDefault, no_args_is_help=True, rich_markup_mode=None)
app.command("run")(run)
app.command("live")(live)
app.command("board")(board)
