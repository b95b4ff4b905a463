"""The live engine of this process, if there is one; and what is done beside it as long as it runs."""

from __future__ import annotations

import logging
import threading
from time import monotonic
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from trackside.server.context import Site
from trackside.server.database import now
from trackside.server.live.pictures import PictureCache
from trackside.server.live.tables import CameraDayRow
from trackside.server.problems import Refused

if TYPE_CHECKING:
    from trackside.server.live.port import LivePort

log = logging.getLogger("trackside.server.live")

NOT_RUNNING = "no cameras are being watched", "start `trackside watch cameras.yaml`"


class LiveService:
    """Holds the engine, tells pages when cameras change, and writes down how long each was watched.

    Attributes:
        every: seconds between two looks at the cameras.
        write_every: seconds between two writings of how long they were watched.
        pictures: newest pictures, encoded.
        metrics: figures for monitors.
    """

    def __init__(self, site: Site) -> None:
        self.every = 1.0
        self.write_every = 60.0
        from trackside.server.live.metrics import Metrics

        self.pictures = PictureCache()
        self.metrics = Metrics(site)
        self._site = site
        self._port: LivePort | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._known: dict[str, tuple[str, str]] = {}
        self._watched: dict[tuple[str, str], float] = {}

    @property
    def running(self) -> bool:
        """Whether there is an engine."""
        return self._port is not None

    def set_port(self, port: LivePort | None) -> None:
        """Give the engine, or take it away. Cameras that were added through the API are added to it."""
        self._port = port
        if port is not None:
            from trackside.server.live.cameras import add_stored

            add_stored(self._site, port)

    def port(self) -> LivePort:
        """The engine. Raises Refused (409) if none runs."""
        if self._port is None:
            raise Refused(409, *NOT_RUNNING)
        return self._port

    def start(self) -> None:
        """Begin to look at the cameras."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="live", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; how long cameras were watched is written down. The engine belongs to whoever gave it."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        last, due = monotonic(), monotonic() + self.write_every
        while not self._stopping.wait(self.every):
            moment = monotonic()
            self._look(moment - last)
            last = moment
            if moment >= due:
                self._write()
                due = moment + self.write_every
        self._write()

    def _look(self, seconds: float) -> None:
        """Note who is live, and publish what has changed."""
        port = self._port
        if port is None:
            return
        try:
            cameras = port.cameras()
        except Exception:
            log.exception("the engine does not tell of its cameras")
            return
        day = now().date().isoformat()
        for camera in cameras:
            if camera.state == "live":
                key = camera.name, day
                self._watched[key] = self._watched.get(key, 0.0) + seconds
        self._publish({camera.name: (camera.state, camera.problem) for camera in cameras})

    def _publish(self, found: dict[str, tuple[str, str]]) -> None:
        changed = [name for name in found.keys() | self._known.keys() if found.get(name) != self._known.get(name)]
        self._known = found
        hub = self._site.services.get("events")
        if hub is None:
            return
        for name in changed:
            hub.publish("live", name)

    def _write(self) -> None:
        """Add what was watched to the table; what cannot be written is kept for the next time."""
        if not self._watched:
            return
        try:
            with self._site.database.session() as db:
                for (camera, day), seconds in self._watched.items():
                    _add_seconds(db, camera, day, seconds)
        except Exception:
            log.exception("it cannot be written down how long cameras were watched")
        else:
            self._watched.clear()


def live_of(site: Site) -> LiveService:
    """The service of a site."""
    service: LiveService = site.services["live"]
    return service


def _add_seconds(db: Session, camera: str, day: str, seconds: float) -> None:
    row = db.get(CameraDayRow, (camera, day))
    if row is None:
        db.add(CameraDayRow(camera=camera, day=day, seconds=seconds))
    else:
        row.seconds += seconds
