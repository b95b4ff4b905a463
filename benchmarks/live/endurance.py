"""Claim: 200 cameras on two cores run as fast as fits, none starves, what is looked at is fresh, memory stays as it is, and
cameras that die or hang cost the others nothing.

Real footage in H.264 of five sizes and rates over loopback RTSP, staggered key frames, one pipeline (YOLOX-nano, tracking, a
zone). In alternate stretches, 20 random cameras are killed or made to hang, and revived. What the others lose is the median
over the stretches of their analysed pictures a second with faults over that of the calm stretches before and after.
"""

from __future__ import annotations

import random
import resource
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from tests.rtsp import Server

from benchmarks.harness import Claim, report
from benchmarks.live.fleet import camera, fleet
from trackside.pipelines.live import LiveEngine
from trackside.pipelines.live.lane import Passenger

PIPELINE = "watch-an-area"
STALENESS = 0.5
FAULTS = 20


@dataclass
class Watch:
    """What is seen while the fleet runs."""

    stale: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)

    def look(self, name: str, passenger: Passenger) -> None:
        """Called for each picture that went through."""
        self.done[name] += 1
        if len(self.stale) < 2_000_000:
            self.stale.append(passenger.marks.get("taken", passenger.captured) - passenger.captured)
            self.late.append(passenger.marks["done"] - passenger.captured)


def resident() -> float:
    """Megabytes that this process holds in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def measure(count: int, minutes: float, rate: float) -> None:
    """Run the fleet, and write what came out of it."""
    watch, seed = Watch(), random.Random(0)
    with fleet(count) as (server, names), LiveEngine(on_done=watch.look) as engine:
        for name in names:
            engine.add(camera(server, name, PIPELINE, rate=rate, staleness=STALENESS))
        _settle(engine, count)
        rows, ratios, memory = _run(engine, server, names, watch, seed, minutes)
        health = engine.health()
        spread = _spread(rows, names)
    print(health)
    half = len(memory) // 2
    growth = float(np.median(memory[half:]) / np.median(memory[: max(1, half)]) - 1)
    claims = [
        Claim(f"slowest of {count} cameras over the median, pictures a second", round(spread, 3), "ratio", ">= 0.8"),
        Claim(
            "staleness, 95th percentile",
            round(1000 * float(np.percentile(watch.stale, 95)), 1),
            "ms",
            f"<= {1000 * STALENESS:g}",
        ),
        Claim("memory, second half over first", round(100 * growth, 2), "%", "<= 2"),
        Claim(
            f"{FAULTS} cameras killed or hanging: the others' pictures a second",
            round(float(np.median(ratios)), 4),
            "ratio",
            ">= 0.99",
        ),
        Claim("capture to event, 95th percentile", round(1000 * float(np.percentile(watch.late, 95)), 1), "ms"),
        Claim("pictures analysed a second", round(health.fps_analysed, 1), "/s"),
    ]
    report(
        "live_endurance",
        rows,
        claims,
        method=__doc__.partition("\n\n")[2].strip(),
        command=f"make bench NAME=live ARGS='endurance --cameras {count} --minutes {minutes:g}'",
    )


def _settle(engine: LiveEngine, count: int) -> None:
    """Wait until all are connected and decoding has found its pace."""
    end = time.monotonic() + 120
    while engine.health().cameras.get("live", 0) < count and time.monotonic() < end:
        time.sleep(1)
    time.sleep(60)


def _run(
    engine: LiveEngine, server: Server, names: list[str], watch: Watch, seed: random.Random, minutes: float
) -> tuple[list[dict[str, object]], list[float], list[float]]:
    """Calm stretches and stretches with faults in turns."""
    stretches = max(4, round(minutes * 2)) // 2 * 2
    seconds = 60 * minutes / stretches
    rows: list[dict[str, object]] = []
    rates: list[tuple[bool, dict[str, float], set[str]]] = []
    memory: list[float] = []
    for number in range(stretches):
        faulty = number % 2 == 1
        chosen = set(seed.sample(names, min(FAULTS, len(names) // 4))) if faulty else set()
        for place, name in enumerate(sorted(chosen)):
            (server.kill if place % 2 else server.hang)(name)
        before, began = dict(watch.done), time.monotonic()
        while time.monotonic() < began + seconds:
            time.sleep(min(5.0, seconds))
            memory.append(resident())
        passed = time.monotonic() - began
        rate = {name: (watch.done[name] - before.get(name, 0)) / passed for name in names}
        rates.append((faulty, rate, chosen))
        rows.append(_row(number, faulty, rate, chosen, memory[-1], engine))
        print(rows[-1], flush=True)
        for name in chosen:
            server.revive(name)
    return rows, _costs(rates), memory


def _row(
    number: int, faulty: bool, rate: dict[str, float], chosen: set[str], memory: float, engine: LiveEngine
) -> dict[str, object]:
    others = [value for name, value in rate.items() if name not in chosen]
    health = engine.health()
    return {
        "stretch": number,
        "faults": len(chosen),
        "slowest": round(min(others), 3),
        "median": round(float(np.median(others)), 3),
        "total": round(sum(others), 1),
        "memory_mb": round(memory, 1),
        "held_up_by": health.bottleneck,
    }


def _costs(rates: list[tuple[bool, dict[str, float], set[str]]]) -> list[float]:
    """The others' pictures a second in each stretch with faults, over that of its calm neighbours."""
    found = []
    for number, (faulty, rate, chosen) in enumerate(rates):
        calm = [rates[place][1] for place in (number - 1, number + 1) if 0 <= place < len(rates) and not rates[place][0]]
        if faulty and calm:
            others = [name for name in rate if name not in chosen]
            usual = np.mean([sum(one[name] for name in others) for one in calm])
            found.append(sum(rate[name] for name in others) / float(usual))
    return found


def _spread(rows: list[dict[str, object]], names: list[str]) -> float:
    """The slowest camera over the median one, the median of the calm stretches."""
    calm = [row for row in rows if not row["faults"]]
    return float(np.median([float(row["slowest"]) / float(row["median"]) for row in calm]))  # type: ignore[arg-type]
