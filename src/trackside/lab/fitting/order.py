"""Batches in an order that depends on the seed and the epoch alone, from any batch of the epoch on.

A `DataLoader` over a map-style data set is rebuilt around its own batch sampler: the sampler is run once an epoch from a
state that (seed, epoch) give, so that its order can be had again, batches already consumed are left out without being
loaded, and of several processes each loads only its share. Whatever else gives batches is iterated as it is, with all
generators seeded from (seed, epoch) before; consumed batches are drawn and thrown away.

Exact, then, are: samplers that draw from a global generator or from one that the loader or its samplers hold, or that listen
to `set_epoch`; data sets that draw from the global generators, in the main process (their state is in the checkpoint) and in
workers (seeded for each batch). Not exact can be: generators that an object keeps for itself, and iterables that remember.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from typing import Any

import torch
from torch.utils.data import DataLoader, Dataset, IterableDataset

from trackside.lab.fitting.seeds import number_from, seed_all, untouched_random

_KEPT = ("num_workers", "collate_fn", "pin_memory", "timeout", "worker_init_fn", "multiprocessing_context",
         "prefetch_factor", "persistent_workers", "pin_memory_device")  # fmt: skip


class Order:
    """The batches of each epoch.

    Args:
        batches: a DataLoader, or whatever yields batches each time it is iterated.
        seed: of the run.
        share: (rank, processes): which part of each batch this process loads.
        stream: tells the splits of one run apart, so that they draw different numbers.
    """

    def __init__(self, batches: Any, seed: int, share: tuple[int, int] = (0, 1), stream: int = 0) -> None:
        self._batches = batches
        self._seed = (seed, stream)
        self._share = share
        self._generator = torch.Generator()
        self._sampler = _Planned(share, seeds_batches=bool(getattr(batches, "num_workers", 0)))
        self._loader = _rebuilt(batches, self._sampler, self._generator)
        self.digest = ""

    @property
    def loads_shares(self) -> bool:
        """Whether batches come already cut to this process's share."""
        return self._loader is not None

    @property
    def length(self) -> int | None:
        """Batches an epoch; None where nobody knows before the first epoch."""
        try:
            return len(self._batches)
        except TypeError:
            return None

    def epoch(self, number: int, skip: int = 0) -> Iterator[tuple[Any, int | None]]:
        """Batches of an epoch, from number `skip` on, each with the items that it has in all processes together.

        The count is None where the batch is whole in each process. Seeds all generators: the caller who goes on in the
        middle restores their states after this call and before the first batch.
        """
        own = number_from(*self._seed, number)
        if self._loader is None:
            seed_all(*self._seed, number)
            _seed_generators(self._batches, own, number)
            return _skipped(iter(self._batches), skip)
        with untouched_random(), _held_generators(self._batches):
            seed_all(*self._seed, number)
            _seed_generators(self._batches, own, number)
            planned = [list(batch) for batch in self._batches.batch_sampler]
        self.digest = hashlib.sha256(repr(planned).encode()).hexdigest()
        self._sampler.plan(planned, skip, own)
        # What a loader draws when it begins (a base seed for its workers) comes from here, not from the global generator.
        self._generator.manual_seed(own)
        seed_all(*self._seed, number, self._share[0])
        return self._counted(iter(self._loader), [len(batch) for batch in planned[skip:]])

    def _counted(self, loaded: Iterator[Any], counts: list[int]) -> Iterator[tuple[Any, int | None]]:
        yield from zip(loaded, counts, strict=True)


def groups(loaded: Iterator[tuple[Any, int | None]], count: int) -> Iterator[list[tuple[Any, int | None]]]:
    """Batches by the step that they belong to; the last group of an epoch may have fewer."""
    while group := list(itertools.islice(loaded, count)):
        yield group


class _SeededBatch(list[Any]):
    """The indices of a batch, with the seed for whatever is drawn while it is loaded."""

    seed: int = 0


