"""Error analysis as the API shows it: studies, mistakes, tags, ideas."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from trackside.server.datasets.shapes import ClassCount, Tag, Text
from trackside.server.library.plain import PlainText
from trackside.server.shapes import Body, Shape


class MistakeShape(Shape):
    """A mistake that was drawn for tagging. `seen` says whether somebody looked at it: only then it counts.

    `row` is that of its item, if the data set has it. `reason`, of the first one, says why so many and why these.
    """

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
    seen: bool = False


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
    """Ideas, the best first, and what all of them would win together, or those that were asked for.

    A slice: name, about, count, mistakes, rate, low, high, rest, p_value. A cluster: name, why, share, count. Both: rows (of
    items of some of its mistakes) and drawn (ids of the drawn mistakes in it).
    """

    ideas: list[IdeaShape]
    together: IdeaShape | None = None
    slices: list[dict[str, Any]] = []
    clusters: list[dict[str, Any]] = []


class TagBody(Body):
    """The tags and comment of a drawn mistake; what is sent replaces what was there.

    Without tags it means: looked at, none of the ideas. With `seen` false all that was said of it is forgotten.
    """

    mistake: Annotated[int, Field(ge=0, le=2**53)]
    tags: Annotated[list[Tag], Field(max_length=20)]
    comment: Text = ""
    seen: bool = True


class Tags(Body):
    """What somebody found in drawn mistakes."""

    tags: Annotated[list[TagBody], Field(min_length=1, max_length=200)]


class StudyNew(Body):
    """Predictions as CSV text: columns item, truth, prediction, and any more (score, probabilities, slices).

    A body has at most 2 MiB; a longer table goes as a form to `/datasets/{id}/studies/file`.
    """

    name: Annotated[PlainText, Field(min_length=1, max_length=150)]
    predictions: Annotated[PlainText, Field(max_length=20_000_000)]
    draw: Annotated[int, Field(ge=1, le=2000)] = 100
    seed: Annotated[int, Field(ge=0, le=2**31)] = 0


class CostBody(Body):
    """Person days that a tag's idea would take; None forgets it."""

    tag: Tag
    days: Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False)] | None = None
