"""Which pictures stand apart from their own set, and are bad by themselves too.

Each rule asks both. A black page is no fault where all pages are black (MNIST), and a set of sharp pictures has a softest
one that is not blurred. All take arrays [n] with NaN where a picture cannot be read, and give bool [n].
"""

from __future__ import annotations

from dataclasses import dataclass

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
# Of 245 photographs one has so much at the end of the scale; with thrice the light three in four.
_CLIPPED, _PARTLY, _MORE_CLIPPED = 0.5, 0.1, 0.3
# A page: at least so much of it is ground. Its quantiles say nothing of the ink.
_PAGE, _GROUND = 0.9, 0.5
# Pages are usual in a set from here on.
_USUAL = 0.1
# Levels by which the darkest of a bright picture is lighter than usual; on paper also robust standard deviations, as pens
# and pencils differ.
_LIGHTER, _FAR_INK = 60.0, 4.5


@dataclass(frozen=True, slots=True)
class Tones:
    """Brightness of pictures, 0 to 255, [n] each.

    Attributes:
        least, dark, middle, light, most: the quantiles 0.05 %, 1 %, 50 %, 99 % and 99.95 %.
        plain: share of pixels near the commonest brightness.
    """

    least: Numbers
    dark: Numbers
    middle: Numbers
    light: Numbers
    most: Numbers
    plain: Numbers

    @property
    def darkest(self) -> Numbers:
        """How dark the dark parts are; on a page those of the little ink there is."""
        return np.where(self.plain >= _PAGE, self.least, self.dark)

    @property
    def lightest(self) -> Numbers:
        """How light the light parts are; on a black page those of the little chalk there is."""
        return np.where(self.plain >= _PAGE, self.most, self.light)


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


def bright(tones: Tones) -> Flags:
    """Pictures whose darkest pixels are light, in a set whose are not.

    Where white is the paper, a light page is one of thin writing, and only its ink can tell: it must be far lighter than ink
    is in this set.
    """
    paper = white_is_paper(tones)
    darkest = tones.least if paper else tones.darkest
    usual, spread = robust(darkest, 1)
    apart = max(_LIGHTER, _FAR_INK * spread) if paper else _LIGHTER
    return (darkest > BRIGHT_DARK) & (tones.middle > BRIGHT_MIDDLE) & (darkest > usual + apart)


def overexposed(clipped: Numbers, partly: Numbers) -> Flags:
    """Pictures with a large part at the end of the scale, in a set without.

    White paper is at the end in all channels at once; light beyond the scale cuts one channel off before the others.
    """
    usual, _ = robust(clipped, 0)
    return (clipped > _CLIPPED) & (partly > _PARTLY) & (clipped > usual + _MORE_CLIPPED)


def white_is_paper(tones: Tones) -> bool:
    """Whether dark ink on a light ground is usual in this set."""
    paper = (tones.middle > BRIGHT_MIDDLE) & (tones.least <= BRIGHT_DARK) & (tones.plain >= _GROUND)
    return bool(paper.sum() >= max(_USUAL * np.isfinite(tones.middle).sum(), 1))


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
