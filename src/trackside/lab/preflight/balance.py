"""Rung 2: how much each class weighs in the loss, with the classes' weights and the loader's sampling taken into account."""

from __future__ import annotations

import torch
from torch import Tensor

from trackside.core import Measurement, Number, Plot, Threshold, Verdict
from trackside.core.checks import check
from trackside.core.intervals import wilson
from trackside.lab.preflight.losses import BINARY, CLASSES
from trackside.lab.preflight.subject import Rung, Subject

_FEWEST = 50


@check(
    "class-balance",
    asks="How much does each class weigh in the loss?",
    costs="counting labels",
    source="Buda, Maki, Mazurowski, Neural Networks 106, 2018",
    thresholds=(
        Threshold(
            "heaviest over lightest, at least",
            at_most=10,
            otherwise=Verdict.WARN,
            reason="from a ratio of about 10 on, rare classes lose plainly (Buda et al. 2018); the lower end "
            "of what the labels seen allow is judged, so that few labels accuse nobody",
        ),
    ),
)
def class_balance(subject: Subject) -> Rung:
    """Weights of classes as the loss sees them."""
    counted = _counts(subject)
    if counted is None:
        return Rung(applies=False)
    counts, weights = counted
    total = float(counts.sum())
    if total < _FEWEST:
        few = Number("heaviest over lightest, at least", 1.0)
        return Rung(Measurement((few, Number("labels", total))), f"only {total:.0f} labels were seen: too few to tell")
    parts = counts.double() * weights
    shares = parts / parts.sum()
    dense = isinstance(subject.first_run[0], Tensor) and subject.first_run[0].ndim > 2
    # Labels of pixels are no independent draws, and background outweighs all else by nature: shown, not judged.
    ratio = 1.0 if dense else _sure_ratio(counts, weights, total)
    low, high = int(shares.argmin()), int(shares.argmax())
    says = f"class {high} has {shares[high]:.1%} of the loss's weight, class {low} {shares[low]:.1%}"
    if f"{shares[high]:.1%}" == f"{shares[low]:.1%}":
        says = f"each of {len(shares)} classes has {shares[high]:.1%} of the loss's weight"
    says += " (class weights counted in)" if bool((weights != weights[0]).any()) else ""
    figure = {
        "data": [{"type": "bar", "x": list(range(len(shares))), "y": shares.tolist()}],
        "layout": {"xaxis": {"title": {"text": "class"}}, "yaxis": {"title": {"text": "share of the loss"}}},
    }
    numbers = (
        Number("heaviest over lightest, at least", ratio),
        Number("lightest class", 100 * float(shares[low]), "%"),
        Number("heaviest class", 100 * float(shares[high]), "%"),
        Number("labels", total),
    )
    step = "weigh classes by one over their frequency or sample rare ones more often, not both; judge by macro F1"
    return Rung(Measurement(numbers, (Plot("Weight of each class in the loss", figure),)), says, (), step)


def _counts(subject: Subject) -> tuple[Tensor, Tensor] | None:
    """Labels a class, and the weight of one label; for a multi-label task the counts of no and yes together."""
    outputs, _, _ = subject.first_run
    targets, facts = subject.targets, subject.loss_facts if subject.train.pairs else None
    if facts is None or not targets or not isinstance(outputs, Tensor):
        return None
    if facts.kind in CLASSES and outputs.ndim >= 2 and not targets[0].is_floating_point():
        labels = torch.cat([target.reshape(-1) for target in targets])
        labels = labels[(labels != facts.ignore_index) & (labels >= 0) & (labels < outputs.shape[1])]
        counts = torch.bincount(labels.long(), minlength=outputs.shape[1])
        weights = torch.ones(len(counts)) if facts.weight is None else facts.weight
        return (counts, weights.double()) if len(weights) == len(counts) else None
    one_column = outputs.ndim == 1 or outputs.shape[-1] == 1
    if facts.kind in BINARY and one_column:
        labels = (torch.cat([target.reshape(-1) for target in targets]) > 0.5).long()
        positive = 1.0 if facts.weight is None else float(facts.weight.mean())
        return torch.bincount(labels, minlength=2), torch.tensor([1.0, positive], dtype=torch.float64)
    return None


def _sure_ratio(counts: Tensor, weights: Tensor, total: float) -> float:
    """The lowest ratio of heaviest to lightest that the counts allow, by 95 % intervals of both shares."""
    bounds = [wilson(float(count), total) for count in counts]
    heaviest = max(low * float(weight) for (low, _), weight in zip(bounds, weights, strict=True))
    lightest = min(high * float(weight) for (_, high), weight in zip(bounds, weights, strict=True))
    return max(heaviest / lightest, 1.0) if lightest > 0 else float("inf")
