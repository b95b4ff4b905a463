"""Agreement taken apart: by class, by annotator, and which classes are called which."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from trackside.data.agreement.coefficients import cohen_kappa, krippendorff_alpha
from trackside.data.agreement.intervals import Interval
from trackside.data.agreement.ratings import Ratings

# Classes and annotators that are told apart; the most frequent ones.
_MOST = 50


def of_each_class(ratings: Ratings, seed: int = 0) -> dict[str, Interval]:
    """Krippendorff's alpha of "this class or another", by class name; the fifty most frequent classes."""
    values = ratings.values
    numbers, counts = np.unique(values[values >= 0], return_counts=True)
    often = np.sort(numbers[np.argsort(-counts, kind="stable")[:_MOST]])
    return {
        _name(ratings, int(number)): krippendorff_alpha(np.where(values < 0, -1, values == number), seed=seed)
        for number in often
    }


def of_each_annotator(ratings: Ratings, seed: int = 0) -> dict[str, Interval]:
    """Cohen's kappa of each annotator against what most of the others said; ties among the others do not count."""
    found = {}
    for column, name in enumerate(ratings.annotators[:_MOST]):
        others = _most_said(np.delete(ratings.values, column, axis=1))
        found[name] = cohen_kappa(ratings.values[:, column], others, seed=seed)
    return found


def confusions(ratings: Ratings) -> list[tuple[str, str, int]]:
    """Pairs of classes that annotators gave to the same unit, and in how many units; most frequent first."""
    pairs: dict[tuple[int, int], int] = {}
    for row in ratings.values[ratings.disputed]:
        for pair in combinations(sorted(set(row[row >= 0].tolist())), 2):
            pairs[pair] = pairs.get(pair, 0) + 1
    ordered = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
    return [(_name(ratings, a), _name(ratings, b), count) for (a, b), count in ordered]


def _most_said(values: NDArray[np.int32]) -> NDArray[np.int32]:
    """int32 [units]: what most said; -1 where nobody did, or two classes lead."""
    said = np.full(len(values), -1, np.int32)
    for row, given in enumerate(values):
        names, counts = np.unique(given[given >= 0], return_counts=True)
        if len(names) and (counts == counts.max()).sum() == 1:
            said[row] = names[counts.argmax()]
    return said


def _name(ratings: Ratings, number: int) -> str:
    return ratings.classes[number] if 0 <= number < len(ratings.classes) else str(number)
