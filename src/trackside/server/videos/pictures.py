"""Pictures out of videos: the frame on display at a moment, as JPEG."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trackside.core import RGB, InputError
from trackside.media import Frame, VideoReader, open_media

_QUALITY = 85
# Seconds of decoding: some kilobytes can hold hours of it.
_PATIENCE = 20.0


def jpeg_at(path: Path, time: float, width: int) -> tuple[bytes, float]:
    """The frame on display at a moment, upright.

    Args:
        path: a video or an image.
        time: media time in seconds; the last frame if it lies behind the end.
        width: pixels; never wider than the video itself.

    Returns:
        JPEG, and the exact media time of the frame.

    Raises:
        InputError: the file is gone, or nothing in it can be decoded.
    """
    try:
        with open_media(path, start=max(time, 0.0), threads=2) as reader:
            if isinstance(reader, VideoReader):
                record = reader.shown(patience=_PATIENCE)
                return jpeg_of(record.data, width), record.time
        with open_media(path) as reader:
            record = next(iter(reader))
            return jpeg_of(record.data, width), record.time
    except InputError as error:
        # Without the path, which is the server's own affair.
        raise InputError(error.what, fix=error.fix) from error


def jpeg_of(picture: Frame | RGB, width: int) -> bytes:
    """A picture as JPEG, at most so many pixels wide."""
    import cv2

    high, wide = picture.shape[:2]
    small = wide, high
    if width < wide:
        small = width, max(1, round(high * width / wide))
    pixels = picture.resized(*small) if isinstance(picture, Frame) else _resized(picture, small)
    good, data = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not good:
        raise InputError("the picture cannot be written as JPEG", fix="choose another width")
    return bytes(data)


def _resized(picture: RGB, size: tuple[int, int]) -> Any:
    import cv2

    return picture if picture.shape[1::-1] == size else cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
