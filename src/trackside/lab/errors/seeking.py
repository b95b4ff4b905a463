"""Seeking slices in one half of the items and confirming them in the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trackside.lab.errors.atoms import Atoms, excess

# Slices that are handed on to be confirmed. Few, because each costs power.
_MOST = 6
# A candidate lies so many standard deviations above chance, in the half where it was found.
_LEAST_EXCESS = 2.5
# What a second condition must bring to be worth saying.
_PRICE_OF_A_CONDITION = 1.0
# Conditions that are paired; 200 give 20,000 pairs.
_MOST_PAIRED = 200
_BLOCK = 8192


@dataclass(frozen=True, slots=True)
class Candidate:
    """A slice of one or two conditions, and what the confirming half says.

    Attributes:
        conditions: numbers of its conditions.
        inside: its items there, and how many of them are mistakes.
        outside: the same of all other items there.
        p_value: adjusted.
    """

    conditions: tuple[int, ...]
    inside: tuple[int, int] = (0, 0)
    outside: tuple[int, int] = (0, 0)
    p_value: float = 1.0

    @property
    def rate(self) -> float:
        """The error rate where it was confirmed."""
        return self.inside[1] / max(self.inside[0], 1)

    @property
    def rest(self) -> float:
        """The error rate of all other items there."""
        return self.outside[1] / max(self.outside[0], 1)

    def joined(self, other: Candidate) -> Candidate:
        """The same slice confirmed in both halves. To keep only the surer half would flatter its rate."""
        inside, outside = (
            (a[0] + b[0], a[1] + b[1]) for a, b in ((self.inside, other.inside), (self.outside, other.outside))
        )
        return replace(self, inside=inside, outside=outside, p_value=min(self.p_value, other.p_value))

    def members(self, atoms: Atoms) -> NDArray[np.bool_]:
        """bool [n]: which rows belong to it."""
        return np.asarray(atoms.members[:, list(self.conditions)].all(axis=1))


def seek(atoms: Atoms, wrong: NDArray[np.bool_], half: NDArray[np.bool_], least: int) -> list[Candidate]:
    """The slices with the greatest excess of mistakes, one after the other: each among the rows that no earlier one holds.

    Args:
        atoms: conditions.
        wrong: bool [n].
        half: bool [n], where to look.
        least: fewest rows of a slice there.
    """
    rows = np.flatnonzero(half)
    found: list[Candidate] = []
    while len(found) < _MOST and len(rows):
        best = _best(atoms, wrong, rows, least)
        if best is None:
            break
        found.append(best)
        rows = rows[~best.members(atoms)[rows]]
    return found


def confirm(
    candidates: Sequence[Candidate],
    atoms: Atoms,
    wrong: NDArray[np.bool_],
    half: NDArray[np.bool_],
    level: float,
    group: NDArray[np.int64] | None = None,
) -> list[Candidate]:
    """Those that the other half confirms: hypergeometric test, Holm's correction (Scand. J. Statistics 6, 1979).

    Each is tested among the rows that no earlier candidate holds, as it was found. With groups (frames of one video) the
    greater p-value of that test and of one that takes only groups for independent counts.
    """
    from scipy import stats

    rows, tested = np.flatnonzero(half), []
    for one in candidates:
        inside = one.members(atoms)[rows]
        count, hits, mistakes = int(inside.sum()), int(wrong[rows][inside].sum()), int(wrong[rows].sum())
        p_value = float(stats.hypergeom.sf(hits - 1, len(rows), mistakes, count))
        if group is not None:
            p_value = max(p_value, _grouped(inside, wrong[rows], group[rows]))
        outside = (len(rows) - count, mistakes - hits)
        tested.append(replace(one, inside=(count, hits), outside=outside, p_value=p_value))
        rows = rows[~inside]
    adjusted = holm([one.p_value for one in tested])
    # Both directions are asked, so an honest p-value of the whole is twice that of one.
    return [
        replace(one, p_value=min(2 * p, 1.0))
        for one, p in zip(tested, adjusted, strict=True)
        if p <= level and one.inside[0]
    ]


def _grouped(inside: NDArray[np.bool_], wrong: NDArray[np.bool_], group: NDArray[np.int64]) -> float:
    """One-sided p-value of an excess inside, with groups as the independent units: the score statistic with the
    cluster-robust variance (Liang, Zeger, Biometrika 73, 1986), against Student's t."""
    from scipy import stats

    if not len(inside):
        return 1.0
    _, number = np.unique(group, return_inverse=True)
    score = np.bincount(number, (inside - inside.mean()) * (wrong - wrong.mean()))
    spread = float(np.sqrt((score**2).sum()))
    return float(stats.t.sf(score.sum() / spread, max(len(score) - 1, 1))) if spread > 0 else 1.0


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's adjusted p-values: below a level with at most that chance of any false alarm.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p_values, kind="stable")
    scaled = [min(p_values[number] * (len(p_values) - place), 1.0) for place, number in enumerate(order)]
    adjusted = [0.0] * len(p_values)
    for number, value in zip(order, np.maximum.accumulate(scaled) if scaled else [], strict=True):
        adjusted[int(number)] = float(value)
    return adjusted


