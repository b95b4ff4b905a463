"""What is hidden is gone, and nothing else is touched."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.core import RGB
from trackside.perception.faces import hide, merged, widened


@pytest.fixture
def picture() -> RGB:
    return np.random.default_rng(2).integers(0, 256, (120, 160, 3), dtype=np.uint8)


def test_a_mosaic_keeps_six_by_six_values_and_the_surroundings(picture: RGB) -> None:
    given = picture.copy()
    hide(picture, np.array([[30.0, 20, 90, 80]]))
    hidden = picture[20:80, 30:90]
    assert len(np.unique(hidden.reshape(-1, 3), axis=0)) <= 36
    np.testing.assert_allclose(hidden.reshape(6, 10, 6, 10, 3).std(axis=(1, 3)), 0)
    outside = np.ones((120, 160), np.bool_)
    outside[20:80, 30:90] = False
    np.testing.assert_array_equal(picture[outside], given[outside])


def test_grey_keeps_nothing(picture: RGB) -> None:
    hide(picture, np.array([[30.4, 20.2, 89.5, 79.1]]), "grey", fill=99)
    assert (picture[20:80, 30:90] == 99).all()


@pytest.mark.parametrize(
    "box", [[-50, -50, 5, 5], [150, 110, 900, 900], [-9, -9, 999, 999], [300, 300, 400, 400], [5, 5, 5, 5]]
)
def test_boxes_may_reach_outside(picture: RGB, box: list[float]) -> None:
    hide(picture, np.array([box], np.float64))
    x1, y1, x2, y2 = np.clip(box, 0, [160, 120, 160, 120])
    shown = picture[int(y1) : int(y2), int(x1) : int(x2)]
    assert len(np.unique(shown.reshape(-1, 3), axis=0)) <= 36 if shown.size else True


def test_a_plane_is_hidden_like_a_picture(picture: RGB) -> None:
    plane = np.ascontiguousarray(picture[:, :, 0])
    hide(plane, np.array([[10.0, 10, 70, 70]]))
    assert len(np.unique(plane[10:70, 10:70])) <= 36


def test_a_margin_goes_by_the_longer_side_and_nonsense_is_left_out() -> None:
    boxes = np.array([[10, 10, 30, 50], [np.nan, 0, 1, 1]], np.float32)
    np.testing.assert_allclose(widened(boxes, 0.25), [[0, 0, 40, 60]])
    assert widened(np.empty((0, 4), np.float32), 0.2).shape == (0, 4)


def test_boxes_that_follow_a_face_become_one_and_strangers_stay_apart() -> None:
    path = np.array([[step, 0, 40 + step, 40] for step in range(0, 100, 10)], np.float32)
    stranger = np.array([[300, 0, 340, 40]], np.float32)
    found = merged(np.concatenate([path, stranger]))
    np.testing.assert_array_equal(found[np.argsort(found[:, 0])], [[0, 0, 130, 40], [300, 0, 340, 40]])
    side_by_side = np.array([[0, 0, 40, 40], [35, 0, 75, 40]], np.float32)
    assert len(merged(side_by_side)) == 2
