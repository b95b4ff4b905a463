"""The same picture twice: byte for byte, or pixel for pixel in another file format."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trackside.data.duplicates.groups import equal_rows
from trackside.data.scan import FileExtractor, Scan

Rows = NDArray[np.int64]


def find_exact(scan: Scan) -> tuple[Rows, Rows, NDArray[np.bool_]]:
    """Pairs of pictures that are the same.

    Pictures that cannot be read are nobody's copies, even where their files are equal (cleanvision makes one group of all).

    Returns:
        First and second row of each pair, int64 [p], each picture with the first of its kind; and whether their files are
        the same byte for byte, bool [p].
    """
    column = {name: scan.column(FileExtractor.name, name) for name in ("sha256", "pixels", "width", "height")}
    readable = scan.readable
    # Two plain pictures of different shape have the same bytes of pixels.
    shapes = np.stack([column["width"], column["height"]], 1).astype(np.int32).view(np.uint8).reshape(len(scan), -1)
    first, second = equal_rows(np.concatenate([column["pixels"], shapes], 1), readable)
    if len(first) == 0:
        return first, second, np.zeros(0, bool)
    return first, second, np.asarray((column["sha256"][first] == column["sha256"][second]).all(1))
