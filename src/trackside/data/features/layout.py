"""A map of the pictures: features laid out in the plane, so that what looks alike lies together.

t-SNE (van der Maaten and Hinton 2008) of up to 5,000 landmarks on their principal components; all other pictures lie between
their nearest landmarks. The same seed gives the same map.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trackside.data.extras import need
from trackside.data.features.reducing import principal

_LANDMARKS = 5000
_DIMENSIONS = 50
_BETWEEN = 5
_BLOCK = 2048
_FEW = 5


def lay_out(features: NDArray[np.floating], seed: int = 0, landmarks: int = _LANDMARKS) -> NDArray[np.float32]:
    """Places of pictures on a map, float32 [n, 2], within -1 to 1; NaN for rows that are not finite.

    Args:
        features: [n, d].
        seed: same seed, same map.
        landmarks: how many pictures t-SNE itself places.

    Raises:
        InputError: scikit-learn is not installed.
    """
    places = np.full((len(features), 2), np.nan, np.float32)
    rows = np.flatnonzero(np.isfinite(features).all(axis=1))
    if not len(rows):
        return places
    generator = np.random.default_rng(seed)
    with need("threadpoolctl").threadpool_limits(1):
        sample = features[np.sort(generator.choice(rows, min(len(rows), 4 * landmarks), replace=False))]
        points = principal(sample, _DIMENSIONS)(features[rows])
        chosen = np.sort(generator.choice(len(rows), min(len(rows), landmarks), replace=False))
        fixed = _placed(points[chosen], seed)
        places[rows] = fixed if len(chosen) == len(rows) else _between(points, points[chosen], fixed)
    return places


def _placed(points: NDArray[np.float32], seed: int) -> NDArray[np.float32]:
    """t-SNE of a few thousand points; the first two components where they are too few for it."""
    if len(points) < _FEW or not float(points.std()) > 0:
        plane = np.zeros((len(points), 2), np.float32)
        plane[:, : min(2, points.shape[1])] = points[:, :2]
        return _scaled(plane)
    manifold = need("sklearn.manifold")
    start = np.zeros((len(points), 2), np.float32)
    start[:, : min(2, points.shape[1])] = points[:, :2]
    start *= 1e-4 / max(float(start[:, 0].std()), 1e-12)
    perplexity = float(min(30, (len(points) - 1) / 3))
    model = manifold.TSNE(2, perplexity=perplexity, init=start, max_iter=500, random_state=seed, n_jobs=1)
    return _scaled(model.fit_transform(points))


def _scaled(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    centred = plane - (plane.max(axis=0) + plane.min(axis=0)) / 2
    return np.asarray(centred / max(float(np.abs(centred).max()), 1e-12), np.float32)


def _between(points: NDArray[np.float32], landmarks: NDArray[np.float32], fixed: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each point at the mean of its nearest landmarks' places, near ones counting more, in blocks."""
    squares = (landmarks * landmarks).sum(axis=1)
    count = min(_BETWEEN, len(landmarks))
    found = np.empty((len(points), 2), np.float32)
    for start in range(0, len(points), _BLOCK):
        block = points[start : start + _BLOCK]
        table = squares - 2 * block @ landmarks.T + (block * block).sum(axis=1)[:, None]
        best = np.argpartition(table, count - 1, axis=1)[:, :count]
        far = np.sqrt(np.maximum(np.take_along_axis(table, best, axis=1), 0))
        weight = 1 / np.maximum(far, 1e-6 + 0.1 * far.mean(axis=1, keepdims=True)) ** 2
        found[start : start + _BLOCK] = (fixed[best] * weight[..., None]).sum(axis=1) / weight.sum(axis=1, keepdims=True)
    return found
