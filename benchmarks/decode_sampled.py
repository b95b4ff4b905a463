"""Claim: a camera sampled at 5 fps costs little more than decoding it, and less than it does by the idioms in use.

Real footage coded as cameras send it (H.264, 640 x 360, 25 fps, about 1 Mb/s, a key frame every 2 s): `vtest.avi` and
TUD-Campus, scaled and coded anew, each picture one frame, so that they move faster than they did; without B-frames, as most
cameras send, and with three. One thread each, CPU seconds of the whole process, in turns:

- bare: PyAV decodes every frame, nobody looks at any;
- ours: the inner loop of `media.live` (clock, grid, counts, planes) fed from the file without pacing, and of each picture
  given out the small one that a detector takes, 416 x 234 RGB;
- ours, thrifty: the same with `decode="thrifty"`;
- PyAV's idioms: every fifth frame `to_ndarray(format="rgb24")` and `cv2.resize`, or `reformat(416, 234, "rgb24")`;
- OpenCV: `grab` all, `retrieve` and `resize` every fifth; decord, where it installs: every fifth at 416 x 234.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import cv2
from tests.rtsp.clips import Coding, recoded

from benchmarks.harness import Claim, in_turns, median, ratios, report
from trackside.media.live import LiveCounts, LiveSettings, Sampler
from trackside.media.live.clock import LiveClock

try:
    import decord
except ImportError:
    decord = None

SHARED = Path(os.environ.get("TRACKSIDE_TEST_DATA", Path(__file__).resolve().parents[2] / "shared"))
FOOTAGE = {
    "vtest": SHARED / "data" / "opencv_vtest" / "vtest.avi",
    "TUD-Campus": SHARED / "data" / "mot15" / "TUD-Campus" / "TUD-Campus.mp4",
}
ROUNDS = 7
FPS, EVERY, FRAMES = 25, 5, 750
SIZE = (416, 234)


def main() -> None:
    """Measure on each clip and report."""
    missing = [str(path) for path in FOOTAGE.values() if not path.exists()]
    if missing:
        sys.exit(f"needs {', '.join(missing)}; set TRACKSIDE_TEST_DATA to the folder that holds data/")
    rows: list[dict[str, Any]] = []
    claims: list[Claim] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, video in FOOTAGE.items():
            for b_frames in (0, 3):
                clip = recoded(video, Coding(frames=FRAMES, b_frames=b_frames), Path(folder))
                measure(f"{name}, {b_frames} B-frames", clip, rows, claims)
    report("decode_sampled", rows, claims, method=f"{ROUNDS} rounds in turns, medians. " + " ".join(__doc__.split()))


def measure(case: str, clip: Path, rows: list[dict[str, Any]], claims: list[Claim]) -> None:
    """All ways on one clip."""
    ways: dict[str, Callable[[Path], int]] = {
        "bare PyAV": bare,
        "ours": ours,
        "ours, thrifty": lambda path: ours(path, "thrifty"),
        "PyAV, to_ndarray": pyav_arrays,
        "PyAV, reformat": pyav_small,
        "OpenCV": opencv,
    }
    if decord is not None:
        ways["decord"] = decord_small
    given = {name: way(clip) for name, way in ways.items()}  # also warms up
    found = in_turns({name: (lambda way=way: way(clip)) for name, way in ways.items()}, ROUNDS)
    cpu = {name: [timing.cpu for timing in timings] for name, timings in found.items()}
    seconds = FRAMES / FPS
    for name, values in cpu.items():
        cost = median(values) / seconds
        over = ratios(values, cpu["bare PyAV"])
        row = {"clip": case, "how": name, "CPU s / stream s": cost, "streams a core": 1 / cost, "x bare": over}
        rows.append({**row, "pictures": given[name]})
    best = min((name for name in cpu if name.startswith(("PyAV", "OpenCV", "decord"))), key=lambda name: median(cpu[name]))
    claims.append(Claim(f"{case}: ours / bare decoding", ratios(cpu["ours"], cpu["bare PyAV"]), "ratio", "<= 1.15"))
    claims.append(Claim(f"{case}: PyAV's idiom / ours", ratios(cpu["PyAV, to_ndarray"], cpu["ours"]), "ratio"))
    claims.append(Claim(f"{case}: best peer ({best}) / ours", ratios(cpu[best], cpu["ours"]), "ratio"))
    claims.append(Claim(f"{case}: ours / thrifty", ratios(cpu["ours"], cpu["ours, thrifty"]), "ratio"))
    claims.append(Claim(f"{case}: streams a core, ours", seconds / median(cpu["ours"]), "streams", ">= 65"))


def bare(path: Path) -> int:
    """Decode, touch nothing."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_count = 1
        return sum(1 for _ in container.decode(stream))


def ours(path: Path, decode: Any = "exact") -> int:
    """The live source's inner loop, and the detector's small picture."""
    count = 0
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        clock = LiveClock(stream.time_base, 1 / FPS)
        sampler = Sampler(LiveSettings(every=EVERY / FPS, decode=decode), clock, "camera", LiveCounts())
        sampler.attach(stream)
        for packet in container.demux(stream):
            if packet.size:
                for record in sampler.take(packet, clock.packet(packet.pts, None)):
                    record.data.resized(*SIZE)
                    count += 1
                # As the idioms let go of theirs: the decoder writes into memory that is still in the cache.
                record = None
        for record in sampler.finish():
            record.data.resized(*SIZE)
            count += 1
    return count


def pyav_arrays(path: Path) -> int:
    """Every fifth frame whole as RGB, then scaled by OpenCV."""
    return _pyav(path, lambda frame: cv2.resize(frame.to_ndarray(format="rgb24"), SIZE))


def pyav_small(path: Path) -> int:
    """Every fifth frame scaled by FFmpeg."""
    return _pyav(path, lambda frame: frame.reformat(*SIZE, format="rgb24").to_ndarray())


def _pyav(path: Path, look: Callable[[Any], Any]) -> int:
    count = 0
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_count = 1
        for number, frame in enumerate(container.decode(stream)):
            if number % EVERY == 0:
                look(frame)
                count += 1
    return count


def opencv(path: Path) -> int:
    """Grab all, retrieve every fifth and scale it."""
    video = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
    count = number = 0
    while video.grab():
        if number % EVERY == 0:
            _, image = video.retrieve()
            cv2.resize(image, SIZE)
            count += 1
        number += 1
    video.release()
    return count


def decord_small(path: Path) -> int:
    """Every fifth frame at the small size; decord decodes those between by itself."""
    video = decord.VideoReader(str(path), num_threads=1, width=SIZE[0], height=SIZE[1])
    for number in range(0, len(video), EVERY):
        video[number].asnumpy()
    return len(range(0, len(video), EVERY))


if __name__ == "__main__":
    cv2.setNumThreads(1)
    main()
