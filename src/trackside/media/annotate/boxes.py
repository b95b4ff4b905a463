"""Boxes around what was found, and around what is followed."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from trackside.core import Detections, Tracks
from trackside.media.annotate.tails import Tails
from trackside.media.canvas import Canvas
from trackside.media.colour import Colour
from trackside.media.palette import colour_of, readable_on


def draw_detections(canvas: Canvas, detections: Detections, *, labels: bool = True) -> None:
    """A box for each object in the colour of its class, with the class name and the score."""
    for row, box in enumerate(detections.boxes):
        words = f"{detections.label(row)} {detections.scores[row]:.2f}" if labels else ""
        _draw_box(canvas, box, colour_of(int(detections.classes[row])), words)


def draw_tracks(canvas: Canvas, tracks: Tracks, tails: Tails | None = None, *, labels: bool = True) -> None:
    """A box for each track in the colour of its identity, with the identity and class name, above the tails if given."""
    if tails is not None:
        tails.draw(canvas)
    for row, box in enumerate(tracks.boxes):
        track_id = int(tracks.ids[row])
        words = f"{track_id} {tracks.label(row)}" if labels else ""
        _draw_box(canvas, box, colour_of(track_id), words)


def _draw_box(canvas: Canvas, box: NDArray[Any], colour: Colour, words: str) -> None:
    canvas.rectangle(box, colour)
    if words:
        # On top of the box, flush with its outer edge.
        half = canvas.line_width / 2
        canvas.text(words, (box[0] - half, box[1] + half), readable_on(colour), colour, anchor=(0, 1))
