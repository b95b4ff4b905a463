"""Compliance: who wears what must be worn."""

from __future__ import annotations

from typing import Annotated, NamedTuple, TypeAlias

import numpy as np
from pydantic import Field

from trackside.core import Detections, Events, Keypoints, SettingError, Table, Tracks, nearest
from trackside.core.units import Fraction, Pixels
from trackside.perception.rules import STATES, Body, Compliance, Verdicts
from trackside.perception.rules.compliance import summaries, summary_names
from trackside.pipelines.block import block
from trackside.pipelines.blocks.rule.running import Again, Clock, Name
from trackside.pipelines.kinds import FrameSize, MediaTime, WallTime

Items: TypeAlias = tuple[str, ...]
Looks: TypeAlias = Annotated[int, Field(ge=1, le=1000)]
Share: TypeAlias = Annotated[float, Field(gt=0.5, le=1, allow_inf_nan=False)]


class Complied(NamedTuple):
    """What watching compliance gives."""

    table: Table
    events: Events
    people: Tracks


@block("comply.items@1")
class TellCompliance:
    """Tell of each person whether they wear what must be worn: worn, missing, or not visible.

    An item goes to the one person on whose body it sits best. Where the part of the body is cut off by the picture's edge,
    behind somebody else, or too small, nothing can be told, and nothing is. Body points make the places exact for people who
    bend or sit; without them, the places are shares of a standing person's box.

    Args:
        people: who is where, from a block that tracks.
        items: helmets, vests and the like, from a detector that knows them.
        poses: body points of the same people, under the same numbers.
        size: the picture's size.
        time: media time.
        wall: the time of day, of live cameras.
        head: what must be worn on the head, as the detector calls it.
        torso: what must be worn on the upper body, as the detector calls it.
        hands: what must be worn on the hands, as the detector calls it.
        feet: what must be worn on the feet, as the detector calls it.
        over: the time over which looks are gathered.
        share: an item is missing if at least this share of the looks did not see it; it is worn if at least half of them
            did.
        looks: how many looks it takes at least.
        least_size: a part of the body that is smaller than this in the picture tells nothing.
        least_score: body points that are less sure than this count as hidden.
        name: what the rule is called in tables.
        active: at which hours the rule watches, such as "Mon-Fri 18:00-06:00", "22:00-05:00" or "Sat Sun"; empty for always.
        time_zone: what these hours are in, such as Europe/Berlin or +02:00; empty for that of this machine.
        recorded_at: for files, when the recording began, such as 2026-03-01 08:00; empty: a file is always watched.
    """

    def __init__(
        self,
        *,
        head: Items = (),
        torso: Items = (),
        hands: Items = (),
        feet: Items = (),
        over: Again = 3.0,
        share: Share = 0.8,
        looks: Looks = 5,
        least_size: Pixels = 8.0,
        least_score: Fraction = 0.3,
        name: Name = "compliance",
        active: tuple[str, ...] = (),
        time_zone: str = "",
        recorded_at: str = "",
    ) -> None:
        parts = {"head": head, "torso": torso, "hands": hands, "feet": feet}
        named = [item for items in parts.values() for item in items]
        if twice := sorted({item for item in named if named.count(item) > 1}):
            raise SettingError(f"{twice[0]!r} stands there twice", where="head", fix="name each item once")
        body = Body(least_size=least_size, least_score=least_score)
        items = {item: part for part, items in parts.items() for item in items}
        self._rule = Compliance(items, over=over, share=share, looks=looks, body=body, name=name)
        self._clock, self._works = Clock(active, time_zone, recorded_at), True
        self._summaries = summary_names(self._rule.items)
        self._known: tuple[str, ...] | None = None

    def __call__(
        self,
        people: Tracks,
        items: Detections,
        size: FrameSize,
        time: MediaTime,
        wall: WallTime,
        poses: Keypoints | None = None,
    ) -> Complied:
        if items.names != self._known:
            self._check(items.names)
        works = self._clock.holds(time, wall)
        if works != self._works:
            self._works = works
            self._rule.reset()
        people = people[people.ids > 0] if works else people[:0]
        verdicts, events = self._rule.update(people, items, time, size, poses)
        states = Tracks(people.boxes, people.scores, summaries(verdicts, self._rule.items), self._summaries, people.ids)
        return Complied(self._table(verdicts), events, states)

    def on_track_end(self, track_id: int) -> None:
        self._rule.end([track_id])

    def _check(self, names: tuple[str, ...]) -> None:
        """A detector that does not know an item would find it missing on everybody."""
        self._known = names
        for item in self._rule.items:
            if names and item not in names:
                raise SettingError(f"the detector of the items knows no {item!r}", where="items", fix=nearest(item, names))

    def _table(self, verdicts: Verdicts) -> Table:
        items = self._rule.items
        return Table(
            {
                "id": np.repeat(verdicts.ids, len(items)),
                "item": list(items) * len(verdicts.ids),
                "state": [STATES[state] for state in verdicts.states.ravel().tolist()],
                "share": verdicts.shares.ravel(),
                "looks": verdicts.looks.ravel(),
            }
        )
