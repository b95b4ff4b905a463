"""From which score on a pair counts as copies, in this data set.

Digits look alike and photographs do not, so no threshold serves both, and people cannot guess one (idealo/imagededup #86,
deepchecks #1243). Two things are measured on the data set itself.

*Wrong pairs.* A picture's best partner may be a true copy; its third best (of different pictures: sure copies count as one)
hardly ever is. On a logistic scale the quantiles of best and third best scores of wrong pairs lie about on a line, whose
lower part can be seen even where a third of the pictures have copies. Along that line the third best tell how many wrong
pairs to expect above any score; beyond the largest seen, the tail goes on exponentially (Pickands 1975). The threshold is
the lowest at which they are at most 2.5 % of all pairs found: the false discovery rate as Benjamini and Hochberg (1995)
bound it. Where there are no copies, that leaves next to nothing.

A wrong pair comes once for each copy of either picture, which a picture's best partners do not tell: the number is
multiplied by how many pairs above the score there are for each pair of different pictures.

*Right pairs.* Copies of the data set's own pictures, altered at random, tell what share is found at that threshold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.core.intervals import wilson
from trackside.data.duplicates.groups import duplicate_groups

Rows = NDArray[np.int64]
Floats = NDArray[np.float32]
LOWEST = 0.35
"""No pair below counts, however unlike the pictures are otherwise: on photographs, wrong pairs stay below it."""
HIGHEST = 0.998
WRONG_SHARE = 0.025
"""Of the pairs found, at most this share may be wrong: precision 0.95, with a margin for what is estimated."""
_RANK = 3
# Quantiles, in percent, that are looked at: above, best partners may be copies.
_LOWER, _UPPER = 5, 35
_FLAT = 0.02
_WIDEST_GAP, _WIDEST = 1.5, 0.5
_GAP_OF_NOTHING = 1.0
_TAIL = 0.02
# Scores below say nothing of how pictures differ, nor scores as far from 1.
_EDGE = 0.02


@dataclass(frozen=True, slots=True)
class Background:
    """How wrong pairs score.

    Attributes:
        bests: float64 [n], the logistic of best scores with wrong partners, as the third best foretell them; sorted.
        slope: mean excess of the tail: how far it takes for e times fewer.
    """

    bests: NDArray[np.float64]
    slope: float

    def wrong_pairs(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """How many wrong pairs to expect above each score."""
        if len(self.bests) == 0:
            return np.zeros(len(scores))
        level = _logit(scores)
        count = len(self.bests) - np.searchsorted(self.bests, level, side="left").astype(np.float64)
        tail = min(max(2, round(_TAIL * len(self.bests))), len(self.bests))
        start = self.bests[-tail]
        beyond = tail * np.exp(-np.maximum(level - start, 0) / self.slope)
        # A pair is the best of two pictures.
        return np.asarray(np.where(level > start, np.maximum(beyond, count), count) / 2)


@dataclass(frozen=True, slots=True)
class Calibration:
    """The threshold, and what it is worth.

    Attributes:
        threshold: scores from here on count; above 1 where no threshold keeps wrong pairs rare enough.
        wrong: expected number of wrong pairs among those found.
        found: pairs found.
        planted: how many copies were planted.
        recovered: how many of them were found again.
    """

    threshold: float
    wrong: float
    found: int
    planted: int = 0
    recovered: int = 0

    @property
    def precision(self) -> float:
        """Expected share of right pairs among those found; NaN if none was found."""
        return 1 - min(self.wrong / self.found, 1.0) if self.found else float("nan")

    @property
    def recall(self) -> float:
        """Share of the planted copies that were found again; NaN without any."""
        return self.recovered / self.planted if self.planted else float("nan")

    def recall_interval(self) -> tuple[float, float]:
        """95 % interval of the recall (Wilson 1927)."""
        return wilson(self.recovered, self.planted)


def calibrate(count: int, first: Rows, second: Rows, scores: Floats, sure: NDArray[np.bool_]) -> Calibration:
    """The threshold for these pairs.

    Args:
        count: pictures in the data set.
        first: int64 [p], one row a pair of pictures, no pair twice.
        second: int64 [p].
        scores: float32 [p].
        sure: bool [p], pairs that are taken for one picture while wrong pairs are counted.
    """
    groups = duplicate_groups(count, first[sure], second[sure])
    background = measure_background(groups, first, second, scores)
    levels = np.unique(np.concatenate([scores[scores >= LOWEST].astype(np.float64), np.linspace(LOWEST, HIGHEST, 500)]))
    found = len(scores) - np.searchsorted(np.sort(scores), levels.astype(np.float32), side="left")
    wrong = background.wrong_pairs(levels) * _times(groups, first, second, scores, levels)
    good = np.flatnonzero(wrong <= WRONG_SHARE * np.maximum(found, 1))
    if len(good) == 0:
        return Calibration(1.01, 0.0, 0)
    # The lowest of them, so that what is found stays good as a whole; levels in between may be worse by chance.
    best = good[0]
    return Calibration(float(levels[best]), float(wrong[best]), int(found[best]))


def measure_background(groups: Rows, first: Rows, second: Rows, scores: Floats) -> Background:
    """How wrong pairs score, from partners that are hardly ever copies; sure copies are in one of `groups`, int64 [n]."""
    count = len(groups)
    ranked = _by_rank(count, groups, first, second, scores)
    best, third = (np.sort(_logit(ranked[rank].astype(np.float64))) for rank in (0, _RANK - 1))
    if count < 2 * _RANK:
        return Background(np.zeros(0), 1.0)
    bests = _foretold(best, third)
    tail = bests[-max(2, round(_TAIL * count)) :]
    return Background(bests, max(float(np.mean(tail - tail[0])), 0.1))


def _foretold(best: NDArray[np.float64], third: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the best scores would be without copies, float64 [n], from both as they are, sorted."""
    low, high = _LOWER * len(best) // 100, _UPPER * len(best) // 100
    # Wrong pairs stayed within these limits wherever measured; beyond, most pictures have copies that are not sure.
    gap = float(np.clip(best[high] - third[high], 0, _WIDEST_GAP))
    spread = third[high] - third[low]
    # Most pictures have no third partner: they tell nothing but that copies stand out, and `gap` is theirs.
    if spread < _FLAT:
        return np.asarray(third + min(gap, _GAP_OF_NOTHING))
    # Where pictures differ in how many look like them, both spread alike. Where they do not, the best of many independent
    # scores spreads a third wider in this part, and as many times wider in the tail as its rank says.
    wider = float(np.clip((best[high] - best[low]) / spread - 1, 0, _WIDEST))
    return np.asarray(third[high] + gap + (1 + _RANK * wider) * (third - third[high]))


