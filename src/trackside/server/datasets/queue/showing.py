"""The relabel queue as the API shows it, and decisions as they come."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from trackside.core import InputError
from trackside.data.queue import Decided, Decision, Entries, Queue
from trackside.data.suspects import Suspect
from trackside.data.workbench import Workbench
from trackside.server.datasets.opened import Opened
from trackside.server.datasets.queue.shapes import (
    DecidedShape,
    DecisionBody,
    Decisions,
    EditedBox,
    EntryShape,
    RelabelQueueShape,
)
from trackside.server.datasets.shapes import SuspectShape
from trackside.server.datasets.showing import boxes as boxes_of
from trackside.server.problems import missing

# Names of classes that go along with a page of the queue.
_MOST_CLASSES = 2000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are asked for; `claimed_by` is who gets them for a while, or nobody."""

    check: str | None
    kind: str | None
    state: str
    after: int | None
    limit: int
    claimed_by: str = ""


def queue_of(bench: Workbench) -> Queue:
    """The queue of a workbench."""
    return Queue(bench.queue_path)


def entries_of(bench: Workbench, items: Iterable[str], *states: str) -> dict[str, int]:
    """The entries of items, by name, if they have one in one of these states (in any, if none is given)."""
    named = [item for item in dict.fromkeys(items) if item]
    return queue_of(bench).ids(named, *states) if named and bench.queue_path.is_file() else {}


def entry_shape(data: Opened, queue: Queue, entry: int, person: str) -> EntryShape:
    """One entry. Raises Refused (404) if there is none of that number."""
    try:
        found = queue.get(entry)
    except InputError:
        raise missing("entry of the queue") from None
    return _entries(data, queue, found, person)[0]


def queue_shape(data: Opened, queue: Queue, wanted: Wanted, person: str) -> RelabelQueueShape:
    """A page of the queue."""
    if wanted.claimed_by:
        entries = queue.claim(wanted.claimed_by, wanted.limit, wanted.check, wanted.kind)
    else:
        entries = queue.next(wanted.after, wanted.limit, wanted.check, wanted.kind, wanted.state)
    counts = queue.counts()
    checks = {name: states.get("open", 0) for name, states in counts.checks.items()}
    total = sum(counts.states.values()) if wanted.state == "all" else counts.states.get(wanted.state, 0)
    if wanted.check is not None:
        of_check = counts.checks.get(wanted.check, {})
        total = sum(of_check.values()) if wanted.state == "all" else of_check.get(wanted.state, 0)
    speed, mine = _speed(queue, person)
    return RelabelQueueShape(
        entries=_entries(data, queue, entries, person),
        total=total,
        counts=counts.states,
        checks=checks,
        classes=data.classes[:_MOST_CLASSES],
        speed=speed,
        decided_by_me=mine,
    )


def decided_shape(queue: Queue, person: str, undone: int | None = None) -> DecidedShape:
    """How the queue stands."""
    speed, mine = _speed(queue, person)
    return DecidedShape(counts=queue.counts().states, speed=speed, decided_by_me=mine, undone=undone)


def decide(data: Opened, queue: Queue, body: Decisions, person: str) -> None:
    """Take decisions, in order.

    Raises:
        InputError: one of them cannot be; those before it were taken, unless it is wrong in itself: then none was.
    """
    ready = [(one.entry, _decision(data, queue, one), one.key) for one in body.decisions]
    for done, (entry, decision, key) in enumerate(ready):
        try:
            queue.decide(entry, decision, person, key=key or None)
        except InputError as error:
            more = f" ({done} before it were taken)" if done else ""
            raise InputError(f"{error.what}{more}", where=error.where, fix=error.fix) from None


def _entries(data: Opened, queue: Queue, entries: Entries, person: str) -> list[EntryShape]:
    partners = {one.partner for suspects in entries.suspects for one in suspects if one.partner}
    ids = queue.ids(partners) if partners else {}
    return [_entry(data, entries, place, person, ids) for place in range(len(entries))]


