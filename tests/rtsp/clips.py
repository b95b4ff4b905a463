"""Coded clips as cameras send them, made once a test session: real footage coded anew, or synthetic moving shapes."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

RGB = NDArray[np.uint8]


@dataclass(frozen=True)
class Coding:
    """How a clip is coded.

    Attributes:
        width: pixels.
        height: pixels.
        fps: frames a second.
        frames: how many.
        gop: frames from one key frame to the next.
        b_frames: B-frames in a row, as many everywhere; cameras mostly send none.
        rate: bits a second, 0 for x264's own quality.
        codec: FFmpeg's name of the encoder.
    """

    width: int = 640
    height: int = 360
    fps: int = 25
    frames: int = 250
    gop: int = 50
    b_frames: int = 0
    rate: int = 1_000_000
    codec: str = "libx264"


def recoded(video: Path, coding: Coding, folder: Path | None = None) -> Path:
    """Real footage (`vtest.avi`, say) scaled and coded anew, each picture one frame.

    Its frames follow each other at the new rate: footage of 10 fps coded at 25 fps moves 2.5 times as fast.
    """
    return _made(f"{video.stem}", coding, folder, lambda: _real(video, coding))


def shapes(coding: Coding, folder: Path | None = None) -> Path:
    """SYNTHETIC: a textured ground with bright squares that move across it, one for each half second of way."""
    return _made("synthetic", coding, folder, lambda: _synthetic(coding))


def _made(name: str, coding: Coding, folder: Path | None, pictures: Any) -> Path:
    folder = folder or Path(tempfile.gettempdir()) / "trackside-clips"
    folder.mkdir(parents=True, exist_ok=True)
    key = hashlib.sha256(repr(("1 slice, B fixed", *sorted(asdict(coding).items()))).encode()).hexdigest()[:12]
    path = folder / f"{name}-{coding.width}x{coding.height}-{coding.fps}fps-{key}.mp4"
    if not path.exists():
        unfinished = path.with_suffix(f".{id(coding)}.partial.mp4")
        _encode(unfinished, coding, pictures())
        unfinished.replace(path)
    return path


def _encode(path: Path, coding: Coding, pictures: Iterable[RGB]) -> None:
    # One slice a picture, as cameras send them; the RTSP server would repeat the parameter sets before each.
    x264 = f"keyint={coding.gop}:min-keyint={coding.gop}:scenecut=0:b-adapt=0:sliced-threads=0:slices=1:log-level=none"
    options = {"preset": "veryfast", "x264-params": x264} if coding.codec == "libx264" else {}
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(coding.codec, rate=Fraction(coding.fps), options=options)
        stream.width, stream.height, stream.pix_fmt = coding.width, coding.height, "yuv420p"
        stream.codec_context.gop_size, stream.codec_context.max_b_frames = coding.gop, coding.b_frames
        if coding.rate:
            stream.bit_rate = coding.rate
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, coding.fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _real(video: Path, coding: Coding) -> Iterator[RGB]:
    """The footage's pictures in order, from the start again where there are too few."""
    count = 0
    while count < coding.frames:
        before = count
        for picture in _pictures(video):
            if count == coding.frames:
                return
            count += 1
            yield np.asarray(cv2.resize(picture, (coding.width, coding.height), interpolation=cv2.INTER_AREA), np.uint8)
        if count == before:
            raise ValueError(f"no pictures in {video}")


def _pictures(video: Path) -> Iterator[RGB]:
    with av.open(str(video)) as container:
        for frame in container.decode(video=0):
            yield frame.to_ndarray(format="rgb24")


def _synthetic(coding: Coding) -> Iterator[RGB]:
    height, width = coding.height, coding.width
    noise = np.random.default_rng(0).integers(60, 120, (max(height // 8, 1), max(width // 8, 1), 3), np.uint8)
    ground = np.asarray(cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)
    side = max(height // 6, 4)
    for number in range(coding.frames):
        picture = ground.copy()
        for row in range(3):
            left = int((number / coding.fps * 2 * side + row * width / 3) % width)
            top = side // 2 + row * 2 * side
            picture[top : top + side, left : left + side] = 250 - 40 * row
        yield picture
