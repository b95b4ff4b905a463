"""TEST FIXTURE: a stand-in for a live engine, with as many cameras as one likes. Its pictures and figures are synthetic.

States, figures and pictures follow from a camera's number and the clock alone: pages have something to show that moves.
"""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import numpy as np

from trackside.core import RGB, InputError
from trackside.pipelines.live import Camera, CameraHealth, EngineHealth, Latency, StageHealth
from trackside.pipelines.live.health import State

PROBLEMS: dict[State, str] = {
    "failed": "there is no video at this address; give the address of a stream",
    "stalled": "no picture has come for 6 seconds",
    "reconnecting": "the connection was refused; the next try is in 8 seconds",
    "connecting": "",
}
# Every so many cameras one is in another state than live.
_ODD: dict[int, State] = {7: "reconnecting", 23: "failed", 31: "stalled", 47: "paused", 61: "connecting"}
_PLACES = "gate", "yard", "hall", "ramp", "dock", "car park", "corridor", "fence"


class FakePort:
    """An engine that only says what one would say.

    Args:
        count: cameras at the beginning.
        size: width and height of the synthetic pictures.
    """

    def __init__(self, count: int = 200, size: tuple[int, int] = (640, 360)) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._begun = time.time()
        self._paused: set[str] = set()
        self._cameras = {name: _camera(name) for name in map(camera_name, range(count))}
        self.asked = 0

    def cameras(self) -> list[CameraHealth]:
        with self._lock:
            return [self._health(number, camera) for number, camera in enumerate(self._cameras.values())]

    def health(self) -> EngineHealth:
        cameras = self.cameras()
        states: dict[str, int] = {}
        for camera in cameras:
            states[camera.state] = states.get(camera.state, 0) + 1
        wave = np.sin(time.time() / 3)
        busy = (("decode", 0.62), ("prepare", 0.31), ("inference", 0.94 + 0.05 * wave), ("lanes", 0.48))
        return EngineHealth(
            running=True,
            seconds=time.time() - self._begun,
            stages=tuple(StageHealth(name, float(share), 12 if name == "inference" else 0, 2) for name, share in busy),
            bottleneck="inference",
            why="the model is executed 94 % of the time; a smaller model or fewer pictures a second would relieve it",
            cameras=states,
            fps_in=sum(camera.fps_in for camera in cameras),
            fps_wanted=sum(camera.fps_wanted for camera in cameras),
            fps_analysed=sum(camera.fps_analysed for camera in cameras),
            dropped={"stale": 812, "overtaken": 2210},
            batch=16,
            occupancy=0.96,
            models=("yolox-nano (cpu)",),
        )

    def add(self, camera: Camera) -> None:
        if "refused" in camera.address:
            raise InputError("the connection is refused", where=camera.shown_address, fix="check the address")
        with self._lock:
            self._cameras[camera.name] = camera

    def remove(self, name: str) -> None:
        with self._lock:
            if self._cameras.pop(name, None) is None:
                raise InputError(f"there is no camera {name!r}")

    def pause(self, name: str) -> None:
        self._paused.add(name)

    def resume(self, name: str) -> None:
        self._paused.discard(name)

    def picture(self, name: str, boxes: bool) -> RGB | None:
        """A dark ground with a light block that walks; None while the camera has not sent any."""
        with self._lock:
            self.asked += 1
            number = list(self._cameras).index(name) if name in self._cameras else -1
        if number < 0 or _state(number) in ("failed", "connecting"):
            return None
        return synthetic_picture(number, time.time(), self._size, boxes=boxes)

    def _health(self, number: int, camera: Camera) -> CameraHealth:
        state: State = "paused" if camera.name in self._paused else _state(number)
        known = CameraHealth(
            name=camera.name,
            title=camera.title,
            state=state,
            problem=PROBLEMS.get(state, ""),
            since=self._begun - 60 * number,
            fps_wanted=camera.rate,
            pipeline=camera.pipeline,
            address=camera.shown_address,
        )
        if state != "live":
            return known
        slow = 1 + 0.3 * np.sin(time.time() / 5 + number)
        return replace(
            known,
            fps_in=25.0 if number % 3 else 12.5,
            fps_analysed=camera.rate * (0.97 if number % 11 else 0.7),
            analysed=int(camera.rate * (time.time() - self._begun)) + 5000,
            dropped={"stale": 40 + number, "overtaken": 30} if number % 11 else {"stale": 1900, "rules busy": 410},
            reconnects=number % 4,
            latency_ms=Latency(120 * slow, 340 * slow, 610 * slow),
            staleness_ms=Latency(60 * slow, 180 * slow, 300 * slow),
            width=1920 if number % 2 else 1280,
            height=1080 if number % 2 else 720,
            decoder="h264",
        )


def synthetic_picture(number: int, moment: float, size: tuple[int, int], *, boxes: bool) -> RGB:
    """Ground and sky in the camera's own colours, and a block that walks over it, framed if `boxes`."""
    width, height = size
    picture = np.empty((height, width, 3), np.uint8)
    tint = np.array([(37 * number) % 60, (53 * number) % 50, (29 * number) % 70])
    picture[: height // 3] = 90 + tint
    picture[height // 3 :] = 55 + tint // 2
    left, top, right, bottom = walker(number, moment, size)
    picture[top:bottom, left:right] = 205
    if boxes:
        for edge in (picture[top:bottom, left : left + 3], picture[top:bottom, right - 3 : right]):
            edge[:] = (255, 64, 64)
        for edge in (picture[top : top + 3, left:right], picture[bottom - 3 : bottom, left:right]):
            edge[:] = (255, 64, 64)
    return picture


def walker(number: int, moment: float, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Where the block of a camera is, x1 y1 x2 y2 in pixels."""
    width, height = size
    tall = height * (3 + number % 3) // 12
    left = int((width - tall) * (0.5 + 0.5 * np.sin(moment / 4 + number)))
    top = height // 3 + (height // 6) * (number % 3) // 2
    return left, top, left + tall // 2, top + tall


def _camera(name: str) -> Camera:
    number = int(name.rpartition("-")[2]) - 1
    title = f"{_PLACES[number % len(_PLACES)].capitalize()} {number // len(_PLACES) + 1}"
    return Camera(
        name=name, title=title, address=f"rtsp://user:secret@10.0.{number // 250}.{number % 250}/stream1", rate=5.0
    )


def camera_name(number: int) -> str:
    """The name of the camera with this number, from 0."""
    return f"cam-{number + 1:03d}"


def _state(number: int) -> State:
    return next((state for every, state in reversed(_ODD.items()) if number % every == every - 1), "live")
