"""Films for the tests, made when they are needed: every frame tells its number by its pixels."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

RGB = NDArray[np.uint8]

# Fixed-point matrices of a track header that turn by so many degrees clockwise: a b u c d v x y w (ISO/IEC 14496-12, 8.3.2).
_ONE, _W = 1 << 16, 1 << 30
_TURNS = {
    90: (0, _ONE, 0, -_ONE, 0, 0, 0, 0, _W),
    180: (-_ONE, 0, 0, 0, -_ONE, 0, 0, 0, _W),
    270: (0, -_ONE, 0, _ONE, 0, 0, 0, 0, _W),
}


def picture(number: int, width: int = 64, height: int = 48) -> RGB:
    """A smooth picture that differs from number to number."""
    x, y = np.linspace(0, 1, width), np.linspace(0, 1, height)[:, None]
    phase = number * 0.37
    planes = (x + 0 * y, y + 0 * x, 0.5 + 0.5 * np.sin(6 * (x + y) + phase))
    return np.round(20 + 215 * np.stack(planes, axis=-1)).astype(np.uint8)


def make_film(
    path: Path,
    images: int | Iterable[RGB] = 20,
    *,
    size: tuple[int, int] = (64, 48),
    fps: float = 10,
    pts: Sequence[int] | None = None,
    time_base: Fraction | None = None,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
    prepare: Callable[[Any], None] = lambda context: None,
    convert: dict[str, Any] | None = None,
) -> Path:
    """Write a film with FFmpeg.

    Args:
        path: the file; its suffix tells the container.
        images: the pictures, or how many to make up.
        size: width and height of made-up pictures.
        fps: frames a second.
        pts: their time stamps in `time_base`; evenly spaced without.
        time_base: seconds, 1 / fps if None.
        codec, pixel_format, options: of the encoder.
        container_options: of the muxer.
        prepare: is given the encoder before it opens, to set what else there is.
        convert: arguments of `VideoFrame.reformat`.
    """
    pictures = [picture(i, *size) for i in range(images)] if isinstance(images, int) else list(images)
    rate = Fraction(fps).limit_denominator(1001)
    base = time_base or 1 / rate
    with av.open(str(path), "w", options=container_options or {}) as container:
        stream: Any = container.add_stream(codec, rate=rate, options=options or {})
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt, stream.codec_context.time_base = pixel_format, base
        prepare(stream.codec_context)
        for number, image in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format=pixel_format, **(convert or {}))
            frame.pts, frame.time_base = number if pts is None else pts[number], base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def make_sound(path: Path) -> Path:
    """One second of a tone, without a picture."""
    wave = np.sin(np.arange(8000) * 0.3).astype(np.float32)[None]
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("aac", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(wave, format="fltp", layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def turn(path: Path, clockwise: int) -> Path:
    """Make an MP4 say that it is displayed turned: the matrix of its track header is overwritten."""
    data = bytearray(path.read_bytes())
    # Version 0: name 4, version and flags 4, times and track 20, reserved 8, layer, group and volume 8; then the matrix.
    at = data.index(b"tkhd") + 44
    data[at : at + 36] = struct.pack(">9i", *_TURNS[clockwise])
    path.write_bytes(data)
    return path


def cut(path: Path, share: float) -> Path:
    """Keep only the first part of a file."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def spoil(path: Path, start: float, end: float, *, seed: int = 1) -> Path:
    """Overwrite the part of a file between two shares of its length with noise."""
    data = bytearray(path.read_bytes())
    low, high = int(len(data) * start), int(len(data) * end)
    data[low:high] = np.random.default_rng(seed).bytes(high - low)
    path.write_bytes(data)
    return path


def reference_frames(path: Path) -> list[tuple[int, RGB]]:
    """Time stamps and pictures of a film as PyAV itself gives them."""
    with av.open(str(path)) as container:
        return [(frame.pts, frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]


def psnr(one: RGB, other: RGB) -> float:
    """Peak signal-to-noise ratio in dB."""
    error = np.mean((one.astype(float) - other.astype(float)) ** 2)
    return float(10 * np.log10(255**2 / max(error, 1e-9)))
