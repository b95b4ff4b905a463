"""Files of lenses and rigs: exact round trips, what the others' tools read and wrote, and hostile files."""

from __future__ import annotations

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest
import yaml

from tests.geometry.camera.views import BOARD, FISHEYE, USUAL, views
from trackside.core import InputError, SettingError
from trackside.geometry.camera.exchange import read_covariance, read_lens, read_rig, write_lens, write_rig
from trackside.geometry.camera.lens import Lens
from trackside.geometry.camera.pose import Pose
from trackside.geometry.camera.rig import Rig
from trackside.geometry.camera.solve import calibrate

FOUR = replace(USUAL, distortion=np.array([-0.3, 1e-20, 0.001, -0.0005]))
EIGHT = replace(USUAL, distortion=np.array([0.2, 0.1, 1e-3, -1e-3, 0.01, 0.3, 0.05, 1 / 3]))
AWAY = Pose.from_vectors([0.1, 0.2, 0.3], [1 / 3, 1e-9, -2.0])


def same(one, other):
    assert (one.size, one.focal, one.centre, one.model) == (other.size, other.focal, other.centre, other.model)
    np.testing.assert_array_equal(one.distortion, other.distortion)


@pytest.mark.parametrize("suffix", [".json", ".yml", ".xml", ".toml"])
@pytest.mark.parametrize("lens", [FOUR, USUAL, EIGHT, FISHEYE], ids=["4", "5", "8", "fisheye"])
def test_lenses_come_back_exactly(tmp_path, lens, suffix):
    write_lens(tmp_path / f"lens{suffix}", lens)
    same(read_lens(tmp_path / f"lens{suffix}"), lens)


@pytest.mark.parametrize("lens", [FOUR, FISHEYE], ids=["4", "fisheye"])
def test_kalibr_comes_back_exactly(tmp_path, lens):
    write_lens(tmp_path / "lens.yaml", lens)
    same(read_lens(tmp_path / "lens.yaml"), lens)


@pytest.mark.parametrize(("suffix", "name"), [(".json", "lane 4"), (".toml", "lane 4"), (".yaml", "cam0")])
def test_a_lens_keeps_its_cameras_name(tmp_path, suffix, name):
    write_lens(tmp_path / f"lens{suffix}", FOUR, name="lane 4")
    same(read_lens(tmp_path / f"lens{suffix}", camera=name), FOUR)
    assert "lane 4" in (tmp_path / f"lens{suffix}").read_text()
    with pytest.raises(InputError, match="no camera 'other'"):
        read_lens(tmp_path / f"lens{suffix}", camera="other")


@pytest.mark.parametrize("name", ["", "  ", "a\nb"])
def test_what_names_no_camera_is_refused(tmp_path, name):
    with pytest.raises(SettingError, match="names no camera"):
        write_lens(tmp_path / "lens.json", FOUR, name=name)
    assert list(tmp_path.iterdir()) == []


def test_kalibr_says_what_it_cannot_hold(tmp_path):
    with pytest.raises(SettingError, match=r"4 coefficients, the lens has 5.*coefficients=4"):
        write_lens(tmp_path / "lens.yaml", USUAL)
    assert not (tmp_path / "lens.yaml").exists()


def test_opencv_json_by_name(tmp_path):
    write_lens(tmp_path / "lens.json", USUAL, format="opencv")
    same(read_lens(tmp_path / "lens.json"), USUAL)


@pytest.mark.parametrize("name", ["lens.yml", "lens.xml", "lens.json"])
def test_opencv_reads_what_is_written(tmp_path, name):
    write_lens(tmp_path / name, FOUR, format="opencv")
    storage = cv2.FileStorage(str(tmp_path / name), cv2.FILE_STORAGE_READ)
    np.testing.assert_array_equal(storage.getNode("camera_matrix").mat(), FOUR.matrix)
    np.testing.assert_array_equal(storage.getNode("distortion_coefficients").mat().ravel(), FOUR.distortion)
    assert storage.getNode("image_width").real() == 1280


@pytest.mark.parametrize("name", ["lens.yml", "lens.xml", "lens.json"])
def test_what_opencv_writes_is_read(tmp_path, name):
    storage = cv2.FileStorage(str(tmp_path / name), cv2.FILE_STORAGE_WRITE)
    for key, value in (("image_width", 1280), ("image_height", 720), ("camera_matrix", USUAL.matrix)):
        storage.write(key, value)
    storage.write("distortion_coefficients", USUAL.distortion.copy())
    storage.release()
    same(read_lens(tmp_path / name), USUAL)


