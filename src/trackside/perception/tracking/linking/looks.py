"""What a stretch looks like: one unit vector for many embeddings, some of which show somebody else."""

from __future__ import annotations

import numpy as np

from trackside.perception.tracking.association import Floats
from trackside.perception.tracking.gallery import robust_weights

# Embeddings of a stretch that are compared with each other: evenly spread, so that no moment decides.
_MOST = 24
# Cosine distance from the middle from which an embedding counts nothing: what shows somebody in front.
_REACH = 0.35
# No likeness alone proves that two stretches are one person, or are not: log odds.
_MOST_ODDS = 8.0


def looks(features: Floats | None) -> Floats | None:
    """The robust mean of embeddings [k, d] (rows of NaN are unknown), unit length [d]; None where nothing is known."""
    if features is None:
        return None
    known = features[np.isfinite(features).all(axis=1)]
    if not len(known):
        return None
    chosen = known[np.unique(np.linspace(0, len(known) - 1, _MOST).round().astype(np.intp))].astype(np.float64)
    shares = robust_weights(np.ones((1, len(chosen))), (chosen @ chosen.T)[None], _REACH)[0]
    mean = shares @ chosen
    length = float(np.linalg.norm(mean))
    return np.asarray(mean / length) if length > 0 else None


def looks_odds(a: list[Floats | None], b: list[Floats | None], weight: float, alike: float) -> Floats:
    """Log odds, [p], that looks a [p] and b [p] are one person's: `weight` times the cosine above `alike`; 0 if unknown."""
    odds = np.zeros(len(a))
    for row, (first, second) in enumerate(zip(a, b, strict=True)):
        if first is not None and second is not None:
            odds[row] = weight * (float(first @ second) - alike)
    return np.clip(odds, -_MOST_ODDS, _MOST_ODDS)
