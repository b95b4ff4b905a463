"""What happened in a run, step by step and epoch by epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from trackside.core import InputError


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch.

    Attributes:
        number: from 1.
        steps: optimiser steps taken since the run began.
        train_loss: mean over the epoch's steps, each measured before its step.
        validation_loss: mean over the items of the validation split, or None without one.
        metrics: of the validation split, by name.
        seconds: since the run began, time between a kill and its resumption left out; no part of equality.
    """

    number: int
    steps: int
    train_loss: float
    validation_loss: float | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    seconds: float = field(default=0.0, compare=False)

    def value(self, name: str) -> float:
        """The metric of that name, or the validation loss for `loss`; NaN where there is none."""
        if name == "loss":
            return math.nan if self.validation_loss is None else self.validation_loss
        return self.metrics.get(name, math.nan)


@dataclass(slots=True)
class History:
    """The whole run.

    Attributes:
        train_loss: of each step, the mean over its items, before the step.
        learning_rate: of each step, the first parameter group's.
        epochs: finished epochs.
    """

    train_loss: list[float] = field(default_factory=list)
    learning_rate: list[float] = field(default_factory=list)
    epochs: list[Epoch] = field(default_factory=list)

    def to_state(self) -> dict[str, Any]:
        """As tensors and plain values, without loss of a bit."""
        epochs = [
            {"number": one.number, "steps": one.steps, "train_loss": one.train_loss, "validation_loss": one.validation_loss,
             "metrics": dict(one.metrics), "seconds": one.seconds}
            for one in self.epochs
        ]  # fmt: skip
        losses, rates = (torch.tensor(values, dtype=torch.float64) for values in (self.train_loss, self.learning_rate))
        return {"train_loss": losses, "learning_rate": rates, "epochs": epochs}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> History:
        """What `to_state` described.

        Raises:
            InputError: a field is missing or of the wrong kind.
        """
        try:
            epochs = [Epoch(**one) for one in state["epochs"]]
            return cls(state["train_loss"].tolist(), state["learning_rate"].tolist(), epochs)
        except (KeyError, TypeError, AttributeError) as error:
            raise InputError(f"this is no history of a run ({error!r})", fix="use a checkpoint that fit wrote") from None
