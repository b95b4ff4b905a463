"""MOTChallenge: a folder a sequence, with `img1/`, `gt/gt.txt` or `det/det.txt`, and `seqinfo.ini`.

Rows: frame (from 1), id, left, top, width, height, confidence, class, visibility (MOT16 and later), or x, y, z in metres in
place of the last two (MOT15). Milan et al., "MOT16: A benchmark for multi-object tracking", 2016, section 3.2. Class names,
which the format has by convention only, are read from `gt/labels.txt` where a tool wrote one.
"""

from __future__ import annotations

import configparser
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError
from trackside.data.dataset import Dataset
from trackside.data.formats.building import Builder
from trackside.data.formats.format import FORMATS, Format
from trackside.data.formats.locating import absent_pictures
from trackside.data.formats.mot_write import CLASSES, places, write_mot_folder
from trackside.data.formats.names import SPLITS, is_picture
from trackside.data.formats.there import is_file, is_folder

_FEWEST, _MOST = 6, 10
# Frames of a sequence that a broken row may claim: a day at 30 frames a second.
_MOST_FRAMES = 86_400 * 30


def recognise_mot(path: Path) -> str:
    """The sequences at a path."""
    names = [folder.name for folder in sequences(path)]
    return f"MOTChallenge sequences ({', '.join(names[:3])})" if names else ""


def sequences(path: Path) -> list[Path]:
    """Folders of sequences: the path itself, those in it, or those in its folders of splits."""
    if not is_folder(path):
        return []
    for folders in ([path], path.glob("*"), path.glob("*/*")):
        found = [folder for folder in sorted(folders) if _is_sequence(folder)]
        if found:
            return found
    return []


def _is_sequence(folder: Path) -> bool:
    return any(is_file(folder / name) for name in ("gt/gt.txt", "det/det.txt", "seqinfo.ini"))


def read_mot_folder(path: Path, *, detections: bool = False) -> Dataset:
    """Read sequences; their frames are the items, named whether their pictures are there or not.

    Args:
        path: a sequence's folder, or a folder of them.
        detections: whether to read `det/det.txt` even where there is ground truth.

    Raises:
        InputError: there is no sequence.
    """
    folders = sequences(path)
    if not folders:
        raise InputError("holds no sequence", where=str(path), fix="give the folder with gt/gt.txt and seqinfo.ini")
    root = path.parent if folders[0].samefile(path) else path
    builder = Builder(root, "mot", _classes(folders))
    info = {}
    for folder in folders:
        info[folder.name] = _Sequence(builder, folder, detections).read()
    dataset = builder.build({"mot": info})
    return replace(dataset, troubles=(*dataset.troubles, *absent_pictures(dataset)))


def _classes(folders: list[Path]) -> tuple[str, ...]:
    for folder in folders:
        try:
            names = (folder / "gt" / "labels.txt").read_text("utf-8").split("\n")
        except (OSError, UnicodeDecodeError):
            continue
        return tuple(dict.fromkeys(name.rstrip("\r") for name in names if name.strip()))
    return CLASSES


