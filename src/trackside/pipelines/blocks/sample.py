"""Letting only some records through."""

from __future__ import annotations

from trackside.core import Image
from trackside.core.units import Seconds
from trackside.pipelines.block import block
from trackside.pipelines.kinds import MediaTime


@block("sample.every@1")
class Every:
    """Let only one picture through every so often.

    Blocks wired behind it work on those pictures only, which saves time; the others still see all. To skip pictures for the
    whole pipeline, set the time between pictures of the video block instead.

    Args:
        images: the pictures to choose from.
        seconds: time between two pictures that go through, counted from the start of the video.
    """

    def __init__(self, *, seconds: Seconds = 0.2) -> None:
        self._seconds = seconds
        self._next = 0

    def __call__(self, images: Image, time: MediaTime) -> Image | None:
        if self._seconds > 0:
            # Half a microsecond: time stamps are sums of binary fractions and may fall just short of the grid.
            slot = int((time + 5e-7) // self._seconds)
            if slot < self._next:
                return None
            self._next = slot + 1
        return images
