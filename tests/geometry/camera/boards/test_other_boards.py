"""Chessboards, ChArUco boards and the short form of all boards. Views are synthetic unless a file is named."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from trackside.core import InputError, SettingError
from trackside.geometry.camera.boards import Board, Charuco, Chessboard, CircleGrid, board_of, specification_of
from trackside.geometry.camera.boards.crossings import linked_crossings
from trackside.geometry.camera.sighting import Refusal, Sighting
from trackside.geometry.camera.synthetic import Scene, render

from .views import PLAIN, smeared, view

CHESSBOARD = Chessboard(6, 9, 0.025)
CHARUCO = Charuco(7, 5, 0.04, 0.03)
CIRCLES = CircleGrid(6, 8, 0.03, 0.018)
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
    assert np.abs(sighting.pixels - PLAIN.project(pose(board.points))).max() < 0.08
    assert 1.5 < sighting.sharpness < 2.5


@pytest.mark.parametrize(
    ("scene", "most"),
    [(Scene(), 0.02), (Scene(noise=10, blur=1.5), 0.12), (Scene(noise=4, blur=3), 0.12), (Scene(60, 20, noise=3), 0.12)],
    ids=["clean", "noise", "blur", "dark"],
)
@pytest.mark.parametrize("board", [CHESSBOARD, CHARUCO], ids=["chessboard", "charuco"])
def test_corners_stay_in_place_under_noise_and_say_how_certain_they_are(board: Board, scene: Scene, most: float) -> None:
    """Root mean square in pixels; `cv2.cornerSubPix` is off by 0.2 to 0.8 in the pictures with noise."""
    pose = view(board, tilt=35, turn=20, share=0.6)
    sighting = board.detect(render(board, PLAIN, pose, scene))
    assert isinstance(sighting, Sighting), sighting.reason
    off = sighting.pixels - PLAIN.project(pose(board.points))[sighting.ids]
    assert np.sqrt((off**2).sum(axis=1).mean()) < most
    ratio = np.sqrt(((off / sighting.deviations[:, None]) ** 2).mean())
    # A picture without noise and rounding does not exist: what is said of one errs on the safe side.
    assert (0.6 if scene.noise else 0.1) < ratio < 1.6


@pytest.mark.parametrize("tilt", [0, 60])
@pytest.mark.parametrize("scene", [Scene(noise=3), Scene(noise=12, blur=1.5), Scene(blur=3)], ids=["plain", "noise", "blur"])
def test_the_crossings_of_a_board_hang_together(scene: Scene, tilt: float) -> None:
    pose = view(CHESSBOARD, tilt=tilt, turn=25, share=0.5)
    linked = linked_crossings(render(CHESSBOARD, PLAIN, pose, scene), 27)
    corners = PLAIN.project(pose(CHESSBOARD.points))
    assert 50 <= linked.count <= 56
    assert np.abs(linked.box - [corners.min(axis=0), corners.max(axis=0)]).max() < 4


@pytest.mark.parametrize(
    "image",
    [
        np.random.default_rng(0).integers(0, 255, (480, 640)).astype(np.uint8),
        np.random.default_rng(0).normal(120, 6, (480, 640)).astype(np.uint8),
        np.tile(np.uint8(255) * (np.arange(640) // 20 % 2).astype(np.uint8), (480, 1)),
        render(CIRCLES, PLAIN, view(CIRCLES, tilt=20), Scene(noise=3, distractors=60)),
        np.zeros((17, 16), np.uint8),
    ],
    ids=["noise", "weak noise", "stripes", "circles", "tiny"],
)
def test_other_pictures_have_no_crossings_that_hang_together(image: np.ndarray) -> None:
    assert linked_crossings(image, 27).count <= 8


@pytest.mark.parametrize("board", [CHESSBOARD, CHARUCO, CIRCLES], ids=["chessboard", "charuco", "circles"])
@pytest.mark.parametrize("kind", ["smear", "defocus"])
def test_a_strongly_blurred_board_is_called_blurred_and_a_sharp_picture_is_not(board: Board, kind: str) -> None:
    sharp = render(board, PLAIN, view(board, tilt=20), Scene(noise=3))
    refusal = board.detect(smeared(sharp, 60) if kind == "smear" else cv2.GaussianBlur(sharp, (0, 0), 20))
    assert isinstance(refusal, Refusal)
    assert refusal.reason.startswith("the picture is blurred")
    covered = sharp.copy()
    covered[150:330, 230:410] = 100
    refusal = Chessboard(12, 13, 0.01).detect(covered)
    assert isinstance(refusal, Refusal)
    assert "blurred" not in refusal.reason


def test_a_board_that_leaves_the_picture_is_refused_with_the_corners_that_are_seen() -> None:
    refusal = CHESSBOARD.detect(render(CHESSBOARD, PLAIN, view(CHESSBOARD, turn=0, share=0.9, shift=(0.45, 0.35))))
    assert isinstance(refusal, Refusal)
    assert "of 54 hang together" in refusal.reason


def test_a_part_of_a_charuco_board_is_enough() -> None:
    pose = view(CHARUCO, share=1.1, shift=(0.3, 0.1))
    sighting = CHARUCO.detect(render(CHARUCO, PLAIN, pose))
    assert isinstance(sighting, Sighting)
    assert 4 <= len(sighting.ids) < 24
    assert np.abs(sighting.pixels - PLAIN.project(pose(CHARUCO.points))[sighting.ids]).max() < 0.3


@pytest.mark.parametrize("legacy", [False, True])
def test_opencvs_own_drawing_of_a_charuco_board_is_ours(legacy: bool) -> None:
    board = Charuco(6, 5, 0.04, 0.03, legacy=legacy)
    drawn = cv2.aruco.CharucoBoard((5, 6), 0.04, 0.03, cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50))
    drawn.setLegacyPattern(legacy)
    sighting = board.detect(drawn.generateImage((500, 600)))
    assert isinstance(sighting, Sighting)
    assert len(sighting.ids) == 20
    assert np.abs(sighting.pixels - (board.points[:, :2] / 0.04 * 100 + 99.5)).max() < 0.6


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


def test_a_real_inverted_charuco_board_is_found_in_the_videos_of_four_cameras(shared_data: Path) -> None:
    """A person waves it; one frame in 25 of each video."""
    import av

    board = Charuco(5, 4, 0.054, 0.0405, "DICT_4X4_1000")
    for path in sorted((shared_data / "multicam_charuco").glob("**/extrinsic/cam_*.mp4")):
        with av.open(str(path)) as container:
            container.streams.video[0].thread_type = "AUTO"
            frames = [f.to_ndarray(format="gray") for i, f in enumerate(container.decode(video=0)) if i % 25 == 10]
        seen = [answer for answer in map(board.detect, frames) if isinstance(answer, Sighting)]
        assert len(seen) >= 1, path.name
        for sighting in seen:
            assert _homography_misfit(board, sighting) < 1.0


def _homography_misfit(board: Charuco, sighting: Sighting) -> float:
    """Root mean square distance of corners from a flat board seen without distortion, pixels."""
    flat = board.points[sighting.ids, :2]
    homography, _ = cv2.findHomography(flat, sighting.pixels, 0)
    return float(np.sqrt(((cv2.perspectiveTransform(flat[None], homography)[0] - sighting.pixels) ** 2).sum(axis=1).mean()))
