"""Colours of what the rays met: smooth normals, light from the sun and the sky, shadows, and the dark of folds.

Computed in linear light; a screen's value is the square root of it (gamma 2, near sRGB's and cheap).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.data.synthesis.camera import Camera
from trackside.data.synthesis.casting import Hits
from trackside.data.synthesis.light import Light, ShadowMap
from trackside.data.synthesis.materials import albedo_of, gloss_of, wrinkles
from trackside.data.synthesis.outfit import Outfit
from trackside.data.synthesis.parts import Parts

Floats = NDArray[np.float32]
# Normals are averaged over this much of a limb, metres: the seams between its solids vanish.
_SMOOTH = 0.035
# Light that creeps around the edge of what the sun meets: the softness of skin, and a little for all else.
_WRAP = 0.12
_FOLD = 0.055
"""A place this much behind its surroundings (metres) lies in a fold, and gets `_FOLD_LIGHT` of the sky's light."""
_FOLD_LIGHT = 0.45


@dataclass(frozen=True, slots=True)
class Surface:
    """The visible points of a figure, n of them: rows and columns of the fine picture, place, normal, part."""

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    points: Floats
    normals: Floats
    parts: NDArray[np.int16]


def surface_of(parts: Parts, hits: Hits, camera: Camera, factor: int) -> Surface:
    """Where the rays met the figure, in the camera's axes."""
    rows, columns = np.nonzero(hits.part >= 0)
    xs, ys = camera.slopes(factor)
    depth, part = hits.depth[rows, columns], hits.part[rows, columns]
    points = np.stack([xs[columns] * depth, ys[rows] * depth, depth], axis=1)
    forms, linears, _ = parts.quadrics()
    normals = np.einsum("nij,nj->ni", forms.astype(np.float32)[part], points) + linears.astype(np.float32)[part]
    normals[hits.inside[rows, columns]] *= -1
    surface = Surface(rows, columns, points, _unit(normals), part)
    if not len(rows):
        return surface
    width = camera.focal * factor * _SMOOTH / float(np.median(depth))
    return Surface(rows, columns, points, _smoothed(surface, parts, hits.part.shape, int(width) | 1), part)


def shade(surface: Surface, parts: Parts, outfit: Outfit, camera: Camera, light: Light, shadows: ShadowMap) -> Floats:
    """float32 [n, 3]: linear RGB of the visible points."""
    up = camera.rotation[:, 1].astype(np.float32)
    sun = (camera.rotation @ light.direction).astype(np.float32)
    normals = wrinkles(surface.points, surface.normals, surface.parts, parts)
    albedo = albedo_of(surface.points, surface.parts, parts, outfit)
    facing = normals @ sun
    lit = np.clip((facing + _WRAP) / (1 + _WRAP), 0, 1) * _evened(surface, shadows.shade(surface.points))
    above = (0.5 + 0.5 * (normals @ up))[:, None]
    ambient = light.ground.astype(np.float32) * (1 - above) + light.sky.astype(np.float32) * above
    ambient *= _folds(surface)[:, None]
    shine, sharpness = gloss_of(surface.parts, parts)
    half = sun - surface.points / np.linalg.norm(surface.points, axis=1, keepdims=True)
    bright = shine * np.clip((normals * _unit(half)).sum(axis=1), 0, 1) ** sharpness * (lit > 0.05)
    colour = light.sun.astype(np.float32)
    result: Floats = albedo * (ambient + lit[:, None] * colour) + (bright * lit)[:, None] * colour
    return result


def _unit(vectors: Floats) -> Floats:
    result: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return result


def _smoothed(surface: Surface, parts: Parts, shape: tuple[int, ...], width: int) -> Floats:
    """Normals averaged over a square of `width` pixels within each limb; those of the head stay sharp."""
    import cv2

    if width < 3:
        return surface.normals
    names = sorted(set(parts.chains) - {"head"})
    chain = np.array([names.index(name) if name in names else -1 for name in parts.chains])[surface.parts]
    normals = surface.normals.copy()
    for number in range(len(names)):
        chosen = np.flatnonzero(chain == number)
        if not len(chosen):
            continue
        rows, columns = surface.rows[chosen], surface.columns[chosen]
        rows, columns = rows - rows.min(), columns - columns.min()
        sheet = np.zeros((int(rows.max()) + 1, int(columns.max()) + 1, 3), np.float32)
        sheet[rows, columns] = surface.normals[chosen]
        blurred = cv2.blur(cv2.blur(sheet, (width, width), borderType=cv2.BORDER_CONSTANT), (width, width))
        # The rim keeps its own normals half, or the limb would look flat there.
        normals[chosen] = _unit(_unit(blurred[rows, columns]) + 0.35 * surface.normals[chosen])
    return normals


def _evened(surface: Surface, values: Floats) -> Floats:
    """The values [n], averaged with those of neighbours: the steps of a shadow's edge become a slope."""
    import cv2

    rows, columns = surface.rows - surface.rows.min(), surface.columns - surface.columns.min()
    sheet = np.zeros((int(rows.max()) + 1, int(columns.max()) + 1, 2), np.float32)
    sheet[rows, columns, 0], sheet[rows, columns, 1] = values, 1
    around = cv2.blur(sheet, (max(3, sheet.shape[0] // 90 | 1),) * 2, borderType=cv2.BORDER_CONSTANT)[rows, columns]
    result: Floats = around[:, 0] / around[:, 1]
    return result


def _folds(surface: Surface) -> Floats:
    """float32 [n]: the share of the sky's light that reaches a point past its surroundings on the figure."""
    import cv2

    top, left = surface.rows.min(), surface.columns.min()
    rows, columns = surface.rows - top, surface.columns - left
    shape = int(rows.max()) + 1, int(columns.max()) + 1
    depth, there = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    middle = float(np.median(surface.points[:, 2]))
    depth[rows, columns] = surface.points[:, 2] - middle
    there[rows, columns] = 1
    size = (max(3, shape[0] // 14 | 1),) * 2
    around = cv2.blur(depth, size) / np.maximum(cv2.blur(there, size), 1e-3)
    behind = np.clip((surface.points[:, 2] - middle - around[rows, columns]) / _FOLD, 0, 1)
    result: Floats = 1 - (1 - _FOLD_LIGHT) * behind
    return result
