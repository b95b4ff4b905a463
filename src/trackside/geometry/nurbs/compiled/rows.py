"""Points along rows of a grid: control points of each row [n, wide] times basis functions of the points.

Control points are homogeneous and padded to four numbers, the weight last: one is a vector register, and a value is
degree + 1 multiplications of it by a basis function. What people use most (cubic, rational, in space) is written out.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from trackside.geometry.nurbs.compiled.basis import Floats, Ints, compiled, inlined, over_weight, write

# Points that must share their control points, on average, for vectors of several points to pay.
LONG = 24


@inlined
def _four(table: Floats, x: int, net: Floats, first: int) -> Any:
    """The sum of table[x, r] * net[first + r] over four r: four numbers."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    for r in range(4):
        t = table[x, r]
        a += t * net[first + r, 0]
        b += t * net[first + r, 1]
        c += t * net[first + r, 2]
        d += t * net[first + r, 3]
    return a, b, c, d


@inlined
def _sum(table: Floats, x: int, net: Floats, first: int) -> Any:
    """The same over all r."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    for r in range(table.shape[1]):
        t = table[x, r]
        a += t * net[first + r, 0]
        b += t * net[first + r, 1]
        c += t * net[first + r, 2]
        d += t * net[first + r, 3]
    return a, b, c, d


@compiled
def values(table: Floats, firsts: Ints, nets: Floats, rational: bool, out: Floats) -> None:
    """Values [rows, m, dim].

    Args:
        table: basis functions [m, degree + 1].
        firsts: the first control point of each point [m].
        nets: control points of each row [rows, n, 4].
        rational: whether the fourth number is the weight.
        out: to write to.
    """
    cubic = rational and table.shape[1] == 4 and out.shape[2] == 3
    for row in range(len(out)):
        net, to = nets[row], out[row]
        if cubic:
            for x in range(len(to)):
                a, b, c, d = _four(table, x, net, firsts[x])
                inverse = 1.0 / d
                to[x, 0] = a * inverse
                to[x, 1] = b * inverse
                to[x, 2] = c * inverse
        else:
            for x in range(len(to)):
                a, b, c, d = _sum(table, x, net, firsts[x])
                inverse = 1.0 / d if rational else 1.0
                write(to, x, a * inverse, b * inverse, c * inverse, d)


@compiled
def _dot(t: Floats, u: Floats, v: Floats, w: Floats, net: Floats, first: int, c: int, out: Floats) -> None:
    """Homogeneous coordinate c along a run of points that share four control points: a vector instruction does several."""
    one, two, three, four = net[first, c], net[first + 1, c], net[first + 2, c], net[first + 3, c]
    for x in range(len(out)):
        out[x] = t[x] * one + u[x] * two + v[x] * three + w[x] * four


@compiled
def _over(values: Floats, slope: Floats, inverse: Floats, out: Floats) -> None:
    """(A' - w' S) / w, in place of A' (A4.2)."""
    for x in range(len(out)):
        out[x] = (out[x] - slope[x] * values[x]) * inverse[x]


@compiled
def _cubic_tangents(
    tables: Floats, begins: Ints, runs: int, firsts: Ints, net: Floats, across: Floats, room: Floats
) -> None:
    """`tangents` along a row of a cubic rational surface in space, to room [13, m]: S, S_u, S_v, then weights."""
    for run in range(runs):
        begin, end = begins[run], begins[run + 1]
        first = firsts[begin]
        t, u, v, w = tables[0, begin:end], tables[1, begin:end], tables[2, begin:end], tables[3, begin:end]
        for c in range(4):
            place = c if c < 3 else 9
            _dot(t, u, v, w, net, first, c, room[place, begin:end])
            _dot(t, u, v, w, across, first, c, room[3 + place if c < 3 else 10, begin:end])
        t, u, v, w = tables[4, begin:end], tables[5, begin:end], tables[6, begin:end], tables[7, begin:end]
        for c in range(4):
            _dot(t, u, v, w, net, first, c, room[6 + c if c < 3 else 11, begin:end])
    weight, inverse = room[9], room[12]
    for x in range(len(weight)):
        inverse[x] = 1.0 / weight[x]
    for c in range(3):
        values = room[c]
        for x in range(len(values)):
            values[x] *= inverse[x]
        _over(values, room[10], inverse, room[3 + c])
        _over(values, room[11], inverse, room[6 + c])


