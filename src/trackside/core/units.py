"""Setting types: a number with its unit, range and step, as the editor's forms and the checks need them.

They are pydantic annotations, so `Fraction = 0.35` in a block's signature validates, documents and draws itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, Field


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit of a number, as shown beside it."""

    symbol: str


@dataclass(frozen=True, slots=True)
class Task:
    """What a model must be for, as its card says."""

    name: str


@dataclass(frozen=True, slots=True)
class ClassesOf:
    """The values are class names of the model that another setting names."""

    setting: str


Finite = Field(allow_inf_nan=False)

Fraction: TypeAlias = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
"""0 to 1."""
Seconds: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False), Unit("s")]
Degrees: TypeAlias = Annotated[float, Finite, Unit("°")]
Pixels: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False), Unit("px")]
Metres: TypeAlias = Annotated[float, Field(gt=0, allow_inf_nan=False), Unit("m")]
Hertz: TypeAlias = Annotated[float, Field(gt=0, allow_inf_nan=False), Unit("Hz")]
Positive: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]
"""Any number from 0 up."""
Count: TypeAlias = Annotated[int, Field(ge=0)]
FramesPerSecond: TypeAlias = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False), Unit("fps")]

Coordinate: TypeAlias = Annotated[float, Finite]
Point: TypeAlias = tuple[Coordinate, Coordinate]
"""x, y."""


def _has_area(points: list[Any]) -> list[Any]:
    xs, ys = zip(*points, strict=True)
    twice_area = sum(x * v - u * y for x, y, u, v in zip(xs, ys, xs[1:] + xs[:1], ys[1:] + ys[:1], strict=True))
    if twice_area == 0:
        raise ValueError("the corners enclose no area")
    return points


def _has_length(points: tuple[Any, Any]) -> tuple[Any, Any]:
    if points[0] == points[1]:
        raise ValueError("the two ends are the same point")
    return points


def _is_plain(name: str) -> str:
    if not re.fullmatch(r"\w[\w .-]*", name):
        raise ValueError("a file's name is made of letters, digits, spaces and . _ -, and is no path")
    return name


Polygon: TypeAlias = Annotated[list[Point], Field(min_length=3), AfterValidator(_has_area)]
"""Corners in order, at least three; closed by itself."""
Line: TypeAlias = Annotated[tuple[Point, Point], AfterValidator(_has_length)]
"""Two ends."""
ModelRef: TypeAlias = Annotated[str, Field(min_length=1), Unit("model")]
"""The name of a model package, or a path to one."""
DetectorRef: TypeAlias = Annotated[ModelRef, Task("detection")]
PoseRef: TypeAlias = Annotated[ModelRef, Task("pose")]
EmbedderRef: TypeAlias = Annotated[ModelRef, Task("embedding")]
ClassifierRef: TypeAlias = Annotated[ModelRef, Task("classification")]
FileName: TypeAlias = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_is_plain)]
"""The name of a file in the results folder, without suffix."""
