"""A data set: its items (pictures, lines, tickets), what is annotated in them, and what could not be read.

Struct of arrays, as everywhere: a data set of a million boxes is a dozen arrays. Formats read into it and write from it;
splits, health and the relabel queue work on it and know no format.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError
from trackside.data.annotations import Annotations
from trackside.data.items import Items

NO_CLASS = -1


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something in the files that could not be used; the rest was read.

    Attributes:
        item: the name of the item or file.
        what: what is wrong, one clause.
        line: line of a text file, from 1.
    """

    item: str
    what: str
    line: int | None = None

    def __str__(self) -> str:
        where = self.item if self.line is None else f"{self.item}, line {self.line}"
        return f"{where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Dataset:
    """Items below a folder and what is known of them.

    Attributes:
        root: the folder that items' names are relative to.
        items: one row an item.
        annotations: one row a box, a set of keypoints, or a further label of an item.
        classes: names of the classes that labels and annotations count by. A class may have no member.
        keypoints: names of the points of `annotations.points`.
        format: the format that it was read from.
        info: what that format held besides (licences, descriptions), for a lossless way back. JSON data.
        troubles: what could not be read.
    """

    root: Path
    items: Items
    annotations: Annotations = field(default_factory=Annotations.empty)
    classes: tuple[str, ...] = ()
    keypoints: tuple[str, ...] = ()
    format: str = ""
    info: Mapping[str, Any] = field(default_factory=dict)
    troubles: tuple[Trouble, ...] = ()

    def __post_init__(self) -> None:
        count = len(self.classes)
        for name, numbers in (("labels", self.items.labels), ("classes", self.annotations.classes)):
            if len(numbers) and (int(numbers.min()) < -1 or int(numbers.max()) >= count):
                raise ValueError(f"{name} lie between {numbers.min()} and {numbers.max()}, but there are {count} classes")
        rows = self.annotations.items
        if len(rows) and (int(rows.min()) < 0 or int(rows.max()) >= len(self.items)):
            raise ValueError(f"annotations point to items {rows.min()} to {rows.max()}, but there are {len(self.items)}")

    def __len__(self) -> int:
        return len(self.items)

    @property
    def title(self) -> str:
        """What to call it: its folder's name."""
        return self.root.resolve().name

    @property
    def is_labelled(self) -> bool:
        """Whether any item has a class."""
        return bool((self.items.labels >= 0).any())

    @property
    def splits(self) -> tuple[str, ...]:
        """Names of the splits that occur, in order of first occurrence."""
        return tuple(dict.fromkeys(name for name in self.items.splits if name))

    def path(self, item: int) -> Path:
        """The file of an item."""
        return self.root / str(self.items.names[item])

    def label_name(self, item: int) -> str:
        """The name of an item's class, or an empty text."""
        label = int(self.items.labels[item])
        return self.classes[label] if label >= 0 else ""

    def in_split(self, name: str) -> NDArray[np.intp]:
        """The rows of a split's items."""
        return np.flatnonzero(self.items.splits == name)

    def rows_by_item(self) -> list[NDArray[np.intp]]:
        """The rows of all items' annotations, one array an item: for loops over many items."""
        order = np.argsort(self.annotations.items, kind="stable")
        counts = np.bincount(self.annotations.items, minlength=len(self))
        return np.split(order, np.cumsum(counts)[:-1]) if len(self) else []

    def of_item(self, item: int) -> NDArray[np.intp]:
        """The rows of an item's annotations."""
        return np.flatnonzero(self.annotations.items == item)

    def take(self, rows: NDArray[Any] | Sequence[int]) -> Dataset:
        """The chosen items with their annotations, in the given order. Rows are numbers or a mask, each at most once."""
        chosen = np.arange(len(self))[rows]
        place = np.full(len(self), -1, np.int64)
        place[chosen] = np.arange(len(chosen))
        kept = np.flatnonzero(place[self.annotations.items] >= 0)
        annotations = self.annotations.take(kept)
        return replace(self, items=self.items.take(chosen), annotations=replace(annotations, items=place[annotations.items]))

    def with_items(self, **columns: Any) -> Dataset:
        """The same data set with other columns of its items: `with_items(splits=...)`."""
        return replace(self, items=replace(self.items, **columns))

    def row_of(self, name: str) -> int:
        """The row of the item of that name.

        Raises:
            InputError: there is none.
        """
        found = np.flatnonzero(self.items.names == name)
        if not len(found):
            raise InputError("the data set has no such item", where=name, fix="give a name as the data set lists it")
        return int(found[0])
