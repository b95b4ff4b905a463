"""Tensors in tuples, lists and mappings: what inputs, targets and outputs of any model look like.

An *item* is what the first axis of tensors counts. A list is one entry an item (pictures of different sizes, the boxes of
each picture); a tuple or a mapping holds several parts of all items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor


def leaves(value: Any) -> Iterator[Tensor]:
    """All tensors, from the first to the last."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from leaves(item)


def mapped(value: Any, change: Callable[[Tensor], Any]) -> Any:
    """The same structure with each tensor changed."""
    if isinstance(value, Tensor):
        return change(value)
    if isinstance(value, Mapping):
        return {key: mapped(item, change) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        items = [mapped(item, change) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    return value


def count_items(value: Any) -> int:
    """How many items there are; 0 if nothing says so."""
    if isinstance(value, list):
        return len(value)
    if isinstance(value, Tensor):
        return int(value.shape[0]) if value.ndim else 0
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else ()
    return next((count for count in map(count_items, parts) if count), 0)


def take_items(value: Any, index: list[int], count: int) -> Any:
    """Some items of all parts. Parts that do not count `count` items are left as they are."""
    if isinstance(value, Tensor):
        fits = value.ndim > 0 and value.shape[0] == count
        return value[torch.as_tensor(index, device=value.device)] if fits else value
    if isinstance(value, list):
        return [value[i] for i in index] if len(value) == count else value
    if isinstance(value, Mapping):
        return {key: take_items(item, index, count) for key, item in value.items()}
    if isinstance(value, tuple):
        items = [take_items(item, index, count) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    return value


def replace_items(value: Any, other: Any, keep: int, count: int) -> Any:
    """All items but one taken from `other`, which has the same structure and shapes."""
    if isinstance(value, Tensor):
        if not (value.ndim and value.shape[0] == count and value.shape == other.shape):
            return value
        changed = other.clone()
        changed[keep] = value[keep]
        return changed
    if isinstance(value, list):
        return [value[i] if i == keep else other[i] for i in range(len(value))] if len(value) == count else value
    if isinstance(value, Mapping):
        return {key: replace_items(item, other[key], keep, count) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(replace_items(item, other[i], keep, count) for i, item in enumerate(value))
    return value


def numbers_of_item(value: Any, index: int, count: int) -> Tensor | None:
    """All numbers of one item in a row, float64; None if no part counts items."""
    one = take_items(value, [index], count)
    parts = [leaf for leaf, whole in zip(leaves(one), leaves(value), strict=False) if _counts(value, whole, count)]
    flat = [part.detach().reshape(-1).to("cpu", torch.float64) for part in parts]
    return torch.cat(flat) if flat else None


def _counts(value: Any, whole: Tensor, count: int) -> bool:
    return isinstance(value, list) or (whole.ndim > 0 and whole.shape[0] == count)


def size_in_bytes(value: Any) -> int:
    """Memory that the tensors hold."""
    return sum(leaf.numel() * leaf.element_size() for leaf in leaves(value))
