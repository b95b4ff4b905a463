"""What goes wrong inside videos: packets that cannot be decoded, time stamps that are absent or go backwards."""

from __future__ import annotations

from typing import Any

from trackside.media.probing import VideoInfo

# Seconds. A step back by more is a new start (recordings joined, a counter that wrapped), and all that follows is moved.
# Less is a few frames in the wrong order, as decoders give them out after damage.
_NEW_START = 1.0


class Clock:
    """Media time of frames: exact where the file has time stamps, repaired where it has none or they go backwards.

    Args:
        info: the video.
        time_base: seconds a unit of its time stamps, a fraction.
    """

    def __init__(self, info: VideoInfo, time_base: Any) -> None:
        self.last: float | None = None
        self._base, self._first, self._step = time_base, info.first_pts, 1 / info.fps
        self._moved_by = 0.0
        self._repaired = 0

    def peek(self, frame: Any) -> float:
        """The time of a frame as the file gives it; a step after the last one if it gives none."""
        if frame.pts is None:
            return 0.0 if self.last is None else self.last + self._step
        return float((frame.pts - self._first) * self._base) + self._moved_by

    def time_of(self, frame: Any) -> float:
        """The time that holds: later than that of the frame before."""
        time = self.peek(frame)
        is_backwards = self.last is not None and time <= self.last
        self._repaired += frame.pts is None or is_backwards
        if self.last is not None and is_backwards:
            time = self._repair(time, self.last)
        self.last = time
        return time

    def told(self) -> list[str]:
        """The problems met, for people."""
        if not self._repaired:
            return []
        frames = "1 frame" if self._repaired == 1 else f"{self._repaired} frames"
        return [f"{frames} had no time stamp or one that went backwards; the time was taken from the frame before"]

    def _repair(self, time: float, last: float) -> float:
        if last - time > _NEW_START:
            self._moved_by += last + self._step - time
            return last + self._step
        # Half a step, so that the frames that follow catch up with their own time stamps again.
        return last + self._step / 2


class Damage:
    """Where packets could not be decoded, and where frames came out damaged.

    Told by the last good frame, since by how many frames a decoder lags behind its packets depends on its threads.
    """

    def __init__(self) -> None:
        self._count = 0
        self._first = self._last = 0.0
        self._shown: list[float] = []

    def after(self, time: float | None) -> None:
        """Note a damaged packet.

        Args:
            time: media time of the last good frame in seconds; None if there was none yet.
        """
        self._last = time or 0.0
        self._first = self._last if self._count == 0 else self._first
        self._count += 1

    def shown(self, time: float) -> None:
        """Note a frame that the decoder itself calls damaged, by its media time in seconds."""
        self._shown.append(time)

    def told(self) -> list[str]:
        """The problems met, for people."""
        return self._told_of_packets() + self._told_of_frames()

    def _told_of_frames(self) -> list[str]:
        if not self._shown:
            return []
        frames = "1 frame is" if len(self._shown) == 1 else f"{len(self._shown)} frames are"
        return [f"{frames} damaged, the first one at {self._shown[0]:.2f} s"]

    def _told_of_packets(self) -> list[str]:
        if self._count == 0:
            return []
        packets = "1 damaged packet was" if self._count == 1 else f"{self._count} damaged packets were"
        last = f" (the last one after {self._last:.2f} s)" if self._last > self._first else ""
        return [f"{packets} passed over after {self._first:.2f} s{last}"]
