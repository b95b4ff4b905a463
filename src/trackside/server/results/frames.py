"""Frames of a result's video at moments of media time; the newest asked for are kept."""

from __future__ import annotations

import threading
from collections import OrderedDict

from trackside.core import InputError
from trackside.server.context import Site
from trackside.server.problems import missing
from trackside.server.results.copies import copies_of
from trackside.server.results.finding import Result
from trackside.server.videos.pictures import jpeg_at

NAME = "frames"
_MOST_BYTES = 32 << 20
Key = tuple[str, str, float, int]


class Recent:
    """The newest pictures, up to so many bytes together."""

    def __init__(self, most: int = _MOST_BYTES) -> None:
        self._most = most
        self._bytes = 0
        self._held: OrderedDict[Key, tuple[bytes, float]] = OrderedDict()
        self._lock = threading.Lock()

    def start(self) -> None:
        """Nothing."""

    def stop(self) -> None:
        """Forget all."""
        with self._lock:
            self._held.clear()
            self._bytes = 0

    def get(self, key: Key) -> tuple[bytes, float] | None:
        """The picture and its media time, if it is still here."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: Key, picture: tuple[bytes, float]) -> None:
        """Keep a picture; the oldest go."""
        with self._lock:
            self._bytes += len(picture[0]) - len(self._held.pop(key, (b"", 0.0))[0])
            self._held[key] = picture
            while self._bytes > self._most:
                _, (gone, _) = self._held.popitem(last=False)
                self._bytes -= len(gone)


def recent_of(site: Site) -> Recent:
    """The pictures that a site keeps."""
    found: Recent = site.services.setdefault(NAME, Recent())
    return found


def frame_at(result: Result, time: float, width: int) -> tuple[bytes, float]:
    """The frame of the annotated video (of the source if none was written) at a moment, as JPEG, and its media time.

    Raises:
        Refused: 404, both videos are gone.
        InputError: it cannot be decoded.
    """
    video, start = _video(result)
    try:
        tag = result.site.files.stat(video).tag
    except InputError:
        raise missing("video") from None
    key = (video, tag, round(time, 3), width)
    held = recent_of(result.site).get(key)
    if held is None:
        with copies_of(result.site).local(video) as path:
            picture, shown = jpeg_at(path, max(0.0, time - start), width)
        held = picture, shown + start
        recent_of(result.site).put(key, held)
    return held


def _video(result: Result) -> tuple[str, float]:
    """The video's key, and the media time of its first frame."""
    if result.annotated:
        return result.files[result.annotated], result.start
    if result.source is None or not result.source.key:
        raise missing("video")
    return result.source.key, 0.0