def _times(groups: Rows, first: Rows, second: Rows, scores: Floats, levels: NDArray[np.float64]) -> NDArray[np.float64]:
    """How often a pair of different pictures comes, as copies of them, among the pairs above each level."""
    apart = np.flatnonzero(groups[first] != groups[second])
    apart = apart[np.argsort(-scores[apart], kind="stable")]
    one, other = np.sort([groups[first[apart]], groups[second[apart]]], axis=0)
    new = np.zeros(len(apart))
    new[np.unique(one * (len(groups) + 1) + other, return_index=True)[1]] = 1
    above = np.searchsorted(-scores[apart], -levels.astype(np.float32), side="right")
    different = np.concatenate([[0], np.cumsum(new)])[above]
    return np.asarray(above / np.maximum(different, 1)).clip(1)


def _by_rank(count: int, groups: Rows, first: Rows, second: Rows, scores: Floats) -> Floats:
    """The best, second and third best score of each picture with pictures of other groups, one for each group, [3, n]."""
    apart = groups[first] != groups[second]
    own = np.concatenate([first[apart], second[apart]])
    other = groups[np.concatenate([second[apart], first[apart]])]
    value = np.concatenate([scores[apart]] * 2)
    order = np.lexsort((-value, other, own))
    own, other, value = own[order], other[order], value[order]
    new = np.ones(len(own), bool)
    new[1:] = (own[1:] != own[:-1]) | (other[1:] != other[:-1])
    own, value = own[new], value[new]
    order = np.lexsort((-value, own))
    own, value = own[order], value[order]
    rank = np.arange(len(own)) - np.searchsorted(own, own)
    ranked = np.zeros((_RANK, count), np.float32)
    kept = rank < _RANK
    ranked[rank[kept], own[kept]] = value[kept]
    return ranked


def _logit(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    inside = np.clip(scores, _EDGE, 1 - _EDGE)
    return np.asarray(np.log(inside / (1 - inside)))
