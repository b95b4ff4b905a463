"""Trying a pipeline on a few seconds: what came out of every block."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from trackside.server.library.shapes import Graph
from trackside.server.shapes import Body, Id, ProblemShape, Shape


class Try(Body):
    graph: Graph
    video: Id
    start: Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)] = 0.0
    seconds: Annotated[float, Field(gt=0, le=30, allow_inf_nan=False)] = 5.0


class BlockPreview(Shape):
    """What one block gave at the shown moment: a picture (an address), one line of words, and a few rows.

    `time_s` is the moment of the picture; `records` how many have passed.
    """

    block: str
    picture: str = ""
    words: str = ""
    columns: list[str] = []
    rows: list[list[Any]] = []
    time_s: float | None = None
    records: int = 0
    ms_per_record: float | None = None


class Preview(Shape):
    id: str
    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    fraction: float = 0.0
    first_picture_s: float | None = None
    blocks: dict[str, BlockPreview] = {}
    problems: list[ProblemShape] = []
