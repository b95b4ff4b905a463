"""A picture that is not good enough is refused with its reason, a good one is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import cv2
import numpy as np
import pytest

from trackside.core import RGB
from trackside.perception.faces import FaceFinder, Faces, Quality, measure, refusals
from trackside.perception.faces.align import TEMPLATE

GOOD = Quality(score=0.99, eyes=60, roll=3, turn=0.05, nod=0.5, sharpness=0.1, brightness=120, contrast=50)


def test_a_good_face_is_not_refused() -> None:
    assert refusals(GOOD) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"score": 0.5}, "sure to 0.50 only"),
        ({"eyes": 20.0}, "20 pixels apart"),
        ({"roll": -45.0}, "tilted by 45°"),
        ({"turn": -0.4}, "turned to the side"),
        ({"nod": 0.1}, "up or down"),
        ({"nod": 0.95}, "up or down"),
        ({"sharpness": 0.01}, "blurred"),
        ({"brightness": 20.0}, "too dark"),
        ({"brightness": 240.0}, "too bright"),
        ({"contrast": 5.0}, "too little contrast"),
    ],
)
def test_each_fault_is_named(change: dict[str, float], said: str) -> None:
    (reason,) = refusals(replace(GOOD, **change))
    assert said in reason


def test_what_could_not_be_measured_is_refused() -> None:
    assert len(refusals(Quality(0.99, *[float("nan")] * 7))) == 8


def _faces(points: np.ndarray) -> Faces:
    return Faces.of([[0, 0, 112, 112]], [0.99], points[None])


def test_the_pose_is_read_from_the_points() -> None:
    picture = np.random.default_rng(0).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    (front,) = measure(picture, _faces(TEMPLATE))
    assert front.eyes == pytest.approx(35.2, abs=0.1)
    assert abs(front.roll) < 1
    assert abs(front.turn) < 0.05
    assert front.nod == pytest.approx(0.5, abs=0.02)
    aside = TEMPLATE + np.array([[0, 0], [0, 0], [12, 0], [0, 0], [0, 0]])
    assert measure(picture, _faces(aside))[0].turn == pytest.approx(front.turn + 12 / 35.2, abs=0.01)
    turn = np.array([[0, 1], [-1, 0]])  # A quarter clockwise.
    lying = measure(picture, _faces(TEMPLATE @ turn + (0, 112)))[0]
    assert abs(lying.roll) == pytest.approx(90, abs=1)
    assert lying.nod == pytest.approx(front.nod)


def test_a_real_face_that_is_blurred_or_darkened_measures_so(finder: FaceFinder, pictures: Mapping[str, RGB]) -> None:
    picture = pictures["footballer"]
    (faces,) = finder([picture])
    (plain,) = measure(picture, faces)
    (blurred,) = measure(np.asarray(cv2.GaussianBlur(picture, (0, 0), 2), np.uint8), faces)
    (dark,) = measure(picture // 4, faces)
    assert blurred.sharpness < 0.5 * plain.sharpness
    assert dark.brightness == pytest.approx(plain.brightness / 4, rel=0.05)
    assert dark.sharpness == pytest.approx(plain.sharpness, rel=0.3)
    assert any("pixels apart" in reason for reason in refusals(plain))
