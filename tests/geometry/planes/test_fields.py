"""Fields: their measures against the rules' own numbers, and picking on them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from trackside.core import InputError, SettingError
from trackside.geometry.planes import Field, javelin_sector, pool, runway

from .scene import View

VIEW = View()


def at(field: Field, names: list[str]) -> dict[str, np.ndarray]:
    return {name: VIEW.pixels([field.points[name]])[0] for name in names}


@pytest.mark.parametrize(("lanes", "ropes", "first"), [(10, 9, "rope 0-1"), (8, 9, "rope 1-2")])
def test_an_olympic_pool_is_25_m_wide(lanes: int, ropes: int, first: str) -> None:
    field = pool(50, lanes)
    assert field.extent.tolist() == [[0, 0], [50, 25]]
    assert sum(name.startswith("rope") for name in field.lines) == ropes
    assert first in field.lines
    ys = sorted(line.start[1] for name, line in field.lines.items() if name.startswith("rope"))
    assert np.allclose(np.diff(ys), 2.5)


def test_rope_marks_are_symmetric_about_the_middle() -> None:
    for length, marks in ((50.0, [0, 5, 15, 25, 35, 45, 50]), (25.0, [0, 5, 20, 25])):
        field = pool(length)
        assert sorted(x for name, (x, _) in field.points.items() if name.startswith("rope 3-4")) == marks


def test_lane_1_is_on_the_right_of_those_who_start() -> None:
    # Facing +x, the right is -y.
    field = pool(50, 8)
    assert field.points["rope 1-2, 25 m"][1] < field.points["rope 7-8, 25 m"][1]


def test_the_javelin_sector_opens_by_28_96_degrees_from_8_m_behind_the_arc() -> None:
    field = javelin_sector()
    left, right = (np.array(field.points[f"sector {side}, 60 m"]) for side in ("left", "right"))
    angle = math.degrees(math.acos(left @ right / np.linalg.norm(left) / np.linalg.norm(right)))
    assert angle == pytest.approx(28.96, abs=0.01)
    assert np.hypot(*field.points["arc left"]) == pytest.approx(8)
    assert np.hypot(*left) - 8 == pytest.approx(60)
    assert field.points["arc left"][1] - field.points["arc right"][1] == pytest.approx(4)
    assert field.points["arc left"][0] - field.points["runway start left"][0] == pytest.approx(30)


def test_every_field_says_its_source() -> None:
    for field in (pool(), pool(25, 8), javelin_sector(), runway()):
        assert "World" in field.source
        assert field.unverified <= set(field.points) | set(field.raised)


def test_a_field_is_fitted_by_names_of_points_and_lines() -> None:
    field = pool()
    strokes = {"rope 0-1": VIEW.pixels([[20, 2.5], [30, 2.5]]), "wall turn": VIEW.pixels([[50, 12], [50, 22]])}
    found = field.fit(at(field, ["corner left start", "corner left turn", "rope 3-4, 15 m"]), strokes)
    assert np.allclose(found.to_plane(VIEW.pixels([[25, 5]])), [[25, 5]], atol=1e-8)
    assert found.fit is not None and "rope 0-1" in found.fit.labels


def test_left_for_right_is_noticed() -> None:
    field = pool()
    picks = at(field, ["corner left start", "corner left turn", "corner right start", "corner right turn"])
    swapped = dict(zip(picks, [picks[name] for name in list(picks)[2:] + list(picks)[:2]], strict=True))
    with pytest.raises(InputError, match=r"mirrored|cross"):
        field.fit(swapped)


@pytest.mark.parametrize(
    ("name", "says"),
    [("rope 3-4 15m", "did you mean 'rope 3-4, 15 m'"), ("flags left start", "1.8 m above the plane"), ("xyz", "known:")],
)
def test_a_name_that_cannot_be_picked_is_refused_with_the_nearest(name: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        pool().fit({name: [1.0, 2.0]})


def test_what_lies_on_the_floor_is_no_point_of_the_water() -> None:
    with pytest.raises(InputError, match="2 m below the plane"):
        pool().fit({"cross-mark lane 4 start": [1.0, 2.0]})


def test_a_field_of_ones_own_comes_from_plain_data() -> None:
    data = {
        "name": "tartan",
        "points": {"a": [0, 0], "b": [10, 0], "c": [10, 3]},
        "lines": {"side": [[0, 5], [10, 5], 0.05]},
    }
    field = Field.from_dict(data)
    assert field.points["c"] == (10, 3) and field.lines["side"].width == 0.05
    found = field.fit(at(field, ["a", "b", "c"]), {"side": VIEW.pixels([[1, 5], [4, 5]])})
    assert np.allclose(found.to_plane(VIEW.pixels([[5, 2]])), [[5, 2]], atol=1e-8)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"points": {"a": [0, 0]}}, "too few"),
        ({"point": {}}, "did you mean 'points'"),
        ({"points": {"a": [0, 0, 0]}}, "point a: a place is two"),
        ({"points": {"a": ["x", 0]}}, "point a.*no number"),
        ({"points": {"a": [float("nan"), 0]}}, "finite"),
        ({"points": [1, 2]}, "points are a table"),
        ({"lines": {"l": [[0, 0], [0, 0]]}}, "line l: both ends"),
        ({"lines": {"l": [[0, 0]]}}, "a line is two places"),
        ({"lines": {"l": [[0, 0], [1, 0], -1]}}, "width"),
        (["points"], "a table"),
    ],
)
def test_data_that_are_no_field_are_refused(data: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        Field.from_dict(data)


def test_measures_that_no_field_has_are_refused() -> None:
    for make in (lambda: pool(-1), lambda: pool(50, 0), lambda: javelin_sector(0), lambda: runway(40, marks=[50])):
        with pytest.raises(SettingError):
            make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: pool("50"),  # type: ignore[arg-type]
        lambda: pool(True, 8),
        lambda: pool(aside="1"),  # type: ignore[arg-type]
        lambda: javelin_sector("30"),  # type: ignore[arg-type]
        lambda: javelin_sector(distances=["far"]),  # type: ignore[list-item]
        lambda: javelin_sector(distances=50),  # type: ignore[arg-type]
        lambda: runway(width="1.22"),  # type: ignore[arg-type]
        lambda: runway(marks="10"),  # type: ignore[arg-type]
    ],
)
def test_measures_that_are_no_numbers_are_refused(make: Any) -> None:
    with pytest.raises(SettingError, match="numbers"):
        make()


def test_lanes_are_counted() -> None:
    with pytest.raises(SettingError, match="whole numbers"):
        pool(50.0, 8.5)  # type: ignore[arg-type]
