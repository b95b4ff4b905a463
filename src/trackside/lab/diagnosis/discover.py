"""Watching a script that nobody changed: model, optimiser, loss and loaders are found while it runs.

The model is the outermost module that was called before the first backward pass (the one with most parameters, where
there are several), the optimiser the one that first steps its parameters, the loss the loss function of
`torch.nn.functional` that was called last before that (what `nn.CrossEntropyLoss` calls as well), training and validation
batches the `DataLoader`s that were iterated with and without gradients.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.optimizer import register_optimizer_step_pre_hook
from torch.utils.data import DataLoader

from trackside.lab.diagnosis.watch import Watch

LOSSES = ("cross_entropy", "nll_loss", "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy",
          "binary_cross_entropy_with_logits", "kl_div", "multi_margin_loss", "poisson_nll_loss", "gaussian_nll_loss",
          "soft_margin_loss", "multilabel_soft_margin_loss")  # fmt: skip


class Discovery:
    """What was found of a script's training so far.

    Attributes:
        run: the watched run, once a first backward pass has shown a model; else None.
    """

    def __init__(self) -> None:
        self.run: Watch | None = None
        self.hooks: list[Any] = []
        self._depth = 0
        self._passed: list[tuple[Any, Any, bool]] = []
        self._called: dict[int, nn.Module] = {}
        self._loss: Callable[[Any, Any], Tensor] | None = None
        self._loaders: dict[bool, DataLoader[Any]] = {}

    def called(self, module: nn.Module) -> None:
        """An outermost module begins its forward pass."""
        if torch.is_grad_enabled() and self.run is None and any(True for _ in module.parameters()):
            self._called[id(module)] = module

    def passed(self, module: nn.Module, args: tuple[Any, ...], output: Any) -> None:
        """An outermost module has ended its forward pass."""
        if torch.is_grad_enabled():
            self._passed = [(args[0] if len(args) == 1 else args, output, module.training)]

    def lost(self, function: Callable[..., Tensor], settings: dict[str, Any]) -> None:
        """A loss function was called outside of any model."""
        if self.run is None:
            self._loss = functools.partial(function, **settings)

    def iterated(self, loader: DataLoader[Any]) -> None:
        """A loader begins to give batches."""
        self._loaders.setdefault(torch.is_grad_enabled(), loader)
        if self.run is not None:
            self._tell()

    def backward(self) -> None:
        """The first backward pass: whatever was called before it is the model."""
        if self.run is None and self._called:
            model = max(self._called.values(), key=lambda one: sum(parameter.numel() for parameter in one.parameters()))
            self.run = Watch(model, None, self._loss, None, None, None)
            self._tell()
            self.run.__enter__()  # From here on `Tensor.backward` is the watch's own.
            self.run._seen.extend(self._passed)
            for handle in self.hooks:
                handle.remove()

    def stepped(self, optimizer: torch.optim.Optimizer) -> None:
        """An optimiser is about to step."""
        if self.run is None or self.run.training.optimizer is not None:
            return
        mine = {id(parameter) for parameter in self.run.training.model.parameters()}
        if any(id(parameter) in mine for group in optimizer.param_groups for parameter in group["params"]):
            self.run.training.optimizer = optimizer

    def _tell(self) -> None:
        assert self.run is not None
        self.run.training.train = self._loaders.get(True, ())
        self.run.training.validation = self._loaders.get(False)


@contextlib.contextmanager
def discover() -> Iterator[Discovery]:
    """Watch whatever is trained inside this context; ask `found.run.diagnose()` afterwards."""
    found = Discovery()
    kept = {name: getattr(functional, name) for name in LOSSES}
    iterate, backward = DataLoader.__iter__, Tensor.backward
    found.hooks = [
        nn.modules.module.register_module_forward_pre_hook(functools.partial(_entering, found)),
        nn.modules.module.register_module_forward_hook(functools.partial(_leaving, found), always_call=True),
    ]
    steps = register_optimizer_step_pre_hook(lambda optimizer, args, kwargs: found.stepped(optimizer))
    for name, function in kept.items():
        setattr(functional, name, _noted(found, function))
    DataLoader.__iter__ = _noted_iteration(found, iterate)
    Tensor.backward = _noted_backward(found, backward)
    try:
        yield found
    finally:
        if found.run is not None:
            found.run.__exit__(None, None, None)
        Tensor.backward = backward
        DataLoader.__iter__ = iterate
        for name, function in kept.items():
            setattr(functional, name, function)
        for handle in (*found.hooks, steps):
            handle.remove()


def _entering(found: Discovery, module: nn.Module, args: Any) -> None:
    if found._depth == 0 and not isinstance(module, nn.modules.loss._Loss):
        found.called(module)
    found._depth += 1


def _leaving(found: Discovery, module: nn.Module, args: Any, output: Any) -> None:
    found._depth -= 1
    if found._depth == 0 and not isinstance(module, nn.modules.loss._Loss):
        found.passed(module, args, output)


def _noted(found: Discovery, function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    @functools.wraps(function)
    def noted(input: Any, target: Any, *args: Any, **settings: Any) -> Tensor:
        if torch.is_grad_enabled() and not args:
            found.lost(function, settings)
        return function(input, target, *args, **settings)

    return noted


def _noted_iteration(found: Discovery, iterate: Callable[..., Any]) -> Callable[..., Any]:
    def noted(self: DataLoader[Any]) -> Any:
        found.iterated(self)
        return iterate(self)

    return noted


def _noted_backward(found: Discovery, backward: Callable[..., Any]) -> Callable[..., Any]:
    def noted(self: Tensor, *args: Any, **kwargs: Any) -> Any:
        if self.numel() == 1:
            found.backward()
            if found.run is not None:
                found.run._safely(found.run._saw_loss, self)
        return backward(self, *args, **kwargs)

    return noted
