"""Shifts of single properties and of shares between two splits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

DEALS = 500
"""Random deals that shares are held against, for one question; the least p is one in so many."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A property that differs between two splits.

    Attributes:
        name: the property.
        distance: Kolmogorov-Smirnov distance of two distributions, or total variation distance of shares; 0 to 1.
        p: corrected for the number of properties (Holm 1979).
        first, second: medians in both splits, or the shares that differ most.
    """

    name: str
    distance: float
    p: float
    first: float
    second: float


def property_shifts(values: Mapping[str, NDArray[np.float64]], second: NDArray[np.bool_], questions: int = 1) -> list[Shift]:
    """Two-sample Kolmogorov-Smirnov tests of named columns [n], NaN left out; the least p first.

    They are corrected for their number, and for the number of questions (pairs of splits) in which they are asked.
    """
    from scipy.stats import ks_2samp

    found = []
    for name, column in values.items():
        sides = [column[side & np.isfinite(column)] for side in (~second, second)]
        if min(len(side) for side in sides) < 5:
            continue
        test = ks_2samp(sides[0], sides[1], method="asymp")
        found.append(Shift(name, float(test.statistic), float(test.pvalue), *(float(np.median(side)) for side in sides)))
    return [replace(one, p=min(1.0, questions * one.p)) for one in holm(found)]


def share_shift(
    name: str, values: NDArray[np.int64], second: NDArray[np.bool_], rng: np.random.Generator, questions: int = 1
) -> Shift:
    """Whether the shares of categories [n] differ: chi squared, its p by dealing the split anew.

    Small expected counts do no harm (no approximation is made). There are 500 deals for each of the questions asked in all,
    and p is corrected for their number (Bonferroni): it is no less than about 1 in 500.
    """
    deals = DEALS * questions
    categories, which = np.unique(values, return_inverse=True)
    totals = np.bincount(which).astype(np.float64)
    many = int(second.sum())
    counts = np.bincount(which[second], minlength=len(categories)).astype(np.float64)
    dealt = rng.multivariate_hypergeometric(totals.astype(np.int64), many, size=deals, method="marginals").astype(np.float64)
    expected = totals * many / len(values)
    seen, chance = (_chi_squared(one, expected, totals, len(values), many) for one in (counts[None], dealt))
    shares = counts / max(many, 1), (totals - counts) / max(len(values) - many, 1)
    gap = np.abs(shares[0] - shares[1])
    most = int(gap.argmax()) if len(gap) else 0
    p = float((1 + (chance >= seen[0] - 1e-9).sum()) / (1 + deals))
    return Shift(name, float(gap.sum() / 2), min(1.0, questions * p), float(shares[1][most]), float(shares[0][most]))


def holm(found: list[Shift]) -> list[Shift]:
    """The same with p-values corrected for their number, least first."""
    ordered = sorted(found, key=lambda one: one.p)
    corrected, worst = [], 0.0
    for place, one in enumerate(ordered):
        worst = min(1.0, max(worst, one.p * (len(ordered) - place)))
        corrected.append(Shift(one.name, one.distance, worst, one.first, one.second))
    return corrected


def _chi_squared(
    counts: NDArray[np.float64], expected: NDArray[np.float64], totals: NDArray[np.float64], n: int, many: int
) -> NDArray[np.float64]:
    """Of rows of counts [r, c] in one split and what is left for the other."""
    rest = totals * (n - many) / n
    part = (counts - expected) ** 2 / np.maximum(expected, 1e-9)
    return np.asarray((part + (counts - expected) ** 2 / np.maximum(rest, 1e-9)).sum(1))
