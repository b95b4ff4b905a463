"""How much better a model looks than it is, because the evaluation split holds what it was trained on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Inflation:
    """Accuracy with and without the leaked items; all in shares of 1.

    Attributes:
        whole: accuracy on the evaluation split as it is.
        clean: accuracy without the leaked items; NaN if all leaked.
        low: lower end of the 95 % interval of the difference.
        high: upper end.
    """

    whole: float
    clean: float
    low: float
    high: float

    @property
    def difference(self) -> float:
        """By how much the score is too high."""
        return self.whole - self.clean


def metric_inflation(correct: NDArray[np.bool_], is_leaked: NDArray[np.bool_], seed: int = 0) -> Inflation:
    """The accuracy on an evaluation split, less that without the leaked items, with a bootstrap interval (Efron 1979).

    Args:
        correct: bool [n], whether the model is right about each item of the split.
        is_leaked: bool [n].
        seed: of the bootstrap.

    >>> found = metric_inflation(np.array([1, 1, 1, 0], bool), np.array([1, 1, 0, 0], bool))
    >>> found.whole, found.clean, found.difference
    (0.75, 0.5, 0.25)
    """
    if len(correct) == 0 or is_leaked.all():
        return Inflation(float(correct.mean()) if len(correct) else float("nan"), *[float("nan")] * 3)
    whole, clean = float(correct.mean()), float(correct[~is_leaked].mean())
    if not is_leaked.any():
        return Inflation(whole, clean, 0.0, 0.0)
    # Items of one kind are alike, so resampling them is drawing four counts.
    counts = np.bincount(2 * is_leaked + correct, minlength=4)
    drawn = np.random.default_rng(seed).multinomial(len(correct), counts / len(correct), _RESAMPLES)
    rest = np.maximum(drawn[:, 0] + drawn[:, 1], 1)
    differences = (drawn[:, 1] + drawn[:, 3]) / len(correct) - drawn[:, 1] / rest
    low, high = np.quantile(differences, [0.025, 0.975])
    return Inflation(whole, clean, float(low), float(high))
