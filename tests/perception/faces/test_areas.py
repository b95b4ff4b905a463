"""Small pictures made from sums are those made from the pixels."""

from __future__ import annotations

import math

import numpy as np
import pytest

from trackside.core import RGB
from trackside.perception.faces.areas import Areas


def _picture(height: int, width: int) -> RGB:
    return np.random.default_rng(3).integers(0, 256, (height, width, 3), dtype=np.uint8)


def _plain(picture: RGB, width: int, height: int) -> np.ndarray:
    """Each output pixel the mean of what it covers, by loops."""
    rows, columns = picture.shape[:2]
    found = np.empty((3, height, width))
    for y in range(height):
        for x in range(width):
            top, bottom = y * rows // height, math.ceil((y + 1) * rows / height)
            left, right = x * columns // width, math.ceil((x + 1) * columns / width)
            found[:, y, x] = picture[top:bottom, left:right].reshape(-1, 3).mean(axis=0)
    return (found - 127.5) / 128


@pytest.mark.parametrize(("width", "height"), [(20, 13), (31, 90), (7, 150), (60, 100)])
def test_a_scaled_picture_has_the_means_of_what_it_covers(width: int, height: int) -> None:
    picture = _picture(100, 60)
    np.testing.assert_allclose(Areas(picture).scaled(width, height), _plain(picture, width, height), atol=1e-6)


def test_crops_have_the_means_of_what_they_cover() -> None:
    picture = _picture(90, 120)
    windows = np.array([[0, 0, 120, 90], [5, 7, 6, 8], [100, 60, 120, 90], [3, 4, 60, 20]])
    for crop, (x1, y1, x2, y2) in zip(Areas(picture).crops(windows, 24), windows.tolist(), strict=True):
        np.testing.assert_allclose(crop, _plain(picture[y1:y2, x1:x2], 24, 24), atol=1e-6)


def test_sums_that_do_not_fit_into_32_bits_do_no_harm() -> None:
    white = np.full((3000, 3000, 3), 255, np.uint8)
    corner = Areas(white).crops(np.array([[2900, 2900, 3000, 3000]]), 24)
    np.testing.assert_allclose(corner, (255 - 127.5) / 128, atol=1e-6)
