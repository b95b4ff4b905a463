"""One camera under way: connect, read, hand on; when it stalls, dies or sends rubbish, connect again, with patience.

Each camera has a thread of its own that does nothing but decode (FFmpeg lets go of the interpreter lock meanwhile), so that
one that hangs costs the others nothing. Media time and whatever the blocks remember go on over a short interruption.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from trackside.core import Record, TracksideError
from trackside.media.live import Effort
from trackside.pipelines.kinds import StreamInfo
from trackside.pipelines.live.camera import Camera, without_password
from trackside.pipelines.live.clock import CaptureClock
from trackside.pipelines.live.counting import Account, Rate
from trackside.pipelines.live.effort import Governor
from trackside.pipelines.live.health import CameraHealth, State
from trackside.pipelines.live.lane import LiveLane, Passenger
from trackside.pipelines.live.retention import Retention

# Seconds before each new connection; the last one from then on. Each is varied by up to a quarter, so that cameras behind
# one switch do not come back in one moment.
WAITS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
# A connection that has lasted so long counts as a good one: the next wait is the first.
_GOOD = 20.0
# An interruption up to which tracks and rules go on as if nothing had been, seconds.
MEMORY = 10.0
# Seconds without any sign of a reader, beyond its own time-outs, after which its thread is given up.
_HUNG = 10.0
OPEN_TIMEOUT, READ_TIMEOUT = 10.0, 5.0


class Reader(Protocol):
    """What a camera run needs of a live source: see `trackside.media.live.LiveReader`."""

    info: Any
    counts: Any
    effort: Effort

    def __iter__(self) -> Iterator[Record]: ...
    def close(self) -> None: ...
    def save_clip(self, path: Path, start: float, end: float) -> float: ...


OpenReader = Callable[[Camera], Reader]
OpenLane = Callable[["CameraRun", StreamInfo], LiveLane]


@dataclass
class Interruption:
    """What a camera keeps from one connection to the next."""

    lane: LiveLane
    size: tuple[int, int]
    started: float
    ended: float


class CameraRun:
    """Keeps one camera running until it is stopped.

    Args:
        camera: what is known of it.
        open_reader: connects.
        open_lane: makes the lane for a stream.
        on_state: told of each change of state.
    """

    def __init__(
        self,
        camera: Camera,
        open_reader: OpenReader,
        open_lane: OpenLane,
        on_state: Callable[[CameraRun], None] = lambda run: None,
    ) -> None:
        self.camera = camera
        self.account = Account()
        self.retention = Retention()
        self.state: State = "connecting"
        self.problem = ""
        self.since = time.time()
        self.reconnects = -1
        self.last: Passenger | None = None
        self.reader: Reader | None = None
        self.pace = Rate()
        self.heartbeat = time.monotonic()
        self.size = (0, 0)
        self.decoder = ""
        self.governor = Governor()
        self._open_reader, self._open_lane, self._on_state = open_reader, open_lane, on_state
        self._kept: Interruption | None = None
        self._wake = threading.Event()
        self._stopping = self._pausing = False
        self._generation = 0
        self._number = 0
        self._offset = 0.0
        self._packets = 0
        self._lane_error: Exception | None = None
        self._thread = self._start()

    def pause(self) -> None:
        """Let go of the camera until `resume`."""
        self._pausing = True
        self._let_go()

    def resume(self) -> None:
        """Connect again."""
        self._pausing = False
        self._wake.set()

    def stop(self, timeout: float = 5.0) -> bool:
        """End it, and free what it kept; whether its thread has ended in time."""
        self._stopping = True
        self._let_go()
        self._thread.join(timeout)
        self._forget()
        self._set("stopped")
        self.last = None
        return not self._thread.is_alive()

    def failed(self, error: Exception) -> None:
        """A block failed: the camera begins anew, after a while."""
        self._lane_error = error
        self._let_go()

    def clip(self, time: float, decided: float) -> Callable[[Path], None] | None:
        """What writes the seconds around an event at this media time; None where no packets are kept."""
        reader, offset, camera = self.reader, self._offset, self.camera
        if reader is None or not camera.clip_before + camera.clip_after:
            return None
        start, end = time - offset - camera.clip_before, decided - offset + camera.clip_after

        def write(path: Path) -> None:
            reader.save_clip(path, start, end)

        return write

    def spare(self) -> None:
        """Decode no more than can be looked at; called every few seconds."""
        _, analysed, dropped = self.account.rates()
        self.governor.spare(analysed, dropped, self._supply())

    @property
    def wants_more(self) -> bool:
        """Whether more of it should be decoded, if the machine has time to spare."""
        _, analysed, dropped = self.account.rates()
        return self.state == "live" and self.governor.wants_more(analysed, dropped, self.lag, self.camera.staleness)

    def _supply(self) -> dict[Effort, float]:
        """Pictures a second that each effort would give out, as far as this connection has shown."""
        reader = self.reader
        if reader is None:
            return {}
        counts, seconds = reader.counts, max(1.0, time.time() - self.since)
        return {
            "references": min(self.camera.rate, counts.references / seconds),
            "key frames": min(self.camera.rate, counts.key_frames / seconds),
        }

    def tend(self) -> bool:
        """Give up a thread that hangs in a library and start another; called every second. Whether it did."""
        reader = self.reader
        if reader is not None and reader.counts.packets != self._packets:
            self._packets, self.heartbeat = reader.counts.packets, time.monotonic()
            self._pace(reader)
        if self._stopping or self.state in ("paused", "failed"):
            return False
        if time.monotonic() - self.heartbeat < OPEN_TIMEOUT + READ_TIMEOUT + _HUNG:
            return False
        self._forget()
        self._set("stalled", "its decoder hangs and was given up")
        self.account.drop("decoder hung")
        self._thread = self._start()
        return True

    def health(self) -> CameraHealth:
        """How it is."""
        _, analysed, _ = self.account.rates()
        latency, staleness = self.account.latencies()
        live = self.state == "live"
        return CameraHealth(
            name=self.camera.name,
            title=self.camera.title or self.camera.name,
            state=self.state,
            problem=self.problem,
            since=self.since,
            fps_in=round(self.pace.per_second(), 2) if live else 0.0,
            fps_wanted=self.camera.rate,
            fps_analysed=round(analysed, 2),
            analysed=self.account.done,
            dropped=self.account.dropped(),
            reconnects=max(0, self.reconnects),
            latency_ms=latency,
            staleness_ms=staleness,
            width=self.size[0],
            height=self.size[1],
            decoder=self.decoder,
            effort=self.reader.effort if self.reader is not None else "",
            pipeline=self.camera.pipeline,
            address=self.camera.shown_address,
        )

    def _start(self) -> threading.Thread:
        self._generation += 1
        self.heartbeat = time.monotonic()
        thread = threading.Thread(target=self._run, args=(self._generation,), name=f"camera-{self.camera.name}", daemon=True)
        thread.start()
        return thread

    def _is_over(self, generation: int) -> bool:
        return self._stopping or generation != self._generation

    def _run(self, generation: int) -> None:
        failures = 0
        while not self._is_over(generation):
            if self._pausing:
                self._set("paused")
                self._rest(1.0)
                continue
            began = time.monotonic()
            self.reconnects += 1
            try:
                self._connect(generation)
                problem = "the stream ended"
            except TracksideError as error:
                problem = str(error)
            except Exception as error:  # One camera's bug must cost the others nothing.
                problem = f"{type(error).__name__}: {error}"
            if self._is_over(generation) or self._pausing:
                continue
            failures = 0 if time.monotonic() - began > _GOOD else failures + 1
            if self._lane_error is not None:
                problem, self._lane_error = str(self._lane_error), None
                self._forget()
            self._set("reconnecting", problem)
            wait = WAITS[min(failures, len(WAITS) - 1)]
            self._rest(wait * random.uniform(0.75, 1.25))

    def _rest(self, seconds: float) -> None:
        """Wait, with a sign of life, until it is time or somebody wants something."""
        self._wake.clear()
        end = time.monotonic() + seconds
        while not (self._stopping or time.monotonic() >= end):
            self.heartbeat = time.monotonic()
            if self._wake.wait(min(1.0, max(0.0, end - time.monotonic()))):
                return

    def _connect(self, generation: int) -> None:
        if self.state != "reconnecting":
            self._set("connecting")
        reader = self._open_reader(self.camera)
        if self._is_over(generation) or self._pausing:
            reader.close()
            return
        self.reader = reader
        try:
            self._read(reader, generation)
        finally:
            self.reader = None
            reader.close()
            if self._kept is not None:
                self._kept.ended = time.time()

    def _read(self, reader: Reader, generation: int) -> None:
        clock, kept = CaptureClock(), None
        seen = reader.counts.decoded
        for record in reader:
            self.heartbeat = time.monotonic()
            if self._is_over(generation) or self._lane_error is not None:
                return
            kept = kept or self._begin(reader, record)
            captured = clock.captured(record.time, record.wall or time.time())
            self._pace(reader)
            self.pace.add(reader.counts.decoded - seen)
            seen = reader.counts.decoded
            if self._leave_out():
                self.account.drop("left out: identities are kept without")
                continue
            kept.lane.offer(replace(record, time=self._offset + record.time), captured)

    def _pace(self, reader: Reader) -> None:
        """Let the reader decode as much as the governor says."""
        effort = self.governor.lagging(reader.counts.behind, self.camera.staleness)
        if reader.effort != effort:
            reader.effort = effort

    @property
    def lag(self) -> float:
        """Seconds that what the camera sends waits for its decoder."""
        reader = self.reader
        return float(reader.counts.behind) if reader is not None else 0.0

    def _begin(self, reader: Reader, record: Record) -> Interruption:
        """The first picture of a connection: go on with the lane that there was, or make one."""
        height, width = record.data.shape[:2]
        self.size, self.decoder = (width, height), reader.info.decoder
        wall = (record.wall or time.time()) - record.time
        kept = self._kept
        if kept is None or kept.size != self.size or wall - kept.ended > MEMORY or kept.lane.closed:
            self._forget()
            stream = StreamInfo(self.camera.name, self.camera.shown_address, width, height, reader.info.fps or 25.0)
            kept = Interruption(self._open_lane(self, stream), self.size, wall, wall)
        self._offset = max(0.0, wall - kept.started)
        self._kept = kept
        self._set("live")
        return kept

    def _leave_out(self) -> bool:
        self._number += 1
        return self._number % self.retention.interval != 0

    def _forget(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.lane.close()

    def _let_go(self) -> None:
        reader = self.reader
        if reader is not None:
            reader.close()
        self._wake.set()

    def _set(self, state: State, problem: str = "") -> None:
        problem = without_password(problem)
        if (state, problem) != (self.state, self.problem):
            self.state, self.problem, self.since = state, problem, time.time()
            self._on_state(self)
