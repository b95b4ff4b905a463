"""How often chance alone does as well: exact or rank tests for each cue, and one limit for all cues together.

Searching thousands of cues for the best one finds something in noise. So labels are shuffled, the whole search is repeated,
and the best p-value of each shuffled search says how many independent questions the search is worth (Westfall and Young
1993, the minP method). Every test is one class against the rest and is symmetric in both, so that 95 to 5 is as fair as 50
to 50: the chance level of balanced accuracy and of AUC is one half whatever the shares.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, log_ndtr
from scipy.stats import rankdata

SHUFFLES = 1000
# The level at which questions are counted: near the families' shares of the 5 %, for the tests' tails are not all alike.
_LEVEL = 0.01
_SIZES, _AT_ONCE = 4, 250
# A picture's content moves some views only; an added change moves all, though none as far as the others exactly.
_AGREE = 1 / 3


@dataclass(frozen=True, slots=True)
class Columns:
    """Cues of n units, ready to be tested against any labels.

    Attributes:
        marks: float32 [n, k], 0 or 1.
        ranks: float32 [n, f, q], ranks with mean 0 and variance 1, for q views of each cue; see `agreed`.
        spreads: float64 [f, q], the standard deviation that the ranks had.
    """

    marks: NDArray[np.float32]
    ranks: NDArray[np.float32]
    spreads: NDArray[np.float64]

    @classmethod
    def of(cls, marks: NDArray[np.bool_], values: NDArray[np.float64]) -> Columns:
        """From bool [n, k] and numbers [n, f, q]; NaN counts as the middle."""
        n, f, q = values.shape
        flat = values.reshape(n, f * q)
        ranks = np.stack([centred_ranks(flat[:, one]) for one in range(f * q)], 1) if f * q else np.zeros((n, 0))
        spreads = ranks.std(0)
        ranks /= np.where(spreads > 0, spreads, 1)
        return cls(marks.astype(np.float32), ranks.reshape(n, f, q).astype(np.float32), spreads.reshape(f, q))

    def tests(self, chosen: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Log p-values (two sides) of marks [c, k] and ranked cues [c, f], for indicator rows `chosen`, float32 [c, n]."""
        n = chosen.shape[1]
        sizes = chosen.sum(1)
        counts = chosen @ self.marks
        log_marks = _hypergeometric(counts, self.marks.sum(0), sizes, n)
        f, q = self.ranks.shape[1:]
        # The sum of m of n standardised ranks drawn without replacement has variance m (n - m) / (n - 1).
        spread = np.sqrt(np.maximum(sizes * (n - sizes) / max(n - 1, 1), 1e-9))
        z = ((chosen @ self.ranks.reshape(n, f * q)) / spread[:, None]).reshape(len(chosen), f, q).astype(np.float64)
        return log_marks, np.minimum(np.log(2) + log_ndtr(-np.abs(agreed(z))), 0.0)


def agreed(views: NDArray[np.float64]) -> NDArray[np.float64]:
    """One number for q views [..., q]: their mean; 0 if signs differ or the weakest is below a third of the strongest."""
    if not views.size:
        return np.zeros(views.shape[:-1])
    size = np.abs(views)
    one_way = np.abs(np.sign(views).sum(-1)) == views.shape[-1]
    return np.where(one_way & (size.min(-1) >= _AGREE * size.max(-1)), views.mean(-1), 0.0)


