"""Kinds of pictures: k-means on features, the same for the same seed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trackside.core.errors import InputError

_BLOCK = 8192
_DIMENSIONS = 32
_SAMPLE = 20_000


def reduced(features: NDArray[np.floating], seed: int = 0) -> NDArray[np.float32]:
    """The leading 32 principal components, float32 [n, at most 32]; rows that are not finite stay NaN.

    Fitted on at most 20,000 rows, so that memory stays bounded.

    Raises:
        InputError: not [n, d].
    """
    if features.ndim != 2:
        raise InputError(f"features have the shape {list(features.shape)}", fix="give one row of numbers an item")
    usable = np.flatnonzero(np.isfinite(features).all(axis=1))
    out = np.full((len(features), min(_DIMENSIONS, features.shape[1])), np.nan, np.float32)
    if len(usable) < 2:
        return out
    sample = features[_some(usable, _SAMPLE, seed)].astype(np.float64)
    mean = sample.mean(axis=0)
    _, vectors = np.linalg.eigh(np.cov(sample - mean, rowvar=False).reshape(features.shape[1], -1))
    axes = vectors[:, ::-1][:, : out.shape[1]]
    for start in range(0, len(usable), _BLOCK):
        rows = usable[start : start + _BLOCK]
        out[rows] = (features[rows] - mean) @ axes
    return out


def kinds(points: NDArray[np.floating], k: int, seed: int = 0, rounds: int = 30) -> NDArray[np.int64]:
    """k-means (Lloyd) from k-means++ seeds (Arthur, Vassilvitskii, SODA 2007): int64 [n], -1 for rows not finite."""
    usable = np.flatnonzero(np.isfinite(points).all(axis=1))
    label = np.full(len(points), -1, np.int64)
    if not len(usable):
        return label
    sample = points[_some(usable, _SAMPLE, seed)].astype(np.float64)
    centres = _seeds(sample, min(k, len(np.unique(sample, axis=0))), seed)
    for _ in range(rounds):
        nearest = _nearest(sample, centres)
        counts = np.bincount(nearest, minlength=len(centres))
        sums = np.stack([np.bincount(nearest, column, len(centres)) for column in sample.T], axis=1)
        moved = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], centres)
        if np.allclose(moved, centres):
            break
        centres = moved
    for start in range(0, len(usable), _BLOCK):
        rows = usable[start : start + _BLOCK]
        label[rows] = _nearest(points[rows].astype(np.float64), centres)
    return label


def _some(rows: NDArray[np.intp], most: int, seed: int) -> NDArray[np.intp]:
    return rows if len(rows) <= most else np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))


def _seeds(sample: NDArray[np.float64], k: int, seed: int) -> NDArray[np.float64]:
    random = np.random.default_rng(seed)
    chosen = [int(random.integers(len(sample)))]
    distance = ((sample - sample[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < k:
        chosen.append(int(random.choice(len(sample), p=distance / distance.sum())))
        distance = np.minimum(distance, ((sample - sample[chosen[-1]]) ** 2).sum(axis=1))
    return sample[chosen].copy()


def _nearest(points: NDArray[np.float64], centres: NDArray[np.float64]) -> NDArray[np.int64]:
    distance = (centres**2).sum(axis=1) - 2 * points @ centres.T
    return np.asarray(distance.argmin(axis=1), np.int64)
