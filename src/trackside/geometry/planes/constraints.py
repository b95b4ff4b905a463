"""What a homography is fitted to: points whose place is known, and pixels that lie on a known line.

A point gives two equations, a pixel on a line one. Both are linear in the entries of the matrix from pixels to the plane
(direct linear transform, Hartley and Zisserman 2004, section 4.1; a line l of the plane is seen as H' l, section 2.3.1), and
both have an error in pixels for the fit that follows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trackside.geometry.planes.arrays import Flags, Floats, homogeneous


@dataclass(frozen=True, slots=True, eq=False)
class Constraints:
    """Undistorted pixels, and what is known of each.

    Attributes:
        pixels: float64 [n, 2], of points.
        places: float64 [n, 2], their places, metres.
        deviations: float64 [n], of each coordinate, pixels.
        on_lines: float64 [m, 2], pixels on lines.
        lines: float64 [m, 3], the line of the plane that each is on, a x + b y + c = 0 with a^2 + b^2 = 1.
        line_deviations: float64 [m], across the line, pixels.
    """

    pixels: Floats
    places: Floats
    deviations: Floats
    on_lines: Floats
    lines: Floats
    line_deviations: Floats

    @property
    def equations(self) -> int:
        """How many there are."""
        return 2 * len(self.pixels) + len(self.on_lines)

    def chosen(self, points: Flags, on_lines: Flags) -> Constraints:
        """Some of them: bool [n] and [m]."""
        return Constraints(
            self.pixels[points],
            self.places[points],
            self.deviations[points],
            self.on_lines[on_lines],
            self.lines[on_lines],
            self.line_deviations[on_lines],
        )

    def weighted(self, on_lines: Floats) -> Constraints:
        """With the pixels on lines weighted [m], 0 to 1."""
        return replace(self, line_deviations=self.line_deviations / np.sqrt(np.maximum(on_lines, 1e-12)))

    def mapped(self, pixels: Floats, plane: Floats) -> Constraints:
        """In other coordinates: similarities [3, 3] of the pixels and of the plane."""
        lines = self.lines @ np.linalg.inv(plane)
        scale = np.sqrt(abs(np.linalg.det(pixels[:2, :2])))
        return Constraints(
            (homogeneous(self.pixels) @ pixels.T)[:, :2],
            (homogeneous(self.places) @ plane.T)[:, :2],
            self.deviations * scale,
            (homogeneous(self.on_lines) @ pixels.T)[:, :2],
            lines / np.hypot(lines[:, 0], lines[:, 1])[:, None],
            self.line_deviations * scale,
        )


def equations(constraints: Constraints) -> Floats:
    """The matrix [k, 9] that the entries of a homography multiply to zero, each row by 1 / its deviation."""
    p, x = homogeneous(constraints.pixels), constraints.places
    zero = np.zeros_like(p)
    first = np.concatenate([p, zero, -x[:, :1] * p], axis=1)
    second = np.concatenate([zero, p, -x[:, 1:] * p], axis=1)
    third = _outer(constraints.lines, homogeneous(constraints.on_lines))
    weights = 1 / np.concatenate([constraints.deviations, constraints.deviations, constraints.line_deviations])
    return np.asarray(np.concatenate([first, second, third]) * weights[:, None] / max(1e-300, float(weights.max(initial=0))))


def residuals(matrix: Floats, constraints: Constraints) -> tuple[Floats, Floats]:
    """Errors in deviations [k], and how they change with the entries of the matrix, [k, 9].

    Points come first, u and v in turns, then pixels on lines. A point that the matrix puts behind the camera has an infinite
    error.
    """
    points, slope = _of_points(matrix, constraints)
    across, tilt = _of_lines(matrix, constraints)
    return np.concatenate([points.ravel(), across]), np.concatenate([slope.reshape(-1, 9), tilt])


def _of_points(matrix: Floats, constraints: Constraints) -> tuple[Floats, Floats]:
    back = np.linalg.inv(matrix)
    seen = homogeneous(constraints.places) @ back.T
    depth = np.where(seen[:, 2:] > 0, seen[:, 2:], np.nan)
    model = seen[:, :2] / depth
    # d(seen) = -back dH seen, and the picture is its first two parts by the third.
    local = (back[:2] - model[:, :, None] * back[2]) / depth[:, :, None]
    weights = 1 / constraints.deviations
    error = np.nan_to_num((constraints.pixels - model) * weights[:, None], nan=np.inf)
    slope = local[:, :, :, None] * seen[:, None, None, :] * weights[:, None, None, None]
    return error, np.nan_to_num(slope).reshape(len(seen), 2, 9)


def _of_lines(matrix: Floats, constraints: Constraints) -> tuple[Floats, Floats]:
    here, lines = homogeneous(constraints.on_lines), constraints.lines
    seen = lines @ matrix
    length = np.hypot(seen[:, 0], seen[:, 1])
    off = (seen * here).sum(axis=1) / length
    turned = here.copy()
    turned[:, :2] -= off[:, None] * seen[:, :2] / length[:, None]
    weights = 1 / constraints.line_deviations
    return off * weights, _outer(lines, turned) * (weights / length)[:, None]


def _outer(rows: Floats, columns: Floats) -> Floats:
    """Of each pair [m, 3], [m, 3] the products [m, 9]."""
    return (rows[:, :, None] * columns[:, None, :]).reshape(-1, 9)
