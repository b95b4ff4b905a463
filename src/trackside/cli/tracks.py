"""`trackside tracks`: tracks as files."""

from __future__ import annotations

import typer

from trackside.cli import tracks_run, tracks_score

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.command("run")(tracks_run.run)
app.command("score")(tracks_score.score)
