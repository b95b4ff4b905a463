"""Which pictures may be copies of which: by the visual words that they share, without comparing all pairs.

Features are put into cells of a vocabulary of two levels that is learnt from the data set itself (Nister and Stewenius,
"Scalable recognition with a vocabulary tree", CVPR 2006), and pictures are compared by the words that they have in common,
weighted by how rare these are (Sivic and Zisserman, "Video Google", ICCV 2003). The comparison is a product of sparse
matrices in blocks, so its memory does not grow with the square of the number of pictures.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.data.duplicates.sketching import Sketches, mirrored_descriptors

Floats = NDArray[np.float32]
# Cells of each level; their product is the vocabulary. Larger words make too many pictures look alike: 24 features a word
# instead of 6 lose 2 to 5 % of the copies.
_FEWEST, _MOST_CELLS = 8, 256
_FEATURES_A_WORD = 6
_SAMPLE = 150_000
_ROUNDS = 8
# Rows of the product that are worked on at once.
_BLOCK = 512
# A word in more than this share of the pictures tells nothing, and costs the most.
_COMMON = 0.1


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Centres of cells: float32 [a, 128], and those of each cell's parts, [a, b, 128]."""

    cells: Floats
    parts: Floats

    @property
    def size(self) -> int:
        """How many words."""
        return int(self.parts.shape[0] * self.parts.shape[1])

    def words(self, descriptors: NDArray[np.uint8], threads: int | None = None) -> NDArray[np.int64]:
        """The word of each feature, [total]."""
        with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
            cell = np.concatenate(list(pool.map(lambda part: _nearest(_unit(part), self.cells), _chunks(descriptors))))
            order = np.argsort(cell, kind="stable")
            rows = np.split(order, np.searchsorted(cell[order], np.arange(1, len(self.cells))))
            parts = pool.map(lambda own, centres: _nearest(_unit(descriptors[own]), centres), rows, self.parts)
            word = np.zeros(len(descriptors), np.int64)
            for number, (own, part) in enumerate(zip(rows, parts, strict=True)):
                word[own] = number * self.parts.shape[1] + part
        return word


def learn_vocabulary(descriptors: NDArray[np.uint8], seed: int, threads: int | None = None) -> Vocabulary:
    """A vocabulary for these features, [total, 128]."""
    rng = np.random.default_rng(seed)
    cells = int(np.clip(np.sqrt(len(descriptors) / _FEATURES_A_WORD), _FEWEST, _MOST_CELLS))
    if len(descriptors) == 0:
        return Vocabulary(np.zeros((1, 128), np.float32), np.zeros((1, 1, 128), np.float32))
    rows = np.sort(rng.permutation(len(descriptors))[:_SAMPLE])
    sample = _unit(descriptors[rows])
    centres, labels = _means(sample, cells, rng)

    def parts_of(number: int, own_rng: np.random.Generator) -> Floats:
        own = sample[labels == number]
        found = _means(own, cells, own_rng)[0] if len(own) else centres[number : number + 1]
        return found[np.arange(cells) % len(found)]

    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        parts = np.stack(list(pool.map(parts_of, range(len(centres)), rng.spawn(len(centres)))))
    return Vocabulary(centres, parts)


@dataclass(frozen=True, slots=True)
class Index:
    """Pictures to look among, by their words.

    Attributes:
        vocabulary: whose words they are.
        weights: float32 [words], how much each tells.
        words: sparse [n, words], weighted, rows of unit length.
        across: the same, [words, n].
    """

    vocabulary: Vocabulary
    weights: Floats
    words: Any
    across: Any

    @classmethod
    def of(cls, known: Sketches, vocabulary: Vocabulary, threads: int | None = None) -> Index:
        """The index of these pictures."""
        have = _histograms(known, vocabulary.words(known.descriptors, threads), vocabulary.size)
        weights = _weights(have)
        words = _weighted(have, weights)
        return cls(vocabulary, weights, words, words.T.tocsr())


