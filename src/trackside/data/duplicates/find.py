"""Copies among pictures, however they were altered: the verb that puts the steps together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trackside.core.images import RGB
from trackside.data.duplicates.alterations import altered, draw
from trackside.data.duplicates.calibration import Calibration, calibrate
from trackside.data.duplicates.frames import whole_frames
from trackside.data.duplicates.groups import SAME_FRAME, describe, duplicate_groups
from trackside.data.duplicates.sketching import Sketches
from trackside.data.duplicates.threads import blas_on_one_thread
from trackside.data.duplicates.verifying import Verified, verify, verify_frames
from trackside.data.duplicates.words import Index, candidates, learn_vocabulary

Rows = NDArray[np.int64]
Picture = Callable[[int], RGB]
"""Gives the picture of a row, uint8 [h, w, 3]; raises for one that cannot be read."""
CANDIDATES = 5
"""Partners that are looked at for each picture as it is, and as many for it mirrored."""
SAME_SCENE = "nearly the same scene"
"""The kind of a pair that nothing was done to, and whose pixels still differ in places: two frames of a video."""
FEW_FEATURES = 6
"""Below, a picture is blank or nearly so."""
# In a copy, three quarters of the picture agree better than this, even after JPEG at quality 10; where people or water
# moved between two frames of a fixed camera, they do not.
_ALIKE_THROUGHOUT = 0.85
PLANTED = 150
"""Altered copies of the data set's own pictures that tell what share is found."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of pictures that are copies of each other, best first.

    Attributes:
        first: int64 [p], rows of pictures.
        second: int64 [p]; first < second.
        scores: float32 [p], 0 to 1.
        kinds: str [p], what was done to the first to get the second, in words; `SAME_SCENE` for what are hardly copies.
        count: how many pictures there are.
        calibration: the threshold and what it is worth.
        weak: how many pictures have too few features to be recognised when they are altered.
    """

    first: Rows
    second: Rows
    scores: NDArray[np.float32]
    kinds: NDArray[np.object_]
    count: int
    calibration: Calibration
    weak: int = 0

    def __len__(self) -> int:
        return len(self.first)

    @property
    def are_copies(self) -> NDArray[np.bool_]:
        """bool [p]: False for pairs of nearly the same scene."""
        return np.asarray(self.kinds != SAME_SCENE, bool)

    @property
    def groups(self) -> Rows:
        """The group of each picture, int64 [count]; nearly the same scene is no reason to be in one."""
        return duplicate_groups(self.count, self.first[self.are_copies], self.second[self.are_copies])


def find_duplicates(
    pictures: Sketches | list[RGB],
    *,
    picture: Picture | None = None,
    groups: NDArray[np.object_] | None = None,
    planted: int = PLANTED,
    seed: int = 0,
    threads: int | None = None,
) -> Pairs:
    """Find the pictures that are copies of each other: cropped, mirrored, turned, scaled, recompressed, recoloured.

    Args:
        pictures: sketches of a scan, or pictures in memory, uint8 [h, w, 3].
        picture: gives a picture again, to plant altered copies that measure the recall; not needed with pictures in memory.
        groups: str [n], a video or a session ("" for none): its pictures are alike anyway, so pairs within one do not tell
            how alike different pictures are.
        planted: how many of those.
        seed: of vocabulary and planted copies.
        threads: how many at once; as many as there are cores if None.
    """
    if isinstance(pictures, list):
        rows = pictures
        picture, pictures = rows.__getitem__, Sketches.of_pictures(rows)
    with blas_on_one_thread():
        return _find(pictures, picture, groups, planted, seed, threads)


def _find(
    pictures: Sketches,
    picture: Picture | None,
    groups: NDArray[np.object_] | None,
    planted: int,
    seed: int,
    threads: int | None,
) -> Pairs:
    index = Index.of(pictures, learn_vocabulary(pictures.descriptors, seed, threads), threads)
    found = _best_of_each_pair(_verified(pictures, pictures, index, same=True, threads=threads))
    apart = found if groups is None else found.take(np.flatnonzero(~same_group(groups, found.first, found.second)))
    calibration = calibrate(len(pictures), apart.first, apart.second, apart.scores, apart.sure)
    if picture is not None and planted and len(pictures):
        hits, tried = _recovered(pictures, picture, index, calibration.threshold, planted, seed, threads)
        calibration = replace(calibration, planted=tried, recovered=hits)
    kept = np.flatnonzero(found.scores >= calibration.threshold)
    kept = kept[np.argsort(-found.scores[kept], kind="stable")]
    return _pairs(found.take(kept), pictures, calibration)


def same_group(groups: NDArray[np.object_], first: Rows, second: Rows) -> NDArray[np.bool_]:
    """Which pairs are of one video or session, bool [p]; groups are str [n], "" for none."""
    return np.asarray((groups[first] == groups[second]) & (groups[first] != ""), bool)


def _verified(queries: Sketches, known: Sketches, index: Index, *, same: bool, threads: int | None) -> Verified:
    """Candidate pairs as they are and mirrored, by their features and by their frames, held against each other."""
    first, second, flip = [], [], []
    for mirrored in (False, True):
        a, b, _ = candidates(queries, index, most=CANDIDATES, mirrored=mirrored, same=same, threads=threads)
        if same:
            a, b = np.minimum(a, b), np.maximum(a, b)
        pairs = np.unique(a * len(known) + b)
        first.append(pairs // max(len(known), 1))
        second.append(pairs % max(len(known), 1))
        flip.append(np.full(len(pairs), mirrored))
    found = verify(queries, known, np.concatenate(first), np.concatenate(second), np.concatenate(flip), threads=threads)
    framed = whole_frames(queries, known, same=same, threads=threads)
    return found.join(verify_frames(queries, known, framed, threads=threads))


def _best_of_each_pair(found: Verified) -> Verified:
    """A pair may have been looked at mirrored and not: the better one counts."""
    order = np.lexsort((-found.scores, found.second, found.first))
    first, second = found.first[order], found.second[order]
    new = np.ones(len(order), bool)
    new[1:] = (first[1:] != first[:-1]) | (second[1:] != second[:-1])
    return found.take(order[new])


def _recovered(
    known: Sketches, picture: Picture, index: Index, threshold: float, planted: int, seed: int, threads: int | None
) -> tuple[int, int]:
    """How many altered copies find their original, and how many were tried."""
    rng = np.random.default_rng([seed, 1])
    readable = np.flatnonzero(known.sizes[:, 0] > 0)
    rows, copies = [], []
    for row in np.sort(rng.permutation(readable)[:planted]):
        try:
            copies.append(altered(picture(int(row)), draw(rng), rng))
        except Exception:  # A picture that has gone since the scan is no copy that was missed.
            continue
        rows.append(int(row))
    if not rows:
        return 0, 0
    found = _verified(Sketches.of_pictures(copies), known, index, same=False, threads=threads)
    right = (found.second == np.array(rows, np.int64)[found.first]) & (found.scores >= threshold)
    return len(np.unique(found.first[right])), len(rows)


def _pairs(found: Verified, sketches: Sketches, calibration: Calibration) -> Pairs:
    kinds = np.array([_kind(found, row, sketches) for row in range(len(found))], object)
    weak = int(((sketches.counts < FEW_FEATURES) & (sketches.sizes[:, 0] > 0)).sum())
    return Pairs(found.first, found.second, found.scores, kinds, len(sketches), calibration, weak)


def _kind(found: Verified, row: int, sketches: Sketches) -> str:
    sizes = sketches.sizes[found.first[row]], sketches.sizes[found.second[row]]
    words = describe(found.matrices[row], bool(found.mirrored[row]), *sizes)
    return SAME_SCENE if words == SAME_FRAME and found.worst[row] < _ALIKE_THROUGHOUT else words
