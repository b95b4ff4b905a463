"""The two inner loops of tracking, compiled by numba where it is installed (`pip install trackside[fast]`).

Nothing here is called directly: `Likeness` and `assign` take these where `compiled()` of `association.py` finds them, and
the results are the same, to the bit. So no `fastmath`, and wherever the best assignment is not the only one, none is made
here. Signatures are given, so that everything is compiled (or read from numba's cache) when this file is imported, and
nothing in the middle of a stream.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from trackside.perception.tracking.association import Floats, Match, Rows

Call = TypeVar("Call", bound=Callable[..., Any])

_GIVEN_ROWS = types.Array(types.int64, 1, "C", readonly=True)
_GIVEN_FLOATS = types.Array(types.float64, 1, "C", readonly=True)
_GIVEN_BOXES = types.Array(types.float64, 2, "C", readonly=True)
_ROWS, _FLOATS = types.int64[::1], types.float64[::1]
_MATCH = types.UniTuple(_ROWS, 2)

# Choices tried for rivals of one another before they are left to the solver. In a crowd of 200 nearly all need under 100.
_MOST_TRIALS = 2000
# Sums of gains that differ by less are equal, for all that rounding lets one say.
_SAME = 1e-9


def _compiled(*signature: Any) -> Callable[[Call], Call]:
    """Compile now if there is a signature, else with the first kernel that uses it."""

    def compile_it(function: Call) -> Call:
        compiled: Call = njit(*signature, cache=True, error_model="numpy")(function)
        return compiled

    return compile_it


@_compiled()
def _grown(boxes: Floats, share: float) -> Floats:
    grown = np.empty_like(boxes)
    for axis in range(2):
        for row in range(boxes.shape[1]):
            grow = (boxes[axis + 2, row] - boxes[axis, row]) * share
            grown[axis, row] = boxes[axis, row] - grow
            grown[axis + 2, row] = boxes[axis + 2, row] + grow
    return grown


@_compiled()
def _longer(values: NDArray[Any]) -> NDArray[Any]:
    longer = np.empty(2 * len(values), values.dtype)
    longer[: len(values)] = values
    return longer


@_compiled()
def _from_left(boxes: Floats) -> tuple[Rows, Floats, Floats]:
    """The order of the left edges, the boxes in that order, and how far to the right any box up to each one reaches."""
    order = np.argsort(boxes[0])
    ordered, reach = np.empty(boxes.shape), np.empty(len(order))
    furthest = -np.inf
    for place in range(len(order)):
        for edge in range(4):
            ordered[edge, place] = boxes[edge, order[place]]
        furthest = ordered[2, place] if ordered[2, place] > furthest else furthest
        reach[place] = furthest
    return order, ordered, reach


@_compiled()
def _iou(x1: float, y1: float, x2: float, y2: float, left: float, top: float, right: float, bottom: float) -> float:
    # Not min and max, which look for NaN and take five times as long.
    width = (x2 if x2 < right else right) - (x1 if x1 > left else left)
    height = (y2 if y2 < bottom else bottom) - (y1 if y1 > top else top)
    common = width * height
    return common / ((x2 - x1) * (y2 - y1) + (right - left) * (bottom - top) - common)


@_compiled(types.Tuple((_MATCH, _FLOATS))(_GIVEN_BOXES, _GIVEN_BOXES, types.float64, types.float64))
def pairs_by_iou(a: Floats, b: Floats, least: float, expand: float) -> tuple[Match, Floats]:
    """Pairs of boxes [4, n] and [4, m] with at least this IoU when both are expanded: rows [p], rows [p], and the IoU [p].

    Each box of `a` looks only at those of `b` that begin left of its right edge, from the first one that may reach it.
    """
    if expand:
        a, b = _grown(a, expand), _grown(b, expand)
    order, ordered, reach = _from_left(b)
    left, top, right, bottom = ordered[0], ordered[1], ordered[2], ordered[3]
    i, j = np.empty(a.shape[1] + b.shape[1], np.int64), np.empty(a.shape[1] + b.shape[1], np.int64)
    alike, count = np.empty(len(i)), 0
    for row in range(a.shape[1]):
        x1, y1, x2, y2 = a[0, row], a[1, row], a[2, row], a[3, row]
        begin = count
        for place in range(np.searchsorted(reach, x1, "right"), len(order)):
            if left[place] >= x2:
                break
            if not (x1 < right[place] and y1 < bottom[place] and y2 > top[place]):
                continue
            iou = _iou(x1, y1, x2, y2, left[place], top[place], right[place], bottom[place])
            if not iou >= least:
                continue
            if count == len(i):
                i, j, alike = _longer(i), _longer(j), _longer(alike)
            here = count  # Sorted in among the row's others, so that the pairs come in ascending order.
            while here > begin and j[here - 1] > order[place]:
                j[here], alike[here] = j[here - 1], alike[here - 1]
                here -= 1
            i[count], j[here], alike[here] = row, order[place], iou
            count += 1
    return (i[:count].copy(), j[:count].copy()), alike[:count].copy()


@_compiled()
def _by_row(i: Rows, gain: Floats) -> Match:
    """The pairs with gain in order of `i`, and where each row's begin: a counting sort."""
    first = np.zeros((i.max() + 1 if len(i) else 0) + 1, np.int64)
    for pair in range(len(i)):
        if gain[pair] > 0:
            first[i[pair] + 1] += 1
    for row in range(1, len(first)):
        first[row] += first[row - 1]
    order, place = np.empty(first[-1], np.int64), first[:-1].copy()
    for pair in range(len(i)):
        if gain[pair] > 0:
            order[place[i[pair]]] = pair
            place[i[pair]] += 1
    return order, first


