"""The live engine: cameras come and go, all share the models, and each gets its fair part of what the machine can do.

Decode threads (one a camera) -> board (one place a camera) -> feeders -> device -> lanes -> alarms. No stage waits for one
behind it: what cannot be done in time is dropped, counted, and told with its cause.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trackside.core import RGB, Alarms, InputError, SettingError, Tracks, nearest
from trackside.models.runtimes.opening import DEVICE
from trackside.pipelines.catalogue import find_pipeline
from trackside.pipelines.compiler import compile_pipeline
from trackside.pipelines.engine import cores
from trackside.pipelines.kinds import StreamInfo
from trackside.pipelines.live.board import Board
from trackside.pipelines.live.camera import Camera
from trackside.pipelines.live.camera_run import OPEN_TIMEOUT, READ_TIMEOUT, CameraRun, OpenReader, Reader
from trackside.pipelines.live.device import Device
from trackside.pipelines.live.effort import step_up
from trackside.pipelines.live.evidence import CameraAlarm, drawn, timings
from trackside.pipelines.live.health import CameraHealth, EngineHealth
from trackside.pipelines.live.lane import LanePool, LiveLane, Passenger
from trackside.pipelines.live.route import Hop, Route, live_route
from trackside.pipelines.live.standing import standing

log = logging.getLogger("trackside.live")

# Seconds between two looks of the housekeeper, and between two changes of effort.
_TEND, _ADAPT = 1.0, 5.0
# While one batch is on an accelerator, the next one is copied.
_ACCELERATOR_THREADS = 2
# Python hands the interpreter lock on after so many seconds: with hundreds of threads, 5 ms would starve the device.
_SWITCH = 0.0005


@dataclass(frozen=True)
class EngineOptions:
    """How the engine uses the machine; all derived where not told.

    Attributes:
        devices: threads that compute networks; one a core on a processor, two on an accelerator.
        feeders: threads that prepare batches.
        lanes: threads that track and judge.
        batch: most pictures in one call; by default the one whose doubling gains under 5 %.
        open_reader: connects to a camera.
        on_thread: called at the start of each device thread and feeder with its kind.
    """

    devices: int | None = None
    feeders: int | None = None
    lanes: int | None = None
    batch: int | None = None
    open_reader: OpenReader | None = None
    on_thread: Callable[[str], None] = field(default=lambda kind: None)


class LiveEngine:
    """Runs pipelines on cameras until it is closed. Every method may be called from any thread.

    Args:
        on_alarm: told of each raised alarm, in a lane's thread; must be quick.
        on_refused: the same for events that the ladder refused.
        on_state: told when a camera changes its state.
        on_done: shown each record that went through, for tests and measurements; must be quick.
        options: how it uses the machine.
    """

    def __init__(
        self,
        on_alarm: Callable[[CameraAlarm], None] = lambda alarm: None,
        *,
        on_refused: Callable[[CameraAlarm], None] | None = None,
        on_state: Callable[[CameraHealth], None] | None = None,
        on_done: Callable[[str, Passenger], None] | None = None,
        options: EngineOptions | None = None,
    ) -> None:
        self._options = options or EngineOptions()
        self._on_alarm, self._on_refused, self._on_state, self._on_done = on_alarm, on_refused, on_state, on_done
        self._began = time.monotonic()
        self._lock = threading.RLock()
        self._runs: dict[str, CameraRun] = {}
        self._routes: dict[str, Route] = {}
        self._users: Counter[Hashable] = Counter()
        self._switch = sys.getswitchinterval()
        sys.setswitchinterval(min(self._switch, _SWITCH))
        self.board = Board()
        count = cores()
        on_processor = (os.environ.get(DEVICE) or "cpu").startswith(("cpu", "openvino"))
        self.device = Device(
            self.board,
            threads=self._options.devices or (count if on_processor else _ACCELERATOR_THREADS),
            feeders=self._options.feeders or max(1, count // (8 if on_processor else 4)),
            on_thread=self._options.on_thread,
        )
        self.lanes = LanePool(self._options.lanes or max(2, count // 2))
        self._closing = threading.Event()
        self._housekeeper = threading.Thread(target=self._keep_house, name="housekeeper", daemon=True)
        self._housekeeper.start()

    def __enter__(self) -> LiveEngine:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def add(self, camera: Camera) -> None:
        """Take a camera; it is connected in the background, so one that is down holds nothing up.

        Raises:
            InputError: there is one of this name, or its pipeline is not there.
            PipelineError: its pipeline is wrong.
            ModelError: a model is not installed.
        """
        self._check_new(camera.name)
        route = route_of(camera)
        with self._lock:
            self._check_new(camera.name)
            self._routes[camera.name] = route
            for hop in route.hops:
                self._use(hop)
            self._runs[camera.name] = CameraRun(
                camera, self._options.open_reader or open_camera, self._open_lane, self._state_changed
            )

    def remove(self, name: str) -> None:
        """End a camera and free all that was kept for it. Raises InputError if there is none of this name."""
        run = self._run_of(name)
        run.stop()
        with self._lock:
            self._runs.pop(name, None)
            route = self._routes.pop(name, None)
            for hop in route.hops if route else ():
                self._leave(hop)
        self.board.forget_camera(name)

    def pause(self, name: str) -> None:
        """Let go of a camera until `resume`. Raises InputError if there is none of this name."""
        self._run_of(name).pause()
        self.board.forget_camera(name)

    def resume(self, name: str) -> None:
        """Connect a paused camera again. Raises InputError if there is none of this name."""
        self._run_of(name).resume()

    def cameras(self) -> list[CameraHealth]:
        """All cameras, by name."""
        with self._lock:
            runs = sorted(self._runs.values(), key=lambda run: run.camera.name)
        return [run.health() for run in runs]

    def camera(self, name: str) -> CameraHealth:
        """One camera. Raises InputError if there is none of this name."""
        return self._run_of(name).health()

    def health(self) -> EngineHealth:
        """How the engine is, and which stage holds up the rest."""
        with self._lock:
            runs = list(self._runs.values())
        return standing(
            self.board, self.device, self.lanes, runs, time.monotonic() - self._began, not self._closing.is_set()
        )

    def picture(self, name: str, boxes: bool = True) -> RGB | None:
        """The last picture of a camera that went through, uint8 [h, w, 3] RGB; None before the first.

        Raises:
            InputError: there is none of this name.
        """
        last = self._run_of(name).last
        return None if last is None else drawn(last.item, boxes=boxes)

    def close(self) -> None:
        """Stop all cameras and threads."""
        if self._closing.is_set():
            return
        self._closing.set()
        with self._lock:
            runs = list(self._runs.values())
        for run in runs:  # All at once: each may take a second to let go.
            run.pause()
        for run in runs:
            run.stop()
        self.board.close()
        self.device.close()
        self.lanes.close()
        self._housekeeper.join(timeout=5)
        sys.setswitchinterval(self._switch)

    def _run_of(self, name: str) -> CameraRun:
        with self._lock:
            if name not in self._runs:
                raise InputError(f"there is no camera {name!r}", fix=nearest(name, self._runs) if self._runs else "add it")
            return self._runs[name]

    def _check_new(self, name: str) -> None:
        if self._closing.is_set():
            raise InputError("the engine is closed", fix="start it again")
        if name in self._runs:
            raise InputError(f"there is a camera {name!r} already", fix="give this one another name")

    def _use(self, hop: Hop) -> None:
        if hop.model is None:
            return
        self._users[hop.key] += 1
        self.board.station(hop.key, hop.model, hop.split, self._batch(hop))

    def _leave(self, hop: Hop) -> None:
        self._users[hop.key] -= 1
        if self._users[hop.key] <= 0:
            del self._users[hop.key]
            self.board.drop_station(hop.key)

    def _batch(self, hop: Hop) -> int:
        """Most pictures in one call: told, or the plateau on an accelerator; 1 on a processor, where more gains nothing."""
        fixed = hop.split.most if hop.split is not None else None
        return fixed or self._options.batch or (hop.split.plateau() if hop.split is not None else 1)

    def _open_lane(self, run: CameraRun, stream: StreamInfo) -> LiveLane:
        camera = run.camera
        self.board.set_camera(camera.name, 1 / camera.rate, camera.staleness)
        return LiveLane(
            self._routes[camera.name],
            stream,
            run.account,
            self.board,
            self.lanes,
            finished=lambda passenger: self._finish(run, passenger),
            failed=run.failed,
        )

    def _state_changed(self, run: CameraRun) -> None:
        if run.state != "live":
            self.board.forget_camera(run.camera.name)
        if self._on_state is not None:
            self._on_state(run.health())

    def _finish(self, run: CameraRun, passenger: Passenger) -> None:
        run.account.finished(passenger.marks["done"] - passenger.captured)
        run.last = passenger
        for (_, port), value in passenger.item.values.items():
            if isinstance(value, Alarms) and len(value):
                self._tell(run, passenger, value, refused=port == "refused")
            elif isinstance(value, Tracks) and run.camera.skip == "auto":
                run.retention.look(value, run.size)
        if self._on_done is not None:
            self._on_done(run.camera.name, passenger)

    def _tell(self, run: CameraRun, passenger: Passenger, alarms: Alarms, *, refused: bool) -> None:
        tell = self._on_refused if refused else self._on_alarm
        if tell is None:
            return
        for alarm in alarms:
            wall = passenger.captured - (passenger.item.record.time - alarm.time)
            ready = wall + run.camera.clip_after
            picture = None if refused else drawn(passenger.item, boxes=False)
            clip = run.clip(alarm.time, alarm.decided) if not refused else None
            spent = timings(passenger.marks)
            try:
                tell(CameraAlarm(run.camera.name, alarm, wall, run.camera.pipeline, picture, clip, ready, spent))
            except Exception:  # Whoever takes alarms has a trouble of their own: the camera goes on.
                run.account.drop("alarm not taken")
                log.exception("an alarm of %s was not taken: %s", run.camera.name, alarm.why)

    def _keep_house(self) -> None:
        adapted, worked = time.monotonic(), time.process_time()
        while not self._closing.wait(_TEND):
            with self._lock:
                runs = list(self._runs.values())
            for run in runs:
                run.tend()
            passed = time.monotonic() - adapted
            if passed >= _ADAPT:
                self._adapt(runs, (time.process_time() - worked) / (passed * cores()))
                adapted, worked = time.monotonic(), time.process_time()

    def _adapt(self, runs: Sequence[CameraRun], load: float) -> None:
        """Let cameras be decoded, and looked at, as much as the machine can do."""
        for run in runs:
            run.spare()
        step_up(runs, load)
        busy = self.device.running.share()
        for run in runs:
            if run.camera.skip == "auto":
                _, analysed, dropped = run.account.rates()
                overloaded = True if dropped > 0.1 * (analysed + dropped) else False if busy < 0.6 else None
                run.retention.adapt(overloaded)


def open_camera(camera: Camera) -> Reader:
    """Connect to a camera with what PyAV has for its address. Raises InputError."""
    from trackside.media.live import LiveSettings, open_live

    keep = camera.clip_before + camera.clip_after
    settings = LiveSettings(
        every=1 / camera.rate,
        transport=camera.transport,
        open_timeout=OPEN_TIMEOUT,
        read_timeout=READ_TIMEOUT,
        hardware=camera.hardware,
        decode=camera.decode,
        keep=keep + 10.0 if keep else 0.0,
    )
    return open_live(camera.looked_at, settings, source=camera.name)


def route_of(camera: Camera) -> Route:
    """The compiled pipeline of a camera, with its own settings. Raises as `LiveEngine.add`."""
    try:
        pipeline = find_pipeline(
            Path(camera.pipeline) if camera.pipeline.endswith((".yaml", ".yml", ".json")) else camera.pipeline
        )
        return live_route(compile_pipeline(pipeline.with_settings(camera.settings), with_sinks=False))
    except SettingError as error:
        raise InputError(str(error), where=camera.name) from error


def options_from(facts: Mapping[str, Any]) -> EngineOptions:
    """The `engine` section of a cameras file: `devices`, `feeders`, `lanes`, `batch`.

    Raises:
        InputError: a name is unknown, or a number is none.
    """
    known = ("devices", "feeders", "lanes", "batch")
    for name, value in facts.items():
        if name not in known:
            raise InputError(f"the engine has no setting {name!r}", where="engine", fix=nearest(str(name), known))
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 1024:
            raise InputError(f"{name}: {value!r} is no number from 1 to 1024", where="engine", fix="leave it out")
    return EngineOptions(**facts)
