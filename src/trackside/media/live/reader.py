"""Reading a live source: its pictures on a grid of media time, its packets for clips, and an end to waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from trackside.core import InputError, Record
from trackside.media.live.address import Address, parse_address
from trackside.media.live.arriving import Arrivals, Camera, frame_rate
from trackside.media.live.hardware import decoder_name
from trackside.media.live.keeping import Keeper
from trackside.media.live.playing import Playback
from trackside.media.live.sampling import Sampler
from trackside.media.live.settings import Effort, LiveCounts, LiveInfo, LiveSettings

# Seconds in which packets come and none can be decoded, after which it is said: cameras that save send a key frame at least
# so often.
_BLIND = 30.0
# Seconds of passing packets over after which it must have helped by so many seconds.
_PATIENCE, _HELPED = 1.0, 0.25
# Seconds that closing waits for a read in progress. Where that takes longer, the reading thread lets go by itself.
_CLOSING = 0.005


def open_live(address: str, settings: LiveSettings, *, source: str, stop: threading.Event | None = None) -> LiveReader:
    """Connect to a live source.

    Args:
        address: `rtsp://`, `rtmp://`, `http(s)://` (also HLS, motion JPEG), `webcam:0`, `/dev/video0`; a path or
            `file:PATH?speed=2` plays a file as if it were a camera.
        settings: how to read it.
        source: the records' source: the camera's name.
        stop: set it from another thread to give up, also while connecting.

    Raises:
        InputError: it is refused, unreachable, silent, no video. Addresses are shown without passwords.
        SettingError: the speed of a file is none.
    """
    return LiveReader(parse_address(address), settings, source, stop or threading.Event())


class LiveReader:
    """The pictures of a live source as records: `data` is a `Frame`, `time` media time from the first packet on, never
    going back, `wall` the wall clock at which its packet came (for files: at which it was due).

    One thread iterates; any thread may read `info` and `counts`, save clips and close. Iteration ends when the reader is
    closed, or with the file where that is not looped.

    Attributes:
        counts: what was seen so far.

    Raises:
        InputError: on opening as `open_live`; on iterating when the source stalls, ends, or sends what cannot be decoded.
    """

    def __init__(self, address: Address, settings: LiveSettings, source: str, stop: threading.Event) -> None:
        self.counts = LiveCounts()
        self._address, self._settings, self._stop = address, settings, stop
        self._lock = threading.Lock()
        self._is_closed = False
        self._keeper = Keeper(settings.keep, address.title)
        self._playback: Playback | None = None
        arrivals: Arrivals
        if address.kind == "file":
            arrivals = self._playback = Playback(address, settings, stop, lambda: self._sampler.next_wanted)
        else:
            arrivals = Camera(address, settings, stop)
        self._arrivals = arrivals
        self._sampler = Sampler(settings, arrivals.clock, source, self.counts, arrivals.wall_of)
        self._is_catching_up, self._late_since = False, (0.0, 0.0)
        self._seen = time.monotonic(), 0
        self._attach()
        self.info = self._describe()
        self._records = self._guarded()

    def __iter__(self) -> Iterator[Record]:
        return self._records

    @property
    def effort(self) -> Effort:
        """How much is decoded. Set it from any thread; after key frames alone, the next one is waited for."""
        return self._sampler.effort

    @effort.setter
    def effort(self, effort: Effort) -> None:
        self._sampler.effort = effort

    def close(self) -> None:
        """Let go of the source. Returns at once; iteration ends, within about 0.2 s also where it waits for a silent camera.

        From any thread. Clips can still be saved.
        """
        self._stop.set()
        if self._lock.acquire(timeout=_CLOSING):
            try:
                self._let_go()
            finally:
                self._lock.release()

    def save_clip(self, path: Path, start: float, end: float) -> float:
        """Write what was kept of a stretch of media time as MP4, as the camera coded it, from the key frame before.

        Args:
            path: the file.
            start: media time in seconds.
            end: likewise.

        Returns:
            The media time of the clip's first picture.

        Raises:
            InputError: nothing is kept of it.
            OutputError: the file cannot be written.
        """
        return self._keeper.save(Path(path), start, end)

    def _guarded(self) -> Iterator[Record]:
        """The records; whoever is at work holds the lock, so that nothing is closed under its hands."""
        records = self._read()
        try:
            while True:
                with self._lock:
                    record = None if self._is_closed else next(records, None)
                    if record is None or self._stop.is_set():
                        self._let_go()
                        return
                yield record
        except BaseException:
            with self._lock:
                self._let_go()
            raise

    def _let_go(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            self._arrivals.close()

    def _read(self) -> Iterator[Record]:
        is_new = False
        for arrived in self._arrivals.packets():
            if is_new:
                self._attach()
            is_new = arrived is None
            for record in self._sampler.finish() if arrived is None else self._taken(*arrived):
                if self._playback is not None and not self._playback.wait_until_due(record.time):
                    return
                if self.counts.given == 1:
                    self.info = self._describe(record)
                yield record
            self._check_sight(is_over=is_new)

    def _taken(self, packet: Any, at: float) -> Iterator[Record]:
        """The wanted pictures that a packet brings."""
        counts, is_key = self.counts, packet.is_keyframe
        counts.packets += 1
        counts.bytes += packet.size
        counts.key_frames += is_key
        counts.references += not packet.is_disposable
        counts.corrupt += packet.is_corrupt
        counts.mended = self._arrivals.clock.mended
        counts.behind = self._arrivals.behind(at)
        if self._settings.keep > 0:
            self._keeper.add(packet, at)
        if (self._is_catching_up or counts.behind > self._arrivals.most_behind) and self._passes_over(is_key):
            counts.skipped += 1
            return iter(())
        return self._sampler.take(packet, at)

    def _passes_over(self, is_key: bool) -> bool:
        """Whether to leave a packet undecoded, because those that wait behind it are what is happening now.

        So until a key frame that is up to date. Where passing over does not help, the camera's clock goes wrong, not we.
        """
        behind, now = self.counts.behind, time.monotonic()
        if not self._is_catching_up:
            self._is_catching_up, self._late_since = True, (now, behind)
            self._sampler.wait_for_key()
        if not is_key:
            return True
        began, was_behind = self._late_since
        is_in_vain = now - began > _PATIENCE and behind > was_behind - _HELPED
        if is_in_vain:
            self._arrivals.forgive()
        self._is_catching_up = not is_in_vain and behind > self._arrivals.most_behind / 2
        return self._is_catching_up

    def _check_sight(self, is_over: bool) -> None:
        """Give up on a source of which nothing can be decoded: for long, or a whole file."""
        now = time.monotonic()
        if self.counts.decoded != self._seen[1] or (self._is_catching_up and not is_over):
            self._seen = now, self.counts.decoded
        elif (is_over and self.counts.decoded == 0) or now - self._seen[0] > max(_BLIND, 3 * self._settings.every):
            what = "nothing that it sends can be decoded"
            raise InputError(what, where=self._address.title, fix="look at it in a player, or restart the camera")

    def _attach(self) -> None:
        self._sampler.attach(self._arrivals.stream)
        if self._settings.keep > 0:
            self._keeper.attach(self._arrivals.stream)

    def _describe(self, first: Record | None = None) -> LiveInfo:
        """What is known of the source; sizes as shown once there is a first picture."""
        stream = self._arrivals.stream
        context = stream.codec_context
        height, width = first.data.shape[:2] if first is not None else (context.height, context.width)
        wanted = self._settings.hardware == "auto"
        decoder = decoder_name(context, wanted, self._sampler.pixel_format)
        return LiveInfo(self._address.title, width, height, frame_rate(stream), str(context.name), decoder)
