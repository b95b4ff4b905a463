"""`trackside rules`: rules on labelled footage."""

from __future__ import annotations

import typer

from trackside.cli import rules_score

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.command("score")(rules_score.score)


@app.callback()
def common() -> None:
    """Rules on labelled footage."""
