"""Columns that pictures themselves give: light, contrast, sharpness, colour, size."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trackside.core.errors import InputError
from trackside.lab.errors.predictions import Predictions

NAMES = ("light", "contrast", "sharpness", "colour", "megapixels", "width by height", "kilobytes")
# The longer side at which light, contrast and sharpness are measured, so that they do not depend on the resolution.
_SIDE = 256


def picture_properties(path: Path) -> NDArray[np.float64]:
    """The numbers of `NAMES` for one picture; NaN where it cannot be read.

    Light is the mean of luma (0 to 1), contrast its standard deviation, sharpness the standard deviation of its Laplacian at
    256 pixels, colour the mean chroma (0 to 1).
    """
    import cv2

    from trackside.media import read_image

    picture = read_image(path)
    if picture is None:
        return np.full(len(NAMES), np.nan)
    height, width = picture.shape[:2]
    scale = min(_SIDE / max(height, width), 1.0)
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32) / 255
    luma = small @ np.array([0.299, 0.587, 0.114], np.float32)
    sharpness = float(cv2.Laplacian(luma, cv2.CV_32F).std())
    chroma = float((small.max(axis=2) - small.min(axis=2)).mean())
    facts = (width * height / 1e6, width / height, path.stat().st_size / 1000)
    return np.array([float(luma.mean()), float(luma.std()), sharpness, chroma, *facts])


def with_picture_columns(
    predictions: Predictions, root: Path, *, threads: int = 4, progress: Callable[[int, int], None] | None = None
) -> Predictions:
    """The predictions with a column for each property of their pictures.

    Args:
        predictions: whose items are paths below `root`.
        root: the folder of the pictures.
        threads: pictures that are decoded at once.
        progress: told how many are done, and of how many.

    Raises:
        InputError: not one picture can be read.
    """
    names = list(dict.fromkeys(predictions.items.tolist()))
    rows = []
    with ThreadPoolExecutor(threads) as pool:
        for row in pool.map(lambda name: picture_properties(root / name), names):
            rows.append(row)
            if progress is not None:
                progress(len(rows), len(names))
    table = np.array(rows, np.float64).reshape(len(names), len(NAMES))
    if len(names) and np.isnan(table).all():
        raise InputError(
            "none of the items is a picture there", where=str(root), fix=f"give the folder that {names[0]} lies in"
        )
    place = {name: number for number, name in enumerate(names)}
    chosen = table[[place[name] for name in predictions.items.tolist()]]
    return predictions.with_columns({name: chosen[:, number] for number, name in enumerate(NAMES)})
