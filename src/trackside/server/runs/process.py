"""One worker process, started again when it dies: at once, then after longer and longer pauses."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from time import monotonic

from trackside.models.runtimes.opening import DEVICE
from trackside.models.store import HOME
from trackside.server.context import Site

COMMAND = (sys.executable, "-m", "trackside.server.runs.worker")
# Seconds: the first pause, the longest, and how long a process must live for the next pause to be the first again.
_FIRST, _LONGEST, _HEALTHY = 0.25, 30.0, 60.0


class WorkerProcess:
    """A worker of one slot.

    Args:
        site: the server's belongings.
        slot: "cpu" or "gpu"; the latter asks for CUDA, unless `TRACKSIDE_DEVICE` names another device.
        command: what to start.
    """

    def __init__(self, site: Site, slot: str, command: Sequence[str] = COMMAND) -> None:
        self._site, self._slot, self._command = site, slot, list(command)
        self._process: subprocess.Popen[str] | None = None
        self._began = 0.0
        self._pause = _FIRST
        self._start_at = 0.0

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Of the newest process; 0 before the first."""
        return self._process.pid if self._process else 0

    def tend(self) -> int:
        """Start it if it does not run and its pause is over.

        Returns:
            The id of a process that has died since the last call, else 0.
        """
        died = 0
        if self._process is not None and self._process.poll() is not None:
            died = self._bury()
        if self._process is None and monotonic() >= self._start_at:
            self._start()
        return died

    def ask_to_stop(self) -> None:
        """Tell it to give its video back and end."""
        if self._process is not None and self.alive:
            self._process.terminate()

    def wait(self, seconds: float) -> None:
        """Wait until it has ended; after so many seconds by force."""
        if self._process is None:
            return
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._close_pipe()

    def _start(self) -> None:
        environment = {**os.environ, HOME: str(self._site.store.root.parent)}
        if self._slot == "gpu":
            environment.setdefault(DEVICE, "cuda")
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment, text=True
        )
        self._began = monotonic()
        told = {"slot": self._slot, "settings": self._site.settings.model_dump(mode="json")}
        assert self._process.stdin is not None
        # It may have died already; `tend` will see that.
        with contextlib.suppress(OSError):
            self._process.stdin.write(json.dumps(told) + "\n")
            self._process.stdin.flush()

    def _bury(self) -> int:
        assert self._process is not None
        pid = self._process.pid
        self._close_pipe()
        self._process = None
        lived = monotonic() - self._began
        self._pause = _FIRST if lived > _HEALTHY else self._pause
        self._start_at = monotonic() + self._pause
        self._pause = min(_LONGEST, self._pause * 2)
        return pid

    def _close_pipe(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
