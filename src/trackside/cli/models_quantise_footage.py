"""Frames to quantise with: of videos, of folders of images, of live cameras; spread over all there is."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trackside.core import Image, InputError, SettingError

# Frames further apart than this many seconds are sought one by one; nearer ones are read on to.
_FAR = 20.0
# Cameras that are read at the same time.
_SIDE_BY_SIDE = 8
# Seconds that finding one frame may take in a file without key frames.
_PATIENCE = 30.0

Take = Callable[[Image, str], None]
"""Given each frame with the name of what it comes from."""


@dataclass(frozen=True, slots=True)
class Address:
    """A live source."""

    name: str
    address: str


def take_files(paths: Sequence[Path], count: int, take: Take) -> list[str]:
    """Take frames of files and folders, as many of each, spread evenly.

    Args:
        paths: videos, images, folders of images.
        count: of all frames.
        take: given each frame.

    Returns:
        notes on what could not be used.

    Raises:
        InputError: none of them could.
    """
    each, notes, taken = math.ceil(count / len(paths)), [], 0
    for path in paths:
        number = 0
        try:
            for image, problem in _frames(path, each):
                if problem:
                    notes.append(f"{path.name}: {problem}")
                    continue
                take(image, path.name)
                number += 1
        except InputError as error:
            if len(paths) == 1 and number == 0:
                raise
            notes.append(f"{path.name}: {error.what}")
        taken += number
    if taken == 0:
        raise InputError("no frame could be read", where=str(paths[0]), fix="give videos or folders of images")
    return notes


def _frames(path: Path, count: int) -> Iterator[tuple[Any, str]]:
    """Frames of one file or folder, and problems that reading it met."""
    from trackside.media import ImageReader, open_media

    with open_media(path) as opened:
        is_images = isinstance(opened, ImageReader)
        length = opened.info.duration or 0.0
    apart = length / count
    if is_images or apart < _FAR:
        # Half a step in, so that neither the first black frame nor the last one is taken.
        start = 0.0 if is_images or length <= 0 else min(apart / 2, length / 2)
        yield from _read_on(path, apart, start, count)
    else:
        yield from _sought(path, apart, count)


def _read_on(path: Path, apart: float, start: float, count: int) -> Iterator[tuple[Any, str]]:
    from trackside.media import open_media

    with open_media(path, every=apart, start=start) as reader:
        for number, record in enumerate(reader, 1):
            yield record.data, ""
            if number == count:
                return
        yield from ((None, problem) for problem in reader.problems)


def _sought(path: Path, apart: float, count: int) -> Iterator[tuple[Any, str]]:
    from trackside.media import VideoReader

    for number in range(count):
        time = (number + 0.5) * apart
        try:
            with VideoReader(path, start=time) as reader:
                yield reader.shown(patience=_PATIENCE).data, ""
        except InputError as error:
            yield None, f"at {time:.0f} s {error.what}"


def read_addresses(path: Path) -> list[Address]:
    """The live sources of a cameras file; of each the stream that is looked at, since that is what the model will see.

    Raises:
        InputError: the file is no cameras file.
    """
    from trackside.pipelines.live import read_cameras

    return [Address(camera.name, camera.looked_at) for camera in read_cameras(path).cameras]


def take_cameras(
    addresses: Sequence[Address], count: int, seconds: float, take: Take, open_camera: Callable[[str, str, float], Any]
) -> list[str]:
    """Take frames of live cameras, some of them side by side.

    Args:
        addresses: of the cameras.
        count: of all frames.
        seconds: for which each camera is watched.
        take: given each frame, one at a time.
        open_camera: opens an address under a name, to give a frame each so many seconds.

    Returns:
        notes on cameras that gave nothing.

    Raises:
        InputError: none gave any.
        SettingError: a time that is none.
    """
    if not (seconds > 0 and math.isfinite(seconds)):
        raise SettingError(f"cameras cannot be watched for {seconds} s", where="watch", fix="give seconds, above 0")
    each, lock = math.ceil(count / len(addresses)), threading.Lock()

    def watch(camera: Address) -> tuple[int, str]:
        return _watched(camera, each, seconds, open_camera, lambda image: _locked(lock, take, image, camera.name))

    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        found = list(pool.map(watch, addresses))
    notes = [f"{one.name}: {problem}" for one, (_, problem) in zip(addresses, found, strict=True) if problem]
    if not any(taken for taken, _ in found):
        raise InputError(f"no camera gave a picture ({notes[0]})", fix="see that the cameras can be reached")
    return notes


def _locked(lock: threading.Lock, take: Take, image: Image, name: str) -> None:
    with lock:
        take(image, name)


def _watched(
    camera: Address, count: int, seconds: float, open_camera: Callable[[str, str, float], Any], keep: Callable[[Image], None]
) -> tuple[int, str]:
    """How many pictures a camera gave, and why it gave none or not all."""
    taken = 0
    try:
        reader = open_camera(camera.address, camera.name, seconds / count)
    except InputError as error:
        return 0, error.what
    try:
        for record in reader:
            keep(record.data)
            taken += 1
            if taken >= count or record.time >= seconds:
                break
    except InputError as error:
        return taken, error.what
    finally:
        reader.close()
    return taken, "" if taken else "gave no picture"


def open_live_camera(address: str, name: str, every: float) -> Any:
    """A live source that gives a picture each `every` seconds."""
    from trackside.media.live import LiveSettings, open_live

    return open_live(address, LiveSettings(every=every, loop=False), source=name)
