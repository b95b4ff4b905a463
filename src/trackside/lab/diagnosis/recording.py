"""What is written down of a run while it is watched: little in every step, more in a few.

A step's loss is kept as a tensor and fetched at the end, so that watching never waits for a device.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from trackside.lab.diagnosis.graphs import LossGraph

ROWS = 256
"""Rows of a batch that a snapshot keeps."""


@dataclass(frozen=True)
class Snapshot:
    """A step that was looked at closely.

    Attributes:
        step: its number, from 0.
        graph: what the loss's graph said.
        inputs: what the model was given, at most 256 rows; None where that was no tensor.
        outputs: what it gave for them.
        targets: what the loss was told to expect of them, where the graph shows it.
        rows: the batch's size.
        asleep: whether all layers that learn and behave differently in evaluation mode were in it.
        norms_asleep: whether all batch normalisations were in it.
    """

    step: int
    graph: LossGraph | None
    inputs: Any
    outputs: Any
    targets: Tensor | None
    rows: int
    asleep: bool = False
    norms_asleep: bool = False


@dataclass
class Recording:
    """A run, as it was watched.

    Attributes:
        losses: what `backward` was called on, step for step.
        rates: learning rates of the first group at the optimiser's steps.
        peak_rates: the highest learning rate of each group.
        uphill: steps that moved a parameter along its gradient instead of against it, of `moves`.
        passes: forward passes with gradients in training mode.
        trained_in_eval: how many losses came of a pass in evaluation mode.
        leftovers: steps that began with gradients of the step before, of `leftover_checks`.
        discarded: backward passes without a step after which the gradient was thrown away, of `discard_checks`.
        held: ids of the parameters of every optimiser that stepped, this model's or another's.
        snapshots: steps that were looked at closely.
        gradient_norms: norm of each parameter's gradient at some steps, by name.
        error: what ended the run early.
        trouble: what ended the watching early, or "".
    """

    losses: list[Tensor] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    peak_rates: list[float] = field(default_factory=list)
    passes: int = 0
    trained_in_eval: int = 0
    uphill: int = 0
    moves: int = 0
    leftovers: int = 0
    leftover_checks: int = 0
    discarded: int = 0
    discard_checks: int = 0
    held: set[int] = field(default_factory=set)
    snapshots: list[Snapshot] = field(default_factory=list)
    gradient_norms: dict[int, dict[str, float]] = field(default_factory=dict)
    steps: int = 0
    seconds: float = 0.0
    own_seconds: float = 0.0
    error: BaseException | None = None
    trouble: str = ""

    def curve(self) -> list[float]:
        """The losses as numbers."""
        if not self.losses:
            return []
        return [float(value) for value in torch.stack([loss.float().cpu() for loss in self.losses]).tolist()]


LISTS = ("losses", "snapshots")
COUNTERS = ("trained_in_eval", "leftovers", "leftover_checks", "discarded", "discard_checks", "moves", "uphill")


@dataclass(frozen=True)
class Mark:
    """A place in a recording to which it can be rewound: how much was there, by the names of lists and counters."""

    lengths: tuple[tuple[str, int], ...] = tuple((name, 0) for name in LISTS)
    counts: tuple[tuple[str, int], ...] = tuple((name, 0) for name in COUNTERS)
    stepped: bool = False

    @classmethod
    def of(cls, recording: Recording) -> Mark:
        """The place where a recording is after a step."""
        lengths = tuple((name, len(getattr(recording, name))) for name in LISTS)
        return cls(lengths, tuple((name, getattr(recording, name)) for name in COUNTERS), stepped=True)

    def rewind(self, recording: Recording) -> bool:
        """Forget what came after this place; whether a step of the model came before it."""
        for name, length in self.lengths:
            del getattr(recording, name)[length:]
        for name, count in self.counts:
            setattr(recording, name, count)
        return self.stepped


def sleepers(model: nn.Module) -> dict[str, list[nn.Module]]:
    """Layers that learn and behave differently in evaluation mode, by kind."""
    found: dict[str, list[nn.Module]] = {}
    for module in model.modules():
        own = list(module.parameters())
        learns = not own or any(parameter.requires_grad for parameter in own)
        if isinstance(module, nn.modules.batchnorm._BatchNorm) and module.track_running_stats and learns:
            found.setdefault("batch normalisation", []).append(module)
        elif (isinstance(module, nn.modules.dropout._DropoutNd) and module.p > 0) or (
            isinstance(module, nn.RNNBase) and module.dropout > 0
        ):
            found.setdefault("dropout", []).append(module)
    return found


def asleep(model: nn.Module) -> tuple[bool, bool]:
    """Whether all layers are in evaluation mode that learn and behave differently in it, and all batch normalisations."""
    layers = [layer for kind in sleepers(model).values() for layer in kind]
    norms = [one for one in model.modules() if isinstance(one, nn.modules.batchnorm._BatchNorm)]
    return bool(layers) and not any(one.training for one in layers), not any(one.training for one in norms)


def first_rows(value: Any, rows: int = ROWS) -> Any:
    """A detached copy of the first rows of tensors, in the same tuples and mappings; None of what is no tensor."""
    if isinstance(value, Tensor):
        return value.detach()[:rows].clone() if value.ndim else value.detach().clone()
    if isinstance(value, dict):
        return {key: first_rows(item, rows) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return tuple(first_rows(item, rows) for item in value)
    return None
