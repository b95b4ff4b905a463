"""A decoded picture that stays as the decoder's planes until somebody needs pixels.

Converting every frame of a 1080p file to RGB costs more than decoding it. A detector needs a small picture: its three
planes are scaled first, and only what is left is converted.
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB
from trackside.media.colour import to_rgb
from trackside.media.planes import Planes


class Frame:
    """A picture in planes; a `trackside.core.Picture`. Threads may share it.

    It keeps its planes alive (for most videos: the decoder's own memory, nothing copied) and, once asked for, its RGB form.

    Args:
        planes: the picture. They must not change afterwards.
        index: its number in the stream, as decoded.
        time: its media time in seconds.
    """

    __slots__ = ("_lock", "_planes", "_rgb", "index", "time")

    def __init__(self, planes: Planes, index: int = 0, time: float = 0.0) -> None:
        self.index = index
        self.time = time
        self._planes = planes
        self._rgb: RGB | None = None
        self._lock = threading.Lock()

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width, 3."""
        return self._planes.shape

    def planes(self) -> Planes:
        """The picture as it was decoded. Do not write into it."""
        return self._planes

    def rgb(self) -> RGB:
        """The whole picture, uint8 [h, w, 3]. Made once, then kept. Cannot be written into."""
        with self._lock:
            if self._rgb is None:
                self._rgb = to_rgb(self._planes)
                self._rgb.flags.writeable = False
            return self._rgb

    def resized(self, width: int, height: int) -> RGB:
        """The picture scaled to `width` x `height` (aspect not kept), uint8 [height, width, 3]."""
        return to_rgb(self._planes.resized(width, height))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.array(self.rgb(), dtype=dtype, copy=copy)

    def __reduce__(self) -> tuple[Any, ...]:
        return Frame, (self._planes, self.index, self.time)

    def __repr__(self) -> str:
        height, width, _ = self.shape
        return f"Frame({width} x {height}, index={self.index}, time={self.time:g})"