def centred_ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks of [n] numbers less their mean; ties share theirs, and NaN counts as the middle."""
    known = np.isfinite(values)
    ranks = np.zeros(len(values))
    if known.sum() > 1:
        ranks[known] = rankdata(values[known])
        ranks[known] -= ranks[known].mean()
    return ranks


def areas(columns: Columns, inside: NDArray[np.bool_]) -> NDArray[np.float64]:
    """AUC of each cue, [k + f], for a class [n] against the rest; of several views the mean, 0.5 if they disagree.

    AUC less one half is the difference of the mean ranks over n (Mann and Whitney 1947), for marks half that of the shares.
    """
    share = columns.marks[inside].mean(0) - columns.marks[~inside].mean(0)
    shift = (columns.ranks[inside].mean(0) - columns.ranks[~inside].mean(0)) * columns.spreads / len(inside)
    return np.asarray(0.5 + np.concatenate([share / 2, agreed(shift)]))


def questions(
    columns: Columns,
    sizes: NDArray[np.int64],
    families: NDArray[np.object_],
    rng: np.random.Generator,
    shuffles: int = SHUFFLES,
) -> dict[str, float]:
    """How many independent questions each family of cues is worth, at the 1 % level, for a class of the worst typical size.

    Args:
        columns: the cues.
        sizes: units of each class.
        families: str [k + f], the family of each cue.
        rng: shuffles.
        shuffles: how many; the limit is known within about a third with 1000.
    """
    n = len(columns.marks)
    # All tests are symmetric: a class and the rest are one question.
    smaller = np.minimum(sizes, n - sizes)
    worth = dict.fromkeys(families.tolist(), 1.0)
    for size in np.unique(np.quantile(smaller, np.linspace(0, 1, min(_SIZES, len(sizes))), method="nearest")).astype(int):
        least: dict[str, list[NDArray[np.float64]]] = {family: [] for family in worth}
        for start in range(0, shuffles, _AT_ONCE):
            chosen = np.zeros((min(_AT_ONCE, shuffles - start), n), np.float32)
            for row in chosen:
                row[rng.choice(n, size, replace=False)] = 1.0
            logs = np.concatenate(columns.tests(chosen), axis=1)
            for family, found in least.items():
                found.append(logs[:, families == family].min(1))
        for family, found in least.items():
            p = np.exp(np.quantile(np.concatenate(found), _LEVEL))
            worth[family] = max(worth[family], float(np.log1p(-_LEVEL) / np.log1p(-min(p, 0.5))))
    return worth


def family_wise(log_p: NDArray[np.float64], asked: NDArray[np.float64]) -> NDArray[np.float64]:
    """p-values corrected for a number of questions (Sidak)."""
    return -np.expm1(asked * np.log1p(-np.minimum(np.exp(log_p), 1 - 1e-12)))


def _hypergeometric(
    counts: NDArray[np.float32], marked: NDArray[np.float32], sizes: NDArray[np.float32], n: int
) -> NDArray[np.float64]:
    """Fisher's exact test: log of twice the smaller tail, [c, k]."""
    if not counts.size:
        return np.zeros(counts.shape)
    out = np.empty(counts.shape)
    for one in np.unique(sizes):
        rows = np.flatnonzero(sizes == one)
        for m in np.unique(marked):
            columns = np.flatnonzero(marked == m)
            cells = np.ix_(rows, columns)
            out[cells] = _tails(round(float(m)), round(float(one)), n)[np.rint(counts[cells]).astype(np.int64)]
    return out


def _tails(m: int, size: int, n: int) -> NDArray[np.float64]:
    """The same for each number of marked pictures, 0 to m, in `size` of n."""
    k = np.arange(m + 1)
    logs = _log_choices(m, k) + _log_choices(n - m, size - k) - _log_choices(n, np.array(size))
    lower, upper = np.logaddexp.accumulate(logs), np.logaddexp.accumulate(logs[::-1])[::-1]
    return np.asarray(np.minimum(np.log(2) + np.where(k * n >= m * size, upper, lower), 0.0))


def _log_choices(n: int, k: NDArray[np.int64]) -> NDArray[np.float64]:
    """Log of the number of ways to choose k of n; minus infinity where there is none."""
    ways = gammaln(n + 1) - gammaln(np.maximum(k, 0) + 1) - gammaln(np.maximum(n - k, 0) + 1)
    return np.where((k >= 0) & (k <= n), ways, -np.inf)
