"""Runs as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from trackside.server.library.plain import PlainText, fault_of
from trackside.server.library.shapes import Graph
from trackside.server.shapes import Body, Id, ProblemShape, Shape

RunState = Literal["queued", "running", "done", "failed", "cancelled"]
Slot = Literal["cpu", "gpu"]
RunName = Annotated[PlainText, Field(max_length=150)]
Priority = Annotated[int, Field(ge=-10, le=10, description="higher goes first")]


def _kept(settings: dict[str, Any]) -> dict[str, Any]:
    if fault := fault_of(settings):
        raise ValueError(fault)
    return settings


class RunShape(Shape):
    """A run in a list. `fraction` is 0 to 1 over all its videos; `seconds_left` is an estimate, None while unknown."""

    id: str
    name: str
    pipeline_name: str
    pipeline_id: str | None
    pipeline_version: int | None
    state: RunState
    slot: Slot
    priority: int
    videos: int
    videos_done: int
    videos_failed: int
    fraction: float
    seconds_left: float | None = None
    owner: str
    created: datetime
    started: datetime | None
    finished: datetime | None


class RunVideoShape(Shape):
    """One video of a run. `live` is the address of the newest picture while it runs; `place` its place in the queue."""

    id: str
    video_id: str
    video_name: str
    state: RunState
    stage: str
    fraction: float
    records: int
    rate: float
    seconds_left: float | None
    attempts: int
    problems: list[ProblemShape]
    live: str = ""
    place: int | None = None
    bytes: int
    started: datetime | None
    finished: datetime | None


class RunFull(RunShape):
    graph: Graph
    items: list[RunVideoShape]


class NewRun(Body):
    """What to run. Either a saved pipeline (and, if not the newest, its version) or a graph of its own."""

    videos: Annotated[list[Id], Field(min_length=1, max_length=2000)]
    pipeline: Id | None = None
    version: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    graph: Graph | None = None
    settings: Annotated[dict[str, Any], Field(description="`block.setting` to value"), AfterValidator(_kept)] = {}
    name: RunName = ""
    slot: Slot = "cpu"
    priority: Priority = 0


class RunChange(Body):
    name: Annotated[RunName, Field(min_length=1)] | None = None
    priority: Priority | None = None


class LogLine(Shape):
    id: int
    at: datetime
    level: Literal["info", "warning", "error"]
    text: str
    run_video_id: str | None


class QueueShape(Shape):
    """What the workers do: slots by kind, and how many videos wait."""

    slots: dict[str, int]
    running: dict[str, int]
    waiting: dict[str, int]
    workers: int
