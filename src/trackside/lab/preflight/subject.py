"""What all rungs look at: some batches, and as many copies of the model as they like."""

from __future__ import annotations

import copy
import time
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from trackside.core import InputError
from trackside.core.checks import Answer
from trackside.lab.metric import Metric
from trackside.lab.preflight.clock import Clock
from trackside.lab.preflight.guard import seed_all
from trackside.lab.preflight.losses import LossFacts, identify
from trackside.lab.training import Batches, Training, call
from trackside.lab.trees import count_items, leaves, size_in_bytes

Rung = Answer[None]
Pair = tuple[Any, Any]
"""Inputs and targets of a batch, on the model's device."""

_MOST_BATCHES = 100
_MOST_BYTES = 256 * 2**20


@dataclass
class Seen:
    """Batches that a loader gave.

    Attributes:
        pairs: inputs and targets, in order.
        whole: whether the loader ended before the limits did.
        seconds: what loading each took.
        trouble: why there are none, or an empty text.
    """

    pairs: list[Pair] = field(default_factory=list)
    whole: bool = False
    seconds: list[float] = field(default_factory=list)
    trouble: str = ""

    @property
    def items(self) -> int:
        """How many items all batches hold."""
        return sum(count_items(inputs) for inputs, _ in self.pairs)


@dataclass
class Subject:
    """A training, seen from all sides.

    Attributes:
        training: the user's; it is read, never run or changed.
        metrics: what people care about; the first one counts.
        task: the task's name, or None.
        expected: what pretrained weights expect of inputs: `mean`, `std`, `range`.
        epochs: how long the whole run is, or None.
        clock: the budget.
        seed: of all that is random.
        train: batches of the training split.
        validation: batches of the validation split, or None.
    """

    training: Training
    metrics: tuple[Metric, ...]
    task: str | None
    expected: Mapping[str, Any] | None
    epochs: int | None
    clock: Clock
    seed: int
    train: Seen
    validation: Seen | None
    notes: dict[str, Any] = field(default_factory=dict)
    """What a rung found that a later one needs."""

    def copy(self, mode: bool | None = True) -> Training:
        """Model, loss and optimiser as they stand, in copies that belong together.

        Args:
            mode: True for training mode, False for evaluation mode, None for the model's own.
        """
        memo: dict[int, Any] = {}
        for module in self.training.model.modules():  # Tensors that were computed cannot be copied as they are.
            computed = (value for value in vars(module).values() if isinstance(value, Tensor) and value.grad_fn is not None)
            memo.update((id(value), value.detach().clone()) for value in computed)
        whole = (self.training.model, self.training.loss_fn, self.training.optimizer)
        model, loss_fn, optimizer = copy.deepcopy(whole, memo)
        if mode is not None:
            model.train(mode)
        for parameter in model.parameters():
            parameter.grad = None
        return replace(self.training, model=model, loss_fn=loss_fn, optimizer=optimizer)

    def seeded(self, more: int = 0) -> None:
        """Seed all generators, so that a rung's answer does not depend on the rungs before it."""
        seed_all(self.seed + more)

    @property
    def works(self) -> bool:
        """Whether the model and the loss take the first batch."""
        return not self.trouble

    @cached_property
    def first_run(self) -> tuple[Any, Tensor | None, str]:
        """Outputs and loss of the first batch in training mode, and what went wrong."""
        if not self.train.pairs:
            return None, None, self.train.trouble or "the loader gives no batches"
        made = self.copy()
        self.seeded()
        inputs, targets = self.train.pairs[0]
        try:
            outputs = call(made.model, inputs)
        except Exception as error:
            return None, None, f"the model does not take the inputs ({told(error)})"
        try:
            return outputs, made.loss_fn(outputs, targets), ""
        except Exception as error:
            return outputs, None, f"the loss does not take outputs and targets ({told(error)})"

    @property
    def trouble(self) -> str:
        """Why the model or the loss does not take the first batch, or an empty text."""
        _, loss, trouble = self.first_run
        if not trouble and (not isinstance(loss, Tensor) or loss.numel() != 1):
            shape = list(loss.shape) if isinstance(loss, Tensor) else type(loss).__name__
            return f"the loss is no single number but {shape}"
        return trouble

    @cached_property
    def loss_facts(self) -> LossFacts:
        """What kind of loss it is."""
        outputs, _, _ = self.first_run
        return identify(copy.deepcopy(self.training.loss_fn), outputs, self.train.pairs[0][1])

    @property
    def targets(self) -> list[Tensor]:
        """The targets of all batches as they were seen, on the CPU; empty if they are no plain tensors."""
        found = [targets for _, targets in self.train.pairs]
        return [target.detach().cpu() for target in found] if all(isinstance(one, Tensor) for one in found) else []


def make_subject(
    training: Training,
    *,
    metrics: Sequence[Metric] = (),
    task: str | None = None,
    expected: Any = None,
    epochs: int | None = None,
    seconds: float = 60,
    seed: int = 0,
) -> Subject:
    """Take batches of both splits. Arguments as those of `preflight`."""
    clock = Clock(seconds)
    seed_all(seed)
    train = _look(training, training.train, clock.share(0.1))
    validation = None if training.validation is None else _look(training, training.validation, clock.share(0.06))
    wanted = _expected(expected)
    return Subject(training, tuple(metrics), task, wanted, epochs, clock, seed, train, validation)


def told(error: Exception) -> str:
    """An exception in one line."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__


def has_nan(value: Any) -> bool:
    """Whether a tensor in it holds NaN or infinity."""
    return any(leaf.is_floating_point() and not bool(torch.isfinite(leaf).all()) for leaf in leaves(value))


def _look(training: Training, loader: Batches, clock: Clock) -> Seen:
    seen, held = Seen(), 0
    try:
        batches = iter(loader)
        if batches is loader:
            seen.trouble = "the loader can be gone through only once, so that a second epoch would be empty"
            return seen
        while len(seen.pairs) < _MOST_BATCHES and held < _MOST_BYTES and not (seen.pairs and clock.is_spent):
            start = time.perf_counter()
            batch = next(batches, None)
            if batch is None:
                seen.whole = True
                break
            seen.pairs.append(training.split(batch))
            seen.seconds.append(time.perf_counter() - start)
            held += size_in_bytes(seen.pairs[-1])
        seen.trouble = "" if seen.pairs else "the loader gives no batches"
    except InputError as error:
        seen.trouble = str(error)
    except Exception as error:
        seen.trouble = f"the loader breaks after {len(seen.pairs)} batches ({told(error)})"
    return seen


def _expected(expected: Any) -> Mapping[str, Any] | None:
    """What was said, as a mapping. A timm model is not asked: its configuration is the same without pretrained weights."""
    if expected is None or isinstance(expected, Mapping):
        return expected
    names = ("mean", "std", "range")
    return {name: getattr(expected, name) for name in names if getattr(expected, name, None) is not None}


def quiet() -> Any:
    """A context in which libraries' warnings are not printed: rungs say themselves what is wrong."""
    return warnings.catch_warnings(action="ignore")
