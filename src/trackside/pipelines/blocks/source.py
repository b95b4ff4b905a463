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
    """Read the video, picture or folder of pictures that the pipeline runs on.

    Every pipeline begins with this block, named `source`, also where its file does not mention it.

    Args:
        every: least time between two pictures that are looked at; 0 takes all. Skipping pictures makes a run faster.
        start: where in the video to begin.
        end: where in the video to stop; empty for its end.
        image_rate: for a folder of pictures: how many were taken each second.
    """
    raise TypeError("the source block is run by the engine; use trackside.media.open_media to read a video")
