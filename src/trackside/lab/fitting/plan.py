"""What a run is asked to do, checked before it starts, and as the settings by which a folder's run is known again."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

import torch
from torch import nn

from trackside.core import InputError, SettingError
from trackside.lab.fitting.checkpoint import Settings
from trackside.lab.fitting.schedules import Schedule, rates_of
from trackside.lab.fitting.stopping import Stop
from trackside.lab.metric import Metric
from trackside.lab.training import Training

Precision = Literal["no", "bf16", "fp16"]


@dataclass(frozen=True)
class Plan:
    """All that `fit` was asked for, except where to keep and show it."""

    epochs: int
    schedule: Schedule
    metrics: tuple[Metric, ...]
    seed: int
    precision: Precision
    ema: float | None
    clip: float | None
    accumulate: int
    stops: tuple[Stop, ...]

    def __post_init__(self) -> None:
        _at_least_one("epochs", self.epochs)
        _at_least_one("accumulate", self.accumulate)
        if self.seed < 0:
            raise SettingError(f"seed {self.seed} is negative", where="seed", fix="give 0 or a positive integer")
        if self.precision not in ("no", "bf16", "fp16"):
            raise SettingError(f"unknown precision {self.precision!r}", where="precision", fix="say no, bf16 or fp16")
        if self.ema is not None and not 0 < self.ema < 1:
            raise SettingError(
                f"a decay of {self.ema} is no average", where="ema", fix="give a number between 0 and 1: 0.999"
            )
        if self.clip is not None and not self.clip > 0:
            raise SettingError(f"clipping at {self.clip}", where="clip", fix="give the largest norm of the gradient: 1.0")
        names = [metric.name for metric in self.metrics]
        if len(set(names)) < len(names) or "loss" in names:
            raise SettingError(
                "two results have one name", where="metrics", fix="give each metric its own name, none of them 'loss'"
            )

    def settings(self, training: Training, batches: int | None) -> Settings:
        """What makes this run another than that one, in words and numbers.

        Weights are told by names and shapes: their values at the start are in the run's first checkpoint.
        """
        optimizer = training.optimizer
        assert optimizer is not None
        return {
            "epochs": self.epochs,
            "schedule": _described(self.schedule),
            "metrics": ", ".join(metric.name for metric in self.metrics),
            "seed": self.seed,
            "precision": self.precision,
            "ema": self.ema,
            "clip": self.clip,
            "accumulate": self.accumulate,
            "stop": ", ".join(_described(stop) for stop in self.stops),
            "model": f"{type(training.model).__name__} {_shapes(training.model)}",
            "loss": _described(training.loss_fn),
            "optimizer": type(optimizer).__name__,
            "optimizer settings": str([_plain_settings(group) for group in optimizer.param_groups]),
            "learning rates": str(rates_of(optimizer)),
            "batches an epoch": batches,
            "batch size": getattr(training.train, "batch_size", None),
            "validation": training.validation is not None,
        }


def check(training: Training) -> None:
    """Whether there is something to fit, and something to fit it with.

    Raises:
        InputError: no optimiser, an optimiser that wants a closure, no parameter to learn, an empty split.
    """
    optimizer = training.optimizer
    if optimizer is None:
        raise InputError(
            "there is no optimiser", where="training", fix="give Training an optimizer, such as torch.optim.AdamW(...)"
        )
    if isinstance(optimizer, torch.optim.LBFGS):
        raise InputError(
            "L-BFGS evaluates the loss several times a step", where="optimizer", fix="take an optimiser that steps once"
        )
    learning = [one for one in training.model.parameters() if one.requires_grad]
    if not learning:
        raise InputError(
            "no parameter of the model requires a gradient", fix="unfreeze some: parameter.requires_grad_(True)"
        )
    held = {id(one) for group in optimizer.param_groups for one in group["params"]}
    if not held & {id(one) for one in learning}:
        what = "the optimiser holds none of the model's parameters"
        raise InputError(what, where="optimizer", fix="make it from model.parameters(), after anything that replaces them")
    for name, split in (("training", training.train), ("validation", training.validation)):
        if split is not None and _is_empty(split):
            raise InputError(
                f"the {name} split has no batch", fix="give at least one batch (drop_last drops a set smaller than a batch)"
            )


def _is_empty(split: Any) -> bool:
    try:
        return len(split) == 0
    except TypeError:
        return False


def steps_in(batches: int, accumulate: int) -> int:
    """Optimiser steps in an epoch; the last may have fewer batches."""
    return math.ceil(batches / accumulate)


def _at_least_one(name: str, value: int) -> None:
    if value < 1:
        raise SettingError(f"{name} is {value}", where=name, fix="give at least 1")


def _described(thing: Any) -> str:
    """A function or object in words that are the same in another process: never an address."""
    if is_dataclass(thing) and not isinstance(thing, type):
        inner = ", ".join(f"{one.name}={getattr(thing, one.name)!r}" for one in fields(thing) if one.repr)
        return f"{type(thing).__name__}({inner})"
    if isinstance(thing, nn.Module):
        return repr(thing)
    return str(getattr(thing, "__qualname__", type(thing).__qualname__))


def _plain_settings(group: Mapping[str, Any]) -> dict[str, Any]:
    plain = (bool, int, float, str, tuple, type(None))
    return {
        name: value
        for name, value in group.items()
        if name not in ("params", "lr", "initial_lr") and isinstance(value, plain)
    }


def _shapes(model: nn.Module) -> str:
    told = repr([(name, tuple(value.shape), value.requires_grad) for name, value in model.named_parameters()])
    count = sum(one.numel() for one in model.parameters())
    return f"with {count:,} parameters, {hashlib.sha256(told.encode()).hexdigest()[:12]}"
