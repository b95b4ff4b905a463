"""Scripted people (synthetic), sampled at any frame rate, with the events of a zone rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from trackside.core import Alarm, Detections, Events, Tracks
from trackside.perception import ZoneCounter
from trackside.perception.alarms import Ladder

YARD = {"yard": [(100, 0), (500, 0), (500, 400), (100, 400)]}
NAMES = ("person", "dog")

Moving = Callable[[float], float]


@dataclass(frozen=True)
class Person:
    """Somebody who is seen from `start` to `end`, with the foot point at `x(t)`, 300."""

    track: int
    start: float
    end: float
    x: Moving = lambda t: 300.0
    score: Moving = lambda t: 0.8
    height: Moving = lambda t: 100.0
    kind: Callable[[float], int] = lambda t: 0
    y: float = 300.0

    def at(self, time: float) -> tuple[list[float], float, int]:
        height, x = self.height(time), self.x(time)
        return [x - height / 6, self.y - height, x + height / 6, self.y], self.score(time), self.kind(time)


@dataclass
class Seen:
    """What a ladder made of a scene."""

    alarms: list[Alarm] = field(default_factory=list)
    refused: list[Alarm] = field(default_factory=list)

    def refusing(self) -> list[tuple[int, list[str]]]:
        """For each refusal the track and the steps that spoke against it."""
        return [(alarm.track, [r.step for r in alarm.reasons if not r.passed]) for alarm in self.refused]


def frames(people: Iterable[Person], fps: float, seconds: float) -> Iterator[tuple[float, Tracks, list[int]]]:
    """Time, who is seen, and which tracks ended with this frame."""
    people = list(people)
    for number in range(round(seconds * fps)):
        time = number / fps
        here = [one for one in people if one.start - 1e-9 <= time <= one.end + 1e-9]
        gone = [one.track for one in people if one.end + 1e-9 < time <= one.end + 1e-9 + 1 / fps]
        yield time, tracks_of(here, time), gone


def tracks_of(people: list[Person], time: float) -> Tracks:
    """The people as tracks."""
    if not people:
        return Tracks.empty(NAMES)
    boxes, scores, kinds = zip(*(one.at(time) for one in people), strict=True)
    found = Detections(np.array(boxes), np.array(scores), np.array(kinds), NAMES)
    return Tracks.of(found, [one.track for one in people])


def play(ladder: Ladder, people: Iterable[Person], *, fps: float = 10, seconds: float = 12) -> Seen:
    """A zone rule and a ladder over a scene."""
    zone, seen = ZoneCounter(YARD), Seen()
    for time, tracks, gone in frames(people, fps, seconds):
        ladder.end(gone)
        late = zone.end(gone)
        decided = ladder.update(tracks, Events.joined([late, zone.update(tracks, time)]), time)
        seen.alarms += decided.alarms
        seen.refused += decided.refused
    return seen
