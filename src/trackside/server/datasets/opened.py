"""An opened index: a data set as the pages look at it, in memory and in mapped files."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.data.annotations import Annotations
from trackside.data.dataset import Dataset
from trackside.data.items import Items
from trackside.server.datasets.indexing import MARK
from trackside.server.problems import missing


@dataclass(frozen=True)
class Suspects:
    """What checks do not trust, as columns sorted by item, worst first.

    Attributes:
        rows: int64 [s], rows of items.
        columns: lists by name: check, score, reason, kind, suggestion, annotation, partner.
    """

    rows: NDArray[np.int64]
    columns: dict[str, list[Any]]

    def of(self, row: int) -> range:
        """The places of an item's suspects."""
        first, last = np.searchsorted(self.rows, [row, row + 1])
        return range(int(first), int(last))

    def counts(self) -> dict[str, int]:
        """How many suspects each check named."""
        return dict(Counter(self.columns["check"]))

    @cached_property
    def rows_of_checks(self) -> dict[str, NDArray[np.int64]]:
        """The rows of the items that each check points to, each once."""
        named: dict[str, list[int]] = {}
        for row, check in zip(self.rows.tolist(), self.columns["check"], strict=True):
            named.setdefault(check, []).append(row)
        return {check: np.unique(rows) for check, rows in sorted(named.items())}


class Opened:
    """An index that was opened. What is large is mapped, not read.

    Args:
        folder: of the index.
        version: of the files.
    """

    def __init__(self, folder: Path, version: str) -> None:
        self.folder, self.version = folder, version
        words = json.loads((folder / "words.json").read_text("utf-8"))
        self.root: str = words["root"]
        self.names: list[str] = words["names"]
        self.classes: list[str] = words["classes"]
        self.splits: list[str] = words["splits"]
        self.groups: list[str] = words["groups"]
        self.annotators: list[str] = words["annotators"]
        self.keypoints: list[str] = words["keypoints"]
        self.bones: list[tuple[int, int]] = [(a, b) for a, b in words["bones"]]
        self.troubles: list[str] = words["troubles"]
        told = json.loads((folder / "suspects.json").read_text("utf-8"))
        self.suspects = Suspects(np.array(told.pop("row"), np.int64), told)
        self.column = {path.stem: np.load(path, mmap_mode="r", allow_pickle=False) for path in folder.glob("*.npy")}

    def __len__(self) -> int:
        return len(self.names)

    def checked_row(self, row: int) -> int:
        """The same row. Raises Refused (404) if there is none."""
        if row >= len(self):
            raise missing("item")
        return row

    def word(self, words: list[str], code: int) -> str:
        """A word by its number; an empty text for -1."""
        return words[code] if code >= 0 else ""

    def label(self, row: int) -> str:
        """The class of an item."""
        return self.word(self.classes, int(self.column["labels"][row]))

    def annotations_of(self, row: int) -> range:
        """The places of an item's annotations in the columns of annotations."""
        first, last = self.column["starts"][row : row + 2]
        return range(int(first), int(last))

    def extras(self, row: int) -> dict[str, Any]:
        """`text` and `extras` of an item."""
        first, last = (int(place) for place in self.column["extras"][row : row + 2])
        if first == last:
            return {"text": "", "extras": {}}
        with (self.folder / "extras.jsonl").open("rb") as file:
            file.seek(first)
            found: dict[str, Any] = json.loads(file.read(last - first))
        return found

    def map_json(self) -> bytes:
        """The map, as `MapShape` in JSON."""
        return (self.folder / "map.json").read_bytes()

    @cached_property
    def dataset(self) -> Dataset:
        """The same as a data set, without what formats held besides; annotations are in the order of the items."""
        column, counts = self.column, np.diff(self.column["starts"])
        words = {name: ["", *getattr(self, name)] for name in ("splits", "groups", "annotators")}
        items = Items.of(
            self.names,
            labels=column["labels"],
            splits=[words["splits"][code + 1] for code in column["splits"]],
            groups=[words["groups"][code + 1] for code in column["groups"]],
            sizes=column["sizes"],
            texts=self._texts(),
        )
        annotations = Annotations.of(
            np.repeat(np.arange(len(self)), counts),
            classes=column["annotation_classes"],
            boxes=column["boxes"],
            points=column["points"],
            annotators=[words["annotators"][code + 1] for code in column["annotators"]],
        )
        return Dataset(Path(self.root), items, annotations, tuple(self.classes), tuple(self.keypoints))

    def _texts(self) -> list[str] | None:
        """The transcripts of all items; None if there are none."""
        starts = self.column["extras"].tolist()
        if not starts[-1]:
            return None
        told = (self.folder / "extras.jsonl").read_bytes()
        parts = pairwise(starts)
        return [json.loads(told[first:last])["text"] if last > first else "" for first, last in parts]

    @cached_property
    def row_of(self) -> dict[str, int]:
        """The row of each name."""
        return {name: row for row, name in enumerate(self.names)}

    @cached_property
    def row_of_last_part(self) -> dict[str, int]:
        """The row of each file name, without its folders; those that two items have are left out."""
        parts = [name.rpartition("/")[2] for name in self.names]
        counts = Counter(parts)
        return {part: row for row, part in enumerate(parts) if counts[part] == 1}

    @cached_property
    def searched(self) -> list[str]:
        """Names without the difference of small and capital letters."""
        return [name.casefold() for name in self.names]

    @property
    def items_of_class(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Rows of items by class, and int64 [classes + 1] where each class begins: items of the class, or with an annotation
        of it, each once."""
        return self.column["class_items"], self.column["class_starts"]


def open_index(work: Path) -> Opened:
    """The index of a workbench. Raises FileNotFoundError if there is none (any more), ValueError if it is broken."""
    told = json.loads((work / MARK).read_text("utf-8"))
    return Opened(work / told["folder"], told["version"])
