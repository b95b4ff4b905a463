"""Results as the API shows them."""

from __future__ import annotations

from typing import Any, Literal

from trackside.server.shapes import Shape


class ResultFile(Shape):
    name: str
    bytes: int
    kind: Literal["video", "table", "report", "facts", "other"]
    address: str


class ResultTable(Shape):
    """A table; `kind` is of its rows (Tracks, Events, ...)."""

    name: str
    kind: str
    rows: int
    columns: list[str]


class BlockTiming(Shape):
    block: str
    seconds: float
    ms_per_record: float


class ResultShape(Shape):
    """What one video of a run came to. `video` is the annotated video's address, or the source's if none was written.

    `start` is the media time of the annotated video's first frame: the video's time 0.
    """

    run_id: str
    run_name: str
    run_video_id: str
    video_id: str
    video_name: str
    pipeline: str
    state: str
    video: str
    annotated: bool
    start: float
    seconds: float | None
    fps: float | None
    files: list[ResultFile]
    tables: list[ResultTable]
    events: int
    problems: list[str]
    timings: list[BlockTiming]
    models: list[dict[str, Any]]
    versions: dict[str, str]


class TablePage(Shape):
    """Rows of a table. `total` counts the rows that match."""

    columns: list[str]
    types: list[str]
    rows: list[list[Any]]
    total: int
    offset: int


class PlotShape(Shape):
    """One plot over media time, as Plotly takes it."""

    name: str
    title: str
    figure: dict[str, Any]


class EventShape(Shape):
    """Something that a rule saw. `thumbnail` is an address."""

    time_s: float
    kind: str
    text: str
    track: int | None
    table: str
    thumbnail: str
    values: dict[str, Any]


class ComparedTable(Shape):
    """A table that both sides have, or only one (`rows` of the other is None), and how its numbers differ."""

    name: str
    rows: list[int | None]
    columns: list[dict[str, Any]]


class Comparison(Shape):
    left: ResultShape
    right: ResultShape
    settings: list[dict[str, Any]]
    tables: list[ComparedTable]
