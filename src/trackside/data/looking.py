"""Looking at one picture file: its header, and its pixels at the size that checks work at."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from trackside.core import RGB, InputError
from trackside.data.extras import need

WORKING_SIDE = 512
"""Longest side, in pixels, of the picture that checks see: enough for all, and cheap for 24 megapixels."""
_MOST_PIXELS = 200_000_000
_ORIENTATION, _MAKE, _MODEL = 0x0112, 0x010F, 0x0110
# Values of the orientation tag that turn the picture by a quarter, width and height change places (Exif 2.32, 4.6.4).
_TURNED = frozenset((5, 6, 7, 8))


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a file says of itself.

    Attributes:
        bytes: its size.
        modified: time of its last change, seconds since 1970.
        format: "JPEG", "PNG", ...; as Pillow names it.
        mode: of the pixels: "RGB", "L", "P", "RGBA", ...
        orientation: the EXIF tag, 1 to 8; 1 is upright, 0 not given.
        camera: make and model by EXIF, or an empty text.
        frames: pictures in it; above 1 in animations.
    """

    bytes: int
    modified: float
    format: str
    mode: str
    orientation: int
    camera: str
    frames: int


@dataclass(frozen=True, slots=True)
class Looked:
    """A picture as checks get it.

    Attributes:
        path: the file.
        rgb: uint8 [h, w, 3], upright, reduced so that its longer side is at most 512 pixels; never enlarged.
        width: pixels of the whole picture, upright.
        height: the same.
        data: the file's bytes.
        facts: what the file says of itself.
    """

    path: Path
    rgb: RGB
    width: int
    height: int
    data: bytes
    facts: FileFacts


def look_at(path: Path) -> Looked:
    """Read and decode a picture.

    Raises:
        InputError: the file is absent, empty, no picture, broken, or too large.
    """
    try:
        data, stat = path.read_bytes(), path.stat()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror or error})") from None
    if not data:
        raise InputError("is empty (0 bytes)")
    width, height, facts = _header(data, stat.st_size, stat.st_mtime)
    if width * height > _MOST_PIXELS:
        raise InputError(f"has {width} x {height} pixels, too many to look at")
    return Looked(path, _working(data, width, height), width, height, data, facts)


def _header(data: bytes, size: int, modified: float) -> tuple[int, int, FileFacts]:
    need("PIL")
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as picture:
                width, height = picture.size
                tags = _exif(picture)
                frames = int(getattr(picture, "n_frames", 1))
                kind, mode = picture.format or "", picture.mode
    except UnidentifiedImageError:
        raise InputError("is no picture") from None
    except Image.DecompressionBombError:
        raise InputError("has too many pixels to look at") from None
    except Exception as error:  # Pillow's readers raise whatever a broken file makes them stumble over.
        raise InputError(f"is a broken picture ({type(error).__name__})") from None
    orientation = tags.get(_ORIENTATION, 0)
    orientation = orientation if isinstance(orientation, int) and 0 <= orientation <= 8 else 0
    camera = " ".join(str(tags[tag]).strip("\0 ") for tag in (_MAKE, _MODEL) if tags.get(tag))[:60]
    if orientation in _TURNED:
        width, height = height, width
    return width, height, FileFacts(size, modified, kind, mode, orientation, camera, frames)


def _exif(picture: Any) -> dict[int, Any]:
    try:
        return dict(picture.getexif())
    except Exception:  # A broken tag block costs the tags, not the picture.
        return {}


def _working(data: bytes, width: int, height: int) -> RGB:
    """The picture, decoded at a fraction of its size where the decoder can do so."""
    import cv2

    longer = max(width, height)
    flag = cv2.IMREAD_COLOR
    for divisor in (8, 4, 2):
        if longer >= WORKING_SIDE * divisor:
            flag = getattr(cv2, f"IMREAD_REDUCED_COLOR_{divisor}")
            break
    try:
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), flag)
    except cv2.error:
        picture = None
    if picture is None:
        raise InputError("is a picture that cannot be decoded")
    return _reduced(np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8))


def _reduced(rgb: RGB) -> RGB:
    import cv2

    height, width = rgb.shape[:2]
    scale = WORKING_SIDE / max(height, width)
    if scale >= 1:
        return rgb
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
