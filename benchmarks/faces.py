"""Claim: our MTCNN finds what facenet-pytorch's finds, in less than half the time on one core.

The same networks with the same weights, thresholds and smallest face (20 pixels), each with one thread, in turns in one
process. Pictures: frames of `vtest.avi` (people far away), a photograph of a team, and a photograph enlarged to 1080p.
facenet-pytorch pins old releases of torch and numpy and runs without the pins:
    python -m pip install --no-deps facenet-pytorch==2.6.0
Run: python -m benchmarks.faces
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.harness import Claim, in_turns, median, ratios, report
from trackside.core import RGB
from trackside.media import VideoReader, read_image
from trackside.perception.faces import FaceFinder

SHARED = Path(os.environ.get("TRACKSIDE_TEST_DATA", Path(__file__).resolve().parents[2] / "shared"))
FOLDER = SHARED / "data" / "opencv_vtest"
ROUNDS = int(os.environ.get("TRACKSIDE_ROUNDS", "5"))
FRAMES = 8


def main() -> None:
    """Measure, compare and report."""
    try:
        import torch
        from facenet_pytorch.models.mtcnn import MTCNN
    except ImportError:
        sys.exit("needs facenet-pytorch: python -m pip install --no-deps facenet-pytorch==2.6.0")
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    theirs = MTCNN(keep_all=True, select_largest=False)
    ours = FaceFinder("mtcnn")
    rows: list[dict[str, Any]] = []
    claims: list[Claim] = []
    apart = 0.0
    for title, pictures in _pictures().items():
        calls: dict[str, Callable[[], Any]] = {
            "ours": partial(ours, pictures),
            "facenet-pytorch": partial(theirs.detect, np.stack(pictures), landmarks=True),
            "facenet-pytorch, one by one": lambda pictures=pictures: [theirs.detect(p, landmarks=True) for p in pictures],
        }
        for call in calls.values():
            call()
        times = {name: [t.wall for t in each] for name, each in in_turns(calls, ROUNDS).items()}
        faster = min(ratios(times[name], times["ours"]) for name in calls if name != "ours")
        apart = max(apart, _apart(ours, theirs, pictures))
        each = {f"{name}, ms": 1000 * median(seconds) / len(pictures) for name, seconds in times.items()}
        rows.append({"pictures": title, "count": len(pictures), **each, "times as fast": faster})
        claims.append(Claim(f"times as fast as facenet-pytorch, {title}", faster, "ratio", ">= 2"))
    claims.append(Claim("largest difference of a box or point", apart, "px", "<= 0.01"))
    method = (
        f"one thread each, median of {ROUNDS} rounds in turns in one process; milliseconds a picture; the faster of two ways"
    )
    report("faces", rows, claims, method=f"{method} to call facenet-pytorch 2.6.0 counts")


def _pictures() -> dict[str, list[RGB]]:
    frames = []
    for record in VideoReader(FOLDER / "vtest.avi", every=2.0):
        frames.append(np.ascontiguousarray(record.data.rgb()))
        if len(frames) == FRAMES:
            break
    photograph = read_image(FOLDER / "messi5.jpg")
    large = np.asarray(cv2.resize(photograph, (1920, 1080), interpolation=cv2.INTER_CUBIC), np.uint8)
    return {
        "768 x 576 far away": frames,
        "640 x 480": [read_image(FOLDER / "basketball1.png")],
        "1920 x 1080 enlarged": [large],
    }


def _apart(ours: FaceFinder, theirs: Any, pictures: list[RGB]) -> float:
    """The largest difference of a coordinate, pixels; infinite if a face is missing."""
    apart = 0.0
    for found, picture in zip(ours(pictures), pictures, strict=True):
        boxes, scores, points = theirs.detect(picture, landmarks=True)
        if (0 if boxes is None else len(boxes)) != len(found):
            return float("inf")
        if len(found):
            order = np.argsort(-scores.astype(float), kind="stable")
            apart = max(apart, float(np.abs(boxes[order].astype(float) - found.boxes.boxes).max()))
            apart = max(apart, float(np.abs(points[order].astype(float) - found.points.points).max()))
    return apart


if __name__ == "__main__":
    main()
