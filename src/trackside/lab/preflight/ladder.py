"""`preflight`: climbs the ladder rung by rung and reports what it found."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from trackside.core import Finding, Report, Verdict
from trackside.core.checks import Check
from trackside.lab.metric import Metric
from trackside.lab.preflight.activation import output_activation
from trackside.lab.preflight.balance import class_balance
from trackside.lab.preflight.beating import beats_baselines
from trackside.lab.preflight.data import batches
from trackside.lab.preflight.determinism import determinism
from trackside.lab.preflight.forecast import forecast
from trackside.lab.preflight.gradients import gradient_flow
from trackside.lab.preflight.guard import unchanged
from trackside.lab.preflight.independence import own_input_only
from trackside.lab.preflight.modes import eval_train
from trackside.lab.preflight.normalisation import input_scaling
from trackside.lab.preflight.overfit import overfit_batch
from trackside.lab.preflight.rates import learning_rate
from trackside.lab.preflight.start import start_loss
from trackside.lab.preflight.subject import Subject, make_subject, quiet
from trackside.lab.training import Training

RUNGS: tuple[Check[Subject, None], ...] = (
    batches,
    class_balance,
    input_scaling,
    start_loss,
    output_activation,
    gradient_flow,
    own_input_only,
    eval_train,
    overfit_batch,
    learning_rate,
    beats_baselines,
    determinism,
    forecast,
)
"""All rungs, from the first to the last: later ones rest on earlier ones."""

Progress = Callable[[str, int, int], None]
"""Told the rung's name, how many are done, and how many there are."""


def preflight(
    training: Training,
    *,
    metrics: Sequence[Metric] = (),
    task: Any = None,
    expected: Mapping[str, Any] | Any = None,
    epochs: int | None = None,
    seconds: float = 60,
    seed: int = 0,
    progress: Progress | None = None,
) -> Report:
    """Ask what can be known about a training before it is paid for: a finding a question.

    Everything runs on copies. Afterwards the model, its modes and gradients, the optimiser and all generators of random
    numbers are, bit for bit, what they were.

    Args:
        training: model, loss, loaders and optimiser.
        metrics: what people care about; the first one is held against trivial baselines.
        task: what it is for; its name goes into the report.
        expected: what pretrained weights expect of inputs: a mapping or object with `mean`, `std` (a number a channel) and
            `range` (lowest and highest value before mean and deviation are applied, (0, 1) if absent). None where
            weights expect nothing.
        epochs: how long the whole run is, for the forecast.
        seconds: the budget. What does not fit is said to be unknown.
        seed: of all that is random here.
        progress: told before each rung.

    Returns:
        A report; `verdict` is `fail` where training would be stopped or spoilt.
    """
    start = time.perf_counter()
    name = str(getattr(task, "name", task) or "")
    took: dict[str, float] = {}
    with unchanged(training), quiet(), torch.enable_grad():
        subject = make_subject(
            training, metrics=metrics, task=name or None, expected=expected, epochs=epochs, seconds=seconds, seed=seed
        )
        findings = []
        for place, rung in enumerate(RUNGS):
            if progress is not None:
                progress(rung.name, place, len(RUNGS))
            begun = time.perf_counter()
            finding = _climbed(rung, subject)
            took[rung.name] = time.perf_counter() - begun
            if finding is not None:
                findings.append(finding)
    return Report(f"Pre-flight{f' of {name}' if name else ''}", tuple(findings), _facts(subject, start, took))


def _climbed(rung: Check[Subject, None], subject: Subject) -> Finding | None:
    """The finding of a rung; None where its question does not arise."""
    if rung is not batches:
        missing = _missing(rung, subject)
        if missing:
            return Finding(rung.name, rung.asks, Verdict.UNKNOWN, missing, reference=rung.source)
    finding, answer = rung(subject)
    return finding if answer.applies else None


def _missing(rung: Check[Subject, None], subject: Subject) -> str:
    if not subject.works:
        return "not asked: the model does not run on the first batch (see `batches`)"
    if subject.clock.is_spent:
        return f"not asked: the {subject.clock.seconds:g} seconds were spent before; it costs {rung.costs}"
    return ""


def _facts(subject: Subject, start: float, took: Mapping[str, float]) -> dict[str, str]:
    model = subject.training.model
    count = sum(parameter.numel() for parameter in model.parameters())
    return {
        "model": f"{type(model).__name__}, {count:,} parameters, on {subject.training.device}",
        "loss": f"{_name(subject.training.loss_fn)}" + (f": {subject.loss_facts.kind.value}" if subject.train.pairs else ""),
        "seen": f"{len(subject.train.pairs)} training batches of {subject.train.items:,} items",
        "seconds": f"{time.perf_counter() - start:.1f} of {subject.clock.seconds:g}",
        "slowest": ", ".join(f"{name} {one:.1f} s" for name, one in sorted(took.items(), key=lambda pair: -pair[1])[:3]),
        "seed": str(subject.seed),
        "torch": torch.__version__,
    }


def _name(thing: Any) -> str:
    return str(getattr(thing, "__name__", type(thing).__name__))
