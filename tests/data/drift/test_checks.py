"""Checks of drift between splits: random splits are quiet, planted shifts are found."""

import cv2
import numpy as np
import pytest

from tests.data.shortcuts.made import ask, dataset, scene, subject
from trackside.core import Verdict
from trackside.data import Dataset, Items
from trackside.data.checking import CHECKS, Subject

SHIFTS = {
    "brighter": lambda picture: np.clip(picture.astype(int) + 30, 0, 255).astype(np.uint8),
    "blurred": lambda picture: cv2.GaussianBlur(picture, (0, 0), 1.2),
    "warmer": lambda picture: np.clip(picture * np.array([1.3, 1, 0.8]), 0, 255).astype(np.uint8),
    "smaller": lambda picture: cv2.resize(picture, (64, 48)),
}


def scenes(count, seed=0):
    rng = np.random.default_rng(seed)
    return [scene(rng) for _ in range(count)]


def halves(count, share=0.3):
    return ["test" if row < share * count else "train" for row in range(count)]


@pytest.mark.parametrize("name", SHIFTS)
def test_a_shift_is_found(tmp_path, name):
    pictures, splits = scenes(200), halves(200)
    pictures = [SHIFTS[name](one) if split == "test" else one for one, split in zip(pictures, splits, strict=True)]
    finding, _ = ask(dataset(tmp_path, pictures, splits=splits), "split-drift")
    assert finding.verdict is Verdict.WARN
    assert finding.causes and finding.next_step
    assert finding.evidence.plots[0].png.startswith(b"\x89PNG")


def test_random_splits_are_quiet(tmp_path):
    data = dataset(tmp_path, scenes(160), [0, 1, 2, 3] * 40)
    scan = subject(data, "split-drift").scan
    alarms = {"split-drift": 0, "label-shift": 0}
    for trial in range(25):
        splits = np.where(np.random.default_rng(trial).random(160) < 0.3, "test", "train").astype(object)
        for name in alarms:
            finding, _ = CHECKS[name].check(Subject(data.with_items(splits=splits), scan, trial))
            alarms[name] += finding.verdict is not Verdict.OK
    assert max(alarms.values()) <= 2


def test_many_splits_do_not_add_up_to_an_alarm(tmp_path):
    """Seven random splits make six pairs; uncorrected, one in a hundred of each pair's questions would alarm."""
    data = dataset(tmp_path, scenes(280), [0, 1, 2, 3] * 70)
    scan = subject(data, "split-drift").scan
    alarms = 0
    for trial in range(8):
        splits = np.array([f"part {one}" for one in np.random.default_rng(trial).permutation(np.arange(280) % 7)], object)
        for name in ("split-drift", "label-shift"):
            alarms += CHECKS[name].check(Subject(data.with_items(splits=splits), scan, trial))[0].verdict is not Verdict.OK
    assert alarms <= 1


def test_what_only_class_shares_explain_is_no_drift_of_pictures(tmp_path):
    rng = np.random.default_rng(5)
    labels = [int(rng.random() < (0.8 if row < 80 else 0.2)) for row in range(240)]
    pictures = [np.clip(scene(rng) * (0.5 if label else 1.0), 0, 255).astype(np.uint8) for label in labels]
    data = dataset(tmp_path, pictures, labels, splits=["test"] * 80 + ["train"] * 160)
    finding, answer = ask(data, "split-drift")
    assert finding.verdict is Verdict.OK and answer.measurement["splits told apart, AUC at least"] == 0.5
    assert answer.measurement["AUC of telling them apart"] < 0.6
    finding, answer = ask(data, "label-shift")
    assert finding.verdict is Verdict.WARN and "% of 'test'" in finding.says


def test_a_split_by_video_is_held_against_other_splits_by_video(tmp_path):
    rng = np.random.default_rng(4)
    pictures, groups, splits = [], [], []
    for video in range(16):
        backdrop = scene(rng)
        for _ in range(8):
            pictures.append(np.clip(0.3 * scene(rng) + 0.7 * backdrop, 0, 255).astype(np.uint8))
            groups.append(f"video {video}")
            splits.append("test" if video % 3 == 0 else "train")
    assert ask(dataset(tmp_path, pictures, groups=groups, splits=splits), "split-drift")[0].verdict is Verdict.OK


def test_another_file_format_is_found(tmp_path):
    data = dataset(tmp_path, scenes(120), splits=halves(120))
    for row in range(36):
        cv2.imwrite(str(data.path(row).with_suffix(".bmp")), cv2.imread(str(data.path(row))))
    names = [str(name).replace(".png", ".bmp") if row < 36 else name for row, name in enumerate(data.items.names)]
    finding, answer = ask(data.with_items(names=np.array(names, object)), "split-drift")
    assert finding.verdict is Verdict.WARN
    assert answer.measurement["sure shift of file formats"] == 100
    assert "file formats differ by 100 %" in finding.says


def test_an_absent_class_is_told(tmp_path):
    labels = [0] * 60 + [1] * 60 + [2] * 60
    splits = (["train"] * 40 + ["test"] * 20) * 2 + ["train"] * 60
    finding, answer = ask(dataset(tmp_path, scenes(180), labels, splits=splits), "label-shift")
    assert finding.verdict is Verdict.WARN
    assert answer.measurement["classes that only one split has"] == 1


@pytest.mark.parametrize("name", ["split-drift", "label-shift"])
def test_no_splits_tiny_splits_and_broken_pictures_ask_nothing(tmp_path, name):
    (tmp_path / "broken.png").write_bytes(b"")
    broken = Dataset(tmp_path, Items.of(["broken.png"], splits=["train"]))
    none = Dataset(tmp_path, Items.of([]))
    whole = dataset(tmp_path, scenes(12), [0, 1] * 6, splits=["train", "test"] * 6)
    for data in (broken, none, whole, whole.with_items(splits=np.array([""] * 12, object))):
        finding, answer = ask(data, name)
        assert not answer.applies and finding.verdict is Verdict.UNKNOWN


def test_the_same_seed_gives_the_same_answer(tmp_path):
    data = dataset(tmp_path, scenes(80), splits=halves(80, 0.5))
    assert ask(data, "split-drift", 3)[0].to_json() == ask(data, "split-drift", 3)[0].to_json()
