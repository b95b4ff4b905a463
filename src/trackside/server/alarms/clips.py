"""Clips of alarms: asked for when their last second is there, kept with the alarm."""

from __future__ import annotations

import heapq
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import time

from trackside.core import TracksideError
from trackside.server.alarms import keys, news
from trackside.server.alarms.spool import Spool
from trackside.server.alarms.tables import AlarmRow
from trackside.server.context import Site

log = logging.getLogger("trackside.server.alarms")

Clip = Callable[[Path], None]
# Clips that may wait at a time. Each is some megabytes that a camera's reader holds.
_MOST = 500
# Seconds between two tries to note where a clip lies, while the database does not have the alarm; and how many there are.
_AGAIN, _TRIES = 0.5, 7200
_SUFFIX, _PARTIAL = ".mp4", ".part"
_PATIENCE = 5.0


@dataclass(frozen=True, order=True, slots=True)
class _Wish:
    """A clip that waits. `clip` is None once it is written; `problem` says why it could not be."""

    ready: float
    number: int
    alarm_id: str = field(compare=False)
    clip: Clip | None = field(compare=False)
    tries: int = field(default=0, compare=False)
    problem: str = field(default="", compare=False)


class Clips:
    """One thread that writes clips, one after the other. Those that are not ready when the process ends are left out.

    Args:
        site: where alarms and files are.
        spool: where clips lie until the database has their alarm.
    """

    def __init__(self, site: Site, spool: Spool) -> None:
        self._site = site
        self._spool = spool
        self._lock = threading.Condition()
        self._waiting: list[_Wish] = []
        self._count = 0
        self._over = False
        self._thread: threading.Thread | None = None

    def put(self, alarm_id: str, clip: Clip | None, ready: float) -> None:
        """Write a clip once it is ready (seconds since 1970)."""
        with self._lock:
            full = len(self._waiting) >= _MOST
            self._count += 1
            problem = f"{_MOST} clips waited already" if full else ""
            self._push(_Wish(ready, self._count, alarm_id, None if full else clip, problem=problem))

    def start(self) -> None:
        """Begin; clips that an earlier process had written find their alarms."""
        self._over = False
        for alarm_id, _ in self._spool.left(_SUFFIX):
            self.put(alarm_id, None, 0.0)
        self._thread = threading.Thread(target=self._run, name="alarm clips", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; what is not ready yet is left out."""
        with self._lock:
            self._over = True
            self._lock.notify()
        if self._thread is not None:
            self._thread.join(_PATIENCE)
            self._thread = None

    def _run(self) -> None:
        while (wish := self._next()) is not None:
            done = self._written(wish)
            if self._noted(done):
                continue
            if done.tries < _TRIES:
                with self._lock:
                    self._push(replace(done, ready=time() + _AGAIN, tries=done.tries + 1))
            else:
                self._spool.beside(done.alarm_id, _SUFFIX).unlink(missing_ok=True)

    def _push(self, wish: _Wish) -> None:
        heapq.heappush(self._waiting, wish)
        self._lock.notify()

    def _next(self) -> _Wish | None:
        """The next one that is ready; None at the end."""
        with self._lock:
            while not self._over:
                if not self._waiting:
                    self._lock.wait()
                elif (left := self._waiting[0].ready - time()) > 0:
                    self._lock.wait(left)
                else:
                    return heapq.heappop(self._waiting)
        return None

    def _written(self, wish: _Wish) -> _Wish:
        """Write a clip, if that is not done yet."""
        if wish.clip is None:
            return wish
        path = self._spool.beside(wish.alarm_id, _SUFFIX)
        # Writers tell the kind of file by its suffix.
        partial = path.with_name(f"{path.stem}{_PARTIAL}{_SUFFIX}")
        problem = ""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            wish.clip(partial)
            partial.replace(path)
        except TracksideError as error:
            problem = error.what
        except Exception as error:
            log.exception("the clip of the alarm %s cannot be written", wish.alarm_id)
            problem = f"it cannot be written ({type(error).__name__})"
        partial.unlink(missing_ok=True)
        return replace(wish, clip=None, problem=problem)

    def _noted(self, wish: _Wish) -> bool:
        """Move a clip in and let its alarm know of it; False while the database does not have the alarm."""
        try:
            with self._site.database.session() as db:
                row = db.get(AlarmRow, wish.alarm_id)
                if row is None:
                    return False
                path = self._spool.beside(wish.alarm_id, _SUFFIX)
                if path.exists():
                    self._site.files.take(path, keys.clip(wish.alarm_id))
                    row.clip = keys.clip(wish.alarm_id)
                else:
                    row.clip_problem = wish.problem
        except Exception as error:
            log.error("a clip waits on the disk: %s", str(error).partition("\n")[0])
            return False
        news.publish(self._site, wish.alarm_id)
        return True
