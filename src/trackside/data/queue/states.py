"""How an image stood when it was decided about, so that a later change of it can be told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from trackside.core.files import sha256_of
from trackside.data.dataset import Dataset
from trackside.data.queue.decisions import Decision, boxes_digest


@dataclass(frozen=True, slots=True)
class State:
    """What a decision rests on.

    Attributes:
        picture: SHA-256 of the file; "" where it cannot be read or was not asked for.
        label: the class name; "" for none.
        boxes: digest of its annotations (`boxes_digest`); "" for none.
    """

    picture: str = ""
    label: str = ""
    boxes: str = ""

    def holds(self, decided: Decision, before: State) -> bool:
        """Whether a decision made on `before` still holds: nothing changed but what the decision itself asked for."""
        same_picture = "" in (self.picture, before.picture) or self.picture == before.picture
        return (
            same_picture
            and self.label in (before.label, decided.label)
            and self.boxes in (before.boxes, *_expected(decided))
        )


def states_of(dataset: Dataset, names: Iterable[str]) -> tuple[dict[str, State], dict[int, int]]:
    """How the named items stand now; names that the data set does not hold are left out.

    Returns:
        The states by name, and for each row of the annotations of these items its place within its item, from 0.
    """
    wanted = set(names)
    rows = [row for row, name in enumerate(dataset.items.names) if name in wanted]
    chosen = np.zeros(len(dataset), bool)
    chosen[rows] = True
    by_item: dict[int, list[int]] = {}
    for row in np.flatnonzero(chosen[dataset.annotations.items]) if len(dataset.annotations) else ():
        by_item.setdefault(int(dataset.annotations.items[row]), []).append(int(row))
    places = {row: place for part in by_item.values() for place, row in enumerate(part)}
    return {str(dataset.items.names[row]): _state(dataset, row, by_item.get(row, [])) for row in rows}, places


def _state(dataset: Dataset, item: int, rows: list[int]) -> State:
    try:
        picture = sha256_of(dataset.path(item))
    except OSError:
        picture = ""
    return State(picture, dataset.label_name(item), _digest(dataset, rows))


def _digest(dataset: Dataset, rows: list[int]) -> str:
    annotations = dataset.annotations
    names = [dataset.classes[number] if number >= 0 else "" for number in annotations.classes[rows]]
    return boxes_digest(names, annotations.boxes[rows], annotations.points[rows])


def _expected(decided: Decision) -> tuple[str, ...]:
    """What the boxes are once an edit has been carried out, if the edit says all of it."""
    if decided.action != "edit" or decided.boxes is None or not (decided.labels or not decided.boxes):
        return ()
    return (boxes_digest(decided.labels, decided.boxes, decided.points or [()] * len(decided.boxes)),)
