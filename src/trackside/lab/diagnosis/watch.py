"""Watching somebody's plain PyTorch loop, without a change to the loop.

```python
with trackside.lab.watch(model, optimizer=optimizer, loss_fn=loss_fn, train=loader, validation=held_out) as run:
    ...  # the loop as it is
print(run.diagnose())
```
Three places see everything: `Tensor.backward` (the true loss, and its graph), a hook on the model's forward pass, a hook on
optimisers' steps. Every step keeps a loss and a few flags; a closer look at the graph happens in steps 0 to 3, in a few that
follow each other, and then ever more rarely, as long as watching has cost less than 1 % of the time.
"""

from __future__ import annotations

import contextlib
import copy
import time
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

from trackside.core import InputError
from trackside.lab.diagnosis import graphs
from trackside.lab.diagnosis.recording import ROWS, Mark, Recording, Snapshot, asleep, first_rows
from trackside.lab.training import Batches, Loss, TakeApart, Training, no_loss
from trackside.lab.trees import count_items, leaves, size_in_bytes

if TYPE_CHECKING:
    from trackside.lab.diagnosis.report import Diagnosis

SHARE = 0.01
"""Closer looks stop once watching has cost this share of the time; what every step costs comes on top."""
COPY, COPIES = 4 << 20, 64 << 20
"""Bytes of one batch, and of all batches together, that are copied."""
CLOSE = frozenset({0, 1, 2, 3, *range(16, 24)})
"""Steps that are always looked at: the start, and a few that follow each other, which show the order of the data."""

DOUBTFUL = 8
"""Losses that are first asked whether they are this model's; later ones only if another optimiser steps as well."""

_active: list[Watch] = []
_backward: Callable[..., Any] = Tensor.backward


def watch(
    model: nn.Module,
    *,
    optimizer: torch.optim.Optimizer | None = None,
    loss_fn: Loss | None = None,
    train: Batches | None = None,
    validation: Batches | None = None,
    take: TakeApart | None = None,
) -> Watch:
    """Watch the training of a model that happens inside this context; then ask `diagnose()`.

    Args:
        model: as it stands before the first step: its weights are copied, to try again from there.
        optimizer: what steps it.
        loss_fn: `loss_fn(outputs, targets)`, as the loop calls it.
        train: the training batches; iterated again by the diagnosis.
        validation: batches that the model is not fitted on.
        take: takes a batch apart into inputs and targets, where it is none of the usual shapes.
    """
    return Watch(model, optimizer, loss_fn, train, validation, take)


