"""Which of two classes a cue was put on, where one class has less of something and the other more."""

from __future__ import annotations

import numpy as np

from trackside.data.shortcuts.folds import best_limit
from trackside.data.shortcuts.search import Shortcut
from trackside.data.shortcuts.units import Units


def is_bearer(found: Shortcut, units: Units) -> bool:
    """Whether the cue is on the class that `found` names, not on the other of two.

    See `Change`. Where the rarer side is asked for: a change of 80 % of one class and none of the other is on 40 % of the
    pictures, classes counted alike, and what it left as it was on 60 %. Both are as many where chance explains the
    difference (95 %).
    """
    value, inside = units.mean(found.value), units.labels == found.label
    if found.change == "more":
        return found.rises
    if found.change == "less":
        return not found.rises
    more, less = (inside, ~inside) if found.rises else (~inside, inside)
    if found.change == "off neutral":
        return found.rises == (abs(float(np.median(value[more]))) >= abs(float(np.median(value[less]))))
    limit, _ = best_limit(value, inside)
    shares = [float((value[side] > limit).mean()) for side in (more, less)]
    error = sum(one * (1 - one) / int(side.sum()) for one, side in zip(shares, (more, less), strict=True)) ** 0.5
    if abs(sum(shares) - 1) > 1.96 * error:
        return found.rises == (sum(shares) < 1)
    return found.rises == (found.change == "rarer, else more")
