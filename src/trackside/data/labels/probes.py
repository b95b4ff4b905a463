"""Probes: simple classifiers on frozen features, asked only about items that they were not fitted to.

Three that err differently: multinomial logistic regression (linear), k nearest neighbours (local), and kernel ridge
regression on Nystroem features (smooth; squared loss is little moved by single wrong labels). All take a weight an item.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.data.extras import need
from trackside.data.labels.folds import Ints

Floats = NDArray[np.float32]
_BLOCK = 1024
_NEIGHBOURS = 12
# Of the similarity, in units of the mean squared length: what a neighbour a tenth less alike than the nearest counts, 1/e.
_REACH = 0.1
_SMOOTHING = 0.3
_LANDMARKS = 1000
# Searched neighbours and fitted rows beyond these cost time and bring nothing that a ranking would show.
_MOST_REFERENCES = 30_000
_MOST_FITTED = 20_000
_LOWEST = 1e-6


def logistic(points: Floats, labels: Ints, count: int, folds: Ints, weights: Floats, strength: float) -> Floats:
    """Log probabilities out of fold by multinomial logistic regression, float32 [n, count].

    Args:
        points: [n, d].
        labels: [n], 0 to count - 1.
        count: how many classes.
        folds: [n].
        weights: [n], what each item counts in the fit.
        strength: inverse of the regularisation (scikit-learn's C).
    """
    linear_model = need("sklearn.linear_model")
    found = np.full((len(labels), count), _LOWEST, np.float32)
    for fold in range(int(folds.max()) + 1):
        inside = np.flatnonzero((folds != fold) & (weights > 0.01))
        inside = inside[:: -(-len(inside) // _MOST_FITTED)]
        outside = np.flatnonzero(folds == fold)
        if len(outside) == 0:  # Fewer units than folds.
            continue
        present = np.unique(labels[inside])
        if len(present) < 2:
            found[np.ix_(outside, present)] = 1
            continue
        model = linear_model.LogisticRegression(C=strength, max_iter=100, tol=1e-3)
        model.fit(points[inside], labels[inside], sample_weight=weights[inside])
        found[np.ix_(outside, model.classes_)] = model.predict_proba(points[outside])
    return np.asarray(np.log(np.maximum(found, _LOWEST)), np.float32)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The nearest items of each item outside its own unit.

    Attributes:
        rows: intp [n, k].
        nearness: float32 [n, k], 0 to 1: 1 for the nearest.
    """

    rows: Ints
    nearness: Floats

    def scores(self, labels: Ints, count: int, weights: Floats) -> Floats:
        """Log of the smoothed share of each class among each item's neighbours, float32 [n, count]."""
        found = np.full((len(self.rows), count), _SMOOTHING / count, np.float32)
        np.add.at(found, (np.arange(len(self.rows))[:, None], labels[self.rows]), self.nearness * weights[self.rows])
        return np.asarray(np.log(found / found.sum(axis=1, keepdims=True)), np.float32)

    def votes(self, labels: Ints, weights: Floats) -> tuple[Ints, Floats]:
        """The same without a column a class: the classes of the neighbours [n, k], and what each has in all [n, k]."""
        classes, votes = labels[self.rows], self.nearness * weights[self.rows]
        sums = np.zeros_like(votes)
        for other in range(classes.shape[1]):
            sums += votes[:, other, None] * (classes == classes[:, other, None])
        return classes, sums

    def fit(self, tried: Ints, classes: Ints, sums: Floats, count: int) -> tuple[NDArray[np.float64], Ints]:
        """How well labels fit by the votes, [n, 2]: log share, its margin over the best other class; and that class [n]."""
        whole = (self.nearness.sum(axis=1) + _SMOOTHING)[:, None]
        shares = np.log((sums + _SMOOTHING / count) / whole)
        least = float(np.log(_SMOOTHING / count / whole.max()))
        own = np.where(classes == tried[:, None], shares, least).max(axis=1)
        rest = np.where(classes == tried[:, None], least, shares)
        best = rest.argmax(axis=1)
        rows = np.arange(len(tried))
        return np.stack([own, own - rest[rows, best]], axis=1).astype(np.float64), classes[rows, best]


def nearest(points: Floats, units: Ints, seed: int, k: int = _NEIGHBOURS) -> Neighbours:
    """Find neighbours by the angle between points, in blocks."""
    lengths = np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-9)
    unit = points / lengths
    references = np.arange(len(points))
    if len(points) > _MOST_REFERENCES:
        references = np.sort(np.random.default_rng(seed).choice(len(points), _MOST_REFERENCES, replace=False))
    k = min(k, len(references) - 1)
    rows, nearness = np.empty((len(points), k), np.intp), np.empty((len(points), k), np.float32)
    others, other_units = np.ascontiguousarray(unit[references].T), units[references]
    for start in range(0, len(points), _BLOCK):
        alike = unit[start : start + _BLOCK] @ others
        alike[units[start : start + _BLOCK, None] == other_units] = -2
        best = np.argpartition(-alike, k - 1, axis=1)[:, :k]
        values = np.take_along_axis(alike, best, axis=1)
        rows[start : start + _BLOCK] = references[best]
        near = np.exp((values - values.max(axis=1, keepdims=True)) / _REACH)
        nearness[start : start + _BLOCK] = np.where(values > -2, near, 0)
    return Neighbours(rows, nearness)


