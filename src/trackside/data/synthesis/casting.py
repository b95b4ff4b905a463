"""Which part every pixel sees: one quadratic a part and pixel, within the part's rectangle, and a depth buffer.

Along the rays of one picture the three coefficients of a quadric's quadratic are polynomials of the pixel's column and row,
so they come from two vectors and an outer product.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.data.synthesis.camera import NEAREST, Camera
from trackside.data.synthesis.parts import Parts

Floats = NDArray[np.float32]
NOTHING = -1


@dataclass(frozen=True, slots=True)
class Hits:
    """What a picture's rays meet first.

    Attributes:
        part: int16 [h, w], the part's row; `NOTHING` for none.
        depth: float32 [h, w], along the view's axis, metres; infinite for none.
        inside: bool [h, w]: the inner side of a hollow part is seen.
    """

    part: NDArray[np.int16]
    depth: Floats
    inside: NDArray[np.bool_]

    @classmethod
    def none(cls, height: int, width: int) -> Hits:
        """An empty picture."""
        shape = height, width
        return cls(np.full(shape, NOTHING, np.int16), np.full(shape, np.inf, np.float32), np.zeros(shape, bool))

    def offer(self, window: tuple[slice, slice], part: int, depth: Floats, is_hit: NDArray[np.bool_], inside: bool) -> None:
        """Keep these depths where they are the nearest so far."""
        old = self.depth[window]
        closer = is_hit & (depth < old)
        old[closer] = depth[closer]
        self.part[window][closer] = part
        self.inside[window][closer] = inside


def cast(parts: Parts, camera: Camera, factor: int) -> Hits:
    """What a camera sees of parts that are given in its axes; the picture is `factor` times as fine as the camera's."""
    xs, ys = camera.slopes(factor)
    hits = Hits.none(len(ys), len(xs))
    forms, linears, constants = (array.astype(np.float32) for array in parts.quadrics())
    axes, offsets = (array.astype(np.float32) for array in parts.axes())
    windows = _windows(parts, camera, factor, hits.part.shape)
    for row, window in enumerate(windows):
        if window is None:
            continue
        x, y = xs[window[1]], ys[window[0]][:, None]
        q, m, axis = forms[row], linears[row], axes[row]
        a = _polynomial(q[0, 0], q[0, 2], x) + (_polynomial(q[1, 1], q[1, 2], y) + q[2, 2]) + (2 * q[0, 1] * y) * x
        b = (m[0] * x + m[2]) + m[1] * y
        along = (axis[0] * x + axis[2]) + axis[1] * y
        near, far, is_hit = _roots(a, b, constants[row])
        for depth, inside in ((near, False), (far, True)) if parts.hollow[row] else ((near, False),):
            height = depth * along + offsets[row]
            within = is_hit & (depth > NEAREST) & (height >= parts.clips[row, 0]) & (height <= parts.clips[row, 1])
            hits.offer(window, row, depth, within, inside)
    return hits


def cast_parallel(parts: Parts, xs: Floats, ys: Floats) -> Floats:
    """How far parts are along z, for parallel rays through the points xs [w], ys [h]: float32 [h, w], infinite for none."""
    hits = Hits.none(len(ys), len(xs))
    forms, linears, constants = (array.astype(np.float32) for array in parts.quadrics())
    axes, offsets = (array.astype(np.float32) for array in parts.axes())
    corners = parts.corners()
    step = xs[1] - xs[0]
    for row in range(len(parts)):
        window = _window(corners[row, :, :2], (float(xs[0]), float(ys[0])), float(step), hits.part.shape)
        if window is None:
            continue
        x, y = xs[window[1]], ys[window[0]][:, None]
        q, m, axis = forms[row], linears[row], axes[row]
        b = (q[0, 2] * x + m[2]) + q[1, 2] * y
        c = (_polynomial(q[0, 0], m[0], x) + (_polynomial(q[1, 1], m[1], y) + constants[row])) + (2 * q[0, 1] * y) * x
        near, _, is_hit = _roots(q[2, 2], b, c)
        height = (axis[0] * x + offsets[row]) + axis[1] * y + axis[2] * near
        within = is_hit & (height >= parts.clips[row, 0]) & (height <= parts.clips[row, 1])
        hits.offer(window, row, near, within, False)
    return hits.depth


def _polynomial(square: float, half: float, x: Floats) -> Floats:
    return (square * x + 2 * half) * x


def _roots(a: Floats | float, b: Floats, c: Floats | float) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Both roots of `a t^2 + 2 b t + c`, the smaller first, without loss of digits (Press et al. 2007, section 5.6)."""
    spread = b * b - a * c
    is_hit = spread > 0
    q = -(b + np.copysign(np.sqrt(np.maximum(spread, 0)), b))
    with np.errstate(divide="ignore", invalid="ignore"):
        first, second = q / a, c / q
    return np.minimum(first, second), np.maximum(first, second), is_hit


def _windows(parts: Parts, camera: Camera, factor: int, shape: tuple[int, ...]) -> list[tuple[slice, slice] | None]:
    corners = parts.corners()
    nearest = corners[..., 2].min(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        flat = (camera.focal * corners[..., :2] / corners[..., 2:] + np.array(camera.centre)) * factor
    whole = slice(0, shape[0]), slice(0, shape[1])
    return [
        None if corners[row, :, 2].max() < NEAREST
        else whole if nearest[row] < NEAREST
        else _window(flat[row], (0.5, 0.5), 1.0, shape)
        for row in range(len(parts))
    ]  # fmt: skip


def _window(
    flat: NDArray[np.float64], start: tuple[float, float], step: float, shape: tuple[int, ...]
) -> tuple[slice, slice] | None:
    """The rows and columns whose samples may lie between these points [n, 2]."""
    low = np.floor((flat.min(axis=0) - start) / step).astype(int)
    high = np.ceil((flat.max(axis=0) - start) / step).astype(int) + 1
    left, right = max(int(low[0]), 0), min(int(high[0]), shape[1])
    top, bottom = max(int(low[1]), 0), min(int(high[1]), shape[0])
    return (slice(top, bottom), slice(left, right)) if left < right and top < bottom else None
