"""Things that stand before the figure: a pole, a box, a ball, leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
FACTORS = ("occluder", "occluder_at", "occluder_kind", "occluder_colour")


def occluder_of(
    chosen: Mapping[str, float], box: NDArray[np.float64], size: tuple[int, int], share: float, seed: int
) -> Floats | None:
    """What hides a part of the figure, or None for most pictures.

    Args:
        chosen: 0 to 1 for each of `FACTORS`.
        box: float64 [4], the figure's x1 y1 x2 y2, pixels.
        size: width and height of the picture, pixels.
        share: of the pictures that have an occluder.
        seed: for its details.

    Returns:
        float32 [h, w, 4], linear RGB and alpha.
    """
    import cv2

    if chosen["occluder"] >= share:
        return None
    rng = np.random.default_rng([seed, 3])
    draw = _KINDS[min(int(chosen["occluder_kind"] * len(_KINDS)), len(_KINDS) - 1)]
    fine = np.zeros((size[1] * 2, size[0] * 2), np.uint8)
    width, height = box[2] - box[0], box[3] - box[1]
    at = box[0] + chosen["occluder_at"] * width, box[1] + rng.uniform(0.3, 1.0) * height
    draw(fine, np.array(at) * 2, float(min(width, height)) * 2, rng)
    alpha = cv2.resize(fine, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    hue = np.array([chosen["occluder_colour"], chosen["occluder_colour"] * 5 % 1, chosen["occluder_colour"] * 11 % 1])
    rows = np.linspace(1.2, 0.8, size[1], dtype=np.float32)[:, None, None]
    grain = 1 + 0.1 * cv2.blur(rng.standard_normal((size[1], size[0])).astype(np.float32), (5, 5))[..., None]
    colours = np.square(0.1 + 0.8 * hue).astype(np.float32) * rows * grain
    return np.concatenate([colours, alpha[..., None]], axis=-1)


def _pole(sheet: NDArray[np.uint8], at: NDArray[np.float64], side: float, rng: np.random.Generator) -> None:
    import cv2

    lean, half = rng.uniform(-0.04, 0.04) * len(sheet), side * rng.uniform(0.03, 0.08)
    corners = [
        (at[0] - half - lean, 0),
        (at[0] + half - lean, 0),
        (at[0] + half + lean, len(sheet)),
        (at[0] - half + lean, len(sheet)),
    ]
    cv2.fillPoly(sheet, [np.array(corners).round().astype(np.int32)], 255)


def _box(sheet: NDArray[np.uint8], at: NDArray[np.float64], side: float, rng: np.random.Generator) -> None:
    import cv2

    sides = side * rng.uniform(0.2, 0.5, 2)
    corners = cv2.boxPoints((tuple(at.tolist()), tuple(sides.tolist()), float(rng.uniform(-10, 10))))
    cv2.fillPoly(sheet, [corners.round().astype(np.int32)], 255)


def _ball(sheet: NDArray[np.uint8], at: NDArray[np.float64], side: float, rng: np.random.Generator) -> None:
    import cv2

    cv2.circle(sheet, tuple(at.astype(int).tolist()), int(side * rng.uniform(0.08, 0.22)), 255, -1)


def _leaves(sheet: NDArray[np.uint8], at: NDArray[np.float64], side: float, rng: np.random.Generator) -> None:
    import cv2

    for _ in range(24):
        place = at + rng.normal(0, 0.16 * side, 2)
        axes = (side * rng.uniform(0.03, 0.08, 2)).astype(int) + 1
        cv2.ellipse(
            sheet, tuple(place.astype(int).tolist()), tuple(axes.tolist()), float(rng.uniform(0, 180)), 0, 360, 255, -1
        )


_KINDS: tuple[Callable[[NDArray[np.uint8], NDArray[np.float64], float, np.random.Generator], None], ...] = (
    _pole, _box, _ball, _leaves,
)  # fmt: skip
