"""What kind of loss it is, found by its class, by its behaviour or by the nodes of its gradient graph.

From the kind follows what a network without knowledge answers, and from the user's own loss function what that answer
costs: class weights, label smoothing, masks and reductions count without being known.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Loss = Callable[[Any, Any], Tensor]


class Kind(StrEnum):
    """What outputs are taken for."""

    CROSS_ENTROPY = "cross-entropy on logits"
    NLL = "negative log-likelihood on log-probabilities"
    BCE_LOGITS = "binary cross-entropy on logits"
    BCE = "binary cross-entropy on probabilities"
    SQUARED = "squared error"
    ABSOLUTE = "absolute error"
    OTHER = "a loss of its own kind"


CLASSES = (Kind.CROSS_ENTROPY, Kind.NLL)
BINARY = (Kind.BCE_LOGITS, Kind.BCE)
REGRESSION = (Kind.SQUARED, Kind.ABSOLUTE)


@dataclass(frozen=True)
class LossFacts:
    """What is known of a loss.

    Attributes:
        kind: what it takes outputs for.
        weight: float [classes], the weights of classes or of positives, or None.
        ignore_index: the label that does not count.
        smoothing: label smoothing, 0 to 1.
    """

    kind: Kind = Kind.OTHER
    weight: Tensor | None = None
    ignore_index: int = -100
    smoothing: float = 0.0


_MODULES = (
    (nn.CrossEntropyLoss, Kind.CROSS_ENTROPY),
    (nn.NLLLoss, Kind.NLL),
    (nn.BCEWithLogitsLoss, Kind.BCE_LOGITS),
    (nn.BCELoss, Kind.BCE),
    (nn.MSELoss, Kind.SQUARED),
    (nn.L1Loss, Kind.ABSOLUTE),
    (nn.SmoothL1Loss, Kind.ABSOLUTE),
    (nn.HuberLoss, Kind.ABSOLUTE),
)
_FUNCTIONS = {
    F.cross_entropy: Kind.CROSS_ENTROPY,
    F.nll_loss: Kind.NLL,
    F.binary_cross_entropy_with_logits: Kind.BCE_LOGITS,
    F.binary_cross_entropy: Kind.BCE,
    F.mse_loss: Kind.SQUARED,
    F.l1_loss: Kind.ABSOLUTE,
    F.smooth_l1_loss: Kind.ABSOLUTE,
    F.huber_loss: Kind.ABSOLUTE,
}
_NODES = {
    "BinaryCrossEntropyWithLogitsBackward0": Kind.BCE_LOGITS,
    "BinaryCrossEntropyBackward0": Kind.BCE,
    "MseLossBackward0": Kind.SQUARED,
    "L1LossBackward0": Kind.ABSOLUTE,
    "SmoothL1LossBackward0": Kind.ABSOLUTE,
    "HuberLossBackward0": Kind.ABSOLUTE,
}


def identify(loss_fn: Loss, outputs: Any, targets: Any) -> LossFacts:
    """Find out what kind of loss it is. Anything that cannot be told is `Kind.OTHER`."""
    for one, kind in _MODULES:
        if isinstance(loss_fn, one):
            return _settings(kind, vars(loss_fn) | dict(loss_fn.named_buffers()))
    base, settings = (loss_fn.func, loss_fn.keywords) if isinstance(loss_fn, partial) else (loss_fn, {})
    if base in _FUNCTIONS:
        return _settings(_FUNCTIONS[base], settings)
    if not isinstance(outputs, Tensor) or not isinstance(targets, Tensor) or not outputs.is_floating_point():
        return LossFacts()
    try:
        facts = _by_nodes(loss_fn, outputs.detach(), targets)
        return facts if facts.kind is not Kind.OTHER else LossFacts(_by_behaviour(loss_fn, outputs.detach(), targets))
    except Exception:  # The user's function may refuse anything but what it was made for.
        return LossFacts()


def ignorant(kind: Kind, outputs: Any, targets: Any) -> Tensor | None:
    """What a network that knows nothing of its inputs answers: even odds, or the targets' middle. None if unknown."""
    if not isinstance(outputs, Tensor) or not isinstance(targets, Tensor) or kind is Kind.OTHER:
        return None
    if kind is Kind.NLL:
        return torch.log_softmax(torch.zeros_like(outputs), 1)
    if kind is Kind.BCE:
        return torch.full_like(outputs, 0.5)
    if kind not in REGRESSION:
        return torch.zeros_like(outputs)
    if targets.shape != outputs.shape:
        return None
    middle = targets.float().mean(0) if kind is Kind.SQUARED else targets.float().median(0).values
    return middle.to(outputs.dtype).expand_as(outputs).clone()


