"""Rung 4, second half: whether the network's last activation fits the loss."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from trackside.core import Measurement, Number, Threshold
from trackside.core.checks import check
from trackside.lab.preflight.causing import cause, remedy
from trackside.lab.preflight.losses import CLASSES, REGRESSION, Kind
from trackside.lab.preflight.subject import Rung, Subject

# Nodes that change the shape or the type of values but not the values.
_PASSED: tuple[str, ...] = (
    "View",
    "UnsafeView",
    "ReshapeAlias",
    "Squeeze",
    "Unsqueeze",
    "Transpose",
    "Permute",
    "T",
    "Slice",
    "Select",
)
_PASSED += ("Clone", "ToCopy", "Alias", "Expand", "Split", "Index")
_LAST = {
    "Softmax": "softmax",
    "LogSoftmax": "log-softmax",
    "Sigmoid": "sigmoid",
    "LogSigmoid": "log-sigmoid",
    "Relu": "ReLU",
    "Tanh": "tanh",
    "Hardtanh": "a clamp",
    "Hardsigmoid": "hard sigmoid",
    "Clamp": "a clamp",
    "Softplus": "softplus",
}
_RANGES = {"softmax": (0.0, 1.0), "sigmoid": (0.0, 1.0), "ReLU": (0.0, float("inf")), "tanh": (-1.0, 1.0)}
_RANGES |= {"softplus": (0.0, float("inf")), "log-softmax": (float("-inf"), 0.0), "hard sigmoid": (0.0, 1.0)}
_FITTING: dict[Kind, tuple[str, ...]] = {
    Kind.CROSS_ENTROPY: ("", "log-softmax"),  # log-softmax of log-softmax is the same again.
    Kind.NLL: ("log-softmax",),
    Kind.BCE_LOGITS: ("",),
    Kind.BCE: ("sigmoid", "hard sigmoid", "softmax", "a clamp", ""),
}


@check(
    "output-activation",
    asks="Does the network's last activation fit the loss?",
    costs="one forward pass",
    source="PyTorch, torch.nn loss functions; Theia, 2024: missing or doubled activation before the loss",
    thresholds=(
        Threshold("misfit", at_most=0, reason="the loss then cannot reach zero, or its gradient dies, whatever is learnt"),
        Threshold("targets out of reach", at_most=0.01, reason="what the last activation cannot give is never learnt"),
    ),
)
def output_activation(subject: Subject) -> Rung:
    """The last node of the outputs' graph, against the kind of loss; the targets against its range."""
    outputs, _, _ = subject.first_run
    kind = subject.loss_facts.kind
    if not isinstance(outputs, Tensor) or kind is Kind.OTHER:
        return Rung(applies=False)
    last = last_activation(outputs)
    fits = kind in REGRESSION or last in _FITTING[kind] or (kind is Kind.NLL and _is_log_probability(outputs))
    beyond = _out_of_reach(subject, last) if kind in REGRESSION else 0.0
    numbers = (Number("misfit", float(not fits)), Number("targets out of reach", beyond))
    ends = f"the network ends in {last}" if last else "the network ends without an activation"
    says = f"{ends}, the loss is {kind.value}"
    if beyond:
        says += f"; {beyond:.0%} of the targets lie outside the range of {last}"
    double = last == "softmax" and kind is Kind.CROSS_ENTROPY
    why = "double-softmax" if double else "wrong-loss-for-activation"
    subject.notes["activation"] = why if not fits or beyond > 0.01 else ""
    return Rung(Measurement(numbers), says, (cause(why, 0.95),), remedy(why))


def last_activation(outputs: Tensor) -> str:
    """The name of the activation that outputs come from; empty if it is none, or if nothing says."""
    node: Any = outputs.grad_fn
    while node is not None:
        name = type(node).__name__.split("Backward")[0]
        if name in _LAST:
            return _LAST[name]
        if name not in _PASSED or not node.next_functions:
            return ""
        node = node.next_functions[0][0]
    return ""


def _is_log_probability(outputs: Tensor) -> bool:
    """Whether the outputs are logarithms of shares that add up to one, however they came about."""
    total = outputs.detach().exp().sum(1)
    return outputs.ndim >= 2 and bool(torch.allclose(total, torch.ones_like(total), atol=1e-3))


def _out_of_reach(subject: Subject, last: str) -> float:
    """The share of targets that the activation cannot give."""
    if last not in _RANGES or not subject.targets or subject.loss_facts.kind in CLASSES:
        return 0.0
    low, high = _RANGES[last]
    values = torch.cat([target.reshape(-1).double() for target in subject.targets])
    slack = 1e-6 * (1 + values.abs().max())
    return float(((values < low - slack) | (values > high + slack)).double().mean())
