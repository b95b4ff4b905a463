"""The process of one job: begun with what it needs, heard line by line, ended with the server."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from trackside.core import TracksideError
from trackside.models.store import HOME
from trackside.server.context import Site
from trackside.server.datasets import places, uploaded
from trackside.server.datasets.tables import DatasetRow
from trackside.server.problems import Refused

COMMAND = (sys.executable, "-m", "trackside.server.datasets.job")
# Says, without a process, why a job cannot begin.
_SAY = (sys.executable, "-c", "import sys; print(sys.stdin.readline(), end='')")
# Seconds that a job may take to end when it is told to.
_GRACE = 10.0
# Seconds that a short job may take.
_PATIENCE = 900.0


def begin(site: Site, row: DatasetRow, command: Sequence[str] = COMMAND, **more: Any) -> subprocess.Popen[str]:
    """Begin a job. As long as its standard input is open, the server lives.

    Args:
        site: the server's belongings.
        row: the data set.
        command: what to start.
        more: what else the job needs to know; `verb` is what it does, "check" if left out.
    """
    try:
        told, command = {"verb": "check", **_told(site, row), **more}, list(command)
    except TracksideError as error:
        told, command = {"problem": {"what": error.what, "fix": error.fix}}, list(_SAY)
    environment = {**os.environ, HOME: str(site.store.root.parent)}
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, encoding="utf-8")
    assert process.stdin is not None
    # It may have died already; whoever listens will see that.
    with contextlib.suppress(OSError):
        process.stdin.write(json.dumps(told) + "\n")
        process.stdin.flush()
    return process


def asked(site: Site, row: DatasetRow, **more: Any) -> dict[str, Any]:
    """What a short job answers.

    Raises:
        Refused: 422, it cannot be done, or took too long.
    """
    process = begin(site, row, **more)
    watch = threading.Timer(_PATIENCE, process.kill)
    watch.start()
    try:
        heard = list(messages(process))
    finally:
        watch.cancel()
        end(process)
    answer = (
        heard[-1] if heard else {"problem": {"what": "it took too long, or too much memory", "fix": "use the command line"}}
    )
    if "problem" in answer:
        raise Refused(422, answer["problem"]["what"], answer["problem"]["fix"])
    return answer


def messages(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    """What it tells, until it ends. Lines that are none of ours are passed over."""
    assert process.stdout is not None
    for line in process.stdout:
        with contextlib.suppress(ValueError):
            message = json.loads(line)
            if isinstance(message, dict):
                yield message


def end(process: subprocess.Popen[str]) -> None:
    """Wait until it has ended; by force if it takes long."""
    with contextlib.suppress(OSError):
        if process.stdin is not None:
            process.stdin.close()
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _told(site: Site, row: DatasetRow) -> dict[str, Any]:
    """What a job needs to know. Raises Refused if the server may not look at the data set any more."""
    tops = [str(top) for top in places.tops_of(site, row)]
    named = {name: getattr(row, name) for name in ("name", "root", "work", "format")}
    upload = {"room": uploaded.room(site)} if row.uploaded else {}
    return {**named, **upload, "tops": tops, "only": row.wish.get("only", []), "features": row.wish.get("features", "")}
