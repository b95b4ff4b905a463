"""Rung 8: a handful of items can be learnt by heart; if not, why not."""

from __future__ import annotations

import math
from dataclasses import dataclass

from trackside.core import Cause, Measurement, Number, Plot, Threshold, Verdict
from trackside.core.checks import check
from trackside.lab.preflight.activation import last_activation
from trackside.lab.preflight.causing import cause, curve, remedy
from trackside.lab.preflight.clock import Clock
from trackside.lab.preflight.few import contradictions, few_items
from trackside.lab.preflight.fitting import Attempt, fit, is_regularised
from trackside.lab.preflight.floors import lowest_loss
from trackside.lab.preflight.losses import ignorant
from trackside.lab.preflight.subject import Pair, Rung, Subject
from trackside.lab.training import call
from trackside.lab.trees import count_items

_STEPS = 150
_RATES = (1e-3, 1e-2, 1e-1, 1e-4)
_NEAR_ZERO = 0.1
_FEWEST_STEPS = 30


@dataclass(frozen=True)
class _Trial:
    """The items, the two ends of the scale, and the attempts."""

    pair: Pair
    start: float
    floor: float
    behind: float
    attempts: tuple[Attempt, ...]

    def left(self, loss: float) -> float:
        """What is left of the loss, from 1 (no knowledge) to 0 (the lowest there is)."""
        return max(loss - self.floor, 0.0) / max(self.start - self.floor, 1e-12)

    @property
    def best(self) -> Attempt:
        return min(self.attempts, key=lambda attempt: attempt.lowest)


@check(
    "overfit-batch",
    asks="Can the model learn a handful of items by heart?",
    costs="some hundred steps on eight items",
    source="Karpathy, A Recipe for Training Neural Networks, 2019: overfit one batch; Lightning issue 1668",
    thresholds=(
        Threshold(
            "left of the loss",
            at_most=_NEAR_ZERO,
            reason="at a tenth of what no knowledge costs, a class item is right with 80 % of the probability or more",
        ),
        Threshold(
            "left with regularisation on",
            at_most=0.5,
            otherwise=Verdict.WARN,
            reason="what cannot fit eight items half-way while it fits them freely is over-regularised",
        ),
        Threshold(
            "items that contradict others",
            at_most=5,
            otherwise=Verdict.WARN,
            reason="5 % of wrong labels are usual, see data check",
        ),
    ),
)
def overfit_batch(subject: Subject) -> Rung:
    """What is left of the loss of eight items after fitting them, by several optimisers."""
    clock = subject.clock.share(0.3)
    against, looked_at = contradictions(subject)
    trial = _try(subject, clock)
    best = trial.best
    left = trial.left(best.lowest)
    if left > _NEAR_ZERO and clock.is_spent and best.steps < _FEWEST_STEPS:
        what = f"time was up after {best.steps} steps; give more seconds, or a smaller model or input"
        return Rung(Measurement(missing=what))
    numbers = (
        Number("left of the loss", left),
        Number("left with regularisation on", _left_regularised(trial, left)),
        Number("items that contradict others", 100 * against / max(looked_at, 1), "%"),
        Number("steps", best.steps),
        Number("lowest loss", best.lowest),
        Number("lowest loss that any outputs could reach", trial.floor),
    )
    own = next((one for one in trial.attempts if one.name == "the own optimiser"), None)
    says = f"{count_items(trial.pair[0])} items: the loss falls from {trial.start:.3g} to {best.lowest:.3g} "
    says += f"in {best.steps} steps by {best.name}"
    if own is not None and own is not best:
        says += f" (by the own optimiser to {own.lowest:.3g} in {own.steps})"
    causes, step = _why(subject, trial, left, against, looked_at)
    says += f"; most likely {causes[0].what}" if causes and left > _NEAR_ZERO else ""
    seen = [(place, loss) for place, loss in enumerate(best.losses) if math.isfinite(loss)]
    figure = curve([place for place, _ in seen], [loss for _, loss in seen], "step", "loss of eight items")
    return Rung(Measurement(numbers, (Plot("Learning eight items by heart", figure),)), says, causes, step)


def _try(subject: Subject, clock: Clock) -> _Trial:
    pair = few_items(subject)
    made = subject.copy()
    subject.seeded()
    outputs = call(made.model, pair[0])
    first = float(made.loss_fn(outputs, pair[1]).detach())
    kind = subject.loss_facts.kind
    even = ignorant(kind, outputs, pair[1])
    start = first if even is None else float(made.loss_fn(even, pair[1]))
    floor = lowest_loss(made.loss_fn, kind, outputs, pair[1])
    floor = 0.0 if math.isnan(floor) else floor
    last = last_activation(outputs) if even is not None else ""
    behind = lowest_loss(made.loss_fn, kind, outputs, pair[1], last) if last else floor
    start = max(start, first) if even is None or start - floor < 1e-9 else start
    target = floor + 0.5 * _NEAR_ZERO * (start - floor)
    return _Trial(pair, start, floor, behind, tuple(_attempts(subject, pair, target, clock)))


def _attempts(subject: Subject, pair: Pair, target: float, clock: Clock) -> list[Attempt]:
    """The own optimiser, then Adam at several rates without regularisation, until one gets there."""
    own = subject.training.optimizer is not None
    decayed = is_regularised(subject)
    plans: list[tuple[float | None, bool]] = [(None, True)] if own else [(_RATES[0], True)]
    plans += [(None, False)] if own and decayed else []
    plans += [(rate, False) for rate in _RATES]
    done: list[Attempt] = []
    for place, (rate, regularised) in enumerate(plans):
        # An attempt may take half of what is left, so that the last ones have their turn.
        part = clock.share(1.0) if place == len(plans) - 1 else Clock(0.5 * clock.left)
        done.append(fit(subject, pair, target=target, steps=_STEPS, clock=part, rate=rate, regularised=regularised))
        if done[-1].lowest <= target or clock.is_spent:
            break
    return done


def _left_regularised(trial: _Trial, left: float) -> float:
    """What the same optimiser leaves with regularisation on, if it gets there without."""
    by_name = {attempt.name: attempt for attempt in trial.attempts}
    free = by_name.get("the own optimiser without regularisation")
    bound = by_name.get("the own optimiser")
    if free is None or bound is None or trial.left(free.lowest) > _NEAR_ZERO:
        return min(left, 0.5)
    return trial.left(bound.lowest)


def _why(subject: Subject, trial: _Trial, left: float, against: int, looked_at: int) -> tuple[tuple[Cause, ...], str]:
    """Causes, most likely first: what an experiment showed before what is only left over."""
    found: list[tuple[str, float]] = []
    if subject.notes.get("no gradient"):
        found.append(("frozen-parameters", 0.9))
    if subject.notes.get("activation") or trial.left(trial.behind) > _NEAR_ZERO:
        found.append((subject.notes.get("activation") or "wrong-loss-for-activation", 0.9))
    if _left_regularised(trial, left) > 0.5:
        found.append(("over-regularised", 0.85))
    if looked_at and against > 0.05 * looked_at:
        found.append(("unsolvable", 0.8))
    finite = [attempt for attempt in trial.attempts if math.isfinite(attempt.last)]
    if not finite:
        found.append(("exploding-gradients", 0.7))
    if not found and left > _NEAR_ZERO:
        found += [("too-narrow", 0.4), ("bad-initialisation", 0.3), ("features-uninformative", 0.2)]
    step = remedy(found[0][0]) if found else ""
    return tuple(cause(*one) for one in found), step
