"""Pictures that a browser sends: JPEG from anybody, so the header is read before anything is allocated."""

from __future__ import annotations

from typing import Any

import numpy as np

from trackside.core import RGB, InputError

# Bytes of one picture: a 12-megapixel JPEG at high quality.
MOST_BYTES = 8_000_000
# Pixels of one picture: 8K video. Decoding takes 3 bytes each.
_MOST_PIXELS = 36_000_000
_LEAST_SIDE = 32
# Markers of a start of frame (ITU T.81, table B.1): C0 to CF without DHT, JPG and DAC.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_FIX = "send a JPEG as a camera's page makes it"


def picture_of(data: bytes) -> RGB:
    """Decode a JPEG to uint8 [h, w, 3] RGB.

    Raises:
        InputError: it is no JPEG, damaged, too large or too small.
    """
    import cv2

    width, height = jpeg_size(data)
    if width * height > _MOST_PIXELS or min(width, height) < _LEAST_SIDE:
        raise InputError(f"a picture of {width} x {height} pixels is not taken", fix="choose another size of the camera")
    try:
        decoded: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error:
        decoded = None
    if decoded is None:
        raise InputError("the picture is damaged", fix=_FIX)
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)


def jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height that a JPEG's header tells, without decoding.

    Raises:
        InputError: it is no JPEG.
    """
    if data[:2] != b"\xff\xd8":
        raise InputError("this is no JPEG picture", fix=_FIX)
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF:
        marker, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        if marker == 0xFF:  # Fill bytes may stand before a marker.
            place += 1
            continue
        if marker in _FRAMES:
            return int.from_bytes(data[place + 7 : place + 9], "big"), int.from_bytes(data[place + 5 : place + 7], "big")
        place += 2 + max(length, 2)
    raise InputError("the picture's header is damaged", fix=_FIX)
