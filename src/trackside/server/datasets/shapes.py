"""Data sets, their health, their items, the relabel queue and mistakes, as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from trackside.server.library.plain import PlainText, fault_of
from trackside.server.shapes import Body, Shape

Text = Annotated[PlainText, Field(max_length=2000)]
Name = Annotated[PlainText, Field(max_length=1000)]
Tag = Annotated[PlainText, Field(min_length=1, max_length=60)]
Finite = Annotated[float, Field(allow_inf_nan=False, ge=-1e9, le=1e9)]
Row = Annotated[int, Field(ge=0, le=2**31 - 1)]
Verdict = Literal["ok", "note", "warn", "unknown", "error", "fail"]
DatasetState = Literal["waiting", "reading", "checking", "ready", "failed"]


def _kept(recipe: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if fault := fault_of(recipe):
        raise ValueError(fault)
    return recipe


class PlaceShape(Shape):
    """A folder that the server was told to offer (`trackside serve --data-sets FOLDER`), and the data sets below it."""

    place: str
    folders: list[str]


class DatasetNew(Body):
    """A data set of a place; `folder` is one of the place's."""

    place: Name
    folder: Name = ""
    name: Annotated[PlainText, Field(max_length=150)] = ""
    format: Annotated[PlainText, Field(max_length=40)] = ""


class DatasetShape(Shape):
    """One data set. `verdict` is of the newest check, `open` how many entries of its queue wait.

    `stage` and `fraction` say how far a check is. `version` is another one when a file has changed; put as `v` into the
    addresses of pictures it lets the browser keep them for ever. `readable` says whether there is anything to look at yet.
    """

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
    readable: bool = False
    uploaded: bool = False


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
    partner_entry: int | None = None
    """The entry of the other one of a pair, if the relabel queue has one."""


class ItemShape(Shape):
    """One item whole. `entry`: its entry of the relabel queue, while it is open."""

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
    entry: int | None = None


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

    only: Annotated[list[Annotated[PlainText, Field(max_length=60)]], Field(max_length=60)] = []
    features: Annotated[PlainText, Field(max_length=100)] = ""


class MapShape(Shape):
    """Where each item lies on the map of features: x and y 0 to 1 (None: no features), by row.

    `labels` and `splits`, by row, are places in `classes` and `split_names`, -1 for none; `suspicion` is as of items.
    """

    x: list[float | None]
    y: list[float | None]
    labels: list[int]
    classes: list[str]
    splits: list[int]
    split_names: list[str]
    suspicion: list[float]
    made_of: str


class TransformForm(Shape):
    """A transform of augmentation and its settings, as the editor's forms are made from."""

    name: str
    title: str
    help: str
    kind: str = ""
    settings: list[dict[str, Any]]


class AugmentWish(Body):
    """A recipe to be tried on one item."""

    recipe: Annotated[list[dict[str, Any]], Field(max_length=40), AfterValidator(_kept)]
    row: Row = 0
    count: Annotated[int, Field(ge=1, le=24)] = 12
    seed: Annotated[int, Field(ge=0, le=2**31)] = 0


class AugmentShape(Shape):
    """Pictures (data addresses, JPEG) of what the recipe makes of an item, and what it would break."""

    original: str
    pictures: list[str]
    captions: list[str] = []
    warnings: list[dict[str, str]]
    recipe_text: str


class AgreementShape(Shape):
    """Agreement between annotators: the findings, and where the written guide is."""

    annotators: list[str]
    findings: list[FindingShape]
    guide: str
