"""Where the pose networks look: squares that together show everything, and rotated crops that lead back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from trackside.models.card import Geometry
from trackside.perception.regions import Region, aligned, crop, upright
from trackside.perception.views import views

GEOMETRY = Geometry(width=56, height=56, layout="NHWC", anchor="centre", pad=0)


def test_a_square_picture_is_seen_once() -> None:
    assert len(views(np.zeros((100, 110, 3), np.uint8), GEOMETRY)) == 1


@pytest.mark.parametrize(("height", "width", "count"), [(90, 160, 4), (160, 90, 4), (75, 100, 3), (10, 1000, 7)])
def test_a_wide_or_tall_picture_is_also_seen_in_squares(height: int, width: int, count: int) -> None:
    picture = np.zeros((height, width, 3), np.uint8)
    assert len(views(picture, GEOMETRY)) == count
    assert len(views(picture, GEOMETRY, squares=False)) == 1
    assert all(view.picture.shape == (56, 56, 3) for view in views(picture, GEOMETRY))


@given(st.integers(30, 300), st.integers(30, 300))
def test_the_squares_reach_from_end_to_end_and_show_what_they_say(width: int, height: int) -> None:
    ramp = np.broadcast_to(np.linspace(0, 255, width).astype(np.uint8)[None, :, None], (height, width, 3))
    seen = views(np.ascontiguousarray(ramp), GEOMETRY)[1:]
    if not seen:
        return
    corners = np.array([view.placement.to_source(np.array([0, 0, 56, 56], np.float32)) for view in seen])
    np.testing.assert_allclose(corners[:, :2].min(axis=0), [0, 0], atol=1e-3)
    np.testing.assert_allclose(corners[:, 2:].max(axis=0), [width, height], rtol=0.02)
    for view in seen:
        x = view.placement.to_source(np.array([28, 28], np.float32))[0]
        assert abs(float(view.picture[28, 28, 0]) - x / width * 255) < 255 / 56 * 2 + 4


@given(st.floats(-50, 500), st.floats(-50, 500), st.floats(2, 400), st.floats(-3.1, 3.1))
def test_a_regions_matrix_keeps_its_centre_size_and_turn(x: float, y: float, size: float, angle: float) -> None:
    matrix = Region(x, y, size, angle).matrix(256)
    centre, right = matrix @ [128, 128, 1], matrix @ [256, 128, 1]
    np.testing.assert_allclose(centre, [x, y], atol=1e-6)
    np.testing.assert_allclose(right - centre, np.array([np.cos(angle), np.sin(angle)]) * size / 2, atol=1e-6)


@pytest.mark.parametrize(
    ("top", "angle"), [((0, -10), 0), ((10, 0), np.pi / 2), ((-10, 0), -np.pi / 2), ((7, -7), np.pi / 4)]
)
def test_the_second_point_lies_above_the_hips_of_an_upright_crop(top: tuple[int, int], angle: float) -> None:
    hips = np.array([50, 60], np.float32)
    region = aligned(hips, hips + np.array(top, np.float32))
    assert region.angle == pytest.approx(angle, abs=1e-6)
    assert region.size == pytest.approx(2 * np.hypot(*top) * 1.25)
    up = region.matrix(100) @ [50, 50 - 40, 1]
    np.testing.assert_allclose(up, hips + top, atol=1e-4)


def test_a_crop_shows_the_turned_square() -> None:
    picture = np.zeros((200, 200, 3), np.uint8)
    picture[100:104, 148:152] = 255
    # Turned by 90 degrees clockwise, what lies to the right of the centre is above it in the crop.
    turned = crop(picture, Region(100, 102, 160, np.pi / 2).matrix(80), 80)
    row, column = np.unravel_index(turned[..., 0].argmax(), (80, 80))
    assert abs(column - 40) <= 1
    assert abs(row - 15) <= 1


def test_a_box_becomes_a_square_with_a_margin() -> None:
    assert upright(np.array([10, 20, 30, 100])) == Region(20, 60, 100, 0)
    assert not upright(np.array([10, 20, 10, 20])).usable
    assert not upright(np.array([10, np.nan, 30, 100])).usable
    assert not aligned(np.full(2, np.inf, np.float32), np.zeros(2, np.float32)).usable
