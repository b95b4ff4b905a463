"""`trackside runs`: what was trained with which settings, and what came out: list, show, compare, plot."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trackside.core import InputError
from trackside.core.printing import printable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trackside.lab.records import Compared, Curve, RunsTable

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Where = Annotated[str, typer.Option("--store", help="A folder, a SQLite file or a database's address.")]
Which = Annotated[str | None, typer.Option("--experiment", "-e", help="Its runs; those of the newest, if not given.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
By = Annotated[str | None, typer.Option("--by", help="The metric that ranks; the main one, if not given.")]
Lower = Annotated[bool | None, typer.Option("--lower/--higher", help="Whether less is better; by the metric's name.")]
_BARS = "▁▂▃▄▅▆▇█"
_WIDTH = 32
_SETTINGS = 5


@app.command("list")
def list_runs(
    store: Where = "runs",
    experiment: Which = None,
    by: By = None,
    lower: Lower = None,
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="Runs to show.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List runs, the best first, with the settings in which they differ."""
    table = _table(store, experiment)
    metric = _metric(table, by)
    rows = _ranked(table, metric, lower)[:count]
    if as_json:
        typer.echo(json.dumps([_as_json(table, row) for row in rows], indent=2))
        return
    many = f"{len(table):,} run{'s' * (len(table) != 1)}"
    typer.echo(f"{printable(table.experiment)}: {many}" + (f", by {printable(metric)}" if metric else ""))
    _print_runs(table, rows, metric, lower)


@app.command("show")
def show(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Its id, the beginning of it, or its name.")],
    store: Where = "runs",
    as_json: AsJson = False,
) -> None:
    """Show a run: settings, curves, code and machine."""
    from trackside.cli.screen import print_table
    from trackside.lab.records import curves, find_run

    one = find_run(store, run)
    drawn = curves(store, one.id)
    if as_json:
        lines = {name: {"steps": curve.steps.tolist(), "values": _plain(curve.values)} for name, curve in drawn.items()}
        facts = {"id": one.id, "name": one.name, "status": one.status, "seconds": _number(one.seconds)}
        typer.echo(json.dumps({**facts, "settings": one.settings, "tags": one.tags, "metrics": lines}, indent=2))
        return
    typer.echo(f"{printable(one.name)}  {one.id}\n{one.status}, began {_when(one.start)}, {_span(one.seconds)}\n")
    if one.settings:
        print_table(("setting", "value"), [(_safe(name), _safe(text)) for name, text in one.settings.items()])
        typer.echo("")
    if drawn:
        print_table(("metric", "curve", "first", "min", "max", "last"), [_curve_row(name, drawn[name]) for name in drawn])
        typer.echo("")
    told = {name.removeprefix("trackside."): text for name, text in one.tags.items() if _worth_telling(name)}
    if one.commit:
        told = {"commit": one.commit + (", with changes" if one.changes() else ""), **told}
    print_table(("made with", ""), [(_safe(name), _safe(text)) for name, text in told.items()])