@dataclass(frozen=True, slots=True)
class Lesson:
    """Weighted sums over the rows of each fold: products, targets, weight, features, classes."""

    folds: Ints
    sums: list[list[Any]]


class KernelRidge:
    """Ridge regression on one-hot labels with a Gaussian kernel, by Nystroem's method (Williams and Seeger 2001).

    Args:
        points: [n, d].
        seed: of the landmarks.
        landmarks: how many points the kernel is approximated by.

    Attributes:
        features: float32 [n, m], whose inner products are about the kernel.
    """

    def __init__(self, points: Floats, seed: int, landmarks: int = _LANDMARKS) -> None:
        generator = np.random.default_rng(seed)
        chosen = generator.choice(len(points), min(landmarks, len(points)), replace=False)
        centres = points[chosen]
        width = float(np.median(_distances(centres[:500], centres)))
        kernel = np.exp(-_distances(centres, centres) / max(width, 1e-9)).astype(np.float64)
        values, vectors = np.linalg.eigh(kernel)
        kept = values > 1e-5 * values[-1]
        whitening = (vectors[:, kept] / np.sqrt(values[kept])).astype(np.float32)
        self.features = np.empty((len(points), int(kept.sum())), np.float32)
        for start in range(0, len(points), _BLOCK):
            block = np.exp(-_distances(points[start : start + _BLOCK], centres) / max(width, 1e-9))
            self.features[start : start + _BLOCK] = block @ whitening

    def learn(self, labels: Ints, count: int, folds: Ints, weights: Floats) -> Lesson:
        """What the fits for all folds need: sums over each fold's rows, so that a fold can be taken out of the whole."""
        numbers = range(int(folds.max()) + 1)
        return Lesson(folds, [self._sums(np.flatnonzero(folds == fold), labels, weights, count) for fold in numbers])

    def _sums(self, rows: Ints, labels: Ints, weights: Floats, count: int) -> list[Any]:
        weighted = self.features[rows] * weights[rows, None]
        shown = np.zeros((len(rows), count), np.float32)
        shown[np.arange(len(rows)), labels[rows]] = 1
        products = (weighted.T @ self.features[rows]).astype(np.float64)
        counts = np.bincount(labels[rows], weights[rows], minlength=count)
        return [products, (weighted.T @ shown).astype(np.float64), counts.sum(), weighted.sum(axis=0, dtype=float), counts]

    def answer(self, lesson: Lesson, penalty: float) -> Floats:
        """What ridge regression gives each class out of fold, about 0 to 1, float32 [n, count]."""
        total = [sum(one[part] for one in lesson.sums) for part in range(5)]
        found = np.zeros((len(lesson.folds), len(total[4])), np.float32)
        for fold, own in enumerate(lesson.sums):
            products, targets, weight, mean, mean_target = (whole - part for whole, part in zip(total, own, strict=True))
            weight = max(float(weight), 1e-9)
            mean, mean_target = mean / weight, mean_target / weight
            matrix = products - weight * np.outer(mean, mean)
            matrix[np.diag_indices(len(matrix))] += penalty * weight
            slopes = np.linalg.solve(matrix, targets - weight * np.outer(mean, mean_target)).astype(np.float32)
            outside = lesson.folds == fold
            found[outside] = (self.features[outside] - mean.astype(np.float32)) @ slopes + mean_target
        return found


def _distances(a: Floats, b: Floats) -> Floats:
    """Squared distances [len(a), len(b)]."""
    products = (a * a).sum(axis=1)[:, None] + (b * b).sum(axis=1) - 2 * a @ b.T
    return np.asarray(np.maximum(products, 0), np.float32)
