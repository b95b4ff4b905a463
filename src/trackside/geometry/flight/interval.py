"""A distance with an interval: what the uncertainty of speed, angle, height, attack, pitch rate and wind makes of it.

Twice, so that each holds the other in check: linear propagation (GUM, JCGM 100:2008, section 5) and Monte Carlo through
the model (JCGM 101:2008) with scrambled Sobol points, which need fewer draws than random ones (Owen 1997). The shares of
the variance say what it would pay to measure better.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trackside.core import InputError, SettingError
from trackside.geometry.flight.checks import Floats, number
from trackside.geometry.flight.landing import Model
from trackside.geometry.flight.release import FIELDS, Release, checked_names, possible
from trackside.geometry.flight.sensitivity import gradient

Correlations = Mapping[tuple[str, str], float]
_LEVELS = (0.5, 0.9, 0.95)
# 2^12 Sobol points find the ends of a 95 % interval to about 1 % of its width.
_DRAWS = 4096
_MOST_DRAWS = 1 << 20
# Above this share of draws that no throw can be (a negative height), the deviations are a mistake.
_IMPOSSIBLE = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class RangeInterval:
    """A distance and how sure it is.

    Attributes:
        distance: of the release as given, metres.
        valid: whether that throw lands nose first.
        deviation: standard deviation by linear propagation, metres.
        mean: of the Monte Carlo throws, metres.
        spread: their standard deviation, metres.
        intervals: level -> low and high end, metres, quantiles of the Monte Carlo throws.
        linear: level -> low and high end by linear propagation, metres.
        shares: field -> share of the linear variance; they add up to 1, and with correlations one can be negative.
        derivatives: field -> metres a unit.
        fouls: share of the Monte Carlo throws that land flat or tail first; they are not in `mean`, `spread` and
            `intervals`.
        draws: how many throws were computed.
    """

    distance: float
    valid: bool
    deviation: float
    mean: float
    spread: float
    intervals: Mapping[float, tuple[float, float]]
    linear: Mapping[float, tuple[float, float]]
    shares: Mapping[str, float]
    derivatives: Mapping[str, float]
    fouls: float
    draws: int

    def __str__(self) -> str:
        ends = ", ".join(f"{level:.0%}: {low:.1f} to {high:.1f} m" for level, (low, high) in self.intervals.items())
        return f"{self.distance:.1f} m ({ends})"


def range_interval(
    model: Model,
    release: Release,
    deviations: Mapping[str, float],
    *,
    correlations: Correlations | None = None,
    levels: Sequence[float] = _LEVELS,
    draws: int = _DRAWS,
    seed: int = 0,
) -> RangeInterval:
    """The distance of a throw with its interval.

    Args:
        model: `Vacuum`, `PointMass`, `RigidJavelin` or one of yours.
        release: the best estimate.
        deviations: field of the release -> standard deviation, in its unit.
        correlations: pairs of these fields -> correlation, -1 to 1; pairs that are not named are independent.
        levels: of the intervals, between 0 and 1.
        draws: Monte Carlo throws; rounded up to a power of two.
        seed: the same seed gives the same numbers.

    Raises:
        SettingError: a field that the model does not heed, a negative deviation, a correlation that cannot be.
        InputError: deviations so large that draws are no throws any more, or no throw lands nose first.
    """
    names, covariance = _covariance(model, deviations, correlations or {})
    wanted = [number("the level of an interval", level, above=0, most=0.9999) for level in levels]
    count = int(number("the number of draws", draws, least=16, most=_MOST_DRAWS))
    seed = int(number("the seed", seed, least=0))
    slopes = gradient(model, release, names) if names else np.empty(0)
    deviation = float(np.sqrt(max(float(slopes @ covariance @ slopes), 0.0)))
    centre = model.land(release.columns)
    distance = float(centre.distance[0])
    found, fouls, made = _draw(model, release, names, covariance, count, seed)
    return RangeInterval(
        distance,
        bool(centre.valid[0]),
        deviation,
        float(found.mean()),
        float(found.std()),
        {level: _quantiles(found, level) for level in wanted},
        {level: _normal_ends(distance, deviation, level) for level in wanted},
        _shares(names, slopes, covariance, deviation),
        dict(zip(names, slopes.tolist(), strict=True)),
        fouls,
        made,
    )


def _covariance(model: Model, deviations: Mapping[str, float], correlations: Correlations) -> tuple[tuple[str, ...], Floats]:
    names = checked_names(deviations)
    for name in names:
        number(f"the deviation of {name}", deviations[name], least=0)
        if name not in model.used:
            raise SettingError(f"the model does not heed {name}", where="flight", fix=f"use one of {', '.join(model.used)}")
    matrix = np.eye(len(names))
    for (one, other), value in correlations.items():
        if one not in names or other not in names or one == other:
            raise SettingError(
                f"no pair {one!r}, {other!r} to correlate", where="flight", fix="name two fields with deviations"
            )
        first, second = names.index(one), names.index(other)
        matrix[first, second] = matrix[second, first] = number(
            f"the correlation of {one} and {other}", value, least=-1, most=1
        )
    if names and np.linalg.eigvalsh(matrix)[0] < -1e-9:
        raise SettingError(
            "these correlations contradict each other", where="flight", fix="take them from one covariance matrix"
        )
    scale = np.array([float(deviations[name]) for name in names])
    return names, np.asarray(matrix * np.outer(scale, scale))


def _draw(
    model: Model, release: Release, names: Sequence[str], covariance: Floats, count: int, seed: int
) -> tuple[Floats, float, int]:
    """Distances of valid throws [m], the share of fouls, and how many were drawn."""
    throws = np.repeat(release.columns, 1 << (count - 1).bit_length(), axis=1)
    if names:
        throws[[FIELDS.index(name) for name in names]] += _normal(covariance, throws.shape[1], seed)
    good = possible(throws)
    if good.mean() < 1 - _IMPOSSIBLE:
        raise InputError(
            f"{1 - good.mean():.0%} of the draws are no throws (no speed, below the ground, 90 degrees)",
            where="flight",
            fix="check the units of the deviations: radians, metres, m/s",
        )
    landings = model.land(throws[:, good])
    if not landings.valid.any():
        raise InputError("no throw lands nose first", where="flight", fix="check attack, pitch rate and the coefficients")
    return landings.distance[landings.valid], float(1 - landings.valid.mean()), int(good.sum())


def _normal(covariance: Floats, count: int, seed: int) -> Floats:
    """Correlated normal draws [k, count] from scrambled Sobol points."""
    from scipy.special import ndtri
    from scipy.stats import qmc

    points = qmc.Sobol(len(covariance), scramble=True, rng=seed).random(count)
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    # Scrambled points can be 0 to rounding, where the normal quantile is minus infinity.
    return np.asarray(root @ ndtri(np.clip(points, 1e-12, 1 - 1e-12)).T)


def _quantiles(found: Floats, level: float) -> tuple[float, float]:
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _normal_ends(distance: float, deviation: float, level: float) -> tuple[float, float]:
    from scipy.special import ndtri

    reach = float(ndtri((1 + level) / 2)) * deviation
    return distance - reach, distance + reach


def _shares(names: Sequence[str], slopes: Floats, covariance: Floats, deviation: float) -> dict[str, float]:
    if deviation == 0:
        return dict.fromkeys(names, 0.0)
    parts = slopes * (covariance @ slopes) / deviation**2
    return dict(zip(names, parts.tolist(), strict=True))
