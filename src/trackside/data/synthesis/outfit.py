"""What a figure wears, and what its skin and hair look like.

Every choice is made from a number between 0 and 1, so that a design of experiments (`planning.py`) can spread the choices
evenly over pose classes. Colours are RGB, 0 to 1, as a screen shows them.
"""

from __future__ import annotations

import colorsys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

T = TypeVar("T")
Colour = tuple[float, float, float]
PATTERNS = ("plain", "plain", "stripes", "hoops", "checks", "block", "dots", "plain")
HAIRS = ("short", "short", "long", "tail", "bun", "cap", "bald", "short")
_SLEEVES = (0.45, 0.45, 0.62, 1.0, 0.0, 0.45)
_TROUSERS = (0.55, 1.0, 0.35, 1.0, 0.75, 0.22)
# From light to dark, along the Monk Skin Tone scale (Monk 2019), every other tone.
_SKINS = ("f6ede4", "f3d9c1", "e6c3a0", "d7ae86", "a9805c", "825c43", "604134", "3a2c25")
_HAIR_COLOURS = ("17120f", "2e2019", "513625", "7b5434", "a8814f", "cbb07c", "8f8f8d", "6b2f1c")


@dataclass(frozen=True, slots=True)
class Outfit:
    """Clothes, skin and hair of one person.

    Attributes:
        colours: material to its colour.
        second: material to the second colour of its pattern.
        patterns: material to one of `PATTERNS`.
        sleeve: share of the upper arm that a sleeve covers; 1 reaches the wrist, 0 leaves the shoulder only.
        trousers: share of the thigh that trousers cover; 1 reaches the ankle.
        socks: share of the shank.
        hair: one of `HAIRS`.
        shoes: whether there are any.
        loose_hem: whether the shirt hangs over the trousers.
        bare_chest: whether there is no shirt.
    """

    colours: Mapping[str, Colour]
    second: Mapping[str, Colour] = field(default_factory=dict)
    patterns: Mapping[str, str] = field(default_factory=dict)
    sleeve: float = 0.45
    trousers: float = 0.5
    socks: float = 0.2
    hair: str = "short"
    shoes: bool = True
    loose_hem: bool = True
    bare_chest: bool = False

    @property
    def top_material(self) -> str:
        """What the trunk is made of."""
        return "skin" if self.bare_chest else "shirt"

    @property
    def bottom_material(self) -> str:
        """What the hips are made of."""
        return "trousers"


FACTORS = (
    "skin", "hair", "hair_colour", "shirt_hue", "shirt_depth", "shirt_second", "shirt_pattern", "sleeve", "trousers_hue",
    "trousers_depth", "trousers_length", "shoes", "bare",
)  # fmt: skip
"""The numbers that `outfit_of` asks for."""


def outfit_of(chosen: Mapping[str, float]) -> Outfit:
    """The outfit that these numbers (0 to 1 for each of `FACTORS`) stand for."""
    skin = _mixed(_SKINS, chosen["skin"])
    bare = chosen["bare"] < 0.08
    shirt, trousers = (
        _cloth(chosen["shirt_hue"], chosen["shirt_depth"]),
        _cloth(chosen["trousers_hue"], chosen["trousers_depth"]),
    )
    shoe = _cloth(chosen["shoes"] * 7 % 1, chosen["shoes"])
    colours = {
        "skin": skin,
        "face": skin,
        "hair": _mixed(_HAIR_COLOURS, chosen["hair_colour"]),
        "cap": _cloth(chosen["shirt_second"] * 3 % 1, chosen["hair_colour"]),
        "shirt": shirt,
        "trousers": trousers,
        "shoe": shoe,
        "sole": (0.88, 0.88, 0.86),
        "sock": (0.9, 0.9, 0.9) if chosen["shoes"] < 0.6 else (0.13, 0.13, 0.15),
    }
    return Outfit(
        colours,
        {
            "shirt": _cloth(chosen["shirt_second"], 1 - chosen["shirt_depth"]),
            "trousers": _cloth(chosen["shirt_second"], 0.3),
        },
        {"shirt": _one(PATTERNS, chosen["shirt_pattern"]), "trousers": "seam" if chosen["trousers_hue"] > 0.6 else "plain"},
        sleeve=-1.0 if bare else _one(_SLEEVES, chosen["sleeve"]),
        trousers=_one(_TROUSERS, chosen["trousers_length"]),
        socks=0.0 if bare else 0.16 + 0.5 * (chosen["shoes"] * 5 % 1),
        hair=_one(HAIRS, chosen["hair"]),
        shoes=not bare,
        loose_hem=not bare and chosen["sleeve"] * 5 % 1 < 0.7,
        bare_chest=bare,
    )


def _one(choices: tuple[T, ...], share: float) -> T:
    return choices[min(int(share * len(choices)), len(choices) - 1)]


def _mixed(palette: tuple[str, ...], share: float) -> Colour:
    """A colour between two neighbours of a palette."""
    place = share * (len(palette) - 1)
    first = min(int(place), len(palette) - 2)
    low, high = (np.array([int(code[i : i + 2], 16) / 255 for i in (0, 2, 4)]) for code in palette[first : first + 2])
    red, green, blue = (low + (place - first) * (high - low)).tolist()
    return red, green, blue


def _cloth(hue: float, depth: float) -> Colour:
    """A cloth's colour: `depth` goes from white and pale over full colours to navy and black."""
    saturation = float(np.interp(depth, [0, 0.15, 0.5, 0.8, 1], [0.03, 0.25, 0.85, 0.75, 0.15]))
    value = float(np.interp(depth, [0, 0.15, 0.5, 0.8, 1], [0.95, 0.9, 0.8, 0.42, 0.10]))
    return colorsys.hsv_to_rgb(hue % 1, saturation, value)
