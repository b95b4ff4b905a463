"""Names that know left from right: of keypoints, which a mirror exchanges, and of classes, which it makes wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

# A word, or the capital letter or `l_` / `_l` that stands for it: left_hand, LeftHand, hand-left, LShoulder, l_eye, eye_r.
_SIDE = re.compile(r"(?<![a-z])(left|right)(?![a-z])|(?:^|(?<=[_\-. ]))([lr])(?=$|[_\-. ])", re.IGNORECASE)
_CAMEL = re.compile(r"(?:(?<=[a-z0-9])|^)(Left|Right)(?=[A-Z]|$)|^([LR])(?=[A-Z][a-z])|(?<=[a-z])(Left|Right)(?=$|[A-Z_])")
_OTHER = {"left": "right", "right": "left", "l": "r", "r": "l"}


def other_side(name: str) -> str:
    """The name with left and right exchanged; the name itself if it has no side.

    >>> other_side("left_hand"), other_side("LShoulder"), other_side("bright light")
    ('right_hand', 'RShoulder', 'bright light')
    """
    changed = _SIDE.sub(_exchanged, name)
    return changed if changed != name else _CAMEL.sub(_exchanged, name)


def point_pairs(names: Sequence[str]) -> NDArray[np.intp]:
    """intp [k]: for each point the row of its counterpart on the other side; itself where it has none."""
    return _pairs(tuple(names)).copy()


def unpaired(names: Sequence[str]) -> list[str]:
    """Names that say a side but whose counterpart is absent."""
    known = set(names)
    return [name for name in names if other_side(name) != name and other_side(name) not in known]


@lru_cache(maxsize=64)
def _pairs(names: tuple[str, ...]) -> NDArray[np.intp]:
    row = {name: number for number, name in enumerate(names)}
    return np.array([row.get(other_side(name), number) for number, name in enumerate(names)], np.intp)


def _exchanged(match: re.Match[str]) -> str:
    word = match[0]
    other = _OTHER[word.lower()]
    if word.isupper():
        return other.upper()
    return other.capitalize() if word[0].isupper() else other
