"""Fewer dimensions: principal components of features, exact and the same with any number of threads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class Reduction:
    """A projection onto principal components.

    Attributes:
        mean: float32 [d].
        axes: float32 [d, k], orthonormal, the one of largest spread first.
        share: float64 [k], what share of the whole variance each has.
    """

    mean: NDArray[np.float32]
    axes: NDArray[np.float32]
    share: NDArray[np.float64]

    def __call__(self, features: NDArray[Any]) -> NDArray[np.float32]:
        """Features [n, d] as float32 [n, k]; rows of NaN stay NaN."""
        out = np.empty((len(features), self.axes.shape[1]), np.float32)
        for start in range(0, len(features), _BLOCK):
            out[start : start + _BLOCK] = (features[start : start + _BLOCK] - self.mean) @ self.axes
        return out


def principal(features: NDArray[Any], k: int) -> Reduction:
    """The first k principal components of features.

    Args:
        features: [n, d]; rows that are not finite are left out.
        k: how many; fewer come where n or d is smaller.
    """
    usable = np.isfinite(features).all(axis=1)
    if not usable.any():
        d = features.shape[1]
        return Reduction(np.zeros(d, np.float32), np.eye(d, min(k, d), dtype=np.float32), np.zeros(min(k, d)))
    rows = np.asarray(features[usable], np.float32)
    mean = rows.mean(axis=0, dtype=np.float64).astype(np.float32)
    wide = len(rows) < rows.shape[1]
    values, vectors = np.linalg.eigh(_products((rows - mean).T if wide else rows, None if wide else mean))
    order = np.argsort(-values, kind="stable")[: min(k, *rows.shape)]
    axes = _lifted(rows - mean, vectors[:, order]) if wide else vectors[:, order]
    share = np.clip(values[order], 0, None) / max(float(np.clip(values, 0, None).sum()), 1e-300)
    return Reduction(mean, _signed(axes).astype(np.float32), share)


def _products(rows: NDArray[np.float32], mean: NDArray[np.float32] | None) -> NDArray[np.float64]:
    """The sum of outer products of rows less their mean, in blocks: float64 [d, d]."""
    total = np.zeros((rows.shape[1], rows.shape[1]))
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK] if mean is None else rows[start : start + _BLOCK] - mean
        total += block.T @ block
    return total


def _lifted(rows: NDArray[np.float32], vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Axes [d, k] from the eigenvectors [n, k] of the rows' inner products."""
    axes = rows.T.astype(np.float64) @ vectors
    return np.asarray(axes / np.maximum(np.linalg.norm(axes, axis=0), 1e-12), np.float64)


def _signed(axes: NDArray[Any]) -> NDArray[Any]:
    """Axes whose largest entry is positive: an eigenvector's sign is otherwise a matter of the library's mood."""
    strongest = np.abs(axes).argmax(axis=0)
    return axes * np.where(axes[strongest, np.arange(axes.shape[1])] < 0, -1, 1)
