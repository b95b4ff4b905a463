"""The ladder: events wait until the history of their object decides, and become alarms or refusals with reasons."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from trackside.core import Alarm, Events, Look, Reason, Tracks
from trackside.perception.alarms.groups import Group, Groups, Key
from trackside.perception.alarms.history import Histories, History
from trackside.perception.alarms.measures import elected
from trackside.perception.alarms.settings import LadderSettings
from trackside.perception.alarms.steps import Case, Outcome, ask

# Events of one stream that wait; beyond, the oldest are decided at once.
_MOST_PENDING = 2_000
# Seconds by which time may go back (time stamps jitter); by more, the stream has started anew.
_JITTER = 1.0
# Which event takes which back.
_OPPOSITE = {"enter": "leave", "leave": "enter", "cross_in": "cross_out", "cross_out": "cross_in"}


@dataclass(slots=True)
class _Pending:
    """An event that waits for its verdict."""

    what: str
    time: float
    track: int
    place: str
    value: float
    look: Look | None
    arrived: float
    undone: float | None = None

    @property
    def key(self) -> Key:
        return self.what, self.place


class Decided(NamedTuple):
    """What one record decided."""

    alarms: tuple[Alarm, ...] = ()
    refused: tuple[Alarm, ...] = ()


_NOTHING = Decided()


class Ladder:
    """Decides the events of one stream.

    An event passes as soon as every step speaks for it, and is refused as soon as one speaks against it that waiting
    cannot change, or when its object's track ends, or `wait` seconds after it. Repeats of an alarm (`cooldown`, `merge`)
    that still wait when it is raised are counted in it; an alarm that was raised does not change any more: later repeats
    are counted in `merged` only, or refused where the settings say so. Events that still wait when the stream ends are
    never decided.

    Time is media time, so verdicts do not depend on the frame rate, as long as there are a few frames a second.

    Args:
        settings: what is asked.
        name: the rule's name in its alarms; the event's place, or what happened, if empty.
    """

    def __init__(self, settings: LadderSettings | None = None, *, name: str = "") -> None:
        self._settings = settings or LadderSettings()
        self._name = name
        self._forget()

    def _forget(self) -> None:
        self._histories = Histories()
        self._groups = Groups(self._settings, self._histories)
        self._pending: list[_Pending] = []
        self._ended: set[int] = set()
        self._names: tuple[str, ...] = ()
        self._time = -math.inf
        self._interval = 0.0

    @property
    def waiting(self) -> int:
        """How many events wait."""
        return len(self._pending)

    @property
    def merged(self) -> int:
        """How many events were repeats of an alarm so far."""
        return self._groups.merged

    @property
    def known(self) -> int:
        """How many tracks have a history."""
        return len(self._histories)

    def update(self, tracks: Tracks, events: Events, time: float) -> Decided:
        """Take in one record: who is where at media time `time`, and what the rules saw. Gives what is now decided."""
        if time < self._time - _JITTER:
            self._forget()
        self._pace(time)
        self._names = tracks.names or self._names
        looked = set(self._histories.update(tracks, time).tolist())
        fresh = self._take(events, tracks, time)
        decided = self._decide(looked, fresh, time) if self._pending else _NOTHING
        self._release(time)
        return decided

    def _release(self, now: float) -> None:
        for track in self._ended:
            self._groups.release(track, self._histories.of(track))
        self._histories.drop(self._ended)
        self._ended.clear()
        self._groups.expire(now)

    def end(self, ids: Iterable[int]) -> None:
        """These tracks ended: what waits for them is decided with the next record, and their state freed."""
        self._ended.update(ids)

    def close(self) -> None:
        """The stream ended: free everything."""
        self._forget()

    def _pace(self, time: float) -> None:
        if math.isfinite(self._time):
            step = max(time - self._time, 0.0)
            self._interval = step if not self._interval else 0.9 * self._interval + 0.1 * step
        self._time = max(time, self._time)

    def _take(self, events: Events, tracks: Tracks, now: float) -> int:
        """Queue the events that count, and note what others take back. Returns how many were queued."""
        queued, only = 0, self._settings.only
        rows = zip(events.names, events.times, events.ids, events.places, events.values, strict=True)
        for what, time, track, place, value in rows:
            self._undo(what, float(time), int(track), place)
            if self._redo(what, int(track), place):
                continue
            if not only or what in only:
                look = self._look(int(track), tracks, now)
                self._pending.append(_Pending(what, float(time), int(track), place, float(value), look, now))
                queued += 1
        return queued

    def _undo(self, what: str, time: float, track: int, place: str) -> None:
        """An event takes back its opposite; not where it only tells that a track ended."""
        opposite = _OPPOSITE.get(what)
        if opposite is None or track <= 0 or track in self._ended:
            return
        for one in self._pending:
            if one.track == track and one.key == (opposite, place) and one.undone is None and one.time <= time:
                one.undone = time

    def _redo(self, what: str, track: int, place: str) -> bool:
        """An event that was taken back and happens again while it waits is the same one. Returns whether there was one."""
        if self._settings.stay is None:
            return False
        found = [one for one in self._pending if track > 0 and one.track == track and one.key == (what, place)]
        taken_back = [one for one in found if one.undone is not None]
        for one in taken_back:
            one.undone = None
        return bool(taken_back)

    def _look(self, track: int, tracks: Tracks, now: float) -> Look | None:
        """The object of an event as it is now; of one that is out of sight, as it was last."""
        if track <= 0:
            return None
        found = (tracks.ids == track).nonzero()[0]
        if len(found):
            row = int(found[0])
            return Look(now, tuple(tracks.boxes[row].astype(float).tolist()), float(tracks.scores[row]))
        history = self._histories.of(track)
        return history.evidence()[-1] if history is not None and len(history) else None

    def _decide(self, looked: set[int], fresh: int, now: float) -> Decided:
        count, refused = len(self._pending), []
        raised: list[tuple[Alarm, Group]] = []
        waiting, self._pending = self._pending, []
        for number, one in sorted(enumerate(waiting), key=lambda pair: pair[1].time):
            last = one.track in self._ended or now >= one.arrived + self._settings.wait or number < count - _MOST_PENDING
            if not (last or number >= count - fresh or one.track in looked):
                self._pending.append(one)
                continue
            history = self._histories.of(one.track) if one.track > 0 else None
            outcomes = self._ask(one, history)
            passed = all(outcome.reason.passed for outcome in outcomes)
            reasons = [outcome.reason for outcome in outcomes]
            if passed and (again := self._groups.find(one.key, one.time, one.track, history)) is not None:
                if self._settings.repeats == "refuse":
                    refused.append(self._alarm(one, history, [*reasons, again], now))
            elif passed:
                group = self._groups.add(one.key, one.time, one.track, history)
                raised.append((self._alarm(one, history, reasons, now), group))
            elif last or any(outcome.final for outcome in outcomes):
                refused.append(self._alarm(one, history, reasons, now))
            else:
                self._pending.append(one)
        if raised and self._settings.repeats == "count":
            self._absorb([group for _, group in raised])
        return Decided(tuple(replace(alarm, repeats=group.repeats) for alarm, group in raised), tuple(refused))

    def _ask(self, one: _Pending, history: History | None) -> list[Outcome]:
        if one.track > 0 and history is None:
            return [Outcome(Reason("looks", False, "its object was never seen", 0.0, 1.0), final=True)]
        return ask(self._settings, Case(history, one.look, self._names, self._interval, one.time, one.undone, one.what))

    def _absorb(self, groups: Sequence[Group]) -> None:
        """Of the events that wait, those that repeat an alarm of this record need no verdict of their own."""
        waiting, self._pending = self._pending, []
        for one in waiting:
            history = self._histories.of(one.track) if one.track > 0 else None
            if self._groups.find(one.key, one.time, one.track, history, groups) is None:
                self._pending.append(one)

    def _alarm(self, one: _Pending, history: History | None, reasons: Sequence[Reason], now: float) -> Alarm:
        alarm = Alarm(
            self._name or one.place or one.what,
            one.what,
            one.time,
            now,
            one.track,
            one.place,
            value=one.value,
            reasons=tuple(reasons),
        )
        if history is None:
            return alarm
        kind, _ = elected(history.classes, self._settings.vote)
        recent = history.last(self._settings.over)
        score = float(np.median(recent.scores)) if len(recent) else math.nan
        label = Case(history, names=self._names).class_name(kind)
        return replace(alarm, label=label, score=score, looks=history.evidence())
