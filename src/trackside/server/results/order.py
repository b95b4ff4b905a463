"""The first rows by a column, without sorting all of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


def first_rows(values: pa.Array, count: int, *, down: bool = False) -> NDArray[np.int64]:
    """The places of the `count` smallest values (or largest), in order.

    Equal values keep their order, so that pages never show a row twice; cells without a value come last either way.

    Args:
        values: numbers, texts, booleans or times.
        count: most places wanted.
        down: largest first.
    """
    keys, absent = _keys(values)
    keys = np.invert(keys) if down and keys.dtype.kind in "iu" else -keys if down else keys
    there = np.flatnonzero(~absent)
    best = there[_smallest(keys[there], count)]
    return np.concatenate([best, np.flatnonzero(absent)[: max(0, count - len(best))]]).astype(np.int64)


def _keys(values: pa.Array) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Numbers that sort as the values do, and which values are absent."""
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        values = values.dictionary_encode()
    absent = values.is_null().to_numpy(zero_copy_only=False)
    if pa.types.is_dictionary(values.type):
        order = pc.sort_indices(values.dictionary).to_numpy()
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        places = values.indices.fill_null(0).to_numpy(zero_copy_only=False)
        return (rank[places] if len(rank) else np.zeros(len(places), np.int64)), absent
    if pa.types.is_boolean(values.type) or pa.types.is_timestamp(values.type):
        values = values.cast(pa.int64())
    numbers = values.fill_null(0).to_numpy(zero_copy_only=False)
    return numbers, absent | np.isnan(numbers) if numbers.dtype.kind == "f" else absent


def _smallest(keys: NDArray[Any], count: int) -> NDArray[np.intp]:
    if count <= 0:
        return np.empty(0, np.intp)
    if count >= len(keys):
        return np.argsort(keys, kind="stable")
    bound = np.partition(keys, count - 1)[count - 1]
    less = np.flatnonzero(keys < bound)
    same = np.flatnonzero(keys == bound)[: count - len(less)]
    return np.concatenate([less[np.argsort(keys[less], kind="stable")], same])
