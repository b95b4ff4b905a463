"""What is still to be gained: a saturating curve through the validation results, with intervals, and honest where none fits.

Two families are fitted together: y = A - G s(e), with s a stretched exponential, exp(-(e / t)^b), or a power law,
(e + c)^-a. For a given shape the curve is linear in its level and its gain, so that its posterior under normal noise is
known in closed form (Gelman et al., Bayesian Data Analysis, 3rd edition, section 14.2); shapes are taken from a grid and
weighed by their marginal likelihood. Draws from this mixture give every interval: they hold the doubt about the shape, not
only about the fit. Power laws for learning curves: Domhan, Springenberg and Hutter, IJCAI 2015 (pow3); Hestness et al.,
arXiv 1712.00409.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST = 6
"""Fewest epochs for a forecast: the curve has four unknowns, and noise must show as well."""
_DRAWS = 4000
_INTERVAL = (5.0, 50.0, 95.0)
_MISFIT = 0.02
# A forecast is made where the share already reached is known to this width (90 %), or is high for certain.
_WIDEST = 0.35
_HIGH = 0.8

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Range:
    """A median with a 90 % interval. A cost that no end can be given for is infinite."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a curve of validation results says about its own future.

    Attributes:
        possible: whether the curve allows a forecast; where not, the ranges are None.
        says: the forecast, or why there is none, in a sentence.
        reached: share of all that is to be gained that is reached, 0 to 1.
        limit: the result after endless training of this kind.
        hours_for_point: hours for another point: 0.01 of a metric without unit, else 1 % of the present value.
        gain_per_hour: how fast the result gets better now, in the metric's unit an hour; positive is better.
        draws: the draws behind `gain_per_hour`.
    """

    possible: bool
    says: str
    reached: Range | None = None
    limit: Range | None = None
    hours_for_point: Range | None = None
    gain_per_hour: Range | None = None
    draws: tuple[float, ...] = ()

    def chance_below(self, gain_per_hour: float) -> float:
        """Probability that the result gets better more slowly than this; NaN where nothing is known."""
        return float(np.mean(np.asarray(self.draws) < gain_per_hour)) if self.draws else math.nan


def forecast(values: Sequence[float], seconds: Sequence[float], *, higher_is_better: bool, name: str = "accuracy",
             unit: str = "", seed: int = 0) -> Forecast:  # fmt: skip
    """Fit the curve of a validation result.

    Args:
        values: the result after each epoch.
        seconds: since the run began, at the end of each epoch.
        higher_is_better: False for losses and errors.
        name: of the result, for sentences.
        unit: "" for shares, of which 0.01 is a point.
        seed: of the draws.
    """
    curve = np.asarray(values, np.float64) * (1.0 if higher_is_better else -1.0)
    if len(curve) < LEAST:
        return Forecast(False, f"no forecast yet: {len(curve)} epochs are too few, {LEAST} are needed")
    if not np.isfinite(curve).all():
        return Forecast(False, f"no forecast: {name} is not a number in some epochs")
    if _worsens(curve):
        best = int(np.argmax(curve)) + 1
        return Forecast(
            False, f"no forecast: {name} has been getting worse since epoch {best}; more epochs of this kind do not help"
        )
    drawn = _draw(curve, np.random.default_rng(seed))
    epoch = _epoch_hours(seconds)
    point = 0.01 if unit == "" and name != "loss" else 0.01 * abs(float(np.median(curve[-3:])))
    per_hour = drawn.speed / epoch
    reached, limit = _range(drawn.reached), _range(drawn.limit * (1.0 if higher_is_better else -1.0))
    cost, gain = _range(drawn.epochs_for(point) * epoch), _range(per_hour)
    known = reached.high - reached.low <= _WIDEST or reached.low >= _HIGH
    if not known or drawn.gains < 0.95:
        return Forecast(False, _why_not(drawn, reached, name), gain_per_hour=gain, draws=tuple(per_hour))
    says = _sentence(reached, limit, cost, name, _point_name(name, unit))
    return Forecast(True, says, reached, limit, cost, gain, tuple(per_hour))


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Curves drawn from the posterior: limit, what is left to gain, and the shape, as arrays of one length."""

    count: int
    limit: Floats
    left: Floats
    reached: Floats
    shape: Floats
    gains: float

    @property
    def speed(self) -> Floats:
        """Gain of the next epochs, an epoch; over a quarter of the run so far, so that it is not a single epoch's."""
        ahead = max(1, math.ceil(self.count / 4))
        gain: Floats = self.left * (1 - np.exp(self._log_falls(self.count + ahead) - self._log_falls(self.count))) / ahead
        return gain

    def epochs_for(self, point: float) -> Floats:
        """Epochs until a point more is reached; infinite where the limit is nearer than that."""
        within = self.left > point
        remain = np.log1p(-np.where(within, point / np.where(within, self.left, 1.0), 0.5)) + self._log_falls(self.count)
        power, size, bend = self.shape.T
        with np.errstate(over="ignore"):
            slow = np.exp(-remain / size) - bend
            quick = 1 + size * np.maximum(-remain, 0.0) ** (1 / np.where(power > 0, 1.0, bend))
        return np.where(within, np.where(power > 0, slow, quick) - self.count, np.inf)

    def _log_falls(self, epoch: float) -> Floats:
        falls: Floats = _log_falls(self.shape, np.array([float(epoch)]))[:, 0]
        return falls


