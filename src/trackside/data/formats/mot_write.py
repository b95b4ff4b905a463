"""Writing MOTChallenge sequences, a folder a group."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from trackside.core.files import write_text
from trackside.data.dataset import NO_CLASS, Dataset
from trackside.data.formats.numbers import extents
from trackside.data.items import Texts
from trackside.data.wording import counted

CLASSES = (
    *("pedestrian", "person on vehicle", "car", "bicycle", "motorbike", "non-motorised vehicle", "static person"),
    *("distractor", "occluder", "occluder on the ground", "occluder full", "reflection"),
)
"""Classes 1 to 12 of MOT16 and later (Milan et al. 2016, table 3)."""

_UNSAFE = re.compile(r"[/\\\0%]")
_KNOWN = frozenset(("considered", "visibility", "world"))


def places(dataset: Dataset) -> Texts:
    """[SPLIT/]GROUP/img1/FRAME.jpg; the frames of a group that are named by their numbers already stay."""
    names = dataset.items.names.copy()
    for folder, rows in _groups(dataset):
        if not _are_frames(folder, names[rows]):
            for number, row in enumerate(rows, start=1):
                names[row] = f"{folder}/img1/{number:06}{PurePosixPath(names[row]).suffix.lower() or '.jpg'}"
    return names


def _groups(dataset: Dataset) -> Iterator[tuple[str, NDArray[np.intp]]]:
    """Each sequence's folder, with its rows in order of time."""
    keys = [_folder(str(split), str(group)) for split, group in zip(dataset.items.splits, dataset.items.groups, strict=True)]
    rows: dict[str, list[int]] = {}
    for row, key in enumerate(keys):
        rows.setdefault(key, []).append(row)
    for key, members in rows.items():
        times = dataset.items.times[members]
        order = np.argsort(times, kind="stable") if not np.isnan(times).any() else np.arange(len(members))
        yield key, np.array(members, np.intp)[order]


def _folder(split: str, group: str) -> str:
    name = _UNSAFE.sub("_", group).lstrip(".") or "sequence"
    return f"{_UNSAFE.sub('_', split)}/{name}" if split else name


def _are_frames(folder: str, names: Texts) -> bool:
    pattern = re.compile(re.escape(folder) + r"/img1/0*[1-9][0-9]*\.[a-zA-Z]+", re.ASCII)
    return all(pattern.fullmatch(name) for name in names) and len({_frame(name) for name in names}) == len(names)


def _frame(name: str) -> int:
    return int(PurePosixPath(name).stem)


def write_mot_folder(dataset: Dataset, path: Path) -> Sequence[str]:
    """Write sequences: what a person drew into `gt/gt.txt`, what has a score into `det/det.txt`."""
    targets = places(dataset)
    order = np.argsort(dataset.annotations.items, kind="stable")
    bounds = np.searchsorted(dataset.annotations.items[order], np.arange(len(dataset) + 1))
    lost = {"time": 0, "size": 0}
    for folder, rows in _groups(dataset):
        frames = [_frame(targets[row]) for row in rows]
        _write_info(dataset, path / folder, rows, frames, str(targets[rows[0]]), lost)
        inside = [order[bounds[row] : bounds[row + 1]] for row in rows]
        numbers = np.repeat(frames, [len(part) for part in inside])
        _write_rows(dataset, path / folder, np.concatenate(inside), numbers)
    notes = [
        f"the {name} of {counted(count, 'items')}: a sequence has one frame rate and one size"
        for name, count in lost.items()
        if count
    ]
    return [*notes, *_unwritten(dataset)]


def _unwritten(dataset: Dataset) -> Iterator[str]:
    kept = dataset.annotations
    bare = int((~kept.has_box).sum())
    if bare:
        yield f"{counted(bare, 'annotations')}: no box"
    odd = sum(bool(set(extra) - _KNOWN) for extra in kept.extras)
    if odd:
        yield f"what the source held besides of {counted(odd, 'annotations')}"
    if 0 < int(np.isnan(kept.scores).sum()) < len(kept):
        yield "ground truth and detections in one file: they are written as gt.txt and det.txt"
    renamed = sum(_folder("", str(group)) != group for group in set(dataset.items.groups))
    if renamed:
        yield f"the names of {counted(renamed, 'groups')}: they are none for folders"


def _write_info(
    dataset: Dataset, folder: Path, rows: NDArray[np.intp], frames: Sequence[int], first: str, lost: dict[str, int]
) -> None:
    known = dict(dataset.info.get("mot", {}).get(folder.name, {}))
    times, sizes = dataset.items.times[rows], dataset.items.sizes[rows]
    rate = float(known.get("framerate") or _rate(times, np.array(frames)))
    expected = (np.array(frames) - 1) / rate if rate > 0 else np.full(len(rows), np.nan)
    lost["time"] += int((~((times == expected) | np.isnan(times))).sum())
    lost["size"] += int((sizes != sizes[0]).any(axis=1).sum())
    told = {"name": folder.name, "imDir": "img1", "seqLength": str(max(frames)), "imExt": PurePosixPath(first).suffix}
    if rate > 0:
        told["frameRate"] = f"{rate:g}" if float(f"{rate:g}") == rate else repr(rate)
    if sizes[0].all():
        told["imWidth"], told["imHeight"] = map(str, sizes[0].tolist())
    lower = {key.lower() for key in told}
    told.update({key: value for key, value in known.items() if key.lower() not in lower})
    write_text(folder / "seqinfo.ini", "[Sequence]\n" + "".join(f"{key}={value}\n" for key, value in told.items()))


def _rate(times: NDArray[np.float64], frames: NDArray[np.int64]) -> float:
    """Frames a second, to a thousandth where that gives the times; 0 where they do not tell."""
    if np.isnan(times).any() or len(times) < 2 or times[-1] <= times[0]:
        return 0.0
    rate = float((frames[-1] - frames[0]) / (times[-1] - times[0]))
    return round(rate, 3) or rate


def _write_rows(dataset: Dataset, folder: Path, rows: NDArray[np.int64], frames: NDArray[np.int64]) -> None:
    kept = dataset.annotations
    sizes = extents(kept.boxes[rows])
    in_metres = any("world" in extra for extra in kept.extras[rows])
    parts: dict[str, list[str]] = {"gt/gt.txt": [], "det/det.txt": []}
    for row, frame, size in zip(rows.tolist(), frames.tolist(), sizes.tolist(), strict=True):
        score, extra = float(kept.scores[row]), kept.extras[row]
        if np.isnan(kept.boxes[row]).any():
            continue
        is_truth = score != score
        flag = float(extra.get("considered", 1)) if is_truth else score
        kind = int(kept.classes[row])
        tail = (
            extra.get("world", [-1, -1, -1])
            if in_metres
            else [kind + 1 if kind != NO_CLASS else -1, extra.get("visibility", -1)]
        )
        cells = [frame, int(kept.tracks[row]), *kept.boxes[row, :2].tolist(), *size, flag, *tail]
        parts["gt/gt.txt" if is_truth else "det/det.txt"].append(",".join(map(_short, cells)) + "\n")
    has_truth = bool(parts["gt/gt.txt"]) or not parts["det/det.txt"]
    for name, lines in parts.items():
        if lines or (has_truth and name == "gt/gt.txt"):
            write_text(folder / name, "".join(lines))
    if dataset.classes and dataset.classes != CLASSES:
        write_text(folder / "gt" / "labels.txt", "".join(f"{name}\n" for name in dataset.classes))


def _short(value: float) -> str:
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))
