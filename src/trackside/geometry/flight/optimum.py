"""The release that flies farthest: best angle, and with a javelin best angle of attack.

A grid over the wanted fields, computed as one batch and narrowed around its best throw; only throws that land nose first
count. The distance is flat around its optimum, so the angle is known far less exactly than the distance. Throwers are
slower at steeper angles; `speed_loss` brings that in, and the best angle falls below the textbook's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from trackside.core import InputError, SettingError
from trackside.geometry.flight.checks import Floats, number
from trackside.geometry.flight.drag_free import Vacuum
from trackside.geometry.flight.landing import Model
from trackside.geometry.flight.release import FIELDS, Release, checked_names, possible

# Points in each direction, and how many grid steps on either side of the best the next grid reaches.
_POINTS, _REACH = 21, 2
# Each round narrows the grid fivefold: seven rounds take 60 degrees to 1e-3 degrees.
_ROUNDS = 7
_ANGLES = (math.radians(5), math.radians(60))


@dataclass(frozen=True, slots=True)
class Optimum:
    """The best release found.

    Attributes:
        release: with the best values in place.
        distance: metres.
        at_edge: fields whose best value lies at the end of what was searched; look further before you believe it.
    """

    release: Release
    distance: float
    at_edge: tuple[str, ...]


def best_angle(
    speed: float,
    height: float = 0.0,
    *,
    model: Model | None = None,
    attack: float = 0.0,
    pitch_rate: float = 0.0,
    wind: float = 0.0,
    speed_loss: float = 0.0,
    angles: tuple[float, float] = _ANGLES,
) -> Optimum:
    """The release angle that flies farthest.

    Args:
        speed: m/s.
        height: of release, metres.
        model: of the flight; None for no air.
        attack: kept at all angles, radians.
        pitch_rate: kept, rad/s.
        wind: kept, m/s.
        speed_loss: what a radian more of release angle costs, m/s; `speed` is that at the middle of `angles`.
        angles: lowest and highest angle to look at, radians.

    Raises:
        SettingError: a number out of range.
        InputError: no throw lands nose first.
    """
    middle = (angles[0] + angles[1]) / 2
    start = Release(speed, middle, height, attack, pitch_rate, wind)
    return best_release(model or Vacuum(), start, {"angle": angles}, speed_loss=speed_loss)


def best_release(
    model: Model, release: Release, ranges: Mapping[str, tuple[float, float]], *, speed_loss: float = 0.0
) -> Optimum:
    """The release that flies farthest, over one or two fields.

    Args:
        model: of the flight.
        release: what is kept; its angle is where `speed` holds if there is a `speed_loss`.
        ranges: field -> lowest and highest value to look at.
        speed_loss: what a radian more of release angle costs, m/s.

    Raises:
        SettingError: no field or more than two, one that the model does not heed, an empty range.
        InputError: no throw lands nose first.
    """
    names = checked_names(ranges)
    if not 1 <= len(names) <= 2 or not set(names) <= set(model.used):
        raise SettingError(
            f"cannot search over {', '.join(names) or 'nothing'}", where="flight", fix=f"take 1 or 2 of {model.used}"
        )
    number("the loss of speed in m/s a radian", speed_loss, least=0)
    limits = np.array([[number(f"an end of {name}", end) for end in ranges[name]] for name in names])
    if (limits[:, 0] >= limits[:, 1]).any():
        raise SettingError("a range is empty", where="flight", fix="give the lowest value first")
    best, distance = _search(model, release, names, limits, speed_loss)
    values = dict(zip(names, best.tolist(), strict=True))
    edge = 1e-6 * (limits[:, 1] - limits[:, 0])
    at_edge = tuple(name for name, value, (low, high), slack in zip(names, best, limits, edge, strict=True)
                    if value - low < slack or high - value < slack)  # fmt: skip
    speed = release.speed - speed_loss * (values.get("angle", release.angle) - release.angle)
    return Optimum(replace(release, **{"speed": speed, **values}), distance, at_edge)


def _search(
    model: Model, release: Release, names: tuple[str, ...], limits: Floats, speed_loss: float
) -> tuple[Floats, float]:
    """Best values [k] and their distance, by grids that narrow."""
    window, best, distance = limits, limits.mean(axis=1), -math.inf
    for _ in range(_ROUNDS):
        axes = [np.linspace(low, high, _POINTS) for low, high in window]
        grid = np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")])
        found = _distances(model, release, names, grid, speed_loss)
        first = int(found.argmax())
        if found[first] > distance:
            best, distance = grid[:, first], float(found[first])
        reach = _REACH * (window[:, 1] - window[:, 0]) / (_POINTS - 1)
        window = np.stack([np.maximum(best - reach, limits[:, 0]), np.minimum(best + reach, limits[:, 1])], axis=1)
    if not math.isfinite(distance):
        raise InputError(
            "no throw of this range lands nose first", where="flight", fix="widen the range, or check the coefficients"
        )
    return best, distance


def _distances(model: Model, release: Release, names: tuple[str, ...], grid: Floats, speed_loss: float) -> Floats:
    """Distances [n]; minus infinity for throws that do not count."""
    throws = np.repeat(release.columns, grid.shape[1], axis=1)
    throws[[FIELDS.index(name) for name in names]] = grid
    throws[0] -= speed_loss * (throws[1] - release.angle)
    out = np.full(grid.shape[1], -math.inf)
    good = np.flatnonzero(possible(throws))
    if good.size:
        landings = model.land(throws[:, good])
        out[good] = np.where(landings.valid, landings.distance, -math.inf)
    return out
