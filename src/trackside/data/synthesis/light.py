"""Light from one side and from all sides, and the shadows of the first.

Shadows come from a depth map as the light sees the figure (Williams 1978); a shadow's edge is soft because several places of
the map around each point are asked (percentage-closer filtering: Reeves, Salesin & Cook 1987).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.data.synthesis.casting import cast_parallel
from trackside.data.synthesis.parts import Parts

Floats = NDArray[np.float32]
_CELLS = 144
# What is nearer than this to its own shadow map is no shadow, metres; twice the size of a cell for a standing figure.
_BIAS = 0.03
# Places that are asked around a point, in units of the softness: a ring and its middle.
_TAPS = ((0.0, 0.0), *((np.cos(t), np.sin(t)) for t in np.arange(6) * np.pi / 3), (0.5, 0.1), (-0.45, 0.3))


@dataclass(frozen=True, slots=True)
class Light:
    """How a scene is lit.

    Attributes:
        direction: float64 [3], towards the sun, unit length, world axes.
        sun: float64 [3], colour and strength of the direct light.
        sky, ground: float64 [3], of the light from above and from below.
        softness: half-width of a shadow's edge, metres.
    """

    direction: NDArray[np.float64]
    sun: NDArray[np.float64]
    sky: NDArray[np.float64]
    ground: NDArray[np.float64]
    softness: float = 0.03


FACTORS = ("light_turn", "light_height", "light_strength", "light_warmth", "light_softness")


def light_of(chosen: Mapping[str, float]) -> Light:
    """The light that these numbers (0 to 1 for each of `FACTORS`) stand for: from an overcast day to a low sun."""
    turn, height = 2 * np.pi * chosen["light_turn"], np.deg2rad(22 + 53 * chosen["light_height"])
    direction = np.array([np.cos(height) * np.sin(turn), np.sin(height), np.cos(height) * np.cos(turn)])
    warm = (chosen["light_warmth"] - 0.4) * 0.35
    strength = 0.35 + 0.9 * chosen["light_strength"]
    sun = strength * np.array([1 + warm, 1.0, 1 - warm])
    ambient = 0.80 - 0.42 * chosen["light_strength"]
    sky = ambient * np.array([1 - 0.4 * warm, 1.0, 1 + 0.5 * warm])
    return Light(
        direction, sun, sky, 0.55 * sky * np.array([1.04, 1.0, 0.94]), 0.012 + 0.06 * (1 - chosen["light_strength"])
    )


@dataclass(frozen=True, slots=True)
class ShadowMap:
    """What the light sees: `depth` float32 [cells, cells] along `axes[2]`, from `start`, one cell `step` metres wide.

    `axes` float64 [3, 3] are the rows of the rotation from the figure's axes to the light's.
    """

    axes: NDArray[np.float64]
    depth: Floats
    start: NDArray[np.float64]
    step: float
    softness: float

    def shade(self, points: NDArray[np.floating]) -> Floats:
        """float32 [n]: how much of the direct light reaches these points [n, 3], 0 to 1."""
        import cv2

        seen = points.astype(np.float32) @ self.axes.T.astype(np.float32)
        if not len(seen):
            return np.ones(0, np.float32)
        spots = (seen[:, :2] - self.start.astype(np.float32)) / np.float32(self.step)
        lit = np.zeros(len(seen), np.float32)
        limit = seen[:, 2] - np.float32(_BIAS)
        reach = self.softness / self.step
        # A strip of a few thousand columns, because OpenCV maps no picture wider than 32,767.
        width = 1024
        padded = -(-len(seen) // width) * width
        grid = np.full((padded, 2), -10, np.float32)
        grid[: len(seen)] = spots
        for x, y in _TAPS:
            moved = (grid + np.array([x * reach, y * reach], np.float32)).reshape(-1, width, 2)
            depth = cv2.remap(self.depth, moved, None, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=1e9)
            lit += depth.reshape(-1)[: len(seen)] > limit
        return lit / np.float32(len(_TAPS))


def shadow_map(parts: Parts, direction: NDArray[np.float64], softness: float) -> ShadowMap:
    """The shadow map of parts, in their own axes; `direction` points to the light in those axes."""
    along = -direction / np.linalg.norm(direction)
    other = np.array([1.0, 0, 0]) if abs(along[0]) < 0.9 else np.array([0, 1.0, 0])
    across = np.cross(other, along)
    across /= np.linalg.norm(across)
    axes = np.stack([across, np.cross(along, across), along])
    turned = parts.seen_from(axes, np.zeros(3))
    corners = turned.corners()[..., :2].reshape(-1, 2)
    low, span = corners.min(axis=0), float(np.ptp(corners, axis=0).max())
    step = span / (_CELLS - 1)
    xs, ys = ((low[side] + step * np.arange(_CELLS)).astype(np.float32) for side in (0, 1))
    depth = cast_parallel(turned, xs, ys)
    return ShadowMap(axes, np.where(np.isfinite(depth), depth, np.float32(1e9)), low, step, softness)
