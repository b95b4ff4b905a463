"""Fitting a few items with a copy of the model: by the user's optimiser or by Adam, with regularisation or without."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from trackside.lab.preflight.clock import Clock
from trackside.lab.preflight.gradients import subject_loss
from trackside.lab.preflight.subject import Pair, Subject
from trackside.lab.training import Training

DROPOUT = nn.modules.dropout._DropoutNd
_BATCH_NORM = nn.modules.batchnorm._BatchNorm


@dataclass(frozen=True)
class Attempt:
    """How an attempt went.

    Attributes:
        name: what was tried.
        losses: the loss at each look, without dropout.
        lowest: the lowest of them.
        steps: how many steps were done.
    """

    name: str
    losses: tuple[float, ...]
    steps: int

    @property
    def lowest(self) -> float:
        """The lowest loss seen; infinity if none was a number."""
        return min((loss for loss in self.losses if math.isfinite(loss)), default=math.inf)

    @property
    def last(self) -> float:
        """The last loss."""
        return self.losses[-1] if self.losses else math.nan


def fit(
    subject: Subject,
    pair: Pair,
    *,
    target: float,
    steps: int,
    clock: Clock,
    rate: float | None = None,
    regularised: bool = True,
) -> Attempt:
    """Fit a few items until the loss is at a target.

    Args:
        subject: whose model is copied.
        pair: inputs and targets of the items.
        target: the loss at which to stop.
        steps: most steps.
        clock: stops when it is spent.
        rate: learning rate of Adam; None for the user's own optimiser.
        regularised: False switches dropout, stochastic depth and weight decay off.
    """
    made = subject.copy()
    subject.seeded()
    if not regularised:
        switch_off_regularisation(made.model)
    optimizer = _optimizer(made, rate, regularised)
    losses: list[float] = []
    done = 0
    while optimizer is not None and done < steps and not clock.is_spent:
        loss = step(made, optimizer, pair)
        done += 1
        losses.append(loss if not _has_noise(made.model) else plain_loss(made, pair) if done % 5 == 0 else math.inf)
        if not math.isfinite(loss) or losses[-1] <= target:
            break
    named = f"Adam at {rate:g}" if rate is not None else "the own optimiser"
    return Attempt(named + ("" if regularised else " without regularisation"), tuple(losses), done)


def step(made: Training, optimizer: torch.optim.Optimizer, pair: Pair) -> float:
    """One step on a batch. Gives the loss before it."""

    def cost() -> Tensor:
        optimizer.zero_grad()
        loss = subject_loss(made, pair)
        if loss.requires_grad:
            loss.backward()
        return loss

    if isinstance(optimizer, torch.optim.LBFGS):
        return float(optimizer.step(cost))
    loss = cost()
    optimizer.step()
    return float(loss.detach())


def plain_loss(made: Training, pair: Pair) -> float:
    """The loss without dropout, with batch normalisation as in training, and without touching its statistics."""
    modes = [(part, part.training) for part in made.model.modules()]
    for part, _ in modes:
        if not list(part.children()) and not isinstance(part, _BATCH_NORM):
            part.training = False
    kept = {name: value.clone() for name, value in made.model.named_buffers()}
    with torch.no_grad():
        loss = float(subject_loss(made, pair))
        for name, value in made.model.named_buffers():
            value.copy_(kept[name])
    for part, mode in modes:
        part.training = mode
    return loss


def switch_off_regularisation(model: nn.Module) -> None:
    """Dropout of all kinds and stochastic depth do nothing any more."""
    for part in model.modules():
        if isinstance(part, DROPOUT):
            part.p = 0.0
        for name in ("drop_prob", "drop_rate", "dropout"):  # timm, and attention layers of PyTorch
            if isinstance(getattr(part, name, None), float):
                setattr(part, name, 0.0)


def is_regularised(subject: Subject) -> bool:
    """Whether anything is there to be switched off."""
    parts = subject.training.model.modules()
    decays = [group.get("weight_decay", 0) for group in getattr(subject.training.optimizer, "param_groups", ())]
    return any(decays) or any((isinstance(part, DROPOUT) and part.p > 0) or getattr(part, "drop_prob", 0) for part in parts)


def fallback_optimizer(made: Training, rate: float, decay: float = 0.0) -> torch.optim.Optimizer | None:
    """AdamW over all trainable parameters; None if there are none."""
    trainable = [parameter for parameter in made.model.parameters() if parameter.requires_grad]
    return torch.optim.AdamW(trainable, lr=rate, weight_decay=decay) if trainable else None


def _has_noise(model: nn.Module) -> bool:
    return any((isinstance(part, DROPOUT) and part.p > 0) or getattr(part, "drop_prob", 0) for part in model.modules())


def _optimizer(made: Training, rate: float | None, regularised: bool) -> torch.optim.Optimizer | None:
    if rate is not None:
        return fallback_optimizer(made, rate)
    for group in made.optimizer.param_groups if made.optimizer is not None else ():
        # A schedule that warms up begins near zero: what it goes up to counts.
        group["lr"] = max(group.get(name, 0.0) for name in ("lr", "initial_lr", "max_lr"))
        if not regularised:
            group["weight_decay"] = 0.0
    return made.optimizer
