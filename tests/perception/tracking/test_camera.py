"""Camera motion: known motions of real frames are found, and where nothing can be told the camera counts as still."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from trackside.core import Affine
from trackside.perception.tracking.camera import CameraMotion, warp_boxes, warp_velocities

from ..footage import Frame, campus


@pytest.fixture(scope="module")
def frames(shared_data: Path) -> list[Frame]:
    return campus(shared_data, every=10)[0]


def moved(frame: Frame, matrix: NDArray[np.float64]) -> Frame:
    """The frame as the moved camera sees it; pixel centres lie at halves."""
    centred = np.column_stack([matrix[:, :2], matrix[:, :2] @ [0.5, 0.5] + matrix[:, 2] - 0.5])
    return np.asarray(cv2.warpAffine(frame, centred, frame.shape[1::-1], borderMode=cv2.BORDER_REFLECT), np.uint8)


def motion(frame: Frame, *, angle: float = 0, zoom: float = 1, shift: tuple[float, float] = (0, 0)) -> NDArray[np.float64]:
    matrix = cv2.getRotationMatrix2D((frame.shape[1] / 2, frame.shape[0] / 2), angle, zoom)
    matrix[:, 2] += shift
    return np.asarray(matrix, np.float64)


def error(found: Affine, expected: NDArray[np.float64], frame: Frame) -> float:
    """The largest error of a corner of the picture, in pixels."""
    height, width = frame.shape[:2]
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]])
    return float(np.abs(corners @ (found.matrix - expected).T).max())


@pytest.mark.parametrize("size", [(640, 480), (1920, 1080), (333, 777)])
@pytest.mark.parametrize(
    "kind",
    [{}, {"shift": (7.3, -4.2)}, {"shift": (0.5, 0.25)}, {"angle": 3, "zoom": 1.03, "shift": (10, 5)}, {"angle": -5}],
    ids=str,
)
def test_known_motions_are_found(frames: list[Frame], size: tuple[int, int], kind: dict[str, float]) -> None:
    frame = np.asarray(cv2.resize(frames[3], size, interpolation=cv2.INTER_CUBIC), np.uint8)
    expected = motion(frame, **kind)
    camera = CameraMotion()
    camera.update(frame)
    found = camera.update(moved(frame, expected))
    assert found.known
    assert error(found, expected, frame) < 0.002 * max(size)


def test_a_pan_adds_up(frames: list[Frame]) -> None:
    """A window of 400 x 300 that moves through a real frame."""
    camera, place = CameraMotion(), np.zeros(2)
    for x in range(0, 240, 12):
        found = camera.update(np.ascontiguousarray(frames[3][x // 4 : x // 4 + 300, x : x + 400]))
        assert found.known == (x > 0)
        place += found.shift
    assert place == pytest.approx([-228, -57], abs=1)


def test_a_fixed_camera_is_still_although_people_walk(frames: list[Frame]) -> None:
    camera = CameraMotion()
    for frame in frames:
        found = camera.update(frame)
        assert error(found, np.eye(2, 3), frame) < 0.5


def test_objects_are_left_out(frames: list[Frame]) -> None:
    """A picture most of which moves to the right, and a background that does not."""
    ahead = frames[3].copy()
    ahead[:, 200:] = np.roll(frames[3], 9, axis=1)[:, 200:]
    objects = np.array([[190, -50, 900, 900], [np.nan, 0, 1, 1], [5, 5, 1, 1]], np.float32)
    camera = CameraMotion()
    camera.update(frames[3], objects)
    assert error(camera.update(ahead, objects), np.eye(2, 3), ahead) < 0.5
    camera = CameraMotion()
    camera.update(frames[3])
    assert camera.update(ahead).shift[0] > 5


def test_a_cut_is_no_motion(frames: list[Frame], vtest: Path) -> None:
    other = cv2.VideoCapture(str(vtest)).read()[1][:480, :640, ::-1]
    camera = CameraMotion()
    camera.update(frames[0])
    for scene in (np.ascontiguousarray(other), frames[0], frames[0][:, ::-1].copy(), frames[0][::-1].copy()):
        found = camera.update(scene)
        assert not found.known
        np.testing.assert_array_equal(found.matrix, np.eye(2, 3))
    assert camera.update(moved(scene, motion(scene, shift=(4, 0)))).known


def test_nothing_to_see_is_no_motion(frames: list[Frame]) -> None:
    rng = np.random.default_rng(0)
    camera = CameraMotion()
    pictures = [
        np.zeros((480, 640, 3), np.uint8),
        np.full((480, 640, 3), 90, np.uint8),
        *(rng.integers(0, 256, (480, 640, 3), np.uint8) for _ in range(2)),
        *(rng.integers(0, 256, (33, 4000, 3), np.uint8) for _ in range(2)),
        *(np.zeros((1, 1, 3), np.uint8) for _ in range(2)),
        *(np.zeros((0, 5, 3), np.uint8) for _ in range(2)),
        frames[0],
        np.ascontiguousarray(frames[0][:-1]),
    ]
    for picture in pictures:
        assert not camera.update(picture).known
    everywhere = np.array([[0, 0, 640, 480]], np.float32)
    camera.update(frames[0], everywhere)
    assert not camera.update(frames[0], everywhere).known


def test_the_same_pictures_give_the_same_motion(frames: list[Frame]) -> None:
    found = []
    for _ in range(2):
        camera = CameraMotion()
        camera.update(frames[0])
        found.append(camera.update(moved(frames[0], motion(frames[0], angle=2, shift=(3, 1)))).matrix)
    np.testing.assert_array_equal(*found)


def test_boxes_and_velocities_move_with_the_camera() -> None:
    boxes = np.array([[10, 20, 30, 60]], np.float32)
    np.testing.assert_array_equal(warp_boxes(boxes, Affine()), boxes)
    zoomed = Affine(np.array([[2.0, 0, 5], [0, 2, -7]]))
    np.testing.assert_allclose(warp_boxes(boxes, zoomed), [[25, 33, 65, 113]])
    np.testing.assert_allclose(warp_velocities(np.array([[1.0, -3]]), zoomed), [[2, -6]])
    quarter = Affine(np.array([[0.0, -1, 0], [1, 0, 0]]))
    np.testing.assert_allclose(warp_boxes(boxes, quarter), [[-50, 0, -30, 40]])
    np.testing.assert_allclose(warp_velocities(np.array([[1.0, 0]]), quarter), [[0, 1]])
    assert warp_boxes(np.empty((0, 4)), zoomed).shape == (0, 4)
    assert warp_velocities(np.empty((0, 2)), zoomed).shape == (0, 2)
