"""Claim: after an hour of cameras that come and go, nothing is left of those that went.

File cameras (real footage) are added and removed all the time; at the end all but a few are removed and what is alive is
counted: lanes, runs, readers, frames, threads, open files; memory of the last quarter over that of the second quarter.
"""

from __future__ import annotations

import gc
import os
import random
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from tests.rtsp.clips import recoded

from benchmarks.harness import Claim, report
from benchmarks.live.endurance import resident
from benchmarks.live.fleet import CODINGS, footage
from trackside.media.frame import Frame
from trackside.media.live import LiveReader
from trackside.perception import Tracker
from trackside.pipelines.live import Camera, LiveEngine
from trackside.pipelines.live.camera_run import CameraRun
from trackside.pipelines.live.lane import LiveLane

KEPT, TOGETHER = 4, 24
KINDS = (LiveLane, CameraRun, LiveReader, Tracker)


def measure(minutes: float = 60.0) -> None:
    """Run it, count, and write."""
    seed, memory, rows = random.Random(0), [], []
    with LiveEngine() as engine:
        clips = [str(recoded(footage(), coding)) for coding in CODINGS]
        number = 0
        began = told = time.monotonic()
        while time.monotonic() < began + 60 * minutes:
            names = [health.name for health in engine.cameras()]
            if len(names) >= TOGETHER:
                engine.remove(seed.choice(names))
            engine.add(Camera(name=f"c{number}", address=clips[number % len(clips)], pipeline="watch-an-area", rate=5))
            number += 1
            time.sleep(2)
            memory.append(resident())
            if time.monotonic() - told > 60:
                told = time.monotonic()
                rows.append(
                    {
                        "minute": round((told - began) / 60),
                        "cameras_so_far": number,
                        **_alive(),
                        "memory_mb": round(memory[-1], 1),
                    }
                )
                print(rows[-1], flush=True)
        for health in engine.cameras()[KEPT:]:
            engine.remove(health.name)
        time.sleep(10)
        gc.collect()
        left = _alive()
        rows.append({"minute": round(minutes), "cameras_so_far": number, **left, "memory_mb": round(resident(), 1)})
    quarter = len(memory) // 4
    growth = float(np.median(memory[-quarter:]) / np.median(memory[quarter : 2 * quarter]) - 1)
    claims = [
        Claim(
            f"{kind.__name__}s alive with {KEPT} cameras left, of {number}",
            float(left[kind.__name__]),
            "objects",
            f"<= {KEPT}",
        )
        for kind in KINDS
    ]
    claims += [
        Claim("memory, last quarter over second quarter", round(100 * growth, 2), "%", "<= 2"),
        Claim("minutes", minutes, "min"),
    ]
    report("live_soak", rows, claims, method=__doc__.partition("\n\n")[2].strip(), command="make bench NAME=live ARGS=soak")


def _alive() -> dict[str, Any]:
    counts = dict.fromkeys((kind.__name__ for kind in (*KINDS, Frame)), 0)
    for thing in gc.get_objects():
        for kind in KINDS:
            counts[kind.__name__] += isinstance(thing, kind)
        counts["Frame"] += isinstance(thing, Frame)
    return {
        **counts,
        "threads": threading.active_count(),
        "files": len(list(Path("/proc/self/fd").iterdir())),
        "pid": os.getpid(),
    }
