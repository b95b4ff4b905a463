"""Cameras of a simulated fleet: real footage, coded anew in mixed sizes and rates, over loopback RTSP, staggered key frames.

Each camera is a mount of GStreamer's RTSP server, which plays a coded clip for ever and begins at a key frame of its own.
The server runs on the same processors as what is measured.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from tests.rtsp import MISSING, Server, rtsp_server
from tests.rtsp.clips import Coding, recoded

from trackside.pipelines.live import Camera

DATA = Path(os.environ.get("TRACKSIDE_TEST_DATA", Path(__file__).resolve().parents[2].parent / "shared")) / "data"
# Sub-streams as cameras send them for analysis: width, height, pictures a second, pictures between key frames.
CODINGS = (
    Coding(640, 360, 10, 300, 20, rate=600_000),
    Coding(352, 288, 12, 300, 24, rate=350_000),
    Coding(640, 480, 8, 300, 32, rate=600_000),
    Coding(320, 240, 15, 300, 30, rate=300_000),
    Coding(480, 272, 10, 300, 40, rate=400_000),
)
FIVE = (Coding(640, 360, 25, 500, 50, rate=1_000_000),)


def footage() -> Path:
    """Real pedestrians; exits with a message where they are missing."""
    path = DATA / "opencv_vtest" / "vtest.avi"
    if not path.is_file():
        raise SystemExit(f"needs real footage: no file {path}; set TRACKSIDE_TEST_DATA to the folder that holds `data/`")
    return path


@contextlib.contextmanager
def fleet(count: int, codings: tuple[Coding, ...] = CODINGS) -> Iterator[tuple[Server, list[str]]]:
    """So many cameras over RTSP; gives the server and their names."""
    clips = [recoded(footage(), coding) for coding in codings]
    files = {f"c{number:03d}": clips[number % len(clips)] for number in range(count)}
    with rtsp_server(files) as server:
        if server is None:
            raise SystemExit(MISSING)
        yield server, list(files)


def camera(server: Server, name: str, pipeline: str, **settings: object) -> Camera:
    """One camera of the fleet, as the engine takes it."""
    return Camera.model_validate({"name": name, "address": server.url(name), "pipeline": pipeline, **settings})
