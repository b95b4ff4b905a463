"""Writing video that every browser plays: H.264 in MP4, 4:2:0, the index in front, each picture at its media time.

Encoding has a thread of its own behind a short queue, so that whoever draws the pictures seldom waits.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeAlias

import numpy as np

from trackside.core import Image, OutputError, as_rgb
from trackside.core.files import cannot_write
from trackside.media.colour import from_rgb, to_rgb
from trackside.media.decoding import plane_pixels
from trackside.media.frame import Frame
from trackside.media.planes import Planes

# Time stamps in the 90 kHz of MPEG: exact for all usual frame rates.
_CLOCK = 90_000
# Pictures that wait for the encoder: enough to even out, little in memory.
_MOST_WAITING = 4
# Each H.264 encoder that PyAV may bring, best first: the first that opens on this machine is taken.
# x264's `veryfast` costs a third of its default and writes files a little larger. Its macroblock tree saves a fifth, but
# gives other bytes from run to run (848 x 480: 9 different files in 10 runs), so it is off, and the quality 25 makes files
# about as large as x264's own 23 would with it. The number of threads changes the bytes too, so it is fixed.
_ENCODERS = {
    "libx264": {"preset": "veryfast", "crf": "25", "x264-params": "mbtree=0"},
    "libopenh264": {},
    "h264_videotoolbox": {},
    "h264_nvenc": {},
    "h264_mf": {},
}
_THREADS = 4
_MATRICES = {"bt601": 6, "bt709": 1, "bt2020": 9}
_FULL, _LIMITED = 2, 1

_Work: TypeAlias = tuple[Image | Planes, float]


class VideoWriter:
    """Writes pictures to an MP4 file, which appears when it is whole.

    Times may be spaced unevenly. Pictures of odd size lose nothing: the last row or column is repeated. Pictures of
    another size than the first are scaled to it. With x264 the bytes depend on the pictures, their times and the version
    of PyAV alone, not on the machine's cores or load.

    Args:
        path: the file; one that is there is replaced when the new one is whole.
        fps: nominal frames a second, for players that want to know.

    Raises:
        OutputError: on `write` or `close`: no space, no permission, no encoder.
    """

    def __init__(self, path: Path | str, *, fps: float | None = None) -> None:
        self.path = Path(path)
        self._temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}.partial")
        self._fps = fps or 25.0
        self._waiting: queue.Queue[_Work | None] = queue.Queue(_MOST_WAITING)
        self._error: BaseException | None = None
        self._thread: threading.Thread | None = None
        self._is_over = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is None:
            self.close()
        else:
            self.abort()

    def write(self, image: Image | Planes, time: float) -> None:
        """Add a picture.

        Args:
            image: an RGB array, or a picture in planes (`Frame`, `Planes`: nothing is converted); it must not change
                afterwards.
            time: its media time in seconds. One that is not later than the one before is moved just behind it.
        """
        if self._is_over:
            raise self._error or OutputError("is closed already", where=str(self.path), fix="open a new writer")
        if self._thread is None:
            self._thread = threading.Thread(target=self._encode_all, name=f"encode-{self.path.name}", daemon=True)
            self._thread.start()
        self._put((image, time))

    def close(self) -> None:
        """Finish the file. Without a picture there is none."""
        if self._thread is None:
            self._is_over = True
            return
        self._put(None)
        self._join()
        try:
            _flush(self._temporary)
            self._temporary.replace(self.path)
        except OSError as error:
            self._temporary.unlink(missing_ok=True)
            raise cannot_write(self.path, error) from error

    def abort(self) -> None:
        """Stop and remove what was written."""
        self._error = self._error or OutputError("stopped", where=str(self.path))
        if self._thread is not None:
            with contextlib.suppress(queue.Full):
                self._waiting.put_nowait(None)
            with contextlib.suppress(Exception):
                self._join()
        self._is_over = True

    def _put(self, work: _Work | None) -> None:
        while self._error is None:
            with contextlib.suppress(queue.Full):
                self._waiting.put(work, timeout=0.2)
                return
        self._join()

    def _join(self) -> None:
        """Wait for the encoder; if it failed, remove its file and tell why."""
        assert self._thread is not None
        self._thread.join()
        self._thread, self._is_over = None, True
        if self._error is None:
            return
        with contextlib.suppress(OSError):
            self._temporary.unlink(missing_ok=True)
        if isinstance(self._error, OSError):
            self._error = cannot_write(self.path, self._error)
        raise self._error

    def _encode_all(self) -> None:
        encoder: _Encoder | None = None
        try:
            while (work := self._waiting.get()) is not None and self._error is None:
                encoder = encoder or _Encoder(self._temporary, work[0], self._fps)
                encoder.add(*work)
            if encoder is not None and self._error is None:
                encoder.finish()
        except BaseException as error:
            self._error = error
        finally:
            if encoder is not None:
                encoder.close()


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


class _Encoder:
    """FFmpeg's side of a writer; lives in the encoding thread."""

    def __init__(self, path: Path, first: Image | Planes, fps: float) -> None:
        import av

        planes = _planes_of(first).padded_to_even()
        self._colours = planes.matrix, planes.full_range
        self._height, self._width, _ = planes.shape
        path.parent.mkdir(parents=True, exist_ok=True)
        self._container = _untyped(av.open(f"file:{path}", "w", format="mp4", options={"movflags": "+faststart"}))
        self._stream = self._open_stream(Fraction(fps).limit_denominator(1001))
        self._last = -1
        self._duration = round(_CLOCK / fps)

    def _open_stream(self, rate: Fraction) -> Any:
        """A stream with the first encoder that works here. Which exist is known, whether they open only after trying."""
        import av

        for name in filter(av.codecs_available.__contains__, _ENCODERS):
            trial = av.CodecContext.create(name, "w")
            self._set_up(trial, name, rate)
            try:
                trial.open()
            except (av.error.FFmpegError, OSError):
                continue
            stream = self._container.add_stream(name, rate=rate)
            self._set_up(stream.codec_context, name, rate)
            return stream
        raise OutputError("no H.264 encoder works here", fix="install the `av` wheel from PyPI")

    def _set_up(self, context: Any, name: str, rate: Fraction) -> None:
        matrix, full_range = self._colours
        context.width, context.height, context.pix_fmt = self._width, self._height, "yuv420p"
        context.framerate, context.time_base = rate, Fraction(1, _CLOCK)
        context.colorspace, context.color_range = _MATRICES[matrix], _FULL if full_range else _LIMITED
        context.options, context.thread_count = dict(_ENCODERS[name]), _THREADS

    def add(self, image: Image | Planes, time: float) -> None:
        import av

        planes = _planes_of(image)
        if (planes.matrix, planes.full_range) != self._colours:
            matrix, full_range = self._colours
            planes = from_rgb(to_rgb(planes), full_range=full_range, matrix=matrix)
        planes = planes.padded_to_even()
        if planes.shape[:2] != (self._height, self._width):
            planes = planes.resized(self._width, self._height)
        frame = av.VideoFrame(self._width, self._height, "yuv420p")
        for target, source in zip(plane_pixels(frame), planes, strict=True):
            np.copyto(target, source)
        self._last = max(round(time * _CLOCK), self._last + 1)
        frame.pts, frame.time_base, frame.duration = self._last, Fraction(1, _CLOCK), self._duration
        self._container.mux(self._stream.encode(frame))

    def finish(self) -> None:
        self._container.mux(self._stream.encode(None))
        self._container.close()

    def close(self) -> None:
        """Let go of the file, whatever has become of it."""
        with contextlib.suppress(Exception):
            self._container.close()


def _untyped(thing: Any) -> Any:
    """PyAV's types know a stream's kind only where it is opened with a literal name."""
    return thing


def _planes_of(image: Image | Planes) -> Planes:
    if isinstance(image, Frame):
        return image.planes()
    return image if isinstance(image, Planes) else from_rgb(as_rgb(image))
