"""Tracks from files: MOTChallenge text, COCO-video JSON, and the Parquet tables that pipelines save.

One file holds one sequence, except COCO, which may hold several videos. A folder holds a sequence a file (`SEQ.txt`), or a
folder a sequence with the file at a known place inside (`SEQ/gt/gt.txt`). Frames count from 1 whatever the form: those of a
form that counts from 0 are moved by one.
"""

from __future__ import annotations

import configparser
import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from trackside.core import Detections, InputError, Tracks
from trackside.core.convert import from_coco
from trackside.core.motchallenge import read_mot

Frames = dict[int, Tracks]
"""Frame, from 1, to what is in it. Frames without anything may be absent."""

_COLUMNS = ("frame", "id", "x1", "y1", "x2", "y2", "score")


def read_tracks(path: Path) -> Frames:
    """The tracks of a file with one sequence: `.txt`, `.json` or `.parquet`.

    Raises:
        InputError: the file is absent, of another kind, malformed, or holds several sequences.
    """
    sequences = _read_file(path)
    if len(sequences) != 1:
        fix = "give a file with one sequence"
        raise InputError(f"holds {len(sequences)} sequences ({_listed(sequences)})", where=str(path), fix=fix)
    return next(iter(sequences.values()))


def read_sequences(path: Path, *, inside: str = "") -> dict[str, Frames]:
    """The sequences of a file or folder, by name.

    Args:
        path: a file, or a folder of them.
        inside: where the file lies in a sequence's folder (`gt/gt.txt`); sequences are then folders, where there are any.

    Raises:
        InputError: there is nothing of a known kind, a file is malformed, or two have the same name.
    """
    if not path.is_dir():
        return _read_file(path)
    if inside and (path / inside).is_file():
        return {path.resolve().name: read_tracks(path / inside)}
    files = {folder.name: folder / inside for folder in sorted(path.iterdir()) if inside and (folder / inside).is_file()}
    if not files:
        files = _by_stem(path)
    if not files:
        kinds = f"SEQUENCE/{inside} or SEQUENCE.txt" if inside else "SEQUENCE.txt"
        raise InputError("this folder holds no sequences", where=str(path), fix=f"put files there as {kinds}")
    return {name: read_tracks(file) for name, file in files.items()}


def frame_rate(path: Path) -> float | None:
    """The frame rate that MOTChallenge's `seqinfo.ini` gives, in frames a second.

    Args:
        path: a sequence's folder, or a file in it or in a folder of it (`SEQ/gt/gt.txt`).

    Returns:
        None where there is no such file.

    Raises:
        InputError: the file gives no positive frame rate.
    """
    for folder in (path, *path.resolve().parents[:2]):
        file = folder / "seqinfo.ini"
        if file.is_file():
            return _rate_in(file)
    return None


def _rate_in(file: Path) -> float:
    parser = configparser.ConfigParser()
    try:
        parser.read_string(file.read_text("utf-8"))
        rate = parser.getfloat("Sequence", "frameRate")
    except (OSError, UnicodeDecodeError, configparser.Error, ValueError):
        rate = math.nan
    if not 0 < rate < math.inf:
        raise InputError("gives no frame rate", where=str(file), fix="write frameRate=25 under [Sequence], or give --fps")
    return rate


def _read_file(path: Path) -> dict[str, Frames]:
    if not path.is_file():
        raise InputError("there is no such file or folder", where=str(path), fix="check the path")
    read = _READERS.get(path.suffix.lower())
    if read is None:
        kinds = ".txt (MOTChallenge), .json (COCO video) or .parquet (saved by a pipeline)"
        raise InputError(f"cannot read tracks from a {path.suffix or 'nameless'} file", where=str(path), fix=f"give {kinds}")
    return read(path)


def _by_stem(folder: Path) -> dict[str, Path]:
    files: dict[str, Path] = {}
    for file in sorted(folder.iterdir()):
        if file.suffix.lower() not in _READERS or not file.is_file():
            continue
        if file.stem in files:
            fix = "keep one of them"
            raise InputError(f"{files[file.stem].name} and {file.name} name one sequence", where=str(folder), fix=fix)
        files[file.stem] = file
    return files


