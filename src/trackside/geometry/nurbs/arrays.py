"""The arrays that both backends share: NumPy's or PyTorch's, told apart without importing PyTorch."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np

from trackside.core import InputError

Array: TypeAlias = Any
"""A NumPy array or a PyTorch tensor: whichever a shape was made of is what its functions give back."""


def is_torch(array: Array) -> bool:
    """Whether it is a PyTorch tensor. Does not load PyTorch."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(array, torch.Tensor)


def namespace(array: Array) -> Any:
    """The functions that go with an array: `array_api_compat.torch`, or `numpy`."""
    if not is_torch(array):
        return np
    import array_api_compat.torch

    return array_api_compat.torch


def as_array(values: Array, like: Array | None = None) -> Array:
    """Numbers as a floating-point array; of the kind, precision and device of `like` if given.

    Without `like`, float32 and float64 are kept and everything else becomes float64.

    Raises:
        InputError: they are no numbers.
    """
    if like is not None and is_torch(like):
        import torch

        return torch.as_tensor(values if is_torch(values) else _numbers(values), dtype=like.dtype, device=like.device)
    if is_torch(values) and like is None:
        return values if values.is_floating_point() else values.double()
    given = _numbers(as_numpy(values) if is_torch(values) else values)
    if like is not None:
        return given.astype(like.dtype, copy=False)
    return given if given.dtype in (np.float32, np.float64) else given.astype(np.float64)


def _numbers(values: Array) -> Any:
    try:
        given = np.asarray(values)
    except ValueError:
        raise InputError("rows of numbers are of different lengths", fix="give arrays with full rows") from None
    if given.dtype.kind not in "fiub":
        raise InputError(f"numbers are needed, got {given.dtype} values", fix="give integers or floats")
    return given


def as_numpy(array: Array) -> Any:
    """The values as a NumPy array, outside of any gradient."""
    return array.detach().cpu().numpy() if is_torch(array) else np.asarray(array)


def first_torch(arrays: Iterable[Array]) -> Array | None:
    """The first PyTorch tensor among them."""
    return next((array for array in arrays if is_torch(array)), None)


def norm(vectors: Array) -> Array:
    """Lengths [...] of vectors [..., dim]."""
    return namespace(vectors).sqrt((vectors * vectors).sum(-1))


def is_count(value: object) -> bool:
    """Whether it is a whole number of at least 1."""
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool) and bool(value >= 1)
