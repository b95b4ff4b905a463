"""Where each track came from: its foot points of the last seconds, fading with age."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from trackside.core import Tracks
from trackside.media.canvas import Canvas
from trackside.media.palette import colour_of

# A tail is drawn in so many pieces, the older the fainter.
_PIECES = 3
# A point is kept once the foot has moved by this share of the box's height: what is less is jitter, and costs time to draw.
_STEP = 0.08
# Most points of a tail and most tails, so that memory is bounded whatever the stream.
_MOST_POINTS = 256
_MOST_TAILS = 512


@dataclass(slots=True)
class _Tail:
    """Kept points, oldest first, and where the foot is now; each as time, x, y."""

    kept: deque[tuple[float, float, float]] = field(default_factory=lambda: deque(maxlen=_MOST_POINTS))
    now: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def add(self, point: tuple[float, float, float], step: float) -> None:
        self.now = point
        if not self.kept or math.dist(self.kept[-1][1:], point[1:]) >= step:
            self.kept.append(point)

    def path(self) -> list[tuple[float, float, float]]:
        return [*self.kept, self.now] if self.kept and self.kept[-1] != self.now else list(self.kept)


class Tails:
    """Recent foot points of each track, on media time.

    Args:
        seconds: how long a point is remembered, above 0.
    """

    def __init__(self, *, seconds: float = 2.0) -> None:
        self._seconds = seconds
        self._tails: dict[int, _Tail] = {}
        self._now = -math.inf

    def __len__(self) -> int:
        return len(self._tails)

    def update(self, tracks: Tracks, time: float) -> None:
        """Remember where the tracks stand at this media time. Where time goes backwards, all tails begin anew."""
        if time < self._now:
            self._tails.clear()
        self._now = time
        heights = (tracks.boxes[:, 3] - tracks.boxes[:, 1]).tolist()
        for track_id, (x, y), height in zip(tracks.ids.tolist(), tracks.feet.tolist(), heights, strict=True):
            if not math.isfinite(x + y + height):
                continue
            # Taken out and put in again, so that those come first that were not seen for longest.
            tail = self._tails.pop(track_id, None) or _Tail()
            tail.add((time, x, y), _STEP * height)
            self._tails[track_id] = tail
        self._forget(time - self._seconds)

    def points(self, track_id: int) -> NDArray[np.float64]:
        """float64 [n, 2]: the remembered foot points of a track, oldest first."""
        tail = self._tails.get(track_id, _Tail())
        return np.array([point[1:] for point in tail.path()], np.float64).reshape(-1, 2)

    def draw(self, canvas: Canvas) -> None:
        """Draw all tails, faint where they are old."""
        for track_id, tail in self._tails.items():
            self._draw_one(canvas, tail.path(), track_id)

    def _draw_one(self, canvas: Canvas, path: list[tuple[float, float, float]], track_id: int) -> None:
        colour, start = colour_of(track_id), 0
        for piece in range(_PIECES):
            until = self._now - self._seconds * (1 - (piece + 1) / _PIECES)
            end = start
            while end < len(path) and path[end][0] <= until:
                end += 1
            # With the first point of the next piece, so that the pieces meet.
            points = [point[1:] for point in path[start : end + 1]]
            if len(points) > 1:
                canvas.blend(points, canvas.line_width, (piece + 1) / _PIECES, partial(canvas.polyline, points, colour))
            start = end

    def _forget(self, before: float) -> None:
        for track_id, tail in list(self._tails.items()):
            while tail.kept and tail.kept[0][0] < before:
                tail.kept.popleft()
            if tail.now[0] < before or len(self._tails) > _MOST_TAILS:
                del self._tails[track_id]
