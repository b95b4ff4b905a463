"""Cues with values: changes of the whole picture, a place that differs from the rest, and what the file says.

What a picture shows moves some of its cells; a tint, an exposure or a blur that somebody added moves all of them. So a
change of the whole picture is asked for with three views: the cells' 10 %, 50 % and 90 % quantiles. Only where the dark, the
middle and the light cells all tell the class in the same direction does it count. Digits, leaves on white paper or flowers
in a corner move one or two of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from trackside.data.shortcuts.cues import GRID, MAPS, TONES

Family = Literal["mark", "whole picture", "region", "file"]
FAMILIES: tuple[Family, ...] = get_args(Family)
Change = Literal["more", "less", "off neutral", "rarer, else more", "rarer, else less"]
"""Which of two classes a cue was put on: the one that has more of it, or less, or that is farther from 0; or the one on the
side with fewer pictures, and where both have as many, the one with more or less."""
_VIEWS = (0.1, 0.5, 0.9)
_WORDS = {
    "brightness": ("a lower brightness of the whole picture", "a higher brightness of the whole picture"),
    "red-green": ("a green tint of the whole picture", "a red tint of the whole picture"),
    "blue-yellow": ("a yellow tint of the whole picture", "a blue tint of the whole picture"),
    "contrast": ("less contrast of the whole picture", "more contrast of the whole picture"),
    "sharpness": ("less sharpness of the whole picture", "more sharpness of the whole picture"),
    "red of the dark": ("a green cast of the dark parts", "a red cast of the dark parts"),
    "blue of the dark": ("a yellow cast of the dark parts", "a blue cast of the dark parts"),
    "brightness of the dark": ("a lower brightness of the dark parts", "a higher brightness of the dark parts"),
    "red of the light": ("a green cast of the light parts", "a red cast of the light parts"),
    "blue of the light": ("a yellow cast of the light parts", "a blue cast of the light parts"),
    "brightness of the light": ("a lower brightness of the light parts", "a higher brightness of the light parts"),
    "burnt red": ("less red burnt out by itself", "more red burnt out by itself"),
    "burnt green": ("less green burnt out by itself", "more green burnt out by itself"),
    "burnt blue": ("less blue burnt out by itself", "more blue burnt out by itself"),
}
# Black and white are without colour and at the ends of the scale until somebody changes them, and files lose by being
# written anew; of other cues the side with fewer pictures is taken for the change.
_CHANGES: dict[str, Change] = {
    "brightness": "rarer, else more",
    "red-green": "off neutral",
    "blue-yellow": "off neutral",
    "contrast": "rarer, else less",
    "sharpness": "less",
    "red of the dark": "off neutral",
    "blue of the dark": "off neutral",
    "brightness of the dark": "more",
    "red of the light": "off neutral",
    "blue of the light": "off neutral",
    "brightness of the light": "less",
    "burnt red": "more",
    "burnt green": "more",
    "burnt blue": "more",
}
_OF_A_REGION = {
    "brightness": ("a lower brightness of a region", "a higher brightness of a region"),
    "red-green": ("a greener region", "a redder region"),
    "blue-yellow": ("a yellower region", "a bluer region"),
    "contrast": ("less contrast of a region", "more contrast of a region"),
    "sharpness": ("less sharpness of a region", "more sharpness of a region"),
}
# In pictures on an empty page the place of the content is the content, and says nothing of shortcuts. A set counts as such
# if in this share of its cells half of all pictures have brightness within a few levels.
_EMPTY_SHARE, _EMPTY_LEVELS = 0.1, 8.0


@dataclass(frozen=True, slots=True)
class Valued:
    """Cues with values.

    Attributes:
        values: float64 [n, f, 3], three views each.
        names: f pairs of texts for people: a class has less of it, or more.
        families: f family names.
        cells: f places [row, column] of the 8 x 8 grid, or None.
        changes: f times, how the class that was changed is told.
    """

    values: NDArray[np.float64]
    names: tuple[tuple[str, str], ...]
    families: tuple[str, ...]
    cells: tuple[tuple[int, int] | None, ...]
    changes: tuple[Change, ...]


def whole_picture(maps: NDArray[np.float64], tones: NDArray[np.float64]) -> Valued:
    """Properties of the whole picture, from maps [n, 5, 8, 8] and tones [n, 9, 3]."""
    flat = maps.reshape(len(maps), len(MAPS), -1)
    views = np.moveaxis(np.quantile(flat, _VIEWS, axis=2), 0, 2)
    names = tuple(_WORDS[name] for name in (*MAPS, *TONES))
    changes = tuple(_CHANGES[name] for name in (*MAPS, *TONES))
    return Valued(np.concatenate([views, tones], 1), names, ("whole picture",) * len(names), (None,) * len(names), changes)


def regions(maps: NDArray[np.float64]) -> Valued:
    """How each cell differs from its own picture's median cell; none for pictures on an empty page."""
    if not varies_everywhere(maps[:, 0]):
        return Valued(np.zeros((len(maps), 0, len(_VIEWS))), (), (), (), ())
    flat = maps.reshape(len(maps), len(MAPS), -1)
    apart = (flat - np.median(flat, axis=2, keepdims=True)).reshape(len(maps), -1)
    cells = [divmod(cell, GRID) for _ in MAPS for cell in range(GRID**2)]
    names = [_OF_A_REGION[name] for name in MAPS for _ in range(GRID**2)]
    views = np.repeat(apart[:, :, None], len(_VIEWS), axis=2)
    changes: list[Change] = ["rarer, else more"] * len(names)
    return Valued(views, tuple(names), ("region",) * len(names), tuple(cells), tuple(changes))


def varies_everywhere(brightness: NDArray[np.float64]) -> bool:
    """Whether pictures [n, 8, 8] differ in nearly all cells."""
    low, high = np.quantile(brightness, (0.25, 0.75), axis=0)
    return float((high - low < _EMPTY_LEVELS).mean()) <= _EMPTY_SHARE


def file_values(width: NDArray[np.float64], height: NDArray[np.float64], quality: NDArray[np.float64]) -> Valued:
    """What the file says in numbers: [n] each, pixels, and JPEG quality (NaN for other files).

    Bytes a pixel are left out: they grow with detail, which is content; a JPEG's table says how much it was compressed.
    """
    wide, high = np.log(np.maximum(width, 1)), np.log(np.maximum(height, 1))
    facts = {
        ("fewer pixels along the longer side", "more pixels along the longer side"): np.maximum(wide, high),
        ("fewer pixels along the shorter side", "more pixels along the shorter side"): np.minimum(wide, high),
        ("a taller shape", "a wider shape"): wide - high,
        ("a lower quality of the JPEG", "a higher quality of the JPEG"): quality,
    }
    values = np.repeat(np.stack(list(facts.values()), 1)[:, :, None], len(_VIEWS), axis=2)
    changes: list[Change] = ["rarer, else less"] * len(facts)
    return Valued(values, tuple(facts), ("file",) * len(facts), (None,) * len(facts), tuple(changes))


def joined(parts: list[Valued]) -> Valued:
    """All cues in one table."""
    return Valued(
        np.concatenate([part.values for part in parts], 1),
        tuple(name for part in parts for name in part.names),
        tuple(family for part in parts for family in part.families),
        tuple(cell for part in parts for cell in part.cells),
        tuple(change for part in parts for change in part.changes),
    )
