"""One picture of a figure: everything that `planning.py` decides, drawn and labelled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB
from trackside.data.synthesis.body import Body
from trackside.data.synthesis.camera import Camera
from trackside.data.synthesis.casting import Hits, cast
from trackside.data.synthesis.figure import build
from trackside.data.synthesis.kinematics import frames_of, keypoints_of
from trackside.data.synthesis.light import Light, ShadowMap, shadow_map
from trackside.data.synthesis.outfit import Outfit
from trackside.data.synthesis.parts import Parts
from trackside.data.synthesis.shading import shade, surface_of

Floats = NDArray[np.float32]
FINE = 2
"""Rays along each side of a pixel."""
# The ground's shadow reaches no further than this from the figure, metres.
_SHADOW_REACH = 3.5
# What light from all sides leaves of a ground that a body stands on.
_CONTACT = 0.5


@dataclass(frozen=True, slots=True)
class Figure:
    """A posed person on the ground, in world axes: its solids and its 17 points (float64 [17, 3], metres)."""

    parts: Parts
    points: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rendering:
    """A picture with what is known of it.

    Attributes:
        image: uint8 [h, w, 3].
        alpha: float32 [h, w], the share of each pixel that the figure covers, occluders taken off.
        hits: of the fine picture, `FINE` times as large; occluders are not in it.
        cover: float32 [h, w], the share of each pixel that occluders hide.
    """

    image: RGB
    alpha: Floats
    hits: Hits
    cover: Floats


def figure_of(angles: NDArray[np.float64], body: Body, outfit: Outfit) -> Figure:
    """A person in a pose, put on the ground, the middle between the hips above the origin."""
    from trackside.core import COCO17

    frames = frames_of(angles, body)
    parts = build(frames, body, outfit)
    named = keypoints_of(frames, body)
    points = np.stack([named[name] for name in COCO17.points])
    shift = np.array([0, -lowest(parts), 0])
    return Figure(parts.seen_from(np.eye(3), shift), points + shift)


def lowest(parts: Parts) -> float:
    """The height of the lowest place of any part, metres (exact for whole ellipsoids, above it for clipped ones)."""
    up = np.einsum("pij,i->pj", parts.rotations, [0.0, 1.0, 0.0])
    a, b, c, g = parts.profiles.T
    # The support of a slab of the quadric: at height y its ellipse reaches radius(y) * |(up_x, up_z / sqrt(g))|.
    across = np.sqrt(up[:, 0] ** 2 + up[:, 2] ** 2 / g)
    heights = np.linspace(0, 1, 33)[:, None] * (parts.clips[:, 1] - parts.clips[:, 0]) + parts.clips[:, 0]
    radius = np.sqrt(np.maximum(a + b * heights + c * heights**2, 0))
    return float((parts.origins[:, 1] + up[:, 1] * heights - across * radius).min())


def render(
    figure: Figure, outfit: Outfit, camera: Camera, light: Light, background: RGB, occluder: Floats | None = None
) -> Rendering:
    """Draw a figure before a background.

    Args:
        figure: in world axes.
        outfit: its colours.
        camera: whose size the picture has.
        light: of the scene.
        background: uint8 [h, w, 3], as large as the picture.
        occluder: float32 [h, w, 4], linear RGB and alpha of what stands before the figure, or None.
    """
    import cv2

    parts = figure.parts.seen_from(camera.rotation, camera.shift)
    hits = cast(parts, camera, FINE)
    shadows = shadow_map(parts, camera.rotation @ light.direction, light.softness)
    scene = np.square(background.astype(np.float32) / 255) * _ground_light(parts, camera, light, shadows)[..., None]
    surface = surface_of(parts, hits, camera, FINE)
    fine = np.zeros((*hits.part.shape, 4), np.float32)
    if len(surface.rows):
        fine[surface.rows, surface.columns, :3] = shade(surface, parts, outfit, camera, light, shadows)
        fine[surface.rows, surface.columns, 3] = 1
    layer = cv2.resize(fine, camera.size, interpolation=cv2.INTER_AREA)
    scene = scene * (1 - layer[..., 3:]) + layer[..., :3]
    alpha, cover = layer[..., 3], np.zeros(layer.shape[:2], np.float32)
    if occluder is not None:
        cover = occluder[..., 3]
        scene = scene * (1 - cover[..., None]) + occluder[..., :3] * cover[..., None]
        alpha = alpha * (1 - cover)
    return Rendering((np.sqrt(np.clip(scene, 0, 1)) * 255 + 0.5).astype(np.uint8), alpha, hits, cover)


def _ground_light(parts: Parts, camera: Camera, light: Light, shadows: ShadowMap) -> Floats:
    """float32 [h, w]: what the figure leaves of the light on the ground; 1 where there is no ground, or none near."""
    import cv2

    xs, ys = camera.slopes()
    up = camera.rotation[:, 1]
    falling = (up[0] * xs + up[2])[None, :] + (up[1] * ys)[:, None]
    height = float(camera.place[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        depth = np.where(falling < -1e-3, -height / falling, np.inf)
    middle = parts.origins.mean(axis=0)
    near = np.isfinite(depth) & (np.abs(depth - middle[2]) < _SHADOW_REACH)
    rows, columns = np.nonzero(near)
    result = np.ones(falling.shape, np.float32)
    if not len(rows):
        return result
    distance = depth[rows, columns]
    points = np.stack([xs[columns] * distance, ys[rows] * distance, distance], axis=1)
    sun, sky = float(light.sun.mean() * light.direction[1]), float(light.sky.mean())
    direct = (sky + sun * shadows.shade(points)) / (sky + sun)
    above = shadow_map(parts, up, 0.09).shade(points)
    result[rows, columns] = direct * (1 - _CONTACT * sky / (sky + sun) * (1 - above))
    return np.asarray(cv2.blur(result, (max(3, len(ys) // 70 | 1),) * 2), np.float32)
