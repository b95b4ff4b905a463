"""Handing alarms to the driver's callbacks, one after the other; one that raises is called again, later and later.

What has arrived and not been handled stays here even if its host dies; the hosts keep the rest until there is room.
"""

from __future__ import annotations

import heapq
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from trackside.pipelines.live import CameraAlarm, CameraHealth

log = logging.getLogger("trackside.live")

# Alarms that the driver holds; each has a picture of some megabytes.
MOST_HELD = 100
# Seconds before each new try; the last one from then on.
WAITS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)

OnAlarm = Callable[[CameraAlarm], None]
OnState = Callable[[CameraHealth], None]


@dataclass(order=True, slots=True)
class _Held:
    due: float
    number: int
    tell: Callable[[], None] = field(compare=False)
    done: Callable[[], None] = field(compare=False)
    tries: int = field(default=0, compare=False)


class Delivery:
    """One thread that calls callbacks.

    Args:
        on_alarm: told of raised alarms.
        on_refused: told of refused events.
        on_state: told of changes of state; not called again if it raises.
    """

    def __init__(self, on_alarm: OnAlarm, on_refused: OnAlarm | None, on_state: OnState | None) -> None:
        self._on_alarm, self._on_refused, self._on_state = on_alarm, on_refused, on_state
        self._changed = threading.Condition()
        self._held: list[_Held] = []
        self._alarms = 0
        self._numbers = count()
        self._over = False
        self._thread = threading.Thread(target=self._run, name="alarms", daemon=True)
        self._thread.start()

    @property
    def room(self) -> int:
        """Alarms that may come now."""
        with self._changed:
            return max(0, MOST_HELD - self._alarms)

    def alarm(self, alarm: CameraAlarm, *, refused: bool, done: Callable[[], None]) -> None:
        """Hand on an alarm; `done` is called once that has worked."""
        tell = self._on_refused if refused else self._on_alarm

        def handled() -> None:
            with self._changed:
                self._alarms -= 1
            done()

        with self._changed:
            self._alarms += 1
        self._put(lambda: tell(alarm) if tell is not None else None, handled)

    def state(self, health: CameraHealth) -> None:
        """Hand on a change of state."""
        on_state = self._on_state
        if on_state is None:
            return

        def tell() -> None:
            try:
                on_state(health)
            except Exception as error:
                log.warning("a listener of camera states failed (%s: %s)", type(error).__name__, error)

        self._put(tell, lambda: None)

    def close(self, timeout: float = 5.0) -> int:
        """Hand on what is due, and end. Returns how many alarms were not handled."""
        with self._changed:
            self._over = True
            self._changed.notify_all()
        self._thread.join(timeout)
        return self._alarms

    def _put(self, tell: Callable[[], None], done: Callable[[], None]) -> None:
        with self._changed:
            heapq.heappush(self._held, _Held(time.monotonic(), next(self._numbers), tell, done))
            self._changed.notify_all()

    def _run(self) -> None:
        while (held := self._next()) is not None:
            try:
                held.tell()
            except Exception as error:
                self._again(held, error)
            else:
                held.done()

    def _next(self) -> _Held | None:
        """Wait for what is due; None at the end, once everything that has not failed yet is handed on."""
        with self._changed:
            while True:
                now = time.monotonic()
                if self._held and self._held[0].due <= now:
                    return heapq.heappop(self._held)
                if self._over:
                    return None
                self._changed.wait(self._held[0].due - now if self._held else None)

    def _again(self, held: _Held, error: Exception) -> None:
        wait = WAITS[min(held.tries, len(WAITS) - 1)]
        log.warning("an alarm could not be handed on (%s: %s); again in %.1f s", type(error).__name__, error, wait)
        held.due, held.tries = time.monotonic() + wait, held.tries + 1
        with self._changed:
            heapq.heappush(self._held, held)