class _Planned:
    """A batch sampler that gives the batches planned for the present epoch, cut to one process's share."""

    def __init__(self, share: tuple[int, int], seeds_batches: bool) -> None:
        self._rank, self._processes = share
        self._seeds_batches = seeds_batches
        self._planned: list[list[Any]] = []
        self._first = 0
        self._seed = 0

    def plan(self, planned: list[list[Any]], skip: int, seed: int) -> None:
        self._planned, self._first, self._seed = planned, skip, seed

    def __len__(self) -> int:
        return len(self._planned) - self._first

    def __iter__(self) -> Iterator[_SeededBatch]:
        for number in range(self._first, len(self._planned)):
            whole = self._planned[number]
            first, last = share_of(len(whole), self._rank, self._processes)
            # A process without a share takes one item, of no weight: all must come to the backward pass.
            batch = _SeededBatch(whole[first:last] or whole[:1])
            if self._seeds_batches:  # mixing a seed takes a tenth of a millisecond
                batch.seed = number_from(self._seed, number, self._rank)
            yield batch


def share_of(items: int, rank: int, processes: int) -> tuple[int, int]:
    """First item, and the one after the last, of a process's contiguous share; shares differ by one item at most."""
    return items * rank // processes, items * (rank + 1) // processes


class _SeededItems(Dataset):  # type: ignore[misc]
    """A data set whose items are loaded, in a worker process, with all generators seeded for their batch.

    What a batch draws then depends neither on the number of workers nor on which batches a worker loaded before.
    """

    def __init__(self, dataset: Any) -> None:
        self._dataset = dataset

    def __len__(self) -> int:
        return len(self._dataset)

    def __getitem__(self, index: Any) -> Any:
        return self._dataset[index]

    def __getitems__(self, batch: _SeededBatch) -> list[Any]:
        seed_all(batch.seed)
        whole = getattr(self._dataset, "__getitems__", None)
        return list(whole(list(batch))) if whole else [self._dataset[index] for index in batch]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # not yet unpickled in a worker
            raise AttributeError(name)
        return getattr(self._dataset, name)


def _rebuilt(batches: Any, sampler: _Planned, generator: torch.Generator) -> Any:
    if not isinstance(batches, DataLoader) or type(batches).__iter__ is not DataLoader.__iter__:
        return None
    if batches.batch_sampler is None or isinstance(batches.dataset, IterableDataset):
        return None
    dataset = _SeededItems(batches.dataset) if batches.num_workers else batches.dataset
    kept = {name: getattr(batches, name) for name in _KEPT if hasattr(batches, name)}
    return DataLoader(dataset, batch_sampler=sampler, generator=generator, **kept)


def _skipped(batches: Iterator[Any], skip: int) -> Iterator[tuple[Any, int | None]]:
    for _ in range(skip):
        next(batches, None)
    return ((batch, None) for batch in batches)


def _holders(loader: Any) -> Iterator[Any]:
    """The loader, its samplers, and theirs."""
    for holder in (loader, getattr(loader, "sampler", None), getattr(loader, "batch_sampler", None)):
        if holder is not None:
            yield holder
            inner = getattr(holder, "sampler", None)
            if inner is not None and holder is not loader:
                yield inner


def _generators(loader: Any) -> dict[int, torch.Generator]:
    held = [getattr(holder, "generator", None) for holder in _holders(loader)]
    return {id(one): one for one in held if isinstance(one, torch.Generator)}


def _seed_generators(loader: Any, seed: int, epoch: int) -> None:
    for generator in _generators(loader).values():
        generator.manual_seed(seed)
    for holder in {id(one): one for one in _holders(loader)}.values():
        if callable(getattr(holder, "set_epoch", None)):
            holder.set_epoch(epoch)


class _held_generators:
    """Puts the generators that a loader holds back to where they stood: they are the user's."""

    def __init__(self, loader: Any) -> None:
        self._held = [(one, one.get_state()) for one in _generators(loader).values()]

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        for generator, state in self._held:
            generator.set_state(state)
