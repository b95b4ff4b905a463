"""How lenses bend light: the Brown-Conrady and the Kannala-Brandt (fisheye) model, with derivatives, and how far they hold.

Both models map a direction to a point of the plane z = 1 (the distorted point); focal length and centre turn that into
pixels. Polynomials turn back at some radius, and beyond it they map a direction far outside the picture into it. That
radius, the *fold*, is where the model ends.

Reference: Brown, Close-range camera calibration, 1971, with the rational denominator of OpenCV; Kannala and Brandt, A
generic camera model and calibration method for conventional, wide-angle and fish-eye lenses, 2006, as OpenCV's fisheye
module has it.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Below this sine of the angle to the axis the fisheye model is its own limit, a pinhole.
_ON_AXIS = 1e-9
# Steps of the table that inverts a radial polynomial; Newton polishes what it gives.
_TABLE = 512
# Tangent of the largest angle to the axis that a pinhole with distortion is asked about: 89.4 degrees.
_WIDEST = 100.0


def brown(points: Floats, k: Floats) -> tuple[Floats, Floats, Floats]:
    """The Brown-Conrady model.

    Args:
        points: float64 [..., 3], camera frame, z > 0.
        k: 4, 5 or 8 coefficients: k1 k2 p1 p2 [k3 [k4 k5 k6]].

    Returns:
        Distorted points [..., 2], their derivatives by the point [..., 2, 3] and by the coefficients [..., 2, len(k)].
    """
    x, y, inverse = points[..., 0] / points[..., 2], points[..., 1] / points[..., 2], 1 / points[..., 2]
    (k1, k2, p1, p2, k3, k4, k5, k6), s = padded(k), x * x + y * y
    above, below = 1 + s * (k1 + s * (k2 + s * k3)), 1 + s * (k4 + s * (k5 + s * k6))
    radial = above / below
    slope = (k1 + s * (2 * k2 + 3 * s * k3) - radial * (k4 + s * (2 * k5 + 3 * s * k6))) / below
    distorted = np.stack(
        [x * radial + 2 * p1 * x * y + p2 * (s + 2 * x * x), y * radial + p1 * (s + 2 * y * y) + 2 * p2 * x * y], -1
    )
    xx = radial + 2 * x * x * slope + 2 * p1 * y + 6 * p2 * x
    xy = 2 * x * y * slope + 2 * p1 * x + 2 * p2 * y
    yy = radial + 2 * y * y * slope + 6 * p1 * y + 2 * p2 * x
    rows = [[xx, xy, -(xx * x + xy * y)], [xy, yy, -(xy * x + yy * y)]]
    by_point = np.stack([np.stack(row, -1) for row in rows], -2) * inverse[..., None, None]
    powers = [s / below, s * s / below, None, None, s**3 / below]
    powers += [-radial * s / below, -radial * s * s / below, -radial * s**3 / below]
    tangential = {2: (2 * x * y, s + 2 * y * y), 3: (s + 2 * x * x, 2 * x * y)}
    columns = [np.stack(tangential[i] if p is None else (x * p, y * p), -1) for i, p in enumerate(powers[: len(k)])]
    return distorted, by_point, np.stack(columns, -1)


def fisheye(points: Floats, k: Floats) -> tuple[Floats, Floats, Floats]:
    """The Kannala-Brandt model; also for directions behind the plane of the camera, up to the fold.

    Args:
        points: float64 [..., 3], camera frame.
        k: k1 k2 k3 k4.

    Returns:
        As `brown`.
    """
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    r, theta = np.hypot(x, y), np.arctan2(np.hypot(x, y), z)
    length2 = r * r + z * z
    axis = r <= _ON_AXIS * np.sqrt(length2)
    safe_r, safe_z = np.where(axis, 1.0, r), np.where(axis, z, 1.0)
    bent, slope = polynomial(theta, k)
    scale = np.where(axis, 1 / safe_z, bent / safe_r)
    distorted = np.stack([x * scale, y * scale], -1)
    cx, cy = np.where(axis, 0.0, x / safe_r), np.where(axis, 0.0, y / safe_r)
    outward, around = np.where(axis, 1 / safe_z, slope * z / length2), scale
    by_z = np.where(axis, -x / safe_z**2, 0.0), np.where(axis, -y / safe_z**2, 0.0)
    rows = [
        [outward * cx * cx + around * (1 - cx * cx), (outward - around) * cx * cy, -slope * r / length2 * cx + by_z[0]],
        [(outward - around) * cx * cy, outward * cy * cy + around * (1 - cy * cy), -slope * r / length2 * cy + by_z[1]],
    ]
    by_point = np.stack([np.stack(row, -1) for row in rows], -2)
    powers = np.stack([theta**3, theta**5, theta**7, theta**9], -1)
    return distorted, by_point, np.stack([cx[..., None] * powers, cy[..., None] * powers], -2)


def fold(k: Floats, model: str) -> float:
    """Where the model ends: tangent (brown) or angle (fisheye) at which the radius stops to grow; inf for never."""
    if model == "fisheye":
        squares = _positive_roots(np.array([9 * k[3], 7 * k[2], 5 * k[1], 3 * k[0], 1.0]))
        return min([math.sqrt(s) for s in squares] + [math.pi])
    k1, k2, _, _, k3, k4, k5, k6 = padded(k)
    above, below = np.poly1d([k3, k2, k1, 1.0]), np.poly1d([k6, k5, k4, 1.0])
    turning = above * below + np.poly1d([2.0, 0.0]) * (above.deriv() * below - above * below.deriv())
    return min([math.sqrt(s) for s in [*_positive_roots(turning.coeffs), *_positive_roots(below.coeffs)]] + [math.inf])


def undo(distorted: Floats, k: Floats, model: str) -> Floats:
    """Unit directions [n, 3] of distorted points [n, 2]; NaN where no direction inside the fold leads there.

    A table of the radial part gives the start and Newton's method the rest.
    """
    radius = np.hypot(distorted[:, 0], distorted[:, 1])
    start = _radial_inverse(radius, k, model)
    if model == "fisheye":
        return _fisheye_directions(distorted, radius, start, k)
    xy = distorted * (start / np.where(radius > 0, radius, 1.0))[:, None]
    limit = fold(k, model)
    with np.errstate(all="ignore"):
        for _ in range(12):
            got, by_point, _ = brown(np.column_stack([xy, np.ones(len(xy))]), k)
            step, whole = _solved(by_point[:, :, :2], distorted - got)
            xy = xy + step
        got, by_point, _ = brown(np.column_stack([xy, np.ones(len(xy))]), k)
        found = (np.abs(got - distorted).max(axis=1, initial=0.0) <= 1e-9 * (1 + radius)) & whole
        found &= np.hypot(xy[:, 0], xy[:, 1]) <= limit
        rays = np.column_stack([np.where(found[:, None], xy, np.nan), np.ones(len(xy))])
        rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    return rays


def padded(k: Floats) -> Floats:
    """The eight Brown coefficients in OpenCV's order, zero where the lens has fewer."""
    return np.concatenate([k, np.zeros(8 - len(k))])


