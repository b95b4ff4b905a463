"""What a live engine tells of itself: of each camera, of each stage, and which of them holds up the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

State = Literal["connecting", "live", "stalled", "reconnecting", "paused", "failed", "stopped"]


@dataclass(frozen=True, slots=True)
class Latency:
    """Percentiles over the last looks, in milliseconds; None before there are any."""

    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


@dataclass(frozen=True, slots=True)
class CameraHealth:
    """One camera now.

    Attributes:
        name: the camera's.
        title: what people call it.
        state: what it does.
        problem: why it does not do what it should; empty if all is well.
        since: seconds since 1970 at which it came into this state.
        fps_in: pictures a second that the camera sent lately.
        fps_wanted: pictures a second that are to be looked at.
        fps_analysed: pictures a second that went through the whole pipeline lately.
        analysed: pictures that went through since it was added.
        dropped: pictures that were to be looked at and were not, since it was added, by cause.
        reconnects: how often it was connected again.
        latency_ms: from capture to the end of the pipeline.
        staleness_ms: from capture to the moment at which the model got the picture.
        width: pixels; 0 before the first picture.
        height: pixels.
        decoder: what decodes it.
        effort: which pictures are decoded: all, those that others refer to, or key frames only.
        pipeline: the name of what looks at it.
        address: without user and password.
    """

    name: str
    title: str = ""
    state: State = "connecting"
    problem: str = ""
    since: float = 0.0
    fps_in: float = 0.0
    fps_wanted: float = 0.0
    fps_analysed: float = 0.0
    analysed: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    reconnects: int = 0
    latency_ms: Latency = Latency()
    staleness_ms: Latency = Latency()
    width: int = 0
    height: int = 0
    decoder: str = ""
    effort: str = "all"
    pipeline: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class StageHealth:
    """One stage of the spine now.

    Attributes:
        name: decode, prepare, inference, lanes.
        busy: share of the time in which its threads worked, 0 to 1.
        queue: what waits before it.
        threads: how many work there.
    """

    name: str
    busy: float
    queue: int
    threads: int


@dataclass(frozen=True, slots=True)
class EngineHealth:
    """The engine now.

    Attributes:
        running: whether it takes pictures.
        seconds: since it was started.
        stages: in the order of the spine.
        bottleneck: the stage that holds up the rest; empty if none does.
        why: one sentence on that.
        cameras: how many there are, by state.
        fps_in: pictures a second that all cameras sent lately.
        fps_wanted: pictures a second that are to be looked at.
        fps_analysed: pictures a second that went through lately.
        dropped: pictures that were to be looked at and were not, by cause.
        batch: most pictures in one call of a model.
        occupancy: share of the places in the batches that were filled lately, 0 to 1.
        models: what is executed and by which provider.
    """

    running: bool
    seconds: float = 0.0
    stages: tuple[StageHealth, ...] = ()
    bottleneck: str = ""
    why: str = ""
    cameras: dict[str, int] = field(default_factory=dict)
    fps_in: float = 0.0
    fps_wanted: float = 0.0
    fps_analysed: float = 0.0
    dropped: dict[str, int] = field(default_factory=dict)
    batch: int = 1
    occupancy: float = 0.0
    models: tuple[str, ...] = ()
