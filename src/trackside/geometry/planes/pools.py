"""Swimming pools: walls, lane ropes and where their colours change.

x runs from the starting wall along the lanes, y to the left across them, so that lane 1 is on the right of those who start
(World Aquatics Competition Regulations, part three, facilities rules for pools, formerly FR 2 and FR 3). Marks are where the
rope's colour changes: red floats for 5.0 m from each wall, floats of another colour at 15 m from each and at 25 m in a 50 m
pool. What hangs above the water (backstroke flags, 5 m from each wall, 1.8 m up) or lies below it (the cross-marks that end
the lane lines, 2.0 m before the walls, seen through the surface) is not on the plane and cannot be picked.
"""

from __future__ import annotations

import numpy as np

from trackside.core import SettingError
from trackside.geometry.planes.arrays import all_numbers
from trackside.geometry.planes.fields import Field, FieldLine, Place

_LANE = 2.5
# Of the floats, 0.05 to 0.15 m by the rules: what is seen from the stands is the upper half, as wide as the float.
_ROPE = 0.10
_RED, _DIVE, _TURN = 5.0, 15.0, 2.0
_FLAGS_UP = 1.8
# The least depth for Olympic Games and World Championships (2.5 m since 2023 in new rules, 2.0 m before).
_DEPTH = 2.0
_SOURCE = "World Aquatics facilities rules FR 2 and FR 3: 50.0 m or 25.0 m (+0.010 m), lanes 2.5 m, ropes red for 5.0 m"


def pool(length: float = 50.0, lanes: int = 10, *, lane: float = _LANE, aside: float | None = None) -> Field:
    """A pool.

    Points are `rope 3-4, 15 m` (the rope between lanes 3 and 4; metres from the starting wall), `corner right start` and so
    on; lines are `rope 3-4`, `wall start`, `wall turn`, `edge right`, `edge left`. Ten lanes are numbered from 0.

    Args:
        length: between the walls, metres.
        lanes: how many.
        lane: their width, metres.
        aside: from the first and last lane to the edges of the pool, metres; None for what 25 m leave of the lanes, or
            0.5 m where the lanes are wider than that allows.

    Raises:
        SettingError: a measure is not positive.
    """
    if not isinstance(lanes, (int, np.integer)) or isinstance(lanes, bool):
        raise SettingError(f"lanes are counted in whole numbers, got {lanes!r}", where="pool")
    if not all_numbers([length, lane, 0.0 if aside is None else aside]):
        raise SettingError(
            f"measures of a pool are numbers, got {length=}, {lane=}, {aside=}", where="pool", fix="give metres"
        )
    if not (0 < length < 1000 and 1 <= lanes <= 20 and 0 < lane < 10 and (aside is None or 0 <= aside < 50)):
        raise SettingError(f"no pool is like this: {length=}, {lanes=}, {lane=}, {aside=}", where="pool")
    free = _aside(lanes, lane) if aside is None else aside
    width = lanes * lane + 2 * free
    ropes = _ropes(lanes, lane, free)
    points: dict[str, Place] = {
        "corner right start": (0.0, 0.0),
        "corner left start": (0.0, width),
        "corner right turn": (length, 0.0),
        "corner left turn": (length, width),
    }
    points |= {f"{rope}, {x:g} m": (x, y) for rope, y in ropes.items() for x in _marks(length)}
    lines = {rope: FieldLine((0.0, y), (length, y), _ROPE) for rope, y in ropes.items()}
    lines["wall start"] = FieldLine((0.0, 0.0), (0.0, width))
    lines["wall turn"] = FieldLine((length, 0.0), (length, width))
    lines["edge right"] = FieldLine((0.0, 0.0), (length, 0.0))
    lines["edge left"] = FieldLine((0.0, width), (length, width))
    raised = _raised(length, width, lanes, lane, free)
    # Distances of flags and marks at 15 m were read in secondary sources only.
    doubtful = frozenset(name for name in points if any(f", {x:g} m" in name for x in (15, 25, length - 15)))
    return Field(f"{length:g} m pool, {lanes} lanes", points, lines, raised, _SOURCE, doubtful | frozenset(raised))


def _aside(lanes: int, lane: float) -> float:
    left = (25.0 - lanes * lane) / 2
    return left if 0 <= left <= lane else 0.5


def _ropes(lanes: int, lane: float, free: float) -> dict[str, float]:
    """Each rope's distance from the right edge; outside the first and the last lane only where there is room."""
    first = 0 if lanes == 10 else 1
    ropes = {f"rope {first + row - 1}-{first + row}": free + row * lane for row in range(1, lanes)}
    if free > 0:
        ropes[f"rope edge-{first}"] = free
        ropes[f"rope {first + lanes - 1}-edge"] = free + lanes * lane
    return ropes


def _marks(length: float) -> list[float]:
    """Metres from the starting wall at which something can be picked on a rope, the ends among them."""
    marks = {0.0, length}
    for mark in (_RED, _DIVE):
        if 2 * mark < length:
            marks |= {mark, length - mark}
    if length == 50.0:
        marks.add(25.0)
    return sorted(marks)


def _raised(length: float, width: float, lanes: int, lane: float, free: float) -> dict[str, tuple[float, float, float]]:
    first = 0 if lanes == 10 else 1
    raised = {}
    for end, near in (("start", 1.0), ("turn", -1.0)):
        wall = 0.0 if near > 0 else length
        raised[f"flags right {end}"] = (wall + near * _RED, 0.0, _FLAGS_UP)
        raised[f"flags left {end}"] = (wall + near * _RED, width, _FLAGS_UP)
        for row in range(lanes):
            middle = free + (row + 0.5) * lane
            raised[f"cross-mark lane {first + row} {end}"] = (wall + near * _TURN, middle, -_DEPTH)
    return raised
