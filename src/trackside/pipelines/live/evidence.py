"""An alarm on its way out of the engine: the picture at that moment, and the seconds around it as a clip."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from trackside.core import RGB, Alarm, Shapes, Tracks, as_rgb
from trackside.media import annotate
from trackside.media.canvas import Canvas
from trackside.pipelines.calls import Item


@dataclass(frozen=True, slots=True)
class CameraAlarm:
    """What a pipeline decided about one camera.

    Attributes:
        camera: its name.
        alarm: raised, or refused with the reasons against it.
        wall: seconds since 1970 of the event.
        pipeline: the name of the pipeline.
        picture: the whole picture at which it was decided, uint8 [h, w, 3] RGB, nothing drawn; None if it is gone.
        clip: writes the seconds around the event to an MP4 file, without encoding anew; None where nothing is kept. Call it
            once `clip_ready` (seconds since 1970) has passed.
        clip_ready: when the last packet of the clip will be there.
        timings: from when to when, in seconds since 1970, the picture at which it was decided was decoded, waited, was
            prepared, went through the model, and through the lane.
    """

    camera: str
    alarm: Alarm
    wall: float
    pipeline: str = ""
    picture: RGB | None = None
    clip: Callable[[Path], None] | None = None
    clip_ready: float = 0.0
    timings: Mapping[str, tuple[float, float]] = field(default_factory=dict)


_STAGES = (
    ("decode", "captured", "decoded"),
    ("wait", "decoded", "taken"),
    ("prepare", "taken", "prepared"),
    ("inference", "prepared", "inferred"),
    ("lane", "inferred", "done"),
)


def timings(marks: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    """From the moments at which a record reached each stage to when each stage began and ended."""
    return {name: (marks[first], marks[last]) for name, first, last in _STAGES if first in marks and last in marks}


def drawn(item: Item, *, boxes: bool = True) -> RGB:
    """A record's picture with the tracks and outlines that its pipeline made of it, uint8 [h, w, 3] RGB."""
    if not boxes:
        return as_rgb(item.record.data)
    canvas = Canvas.on(item.record.data)
    values = list(item.values.values())
    for shapes in (value for value in values if isinstance(value, Shapes)):
        annotate.draw_shapes(canvas, shapes)
    for tracks in (value for value in values if isinstance(value, Tracks)):
        annotate.draw_tracks(canvas, tracks, None)
    return as_rgb(canvas.image)
