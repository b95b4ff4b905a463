"""Trivial baselines: what an answer scores that looks at nothing, or at the inputs through one linear layer.

All work on plain arrays whose first axis counts items. Class numbers are integers [n]; anything else is regressed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from trackside.lab.metric import Metric

Array = NDArray[np.float64]

_RESAMPLES = 200
_MOST_WORDS = 5000
_PENALTIES = np.logspace(-3, 5, 17)


@dataclass(frozen=True, slots=True)
class Score:
    """What a baseline reaches on the items that were held back.

    Attributes:
        name: `majority`, `mean`, `median`, `linear on raw`, `linear on frozen features`.
        value: by the metric.
        low: lower end of the 95 % bootstrap interval over items.
        high: upper end.
    """

    name: str
    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.name} {self.value:.3g} ({self.low:.3g} to {self.high:.3g})"


def are_classes(targets: NDArray[np.generic]) -> bool:
    """Whether targets are class numbers: integers [n]."""
    return targets.ndim == 1 and np.issubdtype(targets.dtype, np.integer)


def majority(targets: NDArray[Any], count: int, classes: int) -> Array:
    """Scores [count, classes] that name the commonest class each time."""
    scores = np.zeros((count, classes))
    scores[:, np.bincount(targets, minlength=classes).argmax()] = 1.0
    return scores


def mean(targets: NDArray[np.generic], count: int) -> Array:
    """The mean of the targets [n, ...], `count` times: the best constant for squared errors."""
    return np.repeat(targets.astype(np.float64).mean(axis=0)[None], count, axis=0)


def median(targets: NDArray[np.generic], count: int) -> Array:
    """The median of the targets [n, ...], `count` times: the best constant for absolute errors."""
    return np.repeat(np.median(targets.astype(np.float64), axis=0)[None], count, axis=0)


def linear(inputs: Array, targets: NDArray[np.generic], unseen: Array, classes: int | None = None) -> Array:
    """Ridge regression from inputs [n, d], with the penalty that generalised cross-validation picks.

    Class numbers are regressed as one column a class. The eigenvalues of the n x n Gram matrix serve all penalties (Golub,
    Heath, Wahba, Technometrics 21, 1979).

    Args:
        inputs: of the items to fit on, [n, d].
        targets: theirs, [n] or [n, ...].
        unseen: inputs to answer, [m, d].
        classes: how many classes there are if targets are class numbers.

    Returns:
        [m, classes], or [m, ...] in the shape of the targets.
    """
    wanted = np.eye(classes)[targets.astype(int)] if classes else targets.astype(np.float64).reshape(len(targets), -1)
    middle, spread = inputs.mean(0), inputs.std(0)
    # Columns that hardly vary would be blown up to noise.
    spread = np.where(spread > 1e-6 * max(float(spread.max()), 1e-12), spread, np.inf)
    x, new = (inputs - middle) / spread, (unseen - middle) / spread
    centre = wanted.mean(0)
    values, vectors = np.linalg.eigh(x @ x.T)
    turned = vectors.T @ (wanted - centre)
    penalty = min(_PENALTIES, key=lambda one: _cross_validated(values, turned, one))
    weights = vectors @ (turned / (np.maximum(values, 0) + penalty)[:, None])
    answers: Array = new @ (x.T @ weights) + centre
    return answers if classes else answers.reshape(len(unseen), *targets.shape[1:])


def bag_of_words(tokens: NDArray[Any]) -> Array:
    """How often each word occurs in each row of word numbers [n, length]; numbers above 5,000 share columns."""
    width = min(int(tokens.max(initial=0)) + 1, _MOST_WORDS)
    counts = np.zeros((len(tokens), width))
    np.add.at(counts, (np.arange(len(tokens))[:, None], tokens.astype(int) % width), 1.0)
    return counts


def columns(inputs: NDArray[np.generic]) -> Array:
    """Inputs as a table [n, d]: pixels in a row, words counted."""
    if inputs.ndim == 2 and np.issubdtype(inputs.dtype, np.signedinteger):
        return bag_of_words(inputs)
    return inputs.reshape(len(inputs), -1).astype(np.float64)


def score(name: str, outputs: Array, targets: NDArray[np.generic], metric: Metric, seed: int = 0) -> Score:
    """A metric with its 95 % percentile interval over resampled items (Efron, Tibshirani, 1993, chapter 13)."""
    given, wanted = torch.as_tensor(outputs, dtype=torch.float32), _tensor(targets)
    chance = np.random.default_rng(seed)
    draws = [torch.as_tensor(chance.integers(0, len(given), len(given))) for _ in range(_RESAMPLES)]
    found = [value for value in (metric.measure(given[draw], wanted[draw]) for draw in draws) if not math.isnan(value)]
    low, high = np.quantile(found, (0.025, 0.975)) if found else (math.nan, math.nan)
    return Score(name, float(metric.measure(given, wanted)), float(low), float(high))


def score_baselines(
    train: tuple[NDArray[np.generic], NDArray[np.generic]],
    held_back: tuple[NDArray[np.generic], NDArray[np.generic]],
    metric: Metric,
    *,
    classes: int | None = None,
    features: tuple[Array, Array] | None = None,
    names: Iterable[str] = ("majority", "mean", "median", "linear on raw", "linear on frozen features"),
    as_outputs: Callable[[Array], Array] | None = None,
    seed: int = 0,
) -> tuple[Score, ...]:
    """What all baselines that apply score on items that were held back.

    Args:
        train: inputs and targets to fit on.
        held_back: inputs and targets to measure on.
        metric: on outputs [n, classes] for class numbers, in the shape of the targets otherwise.
        classes: how many classes there are, if targets are class numbers; counted if None.
        features: frozen features of both, [n, d] and [m, d].
        names: those that are wanted.
        as_outputs: makes of answers what the metric takes, such as logits of shares.
        seed: of the bootstrap.

    Returns:
        Scores, the best first.
    """
    (x, y), (new, wanted) = train, held_back
    count = len(wanted)
    labels = are_classes(y)
    number = (classes or int(max(y.max(), wanted.max())) + 1) if labels else None
    answers: dict[str, Array] = {}
    if number is not None:
        answers["majority"] = majority(y, count, number)
    else:
        answers |= {"mean": mean(y, count), "median": median(y, count)}
    chosen, made = set(names), as_outputs or (lambda answer: answer)
    if "linear on raw" in chosen and x.dtype != object:
        both = columns(np.concatenate([x, new])) if x.shape[1:] == new.shape[1:] else None
        if both is not None:
            answers["linear on raw"] = linear(both[: len(x)], y, both[len(x) :], number)
    if "linear on frozen features" in chosen and features is not None:
        answers["linear on frozen features"] = linear(features[0], y, features[1], number)
    scores = [score(name, made(answer), wanted, metric, seed) for name, answer in answers.items() if name in chosen]
    return tuple(sorted(scores, key=lambda one: one.value, reverse=metric.higher_is_better))


def _cross_validated(values: Array, turned: Array, penalty: float) -> float:
    """The generalised cross-validation score of a penalty."""
    kept = penalty / (np.maximum(values, 0) + penalty)
    # One degree of freedom more is the mean's.
    free = max(float(kept.sum()) - 1.0, 1e-9)
    return float(((kept[:, None] * turned) ** 2).sum()) / free**2


def _tensor(targets: NDArray[np.generic]) -> torch.Tensor:
    integers = np.issubdtype(targets.dtype, np.integer)
    return torch.as_tensor(targets, dtype=torch.int64 if integers else torch.float32)
