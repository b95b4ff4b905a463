"""Claim: with the same cameras, model and machine, at least twice the analysed pictures a second of a loop with a thread a
camera around `supervision` and `trackers`.

The peer is what its documentation shows, made to run well: a thread a camera reads RTSP with OpenCV (one FFmpeg
thread each), passes over the pictures between two samples with `grab`, scales with OpenCV, calls the same ONNX network in a
shared session with one thread a call, and gives `sv.Detections` to a `ByteTrackTracker` and a `PolygonZone` of its own. Real
H.264 of 640 x 360 at 25 fps over loopback RTSP; both sample at 5 pictures a second. In turns in one process.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENCV_FFMPEG_CAPTURE_OPTIONS", "rtsp_transport;tcp|threads;1")

import threading
import time
from statistics import median
from typing import Any

import cv2
import numpy as np

from benchmarks.harness import Claim, report
from benchmarks.live.fleet import FIVE, camera, fleet
from trackside.models import resolve
from trackside.pipelines.live import LiveEngine

MODEL = "yolox-nano"
RATE = 5.0
ZONE = np.array([[320, 180], [608, 180], [608, 349], [320, 349]])
ROUNDS = 3


def measure(counts: tuple[int, ...] = (8, 24, 64), seconds: float = 40.0) -> None:
    """Each number of cameras, both in turns."""
    rows: list[dict[str, Any]] = []
    claims: list[Claim] = []
    for count in counts:
        ours, theirs = [], []
        with fleet(count, FIVE) as (server, names):
            for number in range(ROUNDS):
                ours.append(_ours(server, names, seconds))
                theirs.append(_peer([server.url(name) for name in names], seconds))
                rows.append({"cameras": count, "round": number, "trackside": ours[-1], "thread_a_camera": theirs[-1]})
                print(rows[-1], flush=True)
        ratio = median(a / b for a, b in zip(ours, theirs, strict=True))
        claims.append(
            Claim(f"pictures a second over a thread a camera, {count} cameras", round(ratio, 2), "ratio", ">= 2.0")
        )
    report(
        "live_peers", rows, claims, method=__doc__.partition("\n\n")[2].strip(), command="make bench NAME=live ARGS=peers"
    )


def _ours(server: Any, names: list[str], seconds: float) -> float:
    done = [0]

    def count(name: str, passenger: Any) -> None:
        done[0] += 1

    with LiveEngine(on_done=count) as engine:
        for name in names:
            engine.add(camera(server, name, "watch-an-area", rate=RATE))
        time.sleep(seconds / 2)
        before, began = done[0], time.perf_counter()
        time.sleep(seconds)
        return round((done[0] - before) / (time.perf_counter() - began), 2)


def _peer(urls: list[str], seconds: float) -> float:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(resolve(MODEL).network), options, providers=["CPUExecutionProvider"])
    over, done = threading.Event(), [0] * len(urls)
    threads = [
        threading.Thread(target=_loop, args=(session, url, over, done, number), daemon=True)
        for number, url in enumerate(urls)
    ]
    for thread in threads:
        thread.start()
    time.sleep(seconds / 2)
    before, began = sum(done), time.perf_counter()
    time.sleep(seconds)
    rate = (sum(done) - before) / (time.perf_counter() - began)
    over.set()
    for thread in threads:
        thread.join(20)
    return round(rate, 2)


def _loop(session: Any, url: str, over: threading.Event, done: list[int], number: int) -> None:
    import supervision as sv
    from trackers import ByteTrackTracker

    source = cv2.VideoCapture(url, cv2.CAP_FFMPEG)
    tracker, zone, every, place = ByteTrackTracker(), sv.PolygonZone(ZONE), round(25 / RATE), 0
    while not over.is_set() and source.grab():
        place += 1
        if place % every:
            continue
        known, frame = source.retrieve()
        if not known:
            continue
        tracks = tracker.update(_detect(session, frame, sv))
        zone.trigger(tracks)
        done[number] += 1
    source.release()


_GRID: list[np.ndarray] = []


def _detect(session: Any, frame: Any, sv: Any) -> Any:
    """YOLOX-nano as its repository's ONNX Runtime demo decodes it."""
    if not _GRID:
        cells = [np.stack(np.meshgrid(np.arange(416 // s), np.arange(416 // s)), 2).reshape(-1, 2) for s in (8, 16, 32)]
        strides = np.concatenate([np.full((len(c), 1), s) for c, s in zip(cells, (8, 16, 32), strict=True)])
        _GRID[:] = [np.concatenate(cells), strides]
    ratio = min(416 / frame.shape[0], 416 / frame.shape[1])
    small = cv2.resize(frame, (int(frame.shape[1] * ratio), int(frame.shape[0] * ratio)))
    padded = np.full((416, 416, 3), 114, np.uint8)
    padded[: small.shape[0], : small.shape[1]] = small
    out = session.run(None, {"images": padded.transpose(2, 0, 1)[None].astype(np.float32)})[0][0]
    scores = out[:, 4] * out[:, 5]  # People only, as our pipeline asks.
    rows = scores >= 0.1
    grid, strides = (part[rows] for part in _GRID)
    centres, sizes = (out[rows, :2] + grid) * strides / ratio, np.exp(out[rows, 2:4]) * strides / ratio
    boxes = np.concatenate([centres - sizes / 2, centres + sizes / 2], 1)
    found = sv.Detections(boxes.astype(np.float32), confidence=scores[rows], class_id=np.zeros(int(rows.sum()), int))
    return found.with_nms(0.5)
