"""Random numbers: seeding them from a few integers, and keeping and restoring their states without pickle.

Three generators are meant wherever this file says "all": Python's `random`, NumPy's legacy global one and PyTorch's (CPU and
every accelerator). A `numpy.random.Generator` that some object holds is that object's own; nobody can seed it from outside.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch


def seed_all(*numbers: int) -> None:
    """Seed all generators from some non-negative integers, such as a seed and an epoch.

    The integers are mixed by NumPy's `SeedSequence`, so that (0, 1) and (1, 0) give streams that have nothing in common.
    """
    words = [int(word) for word in np.random.SeedSequence(numbers).generate_state(4)]
    random.seed(words[0])
    np.random.seed(words[1])  # noqa: NPY002 - this is the generator that data sets draw from
    torch.manual_seed(words[2] << 32 | words[3])


def number_from(*numbers: int) -> int:
    """One 63-bit integer that stands for several, to seed a single generator with."""
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0] >> 1)


def random_state() -> dict[str, Any]:
    """The states of all generators, as tensors and plain Python values."""
    name, keys, position, has_gauss, gauss = np.random.get_state(legacy=True)  # noqa: NPY002
    return {
        "python": random.getstate(),
        "numpy": (name, torch.from_numpy(np.asarray(keys, np.int64)), int(position), int(has_gauss), float(gauss)),
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        "mps": torch.mps.get_rng_state() if torch.backends.mps.is_available() else None,
    }


def restore_random_state(state: dict[str, Any]) -> None:
    """Put all generators back to where `random_state` found them; those of absent accelerators are passed over."""
    random.setstate(state["python"])
    name, keys, position, has_gauss, gauss = state["numpy"]
    np.random.set_state((name, keys.numpy().astype(np.uint32), position, has_gauss, gauss))  # noqa: NPY002
    torch.set_rng_state(state["torch"])
    if state["cuda"] and len(state["cuda"]) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(state["cuda"])
    if state["mps"] is not None and torch.backends.mps.is_available():
        torch.mps.set_rng_state(state["mps"])


@contextlib.contextmanager
def untouched_random() -> Iterator[None]:
    """Let a block draw and seed as it likes; afterwards all generators stand where they stood."""
    state = random_state()
    try:
        yield
    finally:
        restore_random_state(state)
