"""Measuring a model on a split: the mean loss, and metrics over the whole split."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence
from typing import Any

import torch
import torch.distributed
from torch import nn

from trackside.core import InputError
from trackside.lab.fitting.engine import Engine
from trackside.lab.fitting.order import Order
from trackside.lab.fitting.pieces import joined, kept
from trackside.lab.metric import Metric
from trackside.lab.training import to_device


@contextlib.contextmanager
def evaluating(*modules: nn.Module | None) -> Iterator[None]:
    """Evaluation mode within the block; afterwards each part has the mode that it had."""
    parts = [(part, part.training) for module in modules if module is not None for part in module.modules()]
    try:
        for module in modules:
            if module is not None:
                module.eval()
        yield
    finally:
        for part, was_training in parts:
            part.training = was_training


def evaluate(engine: Engine, order: Order, epoch: int, metrics: Sequence[Metric]) -> tuple[float, dict[str, float]]:
    """Mean loss over items, and each metric by name. NaN where a metric cannot be had.

    Raises:
        InputError: the split has no batch, or outputs that cannot be joined.
    """
    summed, counted = torch.zeros((), dtype=torch.float64, device=engine.device), 0
    outputs: list[Any] = []
    targets: list[Any] = []
    with evaluating(engine.training.model, engine.network, engine.loss_module), torch.no_grad():
        for loaded in order.epoch(epoch):
            inputs, wanted, size, share = engine.share(loaded)
            inputs, wanted = to_device(inputs, engine.device), to_device(wanted, engine.device)
            answer, loss = engine.forward(inputs, wanted)
            if share > 0:
                counted += size
                # Summed where it is computed: fetching each would wait for the accelerator.
                summed += loss.detach().double().reshape(()) * (1 if engine.adds_up else size)
            if metrics:
                outputs.append(kept(answer) if share > 0 else None)
                targets.append(kept(wanted) if share > 0 else None)
    total, items = _over_processes(engine, float(summed), float(counted))
    if not items:
        raise InputError("the validation split has no batch", fix="give at least one")
    if metrics:
        outputs, targets = _in_turns(engine, outputs), _in_turns(engine, targets)
    found = {metric.name: _measured(metric, outputs, targets) for metric in metrics}
    return total / items, found


def _measured(metric: Metric, outputs: list[Any], targets: list[Any]) -> float:
    value = float(metric.measure(joined(outputs), joined(targets)))
    return value if math.isfinite(value) else math.nan


def _over_processes(engine: Engine, total: float, items: float) -> tuple[float, float]:
    if engine.processes == 1:
        return total, items
    summed = engine.accelerator.reduce(torch.tensor([total, items], dtype=torch.float64, device=engine.device), "sum")
    return float(summed[0]), float(summed[1])


def _in_turns(engine: Engine, mine: list[Any]) -> list[Any]:
    """What all processes have, batch by batch, as one process would have it."""
    if engine.processes == 1:
        return mine
    everyone: list[Any] = [None] * engine.processes
    torch.distributed.all_gather_object(everyone, mine)
    return [piece for batch in zip(*everyone, strict=True) for piece in batch if piece is not None]
