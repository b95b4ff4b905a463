"""What a network sees of a box: widened where it would lose the ends, continued where the picture ends."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from trackside.models.card import Geometry
from trackside.perception.cutting import box_window, cut, whole_window

CROP = Geometry(width=8, height=8, fit="crop")
STRETCH = Geometry(width=8, height=8, fit="stretch")
SIZE = (100, 80)


def test_a_tall_box_is_widened_to_the_inputs_aspect_where_the_network_sees_the_middle_only() -> None:
    box = np.array([40, 10, 50, 50])
    assert box_window(box, SIZE, CROP) == (25, 10, 65, 50)
    assert box_window(box, SIZE, STRETCH) == (40, 10, 50, 50)
    assert box_window(box, SIZE, Geometry(width=16, height=8, fit="crop")) == (5, 10, 85, 50)


def test_the_margin_is_a_share_of_the_longer_side_and_the_crop_one_of_the_whole() -> None:
    box = np.array([40, 10, 50, 50])
    assert box_window(box, SIZE, STRETCH, 0.1) == (36, 6, 54, 54)
    assert box_window(box, SIZE, CROP, 0.1) == (21, 6, 69, 54)
    assert box_window(box, SIZE, Geometry(width=8, height=8, fit="crop", crop=0.5)) == (35, 20, 55, 40)


@pytest.mark.parametrize(
    "box",
    [(np.nan, 0, 5, 5), (0, 0, np.inf, 5), (5, 5, 5, 9), (9, 9, 5, 5), (100, 0, 120, 20), (0, -9, 5, 0), (-9, 0, 0, 5)],
)
def test_a_box_that_shows_nothing_has_no_window(box: tuple[float, ...]) -> None:
    assert box_window(np.array(box), SIZE, CROP, 0.5) is None


def test_a_box_of_which_the_crop_shows_nothing_has_no_window() -> None:
    half = Geometry(width=8, height=8, fit="crop", crop=0.5)
    assert box_window(np.array([-40, 10, 10, 60]), SIZE, half) is None


def test_inside_the_picture_a_cut_is_these_pixels() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (80, 100, 3), np.uint8)
    np.testing.assert_array_equal(cut(picture, (30, 20, 38, 28), CROP), picture[20:28, 30:38])


def test_outside_the_picture_its_edge_is_continued() -> None:
    picture = np.zeros((80, 100, 3), np.uint8)
    picture[:, :4], picture[:, 4:8] = 50, 200
    np.testing.assert_array_equal(cut(picture, (-4, 20, 4, 28), CROP), np.full((8, 8, 3), 50))
    seen = cut(picture, (-8, -8, 8, 8), CROP)
    np.testing.assert_array_equal(seen[:, :6], np.full((8, 6, 3), 50))
    np.testing.assert_array_equal(seen[:, 6:], np.full((8, 2, 3), 200))


def test_a_letterboxed_window_ends_with_the_picture() -> None:
    picture = np.full((80, 100, 3), 200, np.uint8)
    seen = cut(picture, (-20, 0, 20, 40), Geometry(width=8, height=8, pad=7))
    assert (seen[:, :4] == 200).all() and (seen[:, 4:] == 7).all()


def test_a_whole_picture_is_seen_as_the_card_says() -> None:
    assert whole_window(SIZE, CROP) == (10, 0, 90, 80)
    assert whole_window(SIZE, STRETCH) == (0, 0, 100, 80)


coordinates = st.floats(-1e7, 1e7, width=32)


@given(
    st.tuples(*[coordinates] * 4),
    st.sampled_from(["crop", "stretch", "letterbox"]),
    st.floats(0, 1),
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
)
def test_any_box_is_cut_or_known_to_show_nothing(
    box: tuple[float, ...], fit: str, margin: float, size: tuple[int, int]
) -> None:
    geometry = Geometry.model_validate({"width": 5, "height": 3, "fit": fit})
    window = box_window(np.array(box), size, geometry, margin)
    if window is not None:
        assert cut(np.zeros((size[1], size[0], 3), np.uint8), window, geometry).shape == (3, 5, 3)
