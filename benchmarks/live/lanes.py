"""Claim: threads suffice for tracking and rules of 200 cameras at 10 pictures a second; two processes do how much more.

Real detections (YOLOX-nano on vtest.avi, made beforehand) of 10 cameras a worker go through tracking, a zone with counts and
the alarm ladder, as lanes run them: in one thread, in two threads of one process, and in two processes. Records a second, in
turns; medians.
"""

from __future__ import annotations

import multiprocessing
import threading
import time
from itertools import islice
from statistics import median
from typing import Any

from benchmarks.harness import Claim, report
from benchmarks.live.fleet import footage
from trackside.core import Detections, Record
from trackside.pipelines.calls import Call, new_item
from trackside.pipelines.compiler import compile_pipeline
from trackside.pipelines.graph import parse_pipeline
from trackside.pipelines.kinds import StreamInfo

CAMERAS, FRAMES, ROUNDS = 10, 200, 5
ZONE = [[0.5, 0.5], [0.95, 0.5], [0.95, 0.97], [0.5, 0.97]]
PIPELINE = {
    "pipeline": "lanes",
    "blocks": {
        "detect": {"use": "detect.objects@1", "images": "source.images", "model": "yolox-nano", "threshold": 0.1},
        "track": {"use": "track.objects@2", "detections": "detect"},
        "area": {"use": "zone.count@1", "tracks": "track", "zones": {"area": ZONE}, "coordinates": "fraction"},
        "alarm": {"use": "alarm.raise@1", "events": "area.events", "tracks": "track"},
    },
    "save": ["alarm.alarms"],
}


def measure() -> None:
    """One thread, two threads, two processes, in turns."""
    found = _detections()
    ways = {"one thread": _one, "two threads": _threads, "two processes": _processes}
    rows = [{name: round(way(found)) for name, way in ways.items()} for _ in range(ROUNDS)]
    rates = {name: median(row[name] for row in rows) for name in ways}
    claims = [
        Claim("tracking and rules, two threads", rates["two threads"], "records/s", ">= 2000"),
        Claim("two threads over one", round(rates["two threads"] / rates["one thread"], 2), "ratio"),
        Claim("two processes over one thread", round(rates["two processes"] / rates["one thread"], 2), "ratio"),
    ]
    report(
        "live_lanes", rows, claims, method=__doc__.partition("\n\n")[2].strip(), command="make bench NAME=live ARGS=lanes"
    )


def _detections() -> list[Detections]:
    from trackside.media import open_media
    from trackside.perception import load_detector

    detector = load_detector("yolox-nano")
    with open_media(footage()) as reader:
        return [detector([record.data], threshold=0.1, classes=["person"])[0] for record in islice(reader, FRAMES)]


def _work(found: list[Detections], cameras: int) -> None:
    plan = compile_pipeline(parse_pipeline(PIPELINE), with_sinks=False)
    nodes = [node for node in plan.nodes if node.name != "detect"]
    lanes = [[Call.of(node) for node in nodes] for _ in range(cameras)]
    stream = StreamInfo("c", "", 768, 576, 10.0)
    for number, detections in enumerate(found):
        for calls in lanes:
            item = new_item(number, Record("c", number, number / 10, None), stream, None)
            item.values["detect", "detections"] = detections
            for call in calls:
                call.run(item)


def _one(found: list[Detections]) -> float:
    began = time.perf_counter()
    _work(found, CAMERAS)
    return CAMERAS * len(found) / (time.perf_counter() - began)


def _threads(found: list[Detections]) -> float:
    return _side_by_side(threading.Thread, found)


def _processes(found: list[Detections]) -> float:
    # Forked, so that starting costs nothing of note.
    return _side_by_side(multiprocessing.get_context("fork").Process, found)


def _side_by_side(make: Any, found: list[Detections]) -> float:
    workers = [make(target=_work, args=(found, CAMERAS)) for _ in range(2)]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return 2 * CAMERAS * len(found) / (time.perf_counter() - began)
