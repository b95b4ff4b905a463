"""Rung 9: what trivial baselines score, and whether a short run of the model gets past them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from trackside.core import Measurement, Number, Threshold, Verdict
from trackside.core.checks import check
from trackside.lab.baselines import Score, are_classes, score, score_baselines
from trackside.lab.metric import Metric
from trackside.lab.preflight.clock import Clock
from trackside.lab.preflight.fitting import fallback_optimizer, step
from trackside.lab.preflight.losses import Kind
from trackside.lab.preflight.subject import Pair, Rung, Subject
from trackside.lab.training import Training, call
from trackside.lab.trees import count_items

_MOST_ITEMS = 600
_STEPS = 200
_LOOKS = 5
_FEWEST_VALIDATION = 10


@check(
    "beats-baselines",
    asks="Does the model get past trivial baselines?",
    costs="a linear fit and a run of at most 200 steps on a copy",
    source="Karpathy, A Recipe for Training Neural Networks, 2019: input-independent baseline",
    thresholds=(
        Threshold(
            "gain over the best baseline",
            at_least=0,
            otherwise=Verdict.NOTE,
            reason="a short run need not get there yet; a whole run must, or the baseline is the better model",
        ),
    ),
)
def beats_baselines(subject: Subject) -> Rung:
    """Scores of baselines on validation, with intervals, and that of a short run on the batches seen."""
    arrays = _arrays(subject)
    if isinstance(arrays, str):
        return Rung(Measurement((Number("gain over the best baseline", 0.0),)), f"no baseline was measured: {arrays}")
    train, held_back = arrays
    outputs, _, _ = subject.first_run
    kind = subject.loss_facts.kind
    metric = subject.metrics[0] if subject.metrics else default_metric(held_back[1], binary=kind is Kind.BCE_LOGITS)
    classes = int(outputs.shape[1]) if are_classes(held_back[1]) else None
    features = _features(subject, len(train[0]), len(held_back[0]))
    bars = score_baselines(
        train,
        held_back,
        metric,
        classes=classes,
        features=features,
        as_outputs=_logits if kind is Kind.BCE_LOGITS else None,
        seed=subject.seed,
    )
    clock = subject.clock.share(0.2)
    reached, steps = _probe(subject, metric, bars[0], clock)
    gain = (reached.value - bars[0].value) * (1 if metric.higher_is_better else -1)
    numbers = (
        Number("gain over the best baseline", gain),
        *(Number(f"{metric.name}: {one.name}", one.value, metric.unit) for one in bars),
        Number(f"{metric.name}: model after a short run", reached.value, metric.unit),
        Number("steps of the short run", steps),
    )
    says = f"{metric.name} on validation: the bar is {bars[0]}; after {steps} steps the model has {reached.value:.3g}"
    says += f" ({reached.low:.3g} to {reached.high:.3g})" + ("" if gain >= 0 else ": not past it yet")
    rest = "; ".join(str(one) for one in bars[1:])
    return Rung(Measurement(numbers), f"{says}; others: {rest}" if rest else says, (), _STEP)


_STEP = (
    "hold the whole run against this bar: a model that does not pass it has learnt nothing that a linear one does not know"
)


def default_metric(targets: NDArray[np.generic], *, binary: bool = False) -> Metric:
    """Accuracy for class numbers, share of right answers for logits of yes and no, root mean squared error for all else."""
    if are_classes(targets):
        return Metric("accuracy", lambda given, wanted: float((given.argmax(1) == wanted).double().mean()))
    if binary:
        return Metric("share of right answers", lambda given, wanted: float(((given > 0) == (wanted > 0.5)).double().mean()))
    return Metric(
        "root mean squared error",
        lambda given, wanted: float((given.double() - wanted.double()).square().mean().sqrt()),
        higher_is_better=False,
    )


def _logits(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shares as a network that ends in logits gives them."""
    inside = np.clip(shares, 1e-6, 1 - 1e-6)
    return np.log(inside / (1 - inside))


