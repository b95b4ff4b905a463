"""Reading a video: on FFmpeg's threads, at exact presentation times, past damage, from anywhere, as sparsely as wished."""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any, Protocol, Self

from trackside.core import InputError, Record
from trackside.media.decoding import PlaneMaker
from trackside.media.grid import TIME_SLACK, Grid
from trackside.media.probing import VideoInfo, open_container, probe, video_stream
from trackside.media.troubles import Clock, Damage

# Containers that can be read no further at one place mostly can behind it: so often in a row is it tried again.
_MOST_FAILURES = 8
# The last frame may lie so much before the length that the file tells (a last frame that stands for long, a rounded length).
_LAST_FRAMES, _LAST_SHARE = 2, 0.05


class MediaReader(Protocol):
    """What the engine reads: a video or images."""

    info: VideoInfo
    problems: list[str]

    @property
    def position(self) -> float:
        """How much of what is asked for has been read, 0 to 1."""
        ...

    def __iter__(self) -> Iterator[Record]:
        """The records, each once."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class VideoReader:
    """The frames of a video as records: `data` is a `Frame`, `time` its presentation time less that of the first frame.

    `index` counts decoded frames from 0. After a jump (`start` above 0) it begins at the jump's time times the average
    frame rate, which is exact for constant rates. Damaged parts are passed over and told in `problems`, which is complete
    when the iteration has ended. The records come once: a second iteration goes on where the first one stopped.

    The frames are the same whatever the number of threads.

    Args:
        path: the file.
        every: least seconds between two frames that are given out (on a grid); 0 for all. Others are decoded, never
            converted.
        start: seconds; found by seeking to the key frame before it and decoding up to it.
        end: seconds; None for the end.
        threads: FFmpeg's decoding threads; None for one a core.
        source: the records' source; the file's name without suffix if empty.

    Raises:
        InputError: as `probe`.
        SettingError: as `Grid`.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        every: float = 0.0,
        start: float = 0.0,
        end: float | None = None,
        threads: int | None = None,
        source: str = "",
    ) -> None:
        self._grid = Grid(every, start, end)
        self.info = probe(path)
        self.problems: list[str] = []
        self._source = source or self.info.path.stem
        self._start = start
        self._threads = threads or 0
        self._lock = threading.Lock()
        self._container: Any = None
        self._stream: Any = None
        self._packets: Iterator[Any] | None = None
        self._damage = Damage()
        self._failures = 0
        self._open()
        self._records = self._read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file and the decoder's threads; iteration ends. Also from another thread."""
        with self._lock:
            if self._container is not None:
                self._container.close()
            # Both keep the decoder, and the decoder its threads.
            self._container = self._stream = self._packets = None

    @property
    def position(self) -> float:
        """How much of what is asked for has been read, 0 to 1; 0 while the length is unknown."""
        end = min(limit for limit in (self._grid.end, self.info.duration, math.inf) if limit is not None)
        last = self._clock.last
        if last is None or end == math.inf:
            return 0.0
        return min(max((last - self._start) / max(end - self._start, 1 / self.info.fps), 0.0), 1.0)

    def __iter__(self) -> Iterator[Record]:
        return self._records

    def shown(self, *, patience: float = math.inf) -> Record:
        """The frame on display at `start`: the last one that is not later, or the video's last one. Instead of iterating.

        Args:
            patience: seconds of decoding after which it is given up. Without key frames, all frames before must be decoded.

        Raises:
            InputError: no frame can be decoded there, or not in that time.
        """
        end = monotonic() + patience
        found: tuple[int, float, Any] | None = None
        for index, frame in self._frames():
            time = self._clock.time_of(frame)
            if found is not None and time > self._start + TIME_SLACK:
                break
            if monotonic() > end:
                fix = "export the video again, with a key frame every few seconds"
                raise InputError(f"finding that frame takes more than {patience:g} s", where=str(self.info.path), fix=fix)
            found = index, time, frame
        if found is None:
            raise InputError("no frame could be decoded", where=str(self.info.path), fix="choose another moment")
        index, time, frame = found
        return Record(self._source, index, time, PlaneMaker().frame(frame, index, time))

    def _read(self) -> Iterator[Record]:
        maker, count, seen, is_whole = PlaneMaker(), 0, 0, True
        for index, frame in self._frames():
            time = self._clock.time_of(frame)
            seen += 1
            if self._grid.is_over(time):
                is_whole = False
                break
            if frame.is_corrupt and time >= self._start:
                self._damage.shown(time)
            if self._grid.takes(time):
                count += 1
                yield Record(self._source, index, time, maker.frame(frame, index, time))
        if self._container is not None:
            self._tell_problems(count, seen, is_whole)

    def _open(self) -> None:
        self._container = open_container(self.info.path)
        self._stream = video_stream(self._container, self.info.path)
        self._stream.thread_type = "AUTO"
        self._stream.codec_context.thread_count = self._threads
        self._clock = Clock(self.info, self._stream.time_base)
        self._promised = self._stream.frames  # 0 where the container does not count them

    def _frames(self) -> Iterator[tuple[int, Any]]:
        """Decoded frames with their numbers, from the key frame before the start.

        Some containers are sought by the order of decoding, or land between key frames, and then come out too late; these
        are sought again from further back, and in the end read from their beginning.
        """
        back = 0.0
        while back < self._start:
            frames = self._sought(self._start - back)
            first = next(frames, None)
            if first is not None and self._clock.peek(first) <= self._start + TIME_SLACK:
                return enumerate(itertools.chain([first], frames), round(self._clock.peek(first) * self.info.fps))
            back = 2 * back or 1.0
        if self._start > 0:
            self.close()
            self._open()
        return enumerate(self._decoded())

    def _sought(self, time: float) -> Iterator[Any]:
        import av

        self._damage = Damage()
        try:
            offset = int(time / self._stream.time_base) + self.info.first_pts
            self._container.seek(offset, stream=self._stream, backward=True)
        except (av.error.FFmpegError, OverflowError):
            return iter(())
        return self._decoded()

    def _decoded(self) -> Iterator[Any]:
        """Decoded frames in the order of display, as far as the decoder knows it."""
        frames: list[Any] | None = []
        self._packets = self._container.demux(self._stream)
        while frames is not None:
            yield from frames
            with self._lock:
                frames = self._next_frames()

    def _next_frames(self) -> list[Any] | None:
        """What the next packet gives; None after the last, or when closed."""
        import av

        if self._packets is None:
            return None
        try:
            packet = next(self._packets, None)
        except av.error.FFmpegError:
            return self._after_failure()
        self._failures = 0
        if packet is None:
            return None
        if packet.is_corrupt:
            self._damage.after(self._clock.last)
        try:
            return list(packet.decode())
        except av.error.FFmpegError:
            self._damage.after(self._clock.last)
            return []

    def _after_failure(self) -> list[Any] | None:
        """Where the file cannot be read on: try behind it, and in the end take what the decoder still holds."""
        if self._failures == 0:
            self._damage.after(self._clock.last)
        self._failures += 1
        is_given_up = self._failures > _MOST_FAILURES
        self._packets = iter(()) if is_given_up else self._container.demux(self._stream)
        return self._rest() if is_given_up else []

    def _rest(self) -> list[Any]:
        """What the decoder still holds when no more can be read."""
        import av

        try:
            return list(self._stream.decode(None))
        except av.error.FFmpegError:
            return []

    def _tell_problems(self, count: int, seen: int, is_whole: bool) -> None:
        self.problems += self._damage.told() + self._clock.told()
        last, length = self._clock.last, self.info.duration
        if last is None and self._start <= 0:
            raise InputError(
                "no frame could be decoded", where=str(self.info.path), fix="play it to see whether it is whole"
            )
        if is_whole and length and last is not None and last < (1 - _LAST_SHARE) * length - _LAST_FRAMES / self.info.fps:
            self.problems.append(f"the video ends at {last:.2f} s, although it says that it lasts {length:.2f} s")
        elif is_whole and self._start <= 0 and seen < (1 - _LAST_SHARE) * self._promised:
            listed = f"{seen} of the {self._promised} frames that it lists could be read"
            self.problems.append(f"the video is cut off or damaged: {listed}")
        if count == 0:
            self.problems.append(f"there is no frame from {self._start:g} s on")
