"""A file that is played as if it were a camera."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from trackside.core import InputError
from trackside.media.live.address import Address
from trackside.media.live.arriving import frame_rate
from trackside.media.live.clock import LiveClock
from trackside.media.live.hardware import accelerator
from trackside.media.live.settings import LiveSettings
from trackside.media.probing import open_container, video_stream

# How far a packet may lie before a wanted moment and yet hold its picture.
_SOON = 1e-3


class Playback:
    """A file that is played as if it were a camera: on the wall clock, again and again.

    Reading runs ahead only as far as nobody can tell: the packets between two wanted pictures are decoded together.

    Args:
        address: of the file, with its speed.
        settings: `loop` counts here.
        stop: ends it.
        next_wanted: the media time of the next picture that is wanted.

    Raises:
        InputError: as `trackside.media.probe`.
    """

    most_behind = 2.0

    def __init__(
        self, address: Address, settings: LiveSettings, stop: threading.Event, next_wanted: Callable[[], float]
    ) -> None:
        self._path, self._speed = Path(address.url), address.speed
        self._settings, self._stop, self._next_wanted = settings, stop, next_wanted
        self._container: Any = None
        self._demuxed: Iterator[Any] = iter(())
        self._first: int | None = None
        self._open()
        self._began: tuple[float, float] | None = None
        self._late = 0.0
        self.clock = LiveClock(self.stream.time_base or 1, 1 / frame_rate(self.stream))

    def packets(self) -> Iterator[tuple[Any, float] | None]:
        """The packets when they are due."""
        while not self._stop.is_set():
            for packet in self._round():
                time = self.clock.packet(packet.pts, None)
                if not self._wait_for(time):
                    return
                yield packet, time
            yield None
            if not self._settings.loop:
                return
            self._rewind()
            self.clock.join()

    def _round(self) -> Iterator[Any]:
        """The packets of one time through the file, as far as it can be read."""
        import av

        with contextlib.suppress(av.error.FFmpegError):
            for packet in self._demuxed:
                if packet.size == 0:
                    return
                if self._first is None:
                    self._first = packet.pts
                yield packet

    def _rewind(self) -> None:
        """Back to the start: by seeking, which takes no time, or by opening anew where that leads elsewhere."""
        import av

        try:
            self._container.seek(self._first, stream=self.stream, backward=True)
            self._demuxed = self._container.demux(self.stream)
            first = next(self._demuxed)
            if first.pts == self._first and first.is_keyframe:
                self._demuxed = itertools.chain([first], self._demuxed)
                return
        except (av.error.FFmpegError, TypeError, StopIteration):
            pass
        self._container.close()
        self._open()

    def wall_of(self, arrival: float, media: float) -> float:
        """When it was due."""
        return self._due(media) + time.time() - time.monotonic()

    def behind(self, media: float) -> float:
        """Against the time at which it was due."""
        self._late = max(time.monotonic() - self._due(media), 0.0)
        return self._late

    def forgive(self) -> None:
        """Play on from here: this machine cannot play it at that speed."""
        if self._began is not None:
            self._began = self._began[0], self._began[1] + self._late

    def wait_until_due(self, media: float) -> bool:
        """Sleep until a picture's time. False when stopped."""
        wait = self._due(media) - time.monotonic()
        return not (self._stop.wait(wait) if wait > 0 else self._stop.is_set())

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def _open(self) -> None:
        self._container = open_container(self._path)
        if self._settings.hardware == "auto" and (device := accelerator()) is not None:
            import av

            self._container.close()
            self._container = av.open(f"file:{self._path}", metadata_errors="replace", hwaccel=device)
        try:
            self.stream = video_stream(self._container, self._path)
        except InputError:
            self._container.close()
            raise
        self._demuxed = self._container.demux(self.stream)
        self._first = None

    def _wait_for(self, media: float) -> bool:
        """Before a packet that may hold the next wanted picture: sleep until that picture is due."""
        wanted = self._next_wanted()
        return not self._stop.is_set() if media < wanted - _SOON else self.wait_until_due(min(media, wanted))

    def _due(self, media: float) -> float:
        if self._began is None:
            self._began = media, time.monotonic()
        return self._began[1] + (media - self._began[0]) / self._speed
