"""Release speed, angle and height from the first moments of a flight that was seen, with their covariance.

Weighted least squares on positions with known deviations. Without drag the path is linear in place and velocity at
release, and the answer is exact; with drag (and wind) it is refined by Gauss-Newton on the integrated path. Fitting
drag-free over a window T leaves the speed low by about half of the air's deceleration times T: 0.1 m/s for a javelin over
0.4 s. Give `drag` to avoid it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from trackside.core import InputError, SettingError
from trackside.geometry.flight.checks import GRAVITY, Floats, finite, number
from trackside.geometry.flight.drag_path import path, resistance
from trackside.geometry.flight.release import Release

_NAMES = ("speed", "angle", "height")
_ROUNDS = 8


@dataclass(frozen=True, slots=True, eq=False)
class ReleaseEstimate:
    """How a throw was released, as its path shows.

    Attributes:
        speed: m/s.
        angle: above the horizontal, radians.
        height: above the ground, metres.
        azimuth: direction to the left of the first axis, radians; 0 for a path in a plane.
        covariance: float64 [3, 3] of speed, angle and height.
        residuals: float64 [n, d], seen less fitted, metres, of the points that were used.
        chi_square: sum of squared residuals over their variances.
        degrees: of freedom.
        probability: that chance alone leaves residuals this large; under 0.01 the deviations are too small or points are
            wrong.
    """

    speed: float
    angle: float
    height: float
    azimuth: float
    covariance: Floats
    residuals: Floats
    chi_square: float
    degrees: int
    probability: float

    @property
    def deviations(self) -> dict[str, float]:
        """Standard deviations of speed, angle and height, for `range_interval`."""
        return dict(zip(_NAMES, np.sqrt(np.diag(self.covariance)).tolist(), strict=True))

    @property
    def correlations(self) -> dict[tuple[str, str], float]:
        """Their correlations, for `range_interval`."""
        scale = np.sqrt(np.diag(self.covariance))
        matrix = self.covariance / np.outer(scale, scale)
        return {(_NAMES[i], _NAMES[j]): float(matrix[i, j]) for i in range(3) for j in range(i)}

    def release(self, *, attack: float = 0.0, pitch_rate: float = 0.0, wind: float = 0.0) -> Release:
        """The release for a model of the flight; what a path of points does not show is given."""
        return Release(self.speed, self.angle, self.height, attack, pitch_rate, wind)


def estimate_release(
    times: ArrayLike,
    positions: ArrayLike,
    deviations: ArrayLike,
    *,
    released: float | None = None,
    window: float = 0.5,
    ground: float = 0.0,
    drag: float = 0.0,
    wind: Sequence[float] | None = None,
    time_deviation: float = 0.0,
    gravity: float = GRAVITY,
) -> ReleaseEstimate:
    """Release speed, angle and height from a path.

    Args:
        times: [n], seconds.
        positions: [n, 2] forward and up, or [n, 3] forward, left and up, metres.
        deviations: standard deviations of the positions, metres: one number, [n], or the shape of the positions.
        released: the instant of release, seconds; None for the first time.
        window: how long after it points count, seconds.
        ground: height of the landing ground, metres.
        drag: rho Cd A / (2 m), 1/m, for a quadratic drag against the air; 0 for none. A javelin has about 5.5e-4.
        wind: velocity of the air [2] or [3] like the positions, m/s; None for still air.
        time_deviation: standard deviation of `released`, seconds.
        gravity: m/s^2.

    Raises:
        InputError: arrays that do not fit together, deviations not positive, or too few points within the window.
        SettingError: a number out of range.
    """
    clock, places, scales = _checked(times, positions, deviations)
    start = float(clock.min()) if released is None else number("the instant of release", released)
    number("the window in seconds", window, above=0, most=10)
    number("the deviation of the release instant in seconds", time_deviation, least=0)
    number("the drag in 1/m", drag, least=0, most=10)
    number("gravity in m/s^2", gravity, above=0)
    level = number("the height of the ground in metres", ground)
    since, seen, weights = _within(clock - start, places, scales, window)
    size = places.shape[1]
    fall = np.zeros(size)
    fall[-1] = -gravity
    state, inverse = _linear_fit(since, seen, weights, fall)
    through = _air_velocity(wind, size)
    if drag > 0:
        state, inverse = _refine(state, since, seen, weights, fall, drag, through)
    residuals = seen - path(state[:, None], since, fall, drag, through)[:, :, 0].T
    if time_deviation > 0:
        shift = np.concatenate([state[size:], fall - resistance(state[size:, None], drag, through)[:, 0]])
        inverse = inverse + time_deviation**2 * np.outer(shift, shift)
    return _estimate(state, inverse, residuals, weights, level)


def _checked(times: ArrayLike, positions: ArrayLike, deviations: ArrayLike) -> tuple[Floats, Floats, Floats]:
    clock, places = finite("times", times, dimensions=1), finite("positions", positions, dimensions=2)
    if places.shape[1] not in (2, 3) or len(places) != len(clock):
        raise InputError(
            f"positions have the shape {places.shape} for {len(clock)} times",
            where="release",
            fix="give [n, 2] forward and up, or [n, 3] forward, left and up",
        )
    try:
        given = np.asarray(deviations, np.float64)
        scales = np.broadcast_to(given[:, None] if given.ndim == 1 else given, places.shape)
    except (TypeError, ValueError):
        raise InputError(
            "deviations do not fit the positions", where="release", fix="give one number, [n], or their shape"
        ) from None
    if not (np.isfinite(scales) & (scales > 0)).all():
        raise InputError("a deviation is not positive", where="release", fix="give metres above 0; leave out unseen points")
    return clock, places, scales


def _within(since: Floats, places: Floats, scales: Floats, window: float) -> tuple[Floats, Floats, Floats]:
    """The points of the window in order of time, and their weights. One nanosecond of slack: times come from a division."""
    order = np.argsort(since, kind="stable")
    inside = order[(since[order] >= -1e-9) & (since[order] <= window + 1e-9)]
    if len(np.unique(since[inside])) < 3:
        raise InputError(
            f"{len(inside)} point(s) within {window:g} s of the release",
            where="release",
            fix="give at least 3 at different times: film at more frames a second, or widen the window",
        )
    return np.maximum(since[inside], 0.0), places[inside], 1 / scales[inside] ** 2


def _linear_fit(since: Floats, seen: Floats, weights: Floats, fall: Floats) -> tuple[Floats, Floats]:
    """Place and velocity at release [2 d] and their covariance, without drag: each axis is a weighted line."""
    size = seen.shape[1]
    straight = seen - since[:, None] ** 2 / 2 * fall
    design = np.stack([np.ones_like(since), since], axis=1)
    state, covariance = np.empty(2 * size), np.zeros((2 * size, 2 * size))
    for axis in range(size):
        inverse = np.linalg.inv(design.T @ (weights[:, axis, None] * design))
        rows = [axis, size + axis]
        state[rows] = inverse @ (design.T @ (weights[:, axis] * straight[:, axis]))
        covariance[np.ix_(rows, rows)] = inverse
    return state, covariance


def _refine(
    state: Floats, since: Floats, seen: Floats, weights: Floats, fall: Floats, drag: float, through: Floats
) -> tuple[Floats, Floats]:
    """Gauss-Newton with drag; all columns of the Jacobian are integrated at once."""
    steps = np.concatenate([np.full(len(fall), 1e-4), np.full(len(fall), 1e-3)])
    flat = weights.ravel()
    covariance = np.empty((len(state), len(state)))
    for _ in range(_ROUNDS):
        columns = state[:, None] + np.concatenate([np.zeros((len(state), 1)), np.diag(steps), -np.diag(steps)], axis=1)
        paths = path(columns, since, fall, drag, through).transpose(1, 0, 2).reshape(seen.size, -1)
        count = len(state)
        jacobian = (paths[:, 1 : count + 1] - paths[:, count + 1 :]) / (2 * steps)
        covariance = np.linalg.inv(jacobian.T @ (flat[:, None] * jacobian))
        change = covariance @ (jacobian.T @ (flat * (seen.ravel() - paths[:, 0])))
        state = state + change
        if np.abs(change).max() < 1e-10:
            break
    return state, covariance


def _air_velocity(wind: Sequence[float] | None, size: int) -> Floats:
    if wind is None:
        return np.zeros(size)
    found = finite("wind components", wind, dimensions=1)
    if len(found) != size:
        raise SettingError(f"the wind has {len(found)} components", where="release", fix=f"give {size}, like the positions")
    return found


def _estimate(state: Floats, covariance: Floats, residuals: Floats, weights: Floats, ground: float) -> ReleaseEstimate:
    from scipy.special import chdtrc

    size = len(state) // 2
    velocity = state[size:]
    speed, level = float(np.linalg.norm(velocity)), float(np.linalg.norm(velocity[:-1]))
    if level <= 0:
        raise InputError("the path does not go forward", where="release", fix="check the axes: forward first, up last")
    turn = np.zeros((3, 2 * size))
    turn[0, size:] = velocity / speed
    turn[1, size:] = np.append(-velocity[:-1] / level * velocity[-1], level) / speed**2
    turn[2, size - 1] = 1.0
    chi_square, degrees = float((weights * residuals**2).sum()), residuals.size - 2 * size
    return ReleaseEstimate(
        speed,
        float(np.arctan2(velocity[-1], level)),
        float(state[size - 1] - ground),
        float(np.arctan2(velocity[1], velocity[0])) if size == 3 else 0.0,
        turn @ covariance @ turn.T,
        residuals,
        chi_square,
        degrees,
        float(chdtrc(degrees, chi_square)),
    )
