"""Alarms that wait on a host until the driver has handled them. Bounded: what does not fit is counted, the oldest first."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from trackside.core import InputError
from trackside.pipelines.distributed.messages import Parcel
from trackside.pipelines.live import CameraAlarm, CameraHealth

# Alarms, and bytes of their pictures, that may wait; an alarm beyond the latter waits without its picture.
MOST, MOST_BYTES = 10_000, 256 << 20
_MOST_STATES = 1000
# Clips that can be asked for, and how long after they are whole: packets are kept for some ten seconds only.
_MOST_CLIPS, _CLIP_LIFE = 500, 60.0


class Mailbox:
    """What one host has to tell. Safe to use from any thread."""

    def __init__(self) -> None:
        self.lost = 0
        self._news = threading.Condition()
        self._parcels: OrderedDict[int, Parcel] = OrderedDict()
        self._states: deque[tuple[int, CameraHealth]] = deque(maxlen=_MOST_STATES)
        self._clips: OrderedDict[int, tuple[float, Callable[[Path], None]]] = OrderedDict()
        self._bytes = self._count = 0
        self._closed = False

    def put(self, generation: int, alarm: CameraAlarm, *, refused: bool) -> None:
        """Keep an alarm until it is handled."""
        with self._news:
            self._count += 1
            if alarm.clip is not None:
                self._keep_clip(self._count, alarm.clip, max(time.time(), alarm.clip_ready) + _CLIP_LIFE)
            if _size(alarm) + self._bytes > MOST_BYTES:
                alarm = replace(alarm, picture=None)
            self._parcels[self._count] = Parcel(
                self._count, generation, refused, replace(alarm, clip=None), alarm.clip is not None
            )
            self._bytes += _size(alarm)
            while len(self._parcels) > MOST:
                self._forget(next(iter(self._parcels)))
                self.lost += 1
            self._news.notify_all()

    def put_state(self, generation: int, health: CameraHealth) -> None:
        """Tell of a change of state."""
        with self._news:
            self._states.append((generation, health))
            self._news.notify_all()

    def handled(self, numbers: Iterable[int]) -> None:
        """Forget those whose callback has returned."""
        with self._news:
            for number in numbers:
                self._forget(number)

    def take(self, after: int, most: int, wait: float) -> tuple[tuple[Parcel, ...], tuple[tuple[int, CameraHealth], ...]]:
        """What there is after parcel number `after`; waits for it up to `wait` seconds. Parcels stay until handled."""
        end = time.monotonic() + wait
        with self._news:
            while not (self._closed or self._states or (most > 0 and self._count > after and self._after(after, 1))):
                if not self._news.wait(max(0.0, end - time.monotonic())) and time.monotonic() >= end:
                    break
            states = tuple(self._states)
            self._states.clear()
            return tuple(self._after(after, most)), states

    def clip(self, number: int) -> Callable[[Path], None]:
        """What writes the clip of a parcel. Raises InputError if it is gone."""
        with self._news:
            self._sweep_clips()
            if number not in self._clips:
                raise InputError("the clip's pictures are no longer kept", fix="ask for a clip soon after its alarm")
            return self._clips[number][1]

    def close(self) -> None:
        """Let who waits go home."""
        with self._news:
            self._closed = True
            self._news.notify_all()

    def _after(self, number: int, most: int) -> list[Parcel]:
        if most <= 0:
            return []
        # Numbers ascend; the newest are few, the handled ones before them gone.
        found: list[Parcel] = []
        for parcel in self._parcels.values():
            if parcel.number > number:
                found.append(parcel)
                if len(found) == most:
                    break
        return found

    def _forget(self, number: int) -> None:
        parcel = self._parcels.pop(number, None)
        if parcel is not None:
            self._bytes -= _size(parcel.alarm)

    def _keep_clip(self, number: int, clip: Callable[[Path], None], until: float) -> None:
        self._sweep_clips()
        self._clips[number] = (until, clip)
        while len(self._clips) > _MOST_CLIPS:
            self._clips.popitem(last=False)

    def _sweep_clips(self) -> None:
        """Let go of old ones: each holds its camera's reader, with the packets."""
        now = time.time()
        for number in [number for number, (until, _) in self._clips.items() if until < now]:
            del self._clips[number]


def _size(alarm: CameraAlarm) -> int:
    return 0 if alarm.picture is None else alarm.picture.nbytes
