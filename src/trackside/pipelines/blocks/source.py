"""Where records come from."""

from __future__ import annotations

from typing import NamedTuple

from trackside.core import Image
from trackside.core.units import FramesPerSecond, Seconds
from trackside.pipelines.block import block


class SourceOutputs(NamedTuple):
    """What a source gives."""

    images: Image


@block("source.media@1")
def read_media(
    *, every: Seconds = 0.0, start: Seconds = 0.0, end: Seconds | None = None, image_rate: FramesPerSecond = 1.0
) -> SourceOutputs:
    """Read a video, an image or a folder of images.

    Every pipeline has this block under the name `source`, also where the file does not write it.

    Args:
        every: least time between two frames; 0 takes them all. Frames between are decoded but cost nothing more.
        start: where in the video to begin.
        end: where in the video to stop; nothing for its end.
        image_rate: images a second that a folder of images is taken to have.
    """
    raise TypeError("the source block is run by the engine; use trackside.media.open_media to read a video")
