"""Synthetic people on straight ways between given places, looked at with any frame rate and any frames missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from trackside.core import Detections, Events, Tracks
from trackside.perception.rules import Rule

Way: TypeAlias = Sequence[tuple[float, float, float]]
"""Time, x and y of the foot point: somebody is there from the first time to the last."""
Looks: TypeAlias = list[tuple[float, Tracks]]
Told: TypeAlias = list[tuple[str, int, float]]

SQUARE = [(0, 0), (100, 0), (100, 100), (0, 100)]


def at(*places: tuple[float, float], ids: Sequence[int] | None = None, height: float = 50.0) -> Tracks:
    """Tracks whose foot points are these places."""
    boxes = np.array([[x - 10, y - height, x + 10, y] for x, y in places], np.float32).reshape(-1, 4)
    found = Detections(boxes, np.ones(len(boxes)), np.zeros(len(boxes)), ("person",))
    return Tracks.of(found, list(range(1, len(boxes) + 1)) if ids is None else ids)


def looks(ways: Mapping[int, Way], fps: float, *, end: float, drop: float = 0.0, seed: int = 0, most: int = 1) -> Looks:
    """What a camera sees of people on these ways, by their identities.

    Args:
        fps: looks a second.
        end: seconds.
        drop: share of frames that are dropped, never more than `most` in a row.
        seed: of the dropped ones.
    """
    rng, missed, kept = np.random.default_rng(seed), 0, []
    for time in (np.arange(int(end * fps) + 1) / fps).tolist():
        missed = missed + 1 if rng.random() < drop and missed < most else 0
        if not missed:
            kept.append(time)
    columns = {track: _places(way, np.array(kept)) for track, way in ways.items()}
    found = []
    for n, time in enumerate(kept):
        there = [track for track, way in ways.items() if way[0][0] <= time <= way[-1][0]]
        found.append((time, at(*(columns[track][n] for track in there), ids=there)))
    return found


def run(rule: Rule, seen: Looks) -> Events:
    """All events of a rule; tracks end once they are gone."""
    told, before = [], set[int]()
    for time, tracks in seen:
        now = set(tracks.ids.tolist())
        told.append(rule.end(before - now))
        told.append(rule.update(tracks, time))
        before = now
    return Events.joined(told)


def brief(events: Events) -> Told:
    """Events as rows, in order of time."""
    rows = zip(events.names, events.ids.tolist(), events.times.tolist(), strict=True)
    return sorted(rows, key=lambda row: (round(row[2], 6), row[1], row[0]))


def longest(seen: Looks) -> float:
    """The longest time between two looks."""
    return float(np.diff([time for time, _ in seen]).max())


def _places(way: Way, times: NDArray[np.float64]) -> list[tuple[float, float]]:
    known, xs, ys = np.array(way, np.float64).T
    return list(zip(np.interp(times, known, xs).tolist(), np.interp(times, known, ys).tolist(), strict=True))
