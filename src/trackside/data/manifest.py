"""A data set's version: a hash of every file and of its labels, and one of the whole.

The version does not depend on the order of items, annotations or classes, nor on the format: coordinates count to a
thousandth of a pixel, so that a data set that was converted without loss is the same version.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from trackside.core import InputError, SettingError
from trackside.core.files import atomic_open, sha256_of
from trackside.data.dataset import NO_CLASS, Dataset
from trackside.data.items import Texts, objects

_KIND = "trackside-manifest"
# Coordinates count to this many decimals of a pixel, times to as many of a second.
_DECIMALS = 3
# Bookkeeping of formats, which is no label.
_BOOKKEEPING = frozenset(("id", "label_studio"))
_COLUMNS = ("names", "contents", "labels", "splits", "classes")
_THREADS = 8


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a data set holds, in hashes. All columns are str [n], in order of name.

    Attributes:
        names: of the items.
        contents: SHA-256 of each file, in hexadecimal; "" where there is no file.
        labels: SHA-256 of all that is labelled of it (class, transcript, group, time, annotations).
        splits: as in the data set.
        classes: the name of its class, for people.
    """

    names: Texts
    contents: Texts
    labels: Texts
    splits: Texts
    classes: Texts

    def __len__(self) -> int:
        return len(self.names)

    @property
    def version(self) -> str:
        """SHA-256 of the whole, in hexadecimal."""
        digest = sha256()
        for row in zip(self.names, self.contents, self.labels, self.splits, strict=True):
            digest.update(json.dumps(row).encode() + b"\n")
        return digest.hexdigest()

    @classmethod
    def of(
        cls,
        dataset: Dataset,
        *,
        contents: Sequence[str] | None = None,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> Manifest:
        """Hash a data set.

        Args:
            dataset: whose files are read.
            contents: SHA-256 of each file, if known, so that it need not be read again; "" where there is none.
            progress: told the stage in words, how much is done, and of how much.
        """
        contents = _hashes(dataset, progress) if contents is None else contents
        kinds = [dataset.label_name(row) for row in range(len(dataset))]
        columns = (dataset.items.names, contents, list(label_hashes(dataset)), dataset.items.splits, kinds)
        order = np.argsort(dataset.items.names.astype(str), kind="stable")
        return cls(*(objects(column)[order] for column in columns))

    def save(self, path: Path) -> None:
        """Write the manifest: JSON Lines or Parquet, as the name ends.

        Raises:
            SettingError: it ends otherwise.
            OutputError: it cannot be written.
        """
        check_manifest_name(path)
        if path.suffix.lower() == ".parquet":
            self._save_parquet(path)
            return
        with atomic_open(path) as out:
            out.write(json.dumps({"kind": _KIND, "version": self.version, "items": len(self)}) + "\n")
            for row in zip(*(getattr(self, column) for column in _COLUMNS), strict=True):
                out.write(json.dumps(dict(zip(_COLUMNS, row, strict=True))) + "\n")

    def _save_parquet(self, path: Path) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        table = pa.table({column: pa.array(getattr(self, column).tolist(), pa.string()) for column in _COLUMNS})
        told = {"kind": _KIND, "version": self.version}
        with atomic_open(path, "wb") as out:
            parquet.write_table(table.replace_schema_metadata({_KIND: json.dumps(told)}), out, compression="zstd")


def check_manifest_name(path: Path) -> None:
    """Raise SettingError unless the name is that of a manifest."""
    if path.suffix.lower() not in (".jsonl", ".parquet"):
        raise SettingError("a manifest is written as .jsonl or .parquet", where=str(path), fix=f"name it {path.stem}.jsonl")


def read_manifest(path: Path) -> Manifest:
    """Read what `Manifest.save` wrote.

    Raises:
        InputError: it is no manifest, or it was changed since it was written.
    """
    try:
        told, columns = _parquet(path) if path.suffix.lower() == ".parquet" else _json_lines(path)
        manifest = Manifest(*(objects(columns[name]) for name in _COLUMNS))
        is_whole = told["kind"] == _KIND
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"is no manifest ({error})", where=str(path), fix="write one with: trackside data manifest"
        ) from None
    if not is_whole or manifest.version != told.get("version"):
        raise InputError("was changed since it was written", where=str(path), fix="write it again from the data set")
    return manifest


def _json_lines(path: Path) -> tuple[dict[str, Any], dict[str, list[str]]]:
    columns: dict[str, list[str]] = {name: [] for name in _COLUMNS}
    with path.open(encoding="utf-8") as lines:
        told = json.loads(next(lines, "null"))
        for line in lines:
            row = json.loads(line)
            for name in _COLUMNS:
                columns[name].append(str(row[name]))
    return told, columns


def _parquet(path: Path) -> tuple[dict[str, Any], dict[str, list[str]]]:
    from pyarrow import parquet

    table = parquet.read_table(path)
    told = json.loads((table.schema.metadata or {})[_KIND.encode()])
    return told, {name: [str(text) for text in table.column(name).to_pylist()] for name in _COLUMNS}


def _hashes(dataset: Dataset, progress: Callable[[str, int, int], None] | None) -> list[str]:
    contents: list[str] = []
    with ThreadPoolExecutor(_THREADS) as pool:
        for content in pool.map(_hash, (dataset.path(row) for row in range(len(dataset)))):
            contents.append(content)
            if progress is not None and len(contents) % 256 == 0:
                progress("hashing files", len(contents), len(dataset))
    return contents


def _hash(path: Path) -> str:
    try:
        return sha256_of(path)
    except (OSError, ValueError):
        return ""


def label_hashes(dataset: Dataset) -> Iterator[str]:
    """SHA-256 of each item's labels, in the order of the items."""
    rows = np.argsort(dataset.annotations.items, kind="stable")
    bounds = np.searchsorted(dataset.annotations.items[rows], np.arange(len(dataset) + 1))
    items = dataset.items
    for row in range(len(dataset)):
        told = {
            "class": dataset.label_name(row),
            "group": items.groups[row],
            "text": items.texts[row],
            "time": _round(float(items.times[row])),
            "besides": _besides(items.extras[row]),
            "annotations": sorted(_canonical(dataset, rows[bounds[row] : bounds[row + 1]].tolist())),
        }
        yield sha256(_json(told).encode()).hexdigest()


def _canonical(dataset: Dataset, rows: Sequence[int]) -> Iterator[str]:
    kept = dataset.annotations
    for row in rows:
        kind = int(kept.classes[row])
        points = zip(dataset.keypoints, kept.points[row].tolist(), strict=True)
        told = {
            "class": dataset.classes[kind] if kind != NO_CLASS else "",
            "box": [_round(value) for value in kept.boxes[row].tolist()],
            # What is not labelled may be told as absent or as visibility 0.
            "points": {name: [_round(value) for value in point] for name, point in points if point[2] > 0},
            "score": _round(float(kept.scores[row])),
            "track": int(kept.tracks[row]),
            "annotator": kept.annotators[row],
            "besides": _besides(kept.extras[row]),
        }
        yield _json(told)


def _besides(extra: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in extra.items() if key not in _BOOKKEEPING}


def _round(value: float) -> float | str | None:
    if math.isnan(value):
        return None
    return round(value, _DECIMALS) + 0.0 if math.isfinite(value) else str(value)


def _json(told: Any) -> str:
    return json.dumps(told, sort_keys=True, separators=(",", ":"), default=str)
