"""Pictures: arrays and those that become arrays on demand."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.core import Picture, as_rgb, resized, size_of


class Lazy:
    """A picture that counts how often it is converted."""

    shape = (4, 6, 3)

    def __init__(self) -> None:
        self.conversions = 0

    def rgb(self) -> np.ndarray:
        self.conversions += 1
        return np.full(self.shape, 7, np.uint8)

    def resized(self, width: int, height: int) -> np.ndarray:
        return np.full((height, width, 3), 7, np.uint8)


def test_the_size_is_width_and_height_without_converting() -> None:
    lazy = Lazy()
    assert isinstance(lazy, Picture)
    assert size_of(lazy) == (6, 4) == size_of(np.zeros((4, 6, 3), np.uint8))
    assert resized(lazy, 3, 2).shape == (2, 3, 3)
    assert lazy.conversions == 0


def test_an_array_stays_the_same_array_and_a_picture_becomes_one() -> None:
    array = np.zeros((4, 6, 3), np.uint8)
    assert as_rgb(array) is array
    assert as_rgb(Lazy()).shape == (4, 6, 3)


@pytest.mark.parametrize(
    "wrong", [np.zeros((4, 6, 3)), np.zeros((4, 6), np.uint8), np.zeros((4, 6, 4), np.uint8), "a.jpg", None]
)
def test_what_is_no_picture_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError, match="an image is"):
        as_rgb(wrong)


def test_shrinking_averages_areas_and_growing_keeps_the_mean() -> None:
    board = np.zeros((8, 8, 3), np.uint8)
    board[::2, ::2] = board[1::2, 1::2] = 200
    assert (resized(board, 4, 4) == 100).all()
    assert resized(np.full((2, 2, 3), 9, np.uint8), 5, 7).tolist() == np.full((7, 5, 3), 9).tolist()
