"""Work that takes cores and memory, a few at a time; whoever waits for a turn holds no thread.

All endpoints share one pool of threads. Were frames decoded, or tables read, in as many threads as ask for them, some people
who move through long videos would keep everybody else from as much as seeing a list.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

from anyio import CapacityLimiter
from anyio.to_thread import run_sync

P = ParamSpec("P")
R = TypeVar("R")
# Each piece of work uses several cores, and up to some hundred megabytes.
_AT_ONCE = 4


class Turns:
    """Turns at heavy work, first come, first served.

    Args:
        at_once: pieces of work at the same time.
    """

    def __init__(self, at_once: int = _AT_ONCE) -> None:
        self._limiter = CapacityLimiter(at_once)

    async def do(self, work: Callable[P, R], *args: P.args, **more: P.kwargs) -> R:
        """Do it in a thread as soon as it is its turn, and give what it gives."""
        return await run_sync(partial(work, *args, **more), limiter=self._limiter)
