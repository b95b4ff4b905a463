"""Curves as Bezier pieces: the quickest way to many points of a few spans, for any degree and order of parameters.

Control points of a piece are blossom values at its two ends: convex combinations, so nothing is lost when weights differ by
orders of magnitude. A point is sum b_r s^(p-r) t^r with s = 1 - t, both in 0..1, again only positive terms.
"""

from __future__ import annotations

import numpy as np

from trackside.geometry.nurbs.compiled.basis import Floats, Ints, compiled, over_weight, write


@compiled
def _blossom(knots: Floats, span: int, degree: int, low: float, high: float, ups: int, work: Floats) -> None:
    """Blossom at `ups` times the high end and otherwise the low end of a span, in work[degree] (de Boor's algorithm)."""
    for level in range(1, degree + 1):
        at = high if level <= ups else low
        for r in range(degree, level - 1, -1):
            begin, end = knots[span - degree + r], knots[span + r + 1 - level]
            inverse = 1.0 / (end - begin)
            for c in range(work.shape[1]):
                work[r, c] = (end - at) * inverse * work[r - 1, c] + (at - begin) * inverse * work[r, c]


@compiled
def pieces(net: Floats, knots: Floats, degree: int, order: int, spans: Ints) -> Floats:
    """Bezier pieces of a curve and of its derivatives, their control points multiplied by binomial coefficients.

    Args:
        net: homogeneous control points [n, wide].
        knots: [n + degree + 1].
        degree: at most 60, where binomial coefficients are still exact.
        order: of the highest derivative.
        spans: those that are not empty, ascending [s].

    Returns:
        [order + 1, s, degree + 1, wide]; the derivative of order k has degree + 1 - k of them.
    """
    wide = net.shape[1]
    found = np.zeros((order + 1, len(spans), degree + 1, wide), net.dtype)
    work = np.empty((degree + 1, wide), net.dtype)
    for piece in range(len(spans)):
        span = spans[piece]
        low, high = knots[span], knots[span + 1]
        for ups in range(degree + 1):
            work[:] = net[span - degree : span + 1]
            _blossom(knots, span, degree, low, high, ups, work)
            found[0, piece, ups] = work[degree]
        for k in range(1, min(order, degree) + 1):
            for r in range(degree - k + 1):
                found[k, piece, r] = (found[k - 1, piece, r + 1] - found[k - 1, piece, r]) * (
                    (degree - k + 1) / (high - low)
                )
        for k in range(min(order, degree) + 1):
            binomial = 1.0
            for r in range(degree - k + 1):
                found[k, piece, r] *= binomial
                binomial = binomial * (degree - k - r) / (r + 1)
    return found


@compiled
def _values(net: Floats, low: float, high: float, u: Floats, rational: bool, out: Floats) -> None:
    """Points [m, dim] of one piece [degree + 1, 4], the fourth number the weight."""
    inverse = 1.0 / (high - low)
    for x in range(len(u)):
        t, s = (u[x] - low) * inverse, (high - u[x]) * inverse
        power = t
        a, b, c, d = net[0, 0], net[0, 1], net[0, 2], net[0, 3]
        for r in range(1, len(net)):
            a = a * s + power * net[r, 0]
            b = b * s + power * net[r, 1]
            c = c * s + power * net[r, 2]
            d = d * s + power * net[r, 3]
            power *= t
        scale = 1.0 / d if rational else 1.0
        write(out, x, a * scale, b * scale, c * scale, d)


@compiled
def _derivatives(
    nets: Floats,
    piece: int,
    ends: tuple[float, float],
    u: Floats,
    terms: Ints,
    rational: bool,
    at: Floats,
    out: Floats,
    to: int,
) -> None:
    """Values and derivatives, out[kinds, to:, dim], of one of the pieces [order + 1, s, degree + 1, wide]."""
    low, high = ends
    inverse, wide = 1.0 / (high - low), nets.shape[3]
    for x in range(len(u)):
        t, s = (u[x] - low) * inverse, (high - u[x]) * inverse
        for kind in range(len(nets)):
            for c in range(wide):
                at[kind, c] = nets[kind, piece, 0, c]
            power = t
            for r in range(1, nets.shape[2] - kind):
                for c in range(wide):
                    at[kind, c] = at[kind, c] * s + power * nets[kind, piece, r, c]
                power *= t
        if rational:
            over_weight(at, terms, out.shape[2])
        for kind in range(len(nets)):
            for c in range(out.shape[2]):
                out[kind, to + x, c] = at[kind, c]


@compiled
def along(nets: Floats, breaks: Floats, u: Floats, terms: Ints, rational: bool, begin: int, end: int, out: Floats) -> bool:
    """Points of a curve and its derivatives, for a range of parameters.

    Args:
        nets: what `pieces` gave; wide is 4 (padded, the weight last) for values alone.
        breaks: ends of the pieces [s + 1].
        u: parameters [m], in any order; where neighbours share a piece it is quicker.
        terms: of the quotient rule, as in `grid`.
        rational: whether the last of `wide` is the weight.
        begin, end: which parameters.
        out: to write to [order + 1, m, dim].

    Returns:
        Whether all parameters lie in the domain.
    """
    last, x, piece = len(breaks) - 2, begin, 0
    at = np.zeros((len(nets), nets.shape[3]), nets.dtype)
    while x < end:
        if not breaks[0] <= u[x] <= breaks[-1]:
            return False
        if not breaks[piece] <= u[x] < breaks[piece + 1]:
            piece, top = 0, last
            while piece < top:
                middle = (piece + top + 1) // 2
                if breaks[middle] <= u[x]:
                    piece = middle
                else:
                    top = middle - 1
        low, high, stop = breaks[piece], breaks[piece + 1], x + 1
        while stop < end and low <= u[stop] < high:
            stop += 1
        if len(nets) == 1 and nets.shape[3] == 4:
            _values(nets[0, piece], low, high, u[x:stop], rational, out[0, x:stop])
        else:
            _derivatives(nets, piece, (low, high), u[x:stop], terms, rational, at, out, x)
        x = stop
    return True
