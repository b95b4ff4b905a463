"""A camera host: a live engine in a process of its own, which runs the cameras that the driver says, and nothing else."""

from __future__ import annotations

import contextlib
import hashlib
import os
import queue
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from trackside.core import InputError, TracksideError
from trackside.pipelines.distributed.mailbox import Mailbox
from trackside.pipelines.distributed.messages import Ask, News, Order, Seats, Trouble
from trackside.pipelines.distributed.options import RayOptions, Share
from trackside.pipelines.live import CameraAlarm, CameraHealth, LiveEngine

# Health is told this often; alarms and changes of state at once.
_TELL = 0.5
# A host that nobody asks for so many leases ends its process, and so gives its share back.
_LEASES = 3


class CameraHost:
    """Runs cameras for a driver. Every method may be called from any thread.

    Args:
        name: for people.
        share: what it may use of the machine.
        options: of the engine that it is part of.
        refused: whether refused events are wanted.
        leave: ends the process.
    """

    def __init__(
        self, name: str, share: Share, options: RayOptions, *, refused: bool = False, leave: Callable[[], None] | None = None
    ) -> None:
        self.name, self._lease, self._leave = name, options.lease, leave or (lambda: os._exit(0))
        self._mailbox = Mailbox()
        self._seats = Seats()
        self._names: dict[str, str] = {}
        self._lock = threading.RLock()
        self._scratch = tempfile.TemporaryDirectory(prefix="trackside-host-")
        self._asked = self._told = time.monotonic()
        self._over = threading.Event()
        self._engine = LiveEngine(
            lambda alarm: self._post(alarm, refused=False),
            on_refused=(lambda alarm: self._post(alarm, refused=True)) if refused else None,
            on_state=self._post_state,
            options=options.engine(share),
        )
        self._unwanted: queue.SimpleQueue[dict[str, int]] = queue.SimpleQueue()
        threading.Thread(target=self._keep_house, name="host", daemon=True).start()

    def hello(self) -> tuple[str, int]:
        """It is up: name of the machine, and number of the process."""
        self._asked = time.monotonic()
        return socket.gethostname(), os.getpid()

    def assign(self, orders: Sequence[Order]) -> list[Trouble | None]:
        """Take cameras; for each the reason why it cannot, or None. One that is there with an older order is ended first."""
        return [self._take(order) for order in orders]

    def drop(self, seats: Mapping[str, int]) -> None:
        """End cameras, if they are there by an order no newer than this generation; returns when they have ended."""
        with self._lock:
            for name, generation in seats.items():
                self._seats.newest[name] = max(generation, self._seats.newest.get(name, 0))
            self._end(seats)

    def pause(self, name: str, paused: bool) -> None:
        """Let go of a camera, or connect it again; nothing if it is not here."""
        with contextlib.suppress(InputError):
            (self._engine.pause if paused else self._engine.resume)(name)

    def picture(self, name: str, boxes: bool) -> bytes | None:
        """The last picture as JPEG; None if there is none."""
        import cv2

        with contextlib.suppress(InputError):
            picture = self._engine.picture(name, boxes)
            if picture is not None:
                _, data = cv2.imencode(".jpg", np.ascontiguousarray(picture[..., ::-1]), [cv2.IMWRITE_JPEG_QUALITY, 90])
                return data.tobytes()
        return None

    def clip(self, number: int) -> bytes | Trouble:
        """The clip of a parcel as MP4."""
        path = Path(self._scratch.name) / f"clip-{number}-{threading.get_ident()}.mp4"
        try:
            self._mailbox.clip(number)(path)
            return path.read_bytes()
        except (TracksideError, OSError) as error:
            trouble = Trouble.of(error)  # Where it was to lie here is nobody's business.
            return replace(trouble, where="" if trouble.where == str(path) else trouble.where)
        finally:
            path.unlink(missing_ok=True)

    def ask(self, ask: Ask) -> News:
        """Set right which cameras run here, and tell the news."""
        self._asked = time.monotonic()
        self._mailbox.handled(ask.handled)
        missing = self._set_right(ask)
        parcels, states = self._mailbox.take(ask.after, ask.most, 0.0 if missing else ask.wait)
        self._asked = time.monotonic()
        if self._asked - self._told < _TELL:
            return News(parcels, states, missing=missing, lost=self._mailbox.lost)
        self._told = self._asked
        cameras = tuple((self._seats.now.get(one.name, 0), self._shown(one)) for one in self._engine.cameras())
        return News(parcels, states, cameras, self._engine.health(), missing, self._mailbox.lost)

    def close(self) -> None:
        """Stop everything."""
        if not self._over.is_set():
            self._over.set()
            self._mailbox.close()
            self._engine.close()
            self._scratch.cleanup()

    def _take(self, order: Order) -> Trouble | None:
        name = order.camera.name
        with self._lock:
            if order.generation <= self._seats.newest.get(name, 0):
                return Trouble("InputError", "the order is older than one that was heard already", name)
            self._seats.newest[name] = order.generation
            self._end({name: order.generation})
            self._seats.now[name] = order.generation
            try:
                self._names[name] = order.camera.pipeline
                self._engine.add(order.camera.model_copy(update={"pipeline": self._written(order.pipeline)}))
                if order.paused:
                    self._engine.pause(name)
            except Exception as error:
                del self._seats.now[name]
                return Trouble.of(error)
        return None

    def _end(self, seats: Mapping[str, int]) -> None:
        """End cameras that are here by orders no newer than these. The caller holds the lock."""
        names = [name for name, generation in seats.items() if self._seats.now.get(name, generation + 1) <= generation]
        for name in names:  # All at once: each may take seconds to let go.
            self.pause(name, True)
        for name in names:
            with contextlib.suppress(InputError):
                self._engine.remove(name)
            self._seats.now.pop(name, None)
            self._names.pop(name, None)

    def _set_right(self, ask: Ask) -> tuple[str, ...]:
        """Have ended what is not wanted here any more; returns what is wanted and not here."""
        seats = dict(self._seats.now)
        wanted = {name: generation for name, (generation, _) in ask.wanted.items()}
        extra = {n: generation for n, generation in seats.items() if generation <= ask.as_of and wanted.get(n) != generation}
        if extra:
            self._unwanted.put(extra)
        return tuple(n for n, (generation, sure) in ask.wanted.items() if sure and seats.get(n) != generation)

    def _written(self, pipeline: str) -> str:
        """A file with this pipeline, the same for all cameras that share it."""
        path = Path(self._scratch.name) / f"{hashlib.sha256(pipeline.encode()).hexdigest()[:16]}.yaml"
        if not path.exists():
            path.write_text(pipeline, encoding="utf-8")
        return str(path)

    def _post(self, alarm: CameraAlarm, *, refused: bool) -> None:
        shown = replace(alarm, pipeline=self._names.get(alarm.camera, alarm.pipeline))
        self._mailbox.put(self._seats.now.get(alarm.camera, 0), shown, refused=refused)

    def _post_state(self, health: CameraHealth) -> None:
        self._mailbox.put_state(self._seats.now.get(health.name, 0), self._shown(health))

    def _shown(self, health: CameraHealth) -> CameraHealth:
        return replace(health, pipeline=self._names.get(health.name, health.pipeline))

    def _keep_house(self) -> None:
        """End cameras that are not wanted any more, apart from `ask`, which must never be late; and watch the lease.

        Without a driver, the cameras are let go of: another host may be running them by now.
        """
        while not self._over.is_set():
            with contextlib.suppress(queue.Empty):
                unwanted = self._unwanted.get(timeout=min(1.0, self._lease / 4))
                with self._lock:
                    self._end(unwanted)
            silence = time.monotonic() - self._asked
            if silence > self._lease and self._seats.now:
                with self._lock:
                    self._end(dict(self._seats.now))
            if silence > _LEASES * self._lease:
                self._leave()
                return
