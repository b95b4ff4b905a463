"""The driver's end of one host: a thread that asks it once a second, and so hears of alarms, health and its death."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from trackside.pipelines.distributed.cluster import Handle, HostAway, HostDied, Machine
from trackside.pipelines.distributed.messages import Ask, News
from trackside.pipelines.distributed.options import Share
from trackside.pipelines.live import EngineHealth

log = logging.getLogger("trackside.live")

LinkState = Literal["starting", "ready", "lost", "closed"]
# Seconds for a host to come up: its process starts and loads libraries.
_START = 60.0
# Seconds without an answer after which a host is given up whose connection is broken: a process that lives keeps it.
_CUT = 2.0
# Seconds that a call may wait for news.
_WAIT = 1.0


@dataclass(slots=True)
class Received:
    """Which parcels of a host have arrived, and which of them are to be told as handled."""

    after: int = 0
    handled: list[int] = field(default_factory=list)


class Link:
    """Asks one host until it is lost or closed.

    Args:
        name: of the host.
        machine: where it is.
        share: what it may use there.
        handle: calls it.
        make_ask: says what is wanted of it now; `handled` and `after` are filled in here.
        on_news: told each answer.
        on_state: told when it is ready, and when it is lost.
        silence: seconds without an answer after which it is given up.
    """

    def __init__(
        self,
        name: str,
        machine: Machine,
        share: Share,
        handle: Handle,
        *,
        make_ask: Callable[[Link], Ask],
        on_news: Callable[[Link, News], None],
        on_state: Callable[[Link], None],
        silence: float,
    ) -> None:
        self.name, self.machine, self.share, self.handle = name, machine, share, handle
        self.state: LinkState = "starting"
        self.problem = ""
        self.since = time.time()
        self.pid = 0
        self.lost_alarms = 0
        self.suffered = 0
        self.engine: EngineHealth | None = None
        self.born = self.heard = time.monotonic()
        # Generations that were given to another host while this one may still run them: what it says of them is not heard.
        self.revoked: set[int] = set()
        self._received = Received()
        self._lock = threading.Lock()
        self._silence = silence
        self._make_ask, self._on_news, self._on_state = make_ask, on_news, on_state
        self._thread = threading.Thread(target=self._run, name=f"host-{name}", daemon=True)

    @property
    def is_over(self) -> bool:
        """Whether it was given up or closed."""
        return self.state in ("lost", "closed")

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def handled(self, number: int) -> None:
        """A parcel's callback has returned."""
        with self._lock:
            self._received.handled.append(number)

    def call(self, method: str, *arguments: Any, timeout: float) -> Any:
        """Call the host; the wait ends when the host is lost. Raises HostAway, HostDied."""
        if self.is_over:
            raise HostDied(self.problem)
        return self.handle.call(method, *arguments, timeout=timeout)

    def lose(self, problem: str) -> None:
        """Give the host up and end its process. Nothing that it says afterwards counts. Does so once."""
        with self._lock:
            if self.is_over:
                return
            self._set("lost", problem)
        self.handle.kill()
        self._on_state(self)

    def close(self) -> None:
        """End the host in good order."""
        with self._lock:
            if self.is_over:
                return
            self._set("closed", "")
        try:
            self.handle.call("close", timeout=15.0)
        except (HostAway, HostDied):
            pass
        finally:
            self.handle.kill()
        self._thread.join(timeout=2.0)

    def _set(self, state: LinkState, problem: str) -> None:
        self.state, self.problem, self.since = state, problem, time.time()

    def _run(self) -> None:
        if self._comes_up():
            self._on_state(self)
        while not self.is_over:
            self._ask()

    def _comes_up(self) -> bool:
        try:
            _, self.pid = self.handle.call("hello", timeout=_START)
        except (HostAway, HostDied) as error:
            self.lose(f"it did not come up ({error})")
            return False
        self.heard = time.monotonic()
        with self._lock:
            if not self.is_over:
                self._set("ready", "")
        return not self.is_over

    def _ask(self) -> None:
        asked = self._make_ask(self)
        with self._lock:
            handled = tuple(self._received.handled)
        ask = Ask(asked.wanted, asked.as_of, handled, self._received.after, asked.most, _WAIT)
        try:
            news = self.handle.call("ask", ask, timeout=max(0.1, self.heard + self._silence - time.monotonic()))
        except HostDied as error:
            return self.lose(str(error))
        except HostAway as error:
            silence = time.monotonic() - self.heard
            if silence >= (min(_CUT, self._silence) if error.cut else self._silence):
                return self.lose(f"{error}, for {silence:.0f} s" if error.cut else f"it was silent for {silence:.0f} s")
            time.sleep(0.1)
            return None
        if self.is_over:
            return None
        self.heard = time.monotonic()
        with self._lock:
            del self._received.handled[: len(handled)]
        if news.parcels:
            self._received.after = news.parcels[-1].number
        self.engine = news.engine or self.engine
        if news.lost > self.lost_alarms:
            log.warning("%s let go of %d alarms that nobody took", self.name, news.lost - self.lost_alarms)
        self.lost_alarms = news.lost
        self._on_news(self, news)
        return None
