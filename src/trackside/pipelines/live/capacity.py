"""How many of these cameras fit on this machine: double them until they do not, then bisect, and say what was full first.

The method is a density test: a number of streams fits if every one of them is analysed at no less than a floor. The
cameras are the user's own; where there are fewer than asked for, each is opened several times, which costs the machine what
as many cameras would, except that the network and the cameras themselves must bear it too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from trackside.core import InputError
from trackside.pipelines.live.camera import Camera
from trackside.pipelines.live.engine import EngineOptions, LiveEngine
from trackside.pipelines.live.health import CameraHealth, EngineHealth

# Share of the floor that counts as reached: a grid of 5 a second on a camera of 24 gives 4.8.
_REACHED = 0.95
# Cameras that may fail to connect before the trial says so rather than measure the rest.
_CONNECTING = 30.0


@dataclass(frozen=True, slots=True)
class Trial:
    """What a number of cameras came to.

    Attributes:
        cameras: how many.
        fits: whether all were analysed often enough, and fresh.
        slowest: pictures a second of the slowest camera.
        median: of all cameras.
        staleness_ms: the worst camera's 95th percentile from capture to model; None with too few pictures.
        held_up_by: the stage that held up the rest, and why; empty if all was well.
        health: of the engine at the end.
    """

    cameras: int
    fits: bool
    slowest: float
    median: float
    staleness_ms: float | None
    held_up_by: str
    health: EngineHealth


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a machine can carry.

    Attributes:
        cameras: the largest number that fitted; 0 if not even one did.
        floor: pictures a second asked of each.
        limit: whether the search ended at the largest number allowed rather than at what the machine can do.
        first_full: the stage that was full first; empty if none was.
        why: one sentence on that.
        trials: all of them, in the order of time.
    """

    cameras: int
    floor: float
    limit: bool
    first_full: str
    why: str
    trials: tuple[Trial, ...] = field(default=())


def measure_capacity(
    cameras: Sequence[Camera],
    *,
    floor: float | None = None,
    most: int = 1024,
    seconds: float = 10.0,
    settle: float = 5.0,
    options: EngineOptions | None = None,
    listener: Callable[[Trial], None] = lambda trial: None,
) -> Capacity:
    """Find how many of these cameras this machine can analyse.

    Args:
        cameras: the user's own; taken in turn.
        floor: pictures a second that every camera must reach; their own rate if None.
        most: cameras that are tried at most.
        seconds: of measuring a trial.
        settle: seconds before measuring.
        options: of the engine.
        listener: told of each trial.

    Raises:
        InputError: no cameras, or one cannot be connected.
        PipelineError: a pipeline is wrong.
    """
    if not cameras:
        raise InputError("there are no cameras to measure with", fix="name some in the cameras file")
    trials: list[Trial] = []
    with LiveEngine(options=options) as engine:

        def fits(count: int) -> bool:
            _have(engine, cameras, count)
            _connected(engine)
            time.sleep(settle)
            trials.append(_measure(engine, seconds, floor))
            listener(trials[-1])
            return trials[-1].fits

        best = _search(fits, most)
    failed = [trial for trial in trials if not trial.fits]
    smallest = min(failed, key=lambda trial: trial.cameras, default=None)
    stage, _, why = smallest.held_up_by.partition(": ") if smallest else ("", "", "")
    asked = min(camera.rate for camera in cameras) if floor is None else floor
    return Capacity(best, asked, smallest is None, stage, why, tuple(trials))


def _search(fits: Callable[[int], bool], most: int) -> int:
    """The largest count that fits: double, then bisect to 2 % of it."""
    low, high = 0, 1
    while high <= most and fits(high):
        low, high = high, min(2 * high, most) if high < most else most + 1
    if high > most:
        return low
    while high - low > max(1, low // 50):
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def _have(engine: LiveEngine, cameras: Sequence[Camera], count: int) -> None:
    """Bring the engine to so many cameras."""
    there = [health.name for health in engine.cameras()]
    for name in there[count:]:
        engine.remove(name)
    for number in range(len(there), count):
        camera = cameras[number % len(cameras)]
        engine.add(camera.model_copy(update={"name": f"{number:05d}"}))


def _connected(engine: LiveEngine) -> None:
    end = time.monotonic() + _CONNECTING
    while waiting := [health for health in engine.cameras() if health.state != "live"]:
        if time.monotonic() > end:
            first = waiting[0]
            fix = "see that all cameras of the file can be reached, and as often as this"
            raise InputError(f"{len(waiting)} cameras do not connect: {first.problem}", where=first.address, fix=fix)
        time.sleep(0.1)


def _measure(engine: LiveEngine, seconds: float, floor: float | None) -> Trial:
    before = {health.name: health.analysed for health in engine.cameras()}
    began = time.monotonic()
    time.sleep(seconds)
    passed = time.monotonic() - began
    after = engine.cameras()
    rates = np.array([(health.analysed - before[health.name]) / passed for health in after])
    asked = np.array([floor or health.fps_wanted for health in after])
    stale = [health.staleness_ms.p95 for health in after if health.staleness_ms.p95 is not None]
    health = engine.health()
    fits = bool((rates >= _REACHED * asked).all()) and not _lost(after)
    held = f"{health.bottleneck}: {health.why}" if health.bottleneck else ""
    if not fits and not held:
        held = "cameras: " + (next((one.problem for one in after if one.problem), "") or "they send less than was asked for")
    return Trial(
        len(after), fits, float(rates.min()), float(np.median(rates)), max(stale, default=None), "" if fits else held, health
    )


def _lost(cameras: Sequence[CameraHealth]) -> bool:
    return any(health.state != "live" for health in cameras)
