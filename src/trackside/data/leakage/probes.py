"""Simple models on frozen features: how well a data set can be learnt, in seconds.

A nearest-neighbour probe is what a network that memorises comes to, logistic regression one that generalises as far as
its features let it; leakage helps the first more than the second, and a real network lies between them.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from trackside.data.extras import need

Floats = NDArray[np.float32]
Labels = NDArray[np.int32]
Probe: TypeAlias = Callable[[Floats, Labels, Floats, int], Labels]
"""Training features [n, d] and labels [n], features to judge [m, d], a seed; gives labels [m]."""
# Rows of the training split that logistic regression sees at most: more takes minutes and moves its score by under a point.
_MOST = 20_000
_BLOCK = 1024


def neighbour_probe(features: Floats, labels: Labels, asked: Floats, seed: int) -> Labels:
    """The class of the nearest training item, by cosine."""
    known, wanted = _unit(features), _unit(asked)
    best = np.zeros(len(wanted), np.int64)
    for start in range(0, len(wanted), _BLOCK):
        best[start : start + _BLOCK] = (wanted[start : start + _BLOCK] @ known.T).argmax(1)
    return labels[best]


def logistic_probe(features: Floats, labels: Labels, asked: Floats, seed: int) -> Labels:
    """Logistic regression on standardised features, with scikit-learn's usual penalty.

    Raises:
        InputError: scikit-learn is not installed.
    """
    need("sklearn")
    from sklearn.linear_model import LogisticRegression

    if len(np.unique(labels)) < 2:
        return np.full(len(asked), labels[0], np.int32)
    if len(labels) > _MOST:
        rows = np.sort(np.random.default_rng(seed).permutation(len(labels))[:_MOST])
        features, labels = features[rows], labels[rows]
    mean, spread = features.mean(0), np.maximum(features.std(0), 1e-6)
    model = LogisticRegression(C=0.1, max_iter=200)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Not fully converged is good enough for a probe.
        model.fit((features - mean) / spread, labels)
    return np.asarray(model.predict((asked - mean) / spread), np.int32)


PROBES: dict[str, Probe] = {"nearest neighbour": neighbour_probe, "logistic regression": logistic_probe}


def _unit(features: Floats) -> Floats:
    length = np.linalg.norm(features, axis=1, keepdims=True)
    return np.asarray(features / np.maximum(length, 1e-9), np.float32)
