"""Claim: where the device is the bottleneck it is never idle, its batches are full, and the engine loses under 5 % of it.

The device is one core: the engine's device thread is pinned to it and all else (decoding real H.264 files played as live,
preparing, tracking, rules) to the other; the bare model is the same network in a loop on the same core with the other one
free. They run in turns in one process; medians of the rounds. A network of fixed batch 1 (YOLOX-nano as released) and the
same network with its batch freed, in batches of 4.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from tests.rtsp.clips import recoded

from benchmarks.harness import Claim, report
from benchmarks.live.fleet import CODINGS, footage
from trackside.pipelines.live import Camera, EngineOptions, LiveEngine

ROUNDS = 5
SECONDS = 20.0


def measure(cameras: int = 24) -> None:
    """Both batch sizes, in turns."""
    rows: list[dict[str, Any]] = []
    claims: list[Claim] = []
    for model, batch in _models():
        found = [_round(model, batch, cameras) for _ in range(ROUNDS)]
        ratio = median(one["engine"] / one["bare"] for one in found)
        rows += [{"model": model, "batch": batch, "round": number, **one} for number, one in enumerate(found)]
        of = f"batch {batch}"
        claims += [
            Claim(f"engine over bare model, {of}", round(ratio, 3), "ratio", ">= 0.95"),
            Claim(f"device busy, {of}", round(100 * median(one["busy"] for one in found), 1), "%", ">= 95"),
            Claim(f"batch occupancy, {of}", round(100 * median(one["occupancy"] for one in found), 1), "%", ">= 95"),
        ]
    report(
        "live_saturation",
        rows,
        claims,
        method=__doc__.partition("\n\n")[2].strip(),
        command="make bench NAME=live ARGS=saturation",
    )


def _models() -> list[tuple[str, int]]:
    from benchmarks.live.freeing import freed

    return [("yolox-nano", 1), (str(freed("yolox-nano")), 4)]


def _round(model: str, batch: int, cameras: int) -> dict[str, float]:
    bare = _bare(model, batch)
    engine = _engine(model, batch, cameras)
    again = _bare(model, batch)
    print(model[-20:], batch, bare, engine, again, flush=True)
    return {"bare": (bare + again) / 2, **engine}


def _bare(model: str, batch: int) -> float:
    """Pictures a second of the network alone, on one core."""
    from trackside.models import resolve, shared_runtime

    runtime = shared_runtime(resolve(model))
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        runtime.warm_up(batch)
        began, calls = time.perf_counter(), 0
        while time.perf_counter() - began < SECONDS / 4:
            runtime.warm_up(batch)
            calls += 1
        return calls * batch / (time.perf_counter() - began)
    finally:
        os.sched_setaffinity(0, allowed)


def _engine(model: str, batch: int, cameras: int) -> dict[str, float]:
    allowed = os.sched_getaffinity(0)
    device = {min(allowed)}
    rest = allowed - device or allowed

    def pin(kind: str) -> None:
        os.sched_setaffinity(0, device if kind == "device" else rest)

    done = [0]

    def count(name: str, passenger: Any) -> None:
        done[0] += 1

    os.sched_setaffinity(0, rest)  # Threads that are made from now on inherit it.
    try:
        with LiveEngine(on_done=count, options=EngineOptions(devices=1, batch=batch, on_thread=pin)) as engine:
            for number in range(cameras):
                clip: Path = recoded(footage(), CODINGS[number % len(CODINGS)])
                settings = {"detect.model": model}
                engine.add(Camera(name=f"c{number}", address=str(clip), pipeline="watch-an-area", settings=settings, rate=8))
            time.sleep(8)
            before, worked, began = done[0], engine.device.running.total, time.perf_counter()
            occupancy = []
            while time.perf_counter() - began < SECONDS:
                time.sleep(1)
                occupancy.append(engine.health().occupancy)
            passed = time.perf_counter() - began
            busy = (engine.device.running.total - worked) / passed
            return {"engine": (done[0] - before) / passed, "busy": busy, "occupancy": float(np.median(occupancy))}
    finally:
        os.sched_setaffinity(0, allowed)
