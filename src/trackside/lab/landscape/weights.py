"""A model's trainable weights as one vector, put in and taken out without a trace."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from trackside.lab.training import Training


def trainable(model: nn.Module) -> list[nn.Parameter]:
    """Parameters that learn."""
    return [parameter for parameter in model.parameters() if parameter.requires_grad]


def taken(model: nn.Module) -> Tensor:
    """All trainable weights, [n], float64."""
    return torch.cat([parameter.detach().reshape(-1).double().cpu() for parameter in trainable(model)])


def put(model: nn.Module, weights: Tensor) -> None:
    """Set all trainable weights from a vector [n]."""
    place = 0
    with torch.no_grad():
        for parameter in trainable(model):
            part = weights[place : place + parameter.numel()]
            parameter.copy_(part.reshape(parameter.shape))
            place += parameter.numel()


@contextlib.contextmanager
def borrowed(model: nn.Module) -> Iterator[None]:
    """Leave weights, buffers, gradients and modes as they were."""
    state = copy.deepcopy(model.state_dict())
    gradients = [parameter.grad for parameter in model.parameters()]
    modes = [(module, module.training) for module in model.modules()]
    try:
        yield
    finally:
        model.load_state_dict(state)
        for parameter, gradient in zip(model.parameters(), gradients, strict=True):
            parameter.grad = gradient
        for module, mode in modes:
            module.training = mode


def mean_loss(training: Training, batches: Sequence[Any]) -> float:
    """The mean loss over batches, in evaluation mode, without gradients."""
    training.model.eval()
    with torch.no_grad():
        losses = [float(training.loss(batch)) for batch in batches]
    return sum(losses) / len(losses)
