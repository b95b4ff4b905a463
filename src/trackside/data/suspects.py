"""What somebody should look at: the items that checks point to. The relabel queue is fed by them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["label", "image", "box", "keypoint", "pair"]


@dataclass(frozen=True, slots=True)
class Suspect:
    """An item, or one of its annotations, that a check does not trust.

    Attributes:
        check: the name of the check.
        item: the item's name.
        score: 0 to 1: look at 1 first.
        reason: why, in one clause: "its neighbours are all bees".
        kind: what is to be looked at.
        suggestion: the class that it should have, or an empty text.
        annotation: the row of its annotation, -1 where the whole item is meant.
        partner: the other item of a pair.
    """

    check: str
    item: str
    score: float
    reason: str
    kind: Kind = "image"
    suggestion: str = ""
    annotation: int = -1
    partner: str = ""