def polynomial(theta: Floats, k: Floats) -> tuple[Floats, Floats]:
    """The fisheye radius of an angle, and its derivative by the angle."""
    t = theta * theta
    bent = theta * (1 + t * (k[0] + t * (k[1] + t * (k[2] + t * k[3]))))
    return bent, 1 + t * (3 * k[0] + t * (5 * k[1] + t * (7 * k[2] + t * 9 * k[3])))


def _radial(r: Floats, k: Floats, model: str) -> Floats:
    if model == "fisheye":
        return polynomial(r, k)[0]
    k1, k2, _, _, k3, k4, k5, k6 = padded(k)
    s = r * r
    return np.asarray(r * (1 + s * (k1 + s * (k2 + s * k3))) / (1 + s * (k4 + s * (k5 + s * k6))))


def _radial_inverse(radius: Floats, k: Floats, model: str) -> Floats:
    reach, limit = float(np.nanmax(radius, initial=0.0)), min(fold(k, model), _WIDEST)
    most = min(limit, 1.0)
    while most < limit and float(_radial(np.array(most), k, model)) < reach:
        most = min(2 * most, limit)
    table = np.linspace(0.0, most, _TABLE)
    with np.errstate(all="ignore"):
        return np.asarray(np.interp(radius, np.maximum.accumulate(_radial(table, k, model)), table))


def _fisheye_directions(distorted: Floats, radius: Floats, start: Floats, k: Floats) -> Floats:
    theta, limit = start, fold(k, "fisheye")
    with np.errstate(all="ignore"):
        for _ in range(12):
            bent, slope = polynomial(theta, k)
            theta = np.clip(theta + (radius - bent) / slope, 0.0, limit)
        found = np.abs(polynomial(theta, k)[0] - radius) <= 1e-9 * (1 + radius)
        outward = distorted / np.where(radius > 0, radius, 1.0)[:, None]
        rays = np.column_stack([outward * np.sin(theta)[:, None], np.cos(theta)])
    rays[~found] = np.nan
    return rays


def _solved(matrices: Floats, values: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """2 x 2 systems side by side; and whether the map keeps its orientation there (past the fold it does not)."""
    a, b, c, d = matrices[:, 0, 0], matrices[:, 0, 1], matrices[:, 1, 0], matrices[:, 1, 1]
    determinant = a * d - b * c
    x = (d * values[:, 0] - b * values[:, 1]) / determinant
    y = (a * values[:, 1] - c * values[:, 0]) / determinant
    return np.column_stack([x, y]), determinant > 0


def _positive_roots(coefficients: Floats) -> list[float]:
    kept = np.trim_zeros(np.where(np.abs(coefficients) < 1e-14, 0.0, coefficients), "f")
    roots = np.roots(kept)
    return [float(root.real) for root in roots if abs(root.imag) <= 1e-9 * (1 + abs(root)) and root.real > 0]
