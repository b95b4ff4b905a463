"""Whether there is anything where a track is: evidence as log odds, instead of counting sightings."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trackside.perception.tracking.association import Floats, Rows
from trackside.perception.tracking.matching import Mask
from trackside.perception.tracking.settings import Existence

# Scores stay within these, log odds of +-4.6: no single detection proves anything.
_LOWEST, _HIGHEST = 0.01, 0.99
MOST_ODDS = 4.6
# Log odds at which a track is given up at once: 1 to 50.
HOPELESS = -4.0


class Evidence:
    """Weighs what was seen and what was not.

    Args:
        existence: the weights.
        even: score at which half of the detections are true.
    """

    def __init__(self, existence: Existence, even: float) -> None:
        self.existence = existence
        self._even = float(log_odds(even))

    def of(self, scores: ArrayLike) -> Floats:
        """What detections with these scores [m] add to a track's log odds, [m]."""
        return self.existence.gain * (log_odds(scores) - self._even)

    def weigh(self, odds: Floats, firm: Mask, matched: Rows, scores: ArrayLike, passed: float) -> None:
        """Change the log odds [n] in place: rows `matched` were seen, the others not for `passed` seconds.

        What once was sure (`firm` [n], changed in place) does not fall below even odds by hiding: it waits its time out.
        """
        now = odds - self.existence.miss * passed
        np.maximum(now, 0, out=now, where=firm & (odds >= 0))
        now[matched] = odds[matched] + self.of(scores)
        np.clip(now, -math.inf, self.existence.most, out=odds)
        firm |= odds >= self.existence.sure

    def earns(self, odds: Floats, sightings: NDArray[np.int64]) -> Mask:
        """Which tracks, bool [n], have earned an identity: seen twice, or once and very surely."""
        return (odds >= 0) & ((sightings > 1) | (odds >= self.existence.at_once))


def log_odds(score: ArrayLike) -> Floats:
    """The logarithm of the odds of scores, within about +-`MOST_ODDS`."""
    clipped = np.clip(np.asarray(score, np.float64), _LOWEST, _HIGHEST)
    return np.asarray(np.log(clipped / (1 - clipped)))
