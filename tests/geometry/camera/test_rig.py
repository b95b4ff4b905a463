"""Several cameras: where they stand, on synthetic rigs of known truth, and on real pictures against OpenCV and Caliscope."""

from __future__ import annotations

import csv
from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.geometry.camera.views import BOARD, FISHEYE, USUAL, random_pose, seen
from trackside.core import InputError, SettingError
from trackside.geometry.camera.boards.charuco import Charuco
from trackside.geometry.camera.boards.chessboard import Chessboard
from trackside.geometry.camera.exchange import read_rig
from trackside.geometry.camera.pairs import average, moments
from trackside.geometry.camera.pose import Pose
from trackside.geometry.camera.rig import calibrate_rig
from trackside.geometry.camera.sighting import Sighting
from trackside.geometry.camera.solve import calibrate

TRUTH = {
    "left": (USUAL, Pose.identity()),
    "middle": (USUAL, Pose.from_vectors([0.02, -0.2, 0.01], [-0.3, 0.01, 0.05])),
    "right": (FISHEYE, Pose.from_vectors([-0.03, -0.5, 0.0], [-0.6, 0.0, 0.2])),
}
LENSES = {name: lens for name, (lens, _) in TRUTH.items()}


def waved(noise=0.1, count=25, seed=0):
    """A board waved before the three cameras of TRUTH; synthetic."""
    rng, found = np.random.default_rng(seed), {name: [] for name in TRUTH}
    for moment in range(count):
        board = random_pose(rng, USUAL, distance=(0.7, 1.3))
        for name, (lens, pose) in TRUTH.items():
            sighting = seen(lens, BOARD, pose @ board, noise, rng, time=moment + rng.uniform(0, 0.01))
            found[name] += [sighting] if sighting else []
    return found


def test_the_cameras_are_found_within_their_error_bars():
    rig = calibrate_rig(BOARD, LENSES, waved())
    for name, (_, pose) in TRUTH.items():
        error = rig.cameras[name][1].position - pose.position
        assert np.abs(error).max() < 1e-3
        if name != "left":
            assert error @ np.linalg.solve(rig.covariances[name], error) < 16  # chi-squared, 3 degrees: one in 900
    assert rig.rms == pytest.approx(0.1 * np.sqrt(2), rel=0.1)
    assert rig.scale == pytest.approx(1, abs=2e-3)
    assert rig.distance("left", "right") == pytest.approx(np.linalg.norm(TRUTH["right"][1].position), abs=1e-3)


def test_cameras_that_never_meet_are_joined_through_a_third():
    views = waved(noise=0.0)
    views["left"] = [s for s in views["left"] if s.time < 12]
    views["right"] = [s for s in views["right"] if s.time >= 12]
    rig = calibrate_rig(BOARD, LENSES, views)
    np.testing.assert_allclose(rig.cameras["right"][1].translation, TRUTH["right"][1].translation, atol=1e-6)


def test_a_wrong_lens_shows_in_the_points_thrown_out():
    healthy = calibrate_rig(BOARD, LENSES, waved())
    wrong = LENSES | {"middle": replace(USUAL, focal=(1150.0, 1155.0))}
    ill = calibrate_rig(BOARD, wrong, waved())
    # What does not fit is thrown out, so that the rest looks well: the count tells.
    assert healthy.thrown_out <= 2
    assert ill.thrown_out > 500


def test_outliers_are_thrown_out():
    views, rng = waved(), np.random.default_rng(0)
    shifted = views["middle"][3]
    views["middle"][3] = replace(shifted, pixels=shifted.pixels + rng.uniform(5, 20, shifted.pixels.shape))
    rig = calibrate_rig(BOARD, LENSES, views)
    assert rig.thrown_out >= 0.9 * len(shifted.ids)
    assert np.abs(rig.cameras["middle"][1].position - TRUTH["middle"][1].position).max() < 1e-3


def test_lenses_may_be_adjusted_too():
    views = {name: sightings for name, sightings in waved(count=30).items() if name != "right"}
    start = {name: replace(USUAL, focal=(1005.0, 1010.0)) for name in views}
    rig = calibrate_rig(BOARD, start, views, free_lenses=True)
    assert rig.cameras["left"][0].focal[0] == pytest.approx(1000, abs=1.5)
    with pytest.raises(SettingError, match="differ in model"):
        calibrate_rig(BOARD, LENSES, waved(), free_lenses=True)


def test_what_is_missing_is_said():
    views = waved(count=6)
    with pytest.raises(InputError, match="at least two cameras"):
        calibrate_rig(BOARD, {"left": USUAL}, views)
    with pytest.raises(InputError, match="right never saw the board;"):
        calibrate_rig(BOARD, LENSES, views | {"right": []})
    with pytest.raises(InputError, match="of middle have no time"):
        calibrate_rig(BOARD, LENSES, views | {"middle": [replace(s, time=float("nan")) for s in views["middle"]]})
    with pytest.raises(InputError, match="right never saw the board together with left"):
        calibrate_rig(BOARD, LENSES, views | {"right": [replace(s, time=s.time + 100) for s in views["right"]]})
    with pytest.raises(SettingError, match="tolerance"):
        calibrate_rig(BOARD, LENSES, views, tolerance=-1)