def candidates(
    queries: Sketches, index: Index, *, most: int, mirrored: bool, same: bool, threads: int | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """For each query the known pictures that share most words with it.

    Args:
        queries: pictures to look for.
        index: of the pictures to look among.
        most: how many for each query.
        mirrored: look for the mirrored query.
        same: queries and known are the same pictures: a picture is no candidate for itself.
        threads: how many blocks at once; as many as there are cores if None.

    Returns:
        Query and known picture of each candidate pair, int64 [c], and their similarity, float32 [c], 0 to 1.
    """
    want = index.words if same and not mirrored else _wanted(queries, index, mirrored, threads)

    def block(start: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
        product = (want[start : start + _BLOCK] @ index.across).tocsr()
        return _best(product, start, most, skip_self=same)

    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        found = list(pool.map(block, range(0, max(want.shape[0], 1), _BLOCK)))
    return tuple(np.concatenate(column) for column in zip(*found, strict=True))  # type: ignore[return-value]


def _wanted(queries: Sketches, index: Index, mirrored: bool, threads: int | None) -> Any:
    """Weighted words of the queries, sparse [q, words]."""
    numbers = mirrored_descriptors(queries.descriptors) if mirrored else queries.descriptors
    words = index.vocabulary.words(numbers, threads)
    return _weighted(_histograms(queries, words, index.vocabulary.size), index.weights)


def _best(product: Any, start: int, most: int, *, skip_self: bool) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """The largest entries of each row of a sparse matrix."""
    rows = np.repeat(np.arange(product.shape[0]), np.diff(product.indptr))
    columns, values = product.indices.astype(np.int64), product.data
    if skip_self:
        other = columns != rows + start
        rows, columns, values = rows[other], columns[other], values[other]
    order = np.lexsort((columns, -values, rows))
    rank = np.arange(len(rows)) - np.searchsorted(rows[order], rows[order])
    kept = order[rank < most]
    return rows[kept].astype(np.int64) + start, columns[kept], values[kept].astype(np.float32)


def _histograms(sketches: Sketches, words: NDArray[np.int64], size: int) -> Any:
    """Sparse [n, size]: 1 where a picture has a word."""
    from scipy.sparse import csr_matrix

    ones = np.ones(len(words), np.float32)
    matrix = csr_matrix((ones, (sketches.owners, words)), shape=(len(sketches), size))
    matrix.data[:] = 1
    return matrix


def _weights(histograms: Any) -> Floats:
    """How much each word tells, float32 [size]: the logarithm of its rarity, squared as both sides carry it."""
    pictures = np.asarray((histograms > 0).sum(axis=0)).ravel()
    weights = np.log(max(histograms.shape[0], 2) / np.maximum(pictures, 1))
    weights[pictures > max(50.0, _COMMON * histograms.shape[0])] = 0
    return np.asarray(weights, np.float32)


def _weighted(histograms: Any, weights: Floats) -> Any:
    from scipy.sparse import diags

    matrix = (histograms @ diags(weights)).tocsr().astype(np.float32)
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    matrix = (diags((1 / np.maximum(length, 1e-6)).astype(np.float32)) @ matrix).tocsr()
    matrix.eliminate_zeros()
    return matrix


def _means(points: Floats, count: int, rng: np.random.Generator) -> tuple[Floats, NDArray[np.int64]]:
    """k-means on the unit sphere: centres [at most count, 128], and each point's."""
    from scipy.sparse import csr_matrix

    centres = points[np.sort(rng.permutation(len(points))[:count])]
    labels = _nearest(points, centres)
    for _ in range(_ROUNDS):
        ones, shape = np.ones(len(points), np.float32), (len(centres), len(points))
        member = csr_matrix((ones, (labels, np.arange(len(points)))), shape)
        total = np.asarray(member @ points, np.float32)
        length = np.linalg.norm(total, axis=1, keepdims=True)
        centres = np.where(length > 0, total / np.maximum(length, 1e-9), centres).astype(np.float32)
        labels = _nearest(points, centres)
    return centres, labels


def _nearest(points: Floats, centres: Floats) -> NDArray[np.int64]:
    parts = [(part @ centres.T).argmax(1) for part in _chunks(points)]
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def _chunks(rows: NDArray[Any], size: int = 20_000) -> list[NDArray[Any]]:
    return [rows[start : start + size] for start in range(0, max(len(rows), 1), size)]


def _unit(descriptors: NDArray[np.uint8]) -> Floats:
    points = descriptors.astype(np.float32)
    points /= np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-6)
    return points
