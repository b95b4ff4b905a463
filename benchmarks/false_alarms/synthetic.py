"""SYNTHETIC detections that provoke one kind of false alarm each: what each step of the ladder does about it.

Nothing here was measured on a camera. The scenes are made by rules and random numbers, easier than life, and say only which
step answers to what. Ten pictures a second, 640 x 480, 60 s; a zone and a line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from benchmarks.false_alarms.cases import TOLERANCE, Case
from benchmarks.false_alarms.places import Places, pipelines
from trackside.core import Detections
from trackside.pipelines import Pipeline
from trackside.pipelines.kinds import StreamInfo
from trackside.pipelines.scoring import Footage, Label, Labels, Rule, cut_pipeline

PLACES = Places({"yard": [[300, 200], [600, 200], [600, 440], [300, 440]]}, {"gate": [[200, 0], [200, 480]]}, "pixels", None)
RATE, SECONDS, WIDTH, HEIGHT = 10.0, 60.0, 640, 480
TIMES = np.arange(int(RATE * SECONDS)) / RATE
PERSON = (48.0, 120.0)
SPEED = 60.0
_EDGE = 300.0

Rows = list[list[tuple[float, float, float, float, float]]]
"""For each picture the detections: x1 y1 x2 y2 and score."""
Scene = tuple[Rows, list[Label]]


def scenes(rng: np.random.Generator) -> Iterator[tuple[str, Scene]]:
    """Each scene by name: its detections, and what should alarm."""
    made: Mapping[str, Callable[[np.random.Generator], Scene]] = {
        "people who walk through": walkers,
        "ghosts of one to three looks": ghosts,
        "a poster on the zone's edge, often missed": poster,
        "shadows in the zone, low scores": shadows,
        "somebody who stands on the zone's edge": standing,
        "people who walk along the line": along,
        "somebody who is hidden for 1.5 s in the zone": hidden,
        "two who swap their identities in the zone": swaps,
    }
    for name, make in made.items():
        yield name, make(rng)


def walkers(rng: np.random.Generator) -> Scene:
    """Eight people, one after the other, over the line and through the zone, with scores around 0.75."""
    rows, labels = _empty(), []
    for number in range(8):
        labels += _walk(rows, rng, start=7.0 * number, y=float(rng.uniform(260, 400)))
    return rows, labels


def ghosts(rng: np.random.Generator) -> Scene:
    """One a second, anywhere, for one to three looks, score 0.25 to 0.7."""
    rows = _empty()
    for first in range(0, len(rows) - 3, int(RATE)):
        x, y, score = rng.uniform(40, 600), rng.uniform(150, 460), rng.uniform(0.25, 0.7)
        for look in range(int(rng.integers(1, 4))):
            rows[first + look].append(_box(x, y, score, rng))
    return rows, []


def poster(rng: np.random.Generator) -> Scene:
    """Its foot is on the edge, give or take 2 pixels; seen in 70 % of the pictures, score around 0.6."""
    rows = _empty()
    for row in rows:
        if rng.random() < 0.7:
            row.append(_box(_EDGE, 330, rng.normal(0.6, 0.08), rng, shake=2.0))
    return rows, []


def shadows(rng: np.random.Generator) -> Scene:
    """Of six people who pass by below the zone, their shadows lie in it, score 0.15 to 0.4."""
    rows = _empty()
    for number in range(6):
        for time, index in _during(10.0 * number, 9.0):
            x = 40 + SPEED * (time - 10.0 * number)
            rows[index].append(_box(x, 470, rng.normal(0.75, 0.06), rng))
            if rng.random() < 0.8:
                rows[index].append(_box(x + 70, 425, rng.uniform(0.15, 0.4), rng, size=(110.0, 45.0)))
    at = (200 - 40) / SPEED
    return rows, [Label("synthetic", 10.0 * n + at, 10.0 * n + at, "gate", "cross_out") for n in range(6)]


def standing(rng: np.random.Generator) -> Scene:
    """Three pixels outside of the edge, trembling by 3 pixels, score around 0.8."""
    rows = _empty()
    for row in rows:
        row.append(_box(_EDGE - 3, 330, rng.normal(0.8, 0.05), rng, shake=3.0))
    return rows, []


def along(rng: np.random.Generator) -> Scene:
    """Four people who walk along the line, three pixels beside it, trembling by 3 pixels, score around 0.75."""
    rows = _empty()
    for number in range(4):
        for time, index in _during(14.0 * number, 8.0):
            y = 130 + 40 * (time - 14.0 * number)
            rows[index].append(_box(197, y, rng.normal(0.75, 0.06), rng, shake=3.0))
    return rows, []


def hidden(rng: np.random.Generator) -> Scene:
    """Six people who walk through as above, each out of sight for 1.5 s in the middle of the zone."""
    rows, labels = _empty(), []
    for number in range(6):
        labels += _walk(rows, rng, start=9.0 * number, y=float(rng.uniform(260, 400)), hidden=(5.0, 6.5))
    return rows, labels


def swaps(rng: np.random.Generator) -> Scene:
    """Pairs that walk towards each other on the same way: in the zone their boxes cover each other, one is not seen."""
    rows, labels = _empty(), []
    for number in range(4):
        y = float(rng.uniform(260, 400))
        labels += _walk(rows, rng, start=14.0 * number, y=y, hidden=(6.0, 7.0))
        labels += _walk(rows, rng, start=14.0 * number + 3.0, y=y + 4, backwards=True)
    return rows, labels


def cases() -> list[Case]:
    """The scenes, ready to be scored."""
    return [_case(name, rows, labels) for name, (rows, labels) in scenes(np.random.default_rng(8))]


def _case(name: str, rows: Rows, labels: list[Label]) -> Case:
    stream = StreamInfo("synthetic", "synthetic", WIDTH, HEIGHT, RATE)
    detections = [_detections(row) for row in rows]
    footage = Footage(stream, TIMES, np.arange(len(TIMES)), {("detect", "detections"): detections})
    truth = Labels(tuple(labels), ("synthetic",))

    def opened(pipeline: Pipeline) -> Rule:
        cut = cut_pipeline(pipeline)
        return Rule(cut, [footage], truth, TOLERANCE, [block for block in cut.second if block != "track"])

    return Case(name, pipelines(PLACES), opened, height=HEIGHT)


def _walk(
    rows: Rows,
    rng: np.random.Generator,
    *,
    start: float,
    y: float,
    hidden: tuple[float, float] = (0.0, 0.0),
    backwards: bool = False,
) -> list[Label]:
    """Somebody crosses the picture in 10.5 s; hidden from so many to so many seconds after the start."""
    last = (WIDTH - 10) / SPEED
    for time, index in _during(start, last):
        gone = 10 + SPEED * (time - start)
        x = WIDTH - gone if backwards else gone
        if not hidden[0] <= time - start < hidden[1] and rng.random() < 0.95:
            rows[index].append(_box(x, y, rng.normal(0.75, 0.06), rng))
    enters, leaves, crosses = ((edge - 10) / SPEED for edge in (300, 600, 200))
    if backwards:
        enters, leaves, crosses = ((WIDTH - edge - 10) / SPEED for edge in (600, 300, 200))
    way = "cross_out" if not backwards else "cross_in"
    return [
        Label("synthetic", start + enters, start + leaves, "yard", "enter"),
        Label("synthetic", start + crosses, start + crosses, "gate", way),
    ]


def _during(start: float, seconds: float) -> Iterator[tuple[float, int]]:
    for index in np.flatnonzero((start <= TIMES) & (start + seconds > TIMES)).tolist():
        yield float(TIMES[index]), index


def _box(
    x: float, y: float, score: float, rng: np.random.Generator, *, shake: float = 1.0, size: tuple[float, float] = PERSON
) -> tuple[float, float, float, float, float]:
    """A box over the foot point x y, trembling by `shake` pixels."""
    x, y = x + rng.normal(0, shake), y + rng.normal(0, shake)
    return x - size[0] / 2, y - size[1], x + size[0] / 2, y, float(np.clip(score, 0.05, 0.99))


def _detections(row: list[tuple[float, float, float, float, float]]) -> Detections:
    array: NDArray[np.float32] = np.array(row, np.float32).reshape(-1, 5)
    kept = array[array[:, 4] >= 0.1]
    return Detections(kept[:, :4], kept[:, 4], np.zeros(len(kept), np.int64), ("person",))


def _empty() -> Rows:
    return [[] for _ in TIMES]
