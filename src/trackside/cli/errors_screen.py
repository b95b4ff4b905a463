"""What `trackside errors` shows."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from trackside.cli.screen import print_table

if TYPE_CHECKING:
    from trackside.lab.errors import Idea, Ideas, Mistakes


def show_mistakes(mistakes: Mistakes, todo: bool, as_json: bool) -> None:
    """List the drawn mistakes, or those that nobody looked at."""
    from rich.markup import escape

    rows = [row for row in range(len(mistakes)) if not (todo and mistakes.seen[row])]
    if as_json:
        names = ("keys", "items", "truth", "predicted", "comments", "by")
        data = [{name: getattr(mistakes, name)[row] for name in names} for row in rows]
        for one, row in zip(data, rows, strict=True):
            one |= {"tags": mistakes.tags[row], "seen": bool(mistakes.seen[row]), "weight": float(mistakes.weights[row])}
        typer.echo(json.dumps(data, indent=2))
        return
    table = []
    for row in rows:
        said = ", ".join(mistakes.tags[row]) if mistakes.seen[row] else "?"
        texts = (mistakes.keys[row], mistakes.truth[row], mistakes.predicted[row], said, mistakes.comments[row])
        table.append(tuple(escape(str(text)) for text in texts))
    print_table(("mistake", "truth", "prediction", "tags", "comment"), table)


def show_ideas(found: Ideas, as_json: bool) -> None:
    """The ideas side by side."""
    if as_json:
        typer.echo(json.dumps(_plain(asdict(found)), indent=2))
        return
    low, high = found.error_interval
    typer.echo(
        f"error rate {found.error_rate:.1%} ({low:.1%} to {high:.1%}): {found.mistakes} mistakes among {found.answers} "
        f"answers; {found.looked_at} looked at, {found.untagged:.0%} explained by no tag\n"
    )
    in_turn = {idea.tags[-1]: idea for idea in found.in_turn}
    rows = [(*_row(idea), f"{in_turn[idea.tags[0]].ceiling:.1%}") for idea in found.single]
    print_table((*_HEADING, "with all above"), rows)
    if found.together:
        typer.echo("")
        print_table(_HEADING, [_row(idea) for idea in found.together])


_HEADING = ("idea", "mistakes", "share", "95 %", "ceiling", "95 %", "days", "points a day")


def _row(idea: Idea) -> tuple[str, ...]:
    from rich.markup import escape

    share, ceiling = (" to ".join(f"{edge:.1%}" for edge in part) for part in (idea.share_interval, idea.ceiling_interval))
    price = ("-", "-") if math.isnan(idea.person_days) else (f"{idea.person_days:g}", f"{idea.points_per_day:.2g}")
    return (escape(idea.name), str(idea.count), f"{idea.share:.1%}", share, f"{idea.ceiling:.1%}", ceiling, *price)


def _plain(data: Any) -> Any:
    """JSON data: NaN becomes null."""
    if isinstance(data, dict):
        return {name: _plain(value) for name, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_plain(value) for value in data]
    return None if isinstance(data, float) and not math.isfinite(data) else data
