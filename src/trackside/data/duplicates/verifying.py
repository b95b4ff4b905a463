"""Whether two pictures that share visual words are one picture: do their features lie alike, and do their pixels agree?

Two tests that fail for different reasons. Geometry: one affine transform must take the features of one picture onto those
of the other. Pixels: under that transform, the grey values of small blocks must rise and fall together. Blocks are compared
each for itself (normalised correlation), so a logo spoils its own block only, and brightness, contrast, greyscale and
vignettes spoil none; a second view of the same object, on the other hand, moves its parts against each other. Pictures
with few features may still be laid over each other by their frames; then the pixels tell alone.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from trackside.data.duplicates.fitting import Fit, fit, turned_frame, whole_frame
from trackside.data.duplicates.frames import Framed
from trackside.data.duplicates.pixels import Agreement, agreement
from trackside.data.duplicates.sketching import Sketches, mirrored_descriptors, mirrored_frames

Rows = NDArray[np.int64]
Floats = NDArray[np.float32]
MATCHES = 32
"""Matches of a pair that are looked at, the most alike first."""
# Cosine of two root-normalised descriptors: below, they are matches by chance.
_ALIKE = 0.8
# Two matched features fit almost any similarity; with three, one of them confirms.
FEWEST = 3
# Features beyond the fewest that make up most of the confidence.
_CONFIRMING = 2.0
FRAMED = -1
"""Stands for the number of features where whole frames were laid over each other."""
# There nothing was fitted, so nothing needs confirming, but the pixels must tell alone: a higher power of their agreement.
_PIXELS_ALONE = 5
# No two different photographs share so many, and hardly any digits or characters: with 12, one in eight pairs of the latter
# was wrong.
_MANY = 20
# What agreement of all but a third is worth, and the power of the share that both pictures show.
_FORGIVEN = 0.7
_SHOWN = 0.125
# On Omniglot, one in a hundred pairs of 22 features is wrong; words with one other letter have up to 32, and figures before
# one background agree by 0.82 at up to 26.
_SURE, _SURE_INLIERS, _SURE_BLOCKS, _SURE_WORST = 0.85, 30, 0.75, 0.6
_BATCH = 64


@dataclass(frozen=True, slots=True)
class Verified:
    """How p pairs of pictures agree.

    Attributes:
        first: int64 [p], rows of the first sketches.
        second: int64 [p], rows of the second sketches.
        mirrored: bool [p], whether the first was mirrored (left and right) before the transform.
        matrices: float32 [p, 2, 3], from the (mirrored) first sketch's pixels to the second's.
        inliers: int32 [p], features that agree with it; `FRAMED` where whole frames were laid over each other.
        blocks: float32 [p], how well the pixels agree, -1 to 1; 0 where they were not compared.
        upper: float32 [p], the same without the third that agrees least.
        worst: float32 [p], the lower quartile of the blocks.
        shared: float32 [p], the share of the smaller picture that both show, 0 to 1.
        detail: float32 [p], contrast of what was compared, grey levels.
    """

    first: Rows
    second: Rows
    mirrored: NDArray[np.bool_]
    matrices: Floats
    inliers: NDArray[np.int32]
    blocks: Floats
    upper: Floats
    worst: Floats
    shared: Floats
    detail: Floats

    def __len__(self) -> int:
        return len(self.first)

    @property
    def scores(self) -> Floats:
        """float32 [p], 0 to 1: agreement of the pixels (squared), confirmed by features and by how much both pictures show.

        Where many features agree, a third of the pixels need not: something else was laid over them. Such a pair is worth
        less, as figures before one background and words with one other letter are like that too.

        Each factor lets a pair down whose others shine by chance: two flat skies correlate, four features of two digits
        lie alike, a corner of one picture fits a corner of another. How much both show counts least: a line of text that
        was turned within its frame keeps a third of itself.
        """
        confirmed = 1 - np.exp(-np.maximum(self.inliers - (FEWEST - 1), 0) / _CONFIRMING)
        forgiven = np.where(self.inliers >= _MANY, _FORGIVEN * np.maximum(self.upper, 0) ** 2, 0)
        blocks = np.maximum(self.blocks, 0)
        fitted = np.maximum(blocks**2, forgiven) * confirmed * self.shared**_SHOWN
        return np.asarray(np.where(self.inliers == FRAMED, blocks**_PIXELS_ALONE, fitted), np.float32)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Verified:
        """Some of the pairs."""
        return Verified(*(getattr(self, name)[rows] for name in self.__slots__))

    def join(self, other: Verified) -> Verified:
        """These and then the others."""
        return Verified(*(np.concatenate([getattr(self, name), getattr(other, name)]) for name in self.__slots__))

    @property
    def sure(self) -> NDArray[np.bool_]:
        """bool [p], pairs that hardly any two different pictures come up to, digits and characters included."""
        many = (self.inliers >= _SURE_INLIERS) & (self.blocks >= _SURE_BLOCKS) & (self.worst >= _SURE_WORST)
        return np.asarray((self.scores >= _SURE) | many)


def verify(
    queries: Sketches, known: Sketches, first: Rows, second: Rows, mirrored: NDArray[np.bool_], *, threads: int | None = None
) -> Verified:
    """Hold each query (mirrored where told) against each known picture.

    Args:
        queries: sketches that `first` counts in.
        known: sketches that `second` counts in.
        first: int64 [p].
        second: int64 [p].
        mirrored: bool [p].
        threads: how many batches at once; as many as there are cores if None.
    """
    parts = [slice(start, start + _BATCH) for start in range(0, max(len(first), 1), _BATCH)]
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        fits = list(pool.map(partial(_verify_batch, queries, known, first, second, mirrored), parts))
    matrices, inliers = np.concatenate([one.matrices for one in fits]), np.concatenate([one.inliers for one in fits])
    nothing = np.zeros((5, len(first)), np.float32)
    return _compare(queries, known, Verified(first, second, mirrored, matrices, inliers, *nothing), threads)


def verify_frames(queries: Sketches, known: Sketches, framed: Framed, *, threads: int | None = None) -> Verified:
    """Lay whole frames over each other and compare their pixels; features are not asked.

    Args:
        queries: sketches that the first of each pair counts in.
        known: sketches that the second counts in.
        framed: pairs, and how the first is mirrored and turned.
        threads: how many batches at once; as many as there are cores if None.
    """
    rows = zip(*(one.tolist() for one in (framed.first, framed.second, framed.turns)), strict=True)
    frames = [turned_frame(turns, queries.sizes[a], known.sizes[b]) for a, b, turns in rows]
    matrices = np.array(frames, np.float32).reshape(-1, 2, 3)
    inliers, nothing = np.full(len(frames), FRAMED, np.int32), np.zeros((5, len(frames)), np.float32)
    found = Verified(framed.first, framed.second, framed.mirrored, matrices, inliers, *nothing)
    return _compare(queries, known, found, threads)


def _verify_batch(
    queries: Sketches, known: Sketches, first: Rows, second: Rows, mirrored: NDArray[np.bool_], part: slice
) -> Fit:
    left, left_frames, left_there = _padded(queries, first[part])
    right, right_frames, right_there = _padded(known, second[part])
    flip = mirrored[part]
    left[flip] = mirrored_descriptors(left[flip])
    left_frames[flip] = mirrored_frames(left_frames[flip], queries.sizes[first[part]][flip, :1])
    alike = _normalised(left) @ _normalised(right).transpose(0, 2, 1)
    alike[~(left_there[:, :, None] & right_there[:, None])] = -1
    partner, back = alike.argmax(2), alike.argmax(1)
    best = np.take_along_axis(alike, partner[..., None], 2)[..., 0]
    mutual = np.take_along_axis(back, partner, 1) == np.arange(alike.shape[1])
    best = np.where(mutual & (best > _ALIKE), best, -1)
    kept = np.argsort(-best, axis=1, kind="stable")[:, :MATCHES]
    usable = np.take_along_axis(best, kept, 1) > 0
    a = np.take_along_axis(left_frames, kept[..., None], 1)
    b = np.take_along_axis(right_frames, np.take_along_axis(partner, kept, 1)[..., None], 1)
    return fit(a, b, usable)


def _padded(sketches: Sketches, rows: Rows) -> tuple[NDArray[np.uint8], Floats, NDArray[np.bool_]]:
    """Descriptors [p, m, 128], frames [p, m, 4] and whether there is one, [p, m]."""
    places = np.arange(max(int(sketches.counts[rows].max(initial=1)), 1))[None]
    there = places < sketches.counts[rows][:, None]
    index = np.where(there, sketches.starts[rows][:, None] + places, 0)
    if len(sketches.frames) == 0:
        shape = (len(rows), places.shape[1])
        return np.zeros((*shape, 128), np.uint8), np.zeros((*shape, 4), np.float32), there
    return sketches.descriptors[index], sketches.frames[index], there


def _normalised(descriptors: NDArray[np.uint8]) -> Floats:
    numbers = descriptors.astype(np.float32)
    numbers /= np.maximum(np.sqrt(np.einsum("pmi,pmi->pm", numbers, numbers)), 1)[..., None]
    return numbers


def _compare(queries: Sketches, known: Sketches, found: Verified, threads: int | None) -> Verified:
    """The pixels of those pairs whose features agree, or are not asked."""
    rows = np.flatnonzero((found.inliers >= FEWEST) | (found.inliers == FRAMED))

    def one(row: int) -> Agreement:
        a, b = found.first[row], found.second[row]
        sizes = queries.sizes[a], known.sizes[b]
        left, right = queries.thumbnail(a), known.thumbnail(b)
        left = left[:, ::-1] if found.mirrored[row] else left
        fitted = agreement(left, right, *sizes, found.matrices[row])
        exact = whole_frame(found.matrices[row], *sizes)
        if exact is None or (exact == found.matrices[row]).all():
            return fitted
        filled = agreement(left, right, *sizes, exact)
        if filled.blocks <= fitted.blocks:
            return fitted
        found.matrices[row] = exact
        return filled

    def several(part: NDArray[np.int64]) -> list[Agreement]:
        return [one(int(row)) for row in part]

    chunks = np.array_split(rows, max(1, len(rows) // 256))
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        results = [result for part in pool.map(several, chunks) for result in part]
    for place, name in enumerate(("blocks", "upper", "worst", "shared", "detail")):
        getattr(found, name)[rows] = [result[place] for result in results]
    return found
