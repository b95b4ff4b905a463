"""The lowest loss that any outputs can reach: with outputs as free numbers, and behind a last activation."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from trackside.lab.preflight.losses import Kind, ignorant

_STEPS = 60
_ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "": lambda value: value,
    "softmax": lambda value: torch.softmax(value, 1),
    "log-softmax": lambda value: torch.log_softmax(value, 1),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "ReLU": torch.relu,
}
_OWN = {Kind.NLL: "log-softmax", Kind.BCE: "sigmoid"}


def lowest_loss(loss_fn: Callable[[Any, Any], Tensor], kind: Kind, outputs: Any, targets: Any, last: str = "") -> float:
    """The loss of the best outputs there are, found by fitting outputs instead of a network; NaN if it cannot be told.

    Label smoothing, soft targets and masks leave a loss above zero that no network can pass.

    Args:
        loss_fn: the loss.
        kind: what it takes outputs for.
        outputs: some outputs of the network, for their shape.
        targets: the targets of these items.
        last: the activation that outputs must come from; empty for the one that the loss asks for.
    """
    start = ignorant(kind, outputs, targets)
    if start is None:
        return math.nan
    squash = _ACTIVATIONS.get(last or _OWN.get(kind, ""), _ACTIVATIONS[""])
    loss_fn = copy.deepcopy(loss_fn)
    free = torch.zeros_like(start) if squash is not _ACTIVATIONS[""] else start.detach().clone()
    # A start off zero: at zero ReLU has no slope, and equal values stay equal.
    free = (free + 0.01 * torch.ones_like(free)).requires_grad_()
    optimizer = torch.optim.LBFGS([free], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def cost() -> Tensor:
        optimizer.zero_grad()
        loss = loss_fn(squash(free), targets)
        loss.backward()
        return loss

    try:
        optimizer.step(cost)
        with torch.no_grad():
            value = float(loss_fn(squash(free), targets))
    except Exception:  # The user's loss may refuse such outputs.
        return math.nan
    return value
