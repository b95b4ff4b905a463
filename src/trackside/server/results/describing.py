"""What the page of a result shows at first: files, tables, timings, models, versions."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from trackside.core import InputError
from trackside.server.results.columns import kind_of, opened, shown
from trackside.server.results.finding import Result
from trackside.server.results.shapes import BlockTiming, ResultFile, ResultShape, ResultTable

_KINDS = {"mp4": "video", "csv": "table", "parquet": "table", "html": "report", "json": "facts"}


def describe(result: Result) -> ResultShape:
    """What one video of a run came to. Of the tables only the metadata is read."""
    facts, source = result.facts, result.source
    tables = tables_of(result)
    return ResultShape(
        run_id=result.run.id,
        run_name=result.run.name,
        run_video_id=result.id,
        video_id=result.video.video_id,
        video_name=result.video.video_name,
        pipeline=str(result.graph.get("pipeline", "")),
        state=result.video.state,
        video=_video(result),
        annotated=bool(result.annotated),
        start=result.start,
        seconds=source.seconds if source else None,
        fps=source.fps if source else None,
        files=_files(result),
        tables=tables,
        events=sum(table.rows for table in tables if table.kind == "Events"),
        problems=[str(problem) for problem in facts.get("problems", [])],
        timings=_timings(facts.get("timings", {})),
        models=[{"name": name, **one} for name, one in facts.get("models", {}).items()],
        versions={name: str(version) for name, version in facts.get("versions", {}).items()},
    )


def address_of(result: Result, rest: str) -> str:
    """An address below a result's own."""
    return f"/api/results/{result.id}/{rest}"


def tables_of(result: Result) -> list[ResultTable]:
    """The tables, by name."""
    return [_table(result, name) for name in result.tables]


def _table(result: Result, name: str) -> ResultTable:
    with result.table(name) as path, opened(path) as file:
        return ResultTable(
            name=name, kind=kind_of(file), rows=file.metadata.num_rows, columns=list(shown(file.schema_arrow))
        )


def _video(result: Result) -> str:
    if result.annotated:
        return address_of(result, f"files/{quote(result.annotated)}")
    return f"/api/videos/{result.source.id}/file" if result.source else ""


def _files(result: Result) -> list[ResultFile]:
    found = []
    for name, key in result.files.items():
        try:
            size = result.site.files.size(key)
        except InputError:  # It was deleted while we looked.
            continue
        kind: Any = _KINDS.get(name.rpartition(".")[2], "other")
        found.append(ResultFile(name=name, bytes=size, kind=kind, address=address_of(result, f"files/{quote(name)}")))
    return found


def _timings(timings: dict[str, Any]) -> list[BlockTiming]:
    rows = [
        BlockTiming(block=name, seconds=float(one["seconds"]), ms_per_record=float(one["ms_per_record"]))
        for name, one in timings.items()
    ]
    return sorted(rows, key=lambda row: -row.seconds)
