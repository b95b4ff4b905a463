"""One optimiser step, with Accelerate: device, mixed precision, several processes, and batches in parts.

On a single process nothing is wrapped: the user's own model runs, and the user's own optimiser steps, so that hooks on
either fire. With several processes the model runs inside DistributedDataParallel; its hooks fire too.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any, cast

import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState, PartialState
from torch import Tensor, nn

from trackside.core import InputError
from trackside.lab.fitting.memory import halving_note, is_out_of_memory, release
from trackside.lab.fitting.order import share_of
from trackside.lab.fitting.pieces import items_in, piece
from trackside.lab.fitting.plan import Plan
from trackside.lab.training import Training, call, take_apart, to_device

Loaded = Sequence[tuple[Any, int | None]]


class Engine:
    """Runs forward, backward and step.

    Attributes:
        parts: in how many parts each batch is worked through; doubles when memory runs out.
        adds_up: whether the loss is a sum over items instead of their mean.
        notes: what a user should know, in sentences.
    """

    def __init__(self, training: Training, plan: Plan, accelerator: Accelerator) -> None:
        self.training, self.plan, self.accelerator = training, plan, accelerator
        self.device: torch.device = accelerator.device
        self.rank, self.processes = int(accelerator.process_index), int(accelerator.num_processes)
        self.parts = 1
        self.notes: list[str] = []
        assert training.optimizer is not None
        self.optimizer = training.optimizer
        self.loss_module = training.loss_fn if isinstance(training.loss_fn, nn.Module) else None
        self.adds_up = getattr(training.loss_fn, "reduction", "mean") == "sum"
        self._take = training.take or take_apart
        _move(training.model, self.loss_module, self.optimizer, self.device)
        # Wrapped only where it must be: see the head of this file.
        self.network: nn.Module = accelerator.prepare_model(training.model) if self.processes > 1 else training.model

    def begin_epoch(self) -> None:
        """Training mode, and no gradients left."""
        self.network.train()
        if self.loss_module is not None:
            self.loss_module.train()

    def close(self) -> None:
        """Take off what was wrapped around the model."""
        if self.network is not self.training.model:
            self.accelerator.unwrap_model(self.network, keep_fp32_wrapper=False)

    def step(self, batches: Loaded, number: int, lead: bool = True) -> Tensor:
        """Take one optimiser step on some batches, and give this process's part of the mean loss, on its device.

        Args:
            batches: of this step, as `Order` gives them.
            number: of the step, from 0, for messages.
            lead: whether this step may be repeated in more parts when memory runs out.

        Raises:
            InputError: a loss that is no number or depends on no parameter; memory that suffices for no item.
        """
        while True:
            try:
                loss = self._gradients(batches)
                break
            except (RuntimeError, MemoryError) as error:
                if not lead or not is_out_of_memory(error):
                    raise
            self._halve(batches, number)
        self._clip_and_step()
        return loss

    def forward(self, inputs: Any, targets: Any) -> tuple[Any, Tensor]:
        """Outputs and their loss, in the precision that the plan asks for."""
        with self.accelerator.autocast() if self.plan.precision != "no" else contextlib.nullcontext():
            outputs = call(self.network, inputs)
            return outputs, self.training.loss_fn(outputs, targets)

    def share(self, loaded: tuple[Any, int | None]) -> tuple[Any, Any, int, float]:
        """Inputs and targets of this process's share of a batch, how many items it has, and its share of the whole batch."""
        batch, whole = loaded
        inputs, targets = self._take(batch)
        items = items_in(inputs, targets)
        if self.processes == 1:
            return inputs, targets, items, 1.0
        if whole is None:  # every process has the whole batch
            first, last = share_of(items, self.rank, self.processes)
            whole, mine = items, last - first
            last = max(last, first + 1)
            inputs, targets = (piece(value, items, first, last) for value in (inputs, targets))
            return inputs, targets, last - first, mine / whole
        first, last = share_of(whole, self.rank, self.processes)
        return inputs, targets, items, (last - first) / whole

    def _gradients(self, batches: Loaded) -> Tensor:
        """Set the gradients to those of the mean over all items of some batches."""
        self.optimizer.zero_grad()
        if len(batches) == 1 and self.parts == 1 and self.processes == 1:
            inputs, targets = self._take(batches[0][0])
            return self._backward(to_device(inputs, self.device), to_device(targets, self.device), 1.0, 1.0)
        shares = [self.share(loaded) for loaded in batches]
        sizes = [items if whole is None else whole for (_, whole), (_, _, items, _) in zip(batches, shares, strict=True)]
        total = torch.zeros((), device=self.device)
        cut = [
            (
                piece(inputs, items, *edges),
                piece(targets, items, *edges),
                part * size / sum(sizes) * (edges[1] - edges[0]) / items,
            )
            for (inputs, targets, items, part), size in zip(shares, sizes, strict=True)
            for edges in self._edges(items)
        ]
        for index, (inputs, targets, weight) in enumerate(cut):
            last = index == len(cut) - 1
            with contextlib.nullcontext() if last or self.processes == 1 else self.accelerator.no_sync(self.network):
                scale = float(weight > 0) if self.adds_up else weight
                # DistributedDataParallel takes the mean over processes, where a sum is wanted.
                total += self._backward(
                    to_device(inputs, self.device), to_device(targets, self.device), scale, self.processes
                )
        return total

    def _edges(self, items: int) -> list[tuple[int, int]]:
        parts = min(self.parts, items)
        return [share_of(items, number, parts) for number in range(parts)]

    def _backward(self, inputs: Any, targets: Any, weight: float, times: float) -> Tensor:
        _, loss = self.forward(inputs, targets)
        _check_loss(loss)
        if loss.ndim:
            loss = loss.reshape(())
        if weight != 1.0:
            loss = loss * weight
        self.accelerator.backward(loss * times if times != 1.0 else loss)
        return loss.detach()

    def _clip_and_step(self) -> None:
        scaler = self.accelerator.scaler
        if self.plan.clip is not None:
            if scaler is not None:
                scaler.unscale_(self.optimizer)
            held = [one for group in self.optimizer.param_groups for one in group["params"]]
            torch.nn.utils.clip_grad_norm_(held, self.plan.clip)
        if scaler is None:
            self.optimizer.step()
        else:
            scaler.step(self.optimizer)
            scaler.update()

    def _halve(self, batches: Loaded, number: int) -> None:
        items = max(self.share(loaded)[2] for loaded in batches)
        self.optimizer.zero_grad()
        release()
        if self.processes > 1:
            fix = "use smaller batches and accumulate=2 or more, which comes to the same"
            raise InputError(f"memory ran out at step {number} with {items} items in each process", fix=fix)
        if self.parts >= items:
            raise InputError(
                f"memory does not suffice for one item (step {number})", fix="use a smaller model or smaller inputs"
            )
        self.parts = min(2 * self.parts, items)
        # Only the last sentence counts: it holds the parts that fit.
        self.notes = [note for note in self.notes if not note.startswith("memory ran out")]
        self.notes.append(halving_note(items, self.parts, number, model=self.training.model))


