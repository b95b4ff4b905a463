"""The extractor `cues@2`: what a picture looks like apart from what it shows, in 4 kB.

A network may learn any of this instead of the thing itself: the colour of a corner, a frame, a tint, the sharpness, the
kind of file. All numbers are taken from the working picture (longer side at most 512 pixels) stretched to a square, so that
the same place of two pictures is the same cell whatever their sizes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB
from trackside.data.looking import Looked
from trackside.data.shortcuts.jpeg import jpeg_quality

CUES = "cues@2"
SIDE = 32
"""Cells a side of the thumbnail; a mark of 4 x 4 of them is 1.6 % of the area and covers at least 9 of them whole."""
GRID = 8
"""Cells a side of the maps of brightness, colour, contrast and sharpness."""
TONES = (
    "red of the dark",
    "blue of the dark",
    "brightness of the dark",
    "red of the light",
    "blue of the light",
    "brightness of the light",
    "burnt red",
    "burnt green",
    "burnt blue",
)
MAPS = ("brightness", "red-green", "blue-yellow", "contrast", "sharpness")
# A channel that was multiplied ends at white where the others do not: levels of "at white" and of "not".
_AT_WHITE, _BELOW_WHITE = 253, 245
_FEWEST = 0.001
_SQUARE = 256
_FEW = 96


class CueExtractor:
    """Columns: thumb uint8 [32, 32, 3]; maps float16 [5, 8, 8] (see `MAPS`); tones float16 [9, 3] (see `tones_of`); colour
    float32, 95 % quantile of the channels' difference in levels; edges uint8 [4, 8, 3], mean colour along the top, bottom,
    left and right edge; quality float32, of the JPEG's tables, NaN for other files."""

    name = CUES

    def __call__(self, looked: Looked) -> dict[str, NDArray[Any]]:
        """See the class."""
        import cv2

        rgb = looked.rgb
        thumb = cv2.resize(
            rgb, (SIDE, SIDE), interpolation=cv2.INTER_AREA if min(rgb.shape[:2]) >= SIDE else cv2.INTER_LINEAR
        )
        return {
            "thumb": np.asarray(thumb, np.uint8),
            "maps": maps_of(rgb).astype(np.float16),
            "tones": tones_of(rgb).astype(np.float16),
            "colour": np.array(np.sort(np.ptp(thumb, axis=2), axis=None)[int(0.95 * SIDE * SIDE)], np.float32),
            "edges": edges_of(rgb),
            "quality": np.array(jpeg_quality(looked.data), np.float32),
        }


def maps_of(rgb: RGB) -> NDArray[np.float32]:
    """float32 [5, 8, 8]: mean brightness (0 to 255), red-green and blue-yellow as log ratios, log contrast, and sharpness.

    Sharpness is the share of the finest detail in all detail (Laplacian over gradient), which contrast and the amount of
    edges hardly change.
    """
    import cv2

    picture = rgb if max(rgb.shape[:2]) <= _SQUARE else _reduced(rgb)
    light = picture.astype(np.float32)
    grey = cv2.cvtColor(light, cv2.COLOR_RGB2GRAY)
    red, green, blue = (_cells(light[:, :, channel]) + 8.0 for channel in range(3))
    mean = _cells(grey)
    spread = np.sqrt(np.maximum(_cells(grey * grey) - mean * mean, 0))
    slope = _cells(np.abs(cv2.Sobel(grey, cv2.CV_32F, 1, 0)) + np.abs(cv2.Sobel(grey, cv2.CV_32F, 0, 1)))
    fine = _cells(np.abs(cv2.Laplacian(grey, cv2.CV_32F)))
    yellow = np.log(blue / np.sqrt(red * green))
    return np.stack([mean, np.log(red / green), yellow, np.log(spread + 2), np.log((fine + 0.5) / (slope + 2))]).astype(
        np.float32
    )


def tones_of(rgb: RGB) -> NDArray[np.float64]:
    """float64 [9, 3], see `TONES`: differences of red and blue to green, and brightness, in levels of 255; logs of shares.

    Three views each: the channels' 1 % and 5 % (99.8 % and 99 %) quantiles, and the median of the darkest (lightest) tenth.
    Black and white are nearly the same in all scenes, so a cast or a gain that somebody added shows here first. The last
    three are the share of the pixels at which one channel alone is at white: of all, of the upper half, of the lower half.
    """
    step = max(1, max(rgb.shape[:2]) // _FEW)
    by_light = _ordered(rgb[::step, ::step].reshape(-1, 3))
    pixels = np.sort(by_light, axis=0)
    count, tenth = len(pixels), max(1, len(pixels) // 10)
    views = []
    for quantiles, part in (((0.01, 0.05), by_light[:tenth]), ((0.998, 0.99), by_light[-tenth:])):
        levels = np.stack([*(pixels[round(one * (count - 1))] for one in quantiles), np.sort(part, axis=0)[tenth // 2]])
        views += [levels[:, 0] - levels[:, 1], levels[:, 2] - levels[:, 1], levels.mean(1)]
    return np.concatenate([views, _burnt(rgb[::step, ::step])])


def _burnt(rgb: RGB) -> NDArray[np.float64]:
    """float64 [3, 3]: log share of pixels where one channel alone is at white, by channel; of all and of each half."""
    high, low = rgb >= _AT_WHITE, rgb < _BELOW_WHITE
    alone = np.stack([high[..., one] & low[..., (one + 1) % 3] & low[..., (one + 2) % 3] for one in range(3)])
    middle = (rgb.shape[0] + 1) // 2
    return np.log(np.stack([part.mean((1, 2)) for part in (alone, alone[:, :middle], alone[:, -middle:])], 1) + _FEWEST)


def _ordered(pixels: RGB) -> NDArray[np.float64]:
    """Pixels [n, 3] from the darkest to the lightest."""
    return pixels[np.argsort(pixels @ np.array([0.299, 0.587, 0.114]), kind="stable")].astype(np.float64)


def edges_of(rgb: RGB) -> NDArray[np.uint8]:
    """uint8 [4, 8, 3]: mean colour of eight pieces of the outermost pixels at the top, bottom, left and right.

    One pixel deep, so that the thinnest frame fills it; averaged along the edge, which takes away what JPEG adds.
    """
    import cv2

    lines = (rgb[0], rgb[-1], rgb[:, 0], rgb[:, -1])
    pieces = [cv2.resize(one[None].astype(np.float64), (GRID, 1), interpolation=cv2.INTER_AREA) for one in lines]
    return np.asarray(np.rint(np.concatenate(pieces)), np.uint8)


def _reduced(rgb: RGB) -> RGB:
    import cv2

    scale = _SQUARE / max(rgb.shape[:2])
    size = max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)


def _cells(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """Means of 8 x 8 cells."""
    import cv2

    shrinks = min(plane.shape) >= GRID
    return np.asarray(
        cv2.resize(plane, (GRID, GRID), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR), np.float32
    )
