"""What a detector's scores mean, read off its own detections where nothing else is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from trackside.core import Detections

# Networks are sure of themselves: on the public detections of MOTChallenge 2015 (Faster R-CNN) half of those with this score
# are true (four sequences; between 0.8 and 0.9 it is 37 to 58 %, between 0.9 and 0.95 51 to 80 %).
EVEN_SCORE = 0.87
# Where scores are lower, most detections are true all the same: a quarter are taken to be below the level.
_SHARE = 0.25


def even_score(recording: Mapping[int, Detections]) -> float:
    """A guess of the score at which half of the detections are true, from scores alone: 0.87, or lower for a shy detector.

    Args:
        recording: frame to what was found in it.
    """
    scores = np.concatenate([np.empty(0, np.float32), *(found.scores for found in recording.values())])
    scores = scores[np.isfinite(scores)]
    return EVEN_SCORE if not len(scores) else float(np.clip(np.quantile(scores, _SHARE), 0.01, EVEN_SCORE))


def weightless_score(recording: Mapping[int, Detections]) -> float:
    """The score that says nothing for or against a long track, from scores alone: 0.5, or lower for a shy detector.

    Many detections in a row are likelier true than one alone: log odds of `even_score` that fall short by the usual are made
    up for.

    Args:
        recording: frame to what was found in it.
    """
    even = even_score(recording)
    odds = even / (1 - even) * (1 - EVEN_SCORE) / EVEN_SCORE
    return odds / (1 + odds)


def with_usual_scores(recording: Mapping[int, Detections]) -> tuple[dict[int, Detections], bool]:
    """The recording with scores between 0 and 1, and whether they had to be changed.

    Some detectors give margins or sums of votes, such as -1.2 or 35. What counts is which are surer: ranks take their place,
    from 0.5 to 1. Scores that are all the same (-1 for none) become 1.

    Args:
        recording: frame to what was found in it.
    """
    scores = np.concatenate([np.empty(0, np.float32), *(found.scores for found in recording.values())])
    known = scores[np.isfinite(scores)]
    if not len(known) or (known.min() >= 0 and known.max() <= 1):
        return dict(recording), False
    steps = np.unique(known)

    def ranked(found: Detections) -> Detections:
        rank = 1.0 if len(steps) == 1 else 0.5 + 0.5 * np.searchsorted(steps, found.scores) / (len(steps) - 1)
        return replace(found, scores=np.where(np.isfinite(found.scores), rank, np.nan))

    return {frame: ranked(found) for frame, found in recording.items()}, True
