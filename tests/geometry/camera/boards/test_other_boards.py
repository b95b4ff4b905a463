"""Chessboards, ChArUco boards and the short form of all boards. Views are synthetic unless a file is named."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from trackside.core import InputError, SettingError
from trackside.geometry.camera.boards import Board, Charuco, Chessboard, CircleGrid, board_of, specification_of
from trackside.geometry.camera.sighting import Refusal, Sighting
from trackside.geometry.camera.synthetic import Scene, render

from .views import PLAIN, view

CHESSBOARD = Chessboard(6, 9, 0.025)
CHARUCO = Charuco(7, 5, 0.04, 0.03)
TEXTS = {
    "circles:4x11:asymmetric:spacing=0.02:diameter=0.012": CircleGrid(11, 4, 0.02, 0.012, asymmetric=True),
    "circles:8x6:light:spacing=0.03:diameter=0.01": CircleGrid(6, 8, 0.03, 0.01, dark=False),
    "chessboard:9x6:square=0.025": CHESSBOARD,
    "charuco:5x7:square=0.04:marker=0.03:dictionary=DICT_5X5_100:legacy": Charuco(7, 5, 0.04, 0.03, "DICT_5X5_100", True),
}


@pytest.mark.parametrize("turn", [10, 100, 190])
@pytest.mark.parametrize(
    "board", [CHESSBOARD, CHARUCO, Charuco(6, 5, 0.04, 0.03, legacy=True)], ids=["chessboard", "charuco", "legacy"]
)
def test_corners_are_found_where_they_are_at_any_turn(board: Board, turn: float) -> None:
    pose = view(board, tilt=30, turn=turn, share=0.45)
    sighting = board.detect(render(board, PLAIN, pose, Scene(noise=2)))
    assert isinstance(sighting, Sighting), sighting.reason
    assert len(sighting.ids) == len(board.points)
    assert np.abs(sighting.pixels - PLAIN.project(pose(board.points))).max() < 0.3
    assert 1.5 < sighting.sharpness < 2.5


def test_a_part_of_a_charuco_board_is_enough() -> None:
    pose = view(CHARUCO, share=1.1, shift=(0.3, 0.1))
    sighting = CHARUCO.detect(render(CHARUCO, PLAIN, pose))
    assert isinstance(sighting, Sighting)
    assert 4 <= len(sighting.ids) < 24
    assert np.abs(sighting.pixels - PLAIN.project(pose(CHARUCO.points))[sighting.ids]).max() < 0.3


def test_an_inverted_charuco_board_is_found() -> None:
    assert isinstance(CHARUCO.detect(255 - render(CHARUCO, PLAIN, view(CHARUCO))), Sighting)


@pytest.mark.parametrize(
    ("board", "image", "reason"),
    [
        (CHESSBOARD, render(CHARUCO, PLAIN, view(CHARUCO)), "no chessboard"),
        (CHARUCO, render(CHESSBOARD, PLAIN, view(CHESSBOARD)), "no markers"),
        (Chessboard(7, 10, 0.025), render(CHESSBOARD, PLAIN, view(CHESSBOARD)), "9 x 6 inner corners, not 10 x 7"),
        (CHESSBOARD, np.zeros((200, 200), np.uint8), "too dark"),
    ],
    ids=["charuco", "chessboard", "squares counted", "dark"],
)
def test_other_pictures_are_refused_with_a_reason(board: Board, image: np.ndarray, reason: str) -> None:
    refusal = board.detect(image)
    assert isinstance(refusal, Refusal)
    assert reason in refusal.reason


@pytest.mark.parametrize(("text", "board"), TEXTS.items())
def test_the_short_form_is_read_and_written(text: str, board: Board) -> None:
    assert board_of(text) == board
    assert board_of(specification_of(board)) == board


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("circels:4x11", "did you mean 'circles'"),
        ("chessboard:9x6", "square missing"),
        ("chessboard:square=0.02", "the size missing"),
        ("chessboard:9x6:square=wide", "no number"),
        ("chessboard:9x6:sqare=0.02", "did you mean 'square'"),
        ("circles:4x4:asymetric:spacing=1:diameter=0.1", "did you mean 'asymmetric'"),
        ("chessboard:9x6:9x6:square=0.02", "given twice"),
        ("chessboard:9x2:square=0.02", "3 to 100"),
        ("charuco:5x7:square=0.04:marker=0.05", "smaller than the square"),
        ("charuco:5x7:square=0.04:marker=0.03:dictionary=DICT_4X4_51", "did you mean 'DICT_4X4_50'"),
        ("charuco:20x20:square=0.04:marker=0.03", "needs 200"),
        ("", "no board"),
    ],
)
def test_what_cannot_be_read_is_said(text: str, says: str) -> None:
    with pytest.raises(SettingError, match=says):
        board_of(text)


@pytest.mark.parametrize("board", TEXTS.values(), ids=lambda board: board.name)
def test_a_printed_board_is_the_board(board: Board) -> None:
    drawn = board.ink.draw(6000)
    sighting = board.detect(drawn)
    assert isinstance(sighting, Sighting), sighting.reason
    left, top, _, _ = board.ink.sheet
    expected = (board.points[:, :2] - [left, top]) * 6000 - 0.5
    readings = [expected, expected[::-1]]
    assert min(np.abs(sighting.pixels - reading[sighting.ids]).max() for reading in readings) < 0.5
    assert board.ink.svg().count("<circle") == (len(board.points) if board.name == "circles" else 0)


def test_a_drawing_of_no_size_is_an_error() -> None:
    for dots in (0, -1, float("nan"), 1e9):
        with pytest.raises(SettingError):
            CHESSBOARD.ink.draw(dots)


def test_sightings_that_do_not_fit_are_errors() -> None:
    ids, pixels, sigma = np.arange(4), np.zeros((4, 2)), np.ones(4)
    Sighting((9, 9), ids, pixels, sigma)
    for bad in (
        (ids[:3], pixels[:3], sigma[:3]),
        (ids[::-1], pixels, sigma),
        (ids, pixels * np.nan, sigma),
        (ids, pixels[:2], sigma),
    ):
        with pytest.raises(InputError):
            Sighting((9, 9), *bad)


@pytest.mark.slow
def test_every_real_chessboard_photograph_is_found(shared_data: Path) -> None:
    files = sorted((shared_data / "opencv_calib").glob("[lr]*[0-9].jpg"))
    assert len(files) == 26
    for path in files:
        assert isinstance(CHESSBOARD.detect(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)), Sighting), path.name
