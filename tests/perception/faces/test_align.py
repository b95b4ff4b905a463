"""Faces are aligned by the best turn, scale and shift, and nothing is aligned by nonsense."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from scipy.optimize import least_squares

from trackside.perception.faces import aligned, similarity
from trackside.perception.faces.align import TEMPLATE


def _turned(angle: float, scale: float, shift: tuple[float, float]) -> np.ndarray:
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return TEMPLATE @ (scale * turn).T + shift


@pytest.mark.parametrize(("angle", "scale"), [(0.0, 1.0), (0.7, 3.0), (-2.0, 0.2), (3.1, 1.0)])
def test_a_face_that_was_turned_is_turned_back(angle: float, scale: float) -> None:
    points = _turned(angle, scale, (300, -20))
    (matrix,) = similarity(points[None])
    np.testing.assert_allclose(points @ matrix[:, :2].T + matrix[:, 2], TEMPLATE, atol=1e-9)


def test_points_that_fit_no_template_are_brought_as_near_as_can_be() -> None:
    points = np.random.default_rng(1).normal(50, 20, (5, 2))

    def errors(p: np.ndarray) -> np.ndarray:
        return (points @ np.array([[p[0], p[1]], [-p[1], p[0]]]) + p[2:] - TEMPLATE).ravel()

    best = least_squares(errors, [1, 0, 0, 0]).x
    (matrix,) = similarity(points[None])
    np.testing.assert_allclose(matrix, [[best[0], -best[1], best[2]], [best[1], best[0], best[3]]], atol=1e-5)


def test_another_size_is_the_template_scaled() -> None:
    (matrix,) = similarity(TEMPLATE[None], side=160)
    np.testing.assert_allclose(matrix, [[160 / 112, 0, 0], [0, 160 / 112, 0]], atol=1e-9)


@pytest.mark.parametrize("points", [np.zeros((5, 2)), np.full((5, 2), np.nan), np.full((5, 2), np.inf)], ids=str)
def test_points_that_make_no_face_align_nothing(points: np.ndarray) -> None:
    assert np.isnan(similarity(points[None])).all()
    assert similarity(np.empty((0, 5, 2))).shape == (0, 2, 3)


@pytest.mark.parametrize("scale", [1.3, 3.7, 9.0])
def test_a_large_face_is_averaged_and_stays_in_its_place(scale: float) -> None:
    """On a smooth picture averaging changes nothing but a shift would; on stripes it takes the stripes away."""
    y, x = np.mgrid[:1200, :1200] / 1200
    smooth = np.stack([200 * x, 200 * y, 100 * (x + y)], axis=2).astype(np.uint8)
    (matrix,) = similarity(_turned(0.3, scale, (90, 60))[None])
    plain = cv2.warpAffine(smooth, matrix, (112, 112), flags=cv2.INTER_LINEAR).astype(int)
    shown = cv2.warpAffine(np.full((1200, 1200), 255, np.uint8), matrix, (112, 112)) == 255
    inside = cv2.erode(shown.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(np.bool_)
    assert inside.mean() > 0.5
    assert np.abs(aligned(smooth, matrix) - plain)[inside].max() <= 3
    stripes = np.zeros((1200, 1200, 3), np.uint8)
    stripes[:, ::2] = 255
    if scale > 3:
        aliased = cv2.warpAffine(stripes, matrix, (112, 112), flags=cv2.INTER_LINEAR)[30:90, 30:90]
        assert aligned(stripes, matrix)[30:90, 30:90].std() < 0.5 * aliased.std()


def test_outside_the_picture_is_black() -> None:
    white = np.full((112, 60, 3), 255, np.uint8)
    face = aligned(white, similarity(TEMPLATE[None])[0])
    assert face[:, 70:].max() == 0
    assert face[:, :50].min() == 255
