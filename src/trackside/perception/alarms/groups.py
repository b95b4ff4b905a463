"""Which alarms are one: repeats of an earlier alarm, and one object whose track broke and went on under another identity."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trackside.core import Reason
from trackside.perception.alarms import measures
from trackside.perception.alarms.history import Histories, History
from trackside.perception.alarms.settings import LadderSettings

# Alarms of one stream that are remembered; the oldest go first.
_MOST_GROUPS = 500
_MOST_TRACKS = 32
# Seconds that the old track may still be given out (predicted) after the new one has begun.
_OVERLAP = 0.5

Key = tuple[str, str]
"""What happened, and where."""


class _Lost(NamedTuple):
    """When and where a track was last seen."""

    seen: float
    foot: NDArray[np.float64]


@dataclass(slots=True)
class Group:
    """An alarm that was raised, and the tracks that it is of.

    Attributes:
        key: what happened, and where.
        time: of its event, in seconds.
        last: of the newest event that was a repeat of it.
        foot: where its object was then.
        tracks: its tracks; of those that ended, when and where they were last seen.
        repeats: how many events were repeats of it.
    """

    key: Key
    time: float
    last: float
    foot: NDArray[np.float64] | None
    tracks: dict[int, _Lost | None] = field(default_factory=dict)
    repeats: int = 0

    @property
    def is_open(self) -> bool:
        """Whether one of its tracks goes on."""
        return None in self.tracks.values()

    @property
    def newest(self) -> float:
        """When anything of it was last seen, once its tracks have ended."""
        return max([self.last, *(lost.seen for lost in self.tracks.values() if lost is not None)])


class Groups:
    """The alarms of one stream that new events may be repeats of.

    Args:
        settings: `cooldown`, `merge`, `merge_distance`, `merge_together` and `ground` are used.
        histories: of the stream's tracks.

    Attributes:
        merged: how many events were repeats so far.
    """

    def __init__(self, settings: LadderSettings, histories: Histories) -> None:
        self._settings, self._histories = settings, histories
        self._patience = max(settings.merge or 0.0, settings.cooldown or 0.0) + settings.wait + _OVERLAP
        self._groups: list[Group] = []
        self.merged = 0

    def __len__(self) -> int:
        return len(self._groups)

    def release(self, track: int, history: History | None) -> None:
        """A track ended: note where its alarms' object was lost."""
        for group in self._groups:
            if track in group.tracks and history is not None:
                group.tracks[track] = _Lost(history.seen, history.end)

    def expire(self, now: float) -> None:
        """Forget alarms that nothing can repeat any more: their tracks ended, and nothing new came for long."""
        self._groups = [
            group for group in self._groups[-_MOST_GROUPS:] if group.is_open or now - group.newest <= self._patience
        ]

    def find(
        self, key: Key, time: float, track: int, history: History | None, among: Sequence[Group] | None = None
    ) -> Reason | None:
        """Why an event is a repeat of an earlier alarm, or of one `among` these; None if it is an alarm of its own.

        An event that is a repeat joins the earlier alarm, with its track.
        """
        for group in reversed(self._groups if among is None else among):
            if group.key != key:
                continue
            reason = self._cooled(group, time) or self._merges(group, time, track, history)
            if reason is not None:
                self._join(group, time, track, history)
                group.repeats += 1
                self.merged += 1
                return reason
        return None

    def add(self, key: Key, time: float, track: int, history: History | None) -> Group:
        """Remember an alarm that was raised."""
        group = Group(key, time, time, None if history is None else history.end)
        if self._settings.merge is not None or self._settings.cooldown is not None:
            self._join(group, time, track, history)
            self._groups.append(group)
        return group

    def _cooled(self, group: Group, time: float) -> Reason | None:
        cooldown, passed = self._settings.cooldown, time - group.time
        if cooldown is None or abs(passed) >= cooldown:
            return None
        text = f"{passed:.1f} s after an alarm of the same kind there, {cooldown:g} s of quiet are asked"
        return Reason("cooldown", False, text, passed, cooldown)

    def _merges(self, group: Group, time: float, track: int, history: History | None) -> Reason | None:
        merge, passed = self._settings.merge, time - group.last
        if merge is None or history is None:
            return None
        if track in group.tracks:
            if abs(passed) > merge:
                return None
            return Reason("merge", False, f"the same object again after {passed:.1f} s", passed, merge)
        return self._continues(group, time, history, merge) or self._together(group, passed, history, merge)

    def _continues(self, group: Group, time: float, history: History, merge: float) -> Reason | None:
        """Whether a track begins where and when one of the alarm's tracks ended, and its event comes soon after that."""
        for track, lost in group.tracks.items():
            seen, end = lost or self._now(track)
            gap = history.began - seen
            # One that is seen now together with the new track is somebody else.
            if seen >= history.seen or gap < -_OVERLAP or time - seen > merge:
                continue
            far = self._far(end, history.start, history)
            if far <= self._settings.merge_distance:
                text = f"goes on {max(gap, 0):.1f} s after and {far:.2f} {self._unit} from where the alarm's object was lost"
                return Reason("merge", False, text, gap, merge)
        return None

    def _now(self, track: int) -> _Lost:
        history = self._histories.of(track)
        return _Lost(math.inf, np.full(2, math.nan)) if history is None else _Lost(history.seen, history.end)

    def _together(self, group: Group, passed: float, history: History, merge: float) -> Reason | None:
        if not self._settings.merge_together or group.foot is None or abs(passed) > merge:
            return None
        far = self._far(group.foot, history.end, history)
        if far > self._settings.merge_distance:
            return None
        return Reason("merge", False, f"{passed:.1f} s and {far:.2f} {self._unit} from an alarm", passed, merge)

    def _far(self, one: NDArray[np.float64], other: NDArray[np.float64], history: History) -> float:
        heights = history.boxes[:, 3] - history.boxes[:, 1]
        height = float(np.median(heights)) if len(heights) else math.nan
        return measures.distance(one, other, self._settings.ground, height)

    @property
    def _unit(self) -> str:
        return "of its height" if self._settings.ground is None else "m"

    @staticmethod
    def _join(group: Group, time: float, track: int, history: History | None) -> None:
        group.last = max(group.last, time)
        if history is not None and track > 0:
            group.tracks[track] = None
            if len(group.tracks) > _MOST_TRACKS:
                del group.tracks[next(iter(group.tracks))]
