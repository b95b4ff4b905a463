"""Between planes and RGB: BT.601, BT.709 and BT.2020, limited and full range."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB
from trackside.media.planes import Matrix, Plane, Planes

# Kr and Kb of the luma equation: ITU-R BT.601-7 section 2.5.1, BT.709-6 section 3.2, BT.2020-2 table 4.
_LUMA: dict[Matrix, tuple[float, float]] = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722), "bt2020": (0.2627, 0.0593)}
# Rows that are converted at a time, so that what lies between the steps stays in the processor's cache.
_STRIP = 64

Colour = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""


def to_rgb(planes: Planes) -> RGB:
    """The picture at full size as RGB, uint8 [h, w, 3].

    BT.601 in limited range and of even size takes OpenCV's fast path, which repeats chroma; all others interpolate it.
    """
    height, width, _ = planes.shape
    if planes.is_plain and width % 2 == 0 and height % 2 == 0:
        return np.asarray(cv2.cvtColor(planes.i420(), cv2.COLOR_YUV2RGB_I420), np.uint8)
    made = np.empty((height, width, 3), np.uint8)
    matrix = _to_rgb_matrix(planes.matrix, planes.full_range)
    u, v = (_doubled(plane)[:height, :width] for plane in (planes.u, planes.v))
    for top in range(0, height, _STRIP):
        rows = slice(top, top + _STRIP)
        cv2.transform(cv2.merge((planes.y[rows], u[rows], v[rows])), matrix, dst=made[rows])
    return made


def from_rgb(image: RGB, *, full_range: bool = False, matrix: Matrix = "bt601") -> Planes:
    """An RGB picture in planes; chroma of an odd last row or column is its own."""
    height, width = image.shape[:2]
    if matrix == "bt601" and not full_range and width % 2 == 0 and height % 2 == 0:
        memory = np.asarray(cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2YUV_I420), np.uint8).reshape(-1)
        y, u, v = np.split(memory, [height * width, height * width * 5 // 4])
        half = (height // 2, width // 2)
        return Planes(y.reshape(height, width), u.reshape(half), v.reshape(half))
    made = Planes.blank(width, height, full_range, matrix)
    y, u, v = cv2.split(cv2.transform(np.ascontiguousarray(image), _from_rgb_matrix(matrix, full_range)))
    np.copyto(made.y, np.asarray(y))
    for target, source in ((made.u, u), (made.v, v)):
        even = cv2.copyMakeBorder(source, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
        cv2.resize(even, target.shape[::-1], dst=target, interpolation=cv2.INTER_AREA)
    return made


@lru_cache(4096)
def in_planes(colour: Colour, matrix: Matrix, full_range: bool) -> Colour:
    """A colour's luma, blue difference and red difference."""
    y, u, v = _from_rgb_matrix(matrix, full_range) @ np.array([*colour, 1.0])
    return round(float(y)), round(float(u)), round(float(v))


def _doubled(chroma: Plane) -> Plane:
    size = (chroma.shape[1] * 2, chroma.shape[0] * 2)
    return np.asarray(cv2.resize(chroma, size, interpolation=cv2.INTER_LINEAR), np.uint8)


@lru_cache
def _to_rgb_matrix(matrix: Matrix, full_range: bool) -> NDArray[np.float32]:
    """float32 [3, 4]: Y U V 1 to R G B; the inverse of `_from_rgb_matrix`."""
    return _inverse(_equations(matrix, full_range)).astype(np.float32)


@lru_cache
def _from_rgb_matrix(matrix: Matrix, full_range: bool) -> NDArray[np.float32]:
    return _equations(matrix, full_range).astype(np.float32)


def _equations(matrix: Matrix, full_range: bool) -> NDArray[np.float64]:
    """float64 [3, 4]: R G B 1 to Y U V in 8 bits (BT.601-7 sections 2.5.1 to 2.5.3)."""
    kr, kb = _LUMA[matrix]
    luma = np.array([kr, 1 - kr - kb, kb])
    blue = (np.array([0, 0, 1]) - luma) / (2 * (1 - kb))
    red = (np.array([1, 0, 0]) - luma) / (2 * (1 - kr))
    mix = np.stack([luma, blue, red])
    if not full_range:
        mix *= np.array([[219], [224], [224]]) / 255
    offset = [[0.0 if full_range else 16.0], [128.0], [128.0]]
    return np.hstack([mix, offset])


def _inverse(affine: NDArray[np.float64]) -> NDArray[np.float64]:
    mix = np.linalg.inv(affine[:, :3])
    return np.hstack([mix, -(mix @ affine[:, 3:])])