def _entry(data: Opened, entries: Entries, place: int, person: str, ids: Mapping[str, int]) -> EntryShape:
    item = entries.items[place]
    row = data.row_of.get(item, -1)
    known = row >= 0
    width, height = (int(value) for value in data.column["sizes"][row]) if known else (0, 0)
    return EntryShape(
        id=int(entries.ids[place]),
        row=row,
        item=item,
        label=data.label(row) if known else entries.labels[place],
        rank=round(float(entries.ranks[place]), 4),
        state=entries.states[place],
        width=width,
        height=height,
        suspects=[_suspect(data, one, ids) for one in entries.suspects[place]],
        annotations=boxes_of(data, row) if known else [],
        decision=_decision_json(entries.decided[place]),
        claimed="" if entries.claimed[place] == person else entries.claimed[place],
    )


def _suspect(data: Opened, suspect: Suspect, ids: Mapping[str, int]) -> SuspectShape:
    names = ("check", "reason", "score", "kind", "suggestion", "annotation", "partner")
    told = {name: getattr(suspect, name) for name in names}
    partner = suspect.partner
    return SuspectShape(**told, partner_row=data.row_of.get(partner), partner_entry=ids.get(partner))


def _decision_json(decided: Decided | None) -> dict[str, object] | None:
    if decided is None:
        return None
    one = decided.decision
    told = {"action": one.action, "label": one.label, "comment": one.comment, "boxes": one.boxes, "points": one.points}
    return {**told, "labels": one.labels, "by": decided.by, "at": decided.at}


def _speed(queue: Queue, person: str) -> tuple[float | None, int]:
    """Images an hour of a person, None before the second decision; and how many they decided."""
    for worker in queue.workers():
        if worker.name == person:
            return (None if math.isnan(worker.per_hour) else round(worker.per_hour, 1)), worker.decided
    return None, 0


def _decision(data: Opened, queue: Queue, body: DecisionBody) -> Decision:
    label, comment = body.label, body.comment
    if body.action != "edit":
        return Decision(body.action, label=label, comment=comment)
    [item] = queue.get(body.entry).items
    row, edited = data.row_of.get(item, -1), body.annotations
    boxes, points = _boxes(edited), _points(data, edited)
    return Decision(
        "edit",
        label=label,
        boxes=boxes if boxes is not None or points is not None else (),
        points=points,
        labels=tuple(one.label for one in edited),
        places=_places(data, row, edited),
        comment=comment,
    )


def _boxes(edited: Sequence[EditedBox]) -> tuple[tuple[float, float, float, float], ...] | None:
    """All boxes; None if there are only keypoints."""
    given = [one.box for one in edited if one.box is not None]
    if len(given) not in (0, len(edited)):
        raise InputError("some annotations have a box and some have none", fix="draw a box for each, or for none")
    return tuple((a, b, c, d) for a, b, c, d in given) if given else None


def _points(data: Opened, edited: Sequence[EditedBox]) -> tuple[tuple[tuple[float, float, float], ...], ...] | None:
    """The keypoints of each annotation; those without get points that are not labelled."""
    if not any(one.points for one in edited):
        return None
    k = len(data.keypoints) or data.column["points"].shape[1]
    if any(len(one.points) not in (0, k) for one in edited):
        raise InputError(
            f"an annotation has other than {k} points", fix="send all points, with visibility 0 where not labelled"
        )
    none = [[0.0, 0.0, 0.0]] * k
    return tuple(tuple((x, y, v) for x, y, v in one.points or none) for one in edited)


def _places(data: Opened, row: int, edited: Sequence[EditedBox]) -> tuple[int, ...]:
    """Which of the item's annotations each was, counted within the item; -1 for new ones."""
    known = [int(data.column["annotation_rows"][place]) for place in data.annotations_of(row)] if row >= 0 else []
    place_of = {annotation: place for place, annotation in enumerate(sorted(known))}
    return tuple(place_of.get(one.annotation, -1) for one in edited)
