"""Splits: nothing leaks, shares are kept as groups allow, frozen means frozen, new items join without moving old ones."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trackside.core import InputError, SettingError, Verdict
from trackside.data.dataset import Dataset
from trackside.data.items import Items
from trackside.data.splits import Splits, achieved, check_split, join, make_splits

SHARES = {"train": 0.7, "val": 0.15, "test": 0.15}


def dataset(
    n: int, *, classes: Sequence[float] = (0.5, 0.3, 0.2), groups: int = 0, seed: int = 0, times: Any = None
) -> Dataset:
    random = np.random.default_rng(seed)
    labels = random.choice(len(classes), n, p=classes)
    group = [f"video {number}" for number in random.integers(0, groups, n)] if groups else None
    items = Items.of([f"{seed}/{row}.jpg" for row in range(n)], labels=labels, groups=group, times=times)
    return Dataset(Path("/nowhere"), items, classes=tuple(f"c{number}" for number in range(len(classes))))


def parts_of(splits: Splits, rows: np.ndarray, round_: int = 0) -> set[int]:
    return set(splits.table[round_][rows].tolist()) - {-1}


def assert_whole(splits: Splits, names: np.ndarray) -> None:
    for name in np.unique(names.astype(str)):
        for round_ in range(len(splits.rounds)):
            assert len(parts_of(splits, np.flatnonzero(names == name), round_)) <= 1


def test_single_items_are_shared_out_to_the_item() -> None:
    data = dataset(1000, classes=(0.6, 0.38, 0.02))
    splits = make_splits(data, shares=SHARES)
    found = achieved(splits.table[0], data.items.labels, splits.parts, 3)
    wanted = np.outer([0.7, 0.15, 0.15], np.bincount(data.items.labels))
    assert np.abs(found.classes - wanted).max() < 1 and np.abs(found.sizes - [700, 150, 150]).max() <= 1
    assert found.left_out == 0 and found.furthest < 0.5 and splits.notes == ()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("folds", [None, 4])
def test_groups_and_copies_never_cross(seed: int, folds: int | None) -> None:
    data = dataset(800, groups=60, seed=seed)
    random = np.random.default_rng(seed)
    pairs = random.integers(0, 800, (15, 2))
    splits = make_splits(data, pairs=pairs, seed=seed, folds=folds, nested=None if folds is None else 3)
    assert_whole(splits, data.items.groups)
    for round_ in splits.table:
        assert (round_[pairs[:, 0]] == round_[pairs[:, 1]]).all()
    assert check_split(splits, data, pairs=pairs).counts().get("fail", 0) == 0


def test_classes_are_as_even_as_groups_allow() -> None:
    data = dataset(3000, groups=300, classes=(0.7, 0.2, 0.08, 0.02), seed=3)
    found = achieved(make_splits(data).table[0], data.items.labels, ("train", "val", "test"), 4)
    assert found.furthest < 1.5, "drawn by chance, groups of ten differ by 3 points"
    assert np.abs(found.shares - [0.7, 0.15, 0.15]).max() < 0.005
    random = np.random.default_rng(0).choice(3, 300, p=[0.7, 0.15, 0.15])
    number = np.unique(data.items.groups.astype(str), return_inverse=True)[1]
    chance = achieved(random[number], data.items.labels, ("train", "val", "test"), 4)
    assert found.furthest < chance.furthest


def test_groups_of_one_class_each_are_shared_out_by_class() -> None:
    groups = np.repeat(np.arange(40), 10)
    items = Items.of([f"{row}" for row in range(400)], labels=groups % 2, groups=[f"g{number}" for number in groups])
    splits = make_splits(Dataset(Path("/nowhere"), items, classes=("a", "b")), folds=5)
    for round_ in splits.table:
        assert np.bincount(items.labels[round_ == 1]).tolist() == [40, 40]


def test_every_item_is_tested_once_in_folds_and_nested_rounds_never_see_the_test() -> None:
    data = dataset(300, groups=40)
    splits = make_splits(data, folds=5)
    assert splits.rounds == ("fold 1", "fold 2", "fold 3", "fold 4", "fold 5") and splits.parts == ("train", "test")
    assert ((splits.table == 1).sum(axis=0) == 1).all() and (splits.table >= 0).all()
    nested = make_splits(data, folds=3, nested=2)
    assert len(nested.rounds) == 6 and nested.rounds[1] == "fold 1, inner 2"
    for outer in range(3):
        first, second = nested.table[2 * outer], nested.table[2 * outer + 1]
        np.testing.assert_array_equal(first == 2, second == 2)
        assert (((first == 1).astype(int) + (second == 1)) == (first != 2)).all(), "validated once"
    outer_tests = np.stack([nested.table[2 * outer] == 2 for outer in range(3)])
    assert (outer_tests.sum(axis=0) == 1).all()


def test_later_is_test_with_a_gap_and_no_group_on_both_sides() -> None:
    times = np.random.default_rng(1).permutation(np.arange(1000.0))
    data = dataset(1000, times=times)
    splits = make_splits(data, by=["time"], shares=SHARES, gap=20)
    train, val, test = (times[splits.rows(name)] for name in ("train", "val", "test"))
    assert train.max() + 20 <= val.min() and val.max() + 20 <= test.min()
    assert len(train) == 700 and (splits.table < 0).sum() == 38 and splits.notes[0] == "within 20 s of a border: 38 items"
    assert check_split(splits, data).counts().get("fail", 0) == 0
    spanning = data.with_items(groups=np.where(np.abs(times - 700) < 5, "long", "").astype(object))
    torn = make_splits(spanning, by=["time", "group"], shares=SHARES)
    assert (torn.table[0][spanning.items.groups == "long"] == -1).all() and "both sides of a border" in torn.notes[0]


def test_equal_times_stay_together_and_unknown_times_are_left_out() -> None:
    times = np.repeat([1.0, 2.0, 3.0, np.nan], 25)
    splits = make_splits(dataset(100, times=times), by=["time"], shares=SHARES)
    assert [parts_of(splits, np.flatnonzero(times == moment)) for moment in (1, 2, 3)] == [{0}, {1}, {2}]
    assert (splits.table[0][75:] == -1).all() and splits.notes[0] == "without a time: 25 items"
    with pytest.raises(InputError, match="2 different times cannot make 3"):
        make_splits(dataset(50, times=np.repeat([1.0, 2.0], 25)), by=["time"])
    with pytest.raises(InputError, match="no item has a time"):
        make_splits(dataset(50), by=["time"])


def test_folds_in_time_train_on_what_came_before() -> None:
    times = np.arange(120.0)
    splits = make_splits(dataset(120, times=times), by=["time"], folds=3)
    for round_ in splits.table:
        assert times[round_ == 0].max() < times[round_ == 1].min()
    assert [int((round_ == 0).sum()) for round_ in splits.table] == [30, 60, 90]


def test_the_same_seed_gives_the_same_split_and_another_another() -> None:
    data = dataset(500, groups=50)
    one, same, other = (make_splits(data, seed=seed) for seed in (1, 1, 2))
    assert one.digest == same.digest != other.digest
    order = np.random.default_rng(0).permutation(500)
    stable = make_splits(data, stable=True)
    moved = make_splits(data.take(order), stable=True)
    np.testing.assert_array_equal(stable.table[0][order], moved.table[0])


def test_stable_splits_do_not_move_when_items_come_or_go_and_have_about_their_shares() -> None:
    data = dataset(4000, groups=1500)
    whole, part = make_splits(data, stable=True), make_splits(data.take(np.arange(0, 4000, 3)), stable=True)
    np.testing.assert_array_equal(whole.table[0][::3], part.table[0])
    assert np.abs(np.bincount(whole.table[0]) / 4000 - [0.7, 0.15, 0.15]).max() < 0.03
    assert_whole(whole, data.items.groups)


@pytest.mark.parametrize("stable", [False, True])
def test_new_items_join_without_moving_old_ones(stable: bool) -> None:
    old = dataset(400, groups=50)
    splits = make_splits(old, stable=stable)
    more = dataset(200, groups=80, seed=9)
    names = [*old.items.names[::-1], *more.items.names]
    items = Items.of(
        names,
        labels=np.r_[old.items.labels[::-1], more.items.labels],
        groups=[*old.items.groups[::-1], *more.items.groups],
    )
    grown = replace(old, items=items)
    joined = join(splits, grown)
    np.testing.assert_array_equal(joined.table[0][:400][::-1], splits.table[0])
    assert_whole(joined, items.groups)
    assert (joined.table >= 0).all() and "200 new items joined" in joined.notes[-1]
    again = join(joined, grown)
    np.testing.assert_array_equal(again.table, joined.table)
    less = join(splits, old.take(np.arange(100)))
    assert len(less) == 400 and set(less.hashes) == set(splits.hashes), "items that are gone stay in the file"


def test_a_new_copy_of_train_and_test_is_left_out() -> None:
    old = dataset(100)
    splits = make_splits(old)
    items = Items.of([*old.items.names, "copy.jpg", "fine.jpg"], labels=[*old.items.labels, 0, 0])
    train, test, other = splits.rows("train")[0], splits.rows("test")[0], splits.rows("test")[1]
    joined = join(splits, replace(old, items=items), pairs=np.array([[100, train], [test, 100], [101, other]]))
    assert joined.table[0, 100] == -1 and joined.table[0, 101] == 2
    np.testing.assert_array_equal(joined.table[0, :100], splits.table[0])


def test_files_of_equal_content_are_one_item(tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / f"{number}.txt").write_text(f"{number // 2}")
    data = Dataset(tmp_path, Items.of([f"{number}.txt" for number in range(40)], labels=[0, 1] * 20), classes=("a", "b"))
    splits = make_splits(data)
    np.testing.assert_array_equal(splits.table[0][::2], splits.table[0][1::2])
    (tmp_path / "0.txt").rename(tmp_path / "renamed.txt")
    renamed = data.with_items(names=np.array(["renamed.txt", *data.items.names[1:]], object))
    assert splits.apply(renamed).items.splits[0] == splits.parts[splits.table[0, 0]]
    (tmp_path / "1.txt").write_text("changed")
    assert splits.apply(renamed).items.splits[1] == ""


def test_frozen_files_come_back_and_notice_hands(tmp_path: Path) -> None:
    splits = make_splits(dataset(100, groups=20), folds=3, nested=2, dataset_version="v7")
    path = tmp_path / "splits.json"
    splits.save(path)
    back = Splits.load(path)
    assert back.digest == splits.digest and back.notes == splits.notes and back.dataset_version == "v7"
    np.testing.assert_array_equal(back.table, splits.table)
    data = json.loads(path.read_text())
    data["items"][3]["parts"][0] = (data["items"][3]["parts"][0] + 1) % 3
    path.write_text(json.dumps(data))
    with pytest.raises(InputError, match="changed after it was frozen"):
        Splits.load(path)


@pytest.mark.parametrize(
    "content",
    ["", "{}", "[]", '{"kind": "trackside splits"}', '{"kind": "trackside splits", "version": "x"}', "[" * 100_000,
     '{"kind":"trackside splits","version":1,"parts":[],"rounds":[""],'
     '"items":[{"name":"","hash":"","group":"","parts":[5]}]}'],
)  # fmt: skip
def test_other_files_are_one_sentence(content: str, tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(content)
    with pytest.raises(InputError, match="holds no splits"):
        Splits.load(tmp_path / "s.json")
    with pytest.raises(InputError, match="holds no splits"):
        Splits.load(tmp_path / "none.json")


def test_impossible_wishes_are_notes_or_one_sentence() -> None:
    rare = dataset(60)
    rare.items.labels[:] = 0
    rare.items.labels[7] = 1
    notes = make_splits(rare, folds=5).notes
    assert any("lacks c1 (1 in all)" in note for note in notes)
    one = rare.with_items(groups=np.full(60, "the only video", object))
    with pytest.raises(InputError, match="60 items in 1 units cannot make 3 parts: groups and copies are never torn apart"):
        make_splits(one)
    for settings, match in [
        ({"shares": {"train": 1.0, "test": -1}}, "cannot be"),
        ({"shares": {}}, "cannot be"),
        ({"shares": {"a": float("nan")}}, "cannot be"),
        ({"folds": 1}, "cannot make 1 folds"),
        ({"nested": 3}, "cannot nest 3"),
        ({"folds": 5, "shares": SHARES}, "exclude each other"),
        ({"by": ["grp"]}, "cannot split by 'grp'; did you mean 'group'"),
        ({"gap": 5.0}, "gap of 5 s"),
        ({"stable": True, "by": ["time"]}, "stable splits are by hash"),
    ]:
        with pytest.raises(SettingError, match=match):
            make_splits(rare, **settings)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no item has a group"):
        make_splits(rare, by=["group"])
    with pytest.raises(InputError, match="fewer units to train on"):
        make_splits(dataset(60, groups=3), folds=3, nested=3, by=["group"])
    with pytest.raises(InputError, match="0 items in 0 units"):
        make_splits(Dataset(Path("/nowhere"), Items.of([])))


def test_parts_are_never_empty_while_there_are_units() -> None:
    groups = ["big"] * 96 + ["a", "b", "c", "d"]
    items = Items.of([str(row) for row in range(100)], labels=np.zeros(100), groups=groups)
    splits = make_splits(Dataset(Path("/nowhere"), items, classes=("x",)))
    assert set(splits.table[0].tolist()) == {0, 1, 2} and any("units stay whole" in note for note in splits.notes)


def test_parts_that_want_less_than_a_unit_still_get_one() -> None:
    items = Items.of([str(row) for row in range(99)], groups=np.repeat(["a", "b", "c"], 33).tolist())
    splits = make_splits(Dataset(Path("/nowhere"), items), shares={"train": 0.98, "val": 0.01, "test": 0.01})
    assert np.bincount(splits.table[0]).tolist() == [33, 33, 33]


def test_stable_splits_of_groups_tied_by_copies_do_not_depend_on_the_order() -> None:
    names = [str(row) for row in range(200)]
    groups = [f"g{row}" for row in range(200)]
    data = Dataset(Path("/nowhere"), Items.of(names, groups=groups))
    pairs = np.arange(200).reshape(-1, 2)
    one = make_splits(data, stable=True, pairs=pairs).table[0]
    other = make_splits(data.take(np.arange(200)[::-1]), stable=True, pairs=pairs).table[0]
    np.testing.assert_array_equal(one, other[::-1])


def test_unlabelled_and_a_hundred_thousand_classes_work() -> None:
    bare = Dataset(Path("/nowhere"), Items.of([str(row) for row in range(50)]))
    assert sorted(np.bincount(make_splits(bare).table[0]).tolist()) == [7, 8, 35]
    n = 20_000
    many = Dataset(
        Path("/nowhere"),
        Items.of([str(row) for row in range(n)], labels=np.arange(n) * 5),
        classes=tuple(map(str, range(100_000))),
    )
    splits = make_splits(many)
    assert np.abs(np.bincount(splits.table[0]) / n - [0.7, 0.15, 0.15]).max() < 0.01
    assert splits.notes[0].startswith("train lacks") and splits.notes[0].endswith(
        "more: a class needs a unit for every part"
    )


def test_a_good_split_is_quiet_and_a_bad_one_is_found() -> None:
    data = dataset(600, groups=60, times=np.arange(600.0))
    pairs = np.array([[0, 1], [5, 9]])
    assert check_split(make_splits(data, pairs=pairs), data, pairs=pairs).verdict is Verdict.OK
    torn = make_splits(data, by=["class"])
    report = check_split(torn, data)
    failed = {finding.check for finding in report.findings if finding.verdict is Verdict.FAIL}
    assert failed == {"split-groups"}
    row = torn.table[0]
    apart = np.array([[int(np.flatnonzero(row == 0)[0]), int(np.flatnonzero(row == 2)[0])]])
    assert "1 of 1 pair " in next(f for f in check_split(torn, data, pairs=apart).findings if f.check == "split-copies").says
    late = replace(make_splits(data, by=["time"]), table=make_splits(data, by=["class"]).table)
    assert {f.check for f in check_split(late, data).findings if f.verdict is Verdict.FAIL} == {"split-groups", "split-time"}
    grown = dataset(700, groups=60, seed=5)
    assert next(f for f in check_split(torn, grown).findings if f.check == "split-known").verdict is Verdict.NOTE
    lopsided = replace(torn, table=np.where(data.items.labels == 2, 0, torn.table[0])[None].astype(np.int8))
    assert next(f for f in check_split(lopsided, data).findings if f.check == "split-classes").verdict is Verdict.WARN
