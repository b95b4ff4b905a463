"""How well a cue alone does on pictures that its rule was not made from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trackside.data.shortcuts.units import Units

_FOLDS = 5


def out_of_fold(
    value: NDArray[np.float64], label: int, units: Units, rng: np.random.Generator
) -> tuple[float, float, float]:
    """Balanced accuracy of the rule "more (or less) than a limit", the limit chosen on four fifths and tried on the last.

    Args:
        value: float64 [n], the cue of each picture.
        label: the class against the rest. Balanced accuracy is the mean of the shares found in the class and in the rest, so
            that chance is one half whatever their numbers.
        units: what stays together in a fold.
        rng: deals the folds.

    Returns:
        The accuracy and its 95 % interval (normal, of two binomial shares with one success and failure added, Agresti and
        Coull 1998). NaN where a fold would lack a class.
    """
    seen, inside = units.mean(value), units.labels == label
    fold = np.zeros(len(seen), np.int64)
    for side in (inside, ~inside):
        rows = rng.permutation(np.flatnonzero(side))
        fold[rows] = np.arange(len(rows)) % _FOLDS
    if min(int(inside.sum()), int((~inside).sum())) < _FOLDS:
        return np.nan, np.nan, np.nan
    told = np.zeros(len(seen), bool)
    for number in range(_FOLDS):
        held = fold == number
        limit, above = best_limit(seen[~held], inside[~held])
        told[held] = (seen[held] > limit) == above
    return _balanced(told, inside)


def best_limit(value: NDArray[np.float64], inside: NDArray[np.bool_]) -> tuple[float, bool]:
    """The limit with the best balanced accuracy, and whether the class lies above it."""
    order = np.argsort(value, kind="stable")
    ordered, is_in = value[order], inside[order]
    below = np.cumsum(is_in) / max(is_in.sum(), 1) - np.cumsum(~is_in) / max((~is_in).sum(), 1)
    cut = np.append(ordered[1:] > ordered[:-1], False)
    gain = np.where(cut, below, 0.0)
    best = int(np.abs(gain).argmax())
    high = ordered[min(best + 1, len(ordered) - 1)]
    return float((ordered[best] + high) / 2), bool(gain[best] < 0)


def _balanced(told: NDArray[np.bool_], inside: NDArray[np.bool_]) -> tuple[float, float, float]:
    shares = [(int((told & inside).sum()), int(inside.sum())), (int((~told & ~inside).sum()), int((~inside).sum()))]
    accuracy = sum(right / total for right, total in shares) / 2
    variance = 0.0
    for right, total in shares:
        share = (right + 2) / (total + 4)
        variance += share * (1 - share) / (total + 4) / 4
    error = 1.96 * float(np.sqrt(variance))
    return accuracy, max(accuracy - error, 0.0), min(accuracy + error, 1.0)
