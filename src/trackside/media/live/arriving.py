"""Where packets come from, and when: a camera at its own pace."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from typing import Any, Protocol

from trackside.media.live.address import Address
from trackside.media.live.clock import LiveClock
from trackside.media.live.connecting import connect, lost
from trackside.media.live.interruption import stoppable
from trackside.media.live.settings import LiveSettings

# What comes in segments disagrees with the wall clock by as much as a segment lasts.
_TOLERANCE = {"http": 15.0}
# Formats without time stamps of their own: FFmpeg makes some up.
_STAMPLESS = ("mpjpeg", "mjpeg", "image2pipe", "jpeg_pipe")
# Seconds to wait for a first key frame. Some cameras refresh their picture in stripes and never send one.
_KEYLESS = 20.0
# Seconds by which the most punctual packet counts as less punctual with each one that follows: 1.8 s in an hour of 25 fps.
_FORGOTTEN = 2e-5


class Arrivals(Protocol):
    """A source of packets.

    Attributes:
        stream: the `av` stream that the last packet belongs to.
        clock: its media time.
        most_behind: seconds that a reader may lag before it passes packets over; None where lagging cannot be told.
    """

    stream: Any
    clock: LiveClock
    most_behind: float

    def packets(self) -> Iterator[tuple[Any, float] | None]:
        """Packets with their media times, as they come; None between the end of a file and its start.

        Raises:
            InputError: the source is lost or stalled.
        """
        ...

    def wall_of(self, arrival: float, media: float) -> float:
        """The wall clock of a picture's capture."""
        ...

    def behind(self, media: float) -> float:
        """Seconds by which a packet of this media time that was just read comes late."""
        ...

    def forgive(self) -> None:
        """Take the packet that was just read as punctual."""
        ...

    def close(self) -> None:
        """Let go. Not while another thread reads."""
        ...


class Camera:
    """A network source or webcam.

    Raises:
        InputError: as `connect`.
    """

    def __init__(self, address: Address, settings: LiveSettings, stop: threading.Event) -> None:
        self._address, self._settings, self._stop = address, settings, stop
        self._container, self.stream = connect(address, settings, stop)
        self.most_behind = max(2.0, _TOLERANCE.get(address.kind, 0.0))
        self._late = self._least = math.inf
        self._first_at: float | None = None
        self.clock = LiveClock(
            self.stream.time_base or 1,
            1 / frame_rate(self.stream),
            tolerance=self.most_behind,
            by_arrival=self._container.format.name in _STAMPLESS,
        )

    def packets(self) -> Iterator[tuple[Any, float] | None]:
        """The packets as they come."""
        import av

        demuxed = self._container.demux(self.stream)
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                with stoppable(self._stop):
                    packet = next(demuxed, None)
            except (av.error.FFmpegError, OSError) as error:
                if self._stop.is_set():
                    return
                raise lost(error, self._address, self._settings) from None
            if packet is None or packet.size == 0:
                if self._stop.is_set():
                    return
                raise lost(None, self._address, self._settings)
            arrival = time.monotonic()
            if arrival - began >= self._settings.read_timeout:
                # What FFmpeg gives out on giving up: the picture whose end it was waiting for.
                raise lost(TimeoutError(), self._address, self._settings)
            if self._is_before_key(packet, arrival):
                continue
            yield packet, self.clock.packet(packet.pts, arrival)

    def _is_before_key(self, packet: Any, arrival: float) -> bool:
        """Whether the stream's first key frame is still to come: time begins with it."""
        if self._first_at is None:
            self._first_at = arrival
        if packet.is_keyframe or arrival - self._first_at > _KEYLESS:
            self._first_at = -math.inf
        return self._first_at > -math.inf

    def wall_of(self, arrival: float, media: float) -> float:
        """When the packet came."""
        return time.time() - (time.monotonic() - arrival)

    def behind(self, media: float) -> float:
        """Against the most punctual packet so far, which is forgotten slowly: clocks drift apart by seconds a day."""
        self._late = time.monotonic() - media
        self._least = min(self._least + _FORGOTTEN, self._late)
        return self._late - self._least

    def forgive(self) -> None:
        """Measure from the last packet on."""
        self._least = self._late

    def close(self) -> None:
        """Close the connection."""
        self._container.close()


def frame_rate(stream: Any) -> float:
    """Frames a second as the stream says; 25 where it does not, or nonsense."""
    rate = float(stream.average_rate or stream.guessed_rate or 0)
    return rate if 0 < rate <= 240 else 25.0