def _from_text(path: Path) -> dict[str, Frames]:
    place = path.resolve()
    inner = place.stem in ("gt", "det") and place.parent.name == place.stem
    return {place.parents[1].name if inner else place.stem: read_mot(path)}


def _from_parquet(path: Path) -> dict[str, Frames]:
    import pyarrow as pa
    import pyarrow.parquet as parquet

    try:
        table = parquet.read_table(path, columns=list(_COLUMNS))
        if empty := [name for name in _COLUMNS if table[name].null_count]:
            raise ValueError(f"empty cells in {', '.join(empty)}")
        columns = {name: table[name].to_numpy() for name in _COLUMNS}
        frames = columns["frame"].astype(np.int64) + 1
        ids = columns["id"].astype(np.int64)
        boxes = np.column_stack([columns[name] for name in ("x1", "y1", "x2", "y2")]).astype(np.float32)
        scores = columns["score"].astype(np.float32)
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError) as error:
        what = f"this is no table of tracks ({str(error).splitlines()[0]})"
        raise InputError(what, where=str(path), fix=f"give one with the columns {', '.join(_COLUMNS)}") from None
    order = np.argsort(frames, kind="stable")
    tracks = Tracks.of(Detections(boxes, scores, np.zeros(len(boxes), np.int32)), ids)[order]
    numbers, starts = np.unique(frames[order], return_index=True)
    ends = [*starts[1:].tolist(), len(frames)]
    rows = zip(numbers.tolist(), starts.tolist(), ends, strict=True)
    return {path.stem: {frame: tracks[start:end] for frame, start, end in rows}}


def _from_json(path: Path) -> dict[str, Frames]:
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"cannot read ({error})", where=str(path)) from None
    fix = "give a COCO file with videos, images (video_id, frame_id) and annotations (image_id, track_id, bbox)"
    try:
        return _videos(data)
    except KeyError as error:
        raise InputError(f"this is no COCO-video file (something lacks {error})", where=str(path), fix=fix) from None
    except (AttributeError, TypeError, ValueError, OverflowError) as error:
        raise InputError(f"this is no COCO-video file ({error})", where=str(path), fix=fix) from None
    except InputError as error:
        raise InputError(error.what, where=str(path), fix=error.fix) from None


def _videos(data: Mapping[str, Any]) -> dict[str, Frames]:
    """The sequences of a COCO-video file; `iscrowd` and `ignore` mark boxes that do not count."""
    names = {int(video["id"]): str(video.get("name") or video["id"]) for video in data["videos"]}
    if len(set(names.values())) < len(names):
        raise ValueError("two videos have one name")
    images = {int(image["id"]): image for image in data["images"]}
    first = 1 if any(int(image["frame_id"]) == 0 for image in images.values()) else 0
    found: dict[int, list[Mapping[str, Any]]] = {}
    for annotation in data["annotations"]:
        found.setdefault(int(annotation["image_id"]), []).append(_with_identity(annotation))
    sequences: dict[str, Frames] = {name: {} for name in names.values()}
    for image, boxes in found.items():
        video, frame = names[int(images[image]["video_id"])], int(images[image]["frame_id"]) + first
        if frame in sequences[video]:
            raise ValueError(f"two images are frame {frame - first} of {video}")
        sequences[video][frame] = from_coco(boxes, data["categories"])  # type: ignore[assignment]
    return sequences


def _with_identity(annotation: Mapping[str, Any]) -> Mapping[str, Any]:
    track = annotation["track_id"] if "track_id" in annotation else annotation["instance_id"]
    counts = not (annotation.get("iscrowd") or annotation.get("ignore"))
    return {**annotation, "track_id": int(track)} | ({} if counts else {"score": 0.0})


def _listed(names: Mapping[str, object]) -> str:
    shown = list(names)[:5]
    return ", ".join(shown) + (", ..." if len(names) > len(shown) else "") or "none"


_READERS: dict[str, Callable[[Path], dict[str, Frames]]] = {
    ".txt": _from_text,
    ".json": _from_json,
    ".parquet": _from_parquet,
}
