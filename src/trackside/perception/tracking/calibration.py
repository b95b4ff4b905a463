"""What a detector's scores mean, read off its own detections where nothing else is known."""

from __future__ import annotations

from collections.abc import Mapping

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
