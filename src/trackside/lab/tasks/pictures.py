"""The pictures of a split, decoded once and kept small: bytes [n, side, side, 3] in memory, or in a file without a name.

What cannot be decoded is left out, counted and named; the rest is used.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB, InputError
from trackside.data import Dataset, Trouble
from trackside.data.looking import look_at
from trackside.lab.networks.backbones import Scaling
from trackside.models.cropping import central_square, fitted

Fit = Literal["square", "stretch"]
_IN_MEMORY = 1 << 30
_THREADS = 2
_SCALED_ON = 512


@dataclass(frozen=True, slots=True)
class Pictures:
    """Decoded pictures; n rows.

    Attributes:
        rows: intp [n], the examples that they are of.
        pixels: uint8 [n, side, side, 3].
        places: float64 [n, 4], left, top, width and height of what is shown, in pixels of the source picture.
        left: what could not be read.
    """

    rows: NDArray[np.intp]
    pixels: NDArray[np.uint8]
    places: NDArray[np.float64]
    left: tuple[Trouble, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)


def read_pictures(
    dataset: Dataset,
    rows: NDArray[np.intp],
    side: int,
    fit: Fit = "square",
    *,
    items: NDArray[np.intp] | None = None,
    windows: NDArray[np.float64] | None = None,
) -> Pictures:
    """Decode the pictures of examples.

    Args:
        dataset: their data set.
        rows: of the examples.
        side: of the square that each becomes, pixels.
        fit: the central square, as all networks of the lab that name pictures see them; or all of it, stretched.
        items: the item of each example; `rows` if not given.
        windows: float64 [n, 4], x1 y1 x2 y2 in source pixels: the part of the picture that is the example; NaN for all
        of it.
    """
    of = rows if items is None else items
    parts = np.full((len(rows), 4), np.nan) if windows is None else windows
    pixels = _store(len(rows), side)
    places = np.empty((len(rows), 4))

    def one(number: int) -> Trouble | None:
        item = int(of[number])
        try:
            pixels[number], places[number] = _decoded(dataset, item, side, fit, parts[number])
        except InputError as error:
            return Trouble(str(dataset.items.names[item]), error.what)
        return None

    with ThreadPoolExecutor(_THREADS) as pool:
        troubles = list(pool.map(one, range(len(rows))))
    good = np.array([trouble is None for trouble in troubles], bool)
    left = tuple(trouble for trouble in troubles if trouble is not None)
    return Pictures(rows[good], pixels if good.all() else pixels[good], places[good], left)


def _store(count: int, side: int) -> NDArray[np.uint8]:
    shape = (count, side, side, 3)
    if count * side * side * 3 <= _IN_MEMORY:
        return np.empty(shape, np.uint8)
    # The file has no name, so it goes with the last user of the array.
    with tempfile.TemporaryFile() as file:
        return np.memmap(file, np.uint8, "w+", shape=shape)


def _decoded(
    dataset: Dataset, item: int, side: int, fit: Fit, window: NDArray[np.float64]
) -> tuple[RGB, tuple[float, float, float, float]]:
    looked = look_at(dataset.path(item))
    rgb, scale = looked.rgb, looked.width / looked.rgb.shape[1]
    if np.isfinite(window).all():
        seen, (left, top) = _cut(rgb, window / scale)
    elif fit == "square":
        seen = central_square(rgb)
        left, top = (rgb.shape[1] - seen.shape[1]) // 2, (rgb.shape[0] - seen.shape[0]) // 2
    else:
        seen, left, top = rgb, 0, 0
    place = (left * scale, top * scale, seen.shape[1] * scale, seen.shape[0] * scale)
    return fitted(seen, side, side), place


def _cut(rgb: RGB, window: NDArray[np.float64]) -> tuple[RGB, tuple[int, int]]:
    """A part of a picture; what lies outside the picture is grey."""
    x1, y1, x2, y2 = (round(float(edge)) for edge in window)
    x2, y2 = max(x2, x1 + 1), max(y2, y1 + 1)
    height, width = rgb.shape[:2]
    if x1 >= width or y1 >= height or x2 <= 0 or y2 <= 0:
        raise InputError("its box lies outside the picture")
    inside = rgb[max(y1, 0) : y2, max(x1, 0) : x2]
    around = ((max(-y1, 0), max(y2 - height, 0)), (max(-x1, 0), max(x2 - width, 0)), (0, 0))
    return np.pad(inside, around, constant_values=114), (x1, y1)


def measured_scaling(pixels: NDArray[np.uint8]) -> Scaling:
    """Mean and standard deviation of each channel over up to 512 pictures; a channel that never changes is divided by 1."""
    step = max(1, len(pixels) // _SCALED_ON)
    flat = pixels[::step].reshape(-1, 3).astype(np.float32)
    mean, std = flat.mean(axis=0, dtype=np.float64), flat.std(axis=0, dtype=np.float64)
    return Scaling(_triple(mean), _triple(np.where(std > 1e-3, std, 1.0)))


def _triple(values: Iterable[float]) -> tuple[float, float, float]:
    red, green, blue = (round(float(value), 4) for value in values)
    return red, green, blue
