"""A run spoiled on purpose, and what the diagnosis says of it.

The loop is the plain one that everybody writes; `fault` leaves out or doubles one thing. `trackside.lab.watch` looks on.
"""

from __future__ import annotations

import copy
from collections.abc import Callable

import torch
from torch import Tensor, nn

from trackside.lab import Training, watch
from trackside.lab.diagnosis.report import Diagnosis

FAULTS = ("nothing", "zero_grad forgotten", "softmax twice")
"""What is done to the loop; the first is the healthy run, which must be called healthy."""


def diagnosed(plan: Training, fault: str, *, epochs: int, seconds: float = 45.0, seed: int = 0) -> Diagnosis:
    """Train a copy in a plain loop with a fault, and ask what is wrong.

    Args:
        plan: model, loss and data; left as they are.
        fault: one of `FAULTS`.
        epochs: of the loop.
        seconds: for the diagnosis' experiments.
        seed: of the loop's order.
    """
    torch.manual_seed(seed)
    model = copy.deepcopy(plan.model)
    if fault == "softmax twice":
        model = nn.Sequential(model, nn.Softmax(dim=1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    loss_fn: Callable[[Tensor, Tensor], Tensor] = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=plan.train, validation=plan.validation) as run:
        for _ in range(epochs):
            model.train()
            for inputs, targets in plan.train:
                if fault != "zero_grad forgotten":
                    optimizer.zero_grad()
                loss = loss_fn(model(inputs), targets)
                loss.backward()
                optimizer.step()
    return run.diagnose(seconds=seconds)
