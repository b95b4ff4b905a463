"""Frames that were asked for lately. Whoever draws a zone moves to and fro over the same moments."""

from __future__ import annotations

import threading
from collections import OrderedDict

from trackside.server.context import Site
from trackside.server.videos.pictures import jpeg_at
from trackside.server.videos.tables import VideoRow

_MOST_BYTES = 64 << 20
Key = tuple[str, float, int]


class FrameCache:
    """JPEGs by video, moment and width; the ones longest unused go first.

    Args:
        most: bytes kept at most.
    """

    def __init__(self, most: int = _MOST_BYTES) -> None:
        self._most, self._bytes = most, 0
        self._kept: OrderedDict[Key, tuple[bytes, float]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, site: Site, video: VideoRow, time: float, width: int) -> tuple[bytes, float]:
        """A frame as JPEG, and its exact media time. Raises InputError if it cannot be decoded."""
        key = video.key, round(time, 3), min(width, video.width or width)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        with site.files.local(video.key) as path:
            made = jpeg_at(path, time, width)
        self._keep(key, made)
        return made

    def _keep(self, key: Key, made: tuple[bytes, float]) -> None:
        with self._lock:
            if key not in self._kept:
                self._bytes += len(made[0])
            self._kept[key] = made
            while self._bytes > self._most and len(self._kept) > 1:
                _, (old, _) = self._kept.popitem(last=False)
                self._bytes -= len(old)


FRAMES = FrameCache()
