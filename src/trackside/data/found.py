"""What an extractor found in many pictures, in memory and on disk: append-only parts, so that a killed scan goes on."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from trackside.core.files import atomic_open

Row: TypeAlias = Mapping[str, NDArray[Any]]
_KEYS, _STARTS = "keys", "starts of "


@dataclass
class Found:
    """Named arrays by picture.

    Attributes:
        rows: by the picture's key; a column that a row lacks (its picture cannot be read) reads as zeros or NaN.
        order: keys in the order in which columns are asked for.
    """

    rows: dict[bytes, Row] = field(default_factory=dict)
    order: Sequence[bytes] = ()

    def __contains__(self, key: object) -> bool:
        return key in self.rows

    def add(self, rows: Mapping[bytes, Row]) -> None:
        """Take more pictures in."""
        self.rows.update(rows)

    def in_order(self, keys: Sequence[bytes]) -> Found:
        """The same, asked in this order."""
        return Found(self.rows, keys)

    def column(self, name: str) -> NDArray[Any]:
        """[n, ...] of a column whose rows have one shape. Raises KeyError where no picture has it."""
        sample = self._sample(name)
        column = np.full((len(self.order), *sample.shape), _nothing(sample.dtype), sample.dtype)
        for place, key in enumerate(self.order):
            value = self.rows.get(key, {}).get(name)
            if value is not None:
                column[place] = value
        return column

    def ragged(self, name: str) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """Values [total, ...], and int64 [n + 1] where each picture's begin. Raises KeyError."""
        sample = self._sample(name)
        none = np.empty((0, *sample.shape[1:]), sample.dtype)
        parts = [self.rows.get(key, {}).get(name, none) for key in self.order]
        starts = np.zeros(len(parts) + 1, np.int64)
        np.cumsum([len(part) for part in parts], out=starts[1:])
        return np.concatenate(parts) if parts else none, starts

    def texts(self, keys: Sequence[bytes], name: str) -> tuple[str, ...]:
        """A column of bytes as text."""
        values = (self.rows.get(key, {}).get(name) for key in keys)
        return tuple("" if value is None else np.asarray(value).item().decode("utf-8", "replace") for value in values)

    def _sample(self, name: str) -> NDArray[Any]:
        for row in self.rows.values():
            if name in row:
                return np.asarray(row[name])
        raise KeyError(name)


def save_part(folder: Path | None, rows: Mapping[bytes, Row]) -> None:
    """Write the rows of some pictures, whole or not at all."""
    if folder is None or not rows:
        return
    arrays: dict[str, NDArray[Any]] = {_KEYS: np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), -1)}
    for name in sorted({name for row in rows.values() for name in row}):
        values = [np.atleast_1d(np.asarray(row[name])) if name in row else None for row in rows.values()]
        arrays[name] = np.concatenate([value for value in values if value is not None])
        lengths = [-1 if value is None else len(value) for value in values]
        scalar = next(np.ndim(row[name]) == 0 for row in rows.values() if name in row)
        arrays[_STARTS + name] = np.array([int(scalar), *lengths], np.int64)
    with atomic_open(folder / f"{uuid4().hex}.npz", "wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]


def load_found(folder: Path | None) -> Found:
    """All that was saved in a folder; a broken part counts as not there."""
    found = Found()
    for path in sorted(folder.glob("*.npz")) if folder is not None and folder.is_dir() else []:
        try:
            with np.load(path, allow_pickle=False) as part:
                found.add(_rows({name: part[name] for name in part.files}))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            path.unlink(missing_ok=True)
    return found


def _rows(arrays: Mapping[str, NDArray[Any]]) -> dict[bytes, Row]:
    rows: dict[bytes, dict[str, NDArray[Any]]] = {key.tobytes(): {} for key in arrays[_KEYS]}
    for name in arrays:
        if name == _KEYS or name.startswith(_STARTS):
            continue
        scalar, *lengths = arrays[_STARTS + name].tolist()
        start = 0
        for row, length in zip(rows.values(), lengths, strict=True):
            if length >= 0:
                row[name] = arrays[name][start] if scalar else arrays[name][start : start + length]
                start += length
    return dict(rows)


def _nothing(dtype: np.dtype[Any]) -> Any:
    return np.nan if np.issubdtype(dtype, np.floating) else np.zeros((), dtype)[()]