def _shapes(count: int) -> Floats:
    """The shapes, (is a power law, size, bend) each; both families have half of the prior.

    Stretched exponentials have a time constant in epochs and an exponent, power laws an exponent and an offset in epochs.
    """
    times, bends = np.geomspace(0.2, 10 * count, 40), (0.4, 0.55, 0.7, 0.85, 1.0, 1.2)
    exponents, offsets = np.geomspace(0.1, 4, 30), (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
    return np.array([(0, time, bend) for time in times for bend in bends] + [(1, a, c) for a in exponents for c in offsets])


def _log_falls(shapes: Floats, epochs: Floats) -> Floats:
    """Logarithm of what is left to gain at some epochs, [shape, epoch], up to a constant for each shape."""
    power, size, bend = (column[:, None] for column in shapes.T)
    slow = -size * np.log(epochs + np.where(power > 0, bend, 0.0))
    quick = -(((epochs - 1) / size) ** np.where(power > 0, 1.0, bend))
    falls: Floats = np.where(power > 0, slow, quick)
    return falls


def _draw(curve: Floats, random: np.random.Generator) -> _Drawn:
    """Draw levels, gains and shapes from their posterior.

    The gain is measured over the epochs seen (the basis is scaled to 0 at the first and 1 at the last), so that its flat
    prior prefers no shape for the gain that it would promise outside of them.
    """
    count = len(curve)
    shapes = _shapes(count)
    falls = np.exp(_log_falls(shapes, np.arange(1, count + 1, dtype=np.float64)))
    seen = falls[:, 0] - falls[:, -1]
    basis = np.stack([np.ones_like(falls), (falls[:, :1] - falls) / seen[:, None]], axis=2)
    inverse = np.linalg.inv(basis.transpose(0, 2, 1) @ basis)
    means = np.einsum("sij,snj,n->si", inverse, basis, curve)
    errors = ((curve - np.einsum("sni,si->sn", basis, means)) ** 2).sum(axis=1)
    # No curve is quite of these families: where noise is smaller than this, it is not what limits the forecast.
    errors += count * (_MISFIT * float(np.ptp(curve))) ** 2 + 1e-300
    weights = 0.5 * np.log(np.linalg.det(inverse)) - 0.5 * (count - 2) * np.log(errors)
    chances = np.exp(weights - weights.max())
    picked = random.choice(len(shapes), _DRAWS, p=chances / chances.sum())
    scale = np.sqrt(errors[picked] / random.chisquare(count - 2, _DRAWS))
    noise = np.einsum("nij,nj->ni", np.linalg.cholesky(inverse)[picked], random.standard_normal((_DRAWS, 2)))
    level, gained = (means[picked] + scale[:, None] * noise).T
    left = gained * (falls[:, -1] / seen)[picked]
    reached = np.where(gained > 0, gained / np.where(gained > 0, gained + left, 1.0), 0.0)
    return _Drawn(count, level + gained + left, left, reached, shapes[picked], float((gained > 0).mean()))


def _worsens(curve: Floats) -> bool:
    """Whether results fall from the best on (a third of all, at least four), with a slope over 3 standard errors."""
    best = int(np.argmax(curve))
    tail = curve[best:]
    if len(tail) < max(4, len(curve) // 3):
        return False
    x = np.arange(len(tail), dtype=np.float64) - (len(tail) - 1) / 2
    slope = float((x * tail).sum() / (x * x).sum())
    rest = tail - tail.mean() - slope * x
    return slope < -3 * math.sqrt(float((rest**2).sum()) / (len(tail) - 2) / float((x * x).sum()))


def _epoch_hours(seconds: Sequence[float]) -> float:
    lengths = np.diff([0.0, *seconds])
    return max(float(np.median(lengths)), 1e-9) / 3600


def _range(draws: Floats) -> Range:
    low, middle, high = np.percentile(draws, _INTERVAL, method="nearest")
    return Range(float(low), float(middle), float(high))


def _why_not(drawn: _Drawn, reached: Range, name: str) -> str:
    if drawn.gains < 0.95:
        return f"no forecast: {name} shows no gain that stands out from its noise"
    return f"no forecast yet: between {reached.low:.0%} and {reached.high:.0%} of what is to be gained in {name} is reached"


def _point_name(name: str, unit: str) -> str:
    return f"another point of {name}" if unit == "" and name != "loss" else f"another 1 % of {name}"


def _sentence(reached: Range, limit: Range, cost: Range, name: str, point: str) -> str:
    first = (
        f"{reached.middle:.0%} of what is to be gained is reached ({reached.low:.0%} to {reached.high:.0%}; {name} tends to "
    )
    first += f"{limit.middle:.4g})"
    if not math.isfinite(cost.middle):
        return f"{first}; {point} is not within reach"
    end = f" to {_time(cost.high)}" if math.isfinite(cost.high) else " or more, perhaps never"
    return f"{first}; {point} costs about {_time(cost.middle)} ({_time(cost.low)}{end})"


def _time(hours: float) -> str:
    if hours >= 1:
        return f"{hours:.1f} hours" if hours < 1000 else f"{hours:,.0f} hours"
    return f"{hours * 60:.1f} minutes" if hours * 60 >= 1 else f"{hours * 3600:.1f} seconds"
