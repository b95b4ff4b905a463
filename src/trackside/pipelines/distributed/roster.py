"""The driver's list: which cameras there are, which host is to run each, and by which decision (its generation)."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import count

from trackside.core import InputError, nearest
from trackside.pipelines.distributed.messages import Order
from trackside.pipelines.live import Camera, CameraHealth
from trackside.pipelines.live.health import State


@dataclass(slots=True, eq=False, repr=False)
class Record:
    """One camera, wherever it runs.

    Attributes:
        camera: what is known of it.
        pipeline: its pipeline as YAML.
        host: name of the host that is to run it; empty while there is none.
        generation: of the newest decision about it.
        sure: whether the host has said that it has it.
        paused: whether it is to be let go of.
        health: as the host told it last; what it was by earlier hosts is in the three sums.
        problem: why no host runs it.
        refusers: hosts that cannot run it, as a model is not installed there, say.
        refused: whether all of them cannot, so that it is tried again later only.
        since: seconds since 1970 at which it came to have no host.
        try_at: moment (monotonic) from which it may be placed again.
        moved: moment of its last change of host by choice.
        wish: host that it is to move to.
        is_new: whether who added it is still being told whether it can run.
    """

    camera: Camera
    pipeline: str
    host: str = ""
    generation: int = 0
    sure: bool = False
    paused: bool = False
    health: CameraHealth | None = None
    analysed: int = 0
    reconnects: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    problem: str = "waits for a machine with room"
    refusers: set[str] = field(default_factory=set)
    refused: bool = False
    since: float = field(default_factory=time.time)
    try_at: float = 0.0
    moved: float = float("-inf")
    wish: str = ""
    is_new: bool = True

    def leave(self, problem: str) -> None:
        """It runs nowhere from now on: keep its sums."""
        if self.health is not None:
            self.analysed += self.health.analysed
            self.reconnects += self.health.reconnects + 1
            self.dropped.update(self.health.dropped)
            self.health = replace(self.health, state="reconnecting", analysed=0, reconnects=0, dropped={}, fps_analysed=0.0)
        self.host, self.sure, self.problem, self.since = "", False, problem, time.time()

    def shown(self) -> CameraHealth:
        """Its health over all hosts."""
        known = self.health or CameraHealth(self.camera.name)
        known = replace(
            known,
            title=self.camera.title or self.camera.name,
            fps_wanted=self.camera.rate,
            pipeline=self.camera.pipeline,
            address=self.camera.shown_address,
            analysed=self.analysed + known.analysed,
            reconnects=self.reconnects + known.reconnects,
            dropped=dict(self.dropped + Counter(known.dropped)),
        )
        if self.host and (self.health is not None and self.sure):
            return known
        state: State = (
            "failed" if self.refused else "paused" if self.paused else "reconnecting" if self.health else "connecting"
        )
        return replace(known, state=state, problem=self.problem, since=self.since, fps_in=0.0, fps_analysed=0.0)


class Roster:
    """All records. Hold `lock` while reading or changing one."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.newest = 0
        self._records: dict[str, Record] = {}
        self._generations = count(1)

    def add(self, camera: Camera, pipeline: str) -> Record:
        """A new camera. Raises InputError if there is one of this name."""
        with self.lock:
            if camera.name in self._records:
                raise InputError(f"there is a camera {camera.name!r} already", fix="give this one another name")
            record = self._records[camera.name] = Record(camera, pipeline)
            return record

    def remove(self, name: str) -> Record:
        """Forget a camera. Raises InputError if there is none of this name."""
        with self.lock:
            record = self.get(name)
            del self._records[name]
            return record

    def get(self, name: str) -> Record:
        """The record of a name. Raises InputError if there is none."""
        with self.lock:
            if name not in self._records:
                fix = nearest(name, self._records) if self._records else "add it"
                raise InputError(f"there is no camera {name!r}", fix=fix)
            return self._records[name]

    def find(self, name: str) -> Record | None:
        """The record of a name, or None."""
        with self.lock:
            return self._records.get(name)

    def all(self) -> list[Record]:
        """All records by name."""
        with self.lock:
            return [self._records[name] for name in sorted(self._records)]

    def on(self, host: str) -> list[Record]:
        """Those that a host is to run."""
        with self.lock:
            return [record for record in self._records.values() if record.host == host]

    def waiting(self) -> list[Record]:
        """Those that no host runs and that may be placed now, fastest first."""
        now = time.monotonic()
        with self.lock:
            found = [r for r in self._records.values() if not (r.host or r.is_new) and r.try_at <= now]
        return sorted(found, key=lambda record: (-record.camera.rate, record.camera.name))

    def decide(self, record: Record, host: str) -> Order:
        """Have a host run a camera from now on: a new generation."""
        with self.lock:
            record.host, record.sure, record.wish, record.problem = host, False, "", ""
            record.generation = self.newest = next(self._generations)
            return Order(record.camera, record.pipeline, record.generation, record.paused)
