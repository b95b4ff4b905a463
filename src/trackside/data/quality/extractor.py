"""The extractor `quality@2`: how a picture was taken and kept, in numbers that compare across sizes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB
from trackside.data.looking import Looked
from trackside.data.quality.wholeness import ends_too_soon

QUALITY = "quality@2"
_TILES = 8
_UPRIGHT = 16
# A decoder that runs out of data fills the rest with mid grey.
_GREY, _GREY_WITHIN = 128, 2
_NEAR_WHITE, _NEAR_BLACK, _END = 252, 3, 254


class QualityExtractor:
    """Columns, all float32 unless said otherwise.

    dark, middle, light: 1 %, 50 % and 99 % quantiles of brightness, 0 to 255. range: light less dark. least, most: 0.05 %
    and 99.95 % quantiles: a few letters on a page count. burnt, lost: shares of pixels at white and at black. entropy: of
    the brightness in 64 steps, bits. flat, plain: shares of pixels within two and within twelve levels of the commonest
    brightness. sharpness: see `sharpness`. saturation: mean of the channels' span, levels. clipped, partly: shares of pixels
    of which any channel, and any but not all, is at the end of its scale. border: share of the outermost pixels that have
    the commonest brightness there. grey_end: share of rows at the bottom that are a decoder's grey. cut:
    bool, the file ends before its picture does. small: uint8 [16, 16, 3].
    """

    name = QUALITY

    def __call__(self, looked: Looked) -> dict[str, NDArray[Any]]:
        """See the class."""
        import cv2

        grey = cv2.cvtColor(looked.rgb, cv2.COLOR_RGB2GRAY)
        counts = np.bincount(grey.ravel(), minlength=256).astype(np.float64) / grey.size
        numbers = {
            **tones(counts),
            "saturation": saturation(looked.rgb),
            **clipping(looked.rgb),
            "border": border(np.asarray(grey)),
            "sharpness": sharpness(np.asarray(grey, np.uint8)),
            "grey_end": grey_end(looked.rgb),
        }
        columns: dict[str, NDArray[Any]] = {name: np.array(value, np.float32) for name, value in numbers.items()}
        columns["cut"] = np.array(ends_too_soon(looked.data, looked.facts.format))
        columns["small"] = np.asarray(cv2.resize(looked.rgb, (_UPRIGHT, _UPRIGHT), interpolation=cv2.INTER_AREA), np.uint8)
        return columns


def tones(counts: NDArray[np.float64]) -> dict[str, float]:
    """Numbers of the brightness, from the shares [256] of its levels."""
    least, dark, middle, light, most = np.searchsorted(np.cumsum(counts), (0.0005, 0.01, 0.5, 0.99, 0.9995)).tolist()
    steps = counts.reshape(64, 4).sum(1)
    steps = steps[steps > 0]
    near, wide = (np.convolve(counts, np.ones(width), "same").max() for width in (5, 25))
    return {
        "dark": dark,
        "middle": middle,
        "light": light,
        "range": light - dark,
        "least": least,
        "most": min(most, 255),
        "burnt": float(counts[_NEAR_WHITE:].sum()),
        "lost": float(counts[: _NEAR_BLACK + 1].sum()),
        "entropy": float(-(steps * np.log2(steps)).sum()),
        "flat": float(near),
        "plain": float(wide),
    }


def sharpness(grey: NDArray[np.uint8]) -> float:
    """How fine the finest detail is: curvature over slope in the sharpest tiles, across or down, whichever is softer.

    A step edge gives 1, one of blur sigma (pixels) about `0.6 / sigma`; amount and contrast of edges cancel. Only tiles with
    strong edges are asked, so that a sharp insect before a soft meadow is sharp; both directions, so that a smear along one
    is seen. NaN for a picture without edges. After the idea of Crete et al. 2007, "The blur effect".
    """
    import cv2

    picture = grey.astype(np.float32)
    found = []
    for across in (True, False):
        kernel = np.array([[0.5, -1, 0.5]], np.float32)
        slope = np.abs(cv2.Sobel(picture, cv2.CV_32F, int(across), int(not across), scale=0.125))
        bend = np.abs(cv2.filter2D(picture, cv2.CV_32F, kernel if across else kernel.T))
        slopes, bends = (cv2.resize(plane, (_TILES, _TILES), interpolation=cv2.INTER_AREA) for plane in (slope, bend))
        strong = slopes >= max(float(slopes.max()) / 3, 0.5)
        found.append(float(np.quantile(bends[strong] / slopes[strong], 0.9)) if strong.any() else float("nan"))
    return min(found)


def saturation(rgb: RGB) -> float:
    """Mean difference of the largest and smallest channel, levels."""
    few = rgb[::4, ::4]
    red, green, blue = few[..., 0], few[..., 1], few[..., 2]
    most, least = np.maximum(np.maximum(red, green), blue), np.minimum(np.minimum(red, green), blue)
    return float((most - least).mean())


def clipping(rgb: RGB) -> dict[str, float]:
    """Shares of pixels of which some channel is at the end of its scale, and of which some but not all are."""
    few = rgb[::4, ::4] >= _END
    red, green, blue = few[..., 0], few[..., 1], few[..., 2]
    clipped = float((red | green | blue).mean())
    return {"clipped": clipped, "partly": clipped - float((red & green & blue).mean())}


def border(grey: NDArray[np.uint8]) -> float:
    """Share of the outermost pixels of [h, w] within two levels of the commonest brightness there."""
    around = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    counts = np.bincount(around, minlength=256).astype(np.float64) / len(around)
    return float(np.convolve(counts, np.ones(5), "same").max())


def grey_end(rgb: RGB) -> float:
    """Share of the rows, from the bottom up, that are mid grey all over."""
    count = 0
    for row in rgb[::-1]:
        if int(row.min()) < _GREY - _GREY_WITHIN or int(row.max()) > _GREY + _GREY_WITHIN:
            break
        count += 1
    return count / len(rgb)
