"""Tails: on media time, bounded, fading."""

from __future__ import annotations

import numpy as np

from trackside.core import Tracks, as_rgb
from trackside.media import Canvas
from trackside.media.annotate import Tails


def at(x: float, *ids: int) -> Tracks:
    boxes = [[x - 5, 20 * i, x + 5, 20 * i + 20] for i in ids]
    return Tracks(boxes, np.ones(len(ids)), np.zeros(len(ids)), ("person",), ids)


def test_a_tail_holds_the_feet_of_the_last_seconds() -> None:
    tails = Tails(seconds=1.95)
    for step in range(50):
        tails.update(at(10.0 * step, 1), step / 10)
    points = tails.points(1)
    assert points[:, 1].tolist() == [40.0] * len(points)
    assert (points[0, 0], points[-1, 0]) == (300, 490)


def test_a_foot_that_only_jitters_adds_no_points() -> None:
    tails = Tails(seconds=60)
    for step in range(500):
        tails.update(at(100 + 0.5 * (step % 2), 1), step / 10)
    assert len(tails.points(1)) <= 2


def test_a_track_that_is_gone_is_forgotten() -> None:
    tails = Tails(seconds=1)
    tails.update(at(10, 1), 0)
    tails.update(at(10, 2), 0.9)
    assert len(tails) == 2
    tails.update(at(10, 2), 1.1)
    assert len(tails) == 1
    assert len(tails.points(1)) == 0


def test_memory_is_bounded_whatever_the_stream() -> None:
    tails = Tails(seconds=1e9)
    for step in range(3000):
        tails.update(at(50.0 * step, 1, 1000 + step), float(step))
    assert len(tails) <= 512
    assert len(tails.points(1)) <= 257


def test_time_that_goes_backwards_begins_anew() -> None:
    tails = Tails(seconds=2)
    tails.update(at(10, 1), 5)
    tails.update(at(30, 1), 1)
    assert tails.points(1).tolist() == [[30, 40]]


def test_a_box_that_is_no_number_adds_nothing() -> None:
    tails = Tails(seconds=2)
    tails.update(at(float("nan"), 1), 0)
    assert len(tails) == 0


def test_a_tail_is_fainter_where_it_is_older() -> None:
    tails = Tails(seconds=2)
    for step in range(21):
        tails.update(at(20 + 7.0 * step, 1), step / 10)
    canvas = Canvas(np.zeros((100, 200, 3), np.uint8))
    tails.draw(canvas)
    brightness = as_rgb(canvas.image).astype(int).sum(axis=2).max(axis=0)
    old, middle, new = brightness[35], brightness[85], brightness[140]
    assert 0 < old < middle < new
