"""Choosing the reader for a path."""

from __future__ import annotations

from pathlib import Path

from trackside.media.images import IMAGE_SUFFIXES, ImageReader
from trackside.media.reader import MediaReader, VideoReader


def open_media(
    path: Path | str,
    *,
    every: float = 0.0,
    start: float = 0.0,
    end: float | None = None,
    fps: float = 1.0,
    threads: int | None = None,
    source: str = "",
) -> MediaReader:
    """Open a video, an image or a folder of images.

    Args:
        path: what to open.
        every: least seconds between two records; 0 for all.
        start: seconds from which to read.
        end: seconds at which to stop; None for the end.
        fps: images a second, for images.
        threads: FFmpeg's decoding threads, for videos; None for one a core.
        source: the records' source; the name without suffix if empty.

    Raises:
        InputError: it cannot be used, and why.
        SettingError: a time or rate that is none.
    """
    path = Path(path)
    if path.is_dir() or path.suffix.lower() in IMAGE_SUFFIXES:
        return ImageReader(path, fps=fps, every=every, start=start, end=end, source=source)
    return VideoReader(path, every=every, start=start, end=end, threads=threads, source=source)
