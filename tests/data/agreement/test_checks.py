"""The checks of agreement: silent where people agree, found where they do not; and the guide."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from trackside.core import InputError, Verdict
from trackside.data import Annotations, Dataset, Items, Subject, check_dataset
from trackside.data.agreement import write_guide
from trackside.data.scan import scan_pictures

CHECKS = ("label-agreement", "box-agreement", "keypoint-agreement")


def judged(folder: Path, accuracy: float, people=("ann", "ben", "cem"), count=60, seed=0) -> Dataset:
    """Items judged by everybody, each right this often."""
    random = np.random.default_rng(seed)
    names = [f"{i}.png" for i in range(count)]
    for name in names:
        cv2.imwrite(str(folder / name), random.integers(0, 255, (32, 32, 3), np.uint8))
    truth = random.integers(0, 2, count)
    rows = [(i, who, int(c if random.random() < accuracy else 1 - c)) for i, c in enumerate(truth) for who in people]
    items, who, classes = zip(*rows, strict=True)
    notes = Annotations.of(items, annotators=who, classes=classes)
    return Dataset(folder, Items.of(names, labels=truth), notes, ("ant", "bee"))


def test_people_who_agree_are_not_bothered(tmp_path):
    health = check_dataset(judged(tmp_path, 0.99), only=CHECKS)
    assert [(f.check, f.verdict) for f in health.report.findings] == [("label-agreement", Verdict.OK)]


def test_people_who_disagree_are_found_with_the_items(tmp_path):
    dataset = judged(tmp_path, 0.75)
    (finding,) = (health := check_dataset(dataset, only=CHECKS)).report.findings
    assert finding.verdict is Verdict.FAIL
    assert "disputed" in finding.says
    assert any(plot.png for plot in finding.evidence.plots)
    assert len(health.suspects) > 20
    assert all(one.suggestion in ("ant", "bee") and "ann:" in one.reason for one in health.suspects)


def test_the_one_who_differs_is_named(tmp_path):
    dataset = judged(tmp_path, 1.0)
    notes = dataset.annotations
    wrong = (notes.annotators == "cem") & (notes.items % 2 == 0)
    notes.classes[wrong] = 1 - notes.classes[wrong]
    (finding,) = check_dataset(dataset, only=CHECKS).report.findings
    assert finding.causes[0].what.startswith("cem differs")


def test_without_annotators_nothing_is_asked(tmp_path):
    dataset = judged(tmp_path, 1.0, people=("",))
    assert not check_dataset(dataset, only=CHECKS).report.findings


def test_one_class_for_everything_has_no_answer(tmp_path):
    dataset = judged(tmp_path, 1.0)
    dataset.annotations.classes[:] = 0
    (finding,) = check_dataset(dataset, only=CHECKS).report.findings
    assert finding.verdict is Verdict.UNKNOWN
    assert "nothing could have differed" in finding.says


def test_the_guide_shows_the_disputes(tmp_path):
    dataset = judged(tmp_path, 0.8)
    write_guide(Subject(dataset, scan_pictures(dataset)), tmp_path / "guide.html")
    page = (tmp_path / "guide.html").read_text()
    assert "ant or bee?" in page
    assert page.count("data:image/png") == 3
    assert "Krippendorff" in page


def test_no_guide_without_disputes_to_write_about(tmp_path):
    dataset = judged(tmp_path, 1.0, people=("ann",))
    with pytest.raises(InputError, match="two annotators"):
        write_guide(Subject(dataset, scan_pictures(dataset)), tmp_path / "guide.html")
