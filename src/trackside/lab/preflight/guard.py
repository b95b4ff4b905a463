"""Leaves a training exactly as it was: weights, buffers, gradients, modes, optimiser, and everything random.

Rungs work on copies. The guard is for what copies cannot hold off: a loss that closes over the user's model, a loader with
its own generator, the global generators of PyTorch, NumPy and Python.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from trackside.lab.training import Training

# Where generators are looked for: objects that a loader holds, not the rows of a data set.
_MOST_OBJECTS = 5000
_MOST_ENTRIES = 256

Undo = Callable[[], None]


@contextmanager
def unchanged(training: Training) -> Iterator[None]:
    """Whatever is done inside, the training is afterwards, bit for bit, what it was before."""
    undo = [remember_random(training), *_remember(training)]
    try:
        yield
    finally:
        for step in undo:
            step()


def remember_random(*holders: Any) -> Undo:
    """Remember the state of the global generators, and of all that the holders hold. Gives what puts them back."""
    cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() and torch.cuda.is_initialized() else None
    own = [(generator, _state_of(generator)) for generator in find_generators(*holders)]
    cpu, table, plain = torch.get_rng_state(), np.random.get_state(), random.getstate()  # noqa: NPY002 - what data sets draw from

    def put_back() -> None:
        torch.set_rng_state(cpu)
        if cuda is not None:
            torch.cuda.set_rng_state_all(cuda)
        np.random.set_state(table)  # noqa: NPY002 - what data sets draw from
        random.setstate(plain)
        for generator, state in own:
            _set_state(generator, state)

    return put_back


def seed_all(seed: int) -> None:
    """Seed the global generators of PyTorch, NumPy and Python."""
    torch.manual_seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002 - what data sets draw from
    random.seed(seed)


def find_generators(*holders: Any) -> list[Any]:
    """Generators of PyTorch, NumPy and Python that are reachable from what the holders hold."""
    found, seen, waiting = [], set[int](), list(holders)
    while waiting and len(seen) < _MOST_OBJECTS:
        thing = waiting.pop(0)
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, (torch.Generator, np.random.Generator, np.random.RandomState, random.Random)):
            found.append(thing)
        else:
            waiting.extend(_held_by(thing))
    return found


def _held_by(thing: Any) -> list[Any]:
    if isinstance(thing, (Tensor, np.ndarray, str, bytes, type, ModuleType, CodeType)):
        return []
    if isinstance(thing, Mapping):
        return list(thing.values())[:_MOST_ENTRIES]
    if isinstance(thing, (list, tuple, set)):
        return list(thing)[:_MOST_ENTRIES]
    if isinstance(thing, MethodType):
        return [thing.__self__]
    if isinstance(thing, FunctionType):
        return [cell.cell_contents for cell in thing.__closure__ or () if _is_full(cell)]
    return list(getattr(thing, "__dict__", {}).values())


def _is_full(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def _state_of(generator: Any) -> Any:
    if isinstance(generator, np.random.Generator):
        return copy.deepcopy(generator.bit_generator.state)
    return generator.getstate() if isinstance(generator, random.Random) else generator.get_state()


def _set_state(generator: Any, state: Any) -> None:
    if isinstance(generator, np.random.Generator):
        generator.bit_generator.state = state
    elif isinstance(generator, random.Random):
        generator.setstate(state)
    else:
        generator.set_state(state)


def _remember(training: Training) -> Iterator[Undo]:
    modules = [thing for thing in (training.model, training.loss_fn) if isinstance(thing, nn.Module)]
    for module in modules:
        for part in module.modules():
            yield _setting(part, "training")
        for tensor in (*module.parameters(), *module.buffers()):
            yield _values(tensor)
        for parameter in module.parameters():
            yield _gradient(parameter)
    if training.optimizer is not None:
        yield from _optimizer(training.optimizer)
    for loader in (training.train, training.validation):
        if hasattr(loader, "_iterator"):  # What a DataLoader with lasting workers keeps.
            yield _setting(loader, "_iterator")


def _setting(thing: Any, name: str) -> Undo:
    value = getattr(thing, name)

    def put_back() -> None:
        setattr(thing, name, value)

    return put_back


def _values(tensor: Tensor) -> Undo:
    values, wants = tensor.detach().clone(), tensor.requires_grad

    def put_back() -> None:
        tensor.requires_grad_(wants)
        # Written only if something changed, so that the tensor's version stays what it was.
        if not torch.equal(bits(tensor), bits(values)):
            with torch.no_grad():
                tensor.copy_(values)

    return put_back


def bits(tensor: Tensor) -> Tensor:
    """The bytes of a tensor: NaN is equal to itself."""
    return tensor.detach().contiguous().view(-1).view(torch.uint8)


def _gradient(parameter: Tensor) -> Undo:
    held = parameter.grad
    values = None if held is None else held.clone()

    def put_back() -> None:
        parameter.grad = held
        if held is not None and values is not None:
            held.copy_(values)

    return put_back


def _optimizer(optimizer: torch.optim.Optimizer) -> Iterator[Undo]:
    for group in optimizer.param_groups:
        settings = {name: value for name, value in group.items() if name != "params"}

        def put_back(group: dict[str, Any] = group, settings: dict[str, Any] = settings) -> None:
            group.update(settings)

        yield put_back
