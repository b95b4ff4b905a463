"""How often a threshold is wrong, and which threshold keeps a stated false-match rate.

Names are those of ISO/IEC 19795-1. Two pictures of different people make an *impostor* pair, two of one person a *genuine*
one; a pair matches if its similarity reaches the threshold.

- FMR, false-match rate: matching impostor pairs / impostor pairs.
- FNMR, false-non-match rate: genuine pairs that do not match / genuine pairs.
- FPIR, false-positive identification rate: how often somebody who is not in a gallery of N is taken for one who is,
  1 - (1 - FMR)^N.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError

CONFIDENCE = 0.95
_ROWS = 512
RULE_OF_THREE = 3.0
"""No error in n trials shows a rate below 3 / n at 95 % confidence (Hanley and Lippman-Hand 1983, JAMA 249)."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of errors with its exact two-sided 95 % interval (Clopper and Pearson 1934).

    Attributes:
        errors: how many there were.
        count: out of how many.
    """

    errors: int
    count: int

    @property
    def value(self) -> float:
        """The share; NaN of nothing."""
        return self.errors / self.count if self.count else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper edge."""
        tail = (1 - CONFIDENCE) / 2
        low = 0.0 if self.errors == 0 else _beta(tail, self.errors, self.count - self.errors + 1)
        return low, upper_bound(self.errors, self.count, 1 - tail)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Similarities of pairs of pictures.

    Attributes:
        impostor: float [n], of different people.
        genuine: float [m], of one person.
        people: how many people are in them; 0 if not known.
    """

    impostor: NDArray[np.floating]
    genuine: NDArray[np.floating]
    people: int = 0


@dataclass(frozen=True, slots=True)
class Calibration:
    """A threshold with what was shown of it.

    Attributes:
        threshold: least similarity that counts as a match.
        asked: the false-match rate that was stated beforehand.
        fmr: measured at the threshold; with 95 % confidence it is at most `asked`.
        fnmr: measured at the threshold.
        people: how many people were in the pairs; 0 if not known.
    """

    threshold: float
    asked: float
    fmr: Rate
    fnmr: Rate
    people: int = 0


def pairs_of(
    vectors: NDArray[np.float32], people: Sequence[str], groups: Mapping[str, str] | None = None
) -> dict[str, Pairs]:
    """The similarities of all pairs of pictures.

    Args:
        vectors: float32 [n, d], unit length; rows of NaN are left out.
        people: n names.
        groups: the group of each person, if known.

    Returns:
        the pairs of all, under an empty name, and those within each group, by its name.
    """
    known = np.flatnonzero(np.isfinite(vectors).all(axis=1))
    names = np.array([people[row] for row in known.tolist()])
    found = {"": _split(vectors[known], names)}
    of = np.array([(groups or {}).get(name, "") for name in names])
    for group in sorted(set(of.tolist()) - {""}):
        rows = np.flatnonzero(of == group)
        found[group] = _split(vectors[known[rows]], names[rows])
    return found


def choose_threshold(pairs: Pairs, asked: float) -> Calibration:
    """The lowest threshold whose false-match rate is, with 95 % confidence, at most the one asked for.

    That the threshold is chosen on the same pairs does not spoil the bound: it is a tolerance limit (Wilks 1941). It holds
    for pairs that are independent; pairs that share a person are not quite, so few people make it too good.

    Args:
        pairs: at least 3 / `asked` of impostors.
        asked: the false-match rate, above 0, below 1.

    Raises:
        InputError: too few impostor pairs to show such a rate, or no genuine pairs.
    """
    if not 0 < asked < 1:
        raise InputError(f"a false-match rate of {asked:g} cannot be shown", where="fmr", fix="give one above 0 and below 1")
    impostor = _finite(pairs.impostor)
    needed = math.ceil(RULE_OF_THREE / asked)
    if len(impostor) < needed:
        best = f"{RULE_OF_THREE / len(impostor):.2g} at best" if len(impostor) else "nothing"
        raise InputError(
            f"{len(impostor):,} impostor pairs show {best}, not a false-match rate of {asked:g} (the rule of three)",
            fix=f"bring at least {needed:,} pairs of different people, or ask for a higher rate",
        )
    if not len(_finite(pairs.genuine)):
        raise InputError("there are no two pictures of one person", fix="bring at least two pictures of some people")
    allowed = _errors_allowed(len(impostor), asked)
    threshold = float(np.nextafter(np.sort(impostor)[::-1][allowed], np.inf))
    return Calibration(threshold, asked, *rates_at(pairs, threshold), pairs.people)


def rates_at(pairs: Pairs, threshold: float) -> tuple[Rate, Rate]:
    """The false-match and false-non-match rates at a threshold."""
    impostor, genuine = _finite(pairs.impostor), _finite(pairs.genuine)
    return Rate(int((impostor >= threshold).sum()), len(impostor)), Rate(int((genuine < threshold).sum()), len(genuine))


def identification_rate(fmr: float, people: int) -> float:
    """FPIR: 1 - (1 - FMR)^N for a gallery of so many people."""
    return -math.expm1(people * math.log1p(-fmr)) if fmr < 1 else float(people > 0)


def upper_bound(errors: int, count: int, confidence: float = CONFIDENCE) -> float:
    """The one-sided upper limit of a rate (Clopper and Pearson 1934); 1 - 0.05^(1/n) for no error in n."""
    return 1.0 if errors >= count else _beta(confidence, errors + 1, count - errors)


def _errors_allowed(count: int, asked: float) -> int:
    """The largest number of errors in so many trials that still shows the rate; the limit rises with the errors."""
    low, high = 0, max(0, math.floor(asked * count))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if upper_bound(middle, count) <= asked else (low, middle - 1)
    return low


def _split(vectors: NDArray[np.float32], names: NDArray[np.str_]) -> Pairs:
    """All pairs, some rows of the matrix at a time: twelve thousand pictures make seventy million."""
    impostor, genuine = [np.empty(0, np.float32)], [np.empty(0, np.float32)]
    for start in range(0, len(names), _ROWS):
        rows = np.arange(start, min(start + _ROWS, len(names)))
        scores = vectors[rows] @ vectors.T
        later = rows[:, None] < np.arange(len(names))
        same = names[rows][:, None] == names
        impostor.append(scores[later & ~same])
        genuine.append(scores[later & same])
    return Pairs(np.concatenate(impostor), np.concatenate(genuine), len(set(names.tolist())))


def _finite(values: NDArray[np.floating]) -> NDArray[np.float64]:
    wide = np.asarray(values, np.float64)
    return wide[np.isfinite(wide)]


def _beta(share: float, a: float, b: float) -> float:
    from scipy.special import betaincinv

    return float(betaincinv(a, b, share))
