"""A model, its loss and its data: what pre-flight asks about, what the loop fits and what diagnosis watches.

Nothing here asks for a base class: any `torch.nn.Module`, any function of outputs and targets that gives a loss, and
whatever yields batches each time it is iterated. A batch is `(inputs, targets)`, `(input, ..., input, targets)` or a mapping
with a key for the targets; whoever has another shape says how to take it apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from trackside.core import InputError

Loss = Callable[[Any, Any], Tensor]
Batches = Iterable[Any]
TakeApart = Callable[[Any], tuple[Any, Any]]

TARGET_KEYS = ("targets", "target", "labels", "label", "y")


@dataclass
class Training:
    """What is to be fitted, by what loss, on what.

    Attributes:
        model: the network.
        loss_fn: `loss_fn(outputs, targets)`, a tensor of one number.
        train: batches to fit on; iterated anew each epoch.
        validation: batches to measure on, or None.
        optimizer: what steps the model's parameters, or None where nothing is stepped.
        take: takes a batch apart into inputs and targets.
    """

    model: nn.Module
    loss_fn: Loss
    train: Batches
    validation: Batches | None = None
    optimizer: torch.optim.Optimizer | None = None
    take: TakeApart | None = None

    @property
    def device(self) -> torch.device:
        """Where the model's parameters are; the CPU for a model without any."""
        return next((parameter.device for parameter in self.model.parameters()), torch.device("cpu"))

    def split(self, batch: Any) -> tuple[Any, Any]:
        """Inputs and targets of a batch, on the model's device."""
        inputs, targets = (self.take or take_apart)(batch)
        return to_device(inputs, self.device), to_device(targets, self.device)

    def loss(self, batch: Any) -> Tensor:
        """The loss of a batch, by the model as it stands (training or evaluation mode is the caller's)."""
        inputs, targets = self.split(batch)
        return self.loss_fn(call(self.model, inputs), targets)


def no_loss(outputs: Any, targets: Any) -> Tensor:
    """Stands where no loss was given.

    Raises:
        InputError: always.
    """
    raise InputError("no loss was given", fix="watch(..., loss_fn=...)")


def take_apart(batch: Any) -> tuple[Any, Any]:
    """Inputs and targets of a batch of a usual shape.

    Raises:
        InputError: the batch has no targets that could be told.
    """
    if isinstance(batch, Mapping):
        key = next((key for key in TARGET_KEYS if key in batch), None)
        if key is not None and len(batch) > 1:
            rest = {name: value for name, value in batch.items() if name != key}
            return (next(iter(rest.values())) if len(rest) == 1 else rest), batch[key]
    elif isinstance(batch, (tuple, list)) and len(batch) >= 2:
        return (batch[0] if len(batch) == 2 else tuple(batch[:-1])), batch[-1]
    what = f"a batch is a {type(batch).__name__} in which inputs and targets cannot be told apart"
    raise InputError(what, fix="give batches as (inputs, targets), or say take=... a function that takes one apart")


def call(model: nn.Module, inputs: Any) -> Any:
    """The model's outputs: tuples are given as positional arguments, mappings as named ones."""
    if isinstance(inputs, Mapping):
        return model(**inputs)
    return model(*inputs) if isinstance(inputs, tuple) else model(inputs)


def to_device(value: Any, device: torch.device) -> Any:
    """The same tensors, in the same tuples, lists and mappings, on a device."""
    if isinstance(value, Tensor):
        return value.to(device, non_blocking=True)
    if isinstance(value, Mapping):
        return {key: to_device(item, device) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(to_device(item, device) for item in value)
    return value
