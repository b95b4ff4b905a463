"""Numbers of things in sentences: one item, two items; shares in percent; names of a few."""

from __future__ import annotations

from collections.abc import Sequence

_ENDINGS = (("ies", "y"), ("xes", "x"), ("sses", "ss"), ("s", ""))


def counted(count: int, things: str) -> str:
    """A number and what it counts.

    Args:
        count: how many.
        things: the word for several, regular; other words may follow it.

    >>> counted(1, "items"), counted(2, "items"), counted(1, "sets of keypoints"), counted(1200, "copies")
    ('1 item', '2 items', '1 set of keypoints', '1,200 copies')
    """
    word, blank, rest = things.partition(" ")
    return f"{count:,} {single(word) if count == 1 else word}{blank}{rest}"


def single(word: str) -> str:
    """The word for one of several.

    >>> [single(word) for word in ("items", "boxes", "classes", "entries", "pairs")]
    ['item', 'box', 'class', 'entry', 'pair']
    """
    for ending, instead in _ENDINGS:
        if word.endswith(ending):
            return word.removesuffix(ending) + instead
    return word


def in_percent(share: float) -> float:
    """A share as percent, rounded as people read it: whole from ten on, else one decimal, below one two digits.

    A share above zero never becomes zero: a limit of zero holds for the rounded number too.

    >>> in_percent(0.146), in_percent(0.0667), in_percent(0.00123), in_percent(0)
    (15.0, 6.7, 0.12, 0.0)
    """
    value = 100 * float(share)
    if abs(value) >= 1:
        return round(value, 0 if abs(value) >= 10 else 1)
    return float(f"{value:.2g}")


def percent(share: float) -> str:
    """A share in a sentence.

    >>> percent(0.0667), percent(0.5)
    ('6.7 %', '50 %')
    """
    return f"{in_percent(share):g} %"


def named(names: Sequence[str], most: int = 3) -> str:
    """The first few names, and how many more there are.

    >>> named(["ant", "bee"]), named(["ant", "bee", "cat", "dog", "eel"])
    ('ant, bee', 'ant, bee, cat and 2 more')
    """
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest:,} more" if rest > 0 else "")
