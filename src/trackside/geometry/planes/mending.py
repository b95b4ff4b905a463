"""What to do about picks that make no homography: which of them are on a line, which two are swapped."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np

from trackside.core import InputError
from trackside.geometry.planes.arrays import Floats
from trackside.geometry.planes.homography import Homography
from trackside.geometry.planes.picks import Picks
from trackside.geometry.planes.solve import Crossed, Undetermined, solve

_WHERE = "homography"
# Part of the length of a row of points that they may lie aside and still be called a row.
_ROW = 0.02
# Points among which a swapped pair is looked for: with more, every pair would take seconds.
_MOST_TRIED = 12
_FIX = "pick at least four points, no three of them on a line, as far apart as the picture allows"


def undetermined(picks: Picks) -> InputError:
    """The error for picks that leave the homography open: they are (almost) on a line, in the picture or on the plane."""
    names = picks.labels[: picks.points]
    for where, values in (("in the picture", picks.constraints.pixels), ("on the plane", picks.constraints.places)):
        row = _longest_row(values)
        if len(row) >= max(3, len(names) - 1):
            listed = "all points" if len(row) == len(names) else ", ".join(names[each] for each in row)
            return InputError(f"{listed} are on one line {where}, which leaves the homography open", where=_WHERE, fix=_FIX)
    fix = "add points, or lines that run in another direction"
    return InputError("what was picked leaves the homography open", where=_WHERE, fix=fix)


def crossed(picks: Picks, seen: str) -> InputError:
    """The error for points of which some would be beyond the horizon: two of them are swapped."""
    what = "the points cross: in the picture they go round in another order than on the plane"
    return InputError(what, where=_WHERE, fix=_swap_advice(picks, seen))


def swapped(picks: Picks) -> InputError:
    """The error for a plane that is seen from below."""
    what = "the picture is mirrored: the plane would be seen from below"
    return InputError(what, where=_WHERE, fix=_swap_advice(picks, "above") + ", or left and right of the field")


def _longest_row(values: Floats) -> list[int]:
    """The most points that are on one line."""
    best: list[int] = []
    for first, second in combinations(range(len(values)), 2):
        way = values[second] - values[first]
        length = float(np.hypot(*way))
        if not length:
            continue
        off = values - values[first]
        aside = np.abs(way[0] * off[:, 1] - way[1] * off[:, 0]) / length
        row = np.flatnonzero(aside <= _ROW * length).tolist()
        best = row if len(row) > len(best) else best
    return best


def _swap_advice(picks: Picks, seen: str) -> str:
    pairs = [
        pair for pair in combinations(range(picks.points), 2) if picks.points <= _MOST_TRIED and _mends(picks, pair, seen)
    ]
    if not pairs:
        return "check which pixel belongs to which point"
    named = " or ".join(f"{picks.labels[a]} with {picks.labels[b]}" for a, b in pairs[:2])
    return f"swap {named}"


def _mends(picks: Picks, pair: tuple[int, int], seen: str) -> bool:
    """Whether all is well after two pixels change places."""
    pixels = picks.constraints.pixels.copy()
    pixels[list(pair)] = pixels[list(pair[::-1])]
    changed = replace(picks.constraints, pixels=pixels)
    try:
        solution = solve(changed)
    except (Crossed, Undetermined):
        return False
    # A pair that mends nothing leaves errors of many pixels.
    if picks.worst(solution.errors, np.ones(len(picks.labels), bool)) > 10:
        return False
    slope = Homography(solution.matrix).metres_per_pixel(picks.all_pixels.mean(axis=0))
    return seen != "above" or bool(np.linalg.det(slope) < 0)
