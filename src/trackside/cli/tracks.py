"""`trackside tracks`: tracks as files."""

from __future__ import annotations

import typer

from trackside.cli import tracks_score

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.command("score")(tracks_score.score)
