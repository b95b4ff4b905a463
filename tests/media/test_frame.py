from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.media.films import make_film, picture, psnr, turn
from trackside.media import Frame, VideoReader
from trackside.media.colour import from_rgb


def first_frame(path: Path) -> Frame:
    with VideoReader(path) as reader:
        frame: Frame = next(iter(reader)).data
    return frame


@pytest.mark.parametrize(("clockwise", "corner"), [(90, (0, -1)), (180, (-1, -1)), (270, (-1, 0))])
@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p"])
def test_rotation_in_the_file_is_undone(tmp_path: Path, clockwise: int, corner: tuple[int, int], pixel_format: str) -> None:
    # As FFmpeg's player shows it: the red corner, stored top left, goes clockwise.
    stored = np.full((48, 64, 3), 40, np.uint8)
    stored[:16, :16] = (220, 20, 20)
    upright = first_frame(turn(make_film(tmp_path / "film.mp4", [stored] * 2, pixel_format=pixel_format), clockwise))
    image = upright.rgb()
    assert psnr(image, np.rot90(stored, -clockwise // 90)) > 25
    assert image[corner][0] > 180


# Pixel formats of real cameras and tools, with the encoder that keeps them.
FORMATS = [
    ("yuv420p", "libx264", "mp4"),
    ("yuvj420p", "libx264", "mp4"),
    ("yuv420p10le", "libx265", "mp4"),
    ("yuv420p10le", "libx264", "mkv"),
    ("yuv422p", "libx264", "mp4"),
    ("yuv444p", "libx264", "mp4"),
    ("gray", "libx264", "mp4"),
    ("gray", "ffv1", "mkv"),
    ("rgb24", "png", "mov"),
    ("bgr0", "ffv1", "mkv"),
    ("yuv422p10le", "prores_ks", "mov"),
]


@pytest.mark.parametrize("size", [(64, 48), (65, 49)])
@pytest.mark.parametrize(("pixel_format", "codec", "suffix"), FORMATS)
def test_every_pixel_format_gives_the_colours_that_went_in(
    tmp_path: Path, pixel_format: str, codec: str, suffix: str, size: tuple[int, int]
) -> None:
    if codec in ("libx264", "libx265", "prores_ks") and pixel_format not in ("gray", "yuv444p"):
        size = (size[0] // 2 * 2, size[1] // 2 * 2)
    options = {"libx264": {"qp": "4"}, "libx265": {"x265-params": "qp=4:log-level=none"}}.get(codec, {})

    def as_full_range(context: Any) -> None:
        context.color_range = 2 if pixel_format in ("gray", "yuvj420p") else 0

    path = make_film(
        tmp_path / f"film.{suffix}",
        1,
        size=size,
        codec=codec,
        pixel_format=pixel_format,
        options=options,
        prepare=as_full_range,
    )
    image = picture(0, *size)
    if pixel_format == "gray":
        image = np.repeat(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    found = first_frame(path).rgb()
    assert found.shape == image.shape
    error = found.astype(float) - image
    # Chroma of half the resolution costs a little on this colourful picture; a wrong matrix or range costs 8 and more.
    assert np.abs(error).mean() < 5
    assert np.abs(error.mean(axis=(0, 1))).max() < 2.5


BARS = np.array([[250, 10, 10], [10, 250, 10], [10, 10, 250], [250, 250, 250], [5, 5, 5], [120, 60, 200]])


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize(
    ("matrix", "kr", "kb", "space"),
    [("bt601", 0.299, 0.114, 6), ("bt709", 0.2126, 0.0722, 1), ("bt2020", 0.2627, 0.0593, 9)],
)
@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv420p10le"])
def test_colours_follow_the_equations_of_the_standard(
    tmp_path: Path, matrix: str, kr: float, kb: float, space: int, full: bool, pixel_format: str
) -> None:
    path = _film_of_bars(tmp_path / "film.mkv", _in_planes(BARS, kr, kb, full), pixel_format, space, full)
    frame = first_frame(path)
    assert (frame.planes().matrix, frame.planes().full_range) == (matrix, full)
    for image in (frame.rgb(), frame.resized(96, 32), frame.resized(48, 16)):
        height, width, _ = image.shape
        found = image[height // 2, width // 12 :: width // 6].astype(int)
        assert np.abs(found - BARS).max() <= 4


def _in_planes(colours: NDArray[np.int_], kr: float, kb: float, full: bool) -> NDArray[np.float64]:
    """Y, U, V of colours by the textbook (BT.601-7 section 2.5), apart from the code under test."""
    red, green, blue = colours.T / 255
    luma = kr * red + (1 - kr - kb) * green + kb * blue
    u, v = (blue - luma) / (2 * (1 - kb)), (red - luma) / (2 * (1 - kr))
    luma_scale, chroma_scale, offset = (255, 255, 0) if full else (219, 224, 16)
    return np.clip(np.stack([offset + luma_scale * luma, 128 + chroma_scale * u, 128 + chroma_scale * v]), 0, 255)


def _film_of_bars(path: Path, planes: NDArray[np.float64], pixel_format: str, space: int, full: bool) -> Path:
    """One lossless frame of upright bars, 16 pixels wide, whose samples are given: no conversion takes part."""
    deep = pixel_format.endswith("10le")
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("ffv1", rate=10)
        stream.width, stream.height, stream.pix_fmt = 96, 32, pixel_format
        stream.codec_context.colorspace, stream.codec_context.color_range = space, 2 if full else 1
        frame = av.VideoFrame(96, 32, pixel_format)
        frame.colorspace, frame.color_range, frame.pts = space, 2 if full else 1, 0
        for plane, levels, width in zip(frame.planes, planes, (16, 8, 8), strict=True):
            row = np.repeat(np.round(levels * (4 if deep else 1)), width).astype(np.uint16 if deep else np.uint8)
            memory = np.frombuffer(plane, row.dtype).reshape(plane.height, -1)
            memory[:, : len(row)] = row
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("size", [(32, 24), (50, 31), (17, 48), (128, 96), (63, 47), (256, 192), (300, 210)])
def test_resizing_is_close_to_area_averaging(size: tuple[int, int]) -> None:
    # Grey, since chroma has half the resolution before and after.
    image = np.repeat(cv2.cvtColor(picture(3, 256, 192), cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    how = cv2.INTER_AREA if size < (256, 192) else cv2.INTER_LINEAR
    found = Frame(from_rgb(image)).resized(*size)
    assert found.shape == (size[1], size[0], 3)
    assert np.abs(found.astype(float) - cv2.resize(image, size, interpolation=how)).mean() < 1.5


@pytest.mark.parametrize("size", [(40, 30), (40, 240), (320, 30)])
def test_a_fine_checkerboard_becomes_grey_when_it_shrinks(size: tuple[int, int]) -> None:
    board = (np.indices((240, 320)).sum(axis=0) % 2 * 255).astype(np.uint8)
    found = Frame(from_rgb(np.repeat(board[..., None], 3, axis=2))).resized(*size)
    assert np.abs(found.astype(int) - 128).max() < 12


def test_a_frame_keeps_its_rgb_and_protects_it() -> None:
    frame = Frame(from_rgb(picture(0)))
    assert frame.rgb() is frame.rgb()
    with pytest.raises(ValueError, match="read-only"):
        frame.rgb()[0, 0] = 0


def test_a_frame_travels_between_processes() -> None:
    frame = Frame(from_rgb(picture(0)))
    assert np.array_equal(pickle.loads(pickle.dumps(frame)).rgb(), frame.rgb())