def test_real_files_of_opencv(shared_data):
    folder = shared_data / "opencv_calib"
    lens = read_lens(folder / "left_intrinsics.yml")
    assert lens.size == (640, 480) and lens.focal[0] == 535.91573396163199
    with pytest.raises(InputError, match="size of the picture; give size"):
        read_lens(folder / "intrinsics.yml", camera="1")
    pair = [read_lens(folder / "intrinsics.yml", camera=name, size=(640, 480)) for name in "12"]
    assert pair[0].distortion[0] == 0.29589439552724328 and pair[1].centre[0] == 334.55744527912015


def test_real_files_of_caliscope(shared_data):
    folder = shared_data / "multicam_charuco" / "charuco_calibration"
    new, old = read_rig(folder / "camera_array.toml"), read_rig(folder / "config.toml")
    assert list(new.cameras) == ["0", "1", "2", "3"] and list(old.cameras) == ["cam_0", "cam_1", "cam_2", "cam_3"]
    assert new.distance("0", "1") == pytest.approx(old.distance("cam_0", "cam_1"))


def rig(lenses=(FOUR, FOUR)):
    return Rig(
        {"left": (lenses[0], Pose.identity()), "right": (lenses[1], AWAY)}, 0.2, {"left": 0.1, "right": 0.3},
        {"right": np.diag([1e-6, 2e-6, 3e-6])}, 1.001, 12, 3,
    )  # fmt: skip


@pytest.mark.parametrize(("suffix", "names"), [
    (".json", ["left", "right"]), (".toml", ["left", "right"]), (".yml", ["1", "2"]), (".yaml", ["cam0", "cam1"]),
])  # fmt: skip
def test_rigs_come_back(tmp_path, suffix, names):
    write_rig(tmp_path / f"rig{suffix}", rig())
    found = read_rig(tmp_path / f"rig{suffix}")
    assert list(found.cameras) == names
    same(found.cameras[names[1]][0], FOUR)
    np.testing.assert_array_equal(found.cameras[names[1]][1].rotation, AWAY.rotation)
    np.testing.assert_array_equal(found.cameras[names[1]][1].translation, AWAY.translation)


def test_ours_keeps_how_well_a_rig_is_known(tmp_path):
    write_rig(tmp_path / "rig.json", rig())
    found = read_rig(tmp_path / "rig.json")
    assert (found.rms, found.scale, found.moments, found.thrown_out) == (0.2, 1.001, 12, 3)
    assert found.camera_rms == {"left": 0.1, "right": 0.3}
    np.testing.assert_array_equal(found.covariances["right"], np.diag([1e-6, 2e-6, 3e-6]))
    with pytest.raises(InputError, match="several cameras: left, right; name one"):
        read_lens(tmp_path / "rig.json")
    same(read_lens(tmp_path / "rig.json", camera="right"), FOUR)


def test_a_chain_of_three_is_chained(tmp_path):
    three = Rig({"a": (FOUR, Pose.identity()), "b": (FOUR, AWAY), "c": (FISHEYE, AWAY @ AWAY)})
    write_rig(tmp_path / "rig.yaml", three)
    step = yaml.safe_load((tmp_path / "rig.yaml").read_text())["cam2"]["T_cn_cnm1"]
    np.testing.assert_allclose(np.array(step)[:3, 3], AWAY.translation, atol=1e-12)
    found = read_rig(tmp_path / "rig.yaml").cameras["cam2"][1]
    np.testing.assert_allclose(found.translation, (AWAY @ AWAY).translation, atol=1e-12)
    with pytest.raises(SettingError, match="two cameras of one size"):
        write_rig(tmp_path / "rig.yml", three)


def test_ours_keeps_the_covariance(tmp_path):
    calibration = calibrate(BOARD, views(USUAL, 8, 0.1))
    write_lens(tmp_path / "lens.json", calibration)
    np.testing.assert_array_equal(read_covariance(tmp_path / "lens.json"), calibration.covariance)
    same(read_lens(tmp_path / "lens.json"), calibration.lens)
    write_lens(tmp_path / "lens.yml", calibration)
    assert read_covariance(tmp_path / "lens.yml") is None


