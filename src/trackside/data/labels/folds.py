"""Folds for out-of-fold predictions: classes even, and what belongs together never torn apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.intp]


def together(n: int, *marks: Sequence[Any] | NDArray[Any] | None) -> Ints:
    """Numbers of the units that items belong to: items that share any mark are in one unit.

    Args:
        n: how many items there are.
        marks: one value an item (its group, its hash); None or an empty value says nothing.

    Returns:
        intp [n], from 0, in order of first occurrence.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    rows, columns, first = [], [], 0
    for mark in marks:
        if mark is None:
            continue
        places: dict[Any, int] = {}
        for item, value in enumerate(mark):
            if value:
                rows.append(item)
                columns.append(first + places.setdefault(value, len(places)))
        first += len(places)
    size = n + first
    links = coo_array((np.ones(len(rows), np.int8), (np.array(rows, int), np.array(columns, int) + n)), (size, size))
    found = connected_components(links, directed=False)[1][:n]
    _, start, inverse = np.unique(found, return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(start))[inverse], np.intp)


def assign_folds(labels: NDArray[Any], units: Ints, k: int, seed: int, *, in_order: bool = False) -> Ints:
    """The fold of each item, intp [n], 0 to k - 1.

    Args:
        labels: integer [n].
        units: of `together`; a unit lies in one fold.
        k: how many folds.
        seed: which of the many ways.
        in_order: folds are runs of the items' order instead of random draws. Files next to each other are often of one
            session, so this holds sessions together where nobody wrote down which they are.
    """
    generator = np.random.default_rng(seed)
    firsts = np.unique(units, return_index=True)[1]
    of_unit = np.empty(len(firsts), np.intp)
    first_labels = labels[firsts]
    order = np.argsort(first_labels, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(first_labels[order])) + 1):
        turned = np.roll(members, generator.integers(len(members))) if in_order else generator.permutation(members)
        step = np.arange(len(turned)) * k // len(turned) if in_order else np.arange(len(turned))
        of_unit[turned] = (step + generator.integers(k)) % k
    return of_unit[units]