class Watch:
    """A watched run; made by `watch`.

    Attributes:
        training: the model, its loss, its data.
        recording: what was seen.
        initial: a copy of the model as it was before the first step, or None if it cannot be copied.
    """

    def __init__(
        self,
        model: nn.Module,
        optimizer: torch.optim.Optimizer | None,
        loss_fn: Loss | None,
        train: Batches | None,
        validation: Batches | None,
        take: TakeApart | None,
    ) -> None:
        if not isinstance(model, nn.Module):
            raise InputError(f"model is a {type(model).__name__}", fix="give the torch.nn.Module that is trained")
        self.training = Training(model, loss_fn or no_loss, train if train is not None else (), validation, optimizer, take)
        self.recording = Recording()
        self.initial: nn.Module | None = None
        self._names = {id(parameter): name for name, parameter in model.named_parameters()}
        self._probe: Tensor | None = None
        self._seen: list[tuple[Any, Any, bool]] = []
        self._held: tuple[Tensor, Tensor] | None = None
        self._called = False
        self._stepped = False
        self._stepping = False
        self._foreign = self._foreign_steps = False
        self._losses = 0
        self._mark = Mark()
        self._optimizers: set[int] = set()
        self._next = 32
        self._copied = 0
        self._handles: list[Any] = []
        self._started = 0.0

    def __enter__(self) -> Watch:
        model = self.training.model
        with contextlib.suppress(Exception):  # Some models hold what cannot be copied; the diagnosis does without.
            self.initial = copy.deepcopy(model)
        mine = self.training.optimizer
        given = {id(one) for group in mine.param_groups for one in group["params"]} if mine is not None else set(self._names)
        wanted = [one for one in model.parameters() if one.requires_grad and id(one) in given]
        self._probe = min(wanted, key=lambda parameter: parameter.numel(), default=None)
        self._handles = [
            model.register_forward_hook(self._saw_forward, with_kwargs=True),
            register_optimizer_step_pre_hook(partial(self._safely, self._saw_step)),
            register_optimizer_step_post_hook(self._saw_step_end),
        ]
        _active.append(self)
        Tensor.backward = _watched_backward
        self._started = time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.recording.seconds += time.perf_counter() - self._started
        self.recording.error = error
        self._safely(self._drop_foreign)
        _active.remove(self)
        if not _active:
            Tensor.backward = _backward
        for handle in self._handles:
            handle.remove()
        self._seen.clear()

    def diagnose(self, *, seconds: float = 45.0) -> Diagnosis:
        """What is wrong with the run, by what was seen and by experiments on copies; "healthy" if nothing is.

        Args:
            seconds: how long experiments may take, about; on a busy machine up to twice as long.
        """
        from trackside.lab.diagnosis.diagnose import diagnose

        return diagnose(self, seconds=seconds)

    @torch.compiler.disable  # type: ignore[untyped-decorator]
    def _saw_forward(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> None:
        if not torch.is_grad_enabled():
            return
        self.recording.passes += module.training
        self._called = True
        if len(self._seen) >= 8:  # Passes without backward, as in an evaluation that forgot no_grad.
            del self._seen[0]
        self._seen.append((kwargs or (args[0] if len(args) == 1 else args), output, module.training))

    def _safely(self, see: Callable[..., None], *args: Any) -> None:
        """Look on; what goes wrong while looking ends the watching, never the user's training."""
        if self.recording.trouble:
            return
        try:
            see(*args)
        except Exception as error:
            self.recording.trouble = f"watching broke off ({type(error).__name__}: {error})"
            self._seen.clear()

    def _saw_loss(self, loss: Tensor) -> None:
        recording = self.recording
        self._losses += 1
        if self._foreign_steps or self._losses <= DOUBTFUL:
            outputs = [tensor for _, output, _ in self._seen for tensor in leaves(output)]
            if not graphs.depends(loss, outputs, self._names):
                return  # Somebody else's loss.
        elif self._called and not self._seen:
            return  # This model was called before, and not for this loss.
        self._drop_foreign()
        step = len(recording.losses)
        recording.losses.append(loss.detach())
        if self._seen and not self._seen[-1][2]:
            recording.trained_in_eval += 1
        if step < 64 or step == self._next:
            self._look(loss, step)
        self._seen.clear()
        self._stepped = False

    def _drop_foreign(self) -> None:
        """Forget the losses since my optimiser's last step if only somebody else's has stepped for them.

        The generator's loss in an adversarial training passes through the discriminator, and is not the discriminator's.
        """
        if self._foreign and (self._mark.stepped or self.training.optimizer is not None):
            self._stepped |= self._mark.rewind(self.recording)
        self._foreign = False

    def _look(self, loss: Tensor, step: int) -> None:
        """Look closely at a step, if that is affordable."""
        began = time.perf_counter()
        recording = self.recording
        by_hand = self._moved()  # No optimiser is needed for a step.
        if (self._stepped or by_hand) and not self._stepping:
            recording.leftover_checks += 1
            recording.leftovers += self._left()
        elif step and not self._stepping:  # L-BFGS asks for many gradients within one step.
            recording.discard_checks += 1
            recording.discarded += not self._left()
        if step == self._next:
            self._next *= 2
        if step in CLOSE or (step >= 32 and recording.own_seconds < SHARE * (began - self._started)):
            self._snapshot(loss, step)
        recording.own_seconds += time.perf_counter() - began

    def _hold(self) -> None:
        """After a backward pass that was looked at: keep a parameter and its gradient, to see where the step leads."""
        probe = self._probe
        if probe is not None and probe.grad is not None and len(self.recording.losses) <= max(CLOSE) + 1:
            self._held = probe.detach().clone(), probe.grad.detach().clone()

    def _moved(self) -> bool:
        """Whether the parameter that was kept has moved since; notes whether along its gradient."""
        if self._held is None or self._probe is None:
            return False
        (before, gradient), self._held = self._held, None
        way = self._probe.detach() - before
        along = float((way * gradient).sum())
        if along:
            self.recording.moves += 1
            self.recording.uphill += along > 0
        return bool(way.any())

    def _left(self) -> bool:
        """Whether a gradient of the step before is still there."""
        probes = [self._probe] if self._probe is not None else []
        return any(probe.grad is not None and bool(probe.grad.any()) for probe in probes)

    def _snapshot(self, loss: Tensor, step: int) -> None:
        inputs, outputs, _ = self._seen[-1] if self._seen else (None, None, True)
        ends = [tensor for _, output, _ in self._seen for tensor in leaves(output)]
        graph = graphs.read(loss, ends, whole=step in (0, 1))
        rows = count_items(inputs)
        kept = self._affordable(inputs, outputs, rows)
        targets = graph.targets if graph is not None else None
        given, gave, told = (first_rows(value, kept) if kept else None for value in (inputs, outputs, targets))
        self.recording.snapshots.append(Snapshot(step, graph, given, gave, told, rows, *asleep(self.training.model)))

    def _affordable(self, inputs: Any, outputs: Any, rows: int) -> int:
        """How many rows of a batch may be copied: 256, or what 4 MiB hold, as long as all copies stay below 64 MiB."""
        size = size_in_bytes((inputs, outputs))
        kept = min(ROWS, rows, int(COPY * rows / size) if size else rows)
        self._copied += int(size * kept / rows) if rows else 0
        return kept if self._copied < COPIES else 0

    def _saw_step(self, optimizer: torch.optim.Optimizer, args: Any, kwargs: Any) -> None:
        recording = self.recording
        if id(optimizer) not in self._optimizers:
            self._optimizers.add(id(optimizer))
            recording.held |= {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}
        if optimizer is not self.training.optimizer and not self._is_mine(optimizer):
            self._foreign = self._foreign_steps = True
            return
        self._foreign = False
        step = len(recording.losses) - 1
        if step in CLOSE or step == self._next // 2:
            self._norms(step)
        recording.rates.append(float(optimizer.param_groups[0]["lr"]))
        rates = [float(group["lr"]) for group in optimizer.param_groups]
        same = len(rates) == len(recording.peak_rates)
        recording.peak_rates = [*map(max, rates, recording.peak_rates)] if same else rates
        recording.steps += 1
        self._stepped = self._stepping = True
        self._mark = Mark.of(recording)

    def _saw_step_end(self, optimizer: torch.optim.Optimizer, args: Any, kwargs: Any) -> None:
        self._stepping = False

    def _is_mine(self, optimizer: torch.optim.Optimizer) -> bool:
        """Whether an optimiser that was not named holds the parameter that is looked at (any, where none is)."""
        known = {id(self._probe)} if self._probe is not None else self._names
        return any(id(parameter) in known for group in optimizer.param_groups for parameter in group["params"])

    def _norms(self, step: int) -> None:
        named = [(name, parameter.grad) for name, parameter in self.training.model.named_parameters()]
        self.recording.gradient_norms[step] = {
            name: float(gradient.norm()) if gradient is not None else float("nan") for name, gradient in named
        }


def _watched_backward(self: Tensor, *args: Any, **kwargs: Any) -> Any:
    if self.numel() == 1:
        for active in _active:
            active._safely(active._saw_loss, self)
    result = _backward(self, *args, **kwargs)
    if self.numel() == 1:
        for active in _active:
            active._safely(active._hold)
    return result
