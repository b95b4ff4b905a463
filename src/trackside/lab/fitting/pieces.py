"""Cutting a batch into pieces, and joining the outputs of batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from trackside.core import InputError


def items_in(inputs: Any, targets: Any) -> int:
    """How many items a batch has: the first axis of its targets, or else of its first input; 1 where nothing tells."""
    for value in (targets, inputs):
        found = _length(value)
        if found is not None:
            return found
    return 1


def piece(value: Any, items: int, first: int, last: int) -> Any:
    """Items `first` to `last` (not included) of a batch of `items`; what has no axis of items is left as it is."""
    if isinstance(value, Tensor):
        return value[first:last] if value.ndim and len(value) == items else value
    if isinstance(value, Mapping):
        return {key: piece(item, items, first, last) for key, item in value.items()}
    if isinstance(value, list) and len(value) == items and not all(_length(item) == items for item in value):
        return value[first:last]
    if isinstance(value, (list, tuple)):
        return type(value)(piece(item, items, first, last) for item in value)
    return value


def kept(value: Any) -> Any:
    """The same value on the CPU and without its graph, to be kept until the whole split is there."""
    if isinstance(value, Tensor):
        return value.detach().cpu()
    if isinstance(value, Mapping):
        return {key: kept(item) for key, item in value.items()}
    return type(value)(kept(item) for item in value) if isinstance(value, (list, tuple)) else value


def joined(values: Sequence[Any]) -> Any:
    """What batches gave, as if it were one batch: tensors are joined along their first axis.

    Raises:
        InputError: tensors of different sizes, which metrics over a whole split cannot take.
    """
    first = values[0]
    if isinstance(first, Tensor):
        try:
            return torch.cat([value if value.ndim else value[None] for value in values])
        except RuntimeError:
            shapes = sorted({tuple(value.shape[1:]) for value in values})
            what = f"outputs or targets of different shapes ({', '.join(map(str, shapes[:3]))}) cannot be joined for metrics"
            raise InputError(what, fix="pad them in the collate function, or leave metrics away") from None
    if isinstance(first, Mapping):
        return {key: joined([value[key] for value in values]) for key in first}
    if isinstance(first, tuple):
        return tuple(joined([value[index] for value in values]) for index in range(len(first)))
    return [item for value in values for item in value] if isinstance(first, list) else list(values)


def _length(value: Any) -> int | None:
    if isinstance(value, Tensor):
        return len(value) if value.ndim else None
    if isinstance(value, Mapping):
        return next((found for found in map(_length, value.values()) if found is not None), None)
    if isinstance(value, tuple):
        return next((found for found in map(_length, value) if found is not None), None)
    if isinstance(value, list):
        inner = {_length(item) for item in value}
        # A list whose tensors all have one length holds columns of a batch; any other list holds its items.
        return inner.pop() if len(inner) == 1 and None not in inner and isinstance(value[0], Tensor) else len(value)
    return None
