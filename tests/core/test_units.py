"""Setting types: what they take and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from trackside.core import units

SQUARE = [(0, 0), (1, 0), (1, 1)]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (units.Fraction, 0),
        (units.Fraction, 1.0),
        (units.Seconds, 0.0),
        (units.Degrees, -400.0),
        (units.Count, 0),
        (units.FramesPerSecond, 59.94),
        (units.Polygon, SQUARE),
        (units.Polygon, [[0, 0], [1, 0], [1, 1]]),
        (units.Line, [[0, 0], [1, 0]]),
        (units.ModelRef, "yolox-nano"),
    ],
)
def test_sensible_values_pass(kind: Any, value: Any) -> None:
    TypeAdapter(kind).validate_python(value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (units.Fraction, 1.01),
        (units.Fraction, float("nan")),
        (units.Seconds, -1),
        (units.Seconds, float("inf")),
        (units.Degrees, float("nan")),
        (units.Pixels, -0.5),
        (units.Count, -1),
        (units.Count, 1.5),
        (units.FramesPerSecond, 0),
        (units.Polygon, SQUARE[:2]),
        (units.Polygon, [(0, 0), (1, 1), (2, 2)]),
        (units.Polygon, [(0, 0), (1, 1), (2, float("inf"))]),
        (units.Line, [[1, 1], [1, 1]]),
        (units.Line, [[1, 1]]),
        (units.ModelRef, ""),
    ],
)
def test_values_outside_their_range_are_refused(kind: Any, value: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(value)