def _best(atoms: Atoms, wrong: NDArray[np.bool_], rows: NDArray[np.intp], least: int) -> Candidate | None:
    mistakes = int(wrong[rows].sum())
    single = _counts(atoms, wrong, rows)
    z = np.where(single[0] >= least, excess(*single, len(rows), mistakes), -np.inf)
    if not len(z):
        return None
    first = int(z.argmax())
    chosen: tuple[int, ...] = (first,)
    top = float(z[first])
    paired = np.sort(np.argsort(-z, kind="stable")[:_MOST_PAIRED])
    pairs = _pair_excess(atoms, wrong, rows, paired, mistakes, least)
    a, b = (int(number) for number in np.unravel_index(int(pairs.argmax()), pairs.shape))
    parents = (int(paired[a]), int(paired[b]))
    if pairs[a, b] > max(top, *(float(z[parent]) for parent in parents)) + _PRICE_OF_A_CONDITION:
        chosen, top = parents, float(pairs[a, b])
    return Candidate(chosen) if top >= _LEAST_EXCESS else None


def _counts(
    atoms: Atoms, wrong: NDArray[np.bool_], rows: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rows and mistakes of each condition."""
    count = np.zeros(len(atoms.names))
    hits = np.zeros(len(atoms.names))
    for start in range(0, len(rows), _BLOCK):
        part = rows[start : start + _BLOCK]
        count += atoms.members[part].sum(axis=0)
        hits += atoms.members[part[wrong[part]]].sum(axis=0)
    return count, hits


def _pair_excess(
    atoms: Atoms, wrong: NDArray[np.bool_], rows: NDArray[np.intp], paired: NDArray[np.intp], mistakes: int, least: int
) -> NDArray[np.float64]:
    """The excess of every pair of conditions; minus infinity for pairs that say nothing."""
    count = np.zeros((len(paired), len(paired)))
    hits = np.zeros_like(count)
    for start in range(0, len(rows), _BLOCK):
        part = rows[start : start + _BLOCK]
        table = atoms.members[np.ix_(part, paired)].astype(np.float32)
        bad = table[wrong[part]]
        count += table.T @ table
        hits += bad.T @ bad
    same = atoms.columns[paired][:, None] == atoms.columns[paired][None, :]
    band = atoms.numeric[paired][:, None] & atoms.numeric[paired][None, :]
    alone = np.diag(count)
    subset = (count == alone[:, None]) | (count == alone[None, :])
    usable = (count >= least) & (~same | band) & ~subset
    return np.where(usable, excess(count, hits, len(rows), mistakes), -np.inf)
