"""The probes that judge together, with settings chosen on the data once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from trackside.data.labels.folds import Ints, assign_folds
from trackside.data.labels.planting import Wide, evidence
from trackside.data.labels.probes import Floats, KernelRidge, logistic, nearest

_FOLDS = 5
# Below this many items one well-regularised probe ranks better than a panel, whose further settings are more noise.
_FEW = 1000
# Logistic regression costs items x classes x dimensions a step; above this many classes ridge regression does nearly as
# well.
_LOGISTIC_CLASSES = 50
# Scores are held for all items and classes up to this many numbers (160 MB a probe); beyond, neighbours alone.
_MOST_NUMBERS = 40_000_000
_MOST_CLASSES = 2000
_RIDGE_SCALE = 8.0
# Enough to tell how strongly to regularise.
_MOST_TRIED = 4000
_STRENGTHS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
_PENALTIES = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5)
# Folds in the order of the files are kept unless they surely cost this much of the log loss: then neighbours there are
# classes within classes (all pictures of one letter of an alphabet), whose absence nobody wants to measure.
_ORDER_MAY_COST = 1.05
# Labels may be wrong: no label is thought less likely than this by chance alone.
_CHANCE = 0.05


class Panel:
    """Probes on the same items.

    Args:
        points: [n, d].
        labels: [n], 0 to count - 1.
        count: how many classes.
        units: [n], what belongs together.
        seed: of all that is random.
    """

    def __init__(self, points: Floats, labels: Ints, count: int, units: Ints, seed: int) -> None:
        self.points, self.labels, self.count, self.units, self._seed = points, labels, count, units, seed
        self.probability: Floats | None = None
        self._is_dense = len(labels) * count <= _MOST_NUMBERS and count <= _MOST_CLASSES
        self._is_small = len(labels) < _FEW and count <= _LOGISTIC_CLASSES
        self._neighbours = nearest(points, units, seed)
        if self._is_dense:
            self._ridge = KernelRidge(points, seed)
            self._choose()

    def judge(self, weights: Floats, number: int, planted: Ints) -> tuple[Wide, list[Wide], NDArray[np.int32]]:
        """Evidence on the given labels [n, e] and on planted ones [m, n], out of fold, and the best other class [n].

        Args:
            weights: [n], what each item counts for others.
            number: of the round; each has folds of its own.
            planted: [m, n], class numbers.
        """
        if not self._is_dense:
            return self._by_votes(weights, planted)
        scores = self._dense(weights, self._folds(number))
        self.probability = _blend(scores, self.labels)
        best = self.probability.copy()
        best[np.arange(len(best)), self.labels] = -1
        others = [evidence(scores, one) for one in planted]
        return evidence(scores, self.labels), others, best.argmax(axis=1).astype(np.int32)

    def _by_votes(self, weights: Floats, planted: Ints) -> tuple[Wide, list[Wide], NDArray[np.int32]]:
        near = self._neighbours
        votes = near.votes(self.labels, weights)
        given, best = near.fit(self.labels, *votes, self.count)
        return given, [near.fit(one, *votes, self.count)[0] for one in planted], best.astype(np.int32)

    def _dense(self, weights: Floats, folds: Ints) -> list[Floats]:
        scores = []
        if not self._is_small:
            ridge = self._ridge.answer(self._ridge.learn(self.labels, self.count, folds, weights), self._penalty)
            scores = [self._neighbours.scores(self.labels, self.count, weights), ridge * np.float32(_RIDGE_SCALE)]
        if self.count <= _LOGISTIC_CLASSES:
            scores.append(logistic(self.points, self.labels, self.count, folds, weights, self._strength))
        return scores

    def _folds(self, number: int) -> Ints:
        return assign_folds(self.labels, self.units, _FOLDS, self._seed * 1000 + number, in_order=self._in_order)

    def _choose(self) -> None:
        """Settle the folds, then the strength of each probe, by the log loss of the labels out of fold."""
        weights = np.ones(len(self.labels), np.float32)
        ridge = self._ridge
        lessons = {}
        for self._in_order in (False, True):
            lessons[self._in_order] = ridge.learn(self.labels, self.count, self._folds(0), weights)
        drawn, ordered = (self._loss(ridge.answer(lessons[order], _PENALTIES[2])) for order in (False, True))
        sure = (ordered - drawn).mean() - 2 * (ordered - drawn).std() / np.sqrt(len(drawn))
        self._in_order = bool(sure <= drawn.mean() * (_ORDER_MAY_COST - 1))
        lesson, folds = lessons[self._in_order], self._folds(0)
        self._penalty = _simplest(_PENALTIES, lambda penalty: self._loss(ridge.answer(lesson, penalty)))
        if self.count <= _LOGISTIC_CLASSES:
            some = slice(None, None, -(-len(self.labels) // _MOST_TRIED))
            given = (self.points[some], self.labels[some], self.count, folds[some], weights[some])
            self._strength = _simplest(_STRENGTHS, lambda strength: self._log_loss(logistic(*given, strength), some))

    def _loss(self, ridge: Floats) -> NDArray[np.float64]:
        """Log losses [n] of ridge scores at the temperature that suits them best."""
        losses = [self._log_loss(ridge * np.float32(scale)) for scale in np.exp(np.linspace(0, 3.5, 8))]
        return min(losses, key=lambda loss: float(loss.mean()))

    def _log_loss(self, scores: Floats, part: slice = slice(None)) -> NDArray[np.float64]:
        own = _softmax(scores)[np.arange(len(scores)), self.labels[part]]
        return np.asarray(-np.log((1 - _CHANCE) * own + _CHANCE / self.count), np.float64)


def _simplest(settings: Sequence[float], loss: Callable[[float], NDArray[np.float64]]) -> float:
    """The most regularised setting whose loss is within one standard error of the best (Breiman et al. 1984, section 3.4.3).

    Args:
        settings: the most regularised first.
        loss: of each item.
    """
    losses = [loss(setting) for setting in settings]
    best = min(losses, key=lambda one: float(one.mean()))
    for setting, one in zip(settings, losses, strict=True):
        if (one - best).mean() <= (one - best).std() / np.sqrt(len(best)):
            return setting
    return settings[-1]


def _softmax(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def _blend(scores: Sequence[Floats], labels: Ints) -> Floats:
    """Probabilities [n, count]: a weighted sum of the probes' scores whose weights suit the labels best."""
    from scipy.optimize import minimize

    rows, count = np.arange(len(labels)), scores[0].shape[1]

    def loss(logs: NDArray[np.float64]) -> float:
        mixed = _softmax(_weighted(scores, logs))
        return float(-np.log((1 - _CHANCE) * mixed[rows, labels] + _CHANCE / count).mean())

    start = np.full(len(scores), -np.log(len(scores)))
    simplex = np.vstack([start, start + np.eye(len(scores))])
    best = minimize(loss, start, method="Nelder-Mead", options={"maxiter": 60, "xatol": 0.05, "initial_simplex": simplex}).x
    return _softmax(_weighted(scores, best))


def _weighted(scores: Sequence[Floats], logs: NDArray[np.float64]) -> Floats:
    factors = np.exp(np.clip(logs, -5, 3)).astype(np.float32)
    return np.asarray(sum(factor * one for factor, one in zip(factors, scores, strict=True)), np.float32)
