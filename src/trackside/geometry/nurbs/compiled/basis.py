"""Spans and basis functions, one parameter after the other (A2.1 to A2.3 of The NURBS Book).

They are sums of positive terms, which stay accurate when weights differ by many orders of magnitude; a power basis does not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

Call = TypeVar("Call", bound=Callable[..., Any])
Floats = NDArray[Any]
Ints = NDArray[np.int64]

# Reordering sums and multiplying by a reciprocal cost a unit in the last place. NaN and infinity keep their meaning.
_FAST = {"contract", "reassoc", "arcp", "nsz"}


def compiled(function: Call) -> Call:
    """Compile when it is first used; keep what was compiled on disk."""
    result: Call = njit(cache=True, nogil=True, fastmath=_FAST, error_model="numpy")(function)
    return result


def inlined(function: Call) -> Call:
    """The same, copied into where it is used."""
    result: Call = njit(cache=True, nogil=True, fastmath=_FAST, error_model="numpy", inline="always")(function)
    return result


@compiled
def search(knots: Floats, degree: int, count: int, u: float) -> int:
    """The span that holds u, by halves (A2.1); the last one that is not empty holds the end of the domain."""
    low, high = degree, count - 1
    while high > degree and knots[high] >= knots[count]:
        high -= 1
    while low < high:
        middle = (low + high + 1) // 2
        if knots[middle] <= u:
            low = middle
        else:
            high = middle - 1
    return low


@compiled
def _inverses(knots: Floats, span: int, degree: int, inverse: Floats) -> None:
    """What the basis functions of a span are divided by: inverse[q, r] for function r of degree q - 1."""
    for q in range(1, degree + 1):
        for r in range(q):
            inverse[q, r] = 1.0 / (knots[span + r + 1] - knots[span + r + 1 - q])


@compiled
def _functions(knots: Floats, span: int, degree: int, u: float, inverse: Floats, table: Floats, x: int) -> None:
    """Basis functions of u and their derivatives, to table[:, x], [order + 1, degree + 1].

    Each function of degree q - 1 gives its shares to two of degree q: by eq. 2.5, or by eq. 2.7 for its derivative.
    """
    for k in range(len(table)):
        row = table[k, x]
        for r in range(degree + 1):
            row[r] = 0.0
        if k > degree:
            continue
        row[0] = 1.0
        for q in range(1, degree - k + 1):
            for r in range(q - 1, -1, -1):
                share = row[r] * inverse[q, r]
                row[r + 1] += (u - knots[span + r + 1 - q]) * share
                row[r] = (knots[span + r + 1] - u) * share
        for q in range(degree - k + 1, degree + 1):
            for r in range(q - 1, -1, -1):
                share = row[r] * inverse[q, r] * q
                row[r + 1] += share
                row[r] = -share


@inlined
def _cubic(knots: Floats, span: int, u: float, inverse: Floats, table: Floats, x: int) -> None:
    """`_functions` for degree 3 without derivatives, written out: it is what people use most, and five times as quick."""
    low, high = u - knots[span], knots[span + 1] - u
    left, right = u - knots[span - 1], knots[span + 2] - u
    a1, b1 = high * inverse[1, 0] * inverse[2, 0], low * inverse[1, 0] * inverse[2, 1]
    a2, b2, c2 = high * a1 * inverse[3, 0], (left * a1 + right * b1) * inverse[3, 1], low * b1 * inverse[3, 2]
    table[0, x, 0] = high * a2
    table[0, x, 1] = (u - knots[span - 2]) * a2 + right * b2
    table[0, x, 2] = left * b2 + (knots[span + 3] - u) * c2
    table[0, x, 3] = low * c2


@compiled
def tables(knots: Floats, degree: int, count: int, u: Floats, firsts: Ints, table: Floats) -> bool:
    """The first control point [m] and the basis functions [order + 1, m, degree + 1] of parameters [m].

    Args:
        knots: float [count + degree + 1].
        degree: 0 for a parameter that is not there.
        count: control points.
        u: parameters, in any order; where neighbours share a span it is quicker.
        firsts: to write to.
        table: to write to.

    Returns:
        Whether all parameters are in the domain; if not, the rest is not written.
    """
    low, high, span = knots[degree], knots[count], -1
    inverse = np.empty((degree + 1, degree + 1), table.dtype)
    for x in range(len(u)):
        if not low <= u[x] <= high:
            return False
        if span < 0 or not knots[span] <= u[x] < knots[span + 1]:
            span = search(knots, degree, count, u[x])
            _inverses(knots, span, degree, inverse)
        if degree == 3 and len(table) == 1:
            _cubic(knots, span, u[x], inverse, table, x)
        else:
            _functions(knots, span, degree, u[x], inverse, table, x)
        firsts[x] = span - degree
    return True


@inlined
def write(out: Floats, x: int, a: float, b: float, c: float, d: float) -> None:
    """As many of four numbers as there is room for, to out[x]."""
    out[x, 0] = a
    if out.shape[1] > 1:
        out[x, 1] = b
    if out.shape[1] > 2:
        out[x, 2] = c
    if out.shape[1] > 3:
        out[x, 3] = d


@inlined
def over_weight(at: Floats, terms: Ints, dimension: int) -> None:
    """From homogeneous derivatives [kinds, wide] to Cartesian ones, in place (A4.4 for any multi-index).

    Args:
        at: the weight's derivatives stand in the last column.
        terms: of the quotient rule, [t, 4]: kind, kind of the weight's derivative, kind it goes with, factor.
        dimension: columns to work on.
    """
    weight, term = at.shape[1] - 1, 0
    inverse = 1.0 / at[0, weight]
    for kind in range(len(at)):
        while term < len(terms) and terms[term, 0] == kind:
            factor = terms[term, 3] * at[terms[term, 1], weight]
            for c in range(dimension):
                at[kind, c] -= factor * at[terms[term, 2], c]
            term += 1
        for c in range(dimension):
            at[kind, c] *= inverse
