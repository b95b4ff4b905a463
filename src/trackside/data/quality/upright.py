"""Pictures that lie on their side or upside down, told from how the other pictures of the set stand.

The set teaches itself: every picture is turned by 0, 90, 180 and 270 degrees, and a linear rule learns to tell the turns
from small thumbnails, out of fold. Where up means something (street scenes, faces, a swimming pool) it does so nearly
always, and a picture that it is sure lies turned probably does. For leaves, insects or cells it cannot, and nothing is said.

Words and digits lie between: a "u" is an "n" upside down. So the set also says how sure is sure. Turning a picture that was
held out only permutes its four scores. The margins of the set as it is are therefore, mirrored, those of turns planted in
it, and how far they spread says how often one that stands seems turned. Where most turns would be lost in that, nothing is
said either.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TURNS = (0, 90, 180, 270)
SURE = 0.95
"""Share of pictures that the rule must place right before its word on the others counts."""
LEAST = 40
_FOLDS, _RIDGE = 5, 100.0
_MOST = 2500
# How far the best turn's score must lie above that of upright. A plain sky above plain ground gives 0.5 for a quarter turn.
_MARGIN = 0.4
# And how many spreads below the usual margin: margins have longer tails than a normal distribution (words: one in 1,000).
_FAR = 4.5


@dataclass(frozen=True, slots=True)
class Stood:
    """How pictures stand.

    Attributes:
        accuracy: share that the rule finds upright, or surely turned; one quarter is chance.
        told: whether turned pictures could be told from standing ones, so that the rest means something.
        turned: int64 [n], degrees clockwise by which each seems turned; 0 where it stands, or where nothing can be said.
        margin: float64 [n], how sure.
    """

    accuracy: float
    told: bool
    turned: NDArray[np.int64]
    margin: NDArray[np.float64]


def how_they_stand(small: NDArray[np.uint8], rng: np.random.Generator) -> Stood:
    """Learn and look.

    Args:
        small: uint8 [n, 16, 16, 3].
        rng: deals the folds; draws the pictures that are learned from, if there are more than 2,500.
    """
    n = len(small)
    nothing = Stood(float("nan"), False, np.zeros(n, np.int64), np.zeros(n))
    if n < LEAST:
        return nothing
    scores = _scores(small, rng)
    best = scores.argmax(1)
    margin = scores[:, 1:].max(1) - scores[:, 0]
    usual, limit = _limit(margin)
    accuracy = float(((best == 0) | (margin >= limit)).mean())
    told = accuracy >= SURE and -usual >= limit
    sure = (margin >= limit) & told
    return Stood(accuracy, told, np.where(sure, np.array(TURNS)[best], 0), np.where(sure, margin, 0.0))


def _limit(margin: NDArray[np.float64]) -> tuple[float, float]:
    """The middle margin by which turns [n] exceed upright (below zero), and from which margin on a picture lies turned.

    The spread is taken from the middle to the third quartile: there are those that nearly seem turned, and the few that are
    do not stretch it.
    """
    usual, high = np.quantile(margin, (0.5, 0.75)).tolist()
    spread = (high - usual) / 0.6745
    return usual, max(_MARGIN, usual + _FAR * spread)


def _scores(small: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.float64]:
    """float64 [n, 4]: how much each picture, as it is, looks like one turned by 0, 90, 180, 270 degrees clockwise."""
    out = np.zeros((len(small), len(TURNS)))
    order = rng.permutation(len(small))
    for number in range(_FOLDS):
        held = order[number::_FOLDS]
        learned = np.setdiff1d(order, held)
        learned = learned if len(learned) <= _MOST else rng.choice(learned, _MOST, replace=False)
        inputs = np.concatenate([_flat(np.rot90(small[learned], -turn, (1, 2))) for turn in range(4)])
        target = np.repeat(np.eye(4), len(learned), axis=0) - 0.25
        weights = np.linalg.solve(inputs.T @ inputs + _RIDGE * np.eye(inputs.shape[1]), inputs.T @ target)
        out[held] = _flat(small[held]) @ weights
    return out


def _flat(small: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Each picture less its mean colour, over its own spread."""
    flat = small.astype(np.float32)
    flat -= flat.mean((1, 2), keepdims=True)
    flat /= np.maximum(flat.std((1, 2, 3), keepdims=True), 4.0)
    return flat.reshape(len(flat), -1)
