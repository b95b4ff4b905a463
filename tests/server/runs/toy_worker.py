"""A worker process that knows the toy blocks, and can be made to die at a chosen moment, once."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from tests.pipelines import toys  # noqa: F401 - registers the toy blocks
from trackside.core import Image, Table
from trackside.core.units import Seconds
from trackside.pipelines.block import block

ROOT = Path(__file__).parents[3]
# How a supervisor starts it.
COMMAND = (
    sys.executable,
    "-c",
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); from tests.server.runs.toy_worker import main; main()",
)
# What to do before dying: "store" after the first file is put, "end" after all are, before they are written down.
DIE_AT = "TRACKSIDE_TEST_DIE_AT"
# A file that is made at the death, so that it happens once.
DIED = "TRACKSIDE_TEST_DIED"


@block("slow.mean@1")
def slow_mean(images: Image, *, pause: Seconds = 0.05) -> Table:
    """Measure slowly.

    Args:
        images: pictures.
        pause: time a picture.
    """
    time.sleep(pause)
    return Table({"n": np.array([1])})


@block("slow.poison@1")
def poison(images: Image) -> Table:
    """Kill the process, as a fault in native code does.

    Args:
        images: pictures.
    """
    os._exit(3)


def main() -> None:
    """Run a worker."""
    from trackside.server.files import Files
    from trackside.server.runs import doing, worker

    match os.environ.get(DIE_AT):
        case "store":
            _dying(Files, "take", after=True)
        case "end":
            _dying(doing, "end", after=False)
    worker.main()


def _dying(owner: Any, name: str, *, after: bool) -> None:
    original = getattr(owner, name)

    def dying(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs) if after else None
        flag = Path(os.environ[DIED])
        if not flag.exists():
            flag.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return result if after else original(*args, **kwargs)

    setattr(owner, name, dying)
