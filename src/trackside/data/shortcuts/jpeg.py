"""The quality that a JPEG file was written with, told from its quantisation table."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

# The luminance table of ITU-T T.81, annex K.1, in zigzag order: what "quality 50" of the common encoders uses as it is.
_STANDARD = np.array(
    [16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60,
     57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87, 95, 98, 103, 104, 103, 62, 77, 113, 121, 112,
     100, 120, 92, 101, 103, 99],
    np.float64,
)  # fmt: skip
_TABLES, _SCAN_BEGINS = 0xDB, 0xDA


def jpeg_quality(data: bytes) -> float:
    """The quality, 1 to 100, on the scale of the Independent JPEG Group; NaN for what is no JPEG or has no table.

    The inverse of its `jpeg_quality_scaling`: tables are the standard one times `5000 / q` per cent below quality 50 and
    `200 - 2 q` above. For other encoders' tables it is the nearest.
    """
    table = _luminance_table(data)
    if table is None:
        return math.nan
    # Entries are cut off at 255 and do not fall below 1; the middle of the ratios feels neither.
    inner = (table > 1) & (table < 255)
    if not inner.any():
        return 100.0 if table.max() <= 1 else 1.0
    scale = 100.0 * float(np.median(table[inner] / _STANDARD[inner]))
    return float(np.clip((200.0 - scale) / 2 if scale <= 100 else 5000.0 / scale, 1, 100))


def _luminance_table(data: bytes) -> NDArray[np.float64] | None:
    """Table number 0, [64] in zigzag order, of the segments before the first scan."""
    if data[:2] != b"\xff\xd8":
        return None
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != _SCAN_BEGINS:
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] == _TABLES:
            found = _table_zero(data[at + 4 : at + 2 + length])
            if found is not None:
                return found
        at += 2 + length
    return None


def _table_zero(segment: bytes) -> NDArray[np.float64] | None:
    at = 0
    while at < len(segment):
        wide, number = segment[at] >> 4, segment[at] & 15
        size = 128 if wide else 64
        values = segment[at + 1 : at + 1 + size]
        if len(values) == size and number == 0:
            return np.frombuffer(values, ">u2" if wide else np.uint8).astype(np.float64)
        at += 1 + size
    return None
