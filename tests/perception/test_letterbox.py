"""Boxes come back from a network's input exactly where they were."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from trackside.models.card import Geometry
from trackside.perception.letterbox import letterbox, place

sides = st.integers(1, 8000)
geometries = st.builds(
    Geometry,
    width=st.integers(1, 1280),
    height=st.integers(1, 1280),
    fit=st.sampled_from(["letterbox", "stretch"]),
    anchor=st.sampled_from(["top-left", "centre"]),
)
crops = st.builds(
    Geometry,
    width=st.integers(1, 1280),
    height=st.integers(1, 1280),
    fit=st.just("crop"),
    crop=st.floats(0.05, 1),
)
boxes = st.lists(st.tuples(*[st.floats(-2000, 10000, width=32)] * 4), max_size=5)


@given(sides, sides, geometries | crops, boxes)
def test_there_and_back_is_where_it_was(width: int, height: int, geometry: Geometry, rows: list[tuple[float, ...]]) -> None:
    placement = place((width, height), geometry)
    start = np.array(rows, np.float32).reshape(-1, 4)
    back = placement.to_source(placement.to_input(start))
    # float32 input pixels resolve a source pixel no finer than this.
    step = max(1.0, np.abs(placement.to_input(start)).max(initial=0)) * 1e-6 / min(placement.scale_x, placement.scale_y)
    np.testing.assert_allclose(back, start, rtol=1e-5, atol=max(1e-2, step))


@given(sides, sides, geometries)
def test_the_corners_of_the_picture_are_those_of_its_place(width: int, height: int, geometry: Geometry) -> None:
    p = place((width, height), geometry)
    assert 0 <= p.left <= p.left + p.width <= geometry.width
    assert 0 <= p.top <= p.top + p.height <= geometry.height
    assert p.width == geometry.width or p.height == geometry.height
    corners = p.to_input(np.array([0, 0, width, height], np.float32))
    np.testing.assert_allclose(corners, [p.left, p.top, p.left + p.width, p.top + p.height], rtol=1e-5, atol=1e-3)


def test_a_wide_picture_has_bars_of_the_pad_value() -> None:
    picture = np.full((50, 100, 3), 200, np.uint8)
    boxed, placement = letterbox(picture, Geometry(width=40, height=40, anchor="centre", pad=7))
    assert boxed.shape == (40, 40, 3)
    assert (placement.left, placement.top, placement.width, placement.height) == (0, 10, 40, 20)
    assert (boxed[10:30] == 200).all()
    assert (boxed[:10] == 7).all()
    assert (boxed[30:] == 7).all()
    at_corner, _ = letterbox(picture, Geometry(width=40, height=40, pad=7))
    assert (at_corner[:20] == 200).all()
    assert (at_corner[20:] == 7).all()


def test_a_crop_shows_the_middle_and_boxes_in_it_come_back() -> None:
    picture = np.zeros((50, 100, 3), np.uint8)
    picture[:, 25:75] = 200
    seen, placement = letterbox(picture, Geometry(width=40, height=40, fit="crop"))
    assert seen.shape == (40, 40, 3) and (seen == 200).all()
    np.testing.assert_allclose(placement.to_source(np.array([0, 0, 40, 40], np.float32)), [25, 0, 75, 50])
    _, nearer = letterbox(picture, Geometry(width=40, height=40, fit="crop", crop=0.8))
    np.testing.assert_allclose(nearer.to_source(np.array([0, 0, 40, 40], np.float32)), [30, 5, 70, 45])


def test_no_boxes_and_lone_points_keep_their_shape() -> None:
    placement = place((100, 50), Geometry(width=40, height=40))
    assert placement.to_source(np.empty((0, 4), np.float32)).shape == (0, 4)
    np.testing.assert_allclose(placement.to_source(np.array([20, 10], np.float32)), [50, 25])


def test_a_picture_without_pixels_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one pixel"):
        place((0, 5), Geometry(width=4, height=4))
