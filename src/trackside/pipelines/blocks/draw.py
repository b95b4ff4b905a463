"""Drawing what was found onto the picture."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

from trackside.core import Detections, Image, Keypoints, Shapes, Table, Tracks
from trackside.core.units import Seconds
from trackside.media import annotate
from trackside.media.canvas import Canvas
from trackside.pipelines.block import block
from trackside.pipelines.kinds import MediaTime

T = TypeVar("T")


class Drawn(NamedTuple):
    """What drawing gives."""

    annotated: Image


@block("draw.overlay@1")
class DrawOverlay:
    """Draw on each picture what was found: boxes, paths, skeletons, angles, zones, lines and the time.

    Args:
        images: the pictures to draw on.
        time: media time.
        tracks: boxes to draw; tracks also get their number and a tail that shows their path.
        poses: body points to draw.
        angles: joint angles of the same body points, to write beside the joints.
        shapes: zones and lines to draw, with their counts.
        tail: how far back in time the tails reach; 0 for no tails.
        clock: whether to write the time of the video into the corner.
        show_angles: which angles to write, as the table of angles calls them, such as knee_left_deg.
        hold: where only some of the pictures are looked at, the others keep the last result for so long.
    """

    def __init__(
        self, *, tail: Seconds = 2.0, clock: bool = True, show_angles: tuple[str, ...] = (), hold: Seconds = 0.5
    ) -> None:
        self._tails = annotate.Tails(seconds=tail) if tail else None
        self._clock, self._show_angles, self._hold = clock, show_angles, hold
        self._last: dict[str, tuple[float, object]] = {}

    def __call__(
        self,
        images: Image,
        time: MediaTime,
        tracks: Detections | None = None,
        poses: Keypoints | None = None,
        angles: Table | None = None,
        *shapes: Shapes | None,
    ) -> Drawn:
        canvas = Canvas.on(images)
        for number, shape in enumerate(shapes):
            if (held := self._held(f"shapes {number}", shape, time)) is not None:
                annotate.draw_shapes(canvas, held)
        if (found := self._held("tracks", tracks, time)) is not None:
            self._draw_boxes(canvas, found, time)
        if (bodies := self._held("poses", poses, time)) is not None:
            annotate.draw_keypoints(canvas, bodies)
            if (measured := self._held("angles", angles, time)) is not None and self._show_angles:
                annotate.draw_angles(canvas, bodies, measured, self._show_angles)
        if self._clock:
            annotate.draw_clock(canvas, time)
        return Drawn(canvas.image)

    def _draw_boxes(self, canvas: Canvas, found: Detections, time: float) -> None:
        if not isinstance(found, Tracks):
            annotate.draw_detections(canvas, found)
            return
        if self._tails is not None:
            self._tails.update(found, time)
        annotate.draw_tracks(canvas, found, self._tails)

    def _held(self, name: str, value: T | None, time: float) -> T | None:
        """The value, or the last one there was if that is not too long ago."""
        if value is not None:
            self._last[name] = (time, value)
        since, last = self._last.get(name, (time, None))
        return last if time - since <= self._hold else None  # type: ignore[return-value]
