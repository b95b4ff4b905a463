"""Newest pictures as JPEG: encoded once for all who look, asked for again only when it is time."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from trackside.core import RGB
from trackside.server.videos.pictures import jpeg_of

# Seconds for which one picture serves everybody, and pictures that are kept.
FRESH = 0.2
_MOST = 256
Key = tuple[str, bool, int]


@dataclass(frozen=True, slots=True)
class Jpeg:
    """A picture with the moment at which it was made and a tag that another content does not have."""

    data: bytes
    tag: str
    made: float


class PictureCache:
    """JPEGs by camera, boxes and width.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._made: OrderedDict[Key, Jpeg] = OrderedDict()
        self._turns: dict[Key, threading.Lock] = {}

    def get(self, key: Key, picture: Callable[[], RGB | None]) -> Jpeg | None:
        """The JPEG of a key; made anew from `picture` if the last one is older than `FRESH` seconds.

        Of many who ask at the same time, one makes it.
        """
        with self._lock:
            turn = self._turns.setdefault(key, threading.Lock())
        with turn:
            with self._lock:
                kept = self._made.get(key)
            if kept is not None and self._clock() - kept.made < FRESH:
                return kept
            pixels = picture()
            if pixels is None:
                return None
            data = jpeg_of(pixels, key[2])
            fresh = Jpeg(data, hashlib.sha256(data).hexdigest()[:24], self._clock())
            self._keep(key, fresh)
            return fresh

    def _keep(self, key: Key, fresh: Jpeg) -> None:
        with self._lock:
            self._made[key] = fresh
            self._made.move_to_end(key)
            while len(self._made) > _MOST:
                gone, _ = self._made.popitem(last=False)
                self._turns.pop(gone, None)
