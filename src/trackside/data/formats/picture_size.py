"""Width and height of a picture, from its header alone."""

from __future__ import annotations

import warnings
from pathlib import Path

from trackside.data.extras import need

_ORIENTATION = 0x0112
_TURNED = frozenset((5, 6, 7, 8))


def picture_size(path: Path) -> tuple[int, int]:
    """Width and height in pixels, upright by the EXIF orientation; (0, 0) if the file is absent or no picture.

    Raises:
        InputError: Pillow is not installed.
    """
    need("PIL")
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as picture:
                width, height = picture.size
                turned = picture.getexif().get(_ORIENTATION) in _TURNED
    except Exception:  # Pillow's readers raise whatever a broken file makes them stumble over.
        return 0, 0
    return (height, width) if turned else (width, height)
