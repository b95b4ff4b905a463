"""Rung 10: the learning rate that the user's optimiser wants, by sweeping it."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from trackside.core import Measurement, Number, Plot, Threshold, Verdict
from trackside.core.checks import check
from trackside.lab.preflight.causing import cause, curve, remedy
from trackside.lab.preflight.clock import Clock
from trackside.lab.preflight.fitting import fallback_optimizer, step
from trackside.lab.preflight.subject import Rung, Subject

LOWEST, HIGHEST = 1e-6, 10.0
_STEPS = 70
_FEWEST_STEPS = 20
_SWEEPS = 4
_SMOOTHING = 0.8
_DIVERGED = 1.5


@dataclass(frozen=True)
class Sweep:
    """One sweep.

    Attributes:
        rates: learning rates, growing by a constant factor.
        losses: smoothed losses before the step at each rate.
        steepest: the rate at which the loss falls fastest against the logarithm of the rate, at most a tenth of that at the
            lowest point; NaN if it never falls.
        diverges: the rate from which on the loss is above its start; infinity if it stays below.
    """

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    steepest: float
    diverges: float


@check(
    "learning-rate",
    asks="Does the learning rate suit this model and these data?",
    costs="four sweeps of seventy steps on a copy",
    source="Smith, Cyclical Learning Rates, WACV 2017, section 3.3; slope against log rate as in fastai",
    thresholds=(
        Threshold(
            "rate over where it diverges",
            at_most=1,
            otherwise=Verdict.WARN,
            reason="one step at such a rate already hurts",
        ),
        Threshold(
            "rate over the suggestion",
            at_least=1 / 100,
            otherwise=Verdict.WARN,
            reason="sweeps suggest within a factor of three to ten, and fine-tuning goes ten times lower: a hundred "
            "times lower is neither",
        ),
    ),
)
def learning_rate(subject: Subject) -> Rung:
    """Sweeps the rate exponentially from a copy of the untouched model, several times with other orders of the batches."""
    clock = subject.clock.share(0.4)
    sweeps = _sweeps(subject, clock)
    good = [one for one in sweeps if math.isfinite(one.steepest)]
    if not sweeps:
        return Rung(Measurement(missing="not enough time for one sweep; give more seconds"))
    if len(good) * 2 <= len(sweeps):
        return Rung(Measurement(_neutral(sweeps)), "the loss falls at no rate of the sweep, so that none can be suggested")
    logs = [math.log10(one.steepest) for one in good]
    diverges = 10 ** median(math.log10(min(one.diverges, 10 * HIGHEST)) for one in sweeps)
    suggested = min(10 ** median(logs), diverges / 3)
    low, high = min(suggested, 10 ** min(logs)), max(suggested, min(10 ** max(logs), diverges / 3))
    now = current_rate(subject)
    numbers = (
        Number("rate over where it diverges", now / diverges if now else 0.0),
        Number("rate over the suggestion", now / suggested if now else 1.0),
        Number("suggested rate", suggested),
        Number("suggested, lowest of the sweeps", low),
        Number("suggested, highest of the sweeps", high),
        Number("spread of the sweeps", high / low),
        Number("diverges at", diverges),
        Number("rate now", now or math.nan),
        Number("sweeps", len(sweeps)),
    )
    subject.notes["suggested rate"] = suggested
    says = f"about {suggested:.1g} ({low:.1g} to {high:.1g} by {len(good)} sweeps), diverging at {_shown(diverges)}"
    says += f"; set is {now:.2g}" if now else "; no optimiser is given, so that AdamW was swept"
    why = "learning-rate-too-high" if now and now > diverges else "learning-rate-too-low"
    return Rung(
        Measurement(numbers, (_plot(sweeps),)), says, (cause(why, 0.8),), f"{remedy(why)}; here about {suggested:.1g}"
    )


def current_rate(subject: Subject) -> float | None:
    """The highest rate of all groups, or the one that a schedule starts from or goes up to."""
    if subject.training.optimizer is None:
        return None
    groups = subject.training.optimizer.param_groups
    return max(float(group.get(name, 0.0)) for group in groups for name in ("lr", "initial_lr", "max_lr"))


def find_extremes(rates: Sequence[float], losses: Sequence[float]) -> tuple[float, float]:
    """Where a smoothed curve falls fastest against the logarithm of the rate, and where it diverges.

    With momentum the steepest place lags behind the rate that caused it, so that a tenth of the rate at the lowest point
    (Smith 2018, fastai's `minimum`) is the upper limit.

    It diverges where it is half above its start again (or above the lowest point by as much as the start was), for good:
    the first such rate after the lowest point.
    """
    start = median(losses[: max(len(losses) // 10, 1)])
    bottom = min(range(len(losses)), key=lambda place: losses[place])
    limit = max(start + (_DIVERGED - 1) * abs(start), start + 0.5 * (start - losses[bottom]))
    diverged = next((place for place in range(len(losses)) if place > bottom and losses[place] > limit), None)
    falls = losses[bottom] <= start - 0.02 * abs(start)
    steepest = min(rates[_steepest(rates, losses, bottom)], rates[bottom] / 10) if falls else math.nan
    return steepest, math.inf if diverged is None else rates[diverged]


def _steepest(rates: Sequence[float], losses: Sequence[float], bottom: int) -> int:
    """The place of the steepest fall before the lowest point, by a line through seven points.

    Only after the last place at which less than a tenth of the whole fall was done: batches differ, and slopes of noise at
    rates that change nothing would otherwise win.
    """
    start = median(losses[: max(len(losses) // 10, 1)])
    above = start - 0.1 * (start - losses[bottom])
    first = max((place for place in range(bottom) if losses[place] > above), default=0)
    logs = [math.log10(rate) for rate in rates]
    best, place = 0.0, bottom
    for middle in range(first, bottom + 1):
        near = range(max(middle - 3, 0), min(middle + 4, len(losses)))
        x, y = [logs[i] for i in near], [losses[i] for i in near]
        x_mean, y_mean = sum(x) / len(x), sum(y) / len(y)
        below = sum((one - x_mean) ** 2 for one in x)
        slope = sum((one - x_mean) * (other - y_mean) for one, other in zip(x, y, strict=True)) / below if below else 0.0
        if slope < best:
            best, place = slope, middle
    return place


def _sweeps(subject: Subject, clock: Clock) -> list[Sweep]:
    done: list[Sweep] = []
    for number in range(_SWEEPS):
        sweep = _sweep(subject, number, Clock(clock.left / (_SWEEPS - number) if number else 0.6 * clock.left))
        if sweep is None:
            break
        done.append(sweep)
    return done


def _sweep(subject: Subject, number: int, clock: Clock) -> Sweep | None:
    """One sweep, coarser if time is short. The number seeds dropout and turns the order of the batches."""
    made = subject.copy()
    optimizer = made.optimizer or fallback_optimizer(made, 1e-3, 0.01)
    if optimizer is None:
        return None
    subject.seeded(number)
    ratios = _ratios(optimizer)
    steps, begun = _STEPS, 0.0
    rates: list[float] = []
    raw: list[float] = []
    pairs = subject.train.pairs
    for place in range(_STEPS):
        if place == 2:  # The first step is slow; the second tells how many can be afforded.
            steps = min(_STEPS, 2 + int(clock.left / max(time.perf_counter() - begun, 1e-6)))
            if steps < _FEWEST_STEPS:
                return None
        begun = time.perf_counter()
        rate = LOWEST * (HIGHEST / LOWEST) ** (place / (steps - 1))
        for group, ratio in zip(optimizer.param_groups, ratios, strict=True):
            group["lr"] = rate * ratio
        loss = step(made, optimizer, pairs[(place + number * 7) % len(pairs)])
        rates.append(rate)
        raw.append(loss)
        if not math.isfinite(loss) or loss > 20 * abs(raw[0]) + 10 or place + 1 >= steps:
            break
    return _judged(rates, raw)


def _judged(rates: list[float], raw: list[float]) -> Sweep:
    ceiling = 4 * max(abs(raw[0]), 1e-9) + max((loss for loss in raw[:5] if math.isfinite(loss)), default=0.0)
    finite = [min(loss, ceiling) if math.isfinite(loss) else ceiling for loss in raw]
    smooth, average = [], 0.0
    for place, loss in enumerate(finite):
        average = _SMOOTHING * average + (1 - _SMOOTHING) * loss
        smooth.append(average / (1 - _SMOOTHING ** (place + 1)))
    steepest, diverges = find_extremes(rates, smooth)
    if not math.isfinite(raw[-1]):
        diverges = min(diverges, rates[-1])
    return Sweep(tuple(rates), tuple(smooth), steepest, diverges)


def _ratios(optimizer: object) -> list[float]:
    """Each group's rate against the highest one: discriminative rates keep their ratio."""
    rates = [float(max(group.get("lr", 0.0), group.get("initial_lr", 0.0))) for group in optimizer.param_groups]  # type: ignore[attr-defined]
    return [rate / max(rates) if max(rates) > 0 else 1.0 for rate in rates]


def _neutral(sweeps: list[Sweep]) -> tuple[Number, ...]:
    return (
        Number("rate over where it diverges", 0.0),
        Number("rate over the suggestion", 1.0),
        Number("sweeps", len(sweeps)),
    )


def _shown(rate: float) -> str:
    return f"{rate:.1g}" if rate <= HIGHEST else f"no rate up to {HIGHEST:g}"


def _plot(sweeps: list[Sweep]) -> Plot:
    whole = max(sweeps, key=lambda one: len(one.rates))
    figure = curve(whole.rates, whole.losses, "learning rate", "smoothed loss", log_x=True)
    figure["data"] = [dict(figure["data"][0], x=list(one.rates), y=list(one.losses)) for one in sweeps]
    return Plot("Learning-rate range", figure)
