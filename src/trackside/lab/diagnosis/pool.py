"""The data of a run, read once from its loaders: items as stacked tensors where that is possible, and the order they came
in."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from trackside.lab.training import Batches, TakeApart, take_apart
from trackside.lab.trees import count_items, leaves, size_in_bytes

ITEMS = 6_000
BYTES = 256 << 20
SECONDS = 8.0


@dataclass
class Pool:
    """Items of a split.

    Attributes:
        inputs: all inputs, one tensor (or a tuple or mapping of them), first axis items; None where items' shapes differ.
        targets: all targets; None likewise.
        batches: (inputs, targets) as they came.
        whole: whether everything was read.
        trouble: why nothing could be read, or "".
    """

    inputs: Any = None
    targets: Any = None
    batches: list[tuple[Any, Any]] = field(default_factory=list)
    whole: bool = True
    trouble: str = ""

    def __len__(self) -> int:
        return sum(count_items(inputs) for inputs, _ in self.batches)

    @property
    def batch(self) -> int:
        """The usual size of a batch."""
        sizes = [count_items(inputs) for inputs, _ in self.batches]
        return max(set(sizes), key=sizes.count) if sizes else 0

    @property
    def stacked(self) -> bool:
        """Whether items can be drawn one by one."""
        return self.inputs is not None and self.targets is not None

    def flat(self) -> np.ndarray[Any, Any] | None:
        """Inputs as float64 [items, numbers], or None where they are not stacked."""
        if not self.stacked:
            return None
        parts = [tensor.reshape(len(tensor), -1).double().cpu().numpy() for tensor in leaves(self.inputs)]
        return np.concatenate(parts, axis=1) if parts else None


def read_pool(batches: Batches | None, take: TakeApart | None = None, *, items: int = ITEMS) -> Pool:
    """Items of a loader, at most 6,000 of them; the state of random generators is left as it was."""
    pool = Pool()
    if batches is None:
        return pool
    began, size, count = time.perf_counter(), 0, 0
    with preserved_randomness(batches):
        try:
            for batch in batches:
                inputs, targets = (take or take_apart)(batch)
                inputs, targets = detached(inputs), detached(targets)
                pool.batches.append((inputs, targets))
                count += count_items(inputs)
                size += size_in_bytes(inputs)
                if count >= items or size >= BYTES or time.perf_counter() - began > SECONDS:
                    pool.whole = False
                    break
        except Exception as error:
            pool.trouble = f"the loader broke ({type(error).__name__}: {error})"
    pool.inputs, pool.targets = _stack(pool.batches)
    return pool


def dataset_order(loader: Any, take: TakeApart | None = None, items: int = 4_000) -> Pool | None:
    """Items of a loader's data set in the order in which it holds them, or None where that cannot be told."""
    dataset = getattr(loader, "dataset", None)
    if dataset is None or not hasattr(dataset, "__getitem__") or not hasattr(dataset, "__len__"):
        return None
    try:
        indices = range(min(len(dataset), items))
        subset = torch.utils.data.Subset(dataset, indices)
        collate = getattr(loader, "collate_fn", None)
        return read_pool(torch.utils.data.DataLoader(subset, batch_size=64, collate_fn=collate), take)
    except Exception:
        return None


@contextlib.contextmanager
def preserved_randomness(*holders: Any) -> Iterator[None]:
    """Leave every random generator as it was: PyTorch's, NumPy's, Python's, and those of loaders."""
    generators = [generator for holder in holders for generator in _generators(holder)]
    kept = [generator.get_state() for generator in generators]
    state, legacy, plain = torch.get_rng_state(), np.random.get_state(), random.getstate()  # noqa: NPY002
    try:
        yield
    finally:
        torch.set_rng_state(state)
        np.random.set_state(legacy)  # noqa: NPY002
        random.setstate(plain)
        for generator, old in zip(generators, kept, strict=True):
            generator.set_state(old)


def rows(value: Any, index: Tensor | slice) -> Any:
    """Rows of all tensors."""
    if isinstance(value, Tensor):
        return value[index]
    if isinstance(value, dict):
        return {key: rows(item, index) for key, item in value.items()}
    if not isinstance(value, (tuple, list)):
        raise TypeError(f"{type(value).__name__} has no rows")
    return tuple(rows(item, index) for item in value)


def row_key(row: Tensor) -> bytes:
    """What equal items have in common: their numbers, bit for bit."""
    return bytes(row.detach().cpu().contiguous().numpy().tobytes())


def detached(value: Any) -> Any:
    """The same tensors without their graphs; NumPy arrays become tensors."""
    if isinstance(value, Tensor):
        return value.detach()
    if isinstance(value, np.ndarray):
        return torch.from_numpy(value)
    if isinstance(value, dict):
        return {key: detached(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(detached(item) for item in value)
    return value


def _generators(holder: Any) -> list[torch.Generator]:
    places = (holder, getattr(holder, "sampler", None), getattr(getattr(holder, "batch_sampler", None), "sampler", None))
    found = [getattr(place, "generator", None) for place in places]
    return list({id(one): one for one in found if isinstance(one, torch.Generator)}.values())


def _stack(batches: list[tuple[Any, Any]]) -> tuple[Any, Any]:
    """All batches' items as one; (None, None) where shapes differ or something is no tensor."""
    try:
        return _joined([inputs for inputs, _ in batches]), _joined([targets for _, targets in batches])
    except (RuntimeError, TypeError, ValueError, KeyError):
        return None, None


def _joined(values: list[Any]) -> Any:
    if not values:
        raise ValueError("nothing to join")
    first = values[0]
    if isinstance(first, Tensor):
        return torch.cat(values)
    if isinstance(first, dict):
        return {key: _joined([value[key] for value in values]) for key in first}
    if isinstance(first, tuple):
        return tuple(_joined([value[place] for value in values]) for place in range(len(first)))
    raise TypeError(f"{type(first).__name__} is no tensor")
