"""The media time in a corner."""

from __future__ import annotations

import math

from trackside.media.canvas import Canvas
from trackside.media.palette import INK, PAPER


def draw_clock(canvas: Canvas, time: float) -> None:
    """Write the media time (seconds) into the lower left corner: `0:07.25`, `1:02:07.25`."""
    margin = canvas.letter_size // 2
    canvas.text(written(time), (margin, canvas.height - margin), PAPER, INK, anchor=(0, 1))


def written(time: float) -> str:
    """Seconds as hours, minutes, seconds and hundredths; hundredths are cut, not rounded, as on every stopwatch."""
    if not math.isfinite(time):
        return "-:--.--"
    # Decimal times such as 0.29 lie a hair below in binary: the smallest part of a microsecond is added before cutting.
    hundredths = math.floor(abs(time) * 100 + 1e-6)
    minutes, rest = divmod(hundredths, 6000)
    hours, minutes = divmod(minutes, 60)
    seconds = f"{rest // 100:02d}.{rest % 100:02d}"
    sign = "-" if time < 0 else ""
    return f"{sign}{hours}:{minutes:02d}:{seconds}" if hours else f"{sign}{minutes}:{seconds}"
