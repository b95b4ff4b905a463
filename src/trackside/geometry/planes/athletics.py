"""Fields of athletics: the javelin's sector and runway, and runways at large.

World Athletics Technical Rules: TR 32.9 (javelin runway: two parallel lines 4 m apart, at least 30 m long, arc of 8 m
radius), TR 32.12 (sector: lines from the arc's centre through its intersections with the runway's lines, 28.96 degrees), TR
29 and 30 (jumps: runway 1.22 m wide, at least 40 m long). Rule numbers move with editions; the measures have not since 1999.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from trackside.core import SettingError
from trackside.geometry.planes.arrays import all_numbers
from trackside.geometry.planes.fields import Field, FieldLine, Place

_RADIUS, _HALF_RUNWAY = 8.0, 2.0
# The rule says 28.96 degrees; the lines through the ends of the arc make it 28.955.
_HALF_SECTOR = math.asin(_HALF_RUNWAY / _RADIUS)
# Lines are 50 mm wide, the arc's band 70 mm. The sector is bounded by the inner edges of its lines.
_LINE = 0.05
# Two white squares beside the runway, 4 m back from the arc, help to judge when an athlete has left.
_SQUARES = 4.0
_SIDES = (("left", 1.0), ("right", -1.0))


def javelin_sector(runway_length: float = 30.0, distances: Sequence[float] = (30, 40, 50, 60, 70, 80, 90)) -> Field:
    """The javelin's runway, arc and sector.

    The origin is the centre of the arc, 8 m behind it; x is the direction of the throw, y to its left. Throws are measured
    from the inner edge of the arc towards its centre, so a throw that lands at (x, y) is `hypot(x, y) - 8` metres long.

    Args:
        runway_length: from its start to the end of its lines at the arc, metres: 30 at least, 33.5 or more where possible.
        distances: of the marks beside the sector lines, metres of throw.

    Raises:
        SettingError: a length is not positive.
    """
    distances = _listed(distances, "distances", "javelin", runway_length)
    if not (0 < runway_length < 200 and all(0 < distance < 200 for distance in distances)):
        raise SettingError(
            f"need lengths between 0 and 200 m, got {runway_length=}, distances={list(distances)}", where="javelin"
        )
    front = _RADIUS * math.cos(_HALF_SECTOR)
    start = front - runway_length
    points: dict[str, Place] = {"arc middle": (_RADIUS, 0.0)}
    lines = {"runway start": FieldLine((start, -_HALF_RUNWAY), (start, _HALF_RUNWAY), _LINE)}
    for side, sign in _SIDES:
        y = sign * _HALF_RUNWAY
        points[f"arc {side}"] = (front, y)
        points[f"runway start {side}"] = (start, y)
        points[f"square {side}"] = (front - _SQUARES, y)
        for distance in distances:
            points[f"sector {side}, {distance:g} m"] = _along(_RADIUS + distance, sign)
        lines[f"runway {side}"] = FieldLine((start, y), (front, y), _LINE)
        lines[f"sector {side}"] = FieldLine(_along(_RADIUS, sign), _along(_RADIUS + max([100.0, *distances]), sign), _LINE)
    source = "World Athletics Technical Rules TR 32: sector 28.96 degrees, arc radius 8 m, runway 4 m wide, 30 m or more"
    return Field("javelin sector", points, lines, {}, source, frozenset(("square left", "square right")))


def runway(length: float = 40.0, width: float = 1.22, marks: Sequence[float] = ()) -> Field:
    """A straight runway, from (0, 0) on its right side along x; y to the left.

    Args:
        length: metres.
        width: metres.
        marks: distances from its start at which both sides are marked, metres: cones, tape.

    Raises:
        SettingError: a measure is not positive, or a mark is not on the runway.
    """
    marks = _listed(marks, "marks", "runway", length, width)
    if not (0 < length < 1000 and 0 < width < 100 and all(0 < mark < length for mark in marks)):
        raise SettingError(f"no runway is like this: {length=}, {width=}, marks={list(marks)}", where="runway")
    points: dict[str, Place] = {}
    for side, y in (("right", 0.0), ("left", width)):
        points |= {f"start {side}": (0.0, y), f"end {side}": (length, y)}
        points |= {f"{mark:g} m {side}": (float(mark), y) for mark in marks}
    lines = {side: FieldLine((0.0, y), (length, y), _LINE) for side, y in (("right", 0.0), ("left", width))}
    lines["start"] = FieldLine((0.0, 0.0), (0.0, width), _LINE)
    lines["end"] = FieldLine((length, 0.0), (length, width), _LINE)
    source = "World Athletics Technical Rules TR 29: runways of horizontal jumps 1.22 m wide, 40 m or more"
    return Field("runway", points, lines, {}, source)


def _listed(values: Sequence[float], name: str, where: str, *others: float) -> list[float]:
    """The values, if they and the other lengths are numbers."""
    listed = list(values) if isinstance(values, Iterable) else [values]
    if not isinstance(values, Iterable) or not all_numbers([*listed, *others]):
        raise SettingError(f"lengths are numbers, got {name}={values!r} and {others}", where=where, fix="give metres")
    return listed


def _along(radius: float, sign: float) -> Place:
    return radius * math.cos(_HALF_SECTOR), sign * radius * math.sin(_HALF_SECTOR)
