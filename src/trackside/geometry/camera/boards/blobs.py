"""Blobs that may be discs: connected regions darker (or lighter) than what is around them, at several scales.

An adaptive threshold compares each pixel with the mean of its neighbourhood, so that a gradient of the light does no harm.
Its neighbourhood must be neither much smaller than a disc nor so large that the scene around the board counts; as the size
is unknown, several are tried and what they find is merged.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trackside.geometry.camera.boards.outlines import Discs, as_discs, traced
from trackside.geometry.camera.boards.picture import Grey, noise_of

Floats = NDArray[np.float64]

# Neighbourhoods as shares of the picture's shorter side; the last serves boards held close.
_SCALES = (1 / 48, 1 / 16, 1 / 6, 1 / 2)
# A difference to the neighbourhood that counts: above both compression artefacts and noise (after a slight blur).
_LEAST_STEP, _NOISES = 3.0, 1.5
# Area in pixels: below, an outline of two pixels' radius has no inside.
_LEAST_AREA = 18.0
# Area over that of the ellipse of the same second moments. It is 1 for ellipses and 0.955 for squares; digital outlines of
# small discs come to 0.9.
_LEAST_FILLING = 0.86
# Minor over major axis: discs at 80 degrees come to 0.17.
_LEAST_ASPECT = 0.15
_MOST_BLOBS = 4000
_MOST_DISCS = 900
# After tracing: distance of edges from the outline, pixels plus share of the minor axis. Squares and letters exceed it.
_MISFIT_PIXELS, _MISFIT_SHARE = 0.15, 0.06
_LEAST_SOUND = 0.7
_LEAST_CONTRAST = 6.0


def find_discs(grey: Grey, *, dark: bool = True) -> Discs:
    """What looks like discs in a picture, roughly located, each once.

    Args:
        grey: uint8 [h, w].
        dark: whether discs are darker than their ground.
    """
    centres, frames = _blobs(grey, dark)
    if not len(centres):
        return as_discs(np.zeros((0, 2)), np.zeros((0, 2, 2)))
    # A threshold with a small neighbourhood hollows a large disc: the hole is a blob too and must not displace it yet.
    discs = as_discs(centres, frames)[_distinct(centres, frames, np.arange(len(centres)), alike=1.15)]
    discs = traced(grey.astype(np.float32), discs, dark=dark)
    minor = discs.axes[:, 0]
    good = (discs.sound >= _LEAST_SOUND) & (discs.steps >= _LEAST_CONTRAST) & (minor > 1.2)
    good &= (discs.misfits < _MISFIT_PIXELS + _MISFIT_SHARE * minor) & _inside(discs, grey.shape)
    discs = discs[good]
    if not len(discs):
        return discs
    discs = discs[_distinct(discs.centres, discs.frames, np.argsort(discs.misfits, kind="stable"), alike=1.6)]
    return discs[np.argsort(-discs.steps, kind="stable")[:_MOST_DISCS]]


def _blobs(grey: Grey, dark: bool) -> tuple[Floats, Floats]:
    """Centres [n, 2] and symmetric frames [n, 2, 2] of regions that fill their ellipse, best filled first."""
    import cv2

    smooth = cv2.GaussianBlur(grey, (0, 0), 0.8)
    step = max(_LEAST_STEP, _NOISES * noise_of(grey))
    rows: list[tuple[float, ...]] = []
    for mask in _masks(smooth, step, dark):
        contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        rows += [_measured(contour) for contour in contours if len(contour) >= 10]
    if not rows:
        return np.zeros((0, 2)), np.zeros((0, 2, 2))
    table = np.array(rows)
    table = table[(table[:, 0] > _LEAST_AREA) & (table[:, 6] > 0)]
    spread = np.stack([table[:, 3], table[:, 4], table[:, 4], table[:, 5]], axis=-1).reshape(-1, 2, 2)
    values, vectors = np.linalg.eigh(spread)
    values = np.maximum(values, 1e-6)
    filling = table[:, 0] / (4 * np.pi * np.sqrt(values.prod(axis=1)))
    good = (filling > _LEAST_FILLING) & (np.sqrt(values[:, 0] / values[:, 1]) > _LEAST_ASPECT)
    # The second moment of a filled ellipse is a quarter of the axis squared; contours run through the middles of the pixels.
    axes = 2 * np.sqrt(values) + 0.25
    frames = (vectors * axes[:, None]) @ vectors.swapaxes(1, 2)
    order = np.flatnonzero(good)[np.argsort(-filling[good], kind="stable")][:_MOST_BLOBS]
    return table[order, 1:3], frames[order]


def _masks(smooth: Grey, step: float, dark: bool) -> list[Grey]:
    import cv2

    height, width = smooth.shape
    kind, sign = (cv2.THRESH_BINARY_INV, 1) if dark else (cv2.THRESH_BINARY, -1)
    sides = sorted({max(7, int(scale * min(height, width)) | 1) for scale in _SCALES})
    masks = [cv2.adaptiveThreshold(smooth, 255, cv2.ADAPTIVE_THRESH_MEAN_C, kind, side, sign * step) for side in sides]
    return [*masks, cv2.threshold(smooth, 0, 255, kind | cv2.THRESH_OTSU)[1]]


def _measured(contour: NDArray[np.int32]) -> tuple[float, ...]:
    """Area, centre, second moments about it, and 1 if the region is solid (0 for one with no area)."""
    import cv2

    m = cv2.moments(contour)
    area = m["m00"]
    if area <= 0:
        return (0.0,) * 7
    return area, m["m10"] / area, m["m01"] / area, m["mu20"] / area, m["mu11"] / area, m["mu02"] / area, 1.0


def _inside(discs: Discs, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Whether the whole outline lies in the picture: a cut disc has another centre."""
    half = np.linalg.norm(discs.frames, axis=2) + 1.0
    return np.asarray(((discs.centres - half >= 0) & (discs.centres + half <= np.array(shape[::-1]) - 1)).all(axis=1))


def _distinct(centres: Floats, frames: Floats, order: NDArray[np.int64], alike: float) -> NDArray[np.int64]:
    """Rows without repetitions: of blobs with the same centre and sizes `alike` to a factor, the first in `order`."""
    from scipy.spatial import cKDTree

    minor = np.linalg.eigvalsh(frames)[:, 0]
    size = np.sqrt(np.linalg.det(frames))
    around = cKDTree(centres).query_ball_point(centres, 0.5 * minor)
    taken = np.zeros(len(centres), bool)
    kept = []
    for row in order.tolist():
        if taken[row]:
            continue
        near = np.array(around[row])
        taken[near[(size[near] < alike * size[row]) & (size[near] > size[row] / alike)]] = True
        taken[row] = True
        kept.append(row)
    return np.array(kept, np.int64)
