"""`trackside data`: data sets as files, their health, splits, augmentation, synthesis, and the relabel queue."""

from __future__ import annotations

import typer

from trackside.cli import data_check

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.command("check")(data_check.check)