def _arrays(subject: Subject) -> tuple[Any, Any] | str:
    """Inputs and targets of both splits as arrays, or why there are none."""
    if subject.validation is None:
        return "there is no validation split"
    outputs, _, _ = subject.first_run
    parts = []
    for seen in (subject.train, subject.validation):
        joined = _joined(seen.pairs)
        if joined is None:
            return "inputs and targets are no plain tensors"
        parts.append(joined)
    (_, y), (_, wanted) = parts
    if len(wanted) < _FEWEST_VALIDATION or len(y) < _FEWEST_VALIDATION:
        return f"{len(y)} training and {len(wanted)} validation items were seen, too few"
    right = isinstance(outputs, Tensor) and (
        (are_classes(y) and outputs.ndim == 2) or tuple(outputs.shape[1:]) == y.shape[1:]
    )
    return (parts[0], parts[1]) if right else "outputs have another shape than targets"


def _joined(pairs: list[Pair]) -> tuple[NDArray[Any], NDArray[Any]] | None:
    """The first items of all batches in one array each."""
    inputs: list[Tensor] = []
    targets: list[Tensor] = []
    held = 0
    for one, other in pairs:
        plain = isinstance(one, Tensor) and isinstance(other, Tensor) and one.ndim and other.ndim and len(one) == len(other)
        if not plain or (inputs and one.shape[1:] != inputs[0].shape[1:]):
            return None
        inputs.append(one.detach().cpu())
        targets.append(other.detach().cpu())
        held += len(one)
        if held >= _MOST_ITEMS:
            break
    return torch.cat(inputs)[:_MOST_ITEMS].numpy(), torch.cat(targets)[:_MOST_ITEMS].numpy()


def _features(subject: Subject, *counts: int) -> tuple[NDArray[Any], NDArray[Any]] | None:
    """What enters the last linear layer of the untouched model, for as many items of both splits; None if there is none."""
    made = subject.copy(mode=False)
    layers = [part for part in made.model.modules() if isinstance(part, nn.Linear)]
    caught: list[Tensor] = []
    if len(layers) < 2 or subject.validation is None:
        return None
    layers[-1].register_forward_pre_hook(lambda _, given: caught.append(given[0].detach()))
    found = []
    for seen, count in zip((subject.train, subject.validation), counts, strict=True):
        parts: list[Tensor] = []
        while sum(map(len, parts)) < count:
            caught.clear()
            inputs, _ = seen.pairs[len(parts)]
            with torch.no_grad():
                call(made.model, inputs)
            if len(caught) != 1 or len(caught[0]) != count_items(inputs):
                return None
            parts.append(caught[0].reshape(len(caught[0]), -1).cpu())
        found.append(torch.cat(parts)[:count].double().numpy())
    return found[0], found[1]


def _probe(subject: Subject, metric: Metric, bar: Score, clock: Clock) -> tuple[Score, int]:
    """Fit a copy on the batches seen until it is past the bar, or time or steps are over."""
    made = subject.copy()
    optimizer = made.optimizer or fallback_optimizer(made, subject.notes.get("suggested rate", 1e-3))
    subject.seeded()
    best = _validated(subject, made, metric)
    steps, pairs = 0, subject.train.pairs
    order = torch.randperm(len(pairs)).tolist()
    while optimizer is not None and steps < _STEPS and not clock.is_spent:
        loss = step(made, optimizer, pairs[order[steps % len(order)]])
        steps += 1
        if not math.isfinite(loss):
            break
        if steps % (_STEPS // _LOOKS) == 0:
            best = _validated(subject, made, metric)
            if metric.better(best.value, bar.value):
                return best, steps
    return _validated(subject, made, metric) if steps % (_STEPS // _LOOKS) else best, steps


def _validated(subject: Subject, made: Training, metric: Metric) -> Score:
    """The model's score on the validation items that the baselines were measured on."""
    pairs = subject.validation.pairs if subject.validation is not None else []
    made.model.eval()
    answers, wanted, held = [], [], 0
    with torch.no_grad():
        for inputs, targets in pairs:
            answers.append(call(made.model, inputs).detach().float().cpu())
            wanted.append(targets.cpu())
            held += len(targets)
            if held >= _MOST_ITEMS:
                break
    made.model.train()
    given, right = torch.cat(answers)[:_MOST_ITEMS], torch.cat(wanted)[:_MOST_ITEMS]
    return score("model", given.double().numpy(), right.numpy(), metric, subject.seed)
