"""Multi-indices: which derivatives there are, and how those of a quotient follow from one another."""

from __future__ import annotations

from functools import cache
from itertools import product
from math import comb

import numpy as np
from numpy.typing import NDArray

Index = tuple[int, ...]


@cache
def multi_indices(parameters: int, order: int) -> tuple[Index, ...]:
    """All derivatives up to an order: (0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2) for two parameters and order 2."""
    found = [index for index in product(range(order + 1), repeat=parameters) if sum(index) <= order]
    return tuple(sorted(found, key=lambda index: (sum(index), tuple(-i for i in index))))


@cache
def quotient_terms(parameters: int, order: int) -> tuple[tuple[int, int, int, int], ...]:
    """Leibniz' rule for A = w S, solved for the derivatives of S (The NURBS Book, eq. 4.20, for any multi-index).

    S_i = (A_i - sum over 0 < j <= i of binom(i, j) w_j S_(i-j)) / w. Each term: the places of i, j and i - j among
    `multi_indices`, and the product of binomial coefficients.
    """
    kinds = multi_indices(parameters, order)
    place = {index: number for number, index in enumerate(kinds)}
    terms = []
    for index in kinds:
        for part in product(*(range(i + 1) for i in index)):
            if any(part):
                rest = tuple(i - j for i, j in zip(index, part, strict=True))
                factor = int(np.prod([comb(i, j) for i, j in zip(index, part, strict=True)]))
                terms.append((place[index], place[part], place[rest], factor))
    return tuple(terms)


@cache
def tables(parameters: int, order: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The same for compiled code, where every shape has three parameters: kinds [k, 3] and terms [t, 4]."""
    kinds = [(*(0,) * (3 - parameters), *index) for index in multi_indices(parameters, order)]
    return np.array(kinds, np.int64), np.array(quotient_terms(parameters, order), np.int64).reshape(-1, 4)
