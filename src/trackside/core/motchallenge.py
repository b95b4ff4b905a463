"""MOTChallenge text files: ground truth, detections and results of trackers, one box a line.

Columns: frame (from 1), id, left, top, width, height, confidence, class (or x), visibility (or y), z; the first six are
needed. What is written comes back the same: boxes keep every bit of their float32 corners.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trackside.core.convert import corners_of, sizes_of
from trackside.core.detections import Detections, Tracks
from trackside.core.errors import InputError
from trackside.core.files import write_text

_FEWEST_COLUMNS = 6
# Frame, id, left, top, width, height, and what stands for an absent confidence and class.
_DEFAULTS = (np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, 1.0, 1.0)
_NO_ID = -1

Cells = NDArray[np.float64]


def read_mot(path: Path) -> dict[int, Tracks]:
    """A MOTChallenge file (`gt.txt`, `det.txt`, results): frame, from 1, to what is in it, in the order of the file.

    Ids stand as in the file (-1 in detection files: no identity). The score is the confidence column (in ground truth the
    flag that says whether the box counts; 1 where the column is absent); the class is the eighth column less 1, or 0
    where it is absent or below 1.

    Raises:
        InputError: the file cannot be read, or a row is malformed; names the line.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read ({error})", where=str(path)) from None
    if not text.strip():
        return {}
    cells = _read_all(text)
    if cells is None:
        cells = np.array([_read_row(line, f"{path}, line {number}") for number, line in _lines(text)])
    _check(cells, path, text)
    cells = cells[np.argsort(cells[:, 0], kind="stable")]
    frames, starts = np.unique(cells[:, 0], return_index=True)
    return {int(frame): _tracks(rows) for frame, rows in zip(frames, np.split(cells, starts[1:]), strict=True)}


def write_mot(path: Path, frames: Mapping[int, Detections]) -> None:
    """Write a MOTChallenge file, whole or not at all. Detections without identity get id -1.

    Args:
        path: the file.
        frames: frame, from 1, to what is in it.

    Raises:
        InputError: a frame's number is below 1.
        OutputError: the file cannot be written.
    """
    if any(frame < 1 for frame in frames):
        raise InputError(f"frames count from 1, got {min(frames)}", where=str(path))
    write_text(path, "".join(line for frame in sorted(frames) for line in mot_rows(frame, frames[frame])))


def mot_rows(frame: int, detections: Detections) -> Iterable[str]:
    """The lines of one frame, each with its line end: frame, id, left, top, width, height, score, class + 1, -1, -1."""
    count = len(detections)
    ids = detections.ids.tolist() if isinstance(detections, Tracks) else [_NO_ID] * count
    corners, sizes = detections.boxes.astype(np.float64).tolist(), sizes_of(detections.boxes).tolist()
    scores, classes = detections.scores.astype(np.float64).tolist(), detections.classes.tolist()
    for track, (x, y, _, _), (width, height), score, kind in zip(ids, corners, sizes, scores, classes, strict=True):
        yield f"{frame},{track},{x!r},{y!r},{width!r},{height!r},{score!r},{kind + 1},-1,-1\n"


def _lines(text: str) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip())


def _read_all(text: str) -> Cells | None:
    """The eight columns at once, 40 times as fast as line by line; None where rows differ in length or are malformed."""
    try:
        cells = np.loadtxt(io.StringIO(text), delimiter=",", comments=None, ndmin=2)
    except ValueError:
        return None
    if cells.shape[1] < _FEWEST_COLUMNS:
        return None
    absent = np.tile(_DEFAULTS[cells.shape[1] :], (len(cells), 1))
    return np.hstack([cells[:, : len(_DEFAULTS)], absent])


def _read_row(line: str, where: str) -> list[float]:
    try:
        cells = [float(cell) for cell in line.split(",")]
    except ValueError:
        raise InputError("a cell is not a number", where=where, fix="rows are frame,id,x,y,w,h,score,...") from None
    if len(cells) < _FEWEST_COLUMNS:
        raise InputError(f"{len(cells)} cells where at least {_FEWEST_COLUMNS} are needed", where=where)
    return [*cells[: len(_DEFAULTS)], *_DEFAULTS[len(cells) :]]


def _check(cells: Cells, path: Path, text: str) -> None:
    def where(row: int) -> str:
        number, _ = next(islice(_lines(text), row, None))
        return f"{path}, line {number}"

    infinite = ~np.isfinite(cells).all(axis=1)
    if infinite.any():
        raise InputError("a cell is not finite", where=where(int(infinite.argmax())))
    broken = (cells[:, 0] < 1) | (cells[:, :2] % 1 != 0).any(axis=1)
    if broken.any():
        row = int(broken.argmax())
        got = f"got {cells[row, 0]:g} and {cells[row, 1]:g}"
        raise InputError(f"frame and id must be whole numbers, frames from 1, {got}", where=where(row))


def _tracks(rows: Cells) -> Tracks:
    classes = np.maximum(rows[:, 7], 1.0) - 1
    detections = Detections(corners_of(rows[:, 2:6]), rows[:, 6], classes)  # type: ignore[arg-type]
    return Tracks.of(detections, rows[:, 1])
