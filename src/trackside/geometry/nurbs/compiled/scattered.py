"""Points of surfaces and volumes at scattered parameters: each point sums over its own control points."""

from __future__ import annotations

from typing import Any

import numpy as np

from trackside.geometry.nurbs.compiled.basis import Floats, Ints, compiled, over_weight, tables

Three = tuple[Any, ...]

# Points that are worked on at a time: their basis functions stay in the first cache.
BLOCK = 512


@compiled
def _gather(net: Floats, weights: Three, orders: Ints, x: int, firsts: Three, at: Floats) -> None:
    """The homogeneous derivative [wide] of one kind at point x."""
    one, two, three = weights[0][orders[0]], weights[1][orders[1]], weights[2][orders[2]]
    first1, first2, first3 = firsts[0][x], firsts[1][x], firsts[2][x]
    if net.shape[3] == 4:
        a, b, c, d = 0.0, 0.0, 0.0, 0.0
        for i in range(one.shape[1]):
            for j in range(two.shape[1]):
                share, line = one[x, i] * two[x, j], net[first1 + i, first2 + j]
                for k in range(three.shape[1]):
                    t = share * three[x, k]
                    a += t * line[first3 + k, 0]
                    b += t * line[first3 + k, 1]
                    c += t * line[first3 + k, 2]
                    d += t * line[first3 + k, 3]
        at[0], at[1], at[2], at[3] = a, b, c, d
        return
    at[:] = 0.0
    for i in range(one.shape[1]):
        for j in range(two.shape[1]):
            share, line = one[x, i] * two[x, j], net[first1 + i, first2 + j]
            for k in range(three.shape[1]):
                for c in range(len(at)):
                    at[c] += share * three[x, k] * line[first3 + k, c]


@compiled
def scattered(
    net: Floats,
    knots: Three,
    degrees: tuple[int, ...],
    parameters: Three,
    kinds: Ints,
    terms: Ints,
    rational: bool,
    begin: int,
    end: int,
    out: Floats,
) -> bool:
    """Values and derivatives at scattered parameters of one shape; arguments as of `grid`, without the batch.

    Args:
        net: [n_1, n_2, n_3, wide].
        knots: three times [n + p + 1].
        degrees: three; 0 for a parameter that is not there.
        parameters: three times [m].
        kinds: [k, 3].
        terms: [t, 4].
        rational: whether the last of `wide` is the weight.
        begin, end: which points.
        out: [k, m, dim].

    Returns:
        Whether all parameters lie in the domain; if not, `out` is not complete.
    """
    block = min(BLOCK, end - begin)
    weights = (
        np.empty((kinds[:, 0].max() + 1, block, degrees[0] + 1), net.dtype),
        np.empty((kinds[:, 1].max() + 1, block, degrees[1] + 1), net.dtype),
        np.empty((kinds[:, 2].max() + 1, block, degrees[2] + 1), net.dtype),
    )
    firsts = np.empty(block, np.int64), np.empty(block, np.int64), np.empty(block, np.int64)
    at = np.empty((len(kinds), net.shape[3]), net.dtype)
    for start in range(begin, end, block):
        stop = min(start + block, end)
        if not (
            tables(knots[0], degrees[0], net.shape[0], parameters[0][start:stop], firsts[0], weights[0])
            and tables(knots[1], degrees[1], net.shape[1], parameters[1][start:stop], firsts[1], weights[1])
            and tables(knots[2], degrees[2], net.shape[2], parameters[2][start:stop], firsts[2], weights[2])
        ):
            return False
        for x in range(stop - start):
            for kind in range(len(kinds)):
                _gather(net, weights, kinds[kind], x, firsts, at[kind])
            if rational:
                over_weight(at, terms, out.shape[2])
            for kind in range(len(kinds)):
                for c in range(out.shape[2]):
                    out[kind, start + x, c] = at[kind, c]
    return True