MATRIX = "camera_matrix: !!opencv-matrix {{rows: 3, cols: 3, dt: d, data: [{}]}}\nimage_width: 640\nimage_height: 480\n"
BOMB = "a: &a [1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
HOSTILE = {
    "empty.yml": "",
    "words.yml": "hello",
    "list.json": "[1, 2]",
    "broken.json": "{",
    "broken.yml": "a: [1, 2",
    "broken.xml": "<opencv_storage><a>",
    "broken.toml": "= 3",
    "deep.json": '{"a":' * 100_000,
    "deep.yml": "a: " + "[" * 5_000,
    "entity.xml": '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><opencv_storage>&b;</opencv_storage>',
    "other.xml": "<html></html>",
    "python.yml": "camera_matrix: !!python/object/apply:os.system ['true']",
    "nan.yml": MATRIX.format(".nan, 0, 1, 0, 1, 1, 0, 0, 1"),
    "short.yml": MATRIX.format("1, 0, 1"),
    "huge.yml": MATRIX.format("1e999, 0, 1, 0, 1, 1, 0, 0, 1"),
    "negative.yml": MATRIX.format("-5, 0, 1, 0, 5, 1, 0, 0, 1"),
    "skew.yml": MATRIX.format("5, 3, 1, 0, 5, 1, 0, 0, 1"),
    "words_in.yml": MATRIX.format("a, b, c, 0, 5, 1, 0, 0, 1"),
    "size.yml": MATRIX.format("5, 0, 1, 0, 5, 1, 0, 0, 1").replace("640", "-640"),
    "half.yml": MATRIX.format("5, 0, 1, 0, 5, 1, 0, 0, 1").replace("640", "640.5"),
    "bomb.yml": BOMB + "image_width: 6\nimage_height: 4\ncamera_matrix: *i\n",
    "version.json": json.dumps({"format": "trackside-lens", "model": ["brown"], "size": [6, 4], "focal": [1, 1],
                                "centre": [1, 1], "distortion": [0, 0, 0, 0]}),
    "missing.json": json.dumps({"format": "trackside-lens"}),
    "no_cameras.json": json.dumps({"format": "trackside-rig", "cameras": []}),
    "omni.yaml": "cam0: {camera_model: omni, intrinsics: [1, 1, 1, 1, 1], resolution: [6, 4]}",
    "untyped.yaml": "cam0: {intrinsics: {}, resolution: 7}",
    "unsolved.toml": "[cameras.0]\nmatrix = 3\n",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_in_one_sentence(tmp_path, name):
    path = tmp_path / name
    path.write_text(HOSTILE[name])
    for read in (read_lens, read_rig):
        with pytest.raises(InputError) as refusal:
            read(path)
        assert name in str(refusal.value) and "\n" not in str(refusal.value) and len(str(refusal.value)) < 400


def test_files_that_are_no_text_absent_or_too_large(tmp_path):
    (tmp_path / "binary.yml").write_bytes(bytes(range(256)))
    (tmp_path / "large.yml").write_bytes(b"a" * (9 << 20))
    for name, says in (("binary.yml", "no text"), ("large.yml", "larger than 8 MiB"), ("absent.yml", "cannot be read")):
        with pytest.raises(InputError, match=says):
            read_lens(tmp_path / name)
    with pytest.raises(InputError, match="cannot be read"):
        read_lens(tmp_path)


def test_suffixes_and_formats_that_are_none(tmp_path):
    with pytest.raises(SettingError, match=r"no format ends in '\.txt'"):
        write_lens(tmp_path / "lens.txt", FOUR)
    with pytest.raises(SettingError, match="is no format"):
        write_lens(tmp_path / "lens.json", FOUR, format="matlab")
    with pytest.raises(SettingError, match="OpenCV has no files"):
        write_lens(tmp_path / "lens.toml", FOUR, format="opencv")


def test_a_camera_that_is_not_there(tmp_path):
    write_lens(tmp_path / "lens.toml", FOUR)
    with pytest.raises(InputError, match="no camera 'left', but camera"):
        read_lens(tmp_path / "lens.toml", camera="left")


def test_a_lens_is_no_rig(tmp_path):
    for name in ("lens.json", "lens.yml"):
        write_lens(tmp_path / name, FOUR)
        with pytest.raises(InputError, match=r"not a rig|how two cameras stand"):
            read_rig(tmp_path / name)


def test_a_lens_of_numbers_that_are_not_numpys(tmp_path):
    write_lens(tmp_path / "lens.json", Lens((6, 4), (5, 5), (2, 2), [0, 0, 0, 0]))
    assert read_lens(tmp_path / "lens.json").focal == (5.0, 5.0)
