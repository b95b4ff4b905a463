"""Units: items that must not be torn apart, because they are of one group or are copies of each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def units_of(n: int, labels: Sequence[Any], pairs: NDArray[np.integer[Any]] | None = None) -> NDArray[np.int64]:
    """The unit of each item, int64 [n], numbered from 0 in order of first occurrence.

    Two items are in one unit if a chain of shared names and pairs leads from one to the other: a copy of a frame of video A
    in video B makes one unit of both videos.

    Args:
        n: items.
        labels: arrays [n] of names; equal names bind, "" does not.
        pairs: int [p, 2], rows of items that are copies of each other.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    edges = [np.empty((0, 2), np.int64)] if pairs is None else [np.asarray(pairs, np.int64).reshape(-1, 2)]
    for column in labels:
        texts = np.asarray(column).astype(str)
        rows = np.flatnonzero(texts != "")
        order = rows[np.argsort(texts[rows], kind="stable")]
        same = texts[order[1:]] == texts[order[:-1]]
        edges.append(np.stack([order[:-1][same], order[1:][same]], axis=1))
    joined = np.concatenate(edges)
    graph = coo_array((np.ones(len(joined), np.int8), (joined[:, 0], joined[:, 1])), shape=(n, n))
    _, number = connected_components(graph, directed=False)
    _, first, unit = np.unique(number, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.asarray(rank[unit], np.int64)


def members_of(unit: NDArray[np.int64]) -> list[NDArray[np.intp]]:
    """The rows of each unit."""
    if not len(unit):
        return []
    order = np.argsort(unit, kind="stable")
    return np.split(order, np.searchsorted(unit[order], np.arange(1, int(unit.max()) + 1)))
