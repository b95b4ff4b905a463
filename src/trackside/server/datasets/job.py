"""A job: `python -m trackside.server.datasets.job`. It reads one data set, unpacked first if it was uploaded, checks it, and
writes what the pages show; or it exports what was decided, or takes decisions in.

It gets one line of JSON on its standard input and tells in lines of JSON on its standard output how far it is. When the pipe
closes, the server is gone, and the job ends. All that it writes is whole or absent, so that it may be killed at any moment;
what was found in pictures is kept and not looked for again.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from trackside.core import TracksideError
from trackside.server.datasets.doing import Job, do
from trackside.server.datasets.queue.carrying import export, take_in
from trackside.server.datasets.unpacking.ready import make_ready


@dataclass
class Teller:
    """Tells the server how far a job is.

    Args:
        out: where to.
    """

    out: IO[str]

    def say(self, **message: Any) -> None:
        """One message."""
        self.out.write(json.dumps(message, default=str) + "\n")
        self.out.flush()


def main() -> None:
    """Do the job that standard input describes."""
    told = json.loads(sys.stdin.readline())
    teller = Teller(_own_output())
    # Ctrl-C in the server's terminal reaches all its children; the server tells them itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_watch_server, name="server-watch", daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(5)  # Pages come first.
    try:
        _VERBS[told["verb"]](_job(told), told, teller)
    except TracksideError as error:
        # Without the place, which may be a path of the server's own.
        teller.say(problem={"what": error.what, "fix": error.fix})
    except MemoryError:
        teller.say(problem={"what": "there is too little memory for this data set", "fix": "check a part of it"})


def _job(told: dict[str, Any]) -> Job:
    return Job(Path(told["root"]), Path(told["work"]), tuple(map(Path, told["tops"])), told["name"], told["format"])


def _check(job: Job, told: dict[str, Any], teller: Teller) -> None:
    if "room" in told:
        make_ready(job.root, told["room"], teller.say)
    do(job, tuple(told["only"]), told["features"], teller.say)


def _export(job: Job, told: dict[str, Any], teller: Teller) -> None:
    teller.say(written=export(job, told["to"], Path(told["out"])))


def _import(job: Job, told: dict[str, Any], teller: Teller) -> None:
    teller.say(taken=take_in(job, Path(told["file"])))


_VERBS: dict[str, Callable[[Job, dict[str, Any], Teller], None]] = {"check": _check, "export": _export, "import": _import}


def _own_output() -> IO[str]:
    """Standard output for messages alone: whatever libraries print goes to standard error."""
    own = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return own


def _watch_server() -> None:
    """Wait until the pipe from the server closes, then end."""
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    main()
