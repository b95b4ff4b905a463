"""Data sets, their health, their items, the relabel queue and mistakes, as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from trackside.server.shapes import Body, Shape

Text = Annotated[str, Field(max_length=2000)]
Name = Annotated[str, Field(max_length=1000)]
Finite = Annotated[float, Field(allow_inf_nan=False, ge=-1e9, le=1e9)]
Verdict = Literal["ok", "note", "warn", "unknown", "error", "fail"]
DatasetState = Literal["waiting", "reading", "checking", "ready", "failed"]


class PlaceShape(Shape):
    """A folder that the server was told to offer (`trackside serve --data-sets FOLDER`), and the data sets below it."""

    place: str
    folders: list[str]


class DatasetNew(Body):
    """A data set of a place; `folder` is one of the place's."""

    place: Name
    folder: Name = ""
    name: Annotated[str, Field(max_length=150)] = ""
    format: Annotated[str, Field(max_length=40)] = ""


class DatasetShape(Shape):
    """One data set. `verdict` is of the newest check, `open` how many entries of its queue wait."""

    id: str
    name: str
    format: str
    origin: str
    state: DatasetState
    stage: str = ""
    fraction: float = 0.0
    problem: str = ""
    fix: str = ""
    items: int = 0
    labelled: int = 0
    classes: int = 0
    splits: list[str] = []
    annotations: int = 0
    troubles: int = 0
    verdict: Verdict | None = None
    checked: datetime | None = None
    open: int = 0
    decided: int = 0
    created: datetime
    owner: str = ""
    version: str = ""


class ClassCount(Shape):
    name: str
    count: int


class Facets(Shape):
    """What the grid can be filtered by."""

    classes: list[ClassCount]
    splits: list[ClassCount]
    groups: list[ClassCount]
    checks: list[ClassCount]
    troubles: list[str]
    keypoints: list[str] = []
    bones: list[tuple[int, int]] = []


class ItemsShape(Shape):
    """Items as columns, in the order asked for; `total` counts all that match, `rows` are the numbers of those here.

    `boxes`: how many each has; `suspicion`: 0 to 1, how much checks speak against it.
    """

    total: int
    rows: list[int]
    names: list[str]
    labels: list[str]
    splits: list[str]
    groups: list[str]
    widths: list[int]
    heights: list[int]
    boxes: list[int]
    suspicion: list[float]


class BoxShape(Shape):
    """A box or a set of keypoints of an item. `points` are x, y, visibility (0 not labelled, 1 hidden, 2 visible)."""

    annotation: int
    label: str
    box: tuple[float, float, float, float] | None = None
    points: list[tuple[float, float, float]] = []
    annotator: str = ""


class SuspectShape(Shape):
    check: str
    reason: str
    score: float
    kind: str
    suggestion: str = ""
    annotation: int = -1
    partner: str = ""
    partner_row: int | None = None


class ItemShape(Shape):
    """One item whole."""

    row: int
    name: str
    label: str
    split: str
    group: str
    width: int
    height: int
    text: str = ""
    annotations: list[BoxShape] = []
    suspects: list[SuspectShape] = []
    extras: dict[str, Any] = {}


class FindingShape(Shape):
    """A finding of the health report; `pictures` are addresses of evidence, `figures` Plotly figures."""

    check: str
    asks: str
    verdict: Verdict
    says: str
    numbers: list[dict[str, Any]]
    pictures: list[dict[str, str]]
    figures: list[dict[str, Any]]
    causes: list[dict[str, Any]]
    next_step: str
    reference: str
    suspects: int


class HealthShape(Shape):
    title: str
    verdict: Verdict
    facts: dict[str, str]
    findings: list[FindingShape]


class CheckShape(Shape):
    """A check that there is."""

    name: str
    asks: str
    costs: str
    source: str


class CheckWish(Body):
    """Check a data set (again). Nothing in `only` asks everything."""

    only: Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=60)] = []
    features: Annotated[str, Field(max_length=100)] = ""


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


class QueueShape(Shape):
    """Part of the queue. `counts` are of states, `checks` among the open; `speed`: images an hour of this person."""

    entries: list[EntryShape]
    total: int
    counts: dict[str, int]
    checks: dict[str, int]
    classes: list[str]
    speed: float | None = None
    decided_by_me: int = 0


