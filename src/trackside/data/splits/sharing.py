"""Sharing units out among parts, so that every part has its share of every class as nearly as whole units allow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def share_out(
    unit: NDArray[np.int64],
    labels: NDArray[np.integer],
    shares: Sequence[float],
    seed: int,
    fixed: NDArray[np.int64] | None = None,
) -> NDArray[np.int64]:
    """The part of each item, int64 [n]; items of a unit are in one part.

    Units are taken largest first, those with the rarest class before others, and each goes where it lowers
    sum over parts and classes of (count - wanted)^2 / wanted most (iterative stratification: Sechidis, Tsoumakas, Vlahavas,
    ECML PKDD 2011; with whole groups as in scikit-learn's StratifiedGroupKFold). Sizes count as much as all classes. Memory
    is parts x classes.

    Args:
        unit: int64 [n], unit of each item, numbered from 0.
        labels: int [n], class of each item; -1 for none, which is a class here.
        shares: wanted share of each part; they add up to 1.
        seed: of the order of equal units.
        fixed: int64 [units], the part of units that must not move, -1 for others.
    """
    board = _Board(unit, labels, np.asarray(shares, np.float64))
    start = np.full(board.units, -1, np.int64) if fixed is None else fixed.copy()
    for number in np.flatnonzero(start >= 0):
        board.add(int(number), int(start[number]), 1)
    free = np.flatnonzero(start < 0)
    order = free[np.lexsort((np.random.default_rng(seed).random(len(free)), board.rarest[free], -board.sizes[free]))]
    part = start
    for number in order:
        part[number] = board.best(int(number))
        board.add(int(number), int(part[number]), 1)
    _fill_empty(board, part, order)
    return part[unit]


def _fill_empty(board: _Board, part: NDArray[np.int64], order: NDArray[np.intp]) -> None:
    """No part stays empty while another has units to spare: the smallest unit of the part with most units goes there."""
    for empty in np.setdiff1d(np.arange(len(board.shares)), part):
        counts = np.bincount(part[order], minlength=len(board.shares))
        if counts.max(initial=0) > 1:
            rows = order[part[order] == counts.argmax()]
            part[rows[np.argmin(board.sizes[rows])]] = empty


class _Board:
    """Counts of classes in parts, and what a unit would change."""

    def __init__(self, unit: NDArray[np.int64], labels: NDArray[np.integer], shares: NDArray[np.float64]) -> None:
        self.units = int(unit.max()) + 1 if len(unit) else 0
        self.shares = shares
        self.sizes = np.bincount(unit, minlength=self.units)
        classes, number = np.unique(labels, return_inverse=True)
        totals = np.bincount(number, minlength=len(classes)).astype(np.float64)
        pairs, counts = np.unique(unit * max(len(classes), 1) + number, return_counts=True)
        self._starts = np.searchsorted(pairs // max(len(classes), 1), np.arange(self.units + 1))
        # The last column is the size. It weighs as much as all classes together: thousands of classes with one member each
        # would otherwise all go to the largest part.
        self._weight = len(classes)
        self._class, self._count = pairs % max(len(classes), 1), counts.astype(np.float64)
        wanted = shares[:, None] * np.r_[totals, len(unit)][None, :]
        self._missing, self._scale = wanted.copy(), 1.0 / np.maximum(wanted, 1e-9)
        self.rarest = np.full(self.units, np.inf)
        np.minimum.at(self.rarest, pairs // max(len(classes), 1), totals[self._class])

    def add(self, number: int, part: int, sign: int) -> None:
        """Put a unit into a part (sign 1), or take it out (-1)."""
        classes, counts = self._of(number)
        self._missing[part, classes] -= sign * counts
        self._missing[part, -1] -= sign * self.sizes[number]

    def best(self, number: int) -> int:
        """The part that most lacks this unit; of equal ones the first."""
        classes, counts = self._of(number)
        size = self.sizes[number]
        cost = (counts * (counts - 2 * self._missing[:, classes]) * self._scale[:, classes]).sum(axis=1)
        cost += self._weight * size * (size - 2 * self._missing[:, -1]) * self._scale[:, -1]
        return int(cost.argmin())

    def _of(self, number: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        rows = slice(self._starts[number], self._starts[number + 1])
        return self._class[rows], self._count[rows]
