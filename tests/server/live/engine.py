"""An engine without cameras: it tells what a test wants it to tell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trackside.core import RGB, InputError
from trackside.pipelines.live import Camera, CameraHealth, EngineHealth, Latency, StageHealth

GATE = CameraHealth(
    "gate",
    "The gate",
    "live",
    since=1.79e9,
    fps_in=25.0,
    fps_wanted=5.0,
    fps_analysed=4.9,
    analysed=1000,
    dropped={"stale": 3, "overload": 1},
    reconnects=2,
    latency_ms=Latency(80.0, 150.0, 190.0),
    staleness_ms=Latency(20.0, 40.0, 60.0),
    width=1920,
    height=1080,
    decoder="h264",
    pipeline="intrusion",
    address="rtsp://gate.example/1",
)
HEALTH = EngineHealth(
    running=True,
    seconds=60.0,
    stages=(StageHealth("decode", 0.4, 0, 2), StageHealth("inference", 0.97, 3, 1)),
    bottleneck="inference",
    why="inference works 97 of 100 seconds",
    cameras={"live": 1},
    fps_in=25.0,
    fps_wanted=5.0,
    fps_analysed=4.9,
    dropped={"stale": 3, "overload": 1},
    batch=16,
    occupancy=0.75,
    models=("yolox-nano by onnxruntime",),
)


class FakeEngine:
    """A `LivePort`. `added` are the cameras as it got them; `asked` counts its pictures."""

    def __init__(self, *cameras: CameraHealth) -> None:
        self.known = {camera.name: camera for camera in cameras}
        self.added: dict[str, Camera] = {}
        self.asked = 0
        self.pixels: RGB | None = np.full((90, 160, 3), 120, np.uint8)
        self.refusal = ""

    def cameras(self) -> list[CameraHealth]:
        return list(self.known.values())

    def health(self) -> EngineHealth:
        return HEALTH

    def add(self, camera: Camera) -> None:
        if self.refusal:
            raise InputError(self.refusal)
        self.added[camera.name] = camera
        self.known[camera.name] = CameraHealth(camera.name, camera.title, address=camera.shown_address)

    def remove(self, name: str) -> None:
        del self.known[name]

    def pause(self, name: str) -> None:
        self.known[name] = replace(self.known[name], state="paused")

    def resume(self, name: str) -> None:
        self.known[name] = replace(self.known[name], state="connecting")

    def picture(self, name: str, boxes: bool) -> RGB | None:
        self.asked += 1
        return self.pixels
