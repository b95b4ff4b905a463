"""Small training runs on a SYNTHETIC table (three Gaussian clouds), healthy unless something is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from trackside.lab.diagnosis.watch import Watch, watch


def table(items: int = 240, columns: int = 6, classes: int = 3, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Inputs [items, columns] and classes [items] in random order; a linear model errs with a few."""
    generator = torch.Generator().manual_seed(seed)
    centres = 1.5 * torch.randn(classes, columns, generator=generator)
    targets = torch.randint(0, classes, (items,), generator=generator)
    return centres[targets] + torch.randn(items, columns, generator=generator), targets


def loaders(inputs: Tensor, targets: Tensor, batch: int = 16, held: int = 80, shuffle: bool = True) -> tuple[Any, Any]:
    """Loaders of the training items and of the held-out ones."""
    train = TensorDataset(inputs[:-held], targets[:-held])
    return (
        DataLoader(train, batch_size=batch, shuffle=shuffle),
        DataLoader(TensorDataset(inputs[-held:], targets[-held:]), batch_size=40),
    )


def mlp(columns: int = 6, classes: int = 3, *last: nn.Module) -> nn.Module:
    """Two layers."""
    return nn.Sequential(nn.Linear(columns, 32), nn.ReLU(), nn.Linear(32, classes), *last)


def fitted(
    model: nn.Module,
    train: Any,
    validation: Any,
    *,
    loss_fn: Callable[[Any, Any], Tensor] | None = None,
    epochs: int = 12,
    optimizer: torch.optim.Optimizer | None = None,
    zero: bool = True,
    change: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]] | None = None,
    before: Callable[[nn.Module], None] = lambda model: None,
) -> Watch:
    """A watched plain loop."""
    loss_fn = loss_fn or nn.CrossEntropyLoss()
    optimizer = optimizer or torch.optim.Adam(model.parameters(), lr=0.01)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=validation) as run:
        for _ in range(epochs):
            before(model)
            for inputs, targets in train:
                if change is not None:
                    inputs, targets = change(inputs, targets)
                if zero:
                    optimizer.zero_grad()
                loss_fn(model(inputs), targets).backward()
                optimizer.step()
    return run
