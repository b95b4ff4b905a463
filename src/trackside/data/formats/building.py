"""Putting a data set together row by row, in columns from the start."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.data.annotations import Annotations
from trackside.data.dataset import NO_CLASS, Dataset, Trouble
from trackside.data.formats.names import BadName, clean_name
from trackside.data.items import Items, objects

NO_ITEM = -1
_NO_BOX = (math.nan,) * 4


class Builder:
    """Takes items and annotations one at a time, and keeps numbers as numbers.

    Args:
        root: the folder that items are named from.
        format: the format that is read.
        classes: names of classes that are known beforehand, in order.
    """

    def __init__(self, root: Path, format: str, classes: Sequence[str] = ()) -> None:
        self.root, self.format = root, format
        self.classes: dict[str, int] = {}
        self._kinds: list[str] = []
        self._names: list[str] = []
        for name in classes:
            self.class_of(name)
        self.keypoints: dict[str, int] = {}
        self.troubles: list[Trouble] = []
        self.rows: dict[str, int] = {}
        self._labels, self._sizes, self._times = array("i"), array("i"), array("d")
        self._splits: list[str] = []
        self._groups: list[str] = []
        self._texts: list[str] = []
        self._extras: list[dict[str, Any]] = []
        self._items, self._classes, self._tracks = array("q"), array("i"), array("q")
        self._boxes, self._scores = array("d"), array("d")
        self._votes: dict[int, int] = {}
        self._split_until = 0
        self._points: dict[int, tuple[NDArray[np.intp], NDArray[np.float64]]] = {}
        self._annotators: list[str] = []
        self._annotation_extras: list[dict[str, Any]] = []

    def class_of(self, name: str) -> int:
        """The number of a class, a new one for a new name; -1 for an empty name."""
        if not name:
            return NO_CLASS
        number = self.classes.setdefault(name, len(self.classes))
        if number == len(self._kinds):
            self._kinds.append(name)
        return number

    def points_of(self, names: Sequence[str]) -> NDArray[np.intp]:
        """The numbers of keypoints of these names, new ones for new names."""
        return np.array([self.keypoints.setdefault(name, len(self.keypoints)) for name in names], np.intp)

    def trouble(self, item: str, what: str, line: int | None = None) -> None:
        """Note what could not be used."""
        self.troubles.append(Trouble(item, what, line))

    def item(
        self,
        text: str,
        *,
        where: str = "",
        line: int | None = None,
        base: str = "",
        label: int = NO_CLASS,
        split: str = "",
        group: str = "",
        time: float = math.nan,
        size: tuple[int, int] = (0, 0),
        transcript: str = "",
        extra: dict[str, Any] | None = None,
        again: str = "is named twice",
    ) -> int:
        """Add an item, and give its row; -1 for a name that cannot be one, the first row for a name that was there.

        Args:
            text: its path relative to `base`, as the file says it.
            where: the file that says so, for troubles; and `line` of it.
            base: a folder below the root.
            again: the trouble if the name was there already; none if empty.
        """
        try:
            name = clean_name(text, base, self.root)
        except BadName as error:
            self.trouble(where or _shown(text), f"{error}: {_shown(text)}", line)
            return NO_ITEM
        row = self.rows.setdefault(name, len(self.rows))
        if row < len(self._times):
            if again and not self._differs(row, label):
                self.trouble(name, again, line)
            elif again:
                self._conflict(row, label, line)
            return row
        self._names.append(name)
        self._labels.append(label)
        self._sizes.extend(size)
        self._times.append(time)
        self._splits.append(split)
        self._groups.append(group)
        self._texts.append(transcript)
        self._extras.append({} if extra is None else extra)
        return row

    def annotation(
        self,
        item: int,
        *,
        kind: int = NO_CLASS,
        box: Sequence[float] = _NO_BOX,
        points: tuple[NDArray[np.intp], NDArray[np.float64]] | None = None,
        score: float = math.nan,
        track: int = -1,
        annotator: str = "",
        extra: dict[str, Any] | None = None,
    ) -> None:
        """Add a row. Points are the keypoints' numbers (`points_of`), and float64 [j, 3] of x, y, visibility."""
        if points is not None:
            self._points[len(self._items)] = points
        self._items.append(item)
        self._classes.append(kind)
        self._boxes.extend(box)
        self._scores.append(score)
        self._tracks.append(track)
        self._annotators.append(annotator)
        self._annotation_extras.append({} if extra is None else extra)

    def same_label(self, item: int, label: str, line: int | None = None) -> None:
        """Note a trouble if an item that is told of again is given another class; the first counts."""
        if self._differs(item, self.class_of(label)):
            self._conflict(item, self.class_of(label), line)

    def _differs(self, item: int, label: int) -> bool:
        return NO_CLASS not in (label, self._labels[item]) and label != self._labels[item]

    def _conflict(self, item: int, label: int, line: int | None) -> None:
        first, then = _shown(self._kinds[self._labels[item]]), _shown(self._kinds[label])
        self.trouble(self.name_of(item), f"is named twice, as {first!r} and here as {then!r}; the first counts", line)

    def set_label(self, item: int, label: int) -> None:
        """Give an item its class."""
        self._labels[item] = label

    def vote(self, item: int, kind: int) -> None:
        """Somebody says that an item is of a class; it becomes its class if nobody says otherwise."""
        if kind != NO_CLASS and self._votes.setdefault(item, kind) != kind:
            self._votes[item] = NO_CLASS

    def split_from(self, split: str) -> None:
        """Give the items added since the last call, where they have none, this split."""
        for row in range(self._split_until, len(self)):
            self._splits[row] = self._splits[row] or split
        self._split_until = len(self)

    def sort_classes(self) -> None:
        """Number the classes in order of name; of numbers, in order of size. To be called once, at the end."""
        names = list(self.classes)
        ordered = in_order(names)
        self.classes, self._kinds = {name: number for number, name in enumerate(ordered)}, ordered
        renumbered = [*(self.classes[name] for name in names), NO_CLASS]
        self._labels = array("i", [renumbered[label] for label in self._labels])
        self._classes = array("i", [renumbered[kind] for kind in self._classes])
        self._votes = {item: renumbered[kind] for item, kind in self._votes.items()}

    def name_of(self, item: int) -> str:
        """The name of an item."""
        return self._names[item]

    def size_of(self, item: int) -> tuple[int, int]:
        """Width and height of an item, as far as known."""
        return self._sizes[2 * item], self._sizes[2 * item + 1]

    def extra_of(self, item: int) -> dict[str, Any]:
        """What is kept of an item besides, to add to."""
        return self._extras[item]

    def __len__(self) -> int:
        return len(self._times)

    def build(self, info: Mapping[str, Any] | None = None) -> Dataset:
        """The data set of all that was added."""
        for item, kind in self._votes.items():
            self._labels[item] = kind
        n = len(self)
        items = Items.of(
            self._names,
            labels=np.array(self._labels, np.int32),
            splits=self._splits,
            groups=self._groups,
            times=np.array(self._times, np.float64),
            sizes=np.array(self._sizes, np.int32).reshape(n, 2),
            texts=self._texts,
            extras=objects(self._extras),
        )
        kept = {} if info is None else info
        names = tuple(self.classes), tuple(self.keypoints)
        return Dataset(self.root, items, self._annotations(), *names, self.format, kept, tuple(self.troubles))

    def _annotations(self) -> Annotations:
        m = len(self._items)
        points = np.full((m, len(self.keypoints), 3), np.nan)
        for row, (places, values) in self._points.items():
            points[row, places] = values
        return Annotations.of(
            np.array(self._items, np.int64),
            classes=np.array(self._classes, np.int32),
            boxes=np.array(self._boxes, np.float64).reshape(m, 4),
            points=points,
            scores=np.array(self._scores, np.float64),
            tracks=np.array(self._tracks, np.int64),
            annotators=self._annotators,
            extras=objects(self._annotation_extras),
        )


def in_order(names: Iterable[str]) -> list[str]:
    """Class names as formats without an order have them: by name; numbers by size."""
    known = list(names)
    if all(name.isascii() and name.isdigit() for name in known):
        return sorted(known, key=lambda name: (int(name), name))
    return sorted(known)


def _shown(text: str) -> str:
    clean = text.encode("utf-8", "replace").decode()
    return clean if len(clean) <= 100 else clean[:97] + "..."
