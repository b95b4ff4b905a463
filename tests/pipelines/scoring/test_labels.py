"""Labels files: what is written comes back, and what is wrong is told in one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trackside.core import InputError
from trackside.pipelines.scoring import Label, read_labels, write_labels


def test_labels_come_back_as_they_were(tmp_path: Path) -> None:
    labels = [Label("a", 0.0, 2.5, "gate", "enter", "night", "first", "runs"), Label("b", 0, 0, ignore=True)]
    write_labels(tmp_path / "l.json", labels, videos=["c"], about="by eye")
    found = read_labels(tmp_path / "l.json")
    assert found.labels == tuple(labels)
    assert found.videos == ("c", "a", "b")
    assert (found.about, found.of("c")) == ("by eye", ())


def test_a_plain_list_and_names_with_suffix_are_understood(tmp_path: Path) -> None:
    (tmp_path / "l.json").write_text(
        '[{"video": "cam/gate.2.mp4", "start": 1, "end": 2}, {"video": "x.2", "start": 1, "end": 2}]'
    )
    assert read_labels(tmp_path / "l.json").videos == ("gate.2", "x.2")


WRONG = {
    "not JSON": ("{", "is not JSON"),
    "a number": ("3", "no list of labels"),
    "no labels": ('{"labels": []}', "no labels in it"),
    "an empty list": ("[]", "no labels in it"),
    "no object": ("[3]", "label 1: a label is not an object"),
    "no video": ('[{"start": 1, "end": 2}]', "label 1: does not say which video"),
    "no start": ('[{"video": "a", "end": 2}]', "`start` is nothing"),
    "NaN": ('[{"video": "a", "start": NaN, "end": 2}]', "`start` is nan"),
    "infinite": ('[{"video": "a", "start": 1, "end": Infinity}]', "`end` is inf"),
    "negative": ('[{"video": "a", "start": -1, "end": 2}]', "`start` is -1"),
    "a text": ('[{"video": "a", "start": "1:30", "end": 2}]', "`start` is '1:30'"),
    "true": ('[{"video": "a", "start": true, "end": 2}]', "`start` is True"),
    "end before start": ('[{"video": "a", "start": 3, "end": 2}]', "ends at 2 s, before it starts at 3 s"),
    "unknown entry": ('[{"video": "a", "start": 1, "end": 2, "zone": "x"}]', "a label has no 'zone'"),
    "videos": ('{"videos": "a", "labels": []}', "`videos` is not a list"),
    "ignore": ('[{"video": "a", "start": 1, "end": 2, "ignore": "yes"}]', "`ignore` is neither"),
    "deep": ("[" * 100_000, "is not JSON"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_in_one_sentence(name: str, tmp_path: Path) -> None:
    text, words = WRONG[name]
    (tmp_path / "l.json").write_text(text)
    with pytest.raises(InputError, match=words.replace("(", r"\(")):
        read_labels(tmp_path / "l.json")


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        read_labels(tmp_path / "none.json")
    (tmp_path / "l.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="is not JSON"):
        read_labels(tmp_path / "l.json")


def test_an_unknown_video_offers_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "l.json").write_text(json.dumps([{"video": "yard", "start": 1, "end": 2}]))
    with pytest.raises(InputError, match=r"no labels for the video 'yrad'.*yard"):
        read_labels(tmp_path / "l.json").of("yrad")
