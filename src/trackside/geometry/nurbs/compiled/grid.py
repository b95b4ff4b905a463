"""All points of a grid.

A curve is a volume whose first two parameters have degree 0 and one control point, a surface one whose first has: so one
kernel serves all three.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from trackside.geometry.nurbs.compiled.basis import Floats, Ints, compiled, tables
from trackside.geometry.nurbs.compiled.rows import derivatives, tangents, values

Three = tuple[Any, ...]

# Points of a row that are worked on at a time: their basis functions stay in the first cache.
BLOCK = 1024
# Rows that are worked on at a time: so many that starting costs nothing, so few that their control points stay there too.
ROWS = 16


@compiled
def _contract(weights: Floats, net: Floats, first: int, out: Floats) -> None:
    """out[x] = sum over r of weights[r] * net[first + r, x]."""
    weight, line = weights[0], net[first]
    for x in range(len(out)):
        out[x] = weight * line[x]
    for r in range(1, len(weights)):
        weight, line = weights[r], net[first + r]
        for x in range(len(out)):
            out[x] += weight * line[x]


@compiled
def _contract_rows(table: Floats, firsts: Ints, begin: int, end: int, sheet: Floats, nets: Floats) -> None:
    """Control points [rows, n_3 * wide] of rows begin to end, from those of the sheet [n_2, n_3 * wide]."""
    for row in range(begin, end):
        first, place = firsts[row], row - begin
        if table.shape[1] == 4:
            a, b, c, d = table[row, 0], table[row, 1], table[row, 2], table[row, 3]
            for k in range(nets.shape[1]):
                one, two = a * sheet[first, k] + b * sheet[first + 1, k], c * sheet[first + 2, k] + d * sheet[first + 3, k]
                nets[place, k] = one + two
        else:
            _contract(table[row], sheet, first, nets[place])


@compiled
def grid(
    net: Floats,
    knots: Three,
    degrees: tuple[int, ...],
    parameters: Three,
    kinds: Ints,
    terms: Ints,
    rational: bool,
    rows: tuple[int, int],
    points: tuple[int, int],
    out: Floats,
) -> bool:
    """Values and derivatives on a grid, for a range of rows and of points in each row.

    Args:
        net: homogeneous control points [b, n_1, n_2, n_3, wide], the weight last; padded with zeros to four before it.
        knots: three times [b or 1, n + p + 1].
        degrees: three; 0 for a parameter that is not there.
        parameters: three times [b or 1, m].
        kinds: multi-indices of the derivatives [k, 3]: lower orders first, the leading parameter's first among equals.
        terms: of the quotient rule, [t, 4]: kind, kind of the weight's derivative, kind it goes with, factor.
        rational: whether the last of `wide` is the weight.
        rows: first and last + 1 of the b m_1 m_2 rows.
        points: first and last + 1 of the m_3 points in each row.
        out: float [k, b, m_1, m_2, m_3, dim].

    Returns:
        Whether all parameters lie in the domain; if not, `out` is not complete.
    """
    _, n1, n2, n3, wide = net.shape
    m1, m2 = out.shape[2], out.shape[3]
    p1, p2, p3 = degrees
    block = min(BLOCK, points[1] - points[0])
    table1, firsts1 = np.empty((kinds[:, 0].max() + 1, m1, p1 + 1), net.dtype), np.empty(m1, np.int64)
    table2, firsts2 = np.empty((kinds[:, 1].max() + 1, m2, p2 + 1), net.dtype), np.empty(m2, np.int64)
    table3, firsts3 = np.empty((kinds[:, 2].max() + 1, block, p3 + 1), net.dtype), np.empty(block, np.int64)
    sheets = np.empty((len(table1), n2, n3 * wide), net.dtype)
    nets, at = np.empty((len(kinds), ROWS, n3, wide), net.dtype), np.empty((len(kinds), wide), net.dtype)
    first_order = len(kinds) == 3 and kinds.max() == 1
    for b in range(rows[0] // (m1 * m2), (rows[1] - 1) // (m1 * m2) + 1):
        first, end = max(rows[0] - b * m1 * m2, 0), min(rows[1] - b * m1 * m2, m1 * m2)
        solid = net[b].reshape((n1, n2 * n3 * wide))
        if not (
            tables(knots[0][b % len(knots[0])], p1, n1, parameters[0][b % len(parameters[0])], firsts1, table1)
            and tables(knots[1][b % len(knots[1])], p2, n2, parameters[1][b % len(parameters[1])], firsts2, table2)
        ):
            return False
        for start in range(points[0], points[1], block):
            stop = min(start + block, points[1])
            along = parameters[2][b % len(parameters[2])][start:stop]
            if not tables(knots[2][b % len(knots[2])], p3, n3, along, firsts3, table3):
                return False
            for i in range(first // m2, (end - 1) // m2 + 1):
                for k in range(len(table1)):
                    _contract(table1[k, i], solid, firsts1[i], sheets[k].reshape(-1))
                low, high = max(first - i * m2, 0), min(end - i * m2, m2)
                for begin in range(low, high, ROWS):
                    last = min(begin + ROWS, high)
                    for kind in range(len(kinds)):
                        leading, following = kinds[kind, 0], kinds[kind, 1]
                        here = nets[kind].reshape((ROWS, n3 * wide))
                        _contract_rows(table2[following], firsts2, begin, last, sheets[leading], here)
                    to = out[:, b, i, begin:last, start:stop]
                    if len(kinds) == 1 and wide == 4:
                        values(table3[0], firsts3, nets[0], rational, to[0])
                    elif first_order and wide == 4:
                        tangents(table3[0], table3[1], firsts3, nets, rational, to)
                    else:
                        derivatives(table3, firsts3, nets, kinds, terms, rational, at, to)
    return True
