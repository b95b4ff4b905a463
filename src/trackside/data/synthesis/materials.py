"""What the parts of a figure look like near by: patterns of cloth, a face, gloss, creases."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from trackside.data.synthesis.outfit import Outfit
from trackside.data.synthesis.parts import Parts

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
# Blinn's gloss: share of the light that is mirrored, and the exponent.
_GLOSS = {"skin": (0.10, 14.0), "face": (0.10, 14.0), "hair": (0.16, 24.0), "shoe": (0.22, 30.0), "cap": (0.06, 12.0)}
_DULL = (0.025, 6.0)
_CREASED = ("shirt", "trousers")
# Creases are three waves: directions in a part's own axes (radians a metre) and how far they tilt the normal.
_WAVES = ((31.0, 47.0, 11.0), (-52.0, 33.0, 40.0), (18.0, -81.0, 63.0))
_TILT = 0.13


def gloss_of(rows: NDArray[np.int16], parts: Parts) -> tuple[Floats, Floats]:
    """Strength and sharpness of the mirrored light at points of these parts, float32 [n] each."""
    table = np.array([_GLOSS.get(material, _DULL) for material in parts.materials], np.float32)
    return table[rows, 0], table[rows, 1]


def wrinkles(points: Floats, normals: Floats, rows: NDArray[np.int16], parts: Parts) -> Floats:
    """The normals [n, 3], tilted by creases where there is cloth."""
    cloth = np.array([material in _CREASED for material in parts.materials])[rows]
    if not cloth.any():
        return normals
    local = own_axes(points[cloth], rows[cloth], parts)
    bent = normals.copy()
    tilt = np.zeros_like(local)
    for wave in _WAVES:
        direction = np.array(wave, np.float32)
        tilt += np.cos(local @ direction)[:, None] * (direction / np.linalg.norm(direction))
    rotations = parts.rotations.astype(np.float32)[_anchors(parts)[rows[cloth]]]
    bent[cloth] += np.float32(_TILT) * np.einsum("nij,nj->ni", rotations, tilt)
    result: Floats = bent / np.linalg.norm(bent, axis=1, keepdims=True)
    return result


def albedo_of(points: Floats, rows: NDArray[np.int16], parts: Parts, outfit: Outfit) -> Floats:
    """float32 [n, 3]: the share of each colour that the points throw back, linear."""
    plain = np.array([_linear(outfit.colours[material]) for material in parts.materials], np.float32)
    colours = plain[rows]
    materials = np.array(parts.materials)[rows]
    for material in set(parts.materials) & (set(outfit.patterns) | {"face"}):
        there = np.flatnonzero(materials == material)
        if not len(there):
            continue
        local = own_axes(points[there], rows[there], parts)
        if material == "face":
            _paint_face(colours, there, local, parts, outfit)
        elif pattern := _PATTERNS.get(outfit.patterns[material]):
            colours[there[pattern(local)]] = _linear(outfit.second[material])
    return colours


def own_axes(points: Floats, rows: NDArray[np.int16], parts: Parts) -> Floats:
    """float32 [n, 3]: the points in the axes of the limb that their part belongs to, so that patterns run over seams."""
    anchors = _anchors(parts)[rows]
    moved = points - parts.origins.astype(np.float32)[anchors]
    result: Floats = np.einsum("nji,nj->ni", parts.rotations.astype(np.float32)[anchors], moved)
    return result


def _anchors(parts: Parts) -> NDArray[np.intp]:
    """The part whose axes each part's pattern is drawn in."""
    first = {chain: parts.chains.index(chain) for chain in parts.chains}
    first |= {"trunk": parts.names.index("waist"), "head": parts.names.index("head")}
    return np.array([first[chain] for chain in parts.chains])


def _linear(colour: tuple[float, float, float]) -> Floats:
    return np.square(np.array(colour, np.float32))


def _bands(values: Floats, width: float, share: float = 0.5) -> Mask:
    result: Mask = (values / width) % 1 < share
    return result


_PATTERNS: dict[str, Callable[[Floats], Mask]] = {
    "stripes": lambda p: _bands(np.arctan2(p[:, 0], p[:, 2] + 0.4), 0.11, 0.4),
    "hoops": lambda p: _bands(p[:, 1], 0.075),
    "checks": lambda p: _bands(p[:, 0], 0.09) ^ _bands(p[:, 1], 0.09),
    "block": lambda p: p[:, 1] > 0.09,
    "dots": lambda p: ((p[:, :2] / 0.06) % 1 - 0.5).__pow__(2).sum(axis=1) < 0.07,
    "seam": lambda p: np.abs(p[:, 2]) < 0.012,
}


def _paint_face(colours: Floats, there: NDArray[np.intp], local: Floats, parts: Parts, outfit: Outfit) -> None:
    """Eyes, brows and mouth, in units of the head's height."""
    row = parts.names.index("head")
    size = 2 * float(parts.clips[row, 1])
    x, y, ahead = np.abs(local[:, 0]) / size, local[:, 1] / size, local[:, 2] > 0
    eye = ahead & (((x - 0.15) / 0.075) ** 2 + ((y - 0.04) / 0.038) ** 2 < 1)
    iris = ahead & ((x - 0.15) ** 2 + (y - 0.04) ** 2 < 0.034**2)
    brow = ahead & (np.abs(x - 0.15) < 0.09) & (np.abs(y - 0.125 + 1.2 * (x - 0.15) ** 2) < 0.020)
    mouth = ahead & (x < 0.11) & (np.abs(y + 0.27 - 0.9 * x**2) < 0.024)
    skin, hair = _linear(outfit.colours["face"]), _linear(outfit.colours["hair"])
    for mask, colour in (
        (eye, np.array([0.75, 0.75, 0.73], np.float32)), (iris, np.array([0.03, 0.02, 0.015], np.float32)),
        (brow, 0.6 * hair + 0.1 * skin), (mouth, skin * np.array([0.75, 0.42, 0.42], np.float32)),
    ):  # fmt: skip
        colours[there[mask]] = colour
