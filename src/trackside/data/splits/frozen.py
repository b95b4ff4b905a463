"""A split that is frozen: which item is in which part, by the hash of its content, in a file with a hash of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core.errors import InputError
from trackside.core.files import sha256_of, write_text
from trackside.data.dataset import Dataset
from trackside.data.items import objects

_KIND, _VERSION = "trackside splits", 1


@dataclass(frozen=True, slots=True)
class Splits:
    """Parts of a data set; n items, r rounds.

    Attributes:
        names: of the items, when they were split.
        hashes: of their content; an item is known by it, also under another name.
        groups: their groups, "" for none.
        parts: names of the parts ("train", "val", "test").
        rounds: names of the rounds; one for shares, one a fold for folds, one an inner fold for nested folds.
        table: int8 [r, n], the part of each item in each round; -1 for none.
        method: how it was made: by, shares, folds, nested, gap, seed, stable.
        notes: what could not be as wished.
        dataset_version: of the manifest.
    """

    names: tuple[str, ...]
    hashes: tuple[str, ...]
    groups: tuple[str, ...]
    parts: tuple[str, ...]
    rounds: tuple[str, ...]
    table: NDArray[np.int8]
    method: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    dataset_version: str = ""

    def __len__(self) -> int:
        return len(self.names)

    def rows(self, part: str, round_: int = 0) -> NDArray[np.intp]:
        """The items of a part in a round."""
        return np.flatnonzero(self.table[round_] == self.parts.index(part))

    def apply(self, dataset: Dataset, round_: int = 0, *, hashes: Sequence[str] | None = None) -> Dataset:
        """The data set with the splits of a round; items that the split does not know get none."""
        known = dict(zip(self.hashes, self.table[round_].tolist(), strict=True))
        found = content_hashes(dataset) if hashes is None else hashes
        part = [known.get(one, -1) for one in found]
        return dataset.with_items(splits=objects([self.parts[number] if number >= 0 else "" for number in part]))

    @property
    def digest(self) -> str:
        """SHA-256 of all that decides what is in which part."""
        return sha256(json.dumps(self._content(), sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()

    def save(self, path: Path) -> None:
        """Write `splits.json`. Raises OutputError."""
        head = {"kind": _KIND, "version": _VERSION, "sha256": self.digest, "notes": list(self.notes)}
        write_text(path, json.dumps(head | self._content(), indent=1) + "\n")

    @classmethod
    def load(cls, path: Path) -> Splits:
        """Read `splits.json`.

        Raises:
            InputError: not to be read, no splits, of a newer version, or changed by hand.
        """
        fix = "make it again with `trackside data split`"
        try:
            data = json.loads(path.read_text("utf-8"))
            if data["kind"] != _KIND:
                raise ValueError("of another kind")
            if data["version"] > _VERSION:
                raise InputError("was written by a newer Trackside", where=str(path), fix="update Trackside")
            splits = cls._from(data)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise InputError(f"holds no splits ({error})", where=str(path), fix=fix) from None
        if splits.digest != data.get("sha256"):
            raise InputError("was changed after it was frozen: its hash does not fit", where=str(path), fix=fix)
        return splits

    @classmethod
    def _from(cls, data: Mapping[str, Any]) -> Splits:
        items = data["items"]
        table = np.array([item["parts"] for item in items], np.int8).reshape(len(items), len(data["rounds"])).T
        if table.size and not -1 <= table.min() <= table.max() < len(data["parts"]):
            raise ValueError("an item is in a part that is not there")
        columns = (tuple(str(item[name]) for item in items) for name in ("name", "hash", "group"))
        names, hashes, groups = columns
        parts, rounds, notes = (tuple(map(str, data[name])) for name in ("parts", "rounds", "notes"))
        return cls(names, hashes, groups, parts, rounds, table, dict(data["method"]), notes, str(data["dataset_version"]))

    def _content(self) -> dict[str, Any]:
        rows = zip(self.names, self.hashes, self.groups, self.table.T.tolist(), strict=True)
        keys = ("name", "hash", "group", "parts")
        return {
            "dataset_version": self.dataset_version,
            "method": dict(self.method),
            "parts": list(self.parts),
            "rounds": list(self.rounds),
            "items": [dict(zip(keys, row, strict=True)) for row in rows],
        }


def content_hashes(dataset: Dataset, threads: int = 4) -> list[str]:
    """A hash of each item: of its file, else of its text, else of its name."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda row: _hash(dataset, row), range(len(dataset))))


def _hash(dataset: Dataset, row: int) -> str:
    try:
        return sha256_of(dataset.path(row))
    except (OSError, ValueError):
        text, name = str(dataset.items.texts[row]), str(dataset.items.names[row])
        kind, content = ("text", text) if text else ("name", name)
        return f"{kind}:{sha256(content.encode('utf-8', 'surrogatepass')).hexdigest()}"
