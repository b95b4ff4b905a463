"""Widths and shares that give back what they were made of."""

from __future__ import annotations

import numpy as np
from hypothesis import given, strategies as st

from trackside.data.formats.numbers import corners, extents, short


@given(st.lists(st.floats(-1e4, 1e4), min_size=4, max_size=4))
def test_boxes_come_back_to_a_rounding(values: list[float]) -> None:
    box = np.array(values).reshape(1, 4)
    np.testing.assert_allclose(corners(np.hstack([box[:, :2], extents(box)])), box, rtol=0, atol=4e-12)


def test_most_boxes_come_back_to_the_last_bit() -> None:
    boxes = np.sort(np.random.default_rng(0).uniform(0, 4000, (10_000, 2, 2)), axis=1).reshape(-1, 4)
    again = corners(np.hstack([boxes[:, :2], extents(boxes)]))
    plain = corners(np.hstack([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]]))
    share, plain_share = ((back == boxes).all(axis=1).mean() for back in (again, plain))
    assert share > 0.9
    assert share >= plain_share


@given(st.lists(st.integers(0, 10**6), min_size=4, max_size=4))
def test_widths_are_as_short_as_they_were(hundredths: list[int]) -> None:
    box = np.array([hundredths]) / 100
    np.testing.assert_array_equal(extents(corners(box)), box[:, 2:])


def test_shares_are_short() -> None:
    assert [short(value) for value in (0.5, 1.0, 0.0, -0.0, 1 / 3, 0.481719)] == [
        "0.5",
        "1",
        "0",
        "0",
        "0.333333333333",
        "0.481719",
    ]
