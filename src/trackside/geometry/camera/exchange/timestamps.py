"""Caliscope's `timestamps.csv`: which frames of several cameras' videos were taken together, and when.

Columns `sync_index,cam_id,frame_index,frame_time`, one row a frame and camera; a row without `frame_index` is a frame that
was lost. `frame_index` counts from the start of the recording, while a video may start later: its frames are a camera's
rows in their order (Caliscope, `recording/synchronized_stream_manager`, and its sample sessions).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError

_COLUMNS = ("sync_index", "cam_id", "frame_index", "frame_time")
_FIX = f"give the file that Caliscope writes beside its videos, with the columns {', '.join(_COLUMNS)}"
# A row is some 30 bytes: ten hours of eight cameras at 60 frames a second.
_MOST_BYTES = 500_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Timestamps:
    """When the frames of one camera's video were taken.

    Attributes:
        moments: int64 [n], number of the moment (`sync_index`) of each frame; equal for frames taken together.
        times: float64 [n], seconds of the clock that all cameras share.
    """

    moments: NDArray[np.int64]
    times: NDArray[np.float64]


def read_timestamps(path: str | PathLike[str]) -> dict[str, Timestamps]:
    """The frames of each camera, by its `cam_id`.

    Raises:
        InputError: no such file, a column is missing, a value is no number, or a moment names a camera twice.
    """
    path = Path(path)
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"more than {_MOST_BYTES:,} bytes", where=str(path), fix=_FIX)
        with path.open(newline="", encoding="utf-8-sig") as file:
            table = csv.DictReader(file)
            missing = [name for name in _COLUMNS if name not in (table.fieldnames or ())]
            if missing:
                raise InputError(f"no column {' and '.join(missing)}", where=str(path), fix=_FIX)
            rows: dict[str, list[tuple[int, float]]] = {}
            for number, row in enumerate(table, 2):
                if (row["frame_index"] or "").strip():
                    rows.setdefault(row["cam_id"].strip(), []).append(_moment(row, f"{path}, line {number}"))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no table of text"
        raise InputError(f"cannot be read ({reason})", where=str(path), fix=_FIX) from error
    if not rows:
        raise InputError("holds no frames", where=str(path), fix=_FIX)
    return {camera: _timestamps(camera, own, path) for camera, own in rows.items()}


def camera_of(name: str, known: Mapping[str, Timestamps], path: Path) -> Timestamps:
    """The timestamps of a video by its name: `cam_2` or `port_2` belongs to camera `2`, or the name is the camera's own.

    Raises:
        InputError: no camera goes by that name.
    """
    digits = re.search(r"(\d+)$", name)
    for key in (name, digits[1] if digits else name):
        if key in known:
            return known[key]
    raise InputError(
        f"has no camera for {name}, but {', '.join(sorted(known))}",
        where=str(path),
        fix="name videos cam_0, cam_1 and so on",
    )


def looked_at(every: float, cameras: Sequence[Timestamps]) -> NDArray[np.int64]:
    """Moments about `every` seconds apart that two cameras or more share, int64 ascending; all of them for 0."""
    moments = np.concatenate([own.moments for own in cameras])
    times = np.concatenate([own.times for own in cameras])
    numbers, where, counts = np.unique(moments, return_inverse=True, return_counts=True)
    means = np.bincount(where, times) / counts
    chosen, last = [], -np.inf
    for number, time in zip(numbers[counts > 1].tolist(), means[counts > 1].tolist(), strict=True):
        # Half a millisecond of jitter does not skip a frame.
        if time - last >= every - 5e-4:
            chosen.append(number)
            last = time
    return np.array(chosen, np.int64)


def _moment(row: Mapping[str, str], where: str) -> tuple[int, float]:
    try:
        moment, time = int(row["sync_index"]), float(row["frame_time"])
    except (TypeError, ValueError):
        raise InputError("the moment or the time is no number", where=where, fix=_FIX) from None
    if not np.isfinite(time):
        raise InputError("the time is no number", where=where, fix=_FIX)
    return moment, time


def _timestamps(camera: str, rows: list[tuple[int, float]], path: Path) -> Timestamps:
    found = Timestamps(np.array([moment for moment, _ in rows], np.int64), np.array([time for _, time in rows]))
    if (np.diff(found.times) <= 0).any() or (np.diff(found.moments) <= 0).any():
        raise InputError(f"the frames of camera {camera} are not in the order of time", where=str(path), fix=_FIX)
    return found
