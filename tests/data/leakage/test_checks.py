"""The questions about leakage, asked of files."""

import numpy as np
import pytest

from tests.data.duplicates.made import ask, folder_of, scene, scenes, value
from trackside.data.duplicates import altered
from trackside.data.duplicates.calibration import Calibration

pytest.importorskip("sklearn")
LEAK, GROUP = "split-leakage", "group-leakage"


def split(count, share=0.4):
    return ["test" if number < share * count else "train" for number in range(count)]


def labelled(count):
    """Reddish and bluish pictures, some of them of neither kind."""
    labels = [number % 2 for number in range(count)]
    pictures = []
    for number, label in enumerate(labels):
        tint = np.zeros(3, int)
        tint[2 * label if number % 5 else 1] = 60
        pictures.append(np.clip(scene(number) + tint, 0, 255).astype(np.uint8))
    return pictures, labels


def test_clean_splits_raise_no_alarm(tmp_path):
    pictures, labels = labelled(50)
    finding, answer = ask(LEAK, folder_of(tmp_path, pictures, labels=labels, splits=split(50)))
    assert finding.verdict == "ok" and value(finding, "inflation") == 0 and not answer.extra


def test_copies_across_splits_and_what_they_do(tmp_path):
    pictures, labels = labelled(80)
    rng, rows = np.random.default_rng(0), np.arange(40, 64)
    copies = [altered(pictures[row], ["crop", "recompress"] if row % 3 else [], rng) for row in rows]
    splits = [*split(80), *["test"] * 24]
    dataset = folder_of(tmp_path, [*pictures, *copies], labels=[*labels, *(labels[row] for row in rows)], splits=splits)
    finding, answer = ask(LEAK, dataset)
    found = {one.item for one in answer.extra}
    true = {f"{number:04d}.png" for number in range(80, 104)}
    assert finding.verdict == "fail" and len(found & true) >= 22 and not found - true
    assert value(finding, "inflation (nearest neighbour, test)") > 0.01
    clean, _ = ask(LEAK, dataset.take(np.arange(80)))
    assert clean.verdict == "ok"


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_inflation_of_the_users_model_is_the_true_one(tmp_path, seed):
    """Within one point of the score with the planted copies less the score without them."""
    rng = np.random.default_rng(seed)
    pictures = scenes(150, 200 * seed)
    rows = rng.choice(np.arange(60, 150), 40, replace=False)
    copies = [
        altered(pictures[row], list(rng.choice(["mirror", "crop", "tone", "rotate"], 2, replace=False)), rng) for row in rows
    ]
    labels = [number % 2 for number in range(150)] + [int(row) % 2 for row in rows]
    splits = [*split(150), *["test"] * 40]
    dataset = folder_of(tmp_path, [*pictures, *copies], labels=labels, splits=splits)
    knows = np.concatenate([np.zeros(150, bool), np.ones(40, bool)])
    right = rng.random(190) < np.where(knows, 0.97, 0.7)
    names = [dataset.classes[label if good else 1 - label] for label, good in zip(labels, right, strict=True)]
    finding, _ = ask(LEAK, dataset, features="none", predictions=np.array(names, object))
    test = np.array(splits) == "test"
    true = right[test].mean() - right[test & ~knows].mean()
    assert value(finding, "inflation (your model, test)") == pytest.approx(true, abs=0.01)


def test_without_features_it_says_what_the_inflation_is_at_most(tmp_path):
    pictures, labels = labelled(20)
    dataset = folder_of(tmp_path, [*pictures, pictures[15]], labels=[*labels, 1], splits=[*split(20), "test"])
    finding, _ = ask(LEAK, dataset, features="none")
    assert finding.verdict == "fail" and "at most 11.1 points" in finding.says


@pytest.mark.parametrize("columns", [{}, {"splits": ["train"] * 4}, {"splits": [""] * 4}])
def test_without_two_splits_the_question_does_not_arise(tmp_path, columns):
    for name in (LEAK, GROUP):
        assert not ask(name, folder_of(tmp_path, scenes(4), groups=list("aabb"), **columns))[1].applies


def test_unlabelled_and_broken_pictures(tmp_path):
    dataset = folder_of(tmp_path, [*scenes(8), scene(7)], splits=[*split(8), "test"])
    (tmp_path / "0000.png").write_bytes(b"broken")
    finding, answer = ask(LEAK, dataset)
    assert finding.verdict == "fail" and [one.item for one in answer.extra] == ["0008.png"]
    assert "there are no classes" in finding.says


def grouped(folder, together):
    """Twelve videos of one scene each, with frames that differ in light; split by video or at random."""
    rng, pictures, labels, groups, splits = np.random.default_rng(5), [], [], [], []
    for video in range(12):
        for frame in range(6):
            pictures.append(altered(scene(video), ["tone", "recolour"], rng))
            labels.append(video % 2)
            groups.append(f"video {video}")
            splits.append("test" if (video % 3 == 0 if together else frame < 2) else "train")
    return folder_of(folder, pictures, labels=labels, groups=groups, splits=splits)


def test_groups_across_splits(tmp_path):
    finding, answer = ask(GROUP, grouped(tmp_path, together=False))
    assert finding.verdict == "fail" and value(finding, "shared groups") == 12
    assert len(answer.extra) == 24 and value(finding, "inflation (nearest neighbour)") > 0.1


def test_groups_kept_together_raise_no_alarm(tmp_path):
    finding, answer = ask(GROUP, grouped(tmp_path, together=True))
    assert finding.verdict == "ok" and not answer.extra


def test_a_hundred_thousand_classes_are_no_trouble(tmp_path):
    dataset = folder_of(tmp_path, scenes(6), labels=[0] * 6, splits=split(6), groups=list("ababab"))
    from dataclasses import replace

    wide = replace(dataset, classes=tuple(f"class {number}" for number in range(100_000))).with_items(
        labels=np.array([0, 99_999, 5, 0, 99_999, 5], np.int32)
    )
    for name in (LEAK, GROUP):
        assert ask(name, wide)[0].verdict in ("ok", "warn", "fail")


def test_it_says_so_where_many_altered_copies_are_not_found(tmp_path, monkeypatch):
    pictures, labels = labelled(50)
    copied = folder_of(tmp_path, [*pictures, pictures[45]], labels=[*labels, labels[45]], splits=[*split(50), "test"])
    assert "more inflation" not in ask(LEAK, copied)[0].says
    monkeypatch.setattr(Calibration, "recall", property(lambda _: 0.4))
    assert "only 40 % were found" in ask(LEAK, copied)[0].says