@compiled
def _woven(room: Floats, begin: int, out: Floats) -> None:
    """Three rows of coordinates, woven into points [m, 3]."""
    one, two, three = room[begin], room[begin + 1], room[begin + 2]
    for x in range(len(out)):
        out[x, 0] = one[x]
        out[x, 1] = two[x]
        out[x, 2] = three[x]


@compiled
def _runs(firsts: Ints, begins: Ints) -> int:
    """Where runs of points that share their control points begin, and the end; returns how many there are."""
    count = 0
    for x in range(len(firsts)):
        if x == 0 or firsts[x] != firsts[x - 1]:
            begins[count] = x
            count += 1
    begins[count] = len(firsts)
    return count


@compiled
def _tangents_by_runs(
    table: Floats, along: Floats, firsts: Ints, nets: Floats, begins: Ints, runs: int, out: Floats
) -> None:
    m = len(firsts)
    turned, room = np.empty((8, m), table.dtype), np.empty((13, m), table.dtype)
    for x in range(m):
        for r in range(4):
            turned[r, x] = table[x, r]
            turned[4 + r, x] = along[x, r]
    for row in range(out.shape[1]):
        _cubic_tangents(turned, begins, runs, firsts, nets[0, row], nets[1, row], room)
        for kind in range(3):
            _woven(room, 3 * kind, out[kind, row])


@compiled
def tangents(table: Floats, along: Floats, firsts: Ints, nets: Floats, rational: bool, out: Floats) -> None:
    """Values and both first derivatives of a surface [3, rows, m, dim]: (A' - w' S) / w (A4.2).

    Args:
        table: basis functions [m, degree + 1].
        along: their derivatives [m, degree + 1].
        firsts: the first control point of each point [m].
        nets: control points of each row, and their derivatives along the other parameter [2 or more, rows, n, 4].
        rational: whether the fourth number is the weight.
        out: to write to.
    """
    if rational and table.shape[1] == 4 and out.shape[3] == 3:
        begins = np.empty(len(firsts) + 1, np.int64)
        runs = _runs(firsts, begins)
        if len(firsts) >= LONG * runs:
            _tangents_by_runs(table, along, firsts, nets, begins, runs, out)
            return
    for row in range(out.shape[1]):
        net, across, to, to_u, to_v = nets[0, row], nets[1, row], out[0, row], out[1, row], out[2, row]
        for x in range(len(to)):
            a, b, c, d = _sum(table, x, net, firsts[x])
            e, f, g, h = _sum(table, x, across, firsts[x])
            i, j, k, m = _sum(along, x, net, firsts[x])
            if rational:
                w, u, v = 1.0 / d, h, m
                a, b, c = a * w, b * w, c * w
                e, f, g = (e - u * a) * w, (f - u * b) * w, (g - u * c) * w
                i, j, k = (i - v * a) * w, (j - v * b) * w, (k - v * c) * w
            write(to, x, a, b, c, d)
            write(to_u, x, e, f, g, h)
            write(to_v, x, i, j, k, m)


@compiled
def derivatives(
    table: Floats, firsts: Ints, nets: Floats, kinds: Ints, terms: Ints, rational: bool, at: Floats, out: Floats
) -> None:
    """Values and derivatives of any order and dimension [kinds, rows, m, dim].

    Args:
        table: basis functions and their derivatives [order + 1, m, degree + 1].
        firsts: the first control point of each point [m].
        nets: control points of each row, derived along the leading parameters [kinds, rows, n, wide].
        kinds, terms: see `grid`.
        rational: whether the last of `wide` is the weight.
        at: room for the homogeneous derivatives of one point [kinds, wide].
        out: to write to.
    """
    dimension, wide = out.shape[3], at.shape[1]
    for row in range(out.shape[1]):
        for x in range(out.shape[2]):
            first = firsts[x]
            for kind in range(len(kinds)):
                order = kinds[kind, 2]
                for c in range(wide):
                    total = 0.0
                    for r in range(table.shape[2]):
                        total += table[order, x, r] * nets[kind, row, first + r, c]
                    at[kind, c] = total
            if rational:
                over_weight(at, terms, dimension)
            for kind in range(len(kinds)):
                for c in range(dimension):
                    out[kind, row, x, c] = at[kind, c]
