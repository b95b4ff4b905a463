"""Which pictures stand apart from their own set, and are bad by themselves too.

Each rule asks both. A black page is no fault where all pages are black (MNIST), and a set of sharp pictures has a softest
one that is not blurred. All take arrays [n] with NaN where a picture cannot be read, and give bool [n].
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

# The noise of a camera or of JPEG stays within twelve levels; one letter on a page takes more than one pixel in 2,000.
BLANK = 0.9995
# An edge of blur sigma 1.3 pixels at 512 pixels a side: visibly soft at full size.
BLURRED = 0.5
# In a set that is soft itself, how much softer yet.
SOFTER = 0.6
# Robust standard deviations; one in 2,000 of a normal distribution.
FAR = 3.3
# The lightest pixels of a picture taken in any light reach mid grey, and the darkest stay below it.
DARK_LIGHT, BRIGHT_DARK, BRIGHT_MIDDLE, HAZE_RANGE = 80.0, 100.0, 190.0, 40.0
ODD_TIMES, ODD_ASPECT = 3.0, 2.5


def robust(values: Numbers, least: float) -> tuple[float, float]:
    """Median and robust standard deviation (interquartile range over 1.349), the latter at least `least`."""
    known = values[np.isfinite(values)]
    if not len(known):
        return float("nan"), least
    low, middle, high = np.quantile(known, (0.25, 0.5, 0.75))
    return float(middle), max(float(high - low) / 1.349, least)


def blank(plain: Numbers) -> Flags:
    """Pictures of nothing: all but one pixel in 2,000 lie within twelve levels of the commonest brightness."""
    return np.asarray(plain >= BLANK)


def blurred(sharpness: Numbers) -> Flags:
    """Pictures whose sharpest part is soft, and far softer than the set's."""
    logs = np.log(np.maximum(sharpness, 1e-4))
    middle, spread = robust(logs, 0.1)
    return np.asarray((sharpness < BLURRED) & (logs < middle - max(FAR * spread, -np.log(SOFTER))))


def dark(light: Numbers) -> Flags:
    """Pictures whose lightest pixels are dark, in a set whose are not."""
    middle, _ = robust(light, 1)
    return (light < DARK_LIGHT) & (light < middle / 2)


def bright(darkest: Numbers, middle: Numbers) -> Flags:
    """Pictures whose darkest pixels are light, in a set whose are not."""
    usual, _ = robust(darkest, 1)
    return (darkest > BRIGHT_DARK) & (middle > BRIGHT_MIDDLE) & (darkest > usual + 60)


def hazy(extent: Numbers) -> Flags:
    """Pictures of hardly any contrast, in a set that has it."""
    usual, _ = robust(extent, 1)
    return (extent < HAZE_RANGE) & (extent < usual / 2.5)


def odd_size(width: Numbers, height: Numbers) -> Flags:
    """Pictures several times smaller or larger than usual in this set."""
    side = np.log(np.sqrt(np.where(width > 0, width, np.nan) * np.where(height > 0, height, np.nan)))
    return _apart(side, np.log(ODD_TIMES))


def odd_aspect(width: Numbers, height: Numbers) -> Flags:
    """Pictures much wider or higher than usual; a quarter turn of the usual aspect is usual."""
    aspect = np.log(np.where(width > 0, width, np.nan)) - np.log(np.where(height > 0, height, np.nan))
    return _apart(np.abs(aspect), np.log(ODD_ASPECT))


def _apart(values: Numbers, least: float) -> Flags:
    middle, spread = robust(values, 0.05)
    return np.asarray(np.abs(values - middle) > max(least, 4 * spread)) & np.isfinite(values)
