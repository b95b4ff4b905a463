"""Lanes: points of the picture in metres, with and without perspective, and what cannot be a lane."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from trackside.core import Affine, SettingError
from trackside.perception.tracking.lanes import Lanes
from trackside.perception.tracking.synthetic import View

VIEW = View(eye=(25.0, -14.0, 11.0), looks_at=(25.0, 8.5), focal=900.0)
MIDDLES = 2.5 * (np.arange(8) + 0.5)


def straight() -> Lanes:
    """Two lanes seen straight on, 10 pixels a metre."""
    return Lanes([[100, 50, 600, 50], [100, 75, 600, 75]], length=50.0)


def seen(places: np.ndarray) -> np.ndarray:
    """Pixels [2, n] of metres [n, 2]."""
    return VIEW.pixels(places)[0].T


def in_perspective(**settings: object) -> Lanes:
    ends = [seen(np.stack([np.full(8, x), MIDDLES], axis=1)).T for x in (0.0, 50.0)]
    return Lanes(np.concatenate(ends, axis=1), homography=VIEW.homography, **settings)


def test_a_lane_seen_straight_on_is_a_scale() -> None:
    lane, places = straight().locate(np.array([[100.0, 350.0, 600.0], [50.0, 55.0, 75.0]]))
    assert lane.tolist() == [0, 0, 1]
    assert places == pytest.approx(np.array([[0, 25, 50], [0, 0.5, 0]]))


def test_a_point_is_in_the_nearest_lane_and_beyond_the_rope_in_none() -> None:
    x = np.full(5, 300.0)
    lane, _ = straight().locate(np.stack([x, [36.0, 62.0, 63.0, 88.0, 91.0]]))
    # Half the width is 12.5 pixels, and leaning on the rope another 2.5.
    assert lane.tolist() == [0, 0, 1, 1, -1]


def test_behind_the_blocks_is_no_lane() -> None:
    lane, _ = straight().locate(np.array([[84.0, 86.0, 614.0, 616.0], [50.0] * 4]))
    assert lane.tolist() == [-1, 0, 0, -1]


def test_with_a_homography_places_are_those_on_the_water() -> None:
    lanes = in_perspective()
    metres = np.stack([np.tile([0.0, 12.3, 50.0], 8), np.repeat(MIDDLES, 3) + 0.4], axis=1)
    lane, places = lanes.locate(seen(metres))
    assert lanes.lengths == pytest.approx(np.full(8, 50.0))
    assert lane.tolist() == np.repeat(np.arange(8), 3).tolist()
    assert places[0] == pytest.approx(metres[:, 0])
    assert np.abs(places[1]) == pytest.approx(np.full(24, 0.4))


def test_places_in_the_picture_are_the_way_back_and_near_things_are_larger() -> None:
    lanes = in_perspective()
    lane, places = np.arange(8), np.stack([np.linspace(1, 49, 8), np.full(8, 0.3)])
    points, near = lanes.picture(lane, places)
    assert lanes.place(lane, points) == pytest.approx(places)
    _, scale = VIEW.pixels(np.stack([places[0], MIDDLES], axis=1))
    assert (near / near[0])[[0, 7]] == pytest.approx((scale / scale[0])[[0, 7]], rel=0.02)


def test_the_sign_of_a_homography_does_not_matter() -> None:
    ends = np.concatenate([seen(np.stack([np.full(8, x), MIDDLES], axis=1)).T for x in (0.0, 50.0)], axis=1)
    points = seen(np.array([[10.0, 3.0], [40.0, 18.0]]))
    one, other = (Lanes(ends, homography=sign * VIEW.homography).locate(points) for sign in (1, -3))
    assert one[0].tolist() == other[0].tolist() == [1, 7]
    assert one[1] == pytest.approx(other[1])


def test_a_point_above_the_horizon_is_in_no_lane() -> None:
    assert in_perspective().locate(np.array([[960.0, 960.0], [-5000.0, 500.0]]))[0].tolist()[0] == -1


@given(
    st.floats(-0.3, 0.3), st.floats(0.7, 1.4), st.floats(-80, 80), st.floats(-80, 80), st.floats(0, 50), st.integers(0, 7)
)
def test_when_the_camera_moves_places_in_metres_stay(
    turn: float, zoom: float, x: float, y: float, s: float, row: int
) -> None:
    lanes = in_perspective()
    matrix = zoom * np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0]])
    matrix[:, 2] = x, y
    point = seen(np.array([[s, MIDDLES[row]]]))
    lanes.warp(Affine(matrix))
    lane, places = lanes.locate(matrix[:, :2] @ point + matrix[:, 2:])
    assert lane.tolist() == [row]
    assert places[:, 0] == pytest.approx([s, 0], abs=1e-6)


def test_when_the_camera_zooms_things_look_larger() -> None:
    lanes = straight()
    lanes.warp(Affine(np.array([[2.0, 0, 0], [0, 2.0, 0]])))
    points, near = lanes.picture(np.array([0]), np.array([[10.0], [0.0]]))
    assert points[:, 0] == pytest.approx([400, 100])
    assert near == pytest.approx([2.0])


def test_a_width_in_pixels_is_measured_across_the_lane() -> None:
    lanes = Lanes([[100, 50, 600, 50]], length=50.0, width=30.0, unit="px")
    assert lanes.half_widths == pytest.approx([1.5])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"axes": [], "length": 50}, "x1 y1 x2 y2"),
        ({"axes": [[0, 0, 1]], "length": 50}, "x1 y1 x2 y2"),
        ({"axes": [[0, 0, 9, 0], [1, 2]], "length": 50}, "x1 y1 x2 y2"),
        ({"axes": "lane", "length": 50}, "x1 y1 x2 y2"),
        ({"axes": [[0, 0, 9, 0], [3, 3, 3, 3]], "length": 50}, "lane 2: the two walls"),
        ({"axes": [[0, 0, np.nan, 0]], "length": 50}, "lane 1: an end is not finite"),
        ({"axes": [[0, 0, np.inf, 0]], "length": 50}, "lane 1: an end is not finite"),
        ({"axes": [[0, 0, 9, 0]]}, "length in metres, or a homography"),
        ({"axes": [[0, 0, 9, 0]], "length": 0}, "length=0"),
        ({"axes": [[0, 0, 9, 0]], "length": np.nan}, "length=nan"),
        ({"axes": [[0, 0, 9, 0]], "length": 50, "width": -1}, "width=-1"),
        ({"axes": [[0, 0, 9, 0]], "homography": np.zeros((3, 3))}, "cannot be inverted"),
        ({"axes": [[0, 0, 9, 0]], "homography": [[1, 2, 3], [2, 4, 6], [0, 0, 1]]}, "cannot be inverted"),
        ({"axes": [[0, 0, 9, 0]], "homography": np.full((3, 3), np.nan)}, "finite matrix"),
        ({"axes": [[0, 0, 9, 0]], "homography": np.eye(2)}, "finite matrix"),
        ({"axes": [[0, 0, 9, 0]], "homography": np.eye(3), "length": 50}, "9.0 m long by the homography"),
        ({"axes": [[0, 0, 9, 0]], "homography": [[1, 0, 0], [0, 1, 0], [-0.2, 0, 1]]}, "beyond the horizon"),
    ],
)
def test_what_cannot_be_lanes_is_told(settings: dict[str, object], words: str) -> None:
    with pytest.raises(SettingError, match=words):
        Lanes(**settings)