@app.command("compare")
def compare_runs(
    wanted: Annotated[list[str], typer.Argument(metavar="RUN...", help="Two runs or more: ids, beginnings of ids, names.")],
    store: Where = "runs",
    code: Annotated[
        bool, typer.Option("--code/--no-code", help="Show how the code of the first and the last differs.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Put runs side by side: the settings that differ, how they ended, and the code."""
    from trackside.lab.records import compare

    found = compare(store, wanted)
    if as_json:
        metrics = {name: [None if value is None else _number(value) for value in row] for name, row in found.metrics.items()}
        facts = {"runs": [run.id for run in found.runs], "settings": found.settings, "metrics": metrics}
        typer.echo(json.dumps({**facts, "code": found.code, "code_note": found.code_note}, indent=2))
        return
    _print_compared(found)
    typer.echo(f"\ncode: {printable(found.code_note)}")
    if code and found.code:
        _print_difference(found.code)


@app.command("plot")
def plot(
    out: Annotated[Path, typer.Option("--out", "-o", help="The HTML file to write.")] = Path("runs.html"),
    store: Where = "runs",
    experiment: Which = None,
    axis: Annotated[
        list[str] | None,
        typer.Option("--axis", metavar="NAME", help="A setting or metric, from left to right; again for more."),
    ] = None,
    colour: Annotated[str | None, typer.Option("--colour", metavar="NAME", help="What colours the lines.")] = None,
) -> None:
    """Write the runs as parallel coordinates: one HTML file to brush, reorder and colour, which needs no network."""
    from trackside.lab.records import View, save_parallel_coordinates

    table = _table(store, experiment)
    save_parallel_coordinates(table, out, View(axes=axis or None, colour=colour), title=table.experiment)
    typer.echo(f"{out}: {len(table):,} run{'s' * (len(table) != 1)}")


def _table(store: str, experiment: str | None) -> RunsTable:
    from trackside.lab.records import runs

    table = runs(store, experiment)
    if not len(table):
        raise InputError("the experiment has no runs", where=table.experiment, fix="train something, or name another one")
    return table


def _metric(table: RunsTable, by: str | None) -> str | None:
    from trackside.core.errors import nearest

    if by is not None and by not in table.metrics:
        raise InputError(f"there is no metric {by!r}", where=table.experiment, fix=nearest(by, table.metrics))
    return by or table.main_metric()


def _ranked(table: RunsTable, metric: str | None, lower: bool | None) -> list[int]:
    if metric is None:
        return list(range(len(table)))[::-1]
    return [int(row) for row in table.best_first(metric, lower=lower)]


def _print_runs(table: RunsTable, rows: Sequence[int], metric: str | None, lower: bool | None) -> None:
    from trackside.cli.screen import print_table
    from trackside.lab.records import lower_is_better

    shown = table.varying[:_SETTINGS]
    headings = ["run", "id", "status", "began", "time"]
    best = None
    if metric is not None:
        down = lower_is_better(metric) if lower is None else lower
        best = table.metrics[metric].of("min" if down else "max")
        headings += [f"{'lowest' if down else 'highest'} {_safe(metric)}", "last"]
    lines = []
    for row in rows:
        line = [_safe(table.names[row]), table.ids[row][:8], table.status[row], _when(float(table.start[row]))]
        line.append(_span(float(table.seconds[row])))
        if metric is not None and best is not None:
            line += [_short(float(best[row])), _short(float(table.metrics[metric].last[row]))]
        lines.append([*line, *(_safe(table.settings[name].texts[row] or "") for name in shown)])
    print_table([*headings, *map(_safe, shown)], lines)


def _as_json(table: RunsTable, row: int) -> dict[str, Any]:
    metrics = {
        name: {choice: _number(float(summary.of(choice)[row])) for choice in ("last", "min", "max")}
        for name, summary in table.metrics.items()
    }
    return {
        "id": table.ids[row],
        "name": table.names[row],
        "status": table.status[row],
        "start": _number(float(table.start[row])),
        "seconds": _number(float(table.seconds[row])),
        "settings": {name: column.texts[row] for name, column in table.settings.items()},
        "metrics": metrics,
    }


def _curve_row(name: str, curve: Curve) -> tuple[str, ...]:
    finite = [value for value in curve.values.tolist() if math.isfinite(value)]
    ends = (_short(min(finite)), _short(max(finite))) if finite else ("", "")
    return (_safe(name), sparkline(curve.values), _short(float(curve.values[0])), *ends, _short(float(curve.values[-1])))


def sparkline(values: NDArray[Any], width: int = _WIDTH) -> str:
    """Numbers as a line of bars; `!` where a part holds NaN or infinity. Parts are means of neighbours.

    >>> import numpy as np
    >>> sparkline(np.array([0.0, 1.0, 2.0, float("nan"), 7.0]))
    '▁▂▃!█'
    """
    import numpy as np

    parts = (
        [float(part.mean()) for part in np.array_split(values.astype(float), min(width, len(values)))] if len(values) else []
    )
    finite = [part for part in parts if math.isfinite(part)]
    low, span = (min(finite), max(finite) - min(finite)) if finite else (0.0, 0.0)
    top = len(_BARS) - 1
    return "".join(
        "!" if not math.isfinite(part) else _BARS[round((part - low) / span * top) if span else top // 2] for part in parts
    )


def _print_compared(found: Compared) -> None:
    from trackside.cli.screen import print_table

    heads = [f"{_safe(run.name)} ({run.id[:8]})" for run in found.runs]
    rows = [
        (_safe(name), *("" if text is None else _safe(text) for text in texts)) for name, texts in found.settings.items()
    ]
    if rows:
        print_table(("setting", *heads), rows)
    else:
        typer.echo("the settings are the same")
    typer.echo("")
    ends = [(_safe(name), *("" if one is None else _short(one) for one in row)) for name, row in found.metrics.items()]
    print_table(("metric (last)", *heads), [("status", *(run.status for run in found.runs)), *ends])


def _print_difference(code: str) -> None:
    colours = {"+": "green", "-": "red", "@": "cyan"}
    for line in code.splitlines():
        text = "".join(letter if letter == "\t" else printable(letter) for letter in line)
        typer.secho(text, fg=None if line.startswith(("+++", "---")) else colours.get(line[:1]))


def _worth_telling(name: str) -> bool:
    return name.startswith("trackside.") and name not in ("trackside.identity", "trackside.writer", "trackside.code.changed")


def _safe(text: str) -> str:
    """Text of strangers in a table: neither markup nor control characters, and not endless."""
    from rich.markup import escape

    clean = printable(text)
    return escape(clean if len(clean) <= 80 else clean[:79] + "…")


def _short(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.4g}"


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _plain(values: NDArray[Any]) -> list[float | None]:
    return [_number(value) for value in values.tolist()]


def _when(seconds: float) -> str:
    return "?" if math.isnan(seconds) else datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M")


def _span(seconds: float) -> str:
    if math.isnan(seconds):
        return "not ended"
    hours, rest = divmod(round(seconds), 3600)
    return (
        f"{hours} h {rest // 60:02} min"
        if hours
        else f"{rest // 60} min {rest % 60:02} s"
        if rest >= 60
        else f"{seconds:.1f} s"
    )
