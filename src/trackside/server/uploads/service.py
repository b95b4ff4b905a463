"""The probes of uploaded files: two at a time, each in a process of its own, ended with the server."""

from __future__ import annotations

import logging
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

from trackside.core import OutputError
from trackside.server.context import Site
from trackside.server.datasets import uploaded
from trackside.server.uploads import probing, store
from trackside.server.videos.tables import UploadRow

log = logging.getLogger("trackside.server")
_AT_ONCE = 2
_FAILED = "the server could not take the file in", "upload it again; the server's log says more"


class UploadService:
    """Probes what has come. Works without having been started; starting picks up what a killed server left.

    Args:
        site: the server.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._pool: ThreadPoolExecutor | None = None
        self._lock = threading.Lock()
        self._processes: set[subprocess.Popen[bytes]] = set()
        self._stopped = False

    def start(self) -> None:
        """Put in order what the last run of the server left behind."""
        self._stopped = False
        for upload_id in store.recover(self._site):
            self.probe(upload_id)

    def stop(self) -> None:
        """End the probes under way; they are done again at the next start."""
        with self._lock:
            self._stopped = True
            pool, self._pool = self._pool, None
            for process in self._processes:
                process.kill()
        if pool:
            pool.shutdown(cancel_futures=True)

    def probe(self, upload_id: str) -> None:
        """Probe an upload whose bytes have all come, soon; one that becomes a data set is handed over."""
        with self._lock:
            if self._stopped:
                return
            self._pool = self._pool or ThreadPoolExecutor(_AT_ONCE, "probe")
            self._pool.submit(self._settle, upload_id)

    def _settle(self, upload_id: str) -> None:
        with self._site.database.session() as db:
            upload = db.get(UploadRow, upload_id)
        if upload is not None and upload.dataset:
            self._take_over(upload_id)
            return
        try:
            probing.settle(self._site, upload_id, self._run)
        except _Stopped:
            pass
        except Exception:
            log.exception("an upload could not be taken in")
            probing.fail(self._site, upload_id)

    def _take_over(self, upload_id: str) -> None:
        try:
            uploaded.take_over(self._site, upload_id)
        except OutputError as error:
            uploaded.refuse(self._site, upload_id, error.what, error.fix)
        except Exception:
            log.exception("an upload could not be taken over as a data set")
            uploaded.refuse(self._site, upload_id, *_FAILED)

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[bytes]:
        with self._lock:
            if self._stopped:
                raise _Stopped
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=probing.environment(),
            )
            self._processes.add(process)
        try:
            with process:
                try:
                    out, err = process.communicate(timeout=probing.SECONDS)
                finally:
                    process.kill()
        finally:
            self._processes.discard(process)
        if self._stopped:
            raise _Stopped
        return subprocess.CompletedProcess(command, process.returncode, out, err)


class _Stopped(Exception):
    """The server ends: what is under way is done again at its next start."""
