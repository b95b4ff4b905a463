"""Points along rows of a grid: control points of each row [n, wide] times basis functions of the points.

Control points are homogeneous and padded to four numbers, the weight last: one is a vector register, and a value is
degree + 1 multiplications of it by a basis function. What people use most (cubic, rational, in space) is written out.
"""

from __future__ import annotations

from typing import Any

from trackside.geometry.nurbs.compiled.basis import Floats, Ints, compiled, inlined, over_weight


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


@inlined
def _write(out: Floats, x: int, a: float, b: float, c: float, d: float) -> None:
    out[x, 0] = a
    if out.shape[1] > 1:
        out[x, 1] = b
    if out.shape[1] > 2:
        out[x, 2] = c
    if out.shape[1] > 3:
        out[x, 3] = d


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
                _write(to, x, a * inverse, b * inverse, c * inverse, d)


@compiled
def _cubic_tangents(
    table: Floats, along: Floats, firsts: Ints, net: Floats, across: Floats, out: Floats, out_u: Floats, out_v: Floats
) -> None:
    """`tangents` of cubic rational surfaces in space: all about a point at once, in runs that share control points."""
    x = 0
    while x < len(out):
        end = x + 1
        while end < len(out) and firsts[end] == firsts[x]:
            end += 1
        now, now_v, here, here_u = table[x:end], along[x:end], net[firsts[x] :], across[firsts[x] :]
        to, to_u, to_v = out[x:end], out_u[x:end], out_v[x:end]
        for y in range(len(to)):
            a, b, c, d = _four(now, y, here, 0)
            inverse = 1.0 / d
            a, b, c = a * inverse, b * inverse, c * inverse
            to[y, 0] = a
            to[y, 1] = b
            to[y, 2] = c
            e, f, g, h = _four(now, y, here_u, 0)
            to_u[y, 0] = (e - h * a) * inverse
            to_u[y, 1] = (f - h * b) * inverse
            to_u[y, 2] = (g - h * c) * inverse
            e, f, g, h = _four(now_v, y, here, 0)
            to_v[y, 0] = (e - h * a) * inverse
            to_v[y, 1] = (f - h * b) * inverse
            to_v[y, 2] = (g - h * c) * inverse
        x = end


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
    cubic = rational and table.shape[1] == 4 and out.shape[3] == 3
    for row in range(out.shape[1]):
        net, across, to, to_u, to_v = nets[0, row], nets[1, row], out[0, row], out[1, row], out[2, row]
        if cubic:
            _cubic_tangents(table, along, firsts, net, across, to, to_u, to_v)
            continue
        for x in range(len(to)):
            a, b, c, d = _sum(table, x, net, firsts[x])
            e, f, g, h = _sum(table, x, across, firsts[x])
            i, j, k, m = _sum(along, x, net, firsts[x])
            if rational:
                w, u, v = 1.0 / d, h, m
                a, b, c = a * w, b * w, c * w
                e, f, g = (e - u * a) * w, (f - u * b) * w, (g - u * c) * w
                i, j, k = (i - v * a) * w, (j - v * b) * w, (k - v * c) * w
            _write(to, x, a, b, c, d)
            _write(to_u, x, e, f, g, h)
            _write(to_v, x, i, j, k, m)


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
