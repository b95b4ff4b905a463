"""Reading images as if they were a video."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from trackside.core import RGB, InputError, Record, SettingError
from trackside.media.grid import Grid
from trackside.media.probing import VideoInfo

IMAGE_SUFFIXES = frozenset((".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"))


class ImageReader:
    """Images as records: `data` is uint8 [h, w, 3] RGB, turned upright by its EXIF tag; `time` is the number over `fps`.

    Images that cannot be read are passed over and told in `problems`.

    Args:
        images: a folder (its images in natural order: 2 before 10), an image, or a list of them.
        fps: images a second.
        every, start, end: as in `VideoReader`.
        source: the records' source; the folder's or file's name if empty.

    Raises:
        InputError: no image there, or none that can be read.
        SettingError: a time or rate that is none.
    """

    def __init__(
        self,
        images: Path | str | Sequence[Path],
        *,
        fps: float = 1.0,
        every: float = 0.0,
        start: float = 0.0,
        end: float | None = None,
        source: str = "",
    ) -> None:
        self._paths = _listed(images)
        if not (fps > 0 and math.isfinite(fps)):
            raise SettingError(f"{fps} is no rate", where="fps", fix="give images a second, above 0")
        self._fps, self._grid = fps, Grid(every, start, end)
        self.problems: list[str] = []
        first = Path(images) if isinstance(images, str | Path) else self._paths[0]
        self._source = source or first.stem
        self.info = self._describe(first)
        self._passed = 0
        self._records = self._read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the iteration; no file stays open."""
        self._records = iter(())

    @property
    def position(self) -> float:
        """How many of the images have been passed, 0 to 1."""
        return self._passed / len(self._paths)

    def __iter__(self) -> Iterator[Record]:
        return self._records

    def _read(self) -> Iterator[Record]:
        for index, path in enumerate(self._paths):
            self._passed = index + 1
            time = index / self._fps
            if self._grid.is_over(time):
                return
            if not self._grid.takes(time):
                continue
            picture = read_image(path)
            if picture is None:
                self.problems.append(f"{path.name} is not an image that can be read; it was passed over")
            else:
                yield Record(self._source, index, time, picture)

    def _describe(self, where: Path) -> VideoInfo:
        for path in self._paths:
            picture = read_image(path)
            if picture is not None:
                height, width = picture.shape[:2]
                count = len(self._paths)
                size = sum(one.stat().st_size for one in self._paths)
                return VideoInfo(
                    where, width, height, count / self._fps, count, self._fps, "images", "rgb24", size_bytes=size
                )
        what = "holds no image that can be read" if where.is_dir() else "is not an image that can be read"
        raise InputError(what, where=str(where), fix="give JPEG, PNG, WebP, TIFF or BMP images")


def read_image(path: Path) -> RGB | None:
    """The picture, upright, uint8 [h, w, 3] RGB; None if it cannot be read."""
    import cv2

    try:
        picture: Any = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    except (OSError, cv2.error):
        return None
    return None if picture is None else np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def _listed(images: Path | str | Sequence[Path]) -> list[Path]:
    if not isinstance(images, str | Path):
        paths = [Path(path) for path in images]
    elif Path(images).is_dir():
        paths = sorted((path for path in Path(images).iterdir() if _is_image(path)), key=_natural)
    else:
        paths = [Path(images)]
    missing = next((path for path in paths if not path.exists()), None)
    if missing is not None:
        raise InputError("no such file", where=str(missing), fix="check the path")
    if not paths:
        raise InputError("holds no images", where=str(images), fix="give a folder of JPEG, PNG, WebP, TIFF or BMP images")
    return paths


def _is_image(path: Path) -> bool:
    """By its name; hidden files are leftovers of other systems (`._1.jpg` of macOS)."""
    return path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith(".") and path.is_file()


def _natural(path: Path) -> list[tuple[int, int, str]]:
    """Sorts numbers inside names by value."""
    parts = re.split(r"(\d+)", path.name.lower())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]
