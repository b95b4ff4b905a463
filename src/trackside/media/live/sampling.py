"""From packets to the pictures that are wanted: decoding, choosing, and touching nothing else.

The inner loop of a live source, apart from where its packets come from, so that it can be measured and tested by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from trackside.core import Record
from trackside.media.decoding import PlaneMaker
from trackside.media.grid import TIME_SLACK, Grid
from trackside.media.live.clock import LiveClock
from trackside.media.live.settings import Effort, LiveCounts, LiveSettings
from trackside.media.live.thrift import Thrift, slack

# Packets that are passed over in search of a first key frame. Some cameras refresh their picture in stripes and never send
# one: their packets are then decoded as they come.
_MOST_BEFORE_KEY = 600


class Sampler:
    """Decodes packets on one thread and gives out the frames on a grid of media time; the others never become arrays.

    Args:
        settings: `every` and `decode` count here.
        clock: the source's media time.
        source: the records' source.
        counts: counted into.
        wall_of: the wall clock of capture for an arrival on the clock's time, and a media time.

    Attributes:
        effort: how much is decoded from now on; another thread may set it.
    """

    def __init__(
        self,
        settings: LiveSettings,
        clock: LiveClock,
        source: str,
        counts: LiveCounts,
        wall_of: Callable[[float, float], float] = lambda arrival, time: arrival,
    ) -> None:
        self.next_wanted, self.pixel_format = 0.0, ""
        self.effort: Effort = "all"
        self._made_with: Effort = "all"
        self.clock = clock
        self._every, self._slack = settings.every, slack(settings.every)
        self._grid = Grid(settings.every, 0.0, None)
        self._thrift = Thrift(settings.every) if settings.decode == "thrifty" else None
        self._source, self._counts, self._wall_of = source, counts, wall_of
        self._maker = PlaneMaker()
        self._context: Any = None
        self._before_key = 0

    def attach(self, stream: Any) -> None:
        """Take the packets of this `av` stream from now on. Waits for a key frame."""
        self._before_key = 1
        if self._context is stream.codec_context:
            return
        self._context = stream.codec_context
        # Two hundred streams on a few cores: threads of their own would only wait for each other.
        self._context.thread_count = 1
        if self._thrift is not None:
            self._thrift.prepare(self._context)

    def wait_for_key(self) -> None:
        """Forget what the decoder holds; go on at the next key frame."""
        self._context.flush_buffers()
        self._before_key = 1

    def take(self, packet: Any, time: float) -> Iterator[Record]:
        """Decode a packet; the pictures that are wanted, if any come out.

        Args:
            packet: an `av.Packet`.
            time: its media time, as the clock told.
        """
        if self._before_key and not self._has_key(packet):
            return
        thrift, context = self._thrift, self._context
        if self.effort != self._made_with:
            self._change_effort()
            if self._before_key and not self._has_key(packet):
                return
        if self._made_with == "key frames":
            yield from self._key_alone(packet)
        elif thrift is None:
            yield from self._chosen(self._decoded(packet))
        elif thrift.takes(packet, time, context):
            yield from self._chosen(self._decoded(packet))
            if thrift.keys_only:
                # A decoder that puts B-frames in order would hold the key frame back until the next one.
                yield from self.finish()

    def _change_effort(self) -> None:
        """What follows key frames alone refers to frames that were never decoded: the next key frame is waited for."""
        if self._made_with == "key frames":
            self._before_key = 1
        self._made_with = self.effort
        if self._thrift is None:
            self._context.skip_frame = "NONREF" if self._made_with == "references" else "DEFAULT"

    def _key_alone(self, packet: Any) -> Iterator[Record]:
        """Decode key frames and pass all others over."""
        if not packet.is_keyframe:
            self._counts.skipped += 1
            return
        self._context.skip_frame = "DEFAULT"
        yield from self._chosen(self._decoded(packet))
        yield from self.finish()

    def finish(self) -> Iterator[Record]:
        """What the decoder still holds; it can begin anew afterwards."""
        if not self._context.is_open:
            return
        yield from self._chosen(self._decoded(None))
        self._context.flush_buffers()

    def _has_key(self, packet: Any) -> bool:
        self._before_key += 1
        if packet.is_keyframe or self._before_key > _MOST_BEFORE_KEY:
            self._before_key = 0
        return not self._before_key

    def _decoded(self, packet: Any) -> list[Any]:
        import av

        try:
            return self._context.decode(packet)  # type: ignore[no-any-return]
        except av.error.FFmpegError:
            self._counts.corrupt += 1
            return []

    def _chosen(self, frames: list[Any]) -> Iterator[Record]:
        counts, clock = self._counts, self.clock
        for frame in frames:
            counts.decoded += 1
            time = clock.frame(frame.pts)
            counts.corrupt += bool(frame.is_corrupt)
            if not self._grid.takes(time + self._slack):
                continue
            if self._every > 0:
                self.next_wanted = ((time + self._slack + TIME_SLACK) // self._every + 1) * self._every - self._slack
            counts.given += 1
            self.pixel_format = self.pixel_format or frame.format.name
            picture = self._maker.frame(frame, counts.decoded - 1, time)
            wall = self._wall_of(clock.arrival(frame.pts), time)
            yield Record(self._source, counts.decoded - 1, time, picture, wall)