@_compiled()
def _groups(order: Rows, first: Rows, i: Rows, j: Rows) -> Match:
    """For each row the lowest row that it is tied to through shared columns, and the rows in order of that."""
    rows = len(first) - 1
    group, owner = np.arange(rows), np.full(j.max() + 1 if len(j) else 0, -1, np.int64)
    for pair in order:
        a, b = i[pair], owner[j[pair]]
        if b < 0:
            owner[j[pair]] = a
            continue
        while group[a] != a:
            a = group[a]
        while group[b] != b:
            b = group[b]
        group[max(a, b)] = min(a, b)
    for row in range(rows):  # A row's parent stands before it, so one pass leads all to the root.
        group[row] = group[group[row]]
    return group, np.argsort(group, kind="mergesort")


@_compiled()
def _solve(rows: Rows, order: Rows, first: Rows, j: Rows, gain: Floats, used: NDArray[np.bool_], partner: Rows) -> bool:
    """The best assignment of rivals, into `partner`; False if it is not the only one or not found quickly.

    Depth first over the rows, each with one of its columns or none, by branch and bound.
    """
    count = len(rows)
    bound = np.zeros(count + 1)  # What the rows from here on can gain at most.
    for depth in range(count - 1, -1, -1):
        most = 0.0
        for place in range(first[rows[depth]], first[rows[depth] + 1]):
            most = max(most, gain[order[place]])
        bound[depth] = bound[depth + 1] + most
    if not np.isfinite(bound[0]):
        return False
    margin = _SAME * max(1.0, bound[0])
    total, best, second = np.zeros(count + 1), -1.0, -1.0
    picks = np.empty(count, np.int64)
    picks[0] = first[rows[0]] - 1
    depth, trials = 0, 0
    while depth >= 0:
        start, end, pick = first[rows[depth]], first[rows[depth] + 1], picks[depth]
        if start <= pick < end:
            used[j[order[pick]]] = False
        pick += 1
        while pick < end and used[j[order[pick]]]:
            pick += 1
        picks[depth] = pick
        if pick > end:  # All columns were tried, and none at all.
            depth -= 1
            continue
        trials += 1
        if trials > _MOST_TRIALS:
            return False
        here = total[depth] + (gain[order[pick]] if pick < end else 0.0)
        if here + bound[depth + 1] < best - margin:
            continue
        if depth + 1 == count:
            second = max(second, min(best, here))
            if here > best:
                best = here
                for row in range(count):
                    taken = picks[row] < first[rows[row] + 1]
                    partner[rows[row]] = j[order[picks[row]]] if taken else -1
            continue
        if pick < end:
            used[j[order[pick]]] = True
        depth += 1
        total[depth], picks[depth] = here, first[rows[depth]] - 1
    return bool(second < best - margin)


@_compiled(types.Tuple((types.boolean, _MATCH))(_GIVEN_ROWS, _GIVEN_ROWS, _GIVEN_FLOATS))
def assign_apart(i: Rows, j: Rows, gain: Floats) -> tuple[bool, Match]:
    """The one best assignment, where it is found quickly: see `assign`, whose arguments these are.

    Pairs that share no row, not even through others, are solved apart: one alone is taken, a few are tried in all
    combinations that can still be the best.

    Returns:
        Whether there is an answer (there is none if two assignments are equally good, or too many had to be tried), and the
        answer, in ascending order of `i`.
    """
    none = np.empty(0, np.int64)
    order, first = _by_row(i, gain)
    rows = len(first) - 1
    groups, members = _groups(order, first, i, j)
    used = np.zeros(j.max() + 1 if len(j) else 0, np.bool_)
    partner = np.full(rows, -1, np.int64)
    start = 0
    while start < rows:
        end = start + 1
        while end < rows and groups[members[end]] == groups[members[start]]:
            end += 1
        row, pairs = members[start], first[members[start] + 1] - first[members[start]]
        if end == start + 1 and pairs == 1 and gain[order[first[row]]] < np.inf:
            partner[row] = j[order[first[row]]]
        elif pairs and not _solve(members[start:end], order, first, j, gain, used, partner):
            return False, (none, none)
        start = end
    found = np.nonzero(partner >= 0)[0]
    return True, (found, partner[found])
