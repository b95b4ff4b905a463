"""The page that a run leaves beside its tables: the annotated video, plots that seek it, and what it all rests on.

One file that needs no network: Plotly's script is inside.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from trackside.core.files import write_text
from trackside.pipelines.graph import parse_pipeline
from trackside.pipelines.kinds import Recording, StreamInfo
from trackside.pipelines.plots import Figure, columns_plotted, figures_of
from trackside.pipelines.results import SUMMARY_FILE

_MOST_EVENTS = 200
TEMPLATES = Path(__file__).parent / "templates"


def write_summary_page(
    folder: Path,
    facts: Mapping[str, Any],
    stream: StreamInfo,
    tables: Sequence[Recording[Any]],
    *,
    title: str = "",
) -> None:
    """Write `summary.html` into a results folder.

    Args:
        folder: where the tables and videos lie.
        facts: the run: `pipeline`, `models`, `versions`, `input`, `report` (a StreamReport), and `made`, the Parquet files
            that blocks added after the stream's end.
        stream: the stream.
        tables: the recorded tables to plot.
        title: heading; the pipeline's name if empty.
    """
    from plotly.offline import get_plotlyjs

    tables = [*tables, *map(_recording, facts.get("made", ()))]
    figures = [figure for table in tables for figure in _figures(table)]
    page = _template().render(
        title=title or facts["pipeline"]["pipeline"],
        about=facts["pipeline"].get("about", ""),
        stream=stream,
        input=facts.get("input", {}),
        report=facts["report"],
        videos=sorted(path.name for path in folder.glob("*.mp4")),
        tables=[_file_row(table) for table in tables if not table.path.name.startswith(".")],
        events=[event for table in tables if table.kind == "Events" for event in _event_rows(table)],
        pipeline=parse_pipeline(facts["pipeline"]).to_yaml(),
        models=facts["models"],
        versions=facts["versions"],
        timings=_timing_rows(facts["report"].spent),
        figures=_script_safe(figures),
        plotly=get_plotlyjs() if figures else "",
    )
    write_text(folder / SUMMARY_FILE, page)


@cache
def _template() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("summary.html.j2")


def _recording(path: Path) -> Recording[Any]:
    """A table that was made after the stream's end; its kind stands in it."""
    import pyarrow.parquet as parquet

    metadata = parquet.read_schema(path).metadata or {}
    return Recording(path.stem, path, metadata.get(b"kind", b"Table").decode())


def _figures(table: Recording[Any]) -> list[Figure]:
    return figures_of(table.path.stem, table.kind, table.arrow(columns_plotted(table.kind)))


def _file_row(table: Recording[Any]) -> dict[str, Any]:
    csv = table.path.with_suffix(".csv")
    rows, columns = table.size
    return {
        "name": table.path.stem,
        "rows": rows,
        "columns": [name for name in columns if name != "frame"],
        "files": [path.name for path in (csv, table.path) if path.exists()],
    }


def _event_rows(table: Recording[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in table.arrow().sort_by("time_s").slice(0, _MOST_EVENTS).to_pylist()]


def _timing_rows(spent: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = [
        {"block": name, "seconds": one.seconds, "ms": 1000 * one.seconds / max(1, one.records)}
        for name, one in spent.items()
    ]
    longest = max((row["seconds"] for row in rows), default=0) or 1
    return [{**row, "share": row["seconds"] / longest} for row in sorted(rows, key=lambda row: -row["seconds"])]


def _script_safe(figures: list[Figure]) -> str:
    """JSON that may stand inside a script element: no text of a user can close it."""
    text = json.dumps(figures, allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
