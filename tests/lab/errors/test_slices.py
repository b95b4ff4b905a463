"""Slices that fail: found when planted, quiet when mistakes are random; suggestions and comparisons."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from trackside.core import InputError, Verdict
from trackside.lab.errors import Predictions, compare, comparison_report, find_slices, mcnemar, slices_report, suggest
from trackside.lab.errors.kinds import kinds, reduced
from trackside.lab.errors.seeking import holm


def world(seed: int, n: int = 1000, rate: float = 0.1, balance: float = 0.5, plant: str = "") -> tuple[Predictions, Any]:
    random = np.random.default_rng(seed)
    columns = {
        "light": random.random(n),
        "camera": random.choice(["pool 1", "pool 2", "pool 3", "pool 4"], n),
        "day": random.choice([f"day {number}" for number in range(20)], n),
        "size": random.lognormal(0, 1, n),
        "video": random.choice([f"v{number}" for number in range(200)], n),
    }
    features = random.normal(size=(n, 24)).astype(np.float32)
    chance = np.full(n, rate)
    match plant:
        case "value":
            chance[columns["camera"] == "pool 2"] = 0.35
        case "dark":
            chance[columns["light"] < 0.15] = 0.5
        case "pair":
            chance[(columns["camera"] == "pool 2") & (columns["light"] > 0.6)] = 0.6
        case "looks":
            blob = random.random(n) < 0.1
            features[blob, :6] += 3
            chance[blob] = 0.5
            columns["hidden"] = np.where(blob & (random.random(n) < 0.9), "goggles", "none")
    wrong = random.random(n) < chance
    truth = np.where(random.random(n) < balance, "bee", "ant")
    predicted = np.where(wrong, np.where(truth == "bee", "ant", "bee"), truth)
    names = [f"i{number}" for number in range(n)]
    return Predictions.of(names, truth, predicted, columns=columns), features


def test_predictions_without_further_columns_still_have_confusions() -> None:
    bare = replace(world(2)[0], columns={})
    assert {one.name for one in suggest(bare)} == {"bee taken for ant", "ant taken for bee"}
    assert not find_slices(bare).found


@pytest.mark.parametrize(
    "settings", [{}, {"n": 300, "rate": 0.3}, {"balance": 0.95}, {"n": 2000, "rate": 0.02, "balance": 0.8}], ids=str
)
def test_random_mistakes_raise_no_alarm(settings: dict[str, Any]) -> None:
    alarms = 0
    for seed in range(60):
        predictions, features = world(seed, **settings)
        alarms += bool(find_slices(predictions, features=features, seed=seed).found)
    assert alarms <= 6, "5 % of 60 is 3; more than 6 comes in 3 of 100 worlds"


@pytest.mark.parametrize(
    ("plant", "says"),
    [
        ("value", "camera = pool 2"),
        ("dark", "light at most"),
        ("pair", "camera = pool 2 & light above"),
        ("looks", "hidden = goggles"),
    ],
)
def test_planted_slices_are_found_without_being_asked(plant: str, says: str) -> None:
    hits = 0
    for seed in range(100, 110):
        predictions, _ = world(seed, n=2000, plant=plant)
        found = find_slices(predictions, seed=seed).found
        hits += bool(found) and all(part in found[0].name for part in says.split(" & "))
    assert hits >= 9


def test_kinds_of_looks_that_fail_are_found_and_named_by_what_they_share() -> None:
    predictions, features = world(7, n=2000, plant="looks")
    columns = {name: column for name, column in predictions.columns.items() if name != "hidden"}
    nameless = Predictions.of(predictions.items, predictions.truth, predictions.predicted, columns=columns)
    found = find_slices(nameless, features=features).found
    assert found and "looks" in found[0].name
    assert found[0].rate > 3 * found[0].rest and found[0].interval[0] > found[0].rest
    blob = features[found[0].rows, :6].mean(axis=1) > 1.5
    assert blob.mean() > 0.9
    twins = find_slices(predictions, features=features).found
    assert any("hidden = goggles" in part for one in twins for part in (one.name, one.about))


def test_the_rate_of_a_slice_is_not_flattered() -> None:
    rates = []
    for seed in range(40):
        predictions, _ = world(seed, n=2000, plant="value")
        rates += [one.rate for one in find_slices(predictions, seed=seed).found if one.name == "camera = pool 2"]
    assert len(rates) > 30 and np.mean(rates) == pytest.approx(0.35, abs=0.015)


def test_a_column_that_says_what_is_wrong_is_left_out() -> None:
    predictions, _ = world(1)
    told = predictions.with_columns({"correct": np.where(predictions.wrong, "no", "yes"), "mistake": predictions.truth})
    found = find_slices(told)
    assert found.left_out == ("correct", "mistake") and not found.found


def test_the_same_seed_gives_the_same_slices() -> None:
    predictions, features = world(5, plant="pair")
    first, second = (find_slices(predictions, features=features, seed=2) for _ in range(2))
    assert [(one.name, one.p_value) for one in first.found] == [(one.name, one.p_value) for one in second.found]


def test_groups_stay_in_one_half() -> None:
    predictions, _ = world(5, plant="value")
    groups = predictions.columns["video"]
    assert "camera = pool 2" in [one.name for one in find_slices(predictions, groups=groups).found]
    with pytest.raises(InputError, match="3 rows of groups for 1000"):
        find_slices(predictions, groups=groups[:3])


def test_videos_that_fail_as_a_whole_make_no_slice_of_their_camera() -> None:
    """60 videos of 30 frames, each with its own error rate; the camera says nothing, but frames are not independent."""
    alarms = {True: 0, False: 0}
    for seed in range(60):
        random = np.random.default_rng(seed)
        video = np.repeat(np.arange(60), 30)
        wrong = random.random(1800) < random.beta(0.6, 4, 60)[video]
        columns = {"camera": random.choice(["left", "right", "top"], 60)[video], "shutter": random.random(60)[video]}
        world = Predictions.of(range(1800), ["a"] * 1800, np.where(wrong, "b", "a"), columns=columns)
        for known in alarms:
            found = find_slices(world, groups=video.astype(str).astype(object) if known else None, seed=seed)
            alarms[known] += bool(found.found)
    assert alarms[True] <= 6 < alarms[False]


def test_a_camera_that_fails_in_every_video_is_found_with_groups() -> None:
    random = np.random.default_rng(4)
    video = np.repeat(np.arange(60), 30)
    camera = random.choice(["left", "right", "top"], 60)[video]
    wrong = random.random(1800) < np.where(camera == "top", 0.4, 0.1)
    world = Predictions.of(range(1800), ["a"] * 1800, np.where(wrong, "b", "a"), columns={"camera": camera})
    found = find_slices(world, groups=video.astype(str).astype(object)).found
    assert [one.name for one in found] == ["camera = top"]


def test_too_little_to_find_is_said() -> None:
    for n, rate in [(20, 0.5), (1000, 0.0), (1000, 1.0)]:
        found = find_slices(world(1, n=n, rate=rate)[0])
        assert "too few" in found.missing
        assert slices_report(found).verdict is Verdict.UNKNOWN
    assert "too few" in find_slices(Predictions.of([], [], [])).missing


def test_bad_columns_cost_nothing() -> None:
    predictions, features = world(3, plant="value")
    features[::3] = np.nan
    odd = {
        "nan": np.full(1000, np.nan),
        "inf": np.full(1000, np.inf),
        "one": np.zeros(1000),
        "id": np.arange(1000).astype(str),
    }
    odd |= {"half": np.where(np.arange(1000) % 2, np.nan, np.arange(1000.0)), "none": [None] * 1000}
    found = find_slices(predictions.with_columns(odd), features=features)
    assert "camera = pool 2" in [one.name for one in found.found]
    assert find_slices(Predictions.of(range(50), [0] * 50, [0] * 25 + [1] * 25)).found == ()


def test_slices_reports_warn_and_stay_quiet() -> None:
    report = slices_report(find_slices(world(5, plant="value")[0]))
    assert report.verdict is Verdict.WARN and "camera = pool 2" in report.findings[1].says
    assert slices_report(find_slices(world(1)[0])).verdict is Verdict.OK


def test_holm_by_hand() -> None:
    assert holm([]) == []
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.6]) == [1.0, 1.0]


def test_kinds_part_what_is_apart_and_pass_over_what_is_not_finite() -> None:
    random = np.random.default_rng(0)
    points = np.concatenate([random.normal(0, 0.1, (50, 40)), random.normal(3, 0.1, (70, 40)), np.full((2, 40), np.nan)])
    number = kinds(reduced(points), 2)
    assert sorted(np.bincount(number[:120]).tolist()) == [50, 70] and set(number[120:]) == {-1}
    assert len(set(number[:50])) == 1
    assert set(kinds(np.ones((5, 3)), 4)) == {0}
    assert set(kinds(np.full((5, 3), np.nan), 4)) == {-1}
    with pytest.raises(InputError, match="shape"):
        reduced(np.ones(3))


def test_suggestions_name_confusions_columns_and_looks() -> None:
    predictions, features = world(2, n=2000, plant="looks")
    found = suggest(predictions, features=features)
    names = [one.name for one in found]
    assert "bee taken for ant" in names and "hidden = goggles" in names
    looks = [one for one in found if one.name.startswith("look alike")]
    assert any("hidden = goggles" in one.why for one in looks)
    assert all(predictions.wrong[one.rows].all() for one in found)
    assert not any("=" in one.name for one in suggest(world(4)[0]))
    with pytest.raises(InputError, match="no mistake"):
        suggest(world(1, rate=0.0)[0])


@pytest.mark.parametrize(
    ("fixed", "new", "p"), [(0, 0, 1.0), (10, 2, 0.03857), (5, 5, 1.0), (6, 0, 0.03125), (0, 6, 0.03125)]
)
def test_mcnemar_equals_the_binomial_by_hand(fixed: int, new: int, p: float) -> None:
    assert mcnemar(fixed, new) == pytest.approx(p, abs=1e-5)


def _runs() -> tuple[Predictions, Predictions, dict[str, tuple[str, ...]]]:
    """100 mistakes of 400 before. Afterwards the 30 tagged "blurred" are right, but for 3; and 4 of class b are new."""
    names = [f"i{number}" for number in range(400)]
    truth = ["a"] * 200 + ["b"] * 200
    before = ["x" if number < 100 else truth[number] for number in range(400)]
    after = ["x" if 27 <= number < 100 or number >= 396 else truth[number] for number in range(400)]
    tags = {f"i{number}": ("blurred",) if number < 30 else () for number in range(60)}
    cameras = {"camera": ["left", "right"] * 200}
    return Predictions.of(names, truth, before, columns=cameras), Predictions.of(names[::-1], truth[::-1], after[::-1]), tags


def test_a_comparison_counts_what_was_fixed_and_what_is_new() -> None:
    before, after, tags = _runs()
    found = compare(before, after, tags=tags)
    assert (found.all.before, found.all.after, found.all.fixed, found.all.new) == (100, 77, 27, 4)
    assert found.all.change == pytest.approx(-5.75) and found.all.p_value == pytest.approx(mcnemar(27, 4))
    parts = {(part.kind, part.name): part for part in found.parts}
    assert (parts["class", "a"].fixed, parts["class", "b"].new) == (27, 4)
    blurred = parts["tag", "blurred"]
    assert (blurred.count, blurred.fixed, blurred.others_fixed) == (30, 27, 0.0) and blurred.p_value < 1e-6
    assert parts["column", "camera = left"].count == 200
    assert found.new == ("i396", "i397", "i398", "i399") and len(found.fixed) == 27
    report = comparison_report(found)
    assert (
        report.verdict is Verdict.OK
        and "error rate 25.0% -> 19.2%, 27 fixed, 4 new; beyond chance" in report.findings[0].says
    )


def test_nothing_moved_is_said_so_and_worse_is_a_warning() -> None:
    before, after, tags = _runs()
    same = compare(before, before, tags=tags)
    assert same.all.p_value == 1 and same.all.change == 0 and "within chance" in comparison_report(same).findings[0].says
    assert len(comparison_report(same).findings) == 1
    assert comparison_report(compare(after, before)).verdict is Verdict.WARN


def test_runs_on_other_items_are_matched_or_refused() -> None:
    before, after, _ = _runs()
    part = compare(before, after.take(np.arange(100)))
    assert (part.only_before, part.only_after, part.all.count) == (300, 0, 100)
    with pytest.raises(InputError, match="no item in common"):
        compare(before, Predictions.of(["z"], ["a"], ["a"]))
    with pytest.raises(InputError, match="no column 'x'"):
        compare(before, after, columns=["x"])


def test_random_changes_are_within_chance_for_every_part() -> None:
    alarms = 0
    for seed in range(60):
        predictions, _ = world(seed)
        again, _ = world(seed + 1000)
        other = Predictions.of(predictions.items, predictions.truth, np.where(again.wrong, "x", predictions.truth))
        alarms += compare(predictions, other).all.p_value <= 0.05
    assert alarms <= 6
