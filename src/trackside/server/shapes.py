"""What all answers of the API share: strict bodies, pages of lists, and the one shape of every error."""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeVar

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")

# Rows of one page at most.
MOST_ROWS = 200
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS, description="rows on the page")]
Cursor = Annotated[str, Query(max_length=200, description="`next` of the page before; empty for the first page")]
Search = Annotated[str, Query(max_length=100, description="part of the name")]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$")]
Role = Literal["viewer", "analyst", "admin"]


class Shape(BaseModel):
    """Base of answers."""

    model_config = ConfigDict(from_attributes=True)


class Body(BaseModel):
    """Base of what is sent to us: unknown fields are refused, so that a misspelt one is not lost silently."""

    model_config = ConfigDict(extra="forbid")


class Page(Shape, Generic[T]):
    """One page of a list. `next` is empty on the last one; `total` counts all that match, up to 10,000."""

    items: list[T]
    next: str = ""
    total: int


class ProblemShape(Shape):
    """One thing that is wrong: where, what, and what to do. The same shape at compile time, run time and for requests."""

    what: str
    fix: str = ""
    block: str | None = None
    port: str | None = None


class Trouble(Shape):
    """The body of every answer that is an error."""

    problems: list[ProblemShape]
