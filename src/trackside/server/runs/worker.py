"""A worker process: `python -m trackside.server.runs.worker`. It claims one video after the other until it is told to stop.

It is started by `RunService`, which writes one line of JSON to its standard input and keeps that pipe open: when the pipe
closes, the server is gone, and the worker gives its video back and ends.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from trackside.models import Store
from trackside.server.context import Site
from trackside.server.database import Database, new_id
from trackside.server.files import Files
from trackside.server.runs.doing import do
from trackside.server.runs.heartbeat import Halt
from trackside.server.runs.journal import log as write_log
from trackside.server.runs.queue import claim, release_expired
from trackside.server.runs.tables import RunVideoRow
from trackside.server.settings import ServerSettings

log = logging.getLogger("trackside.server.runs")
# Seconds between two looks at an empty queue.
_IDLE = 0.3
# Seconds between two searches for claims that ran out.
_SEARCH = 5.0
# Seconds that a worker whose server is gone may take to give its video back.
_GRACE = 20.0

Do = Callable[[Site, RunVideoRow, Halt], None]


@dataclass
class Stopper:
    """Whether the process is to stop, and what it has in hand."""

    event: threading.Event = field(default_factory=threading.Event)
    halt: Halt = field(default_factory=Halt)

    def stop(self, *_: object) -> None:
        """Stop soon: the video in hand goes back to the queue."""
        self.event.set()
        self.halt.call("queued")

    def fresh(self) -> Halt:
        """The halt of the next video."""
        self.halt = Halt()
        if self.event.is_set():
            self.halt.call("queued")
        return self.halt


def name_of(pid: int) -> str:
    """How the names of a process's claims begin."""
    return f"{socket.gethostname()[:60]}:{pid}:"


def work(site: Site, slot: str, stopper: Stopper, do_one: Do = do) -> None:
    """Do what waits, one video after the other, until stopped.

    Args:
        site: the server's belongings.
        slot: "cpu" or "gpu".
        stopper: says when.
        do_one: does one video.
    """
    name = f"{name_of(os.getpid())}{new_id()}"
    pauses = 0
    while not stopper.event.is_set():
        try:
            if pauses % round(_SEARCH / _IDLE) == 0:
                with site.database.session() as db:
                    release_expired(db)
            row = _next(site, slot, name)
        except SQLAlchemyError as error:
            log.warning("the queue cannot be read (%s)", type(error).__name__)
            row = None
        if row is not None:
            do_one(site, row, stopper.fresh())
        else:
            pauses += 1
            stopper.event.wait(_IDLE)


def main() -> None:
    """Run a worker on what standard input says."""
    told = json.loads(sys.stdin.readline())
    stopper = Stopper()
    signal.signal(signal.SIGTERM, stopper.stop)
    # Ctrl-C in the server's terminal reaches all its children; the server tells them itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_watch_server, args=(stopper,), name="server-watch", daemon=True).start()
    site = _open(ServerSettings.model_validate(told["settings"]))
    work(site, told["slot"], stopper)
    site.database.close()


def _open(settings: ServerSettings) -> Site:
    """The belongings of a server that has already brought its database up to date."""
    files = Files(settings.files or str(settings.data / "files"), settings.data)
    return Site(settings, Database(settings.database_url), files, Store())


def _next(site: Site, slot: str, name: str) -> RunVideoRow | None:
    with site.database.session() as db:
        row = claim(db, slot, name)
        if row is not None:
            again = f", attempt {row.attempts}" if row.attempts > 1 else ""
            write_log(db, row.run_id, f"{row.video_name}: started{again}", video=row.id)
    return row


def _watch_server(stopper: Stopper) -> None:
    """Wait until the pipe from the server closes, then stop; by force if that takes too long."""
    sys.stdin.read()
    stopper.stop()
    threading.Event().wait(_GRACE)
    os._exit(1)


if __name__ == "__main__":
    main()
