"""Matching in rounds: each takes some tracks and some detections that are still free, and pairs them at best."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from trackside.perception.tracking.association import Floats, Match, Rows, Term, assign
from trackside.perception.tracking.settings import Round

Mask = NDArray[np.bool_]
Pairs = Callable[[Round, Rows, Rows], tuple[Match, Floats]]
"""From a round, rows of tracks and rows of detections: pairs as places in both, and how much they are alike."""
Terms = Callable[[Round], Sequence[Term]]
"""The further costs of a round."""

# A pair at the gate itself still gains something, so that the gate alone says what may match.
_LEAST_GAIN = 1e-9


def match(
    rounds: Sequence[Round], tracks: Mapping[str, Mask], found: Mapping[str, Mask], pairs: Pairs, terms: Terms
) -> Match:
    """Pair tracks and detections.

    Args:
        rounds: in order; what one pairs takes no part in the next.
        tracks: which tracks each name of `Round.tracks` means, bool [n].
        found: which detections each name of `Round.found` means, bool [m].
        pairs: tells what is alike.
        terms: tells the further costs.

    Returns:
        Rows of tracks and rows of detections, [k] each.
    """
    matched: list[Rows] = []
    rows: list[Rows] = []
    free, unused = np.ones(len(tracks["all"]), np.bool_), found["all"].copy()
    for each in rounds:
        candidates = (tracks[each.tracks] & free).nonzero()[0]
        if not len(candidates):
            continue
        offered = (found[each.found] & unused).nonzero()[0]
        if not len(offered):
            continue
        i, j = _match_once(each, candidates, offered, pairs, terms)
        if len(i):
            free[i] = unused[j] = False
            matched.append(i)
            rows.append(j)
    if len(matched) == 1:
        return matched[0], rows[0]
    return np.concatenate([_NONE, *matched]), np.concatenate([_NONE, *rows])


_NONE = np.empty(0, np.intp)


def _match_once(each: Round, candidates: Rows, offered: Rows, pairs: Pairs, terms: Terms) -> Match:
    (i, j), alike = pairs(each, candidates, offered)
    if len(i):
        gain = alike - (each.like.least - _LEAST_GAIN)
        for term in terms(each):
            gain = gain + term(candidates[i], offered[j])
        i, j = assign(i, j, gain)
    return candidates[i], offered[j]


def same_class(tracks: NDArray[np.int32], found: NDArray[np.int32]) -> Term:
    """A term that keeps tracks [n] and detections [m] of different classes apart."""
    return lambda i, j: np.where(tracks[i] == found[j], 0.0, -np.inf)
