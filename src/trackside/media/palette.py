"""Fixed colours for drawing: the same identity has the same colour in every video."""

from __future__ import annotations

from functools import lru_cache

from trackside.media.colour import Colour

# Distinct in hue and alike in lightness, so that no object shouts; neighbours in the list are far apart in hue.
PALETTE: tuple[Colour, ...] = (
    (64, 156, 255),
    (255, 149, 0),
    (52, 199, 120),
    (255, 99, 132),
    (175, 122, 255),
    (245, 208, 66),
    (48, 200, 214),
    (255, 128, 92),
    (148, 206, 72),
    (240, 114, 214),
    (120, 144, 255),
    (214, 168, 112),
)
LEFT: Colour = (64, 180, 255)
RIGHT: Colour = (255, 153, 51)
MIDDLE: Colour = (236, 239, 244)
INK: Colour = (24, 27, 33)
PAPER: Colour = (250, 250, 252)


def colour_of(number: int) -> Colour:
    """The colour of a track id, class or zone number."""
    return PALETTE[number % len(PALETTE)]


def readable_on(background: Colour) -> Colour:
    """Dark or light, whichever has more contrast to this background."""
    return max((INK, PAPER), key=lambda ink: contrast(ink, background))


@lru_cache(1024)
def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Colour) -> float:
    """Relative luminance of an sRGB colour, 0 to 1 (WCAG 2.2, "relative luminance")."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