class EditedBox(Body):
    annotation: int = -1
    label: Name
    box: Annotated[list[Finite], Field(min_length=4, max_length=4)] | None = None
    points: Annotated[list[Annotated[list[Finite], Field(min_length=3, max_length=3)]], Field(max_length=300)] = []


class DecisionBody(Body):
    """What to do with an entry.

    keep: it is right. relabel: `label` is. remove: it does not belong here. edit: `annotations` are right. skip: for others.
    """

    entry: int
    action: Literal["keep", "relabel", "remove", "edit", "skip"]
    label: Name = ""
    annotations: Annotated[list[EditedBox], Field(max_length=2000)] = []
    comment: Text = ""


class Decisions(Body):
    decisions: Annotated[list[DecisionBody], Field(min_length=1, max_length=200)]


class DecidedShape(Shape):
    """How the queue stands after a decision, for the page's counters."""

    counts: dict[str, int]
    speed: float | None = None
    decided_by_me: int = 0
    undone: int | None = None
    """The entry that an undo has opened again."""


class MapShape(Shape):
    """Where each item lies on the map of features: x and y 0 to 1 (None: no features), by row."""

    x: list[float | None]
    y: list[float | None]
    made_of: str


class MistakeShape(Shape):
    """A mistake that was drawn for tagging."""

    id: int
    row: int | None
    item: str
    truth: str
    prediction: str
    score: float | None
    reason: str
    tags: list[str]
    comment: str = ""
    by: str = ""


class StudyShape(Shape):
    """An error analysis: predictions of one model, the mistakes drawn from them, their tags."""

    id: str
    name: str
    created: datetime
    predictions: int
    mistakes: int
    error_rate: float
    drawn: int
    tagged: int
    reason: str
    tags: list[ClassCount]


class IdeaShape(Shape):
    """What would be won if all mistakes of a tag were solved: shares and rates 0 to 1, with 95 % intervals."""

    tag: str
    count: int
    share: float
    share_low: float
    share_high: float
    error_now: float
    ceiling: float
    ceiling_low: float
    ceiling_high: float
    days: float | None = None
    gain_per_day: float | None = None


class IdeasShape(Shape):
    ideas: list[IdeaShape]
    together: IdeaShape | None = None
    slices: list[dict[str, Any]] = []
    clusters: list[dict[str, Any]] = []


class TagBody(Body):
    """The tags and comment of a drawn mistake; what is sent replaces what was there."""

    mistake: int
    tags: Annotated[list[Annotated[str, Field(min_length=1, max_length=60)]], Field(max_length=20)]
    comment: Text = ""


class StudyNew(Body):
    """Predictions as CSV text: columns item, truth, prediction, and any more (score, probabilities, slices)."""

    name: Annotated[str, Field(min_length=1, max_length=150)]
    predictions: Annotated[str, Field(max_length=20_000_000)]
    draw: Annotated[int, Field(ge=1, le=2000)] = 100
    seed: Annotated[int, Field(ge=0, le=2**31)] = 0


class CostBody(Body):
    """Person days that a tag's idea would take; None forgets it."""

    tag: Annotated[str, Field(min_length=1, max_length=60)]
    days: Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False)] | None = None


class TransformForm(Shape):
    """A transform of augmentation and its settings, as the editor's forms are made from."""

    name: str
    title: str
    help: str
    settings: list[dict[str, Any]]


class AugmentWish(Body):
    """A recipe to be tried on one item."""

    recipe: Annotated[list[dict[str, Any]], Field(max_length=40)]
    row: Annotated[int, Field(ge=0)] = 0
    count: Annotated[int, Field(ge=1, le=24)] = 12
    seed: Annotated[int, Field(ge=0, le=2**31)] = 0


class AugmentShape(Shape):
    """Pictures (data addresses, JPEG) of what the recipe makes of an item, and what it would break."""

    original: str
    pictures: list[str]
    warnings: list[dict[str, str]]
    recipe_text: str


class AgreementShape(Shape):
    """Agreement between annotators: the findings, and where the written guide is."""

    annotators: list[str]
    findings: list[FindingShape]
    guide: str
