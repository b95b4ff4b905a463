"""Can a classifier tell two splits apart? If it cannot, out of fold, no shift that it can see is there.

A linear classifier (ridge regression on whitened principal components) learns which of two splits a picture comes from; its
AUC on pictures that it has not seen is held against the AUCs for splits dealt anew at random. Dealing keeps classes
together (within each class) or, where pictures come in groups, groups. After Lopez-Paz and Oquab 2017, "Revisiting
classifier two-sample tests".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

COMPONENTS = 48
_FOLDS, _LEARNED = 5, 4000
DEALS = 200
"""Random deals of a split that one question is asked against, at a time; the least p is one in so many."""
# No more are dealt once so many can be told apart as well: p is large, and known well enough (Besag and Clifford 1991).
_ENOUGH = 20


@dataclass(frozen=True, slots=True)
class Told:
    """How well two splits can be told apart.

    Attributes:
        auc: out of fold; one half is chance.
        low, high: its 95 % interval.
        p: share of random deals that can be told apart as well.
        scores: float64 [n], higher is more like the second split.
    """

    auc: float
    low: float
    high: float
    p: float
    scores: NDArray[np.float64]


def tell_apart(
    features: NDArray[np.float64],
    second: NDArray[np.bool_],
    labels: NDArray[np.int64],
    groups: NDArray[np.int64],
    rng: np.random.Generator,
    deals: int = DEALS,
) -> Told:
    """Learn and deal.

    Args:
        features: float [n, d], finite.
        second: bool [n], True for pictures of the second split.
        labels: int64 [n], classes; what only their shares explain is taken out.
        groups: int64 [n], what stays together; all different if nothing does.
        rng: folds and deals.
        deals: how many at most.
    """
    inputs = components(_less_class_means(features, labels))
    grouped = len(np.unique(groups)) < len(groups)
    fold = _folds(groups, rng)
    scores = _out_of_fold(inputs, second[:, None].astype(np.float64), fold)[:, 0]
    seen, dealt = auc(scores, second), np.empty(0)
    while len(dealt) < deals and (dealt >= seen).sum() < _ENOUGH:
        splits = np.stack([_deal(second, labels, groups, grouped, rng) for _ in range(min(DEALS, deals - len(dealt)))], 1)
        guessed = _out_of_fold(inputs, splits.astype(np.float64), fold)
        dealt = np.append(dealt, [auc(guessed[:, one], splits[:, one]) for one in range(splits.shape[1])])
    p = float((1 + (dealt >= seen).sum()) / (1 + len(dealt)))
    return Told(seen, *_interval(seen, dealt), p, scores)


def components(features: NDArray[np.float64]) -> NDArray[np.float64]:
    """float64 [n, k]: whitened principal components of the standardised columns, k at most 48 and a fifth of n."""
    spread = features.std(0)
    known = spread > 1e-9
    if not known.any():
        return np.zeros((len(features), 1))
    scaled = (features[:, known] - features[:, known].mean(0)) / spread[known]
    step = max(1, len(scaled) // _LEARNED)
    sizes, axes = _axes(scaled[::step])
    keep = min(COMPONENTS, max(1, len(scaled) // 5), int((sizes > 1e-6 * sizes[0]).sum()))
    out = scaled @ axes[:, :keep]
    return np.asarray(out / np.maximum(out.std(0), 1e-9))


def _axes(rows: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Singular values and axes [d, k] of rows [n, d], largest first.

    By the eigenvalues of the smaller product of the rows with themselves: these converge where `numpy.linalg.svd` does not.
    """
    wide = rows.shape[0] < rows.shape[1]
    squares, vectors = np.linalg.eigh(rows @ rows.T if wide else rows.T @ rows)
    sizes, vectors = np.sqrt(np.maximum(squares[::-1], 0)), vectors[:, ::-1]
    return sizes, rows.T @ vectors / np.maximum(sizes, 1e-12) if wide else vectors


def auc(scores: NDArray[np.float64], second: NDArray[np.bool_]) -> float:
    """Area under the curve of scores [n] for the second split."""
    many, few = int(second.sum()), int((~second).sum())
    if not many or not few:
        return 0.5
    return float((rankdata(scores)[second].sum() - many * (many + 1) / 2) / (many * few))


def _interval(seen: float, dealt: NDArray[np.float64]) -> tuple[float, float]:
    """Normal, with the spread of the deals: groups and folds are in it."""
    error = 1.96 * float(dealt.std())
    return max(seen - error, 0.0), min(seen + error, 1.0)


def _less_class_means(features: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    names, which = np.unique(labels, return_inverse=True)
    sums = np.zeros((len(names), features.shape[1]))
    np.add.at(sums, which, features)
    return np.asarray(features - (sums / np.bincount(which)[:, None])[which])


def _folds(groups: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    names, which = np.unique(groups, return_inverse=True)
    return np.asarray((rng.permutation(len(names)) % _FOLDS)[which])


def _deal(
    second: NDArray[np.bool_], labels: NDArray[np.int64], groups: NDArray[np.int64], grouped: bool, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """The split dealt anew: among groups, or within classes."""
    if grouped:
        names, first, which = np.unique(groups, return_index=True, return_inverse=True)
        return np.asarray(second[first][rng.permutation(len(names))][which])
    # Sorting by class and then at random gives a random order within each class.
    order = np.lexsort((rng.random(len(labels)), labels))
    dealt = np.empty_like(second)
    dealt[np.argsort(labels, kind="stable")] = second[order]
    return dealt


def _out_of_fold(inputs: NDArray[np.float64], targets: NDArray[np.float64], fold: NDArray[np.int64]) -> NDArray[np.float64]:
    """Predictions [n, m] of m targets, each row by a rule that has not seen its fold."""
    out = np.zeros(targets.shape)
    ridge = inputs.shape[1] * np.eye(inputs.shape[1])
    for number in range(_FOLDS):
        held = fold == number
        known, wanted = inputs[~held], targets[~held]
        wanted = wanted - wanted.mean(0)
        out[held] = inputs[held] @ np.linalg.solve(known.T @ known + ridge, known.T @ wanted)
    return out
