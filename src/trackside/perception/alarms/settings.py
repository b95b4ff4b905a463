"""What the ladder asks of an event before it becomes an alarm. What is None is not asked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from trackside.core import SettingError
from trackside.geometry.planes import Homography
from trackside.perception.zones import Polygon

Range = tuple[float, float]
"""Least and most."""

# A vote below one half could be won by two classes at once.
_LEAST_VOTE = 0.5


@dataclass(frozen=True, slots=True)
class LadderSettings:
    """Steps and thresholds. All times are seconds of media time.

    The defaults were found by search on some recordings and held against others: see `benchmarks/false_alarms`.

    Attributes:
        only: events that may become alarms; empty for all.
        least_score: of the object at the event.
        median_score: median over the last `over` seconds. Time in which the object was not there counts as score 0, so
            that whoever is seen once cannot pass.
        over: seconds of history that median, size and shape are taken over.
        looks: fewest looks at the object, which count at most five times a second.
        height: least and most, of the median box, in `unit`.
        width: as `height`.
        area: as `height`, in `unit` squared.
        aspect: least and most width of the median box divided by its height.
        unit: pixels, or metres where `ground` is known.
        within: polygons in pixels; the foot point at the event must lie in one of them.
        ignore: polygons in pixels; the foot point at the event must lie in none of them.
        stay: seconds for which the event must not be taken back: that whoever enters stays, or does not step back over the
            line. Needs the rule's opposite events (`leave`, `cross_out`) too.
        dwell: seconds that the object must have been there, before and after the event together.
        moved: how far its foot point must have come from where it was first seen: metres with `ground`, else heights of
            its box. None for rules about things that stand, such as left objects.
        classes: names; the object's history must vote for one of them. Empty for any.
        vote: share of looks with which a class takes the object; it keeps it until another has as many.
        cooldown: seconds after an alarm in which events of the same kind at the same place are repeats of it.
        merge: seconds in which events of one object are one alarm, also where its track broke and went on under another
            identity: its event must come within so many seconds after the old track was lost.
        merge_distance: how far the new track may begin from the end of the old one: metres with `ground`, else heights of
            its box.
        merge_together: whether events of several objects that are seen together count as one too, if they come within
            `merge` seconds and `merge_distance` of each other: a group is one alarm.
        repeats: what becomes of repeats: counted and not told, or refused with the reason.
        wait: most seconds after an event in which it may still pass.
        ground: from pixels to metres; None where nothing is calibrated.

    Raises:
        SettingError: an impossible value.
    """

    only: tuple[str, ...] = ()
    least_score: float | None = None
    median_score: float | None = 0.5
    over: float = 2.0
    looks: int = 3
    height: Range | None = None
    width: Range | None = None
    area: Range | None = None
    aspect: Range | None = None
    unit: Literal["pixels", "metres"] = "pixels"
    within: Mapping[str, Polygon] = field(default_factory=dict)
    ignore: Mapping[str, Polygon] = field(default_factory=dict)
    stay: float | None = None
    dwell: float | None = None
    moved: float | None = 0.2
    classes: tuple[str, ...] = ()
    vote: float = 0.6
    cooldown: float | None = None
    merge: float | None = 1.0
    merge_distance: float = 0.3
    merge_together: bool = False
    repeats: Literal["count", "refuse"] = "count"
    wait: float = 2.0
    ground: Homography | None = None

    def __post_init__(self) -> None:
        for name in ("least_score", "median_score"):
            _check(name, getattr(self, name), 0, 1)
        for name in ("stay", "dwell", "moved", "cooldown", "merge", "merge_distance", "wait"):
            _check(name, getattr(self, name), 0, math.inf)
        for name in ("height", "width", "area", "aspect"):
            _check_range(name, getattr(self, name))
        _check("vote", self.vote, _LEAST_VOTE, 1)
        if not 0 < self.over < math.inf:
            raise SettingError(f"needs a number of seconds above 0, got {self.over:g}", where="over")
        if self.looks < 1:
            raise SettingError(f"needs at least one look, got {self.looks}", where="looks")
        if self.unit == "metres" and self.ground is None:
            fix = "give `ground` (points whose place is known in metres), or set unit: pixels"
            raise SettingError("metres need a calibrated ground", where="unit", fix=fix)


def _check(name: str, value: float | None, low: float, high: float) -> None:
    if value is not None and not (low <= value <= high and math.isfinite(value)):
        wanted = f"from {low:g} to {high:g}" if high < math.inf else f"from {low:g} up"
        raise SettingError(f"needs a number {wanted}, got {value:g}", where=name)


def _check_range(name: str, limits: Range | None) -> None:
    if limits is None:
        return
    least, most = limits
    if not 0 <= least <= most or not math.isfinite(least):
        fix = "write the least first, then the most: [40, 400]"
        raise SettingError(f"needs least and most, both from 0 up, got {list(limits)}", where=name, fix=fix)