@contextlib.contextmanager
def accelerated(plan: Plan, device: str | None) -> Iterator[Accelerator]:
    """An `Accelerator` for one run. Accelerate keeps its state for the whole process; here it ends with the run.

    Args:
        plan: says the precision.
        device: `cpu` to leave an accelerator alone; None takes the best there is.

    Raises:
        InputError: a precision that the device does not have.
    """
    foreign = AcceleratorState().initialized if AcceleratorState._shared_state else False
    if foreign and AcceleratorState().mixed_precision != plan.precision:
        what = f"this process has an Accelerator with mixed precision {AcceleratorState().mixed_precision!r} already"
        raise InputError(what, where="precision", fix="ask for the same precision, or fit in a process of its own")
    had_process_state = bool(PartialState._shared_state)
    try:
        try:
            accelerator = Accelerator(mixed_precision=plan.precision, cpu=device == "cpu")
        except ValueError as error:
            raise InputError(
                f"cannot fit in {plan.precision} here ({error})", where="precision", fix="say precision='no'"
            ) from None
        # Accelerate would compute in full precision without a word.
        if plan.precision == "fp16" and accelerator.device.type == "cpu":
            raise InputError("cannot fit in fp16 here (a CPU has none)", where="precision", fix="say 'bf16' or 'no'")
        yield accelerator
    finally:
        if not foreign:
            AcceleratorState._reset_state(reset_partial_state=not had_process_state)


def _check_loss(loss: Any) -> None:
    if not isinstance(loss, Tensor):
        raise InputError(f"the loss is a {type(loss).__name__}", where="loss_fn", fix="return a tensor of one number")
    if loss.numel() != 1:
        what = f"the loss has shape {list(loss.shape)} and is not one number"
        raise InputError(what, where="loss_fn", fix="take its mean: reduction='mean'")
    if not loss.requires_grad:
        what = "the loss depends on no parameter that requires a gradient"
        raise InputError(what, where="loss_fn", fix="look for detach(), no_grad() or .item() between model and loss")


def _move(model: nn.Module, loss: nn.Module | None, optimizer: torch.optim.Optimizer, device: torch.device) -> None:
    """To the device, the parameters staying the objects that the optimiser holds."""
    if all(one.device == device for one in model.parameters()) and device.type == "cpu":
        return
    model.to(device)
    if loss is not None:
        loss.to(device)
    for state in optimizer.state.values():
        for name, value in state.items():
            if isinstance(value, Tensor) and value.ndim:
                state[name] = cast(Tensor, to_device(value, device))
