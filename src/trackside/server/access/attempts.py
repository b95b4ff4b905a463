"""Guessing made slow: after some wrong passwords for a name, or from an address, each further one doubles the wait.

An attempt counts as wrong until it has turned out right, so that many at the same time gain nothing. Somebody who has
signed in from an address before is counted apart there: strangers who guess at a name do not shut its owner out (OWASP,
Authentication Cheat Sheet, account lockout).
"""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request

from trackside.server.problems import Refused

# Wrong ones that cost nothing.
_FREE = {"name": 5, "known": 5, "address": 20}
_LONGEST = 900.0
# Seconds without a wrong one after which everything is forgiven.
_FORGOTTEN = 900.0
# Names and addresses that are remembered at most; the oldest go first.
_MOST = 10_000

Key = tuple[str, ...]


@dataclass
class _Record:
    wrong: int = 0
    until: float = 0.0
    last: float = 0.0


class Attempts:
    """Counts wrong attempts, in memory of a bounded size.

    Args:
        clock: seconds, ever rising.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._records: OrderedDict[Key, _Record] = OrderedDict()
        self._known: OrderedDict[Key, None] = OrderedDict()

    def begin(self, address: str, name: str = "") -> None:
        """Count an attempt, as wrong until `succeeded` or `cancelled`.

        Args:
            address: where it comes from.
            name: who is meant; empty if nobody.

        Raises:
            Refused: 429, too many were wrong; it was not counted.
        """
        moment = self._clock()
        with self._lock:
            keys = self._keys(address, name)
            wait = max(self._wait(key, moment) for key in keys)
            if wait > 0:
                raise _too_many(wait)
            for key in keys:
                self._count(key, moment)

    def succeeded(self, address: str, name: str = "") -> None:
        """The attempt was right: the name's wrong ones are forgiven, and it is known at this address from now on."""
        with self._lock:
            for key in self._keys(address, name):
                if key[0] == "address":
                    self._uncount(key)
                else:
                    self._records.pop(key, None)
            if name:
                self._known[(name, _network(address))] = None
                _shorten(self._known)

    def cancelled(self, address: str, name: str = "") -> None:
        """The attempt was not carried out."""
        with self._lock:
            for key in self._keys(address, name):
                self._uncount(key)

    def _keys(self, address: str, name: str) -> list[Key]:
        network = _network(address)
        keys: list[Key] = [("address", network)]
        if name:
            keys.append(("known", name, network) if (name, network) in self._known else ("name", name))
        return keys

    def _wait(self, key: Key, moment: float) -> float:
        record = self._records.get(key)
        if record is None:
            return 0.0
        if moment > max(record.until, record.last) + _FORGOTTEN:
            del self._records[key]
            return 0.0
        return record.until - moment

    def _count(self, key: Key, moment: float) -> None:
        record = self._records.setdefault(key, _Record())
        self._records.move_to_end(key)
        record.wrong += 1
        record.last = moment
        over = record.wrong - _FREE[key[0]]
        # 2 to the power of 10 seconds is more than the longest wait.
        record.until = moment + min(2.0 ** min(over, 10), _LONGEST) if over >= 0 else 0.0
        _shorten(self._records)

    def _uncount(self, key: Key) -> None:
        record = self._records.get(key)
        if record is not None:
            record.wrong -= 1
            if record.wrong < _FREE[key[0]]:
                record.until = 0.0
            if record.wrong <= 0:
                del self._records[key]


_MAKING = threading.Lock()


def attempts_of(request: Request) -> Attempts:
    """The count of the application that answers a request."""
    state = request.app.state
    with _MAKING:
        if not hasattr(state, "attempts"):
            state.attempts = Attempts()
    found: Attempts = state.attempts
    return found


def address_of(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client else ""


def _network(address: str) -> str:
    """One IPv4 address; of IPv6 the /64 that one customer has."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    return str(ipaddress.ip_network((int(parsed), 64), strict=False)) if parsed.version == 6 else address


def _shorten(kept: OrderedDict[Key, _Record] | OrderedDict[Key, None]) -> None:
    while len(kept) > _MOST:
        kept.popitem(last=False)


def _too_many(wait: float) -> Refused:
    seconds = math.ceil(wait)
    told = f"{seconds} seconds" if seconds < 120 else f"{math.ceil(seconds / 60)} minutes"
    return Refused(429, "too many wrong attempts", f"wait {told}", headers={"retry-after": str(seconds)})
