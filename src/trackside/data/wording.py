"""Numbers of things in sentences: one item, two items."""

from __future__ import annotations

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
