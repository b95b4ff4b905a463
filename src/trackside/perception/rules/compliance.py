"""Compliance: does each person wear what must be worn?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from trackside.core import Detections, Events, Keypoints, SettingError, Tracks
from trackside.perception.per_track import PerTrack
from trackside.perception.rules.body import PARTS, Body, Floats, Seen
from trackside.perception.rules.looks import Looks
from trackside.perception.rules.telling import Row, told

States: TypeAlias = NDArray[np.int8]
NOT_VISIBLE, WORN, MISSING = 0, 1, 2
STATES = ("not visible", "worn", "missing")
_MOST_ITEMS = 6
# An item belongs to a part of the body if so much of its box lies in it.
_LEAST_INSIDE = 0.5
# Looks that decide are spread over at least this share of the window: many of one moment are as good as one.
_LEAST_SPREAD = 0.4
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What is known of each person and item now.

    Attributes:
        ids: int64 [n].
        states: int8 [n, items], an index into `STATES`.
        shares: float64 [n, items], the share of looks in which it was worn; NaN without a look.
        looks: int64 [n, items], the looks of the last seconds in which it could be told.
    """

    ids: NDArray[np.int64]
    states: States
    shares: Floats
    looks: NDArray[np.int64]


class Compliance:
    """Tells who wears what must be worn, who does not, and of whom that cannot be seen.

    Each item found goes to the one person on whose body it sits best (linear assignment). Whether it is worn is decided
    over the last `over` seconds: missing if at least `share` of the looks that could tell did not see it, worn if at least
    half of them did, and as before in between. Too few such looks: not visible, which never gives an event.

    Events: `missing ITEM` and `worn ITEM` (value: the share of looks that say so), at the look that decided, when the
    verdict changes; not when somebody was out of sight meanwhile.

    Args:
        items: for each item's class name, the part of the body that it is worn on (a key of `PARTS`).
        over: seconds that are looked back.
        share: of the looks that must miss an item, above a half.
        looks: the least number of looks that decide.
        body: tells where parts of people are and which can be seen.
        name: stands in the events' `places`.

    Raises:
        SettingError: no items or too many, an unknown part, or a number out of range.
    """

    def __init__(
        self,
        items: Mapping[str, str],
        *,
        over: float = 3.0,
        share: float = 0.8,
        looks: int = 5,
        body: Body | None = None,
        name: str = "compliance",
    ) -> None:
        if not 1 <= len(items) <= _MOST_ITEMS:
            fix = "name what must be worn"
            raise SettingError(f"needs 1 to {_MOST_ITEMS} items, got {len(items)}", where="head", fix=fix)
        if unknown := set(items.values()) - PARTS.keys():
            raise SettingError(f"there is no part of the body {min(unknown)!r}", where="items")
        if not 0.5 < share <= 1:
            raise SettingError("a share up to a half decides nothing", where="share", fix="give one above 0.5, up to 1")
        if not 0 < over < np.inf or looks < 1:
            raise SettingError(f"need seconds above 0 and at least one look, got {over=}, {looks=}", where="over")
        self.items, self.name = tuple(items), name
        self._parts, self._over, self._share, self._least = tuple(items.values()), over, share, looks
        self._body = body or Body()
        self._looks = Looks(len(items), over)
        self.reset()

    def update(
        self, people: Tracks, found: Detections, time: float, size: tuple[int, int], poses: Keypoints | None = None
    ) -> tuple[Verdicts, Events]:
        """Take in one look.

        Args:
            people: who is where.
            found: items found in the same picture.
            time: media time in seconds.
            size: width and height of the picture.
            poses: body points of the same people, known by their identity.
        """
        people = people[people.ids > 0]
        worn = np.zeros((len(people), len(self.items)), np.bool_)
        able = np.zeros_like(worn)
        for column, (item, name) in enumerate(zip(self.items, self._parts, strict=True)):
            part = self._body.part(name, people, size, poses)
            worn[:, column] = worn_by(part, found.of_class(item).boxes.astype(np.float64))
            # What is seen is seen, however little of the part is.
            able[:, column] = part.visible | worn[:, column]
        self._looks.add(people.ids, able, worn, time)
        return self._judge(people.ids, time)

    def end(self, ids: Iterable[int]) -> Events:
        """These tracks ended: free their state."""
        gone = list(ids)
        self._looks.end(gone)
        self._decided.drop(gone)
        return Events()

    def reset(self) -> None:
        """Forget everything, without a word."""
        self._looks.reset()
        self._decided = PerTrack(state=np.zeros(len(self.items), np.int8))

    def _judge(self, ids: NDArray[np.int64], time: float) -> tuple[Verdicts, Events]:
        looks, seen, spread = self._looks.counts(ids, time)
        with np.errstate(invalid="ignore"):
            shares = np.where(looks > 0, seen / np.maximum(looks, 1), np.nan)
        enough = (looks >= self._least) & (spread >= _LEAST_SPREAD * self._over)
        rows = self._decided.rows(ids)
        before = self._decided["state"][rows]
        after = np.where(enough & (1 - shares >= self._share - _ROUNDING), MISSING, before)
        after = np.where(enough & (shares >= 0.5), WORN, after)
        self._decided["state"][rows] = after
        changed: list[Row] = []
        for person, item in np.argwhere(after != before).tolist():
            state, share = int(after[person, item]), float(shares[person, item])
            value = share if state == WORN else 1 - share
            changed.append((time, f"{STATES[state]} {self.items[item]}", int(ids[person]), value))
        states = np.where(enough, after, NOT_VISIBLE).astype(np.int8)
        return Verdicts(ids, states, shares, looks), told(changed, self.name)


