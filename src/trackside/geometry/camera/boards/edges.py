"""Where an edge lies along lines across it, to a few hundredths of a pixel.

The grey level along a line across an edge that a lens and a sensor blur is close to a step smoothed by a Gaussian. Fitting
low + step * Phi((r - position) / width) by Gauss-Newton uses all samples, unlike the place where a threshold is crossed, and
gives the width of the edge too (Nalwa and Binford 1986 fit a tanh likewise).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# 10 % to 90 % of a Gaussian step is 2 x 1.2816 standard deviations.
RISE = 2.5631
_ROUNDS = 8
_DAMPING = 1e-3
# The fit ends when all edges but a few, which are none, move by less than a tenth of what sampling leaves, pixels.
_STILL, _RESTLESS = 4e-4, 0.02
# An edge drawn without any blur has the width of a pixel's box, 1 / sqrt(12) = 0.29.
_SHARPEST = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Edges along lines, one a line.

    Attributes:
        positions: [q], along the line from its middle, pixels.
        steps: [q], grey levels from the start of the line to its end.
        widths: [q], standard deviation of the blur, pixels.
        errors: [q], root mean square of what the step does not explain, grey levels.
    """

    positions: Floats
    steps: Floats
    widths: Floats
    errors: Floats


def sample(grey: NDArray[np.float32], points: Floats) -> Floats:
    """Grey levels at places between pixels, by cubic convolution on the nearest 4 x 4.

    Args:
        grey: [h, w].
        points: [..., 2], x and y; outside the picture its edge is repeated.
    """
    height, width = grey.shape
    base = np.floor(points).astype(np.intp)
    across, down = (_cubic(points[..., axis] - base[..., axis]) for axis in range(2))
    levels, flat = np.zeros(points.shape[:-1]), grey.ravel()
    columns = [np.clip(base[..., 0] + step, 0, width - 1) for step in range(-1, 3)]
    for step in range(4):
        row = np.clip(base[..., 1] + (step - 1), 0, height - 1) * width
        levels += down[step] * sum(across[k] * flat.take(row + columns[k]) for k in range(4))
    return levels


def rough_edges(profiles: Floats, offsets: Floats) -> tuple[Floats, Floats]:
    """Positions and steps of the rising edges in `profiles` [q, k] at `offsets` [q, k] pixels, in one cheap pass.

    The position is the mean of the offsets, weighted by the squared slope; falling slopes count as none.
    """
    slope = np.maximum(np.diff(profiles, axis=-1), 0) ** 2 + 1e-9
    middle = (offsets[..., 1:] + offsets[..., :-1]) / 2
    return (slope * middle).sum(axis=-1) / slope.sum(axis=-1), profiles[..., -3:].mean(axis=-1) - profiles[..., :3].mean(
        axis=-1
    )


def fit_edges(profiles: Floats, offsets: Floats, widths: Floats | None = None) -> Edges:
    """Fit a smoothed step to each line.

    Args:
        profiles: [q, k] grey levels that rise along the line.
        offsets: [q, k], where they were taken, pixels, ascending and even.
        widths: [q] of the blur where it is known, which makes the fit more certain; None to find it.
    """
    position, step = rough_edges(profiles, offsets)
    reach = offsets[:, -1]
    low = profiles[:, :3].mean(axis=-1)
    width = np.clip(reach / 4, _SHARPEST, None) if widths is None else widths
    free = 4 if widths is None else 3
    values = np.stack([low, step, position, np.log(width)], axis=-1)
    for _ in range(_ROUNDS):
        change = _change(profiles, offsets, values, free)
        values[:, :free] += change
        values[:, 2] = np.clip(values[:, 2], -reach, reach)
        values[:, 3] = np.clip(values[:, 3], np.log(_SHARPEST), np.log(np.maximum(2 * reach, 2 * _SHARPEST)))
        if np.mean(np.abs(change[:, 2]) > _STILL) < _RESTLESS:
            break
    fitted = _step(offsets, values)[0]
    errors = np.sqrt(((profiles - fitted) ** 2).mean(axis=-1))
    return Edges(values[:, 2], values[:, 1], np.exp(values[:, 3]), errors)


def _change(profiles: Floats, offsets: Floats, values: Floats, free: int) -> Floats:
    """One damped Gauss-Newton step, [q, free]."""
    fitted, slopes = _step(offsets, values)
    slopes = slopes[..., :free]
    squares = slopes.swapaxes(1, 2) @ slopes
    squares += _DAMPING * squares * np.eye(free) + 1e-9 * np.eye(free)
    pull = slopes.swapaxes(1, 2) @ (profiles - fitted)[..., None]
    change = np.linalg.solve(squares, pull)[..., 0]
    limit = np.array([np.inf, np.inf, 1.0, 0.5])[:free]
    return np.asarray(np.clip(change, -limit, limit))


def _step(offsets: Floats, values: Floats) -> tuple[Floats, Floats]:
    """The smoothed step [q, k], and its slopes [q, k, 4] by low, step, position and the logarithm of the width."""
    from scipy.special import ndtr

    low, step, position, width = (values[:, column, None] for column in range(4))
    width = np.exp(width)
    z = (offsets - position) / width
    rise, bell = ndtr(z), np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
    slopes = np.stack([np.ones_like(z), rise, -step * bell / width, -step * bell * z], axis=-1)
    return low + step * rise, slopes


def _cubic(t: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Weights of four neighbours at the fraction t (Keys 1981, a = -1/2)."""
    t2, t3 = t * t, t * t * t
    return (-t3 + 2 * t2 - t) / 2, (3 * t3 - 5 * t2 + 2) / 2, (-3 * t3 + 4 * t2 + t) / 2, (t3 - t2) / 2
