"""Having something done with an uploaded network in a process of its own, with a limit on its time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal

from trackside.server.problems import Refused

SECONDS = 90.0
_MOST_PIXELS = "100000000"


def ask(verb: Literal["read", "trial", "install"], *paths: Path, seconds: float | None = None) -> dict[str, Any]:
    """What the child answers.

    Args:
        verb: what to do.
        paths: with what.
        seconds: after which it is stopped.

    Raises:
        Refused: 422, the network cannot be used, crashed its process or took too long.
    """
    command = [sys.executable, "-m", "trackside.server.packages.child", verb, *(str(path.resolve()) for path in paths)]
    environment = {**os.environ, "OPENCV_IO_MAX_IMAGE_PIXELS": _MOST_PIXELS}
    limit = SECONDS if seconds is None else seconds
    try:
        done = subprocess.run(
            command, capture_output=True, stdin=subprocess.DEVNULL, timeout=limit, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        raise Refused(422, f"the network took more than {limit:g} seconds", "use a smaller network") from None
    return _answer(done.stdout)


def _answer(said: bytes) -> dict[str, Any]:
    try:
        found = json.loads(said.splitlines()[-1])
    except (ValueError, IndexError):
        raise Refused(422, "the network crashed the program that reads it", "export it again, or use another one") from None
    if "problem" in found:
        raise Refused(422, found["problem"], found["fix"])
    return dict(found)
