"""What counts as one observation: a picture; or, where pictures belong together, all of one group and class.

Twenty frames of one video share their background and their label. Counted as twenty they make any backdrop significant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Copies of one picture differ by less, root mean square of 8 x 8 brightness in levels; two photographs hardly ever do.
_COPY = 3.0
_BLOCK = 2048


@dataclass(frozen=True, slots=True)
class Units:
    """Pictures in units.

    Attributes:
        of: int64 [n], the unit of each picture.
        labels: int64 [u], the class of each unit.
        rows: int64 [u], one picture of each unit.
    """

    of: NDArray[np.int64]
    labels: NDArray[np.int64]
    rows: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)

    def mean(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Means of [n, ...] over the pictures of each unit, NaN left out (NaN if all are)."""
        if len(self) == len(values):
            return values[self.rows]
        flat = values.reshape(len(values), -1)
        known = np.isfinite(flat)
        sums, counts = np.zeros((len(self), flat.shape[1])), np.zeros((len(self), flat.shape[1]))
        np.add.at(sums, self.of, np.where(known, flat, 0))
        np.add.at(counts, self.of, known)
        with np.errstate(invalid="ignore"):
            return (sums / np.where(counts, counts, np.nan)).reshape(len(self), *values.shape[1:])


def make_units(labels: NDArray[np.int64], groups: NDArray[np.object_], brightness: NDArray[np.float64]) -> Units:
    """Units of pictures that share class and group, or class and look.

    Args:
        labels: int64 [n].
        groups: str [n], "" for none.
        brightness: float [n, 8, 8], 0 to 255, by which copies are found.
    """
    parent = np.arange(len(labels))
    for value in {str(group) for group in groups} - {""}:
        _join(parent, np.flatnonzero(groups == value))
    for first, second in _copies(brightness.reshape(len(labels), -1).astype(np.float32)):
        _join(parent, np.array([first, second]))
    roots = np.array([_root(parent, row) for row in range(len(labels))], np.int64)
    pairs = np.stack([roots, labels], 1)
    _, rows, of = np.unique(pairs, axis=0, return_index=True, return_inverse=True)
    return Units(of.ravel().astype(np.int64), labels[rows].astype(np.int64), rows.astype(np.int64))


def _copies(looks: NDArray[np.float32]) -> list[tuple[int, int]]:
    limit = _COPY**2 * looks.shape[1]
    squares = (looks * looks).sum(1)
    pairs: list[tuple[int, int]] = []
    for start in range(0, len(looks), _BLOCK):
        block = slice(start, start + _BLOCK)
        far = squares[block, None] + squares[None, start:] - 2 * (looks[block] @ looks[start:].T)
        first, second = np.nonzero(far < limit)
        later = second > first
        # One earlier picture is enough to join a later one to.
        _, once = np.unique(second[later], return_index=True)
        pairs += list(zip((first[later][once] + start).tolist(), (second[later][once] + start).tolist(), strict=True))
    return pairs


def _root(parent: NDArray[np.int64], row: int) -> int:
    while parent[row] != row:
        parent[row] = parent[parent[row]]
        row = int(parent[row])
    return row


def _join(parent: NDArray[np.int64], rows: NDArray[np.int64]) -> None:
    roots = {_root(parent, int(row)) for row in rows}
    least = min(roots, default=0)
    for root in roots:
        parent[root] = least
