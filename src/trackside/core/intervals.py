"""Intervals of shares."""

from __future__ import annotations

import math

Z95 = 1.959963984540054
"""Half the width of a normal 95 % interval, in standard deviations."""


def wilson(hits: float, count: float, z: float = Z95) -> tuple[float, float]:
    """The score interval for a share (Wilson, Journal of the American Statistical Association 22, 1927).

    Args:
        hits: how many had it; need not be whole (weighted counts).
        count: out of how many; 0 gives (0, 1).
        z: half width of the normal interval, in standard deviations.

    >>> tuple(round(edge, 4) for edge in wilson(10, 100))
    (0.0552, 0.1744)
    """
    if count <= 0:
        return 0.0, 1.0
    share = hits / count
    middle = share + z * z / (2 * count)
    half = z * math.sqrt(max(share * (1 - share), 0.0) / count + z * z / (4 * count * count))
    scale = 1 + z * z / count
    low = 0.0 if share <= 0 else (middle - half) / scale
    return low, 1.0 if share >= 1 else (middle + half) / scale