class _Sequence:
    """One sequence on its way into a builder."""

    def __init__(self, builder: Builder, folder: Path, detections: bool) -> None:
        self.builder, self.folder = builder, folder
        self.name = folder.relative_to(builder.root).as_posix()
        truth, found = folder / "gt" / "gt.txt", folder / "det" / "det.txt"
        self.file = found if is_file(found) and (detections or not is_file(truth)) else truth
        self.is_truth = self.file == truth

    def read(self) -> dict[str, str]:
        """Add frames and rows, and give what `seqinfo.ini` says."""
        info = self._info()
        cells, lines = self._cells()
        frames = self._frames(info, cells)
        rate = _number(info.get("framerate", ""))
        size = int(_number(info.get("imwidth", ""))), int(_number(info.get("imheight", "")))
        parts = self.name.split("/")
        split = SPLITS.get(parts[0].lower(), "") if len(parts) > 1 else ""
        rows = {}
        for frame, name in frames.items():
            time = (frame - 1) / rate if rate > 0 else float("nan")
            group = self.folder.name
            rows[frame] = self.builder.item(f"{self.name}/{name}", group=group, time=time, size=size, split=split)
        self._rows(cells, lines, rows)
        return info

    def _info(self) -> dict[str, str]:
        parser = configparser.ConfigParser(interpolation=None, strict=False)
        try:
            parser.read_string((self.folder / "seqinfo.ini").read_text("utf-8", "replace"))
            return dict(parser["Sequence"])
        except FileNotFoundError:
            return {}
        except (OSError, KeyError, configparser.Error):
            self.builder.trouble(f"{self.name}/seqinfo.ini", "cannot be understood")
            return {}

    def _frames(self, info: dict[str, str], cells: NDArray[np.float64]) -> dict[int, str]:
        """Frame numbers, in order, with the names of their pictures."""
        folder, suffix = info.get("imdir", "img1"), info.get("imext", ".jpg")
        try:
            found = dict(_numbered(self.folder / folder))
        except OSError as error:
            found = {}
            self.builder.trouble(f"{self.name}/{folder}", f"the folder cannot be read ({error.strerror or error})")
        last = max(int(_number(info.get("seqlength", ""))), int(cells[:, 0].max()) if len(cells) else 0)
        wanted = range(1, min(last, _MOST_FRAMES) + 1)
        told = {frame: f"{folder}/{found.get(frame, f'{frame:06}{suffix}')}" for frame in wanted}
        return dict(sorted((told | {frame: f"{folder}/{name}" for frame, name in found.items()}).items()))

    def _cells(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """float64 [m, 10] of the good rows, NaN for absent cells, and the line of each."""
        try:
            text = self.file.read_bytes().decode("utf-8", "replace")
        except OSError as error:
            if not isinstance(error, FileNotFoundError):
                self.builder.trouble(f"{self.name}/{self.file.name}", f"cannot be read ({error.strerror or error})")
            return np.empty((0, _MOST)), np.empty(0, np.int64)
        rows, lines = [], []
        for number, line in enumerate(text.split("\n"), start=1):
            if not line.strip():
                continue
            try:
                cells = [float(cell) for cell in line.split(",")]
            except ValueError:
                self._trouble("a cell is no number", number)
                continue
            why = _wrong(cells)
            if why:
                self._trouble(why, number)
                continue
            rows.append([*cells[:_MOST], *[np.nan] * (_MOST - len(cells))])
            lines.append(number)
        return np.array(rows, np.float64).reshape(-1, _MOST), np.array(lines, np.int64)

    def _rows(self, cells: NDArray[np.float64], lines: NDArray[np.int64], rows: dict[int, int]) -> None:
        tail = cells[:, 8:]
        in_metres = bool((~np.isnan(tail[:, 1]) & (tail != -1).any(axis=1)).any()) if len(cells) else False
        for one, line in zip(cells.tolist(), lines.tolist(), strict=True):
            extra: dict[str, Any] = {}
            number = one[7] if not in_metres else -1.0
            kind = int(number) - 1 if number >= 1 and number % 1 == 0 else -1
            while len(self.builder.classes) <= kind < 1000:
                self.builder.class_of(f"class_{len(self.builder.classes) + 1}")
            if kind >= len(self.builder.classes):
                self._trouble(f"the class {number:g} is out of range", line)
                continue
            if in_metres:
                extra["world"] = one[7:10]
            elif one[8] == one[8] and one[8] != -1:
                extra["visibility"] = one[8]
            score = float("nan") if self.is_truth or one[6] != one[6] else one[6]
            if self.is_truth and one[6] == one[6] and one[6] != 1:
                extra["considered"] = one[6]
            box = one[2], one[3], one[2] + one[4], one[3] + one[5]
            item = rows[int(one[0])]
            self.builder.annotation(item, kind=kind, box=box, score=score, track=int(one[1]), extra=extra)

    def _trouble(self, what: str, line: int) -> None:
        self.builder.trouble(self.file.relative_to(self.builder.root).as_posix(), what, line)


def _wrong(cells: list[float]) -> str:
    if len(cells) < _FEWEST:
        return f"{len(cells)} cells where at least {_FEWEST} are needed"
    if not np.isfinite(cells[:_MOST]).all():
        return "a cell is not finite"
    if not 1 <= cells[0] <= _MOST_FRAMES or cells[0] % 1 or cells[1] % 1 or abs(cells[1]) > 2**53:
        return "frame and id must be whole numbers, frames from 1"
    return ""


def _numbered(folder: Path) -> Iterator[tuple[int, str]]:
    if is_folder(folder):
        for entry in sorted(folder.iterdir()):
            if (
                is_picture(entry.name)
                and entry.stem.isascii()
                and entry.stem.isdigit()
                and 0 < int(entry.stem) <= _MOST_FRAMES
            ):
                yield int(entry.stem), entry.name


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if 0 < value < 2**31 else 0.0


_HOLDS = ("groups", "splits", "times", "sizes", "annotations", "boxes", "classes_of_annotations", "scores", "tracks")
FORMATS.add(
    "mot",
    Format(
        "mot",
        "MOTChallenge",
        recognise_mot,
        read_mot_folder,
        write_mot_folder,
        places,
        holds=frozenset((*_HOLDS, "annotation_extras", "empty_classes", "class_order")),
    ),
)
