"""Drawing mistakes to look at, at random and with the reason."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.core.errors import InputError, nearest
from trackside.lab.errors.intervals import wilson
from trackside.lab.errors.predictions import Predictions

ABOUT = 100
"""Mistakes to look at: enough to tell 10 % from 25 %, few enough for an hour (Ng, Machine Learning Yearning, chapter 14)."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Mistakes that were drawn.

    Attributes:
        rows: int [m], rows of the predictions, in the order in which to look at them.
        weights: float64 [m], how many mistakes each stands for; they add up to all mistakes.
        answers: how many answers the model gave.
        mistakes: how many of them were mistakes.
        reason: why so many and why these, for people.
    """

    rows: NDArray[np.intp]
    weights: NDArray[np.float64]
    answers: int
    mistakes: int
    reason: str


def draw(predictions: Predictions, count: int = ABOUT, *, by: str | None = None, seed: int = 0) -> Drawn:
    """Draw mistakes without a preference, so that shares among them are shares among all.

    The order is that of one random permutation: drawing 200 with the same seed gives the first 100 again.

    Args:
        predictions: of the whole evaluation set, right answers too.
        count: how many; all if there are fewer.
        by: None draws every mistake with equal chance. "class" or the name of a column of texts draws equally many from each
            class or value, so that rare ones are seen, and weights keep all estimates unbiased.
        seed: of the random order.

    Raises:
        InputError: no mistakes, `count` below 1, or no column of that name.
    """
    if count < 1:
        raise InputError(f"cannot draw {count} mistakes", fix="draw about 100")
    mistakes = predictions.mistakes
    if not len(mistakes):
        raise InputError(
            f"there is no mistake among {len(predictions)} answers", fix="give the predictions on held-out data"
        )
    order = np.random.default_rng(seed).permutation(len(mistakes))
    shuffled = mistakes[order]
    strata = np.zeros(len(shuffled), np.int64) if by is None else _merged(_strata(predictions, by)[shuffled], count)
    taken = _shared_out(np.bincount(strata), min(count, len(shuffled)))
    turn = _turns(strata)
    chosen = np.flatnonzero(turn < taken[strata])
    weights = np.bincount(strata)[strata[chosen]] / taken[strata[chosen]]
    reason = _reason(len(chosen), len(mistakes), len(predictions), by, len(taken), seed)
    return Drawn(shuffled[chosen], weights.astype(np.float64), len(predictions), len(mistakes), reason)


def _strata(predictions: Predictions, by: str) -> NDArray[np.int64]:
    columns = {"class": predictions.truth, **predictions.columns}
    if by not in columns:
        raise InputError(f"the predictions have no column {by!r}", fix=nearest(by, columns))
    values = [str(value) for value in columns[by]]
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def _merged(strata: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """With more values than half the draw, the rarest become one: what nothing is drawn of would be lost."""
    _, strata = np.unique(strata, return_inverse=True)  # Only values that occur among the mistakes.
    sizes = np.bincount(strata)
    most = max(count // 2, 1)
    if len(sizes) <= most:
        return strata.astype(np.int64)
    number = np.full(len(sizes), most - 1)
    number[np.argsort(-sizes, kind="stable")[: most - 1]] = np.arange(most - 1)
    return number[strata].astype(np.int64)


def _shared_out(sizes: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """How many to take of each stratum: as even as the sizes allow, at least one of each while there are enough."""
    taken = np.zeros_like(sizes)
    while count > 0:
        open_ones = np.flatnonzero(taken < sizes)
        each = count // len(open_ones)
        if not each:  # The last few go to the largest.
            taken[open_ones[np.argsort(-sizes[open_ones], kind="stable")[:count]]] += 1
            break
        more = np.minimum(each, sizes[open_ones] - taken[open_ones])
        taken[open_ones] += more
        count -= int(more.sum())
    return taken


def _turns(strata: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each row, how many rows of its stratum stand before it."""
    order = np.argsort(strata, kind="stable")
    starts = np.r_[0, np.cumsum(np.bincount(strata))[:-1]] if len(strata) else np.empty(0, np.int64)
    turns = np.empty(len(strata), np.int64)
    turns[order] = np.arange(len(strata)) - starts[strata[order]]
    return turns


def _reason(drawn: int, mistakes: int, answers: int, by: str | None, strata: int, seed: int) -> str:
    """What was drawn, and what the number means: the interval of a share of 20 %."""
    low, high = wilson(0.2 * drawn, drawn)
    how = "each with equal chance" if by is None else f"evenly over {strata} values of {by}, weighted back"
    rate = f"{mistakes} mistakes among {answers} answers ({mistakes / answers:.1%})"
    width = f"a tag on 20 % of {drawn} stands for {low:.0%} to {high:.0%} of all mistakes (95 %)"
    fewer, more = wilson(5, 25), wilson(80, 400)
    others = f"25 would say {fewer[0]:.0%} to {fewer[1]:.0%}, 400 {more[0]:.0%} to {more[1]:.0%} for four times the work"
    which = f"all {drawn}" if drawn == mistakes else f"{drawn} drawn at random, {how} (seed {seed})"
    return f"{rate}; {which}: {width}; {others}"
