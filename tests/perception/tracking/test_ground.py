"""Metres on the ground from points of a pipeline file."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.core import SettingError
from trackside.perception.tracking.ground import homography_of

SQUARE = [(0, 0, 0, 0), (100, 0, 10, 0), (0, 100, 0, 10), (100, 100, 10, 10)]


def test_pixels_become_metres_where_they_were_given() -> None:
    found = homography_of([*SQUARE, (50, 20, 5, 2)]) @ [30, 40, 1]
    assert np.allclose(found[:2] / found[2], [3, 4])
    assert found[2] > 0, "people stand on the near side of the horizon"


@pytest.mark.parametrize(
    ("points", "says"),
    [
        (SQUARE[:3], "ground: points of the ground are .*at least four"),
        ([*SQUARE[:3], (np.nan, 1, 2, 3)], "at least four"),
        ([(x, x, x, x) for x in range(4)], "ground: .*no three of them"),
        ([SQUARE[0], SQUARE[1], (100, 100, 0, 10), (0, 100, 10, 10)], "ground: the points cross.*swap"),
        ([*SQUARE, (50, 20, 5, 2), (20, 20, 9, 9), (30, 60, 1, 1)], r"ground: point \d is \d+ px off: check it"),
    ],
)
def test_points_that_make_no_map_are_a_wrong_setting(points: list[tuple[float, ...]], says: str) -> None:
    with pytest.raises(SettingError, match=says):
        homography_of(points)
