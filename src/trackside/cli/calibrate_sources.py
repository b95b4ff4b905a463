"""Looking for the board in videos, folders and images, with progress on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackside.core import InputError, SettingError

if TYPE_CHECKING:
    from trackside.core import RGB
    from trackside.geometry.camera.collecting import Collector


def collect(
    collector: Collector,
    sources: Sequence[Path],
    every: float,
    *,
    numbered: bool = False,
    frames: Mapping[int, float] | None = None,
) -> list[str]:
    """Look at every picture of the sources.

    Args:
        collector: that keeps the sightings.
        sources: images, folders of images, videos.
        every: seconds between two looks at a video.
        numbered: whether images get their number for a time, so that cameras that took them together can be matched.
        frames: of a video, number of a frame to its time: the frames to look at, and when they were taken; None for all.

    Returns:
        Troubles of reading, a sentence each.

    Raises:
        InputError: a source cannot be used.
        SettingError: `every` is no length of time.
    """
    if not 0 <= every < float("inf"):
        raise SettingError(f"{every:g} is no length of time", where="--every", fix="give seconds, such as 0.1")
    missing = next((path for path in sources if not path.exists()), None)
    if missing is not None:
        raise InputError("no such file or folder", where=str(missing), fix="check the path")
    troubles: list[str] = []
    for source in sources:
        with _bar(source.name) as show:
            pictures = _video(source, every, troubles, frames) if _is_video(source) else _images(source, troubles)
            for number, (name, time, image, fraction) in enumerate(pictures):
                collector.add(image, time=float(number) if numbered and time != time else time, source=name)
                show(fraction, f"{collector.seen} pictures, board in {collector.seen - collector.reasons.total()}")
    return troubles


def _is_video(path: Path) -> bool:
    from trackside.media.images import IMAGE_SUFFIXES

    return path.is_file() and path.suffix.lower() not in IMAGE_SUFFIXES


def _video(
    path: Path, every: float, troubles: list[str], frames: Mapping[int, float] | None
) -> Iterator[tuple[str, float, RGB, float]]:
    from trackside.core import as_rgb
    from trackside.media import VideoReader

    with VideoReader(path, every=every if frames is None else 0, source=path.name) as reader:
        for record in reader:
            if frames is None:
                yield path.name, record.time, as_rgb(record.data), reader.position
            elif record.index in frames:
                yield path.name, frames[record.index], as_rgb(record.data), reader.position
        troubles += [f"{path.name}: {problem}" for problem in reader.problems]


def _images(path: Path, troubles: list[str]) -> Iterator[tuple[str, float, RGB, float]]:
    from trackside.media import read_image
    from trackside.media.images import IMAGE_SUFFIXES

    every = [path] if path.is_file() else sorted(each for each in path.iterdir() if each.suffix.lower() in IMAGE_SUFFIXES)
    if not every:
        raise InputError("holds no images", where=str(path), fix="give a video, or a folder of JPEG or PNG images")
    for number, each in enumerate(every, 1):
        picture = read_image(each)
        if picture is None:
            troubles.append(f"{each.name} is not an image that can be read; it was passed over")
        else:
            yield each.name, float("nan"), picture, number / len(every)
    if len(troubles) >= len(every):
        raise InputError("is not an image that can be read", where=str(path), fix="give JPEG or PNG images, or a video")


@contextmanager
def _bar(name: str) -> Iterator[Any]:
    """A function that shows how far it is (0 to 1, a note); silent where standard error is no terminal."""
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}", style="bold"), BarColumn(32), TextColumn("{task.fields[note]}"))
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bars:
        task = bars.add_task(escape(name), total=1.0, note="")
        yield lambda fraction, note: bars.update(task, completed=fraction, note=note)
