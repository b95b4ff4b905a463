"""The exponential moving average of weights (after Polyak and Juditsky, SIAM J. Control Optim. 30, 1992)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch
from torch import Tensor, nn


class Averaged:
    """The running average of a model's parameters and floating-point buffers; other buffers are copied.

    The decay at update t is min(decay, (1 + t) / (10 + t)), so that the first weights, which are random, do not weigh on
    the average of a short run (as in TensorFlow's `ExponentialMovingAverage` with `num_updates`).

    Args:
        model: whose weights.
        decay: share of the average that stays at each step, 0 to 1; 0.999 means a memory of about 1000 steps.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self.updates = 0
        self._live = _tensors(model)
        self._average = {name: value.detach().clone() for name, value in self._live.items()}
        self._floats = [name for name, value in self._live.items() if value.is_floating_point()]
        self._others = [name for name in self._live if name not in set(self._floats)]

    def update(self) -> None:
        """Take in the weights as they are now."""
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        self.updates += 1
        average, live = self._average, self._live
        with torch.no_grad():
            # One fused operation over all tensors.
            torch._foreach_lerp_([average[name] for name in self._floats], [live[name] for name in self._floats], 1 - decay)
            for name in self._others:
                average[name].copy_(live[name])

    @contextlib.contextmanager
    def in_place(self) -> Iterator[None]:
        """The model has the averaged weights within this block, and its own again afterwards."""
        self._swap()
        try:
            yield
        finally:
            self._swap()

    def settle(self) -> None:
        """The model has the averaged weights from now on."""
        self._swap()

    def state(self) -> dict[str, Tensor]:
        """The averages by name. They are the very tensors: a caller who keeps them copies them."""
        return dict(self._average)

    def restore(self, state: dict[str, Tensor], updates: int) -> None:
        """Go on from what `state` gave and `updates` counted."""
        self.updates = updates
        for name, value in state.items():
            self._average[name].copy_(value)

    def _swap(self) -> None:
        for name, live in self._live.items():
            live.data, self._average[name] = self._average[name], live.data


def _tensors(model: nn.Module) -> dict[str, Tensor]:
    return {**dict(model.named_parameters()), **dict(model.named_buffers())}
