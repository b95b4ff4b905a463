"""Carrying decisions out: the corrected data set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from trackside.core.errors import InputError
from trackside.data.annotations import Annotations
from trackside.data.dataset import Dataset
from trackside.data.items import objects
from trackside.data.queue.decisions import Decision
from trackside.data.queue.queue import Queue


@dataclass(frozen=True, slots=True)
class Applied:
    """A corrected data set and what was done: how many images were relabelled, removed and edited, and items that decisions
    name but the data set does not hold."""

    dataset: Dataset
    relabelled: int
    removed: int
    edited: int
    absent: tuple[str, ...]


def apply(dataset: Dataset, queue: Queue) -> Dataset:
    """The data set as it was decided; see `apply_decisions`."""
    return apply_decisions(dataset, decisions_of(queue)).dataset


def decisions_of(queue: Queue) -> dict[str, Decision]:
    """The decision that counts, by item."""
    found = {}
    for page in queue.pages("decided"):
        found.update({item: part.decision for item, part in zip(page.items, page.decided, strict=True) if part is not None})
    return found


def apply_decisions(dataset: Dataset, decisions: Mapping[str, Decision]) -> Applied:
    """Relabel, remove and redraw. The files are not touched; classes that are new are added behind the others.

    Args:
        dataset: as it is.
        decisions: by the item's name.

    Raises:
        InputError: an edit whose keypoints do not fit the data set's.
    """
    row_of = {str(name): row for row, name in enumerate(dataset.items.names)}
    known = {row_of[name]: decision for name, decision in decisions.items() if name in row_of}
    classes = _classes(dataset.classes, known)
    numbers = {name: number for number, name in enumerate(classes)}
    labels = dataset.items.labels.copy()
    for row, decision in known.items():
        if decision.action in ("relabel", "edit") and decision.label:
            labels[row] = numbers[decision.label]
    edits = {row: decision for row, decision in known.items() if decision.action == "edit"}
    annotations = _edited(dataset, edits, numbers) if edits else dataset.annotations
    kept = np.ones(len(dataset), bool)
    kept[[row for row, decision in known.items() if decision.action == "remove"]] = False
    whole = replace(dataset, items=replace(dataset.items, labels=labels), annotations=annotations, classes=classes)
    return Applied(
        whole.take(np.flatnonzero(kept)),
        int((labels != dataset.items.labels).sum()),
        int((~kept).sum()),
        len(edits),
        tuple(name for name in decisions if name not in row_of),
    )


def _classes(classes: tuple[str, ...], decisions: Mapping[int, Decision]) -> tuple[str, ...]:
    """The classes, and behind them those that only decisions name, in order of the alphabet."""
    named = {name for decision in decisions.values() for name in (decision.label, *decision.labels) if name}
    return (*classes, *sorted(named - set(classes)))


def _edited(dataset: Dataset, edits: Mapping[int, Decision], numbers: Mapping[str, int]) -> Annotations:
    """The annotations with those of edited items replaced; the order of the others stays."""
    old = dataset.annotations
    chosen = np.zeros(len(dataset), bool)
    chosen[list(edits)] = True
    rows: dict[int, list[int]] = {item: [] for item in edits}
    for row in np.flatnonzero(chosen[old.items]):
        rows[int(old.items[row])].append(int(row))
    kept = ~chosen[old.items]
    for item, decision in edits.items():
        kept[[row for place, row in enumerate(rows[item]) if _outlives(old, row, place, decision)]] = True
    parts = [old.take(np.flatnonzero(kept))]
    parts += [_redrawn(dataset, item, rows[item], decision, numbers) for item, decision in sorted(edits.items())]
    joined = _joined(parts)
    return joined.take(np.argsort(joined.items, kind="stable")) if bool((np.diff(old.items) >= 0).all()) else joined


def _outlives(old: Annotations, row: int, place: int, decision: Decision) -> bool:
    """Whether an annotation stays beside what was drawn: a further label has no outline that an edit could mean."""
    if place in decision.places or bool(old.has_box[row]):
        return False
    has_points = bool((old.points[row, :, 2] > 0).any())
    return not has_points or decision.boxes is not None


def _redrawn(dataset: Dataset, item: int, rows: list[int], decision: Decision, numbers: Mapping[str, int]) -> Annotations:
    """One item's annotations as decided. What the format said of an annotation besides stays with it."""
    old = dataset.annotations
    count = len(decision.boxes if decision.boxes is not None else decision.points or ())
    places = decision.places or tuple(place if place < len(rows) else -1 for place in range(count))
    origins = [rows[place] if 0 <= place < len(rows) else -1 for place in places]
    known = np.array([origin >= 0 for origin in origins], bool)
    source = np.array([origin for origin in origins if origin >= 0], np.intp)
    new = Annotations.of(np.full(count, item), points=np.full((count, old.points.shape[1], 3), np.nan))
    new.classes[known], new.tracks[known], new.annotators[known] = (
        old.classes[source],
        old.tracks[source],
        old.annotators[source],
    )
    new.boxes[known], new.points[known] = old.boxes[source], old.points[source]
    if decision.labels:
        new.classes[:] = [numbers[name] if name else -1 for name in decision.labels]
    if decision.boxes is not None:
        new.boxes[:] = np.array(decision.boxes, np.float64).reshape(count, 4)
    if decision.points is not None:
        new.points[:] = _points(dataset, item, decision)
    extras = [_still_true(old, origin, new.boxes[row]) for row, origin in enumerate(origins)]
    return replace(new, extras=objects(extras))


def _points(dataset: Dataset, item: int, decision: Decision) -> np.ndarray:
    count, k = len(decision.points or ()), dataset.annotations.points.shape[1]
    try:
        return np.array(decision.points, np.float64).reshape(count, k, 3)
    except ValueError:
        what = f"a decision gives keypoints that are not {k} of x, y, visibility"
        raise InputError(what, where=str(dataset.items.names[item]), fix="decide again, with all points") from None


# What describes the old outline, and is wrong once the box is another.
_OF_THE_OUTLINE = ("area", "segmentation")


def _still_true(old: Annotations, origin: int, box: np.ndarray) -> dict[str, object]:
    if origin < 0:
        return {}
    same = np.array_equal(old.boxes[origin], box, equal_nan=True)
    return {key: value for key, value in old.extras[origin].items() if same or key not in _OF_THE_OUTLINE}


def _joined(parts: list[Annotations]) -> Annotations:
    columns = ("items", "classes", "boxes", "points", "scores", "tracks", "annotators", "extras")
    return Annotations(*(np.concatenate([getattr(part, name) for part in parts]) for name in columns))
