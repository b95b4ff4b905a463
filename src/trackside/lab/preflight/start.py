"""Rung 4: the loss at the start, against what a network without knowledge must score."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from trackside.core import Measurement, Number, Threshold, Verdict
from trackside.core.checks import check
from trackside.lab.preflight.causing import cause, remedy
from trackside.lab.preflight.losses import BINARY, CLASSES, REGRESSION, Kind, ignorant
from trackside.lab.preflight.subject import Rung, Subject
from trackside.lab.training import call

_FEW_BATCHES = 4


@check(
    "start-loss",
    asks="Is the loss at the start what a network without knowledge scores?",
    costs="a few forward passes",
    source="Karpathy, A Recipe for Training Neural Networks, 2019: verify loss at init",
    thresholds=(
        Threshold("loss at the start is a number", at_least=1, reason="NaN or infinity at the first step never heals"),
        Threshold("loss of no knowledge", at_least=0, reason="a loss is an error: below zero its sign is wrong"),
        Threshold(
            "excess over no knowledge",
            at_most=1.5,
            otherwise=Verdict.WARN,
            reason="logits of deviation s add about s^2 / 2 to ln C, so that 1.5 nats beyond sampling error mean logits of "
            "deviation 1.7: surer than anything untrained should be",
        ),
        Threshold(
            "times no knowledge",
            at_most=50,
            otherwise=Verdict.WARN,
            reason="targets in [0, 1] around 0.5 start at 3 to 10 times their variance; at 50 times, outputs are seven "
            "deviations away from the targets, and training begins with nothing but closing that gap",
        ),
        Threshold(
            "size of the targets",
            at_most=100,
            otherwise=Verdict.WARN,
            reason="a step of Adam moves outputs by about its rate: targets a hundred times that size take very many",
        ),
    ),
)
def start_loss(subject: Subject) -> Rung:
    """The loss of the untouched model on some batches, and that of the best answer that ignores inputs."""
    kind = subject.loss_facts.kind
    losses, knowing, size = _measured(subject, kind)
    start = sum(losses) / len(losses)
    theory = sum(knowing) / len(knowing) if knowing else math.nan
    noise = _noise(losses)
    subject.notes["no knowledge"] = 0.0 if math.isnan(theory) else theory
    known, regression = not math.isnan(theory), kind in REGRESSION
    excess = max(start - theory - 2 * noise, 0.0) if known and not regression and theory > 0 else 0.0
    numbers = (
        Number("loss at the start", start),
        Number("loss at the start is a number", float(math.isfinite(start))),
        Number("loss of no knowledge", theory if known else 0.0),
        Number("excess over no knowledge", excess if math.isfinite(excess) else 0.0),
        Number("times no knowledge", start / theory if known and regression and theory > 1e-12 else 1.0),
        Number("size of the targets", size if regression else 1.0),
        Number("sampling error", noise),
    )
    if not known:
        return Rung(
            Measurement(numbers), f"the loss starts at {start:.4g}; for {kind.value} there is no theory", *_why(numbers)
        )
    says = f"the loss starts at {start:.4g}; no knowledge scores {theory:.4g} ({_theory(subject, kind)})"
    return Rung(Measurement(numbers), says, *_why(numbers))


def _measured(subject: Subject, kind: Kind) -> tuple[list[float], list[float], float]:
    """Losses at the start, losses of the ignorant answer, and the size of the targets."""
    made = subject.copy()
    subject.seeded()
    losses: list[float] = []
    knowing: list[float] = []
    with torch.no_grad():
        for inputs, targets in subject.train.pairs[:_FEW_BATCHES]:
            outputs = call(made.model, inputs)
            losses.append(float(made.loss_fn(outputs, targets)))
            constant = ignorant(kind, outputs, targets)
            if constant is not None:
                knowing.append(float(made.loss_fn(constant, targets)))
    return losses, knowing, _size(subject.train.pairs)


def _size(pairs: list[tuple[Any, Any]]) -> float:
    values = [float(targets.double().abs().max()) for _, targets in pairs if isinstance(targets, Tensor) and targets.numel()]
    return max(values, default=1.0)


def _noise(losses: list[float]) -> float:
    if len(losses) < 2:
        return 0.0
    mean = sum(losses) / len(losses)
    return math.sqrt(sum((loss - mean) ** 2 for loss in losses) / (len(losses) - 1) / len(losses))


def _theory(subject: Subject, kind: Kind) -> str:
    outputs, _, _ = subject.first_run
    extra = " with its weights" if subject.loss_facts.weight is not None else ""
    if kind in CLASSES:
        return (
            f"ln {outputs.shape[1]} = {math.log(outputs.shape[1]):.4g} without weights"
            if extra
            else f"ln {outputs.shape[1]}"
        )
    if kind in BINARY:
        return f"ln 2{extra}"
    return "the targets' mean" if kind is Kind.SQUARED else "the targets' median"


def _why(numbers: tuple[Number, ...]) -> tuple[tuple[Any, ...], str]:
    """Causes and remedy; shown only if a threshold is broken."""
    value = {number.name: number.value for number in numbers}
    if value["loss of no knowledge"] < 0:
        return (cause("sign-error"),), remedy("sign-error")
    if not value["loss at the start is a number"]:
        fix = "look for infinities in weights, logarithms of zero and half precision"
        return (cause("bad-initialisation"), cause("nan-in-data")), fix
    if value["times no knowledge"] > 50 or value["size of the targets"] > 100:
        fix = "standardise targets (subtract their mean, divide by their deviation), or start the last bias at their mean"
        return (cause("inputs-unscaled"), cause("bad-initialisation")), fix
    fix = "scale inputs, take the framework's initialisation, or start the last layer at zero"
    return (cause("bad-initialisation"), cause("inputs-unscaled"), cause("wrong-loss-for-activation")), fix
