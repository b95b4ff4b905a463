"""Claim: memory does not grow with length. One hour of 1080p through *count people* stays under 1.5 GiB.

The film is made here (ten seconds of a moving pattern at 25 frames a second, repeated 360 times without encoding again),
and so are the boxes (ten moving ones a frame): SYNTHETIC. Every one of the 90,000 frames is decoded, tracked, counted and
written to tables. Resident memory of the process is sampled; its median in the last tenth is compared with that in the
second tenth.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import threading
import time
from pathlib import Path

import av
import numpy as np

from benchmarks.harness import Claim, median, report
from trackside.core import Detections
from trackside.core.motchallenge import write_mot
from trackside.pipelines import Pipeline, RunOptions, find_pipeline, run_files

SECONDS, FPS, REPEATS = 10, 25, int(sys.argv[1]) if len(sys.argv) > 1 else 360
WIDTH, HEIGHT = 1920, 1080


def main() -> None:
    """Make the film, run, and report."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        film = repeat(make_clip(folder / "clip.mp4"), folder / "hour.mp4")
        boxes = make_boxes(folder / "det.txt")
        samples: list[tuple[float, float]] = []
        start = time.perf_counter()
        with Sampler(samples):
            result = run_files(count_people(boxes), [film], folder / "out", RunOptions())
        assert result.ok, result.files[0].error
        wall = time.perf_counter() - start
        frames = result.files[0].facts["records"]
    second, last = (median([m for t, m in samples if a <= t / wall < b]) for a, b in ((0.1, 0.2), (0.9, 1.0)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    rows = [
        {"what": "second tenth", "resident GiB": second},
        {"what": "last tenth", "resident GiB": last},
        {"what": "peak", "resident GiB": peak},
    ]
    claims = [
        Claim(f"peak memory over {frames} frames of 1080p", peak, "GiB", "<= 1.5"),
        Claim("growth from the second to the last tenth", last - second, "GiB", "<= 0.05"),
        Claim("frames a second", frames / wall, "frames/s"),
    ]
    report("memory_hour", rows, claims, method=" ".join((__doc__ or "").split()))


class Sampler:
    """Samples this process's resident memory in GiB, twice a second."""

    def __init__(self, samples: list[tuple[float, float]]) -> None:
        self._samples, self._stop = samples, threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        start, page = time.perf_counter(), os.sysconf("SC_PAGE_SIZE")
        while not self._stop.wait(0.5):
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            self._samples.append((time.perf_counter() - start, pages * page / 2**30))


def make_clip(path: Path) -> Path:
    """A moving pattern."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "crf": "28"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(SECONDS * FPS):
            grey = ((x + 4 * number) // 8 + y // 8).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(grey, format="gray").reformat(format="yuv420p")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def repeat(clip: Path, path: Path) -> Path:
    """The clip's packets again and again, time stamps moved on."""
    with av.open(str(path), "w") as out:
        target = None
        for turn in range(REPEATS):
            with av.open(str(clip)) as container:
                source = container.streams.video[0]
                if target is None:
                    target = out.add_stream_from_template(source)
                offset = int(turn * SECONDS / source.time_base)
                for packet in container.demux(source):
                    if packet.dts is None:
                        continue
                    packet.pts, packet.dts = packet.pts + offset, packet.dts + offset
                    packet.stream = target
                    out.mux(packet)
    return path


def make_boxes(path: Path) -> Path:
    """Ten boxes that wander about."""
    frames = {}
    for number in range(REPEATS * SECONDS * FPS):
        phase = number / FPS * 0.3 + np.arange(10)
        x, y = 900 + 700 * np.sin(phase), 500 + 350 * np.cos(0.7 * phase)
        boxes = np.stack([x, y, x + 60, y + 150], axis=1)
        frames[number + 1] = Detections(boxes.astype(np.float32), np.full(10, 0.9), np.zeros(10))
    write_mot(path, frames)
    return path


def count_people(boxes: Path) -> Pipeline:
    """The template with these boxes and without drawing."""
    data = find_pipeline("count-people").model_dump(mode="json")
    data["blocks"].pop("draw")
    data["blocks"]["detect"] = {"use": "detect.from_file@1", "path": str(boxes)}
    data["save"] = ["track.tracks", "zones.counts", "zones.events"]
    return Pipeline.model_validate(data)


if __name__ == "__main__":
    main()