def nodes(tensor: Tensor, most: int = 2000) -> Iterator[Any]:
    """The nodes of a tensor's gradient graph, from the tensor back, each once."""
    waiting, seen = [tensor.grad_fn], set[Any]()
    while waiting and len(seen) < most:
        node = waiting.pop(0)
        if node is None or node in seen:
            continue
        seen.add(node)
        yield node
        waiting.extend(before for before, _ in node.next_functions)


def _settings(kind: Kind, given: dict[str, Any]) -> LossFacts:
    weight = given.get("pos_weight") if kind is Kind.BCE_LOGITS else given.get("weight")
    ignored, smoothing = given.get("ignore_index", -100), given.get("label_smoothing", 0.0)
    return LossFacts(kind, None if weight is None else weight.detach().float().cpu(), int(ignored), float(smoothing))


def _by_nodes(loss_fn: Loss, outputs: Tensor, targets: Tensor) -> LossFacts:
    leaf = outputs.clone().requires_grad_()
    with torch.enable_grad():
        graph = {type(node).__name__: node for node in nodes(loss_fn(leaf, targets))}
    kinds = {kind for name, kind in _NODES.items() if name in graph}
    nll = next((node for name, node in graph.items() if name.startswith("NllLoss")), None)
    if nll is not None and not kinds and not targets.is_floating_point():
        weight = nll._saved_weight
        kind = Kind.CROSS_ENTROPY if "LogSoftmaxBackward0" in graph else Kind.NLL
        ignored = nll._saved_ignore_index
        ignored = ignored - 2**64 if ignored >= 2**63 else ignored
        return LossFacts(kind, None if weight is None else weight.float().cpu(), int(ignored))
    return LossFacts(kinds.pop()) if len(kinds) == 1 and nll is None else LossFacts()


def _by_behaviour(loss_fn: Loss, outputs: Tensor, targets: Tensor) -> Kind:
    """What a function written by hand does with answers whose cost is known."""
    with torch.no_grad():
        if not targets.is_floating_point() and outputs.ndim == 2 and targets.ndim == 1:
            sure = 30.0 * F.one_hot(targets.clamp(0, outputs.shape[1] - 1).long(), outputs.shape[1]).to(outputs)
            even = float(loss_fn(torch.zeros_like(outputs), targets))
            known = _near(even, math.log(outputs.shape[1])) and float(loss_fn(sure, targets)) < 0.1 * even
            return Kind.CROSS_ENTROPY if known else Kind.OTHER
        if targets.shape != outputs.shape:
            return Kind.OTHER
        right = targets.to(outputs)
        if bool(((right == 0) | (right == 1)).all()) and _near(
            float(loss_fn(torch.zeros_like(right), targets)), math.log(2)
        ):
            return Kind.BCE_LOGITS
        none, one, two, below = (float(loss_fn(right + step, targets)) for step in (0.0, 1.0, 2.0, -1.0))
        if abs(none) > 1e-5 or one <= 0 or not _near(below, one):
            return Kind.OTHER
        return Kind.SQUARED if _near(two / one, 4.0) else Kind.ABSOLUTE if 1.9 < two / one < 3.9 else Kind.OTHER


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-3 * abs(other)
