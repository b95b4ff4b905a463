"""The last seconds of what a camera sent, as it sent them, and clips of them without coding anything again."""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import threading
from collections import deque
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from trackside.core import InputError, OutputError
from trackside.core.files import cannot_write

# Bytes kept at most for one camera, whatever the seconds: 4K at 20 Mb/s for 12 s.
MOST_BYTES = 32 << 20
# Time stamps of clips, in the 90 kHz of MPEG.
_CLOCK = 90_000


@dataclass(slots=True)
class _Group:
    """A key frame and what follows it: media times and packets in the order of decoding."""

    start: float
    packets: list[tuple[float, Any]] = field(default_factory=list)
    size: int = 0


class Keeper:
    """Keeps whole groups of pictures. One thread adds, any may save clips.

    Args:
        seconds: how much to keep.
        title: the source, for errors.
        most_bytes: keep less if it is more than this.
    """

    def __init__(self, seconds: float, title: str, most_bytes: int = MOST_BYTES) -> None:
        self._seconds, self._title, self._most = seconds, title, most_bytes
        self._groups: deque[_Group] = deque()
        self._bytes = 0
        self._lock = threading.Lock()
        self._codec = ""
        self._template: Any = None
        self._holder: Any = None

    def attach(self, stream: Any) -> None:
        """Remember how the stream is coded, in memory of our own: the stream itself ends with its container."""
        import av

        self._codec = str(stream.codec_context.name)
        if self._holder is None:
            self._holder = av.open(io.BytesIO(), "w", format="mp4")
            with contextlib.suppress(ValueError):  # MP4 cannot hold it, which is told when a clip is wanted
                self._template = self._holder.add_stream_from_template(stream, opaque=True)

    def add(self, packet: Any, time: float) -> None:
        """Keep a packet.

        Args:
            packet: an `av.Packet`; it is not copied.
            time: its media time.
        """
        with self._lock:
            if packet.is_keyframe:
                self._groups.append(_Group(time))
            elif not self._groups:
                return
            group = self._groups[-1]
            group.packets.append((time, packet))
            group.size += packet.size
            self._bytes += packet.size
            self._trim(time)

    def _trim(self, newest: float) -> None:
        """Forget groups that are over before the seconds begin, and the oldest while there are too many bytes."""
        groups = self._groups
        while len(groups) > 1 and (groups[1].start <= newest - self._seconds or self._bytes > self._most):
            self._bytes -= groups.popleft().size
        if self._bytes > self._most:
            groups.clear()
            self._bytes = 0

    def save(self, path: Path, start: float, end: float) -> float:
        """Write what is kept of a stretch of time as MP4, from the key frame before its start.

        Args:
            path: the file; one that is there is replaced when the new one is whole.
            start: media time in seconds. Where that is kept no longer, the clip begins with what is.
            end: likewise; what comes later than the newest packet is left out.

        Returns:
            The media time of the clip's first picture.

        Raises:
            InputError: nothing is kept of that time.
            OutputError: it cannot be written, or MP4 cannot hold this codec.
        """
        path = Path(path)
        packets = self._between(start, end)
        if not packets:
            fix = "keep more seconds, or ask sooner" if self._seconds > 0 else "set `keep` to the seconds that clips need"
            raise InputError(f"nothing is kept of {start:.1f} s to {end:.1f} s", where=self._title, fix=fix)
        if self._template is None:
            raise OutputError(f"MP4 cannot hold {self._codec}", where=str(path), fix="set the camera to H.264 or H.265")
        temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.partial")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._mux(temporary, packets)
            temporary.replace(path)
        except (OSError, ValueError) as error:
            # FFmpeg's "invalid argument" is a ValueError.
            raise cannot_write(path, error if isinstance(error, OSError) else OSError(str(error))) from error
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        return min(time for time, _ in packets)

    def _between(self, start: float, end: float) -> list[tuple[float, Any]]:
        """Packets from the key frame at or before the start to the last one, in the order of decoding, that is needed."""
        with self._lock:
            groups = [(group.start, list(group.packets)) for group in self._groups if group.start <= end]
        first = max((i for i, (begun, _) in enumerate(groups) if begun <= start), default=0)
        packets = list(itertools.chain.from_iterable(packets for _, packets in groups[first:]))
        last = max((i for i, (time, _) in enumerate(packets) if time <= end), default=-1)
        if last >= 0 and max(time for time, _ in packets[: last + 1]) < start:
            return []
        return packets[: last + 1]

    def _mux(self, path: Path, packets: list[tuple[float, Any]]) -> None:
        import av

        first = min(time for time, _ in packets)
        shown = [round((time - first) * _CLOCK) for time, _ in packets]
        with av.open(f"file:{path}", "w", format="mp4", options={"movflags": "+faststart"}) as container:
            stream = container.add_stream_from_template(self._template, opaque=True)
            stream.time_base = Fraction(1, _CLOCK)
            for (_, packet), pts, dts in zip(packets, shown, _decoding_times(shown), strict=True):
                copy = av.Packet(bytes(packet))
                copy.pts, copy.dts, copy.time_base = pts, dts, Fraction(1, _CLOCK)
                copy.is_keyframe, copy.stream = packet.is_keyframe, stream
                container.mux(copy)


def _decoding_times(shown: list[int]) -> list[int]:
    """For pictures in the order of decoding: the times at which they are shown, sorted, and so early that none is late."""
    ordered = sorted(shown)
    for i in range(1, len(ordered)):
        ordered[i] = max(ordered[i], ordered[i - 1] + 1)
    early = max((tick - pts for tick, pts in zip(ordered, shown, strict=True)), default=0)
    return [tick - max(early, 0) for tick in ordered]
