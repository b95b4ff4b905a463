"""The relabel queue as the API shows it, and decisions as they come."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from trackside.server.datasets.shapes import BoxShape, Finite, Name, Row, SuspectShape, Text
from trackside.server.library.plain import PlainText
from trackside.server.shapes import Body, Shape

# The page's name for what it sends: the same sent twice, because the answer was lost, counts once.
Key = Annotated[PlainText, Field(max_length=64)]


class EntryShape(Shape):
    """One entry of the relabel queue, with all that a page needs to decide it."""

    id: int
    row: int
    item: str
    label: str
    rank: float
    state: str
    width: int
    height: int
    suspects: list[SuspectShape]
    annotations: list[BoxShape]
    decision: dict[str, Any] | None = None
    claimed: str = ""


class RelabelQueueShape(Shape):
    """Part of the queue. `counts` are of states, `checks` among the open; `speed`: images an hour of this person."""

    entries: list[EntryShape]
    total: int
    counts: dict[str, int]
    checks: dict[str, int]
    classes: list[str]
    speed: float | None = None
    decided_by_me: int = 0


class EditedBox(Body):
    annotation: Annotated[int, Field(ge=-1, le=2**53)] = -1
    label: Name
    box: Annotated[list[Finite], Field(min_length=4, max_length=4)] | None = None
    points: Annotated[list[Annotated[list[Finite], Field(min_length=3, max_length=3)]], Field(max_length=300)] = []


class DecisionBody(Body):
    """What to do with an entry.

    keep: it is right. relabel: `label` is. remove: it does not belong here. edit: `annotations` are right. skip: for others.
    """

    entry: Annotated[int, Field(ge=0, le=2**53)]
    action: Literal["keep", "relabel", "remove", "edit", "skip"]
    label: Name = ""
    annotations: Annotated[list[EditedBox], Field(max_length=2000)] = []
    comment: Text = ""
    key: Key = ""


class UndoBody(Body):
    key: Key = ""


class ByHand(Body):
    """Items to be put into the queue. `version` is of the data set that the rows are of, so that they still mean the same.

    `again`: ask again about those that were decided too.
    """

    rows: Annotated[list[Row], Field(min_length=1, max_length=1000)]
    version: Annotated[str, Field(max_length=64)] = ""
    again: bool = False


class ByHandShape(Shape):
    """What became of them: how many wait in the queue now, how many stay as they were decided, how many cannot be found."""

    waiting: int
    decided: int
    absent: int


class Decisions(Body):
    decisions: Annotated[list[DecisionBody], Field(min_length=1, max_length=200)]


class DecidedShape(Shape):
    """How the queue stands after a decision, for the page's counters."""

    counts: dict[str, int]
    speed: float | None = None
    decided_by_me: int = 0
    undone: int | None = None
    """The entry that an undo has opened again."""


class ImportedShape(DecidedShape):
    """The same after an import: how many decisions are new, how many were known, and what could not be used."""

    new: int
    known: int
    troubles: list[str] = []
