"""Recorded footage on disk: one compressed NumPy file a video, without pickles."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from trackside.core import Affine, Detections, Events, Tracks
from trackside.core.files import atomic_open
from trackside.pipelines.kinds import StreamInfo
from trackside.pipelines.scoring.footage import Footage

_FORMAT = 1
Arrays = dict[str, Any]


def keep(path: Path, footage: Footage) -> bool:
    """Write footage, whole or not at all.

    Returns:
        False where it holds a kind that has no form on disk; nothing is written then.

    Raises:
        OutputError: it cannot be written.
    """
    if not all(isinstance(value, _KINDS) for column in footage.values.values() for value in column if value is not None):
        return False
    arrays: Arrays = {"times": footage.times, "indexes": footage.indexes}
    wires = []
    for number, (key, column) in enumerate(footage.values.items()):
        kind = next((type(value).__name__ for value in column if value is not None), "")
        wires.append({"wire": list(key), "kind": kind})
        arrays |= {f"w{number}.{name}": array for name, array in _PACKERS[kind](column).items()} if kind else {}
        arrays[f"w{number}.there"] = np.array([value is not None for value in column], np.bool_)
    for number, column_of_ids in enumerate(footage.ended.values()):
        arrays[f"e{number}.counts"] = np.array([len(ids) for ids in column_of_ids], np.int64)
        arrays[f"e{number}.ids"] = np.array([one for ids in column_of_ids for one in ids], np.int64)
    about = {"format": _FORMAT, "stream": asdict(footage.stream), "wires": wires, "ended": list(footage.ended)}
    arrays["about"] = np.array(json.dumps(about))
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    with atomic_open(path, "wb") as file:
        file.write(buffer.getvalue())
    return True


def kept(path: Path) -> Footage | None:
    """Read what `keep` wrote; None if it is not there or not whole."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return _read({name: file[name] for name in file.files})
    except (OSError, ValueError, KeyError, IndexError, TypeError, EOFError, zipfile.BadZipFile):
        return None


def _read(arrays: Mapping[str, Any]) -> Footage | None:
    about = json.loads(str(arrays["about"]))
    if about["format"] != _FORMAT:
        return None
    values: dict[tuple[str, str], Sequence[Any]] = {}
    for number, wire in enumerate(about["wires"]):
        there = arrays[f"w{number}.there"]
        prefix = f"w{number}."
        own = {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
        full = iter(_UNPACKERS[wire["kind"]](own) if wire["kind"] else ())
        values[wire["wire"][0], wire["wire"][1]] = [next(full) if one else None for one in there]
    ended = {}
    for number, name in enumerate(about["ended"]):
        ended[name] = [part.tolist() for part in _split(arrays[f"e{number}.ids"], arrays[f"e{number}.counts"])]
    return Footage(StreamInfo(**about["stream"]), arrays["times"], arrays["indexes"], values, ended)


def _split(array: Any, counts: Any) -> list[Any]:
    return np.split(array, np.cumsum(counts)[:-1]) if len(counts) else []


def _pack_detections(column: Sequence[Any]) -> Arrays:
    found = [value for value in column if value is not None]
    lists = list(dict.fromkeys(value.names for value in found))
    arrays: Arrays = {
        "counts": np.array([len(value) for value in found], np.int64),
        "boxes": np.concatenate([value.boxes for value in found]),
        "scores": np.concatenate([value.scores for value in found]),
        "classes": np.concatenate([value.classes for value in found]),
        "lists": np.array(json.dumps(lists)),
        "list": np.array([lists.index(value.names) for value in found], np.int64),
    }
    if isinstance(found[0], Tracks):
        arrays["ids"] = np.concatenate([value.ids for value in found])
    return arrays


def _unpack_detections(arrays: Arrays) -> list[Any]:
    lists = [tuple(names) for names in json.loads(str(arrays["lists"]))]
    columns = [_split(arrays[name], arrays["counts"]) for name in ("boxes", "scores", "classes")]
    found = [
        Detections(boxes, scores, classes, lists[number])
        for boxes, scores, classes, number in zip(*columns, arrays["list"], strict=True)
    ]
    if "ids" not in arrays:
        return found
    ids = _split(arrays["ids"], arrays["counts"])
    return [Tracks.of(one, ids_of_one) for one, ids_of_one in zip(found, ids, strict=True)]


def _pack_events(column: Sequence[Any]) -> Arrays:
    found = [value for value in column if value is not None]
    return {
        "counts": np.array([len(value) for value in found], np.int64),
        "names": np.array(json.dumps([name for value in found for name in value.names])),
        "places": np.array(json.dumps([place for value in found for place in value.places])),
        "times": np.concatenate([value.times for value in found]),
        "ids": np.concatenate([value.ids for value in found]),
        "values": np.concatenate([value.values for value in found]),
    }


def _unpack_events(arrays: Arrays) -> list[Any]:
    texts = [np.array(json.loads(str(arrays[name])), object) for name in ("names", "places")]
    columns = [_split(array, arrays["counts"]) for array in (*texts, arrays["times"], arrays["ids"], arrays["values"])]
    return [
        Events(tuple(names), times, ids, tuple(places), values)
        for names, places, times, ids, values in zip(*columns, strict=True)
    ]


def _pack_motion(column: Sequence[Any]) -> Arrays:
    found = [value for value in column if value is not None]
    return {"matrices": np.array([one.matrix for one in found]), "known": np.array([one.known for one in found], np.bool_)}


def _unpack_motion(arrays: Arrays) -> list[Any]:
    return [Affine(matrix, bool(known)) for matrix, known in zip(arrays["matrices"], arrays["known"], strict=True)]


_KINDS = (Detections, Tracks, Events, Affine)
_PACKERS = {
    "Detections": _pack_detections,
    "Tracks": _pack_detections,
    "Events": _pack_events,
    "Affine": _pack_motion,
}
_UNPACKERS = {
    "Detections": _unpack_detections,
    "Tracks": _unpack_detections,
    "Events": _unpack_events,
    "Affine": _unpack_motion,
}
