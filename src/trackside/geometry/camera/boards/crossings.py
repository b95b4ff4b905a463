"""Is there a chessboard at all? Crossings, where four squares meet, linked along the edges of squares.

A search for a whole chessboard takes seconds where there is none. A crossing is a saddle of the grey levels, and on a ring
around it light and dark change four times, opposite sides alike (Bennett and Lasenby 2014). Crossings next to each other on
a board have opposite saddles and an edge between them; textures, letters and noise have hardly any such neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.geometry.camera.boards.picture import Grey, noise_of

Floats = NDArray[np.float64]
Picture = NDArray[np.float32]

_NOWHERE = np.zeros((2, 2))

# Halved until its longer side is at most this: large squares and blurred edges are small and sharp in a small copy.
_SMALLEST_COPY = 480
_BLUR = 1.5
# Of the ring, pixels: outside the blur, within squares of 8 pixels.
_RING, _RING_SAMPLES = 4.0, 24
_MOST_CROSSINGS = 2000
# Opposite sides of a ring may differ by so much of what sides at right angles differ by.
_UNLIKE = 0.5
_LEAST_CONTRAST, _NOISES = 6.0, 5.0
# The light on a board changes less than this from square to square: noise on a blank square is no neighbour.
_ALIKE = 3.0
# A crossing's neighbours on a board, diagonal ones included, and as many strays.
_AROUND = 16
# Cosine between the saddles of neighbours; -1 face on.
_OPPOSITE = -0.5
# Where an edge is tested, shares of the way; how far beside it; contrast there as a share of the crossings' own.
_WAY, _BESIDE, _EDGE = (0.3, 0.5, 0.7), 0.2, 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Linked:
    """Crossings that hang together.

    Attributes:
        count: of the largest group: of a board in full view, its inner corners, or more if other things join.
        box: [2, 2], the least and the largest x and y of the large groups, pixels; zeros without any.
    """

    count: int
    box: Floats


def linked_crossings(grey: Grey, enough: int) -> Linked:
    """Look for crossings in a picture uint8 [h, w] and its smaller copies; the scale with the largest group counts.

    Args:
        grey: the picture.
        enough: groups with so many crossings belong into the box.
    """
    import cv2

    best, scale, copy = Linked(0, _NOWHERE), 1, grey
    while min(copy.shape) >= 4 * _RING:
        places, groups = _grouped(copy)
        sizes = np.bincount(groups, minlength=1)
        if sizes.max() > best.count:
            wanted = places[sizes[groups] >= min(enough, sizes.max())] * scale + (scale - 1) / 2
            best = Linked(int(sizes.max()), np.array([wanted.min(axis=0), wanted.max(axis=0)]))
        if max(copy.shape) <= _SMALLEST_COPY:
            break
        copy, scale = np.asarray(cv2.resize(copy, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8), 2 * scale
    return best


def _grouped(grey: Grey) -> tuple[Floats, NDArray[np.int64]]:
    """At one scale: crossings [n, 2] that are linked to two others or more, and the group of each [n]."""
    import cv2

    smooth = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), _BLUR)
    places, saddles = _saddles(smooth)
    contrasts = _contrasts(smooth, places)
    # The blur averages the noise of some 28 pixels.
    good = contrasts > max(_LEAST_CONTRAST, _NOISES * noise_of(grey) / 5)
    places = places[good]
    if len(places) < 2:
        return np.zeros((0, 2)), np.zeros(0, np.int64)
    groups, firm = _groups(smooth, places, saddles[good], contrasts[good])
    return places[firm], groups[firm]


def _saddles(smooth: Picture) -> tuple[Floats, Floats]:
    """Places [n, 2] of the strongest saddles, and their second derivatives [n, 3] (xx, xy, yy) at unit length."""
    import cv2

    xx, xy, yy = (cv2.Sobel(smooth, cv2.CV_32F, *order, ksize=3) for order in ((2, 0), (1, 1), (0, 2)))
    # Sobel's kernels sum to other factors: 4 for xx and yy, 4 for xy.
    strength = xy * xy - xx * yy
    highest = cv2.dilate(strength, np.ones((5, 5), np.uint8))
    border = int(_RING) + 1
    inside = np.zeros(strength.shape, bool)
    inside[border:-border, border:-border] = True
    # A saddle of contrast c, blurred by s, has c / (pi s^2) as mixed derivative; weaker than this it fails on the ring.
    least = (4 * _LEAST_CONTRAST / (2 * np.pi * _BLUR**2)) ** 2 / 4
    rows, columns = np.nonzero((strength == highest) & (strength > least) & inside)
    order = np.argsort(-strength[rows, columns], kind="stable")[:_MOST_CROSSINGS]
    rows, columns = rows[order], columns[order]
    second = np.column_stack([xx[rows, columns], np.sqrt(2) * xy[rows, columns], yy[rows, columns]]).astype(np.float64)
    return np.column_stack([columns, rows]).astype(np.float64), second / np.linalg.norm(second, axis=1, keepdims=True)


def _contrasts(smooth: Picture, places: Floats) -> Floats:
    """[n], grey levels between light and dark squares; 0 where the ring around a place is not that of a crossing."""
    turn = 2 * np.pi * np.arange(_RING_SAMPLES) / _RING_SAMPLES
    ring = _levels(smooth, places[:, None] + _RING * np.column_stack([np.cos(turn), np.sin(turn)]))
    light = ring > ring.mean(axis=1, keepdims=True)
    changes = (light != np.roll(light, 1, axis=1)).sum(axis=1)
    half, quarter = _RING_SAMPLES // 2, _RING_SAMPLES // 4
    across = np.abs(ring - np.roll(ring, half, axis=1)).mean(axis=1)
    beside = np.abs(ring - np.roll(ring, quarter, axis=1)).mean(axis=1)
    spread = np.sort(ring, axis=1)
    contrast = spread[:, -quarter:].mean(axis=1) - spread[:, :quarter].mean(axis=1)
    return np.where((changes == 4) & (across < _UNLIKE * beside), contrast, 0.0)


def _groups(
    smooth: Picture, places: Floats, saddles: Floats, contrasts: Floats
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """[n], the group of each crossing, joined by edges, and whether it has two neighbours: a board's own corners have."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    count = len(places)
    near = cKDTree(places).query(places, k=min(_AROUND + 1, count))[1][:, 1:]
    first, second = np.repeat(np.arange(count), near.shape[1]), near.ravel()
    ratio = contrasts[first] / contrasts[second]
    fit = ((saddles[first] * saddles[second]).sum(axis=1) < _OPPOSITE) & (ratio < _ALIKE) & (ratio > 1 / _ALIKE)
    first, second = first[fit], second[fit]
    edge = _edges_between(smooth, places[first], places[second], np.minimum(contrasts[first], contrasts[second]))
    links = np.zeros((count, count), bool)
    links[first[edge], second[edge]] = links[second[edge], first[edge]] = True
    return connected_components(coo_array(links), directed=False)[1].astype(np.int64), links.sum(axis=1) >= 2


def _edges_between(smooth: Picture, start: Floats, end: Floats, contrasts: Floats) -> NDArray[np.bool_]:
    """[m], whether an edge runs from each start to its end: light on one side all the way, and dark on the other."""
    along = end - start
    normal = np.stack([-along[:, 1], along[:, 0]], axis=-1)[:, None] * _BESIDE
    way = start[:, None] + along[:, None] * np.array(_WAY)[:, None]
    steps = _levels(smooth, way + normal) - _levels(smooth, way - normal)
    least = _EDGE * contrasts[:, None]
    return np.asarray((steps > least).all(axis=1) | (steps < -least).all(axis=1))


def _levels(smooth: Picture, places: Floats) -> Floats:
    """Grey levels [n, k] at places [n, k, 2], bilinear."""
    import cv2

    # OpenCV's maps end at 32767 rows.
    parts = [
        cv2.remap(smooth, part[..., 0], part[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        for part in np.array_split(places.astype(np.float32), len(places) // 30_000 + 1)
        if len(part)
    ]
    return np.concatenate(parts).astype(np.float64) if parts else np.zeros(places.shape[:2])
