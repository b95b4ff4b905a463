"""The questions about copies, asked of files."""

from dataclasses import replace

import numpy as np
import pytest

from tests.data.duplicates.made import ask, folder_of, scene, scenes, value
from trackside.data import Dataset, Items
from trackside.data.duplicates import altered
from trackside.data.duplicates.calibration import Calibration
from trackside.data.synthesis import Settings, synthesize

EXACT, ALTERED = "exact-duplicates", "transformed-duplicates"


@pytest.mark.parametrize("check", [EXACT, ALTERED])
def test_different_pictures_raise_no_alarm(tmp_path, check):
    finding, answer = ask(check, folder_of(tmp_path, scenes(40)))
    assert finding.verdict == "ok" and not answer.extra


@pytest.mark.parametrize("check", [EXACT, ALTERED])
def test_real_photographs_raise_no_alarm(shared_data, check):
    root = shared_data / "hymenoptera"
    names = [path.relative_to(root).as_posix() for path in sorted(root.rglob("*.jpg"))][:120]
    finding, answer = ask(check, Dataset(root, Items.of(names)))
    assert finding.verdict == "ok" and not answer.extra


def test_the_same_picture_twice(tmp_path):
    pictures = scenes(10)
    dataset = folder_of(tmp_path, [*pictures, pictures[3]])
    (tmp_path / "again.bmp").write_bytes(b"")
    finding, answer = ask(EXACT, dataset)
    assert finding.verdict == "warn" and value(finding, "copies") == 1 and value(finding, "copies byte for byte") == 1
    assert [(one.item, one.partner) for one in answer.extra] == [("0010.png", "0003.png")]
    assert finding.evidence.plots[0].png is not None


def test_the_same_pixels_in_another_format(tmp_path):
    names = ["a.png", "b.bmp", "c.png"]
    finding, _ = ask(EXACT, folder_of(tmp_path, [scene(0), scene(0), scene(1)], names))
    assert value(finding, "copies") == 1 and value(finding, "copies byte for byte") == 0


def test_copies_with_another_class_fail(tmp_path):
    dataset = folder_of(tmp_path, [scene(0), scene(1), scene(0)], labels=[0, 0, 1])
    finding, answer = ask(EXACT, dataset)
    assert finding.verdict == "fail" and value(finding, "copies with another class") == 1
    assert "the other one is ant" in answer.extra[0].reason


def test_plain_pictures_of_other_shape_are_no_copies(tmp_path):
    plain = [np.full((20, 40, 3), 9, np.uint8), np.full((40, 20, 3), 9, np.uint8)]
    assert ask(EXACT, folder_of(tmp_path, plain))[0].verdict == "ok"


@pytest.mark.parametrize("check", [EXACT, ALTERED])
def test_broken_files_are_nobodys_copies(tmp_path, check):
    dataset = folder_of(tmp_path, scenes(6))
    for number in range(3):
        (tmp_path / f"000{number}.png").write_bytes(b"no picture")
    finding, answer = ask(check, dataset)
    assert finding.verdict == "ok" and not answer.extra


@pytest.mark.parametrize("check", [EXACT, ALTERED])
@pytest.mark.parametrize("count", [0, 1])
def test_hardly_any_picture(tmp_path, check, count):
    finding, answer = ask(check, folder_of(tmp_path, scenes(count)))
    assert answer.applies == bool(count) and (not count or finding.verdict == "ok")


def test_altered_copies_are_found_and_shown(tmp_path):
    pictures, rng = scenes(40), np.random.default_rng(3)
    copies = [altered(pictures[row], ["crop", "mirror", "recompress"], rng) for row in range(8)]
    finding, answer = ask(ALTERED, folder_of(tmp_path, [*pictures, *copies]))
    assert finding.verdict == "warn" and value(finding, "altered copies") >= 7
    assert {one.item for one in answer.extra} <= {f"{number:04d}.png" for number in range(40, 48)}
    assert all("mirrored" in one.reason and one.kind == "pair" and 0 <= one.score <= 1 for one in answer.extra)
    assert finding.evidence.plots[0].png[:4] == b"\x89PNG"


def test_exact_copies_are_left_to_their_own_check(tmp_path):
    pictures = scenes(20)
    finding, _ = ask(ALTERED, folder_of(tmp_path, [*pictures, *pictures[:5]]))
    assert finding.verdict == "ok"


def test_frames_of_one_video_are_expected_to_look_alike(tmp_path):
    pictures, rng = scenes(20), np.random.default_rng(4)
    frames = [altered(pictures[0], ["recompress"], rng) for _ in range(3)]
    groups = [*(f"other {n}" if n else "video" for n in range(20)), *["video"] * 3]
    finding, answer = ask(ALTERED, folder_of(tmp_path, [*pictures, *frames], groups=groups))
    assert finding.verdict == "ok" and not answer.extra and value(finding, "pairs of nearly the same scene") >= 3


def test_where_copies_cannot_be_told_finding_none_is_no_good_answer(tmp_path, monkeypatch):
    pictures = folder_of(tmp_path, scenes(20))
    monkeypatch.setattr(Calibration, "recall", property(lambda _: 0.2))
    finding, _ = ask(ALTERED, pictures)
    assert finding.verdict == "unknown" and "only" not in finding.says and "20 % were found" in finding.says
    assert "group" in finding.next_step


def test_copies_are_found_among_pictures_that_share_backgrounds_if_groups_say_so(tmp_path):
    """Synthetic people before few backgrounds are all too alike to set a threshold by."""
    people = synthesize(tmp_path / "people", count=120, settings=Settings(size=128))
    finding, answer = ask(ALTERED, people)
    assert finding.verdict == "ok" and not answer.extra and value(finding, "recall of planted copies") > 0.9
    alone = replace(people, items=replace(people.items, groups=np.full(len(people), "", object)))
    assert value(ask(ALTERED, alone)[0], "recall of planted copies") < 0.8
