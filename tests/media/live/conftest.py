"""Clips that the tests of live sources share. SYNTHETIC: squares that move over a textured ground."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from tests.rtsp.clips import Coding, shapes


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for clips."""
    return tmp_path_factory.mktemp("clips")


@pytest.fixture(scope="session")
def clip(clips: Path) -> Path:
    """2 s of 10 fps, 160 x 96, a key frame every second, no B-frames."""
    return shapes(Coding(160, 96, 10, 20, 10, rate=200_000), clips)


@pytest.fixture(scope="session")
def clip_with_b(clips: Path) -> Path:
    """4 s of 25 fps, 160 x 96, a key frame every second, up to three B-frames in a row."""
    return shapes(Coding(160, 96, 25, 100, 25, b_frames=3, rate=200_000), clips)


@pytest.fixture(scope="session")
def transport_stream(clip: Path, clips: Path) -> Path:
    """The first clip as MPEG transport stream, as cameras and HLS send it over HTTP."""
    path = clips / "clip.ts"
    with av.open(str(clip)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0], opaque=True)
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
    return path
