"""The renderer and the waving hand: synthetic pictures that are what they say."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.core import SettingError
from trackside.geometry.camera.boards import Chessboard, CircleGrid
from trackside.geometry.camera.lens import Lens
from trackside.geometry.camera.pose import Pose
from trackside.geometry.camera.synthetic import Scene, render, wave

BOARD = CircleGrid(2, 2, 0.1, 0.05)
LENS = Lens((320, 240), (400, 400), (160, 120), np.zeros(5))
FACE_ON = Pose.from_vectors(np.zeros(3), [-0.05, -0.05, 0.5])


def test_a_disc_darkens_as_much_as_its_area() -> None:
    image = render(BOARD, LENS, FACE_ON, Scene(light=200, dark=0, blur=0, margin=1.0))
    area = (200 - image.astype(float)).sum() / 200 / 4
    assert area == pytest.approx(np.pi * 20**2, rel=2e-3)


def test_noise_blur_and_gradient_are_as_asked() -> None:
    plain = render(BOARD, LENS, FACE_ON, Scene(blur=0, margin=1.0)).astype(float)
    noisy = render(BOARD, LENS, FACE_ON, Scene(blur=0, margin=1.0, noise=5)).astype(float)
    assert (noisy - plain).std() == pytest.approx(5, rel=0.05)
    sloped = render(BOARD, LENS, FACE_ON, Scene(light=100, blur=0, margin=1.0, gradient=0.5))
    assert (sloped[0, 0], sloped[0, -1]) == (75, 125)


def test_the_same_seed_gives_the_same_picture_and_another_does_not() -> None:
    pictures = [render(BOARD, LENS, FACE_ON, Scene(noise=3, distractors=9, seed=seed)) for seed in (1, 1, 2)]
    assert np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[0], pictures[2])


def test_a_hand_moves_smoothly_tilts_and_stays_near_the_picture() -> None:
    moments = wave(BOARD, LENS, frames=100, rate=10, blurred=0.2, seed=1)
    tilts = np.degrees([np.arccos(np.clip(moment.pose.rotation[2, 2], -1, 1)) for moment in moments])
    steps = np.linalg.norm(np.diff([moment.pose.translation for moment in moments], axis=0), axis=1)
    assert 40 < tilts.max() < 61
    assert steps.max() < 0.5 * np.linalg.norm([moment.pose.translation for moment in moments], axis=1).mean()
    assert 0.1 < np.mean([moment.blurred for moment in moments]) < 0.3
    assert all((len(moment.poses) > 1) == moment.blurred for moment in moments)


def test_settings_that_cannot_be_are_errors() -> None:
    for settings in ({"blur": -1}, {"light": 300}, {"gradient": 2}, {"margin": -0.1}):
        with pytest.raises(SettingError):
            Scene(**settings)
    with pytest.raises(SettingError):
        render(BOARD, LENS, [])
    with pytest.raises(SettingError):
        wave(BOARD, LENS, frames=0)


@pytest.mark.parametrize("turn", [0.0, 0.3, np.pi / 4])
def test_edges_lie_where_they_are_to_a_fiftieth_of_a_pixel_at_any_turn(turn: float) -> None:
    """The dark squares of a board, whose area and middle are known by geometry; and one edge of one square alone, for the
    whole board averages out what a grid of samples rounds."""
    board = Chessboard(3, 3, 0.04)
    pose = Pose.from_vectors([0.0, 0.0, turn], [0.0123, -0.0371, 0.5])
    image = render(board, LENS, pose, Scene(light=200, dark=0, ground=200, blur=0, margin=1.0))
    ink = (200 - image.astype(float)) / 200
    squares = board.ink.rectangles
    middles = np.column_stack([squares[:, :2] + squares[:, 2:] / 2, np.zeros(len(squares))])
    assert ink.sum() == pytest.approx(len(squares) * 32**2, rel=1e-3)
    rows, columns = np.indices(ink.shape)
    found = [(side * ink).sum() / ink.sum() for side in (columns, rows)]
    np.testing.assert_allclose(found, LENS.project(pose(middles)).mean(axis=0), atol=0.02)
    if turn == 0:
        edge, row = LENS.project(pose(middles[0] - [0.02, 0, 0]))
        first, last = round(edge) - 5, round(edge) + 5
        assert last + 0.5 - ink[round(row), first : last + 1].sum() == pytest.approx(edge, abs=0.02)
