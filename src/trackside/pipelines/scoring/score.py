"""How well a rule did: what its alarms come to against the labels, in all and by the ladder's steps."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from trackside.core import Alarm
from trackside.pipelines.scoring.matching import Matched
from trackside.pipelines.scoring.rates import Rate, Share


@dataclass(frozen=True, slots=True)
class Score:
    """Counts, and the numbers made of them.

    Attributes:
        labels: what should alarm.
        found: of these, what did.
        false: alarms that nothing justifies.
        duplicates: further alarms of what had one.
        ignored: alarms where nobody can tell.
        hours: camera-hours of footage.
        delays: seconds from each found label's start to the moment its alarm was raised, sorted.
    """

    labels: int = 0
    found: int = 0
    false: int = 0
    duplicates: int = 0
    ignored: int = 0
    hours: float = 0.0
    delays: tuple[float, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, matched: Matched, start: float, end: float) -> Score:
        """The score of one video from `start` to `end` in seconds: labels by their start, alarms by their time."""
        times = np.array([alarm.time for alarm in matched.alarms], np.float64)
        inside = (times >= start) & (times < end)
        here = np.array([start <= label.start < end for label in matched.labels], np.bool_)
        pairs = [
            max(0.0, alarm.decided - matched.labels[row].start)
            for alarm, row in zip(matched.alarms, matched.of, strict=True)
            if row >= 0 and here[row]
        ]
        return cls(
            labels=int(here.sum()),
            found=int((matched.found & here).sum()),
            false=int((matched.false & inside).sum()),
            duplicates=int((matched.duplicate & inside).sum()),
            ignored=int((matched.ignored & inside).sum()),
            hours=(end - start) / 3600,
            delays=tuple(sorted(pairs)),
        )

    def __add__(self, other: Score) -> Score:
        return Score(
            self.labels + other.labels,
            self.found + other.found,
            self.false + other.false,
            self.duplicates + other.duplicates,
            self.ignored + other.ignored,
            self.hours + other.hours,
            tuple(sorted(self.delays + other.delays)),
        )

    @property
    def recall(self) -> Share:
        """Of what should alarm, what did."""
        return Share(self.found, self.labels)

    @property
    def precision(self) -> Share:
        """Of the alarms, those that were right; duplicates count neither way."""
        return Share(self.found, self.found + self.false)

    @property
    def false_rate(self) -> Rate:
        """False alarms a camera-hour."""
        return Rate(self.false, self.hours)

    def delay(self, quantile: float) -> float:
        """Seconds from the start of a label to its alarm; NaN if none was found."""
        return float(np.quantile(self.delays, quantile)) if self.delays else math.nan

    def to_json(self) -> dict[str, Any]:
        """Plain data with intervals."""
        rate = self.false_rate
        return {
            "labels": self.labels,
            "found": self.found,
            "missed": self.labels - self.found,
            "false": self.false,
            "duplicates": self.duplicates,
            "ignored": self.ignored,
            "camera_hours": self.hours,
            "precision": _part(self.precision.value, self.precision.interval),
            "recall": _part(self.recall.value, self.recall.interval),
            "false_per_hour": _part(rate.value, rate.interval),
            "time_to_alarm_s": {"p50": _finite(self.delay(0.5)), "p95": _finite(self.delay(0.95))},
        }


def total(scores: Iterable[Score]) -> Score:
    """All together."""
    return sum(scores, start=Score())


@dataclass(frozen=True, slots=True)
class Tally:
    """What one step of the ladder refused.

    Attributes:
        step: its name.
        false: events that were false.
        repeated: events that were right, but of something that had its alarm.
        lost: events that were right, of something that had no alarm.
        alone: of `false`, those that no other step refused.
        lost_alone: of `lost`, those that no other step refused.
    """

    step: str
    false: int = 0
    repeated: int = 0
    lost: int = 0
    alone: int = 0
    lost_alone: int = 0


def tally(refused: Mapping[str, tuple[Matched, Matched]]) -> list[Tally]:
    """Which step refused how many true and false events; an event counts at every step that refused it.

    Args:
        refused: for each video, its refused events held against its labels by themselves, and its alarms.
    """
    counts: dict[str, Counter[str]] = {}
    for events, alarms in refused.values():
        had = alarms.found
        lost = np.array([row >= 0 and not had[row] for row in events.of], np.bool_)
        for alarm, false, gone, ignored in zip(events.alarms, events.false, lost, events.ignored, strict=True):
            if not ignored:
                _count(counts, alarm, "false" if false else "lost" if gone else "repeated")
    return [Tally(step, **dict(found)) for step, found in sorted(counts.items(), key=lambda item: -item[1]["false"])]


def _count(counts: dict[str, Counter[str]], alarm: Alarm, kind: str) -> None:
    steps = [reason.step for reason in alarm.reasons if not reason.passed]
    for step in steps:
        counts.setdefault(step, Counter())[kind] += 1
    if len(steps) == 1 and kind != "repeated":
        counts[steps[0]]["alone" if kind == "false" else "lost_alone"] += 1


def _part(value: float, interval: tuple[float, float]) -> dict[str, Any]:
    return {"value": _finite(value), "low": _finite(interval[0]), "high": _finite(interval[1])}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