def worn_by(part: Seen, items: Floats) -> NDArray[np.bool_]:
    """Who wears one of these items: bool [n]. An item goes to one person, and a person has one.

    Args:
        part: the part of the body that the item is worn on, of each person.
        items: float64 [m, 4], boxes of the item.
    """
    from scipy.optimize import linear_sum_assignment

    worn = np.zeros(len(part.boxes), np.bool_)
    if not len(items) or not len(worn):
        return worn
    low = np.maximum(part.boxes[:, None, :2], items[None, :, :2])
    high = np.minimum(part.boxes[:, None, 2:], items[None, :, 2:])
    inside = np.clip(high - low, 0, None).prod(axis=2) / np.maximum((items[:, 2:] - items[:, :2]).prod(axis=1), 1e-9)
    sides = np.maximum(part.boxes[:, 2:] - part.boxes[:, :2], 1e-9)
    offset = ((items[None, :, :2] + items[None, :, 2:]) - (part.boxes[:, None, :2] + part.boxes[:, None, 2:])) / 2
    apart = np.hypot(*np.moveaxis(offset / sides[:, None], -1, 0))
    fits = np.isfinite(apart) & (inside >= _LEAST_INSIDE)
    # A pair that does not fit costs more than any number of pairs that do.
    cost = np.where(fits, apart, 1e3)
    people, chosen = linear_sum_assignment(cost)
    kept = fits[people, chosen]
    worn[people[kept]] = True
    return worn


def summary_names(items: Sequence[str]) -> tuple[str, ...]:
    """What can be said of one person in a few words: a class name for each set of items that may be missing."""
    missing = [f"missing {' and '.join(some)}" for n in range(1, len(items) + 1) for some in combinations(items, n)]
    return ("not visible", "all worn", *missing)


def summaries(verdicts: Verdicts, items: Sequence[str]) -> NDArray[np.int32]:
    """Which of `summary_names` holds for each person, int32 [n]: what is missing comes first, then what is not visible."""
    names = {name: n for n, name in enumerate(summary_names(items))}
    found = []
    for states in verdicts.states.tolist():
        lacking = [item for item, state in zip(items, states, strict=True) if state == MISSING]
        all_worn = all(state == WORN for state in states)
        found.append(names[f"missing {' and '.join(lacking)}" if lacking else "all worn" if all_worn else "not visible"])
    return np.array(found, np.int32)
