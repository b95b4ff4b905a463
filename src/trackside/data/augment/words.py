"""Words in class names that say what a transform must leave alone."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SPLIT = re.compile(r"[^A-Za-z]+|(?<=[a-z])(?=[A-Z])")

COLOURS = frozenset(
    ("red", "green", "blue", "yellow", "orange", "purple", "violet", "pink", "brown", "cyan", "magenta", "amber", "golden")
)
RIPENESS = frozenset(("ripe", "unripe", "overripe", "rotten", "fresh", "stale", "rust", "rusty", "jaundice", "bruised"))
UPRIGHT = frozenset(
    (
        *(
            "person",
            "people",
            "pedestrian",
            "man",
            "woman",
            "men",
            "women",
            "boy",
            "girl",
            "child",
            "face",
            "head",
            "athlete",
        ),
        *("swimmer", "diver", "thrower", "runner", "player", "rider", "cyclist", "goalkeeper", "referee"),
        *("standing", "walking", "running", "sitting", "squatting", "jumping", "throwing", "diving", "falling", "lying"),
        *("car", "bus", "truck", "bicycle", "motorcycle", "train", "tree", "house", "building", "chair", "bottle"),
        *("horse", "dog", "cow", "sheep", "elephant"),
    )
)
VERTICAL = frozenset(("up", "down", "top", "bottom", "upper", "lower", "above", "below", "upward", "downward", "ascending"))
TURNING = frozenset(("clockwise", "anticlockwise", "counterclockwise"))
SIZES = frozenset(("small", "large", "big", "tiny", "huge", "near", "far", "close", "distant"))
LIGHT = frozenset(("day", "night", "dark", "bright", "light", "dawn", "dusk", "overexposed", "underexposed"))
SHARPNESS = frozenset(("blurry", "blurred", "sharp", "noisy", "grainy", "focused", "unfocused"))
_GLYPHS = frozenset(("character", "letter", "digit", "glyph", "char", "number", "numeral"))
_DIGITS = {name: str(n) for n, name in enumerate("zero one two three four five six seven eight nine".split())}  # noqa: SIM905

# Characters that look the same in a mirror (left and right), upside down in a mirror, and after half a turn.
SAME_MIRRORED = frozenset("0AHIMOTUVWXY8oilvwx1")
SAME_UPENDED = frozenset("0BCDEHIKOX38colx1")
TURNED_INTO = (("6", "9"), ("M", "W"), ("n", "u"), ("b", "q"), ("d", "p"), ("Z", "N"), ("m", "w"))
MIRRORED_INTO = (("b", "d"), ("p", "q"), ("2", "5"), ("S", "Z"), ("s", "z"))
UPENDED_INTO = (("6", "9"), ("b", "p"), ("d", "q"), ("M", "W"), ("n", "u"), ("2", "5"))


def words_of(name: str) -> frozenset[str]:
    """The words of a class name in small letters: `TrafficLight_red` is traffic, light, red."""
    return frozenset(word.lower() for word in _SPLIT.split(name) if word)


def named(classes: Iterable[str], words: frozenset[str]) -> list[str]:
    """The classes whose names hold one of these words."""
    return [name for name in classes if words_of(name) & words]


def characters(classes: Iterable[str]) -> dict[str, str]:
    """Class to the character that it is, if most classes are characters (`0`, `b`, `seven`, `digit 3`); else nothing."""
    names = list(classes)
    found = {name: one for name in names if (one := _character(name))}
    return found if len(names) > 1 and len(found) > len(names) / 2 else {}


def are_glyphs(classes: Iterable[str]) -> bool:
    """Whether most classes say that they are characters, without saying which: `character07`."""
    names = list(classes)
    return len(names) > 1 and sum(bool(words_of(name) & _GLYPHS) for name in names) > len(names) / 2


def _character(name: str) -> str:
    bare = name.strip()
    if len(bare) == 1 and bare.isalnum():
        return bare
    lower = bare.lower()
    if lower in _DIGITS:
        return _DIGITS[lower]
    match = re.fullmatch(r"(?:digit|number|letter|char(?:acter)?)[ _-]*([A-Za-z0-9])", bare, re.IGNORECASE)
    return match[1] if match else ""
