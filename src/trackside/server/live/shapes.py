"""Live cameras and the engine as the API shows them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from trackside.pipelines.live import Camera
from trackside.server.library.plain import fault_of
from trackside.server.shapes import Shape

CameraState = Literal["connecting", "live", "stalled", "reconnecting", "paused", "failed", "stopped"]
Origin = Literal["file", "page"]


class LatencyShape(Shape):
    """Percentiles over the last looks, in milliseconds."""

    p50: float | None
    p95: float | None
    p99: float | None


class CameraShape(Shape):
    """One camera now. `since` is in seconds since 1970; `dropped` counts pictures by cause; `picture` is an address.

    `origin` page: it was added here and can be removed here. `origin` file: it stands in the cameras file.
    """

    name: str
    title: str
    state: CameraState
    problem: str
    since: float
    fps_in: float
    fps_wanted: float
    fps_analysed: float
    analysed: int
    dropped: dict[str, int]
    reconnects: int
    latency_ms: LatencyShape
    staleness_ms: LatencyShape
    width: int
    height: int
    decoder: str
    effort: str
    pipeline: str
    address: str
    alarms_open: int
    picture: str
    origin: Origin


class StageShape(Shape):
    name: str
    busy: float
    queue: int
    threads: int


class BottleneckShape(Shape):
    """The stage that holds up the rest, empty if none does, and one sentence on it."""

    stage: str
    why: str


class BatchShape(Shape):
    """Most pictures in one call of a model, and the share of those places that were filled lately."""

    size: int
    occupancy: float


class LiveHealth(Shape):
    """The engine now. If none runs, `running` is false and `why` says what to do."""

    running: bool
    why: str = ""
    seconds: float = 0.0
    bottleneck: BottleneckShape = BottleneckShape(stage="", why="")
    stages: list[StageShape] = []
    cameras: dict[str, int] = {}
    fps_in: float = 0.0
    fps_wanted: float = 0.0
    fps_analysed: float = 0.0
    dropped: dict[str, int] = {}
    batch: BatchShape = BatchShape(size=1, occupancy=0.0)
    models: list[str] = []


class NewCamera(Camera):
    """A camera to watch. `pipeline` is the name of a template or the id of a saved pipeline; the address begins with
    `rtsp://`, `rtmp://`, `http://`, `https://`, `webcam:` or `video:` with the id of a video of this server."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    settings: Annotated[dict[str, Any], Field(description="`block.setting` to value")] = {}

    @model_validator(mode="after")
    def _can_be_kept(self) -> Self:
        if fault := fault_of(dict(self)):
            raise ValueError(fault)
        return self
