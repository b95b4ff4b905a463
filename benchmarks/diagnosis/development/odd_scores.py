"""What the odd programs score once their loop is over: nobody else knows how to call their models."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

SCORES: dict[str, float] = {}
"""Scores of the program that ran last, by name."""


def scored(**values: float) -> None:
    """Note how well the program that just ended does."""
    SCORES.clear()
    SCORES.update(values)


def accuracy(predict: Callable[[Any], Tensor], batches: Iterable[Any]) -> float:
    """The share of right classes among (inputs, targets); `predict` gives classes."""
    right = total = 0
    with torch.no_grad():
        for inputs, targets in batches:
            right += int((predict(inputs) == targets).sum())
            total += len(targets)
    return right / total


def explained(predicted: Tensor, wanted: Tensor) -> float:
    """The share of variance explained."""
    predicted, wanted = predicted.detach().reshape(-1).double(), wanted.reshape(-1).double()
    return float(1 - (predicted - wanted).square().sum() / (wanted - wanted.mean()).square().sum())