def test_moments_hold_each_camera_once():
    assert moments([0.0, 0.01, 1.0, 1.015, 1.03], [0, 1, 0, 1, 0], 0.02) == [0, 0, 1, 1, 2]
    assert moments([], [], 0.02) == []


def test_the_average_of_poses_leaves_out_what_is_far():
    near = [Pose.from_vectors([0.1, 0.2 + e, 0.3], [1.0, 2.0 + e, 3.0]) for e in (-1e-3, 0.0, 1e-3)]
    found = average([*near, Pose.from_vectors([2.0, 0, 0], [5.0, 0, 0])])
    np.testing.assert_allclose(found.translation, [1, 2, 3], atol=1e-9)
    np.testing.assert_allclose(found.vector, [0.1, 0.2, 0.3], atol=1e-5)


def _corners(folder, side):
    for path in sorted(folder.glob(f"{side}[0-9][0-9].jpg")):
        image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        found, corners = cv2.findChessboardCorners(image, (9, 6))
        if found:
            corners = cv2.cornerSubPix(image, corners, (5, 5), (-1, -1), (3, 30, 0.01)).reshape(-1, 2).astype(np.float64)
            yield Sighting((640, 480), np.arange(54), corners, np.full(54, 0.1), time=float(path.stem[-2:]))


def test_a_real_stereo_pair_is_opencvs(shared_data):
    folder, board = shared_data / "opencv_calib", Chessboard(6, 9, 0.025)
    views = {side: list(_corners(folder, side)) for side in ("left", "right")}
    lenses = {side: calibrate(board, views[side]).lens for side in views}
    rig = calibrate_rig(board, lenses, views)
    both = [(a, b) for a in views["left"] for b in views["right"] if a.time == b.time]
    left, right = lenses["left"], lenses["right"]
    found = cv2.stereoCalibrate(
        [board.points.astype(np.float32)] * len(both), [a.pixels.astype(np.float32) for a, _ in both],
        [b.pixels.astype(np.float32) for _, b in both], left.matrix, left.distortion.copy(), right.matrix,
        right.distortion.copy(), (640, 480), flags=cv2.CALIB_FIX_INTRINSIC,
    )  # fmt: skip
    assert rig.distance("left", "right") == pytest.approx(float(np.linalg.norm(found[6])), rel=1e-3)
    np.testing.assert_allclose(rig.cameras["right"][1].vector, cv2.Rodrigues(found[5])[0].ravel(), atol=2e-4)
    assert rig.distance("left", "right") == pytest.approx(0.0832, abs=2e-4)
    assert rig.scale == pytest.approx(1, abs=2e-3)


def _frames(folder, number, wanted):
    """Grey pictures of a video by frame number; the board is white on black: inverted."""
    import av

    with av.open(str(folder / f"cam_{number}.mp4")) as container:
        for index, frame in enumerate(container.decode(video=0)):
            if index in wanted:
                yield index, 255 - frame.to_ndarray(format="gray")


@pytest.mark.slow
def test_four_real_cameras_stand_where_caliscope_has_them(shared_data):
    """Rows of `timestamps.csv` say which frames were taken together; about 20 moments are used."""
    folder = shared_data / "multicam_charuco" / "charuco_calibration"
    reference = read_rig(folder / "camera_array.toml")
    videos = folder / "calibration" / "extrinsic"
    with (videos / "timestamps.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["frame_index"]]
    numbers = sorted({int(row["sync_index"]) for row in rows})
    chosen = set(numbers[:: max(1, len(numbers) // 20)])
    board = Charuco(5, 4, 0.054, 0.0405, "DICT_4X4_1000")
    # Frames of the files are numbered from the first row of each camera.
    views = {name: [] for name in reference.cameras}
    for name in views:
        number = name.removeprefix("cam_")
        own = [row for row in rows if row["cam_id"] == number]
        moments_by_frame = {i: int(row["sync_index"]) for i, row in enumerate(own) if int(row["sync_index"]) in chosen}
        for index, image in _frames(videos, number, moments_by_frame):
            sighting = board.detect(image)
            if isinstance(sighting, Sighting):
                views[name].append(replace(sighting, time=float(moments_by_frame[index])))
    rig = calibrate_rig(board, {name: lens for name, (lens, _) in reference.cameras.items()}, views)
    for a in views:
        for b in views:
            if a < b:
                assert rig.distance(a, b) == pytest.approx(reference.distance(a, b), rel=0.02)
    assert rig.scale == pytest.approx(1, abs=0.02)
