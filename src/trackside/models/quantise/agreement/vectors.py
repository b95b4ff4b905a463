"""How far two classifiers, or two networks for embeddings, agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class VectorAgreement:
    """How far the answers agree.

    Attributes:
        pictures: compared; those to which the reference has no answer (NaN) are left out.
        score: the headline: share of pictures with the same most probable class, or mean cosine of the angle between both
            vectors of a picture.
        closeness: 1 less the mean total variation of the probabilities, or the mean cosine.
        worst: the same for the worst twentieth of the pictures.
        neighbours: for embeddings, share of pictures whose nearest other picture is the same one; NaN for classes.
    """

    pictures: int
    score: float
    closeness: float
    worst: float
    neighbours: float = float("nan")


def compare_vectors(
    reference: Sequence[NDArray[np.float32]], found: Sequence[NDArray[np.float32]], *, are_probabilities: bool
) -> VectorAgreement:
    """Hold one network's answers against those of another.

    Args:
        reference: float32 [d] each: probabilities, or vectors of unit length.
        found: the other one's, for the same pictures. NaN counts as no agreement.
        are_probabilities: what they are.
    """
    a, b = np.asarray(reference, np.float64), np.asarray(found, np.float64)
    known = np.isfinite(a).all(axis=-1) if a.size else np.zeros(len(a), bool)
    a, b = a[known], np.nan_to_num(b[known])
    if len(a) == 0:
        nothing = float("nan")
        return VectorAgreement(0, nothing, nothing, nothing)
    close = 1 - np.abs(a - b).sum(axis=1) / 2 if are_probabilities else (a * b).sum(axis=1)
    score = float((a.argmax(axis=1) == b.argmax(axis=1)).mean()) if are_probabilities else float(close.mean())
    neighbours = float("nan") if are_probabilities or len(a) < 3 else _same_neighbours(a, b)
    return VectorAgreement(len(a), score, float(close.mean()), float(np.quantile(close, 0.05)), neighbours)


def _same_neighbours(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    nearest = []
    for vectors in (a, b):
        likeness = vectors @ vectors.T
        np.fill_diagonal(likeness, -np.inf)
        nearest.append(likeness.argmax(axis=1))
    return float((nearest[0] == nearest[1]).mean())
