"""The same ways give the same events at 5, 10, 25 and 60 frames a second, and with frames dropped."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.perception.rules.walks import SQUARE, Told, Way, brief, longest, looks, run
from trackside.geometry.planes import Homography
from trackside.perception.rules import Counting, Crossing, Dwell, Loitering, Order, Presence, Rule, Speed

CAMERAS = [(5, 0.0), (10, 0.3), (25, 0.0), (60, 0.3)]
RIGHT = [(150, 0), (250, 0), (250, 100), (150, 100)]
END = 14.0
# What a speed is fitted to depends a little on where in its time the looks lie.
EXTRA = {"speed": 0.15}
BRINKS = (-0.25, 0.25)
# Three centimetres a pixel.
GROUND = Homography(np.diag([0.03, 0.03, 1.0]))

# Each makes the rule with all its times longer or shorter by so many seconds: where that changes what is told, the ways
# are at the brink of a setting, and a camera with a look every fifth of a second cannot know.
RULES: dict[str, Callable[[float], Rule]] = {
    "presence": lambda more: Presence(SQUARE, enter_after=1.0 + more, leave_after=1.5 + more, margin=10 + 30 * more),
    "dwell": lambda more: Dwell(SQUARE, at_least=3.0 + more, leave_after=1.5 + more, again_after=2.5),
    "loitering": lambda more: Loitering(SQUARE, at_least=4.0 + more, window=10, bridge=1.5 + more, far=3),
    "line": lambda more: Crossing({"middle": [(50, -400), (50, 400)]}, margin=max(0.0, 10 + 30 * more)),
    "order": lambda more: Order({"a": SQUARE, "b": RIGHT}, within=4.0 + more, enter_after=1.0 + more),
    "count": lambda more: Counting(SQUARE, at_least=2, for_seconds=1.5 + more, end_after=1.5 + more),
    "speed": lambda more: Speed(GROUND, above=2.2 + 1.2 * more, over=1.0, for_seconds=1.0 + more, slack=0.3 + 0.6 * more),
}


def some_ways(rng: np.random.Generator, widest: float) -> dict[int, Way]:
    """Two people who walk for one to four seconds from place to place, in and around the zones."""
    ways: dict[int, Way] = {}
    for track in (1, 2):
        times = rng.uniform(0, 2) + np.cumsum(rng.uniform(1, 4, rng.integers(3, 6)))
        ways[track] = [(float(time), float(rng.uniform(-60, widest)), float(rng.uniform(-40, 140))) for time in times]
    return ways


def straight_ways(rng: np.random.Generator) -> dict[int, Way]:
    """Two people who go straight on, now walking and now running: 0.5 to 1.5 and 3 to 5 m/s, three seconds or more each."""
    ways: dict[int, Way] = {}
    for track in (1, 2):
        time, x, way, fast = float(rng.uniform(0, 2)), 0.0, [], bool(rng.integers(2))
        for _ in range(4):
            way.append((time, x, 50.0))
            lasts, fast = float(rng.uniform(3, 4.5)), not fast
            time, x = time + lasts, x + lasts * float(rng.uniform(3, 5) if fast else rng.uniform(0.5, 1.5)) / 0.03
        ways[track] = way
    return ways


@pytest.mark.parametrize("name", RULES)
def test_events_do_not_depend_on_the_frame_rate(name: str) -> None:
    rule, rng, tried = RULES[name], np.random.default_rng(7), 0
    while tried < 3:
        people = straight_ways(rng) if name == "speed" else some_ways(rng, 150 if name == "count" else 260)
        fine = looks(people, 20, end=END)
        expected = brief(run(rule(0.0), fine))
        # Ways on which nothing happens prove little, and at the brink of a setting nobody can know.
        if not expected or not all(alike(brief(run(rule(more), fine)), expected, 0.6) for more in BRINKS):
            continue
        tried += 1
        for seed, (fps, drop) in enumerate(CAMERAS):
            seen = looks(people, fps, end=END, drop=drop, seed=seed)
            found = brief(run(rule(0.0), seen))
            assert alike(found, expected, longest(seen) + EXTRA.get(name, 0.0)), (fps, drop, found, expected)


def alike(told: Told, expected: Told, apart: float) -> bool:
    """Whether the same happened to the same people, each within so many seconds."""
    first, second = (sorted(rows, key=lambda row: (row[1], row[0], row[2])) for rows in (told, expected))
    pairs = list(zip(first, second, strict=False))
    same = len(first) == len(second) and all(one[:2] == other[:2] for one, other in pairs)
    return same and all(abs(one[2] - other[2]) <= apart + 1e-6 for one, other in pairs)
