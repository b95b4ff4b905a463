"""Wrong labels are ranked first, counted, and given the class they should have; right ones are left alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from trackside.core import Verdict
from trackside.data.checking import CHECKS, Subject
from trackside.data.dataset import Dataset
from trackside.data.health import check_dataset
from trackside.data.items import Items
from trackside.data.labels import find_label_errors, together
from trackside.data.labels.probes import logistic
from trackside.data.scan import Scan


def _set(
    seed: int, n: int = 600, classes: int = 4, wrong: float = 0.05, spread: float = 0.9
) -> tuple[NDArray[np.float32], NDArray[np.intp], NDArray[np.intp]]:
    """Features in clouds, labels of which some are wrong, and the right ones."""
    generator = np.random.default_rng(seed)
    centres = generator.normal(size=(classes, 24))
    true = generator.integers(0, classes, n)
    rows = (centres[true] + generator.normal(size=(n, 24)) * spread).astype(np.float32)
    labels = true.copy()
    flipped = generator.choice(n, round(wrong * n), replace=False)
    labels[flipped] = (true[flipped] + generator.integers(1, classes, len(flipped))) % classes
    return rows, labels, true


def _average_precision(ranking: NDArray[np.intp], bad: NDArray[np.bool_]) -> float:
    hits = bad[ranking]
    return float((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits].mean())


@pytest.mark.parametrize("classes", [2, 4, 60])
def test_planted_errors_come_first_and_are_counted(classes: int) -> None:
    rows, labels, true = _set(1, n=1500 if classes == 60 else 600, classes=classes, spread=0.6)
    found = find_label_errors(rows, labels, seed=1)
    bad = labels != true
    assert _average_precision(found.ranking, bad) > 0.9
    assert found.share.low <= 0.05 <= found.share.high
    assert found.share.low > 0.02
    likely = found.probability > 0.5
    assert (likely & bad).sum() > 0.5 * bad.sum() and (likely & ~bad).sum() < 0.15 * bad.sum()
    assert (found.suggestion[bad & likely] == true[bad & likely]).mean() > 0.9


def test_errors_that_follow_the_class_are_found() -> None:
    rows, true, _ = _set(2, n=900, wrong=0, spread=0.7)
    labels = true.copy()
    threes = np.flatnonzero(true == 3)[:40]
    labels[threes] = 1
    found = find_label_errors(rows, labels, seed=2)
    assert _average_precision(found.ranking, labels != true) > 0.9
    assert found.confusions is not None and found.confusions[1, 3] == found.confusions[:3, 3].max() > 20


@pytest.mark.parametrize("spread", [0.4, 0.9, 1.5])
def test_clean_labels_are_left_alone_however_hard_the_classes(spread: float) -> None:
    alarms = 0
    for seed in range(6):
        rows, labels, _ = _set(50 + seed, n=400, wrong=0, spread=spread)
        found = find_label_errors(rows, labels, seed=seed)
        alarms += found.share.low > 0.01
        assert (found.probability > 0.5).mean() < 0.01
    assert alarms == 0


def test_labels_at_random_are_seen_to_be_nonsense() -> None:
    rows, _, _ = _set(3)
    labels = np.random.default_rng(0).integers(0, 4, len(rows))
    assert find_label_errors(rows, labels).share.high > 0.5


def test_the_same_seed_gives_the_same_answer_with_any_number_of_threads() -> None:
    from threadpoolctl import threadpool_limits

    rows, labels, _ = _set(4)
    found = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            found.append(find_label_errors(rows, labels, seed=5))
    np.testing.assert_array_equal(found[0].score, found[1].score)
    np.testing.assert_array_equal(found[0].probability, found[1].probability)


def test_suspects_count_less_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    from trackside.data.labels.panel import Panel

    rows, labels, true = _set(1, spread=0.6)
    heard: list[NDArray[np.float32]] = []
    judge = Panel.judge

    def listening(panel: Panel, weights: NDArray[np.float32], *rest: object) -> object:
        heard.append(weights)
        return judge(panel, weights, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Panel, "judge", listening)
    find_label_errors(rows, labels, seed=1)
    assert (heard[0] == 1).all() and len(heard) > 2
    for weights in heard[1:]:
        assert weights[labels != true].mean() < 0.6 and weights[labels == true].mean() > 0.97


@pytest.mark.parametrize("nested", [False, True])
def test_folds_follow_the_order_of_the_files_unless_that_hides_whole_kinds(nested: bool) -> None:
    """Where each run of files is a kind of its own within its class, folds in order would ask about kinds never seen."""
    from trackside.data.labels.panel import Panel

    generator = np.random.default_rng(0)
    labels = np.repeat([0, 1], 300)
    kinds = np.arange(600) // 20 if nested else labels
    rows = (generator.normal(size=(30, 30))[kinds] + 0.3 * generator.normal(size=(600, 30))).astype(np.float32)
    assert Panel(rows, labels, 2, together(600), 0)._in_order is not nested


def test_copies_do_not_vouch_for_each_other() -> None:
    """A wrong label that was copied with its picture: only when the copies are held together is it seen."""
    rows, labels, true = _set(6, n=400, wrong=0.04)
    bad = np.flatnonzero(labels != true)
    copies = np.repeat(bad, 15)
    rows, labels = np.concatenate([rows, rows[copies]]), np.concatenate([labels, labels[copies]])
    marks = [f"{row}" for row in range(400)] + [f"{row}" for row in copies]
    apart = find_label_errors(rows, labels, seed=1).probability[bad].mean()
    held = find_label_errors(rows, labels, units=together(len(labels), marks), seed=1).probability[bad].mean()
    assert held > apart + 0.2


def test_what_cannot_be_judged_is_not() -> None:
    rows, labels, _ = _set(7)
    labels = labels.copy()
    labels[0] = -1
    labels[1], labels[2:4] = 4, 5  # Classes of one and of two.
    rows[9] = np.nan
    found = find_label_errors(rows, labels)
    assert not found.judged[[0, 1, 2, 3, 9]].any() and found.judged.sum() == len(rows) - 5
    assert np.isnan(found.thresholds[[4, 5]]).all() and np.isfinite(found.thresholds[:4]).all()
    assert (found.suggestion[found.judged] < 4).all() and (found.suggestion[~found.judged] == -1).all()


@pytest.mark.parametrize(
    "labels", [np.zeros(50, int), np.full(50, -1), np.arange(50), np.zeros(0, int), np.zeros(1, int), np.arange(6) % 2]
)
def test_nothing_to_judge_is_no_crash(labels: NDArray[np.intp]) -> None:
    found = find_label_errors(np.random.default_rng(0).normal(size=(len(labels), 5)).astype(np.float32), labels)
    assert not found.judged.any() and len(found.ranking) == 0 and found.share.low == 0


def test_features_that_say_nothing_accuse_nobody() -> None:
    _, labels, _ = _set(8)
    for rows in (np.ones((600, 5), np.float32), np.random.default_rng(0).normal(size=(600, 5)).astype(np.float32)):
        found = find_label_errors(rows, labels)
        assert np.isfinite(found.score).all()


def test_thousands_of_classes_are_judged_by_their_neighbours() -> None:
    generator = np.random.default_rng(0)
    centres = generator.normal(size=(2500, 16))
    true = np.repeat(np.arange(2500), 5)
    rows = (centres[true] + generator.normal(size=(len(true), 16)) * 0.2).astype(np.float32)
    labels = true.copy()
    bad = generator.choice(len(true), 400, replace=False)
    labels[bad] = generator.integers(0, 2500, 400)
    found = find_label_errors(rows, labels)
    assert _average_precision(found.ranking, labels != true) > 0.9
    assert (found.suggestion[bad] == true[bad]).mean() > 0.8


def test_a_hundred_thousand_classes_of_one_are_not_judged() -> None:
    found = find_label_errors(np.zeros((100_000, 2), np.float32), np.arange(100_000))
    assert not found.judged.any()


def _subject(rows: NDArray[np.float32], labels: NDArray[np.intp]) -> Subject:
    items = Items.of([f"{row}.png" for row in range(len(labels))], labels=labels)
    dataset = Dataset(Path("/nowhere"), items, classes=tuple(f"class {one}" for one in range(int(labels.max()) + 1)))
    subject = Subject(dataset, Scan(("unreadable",) * len(labels), {}), features_of="x")
    subject.shared["features"] = rows
    return subject


def test_the_check_warns_of_wrong_labels_and_hands_them_on() -> None:
    rows, labels, true = _set(11, spread=0.6)
    finding, answer = CHECKS["label-errors"].check(_subject(rows, labels))
    assert finding.verdict is Verdict.WARN and finding.causes and finding.evidence.plots
    assert answer.extra
    worst = answer.extra[0]
    row = int(worst.item.removesuffix(".png"))
    assert labels[row] != true[row] and worst.suggestion == f"class {true[row]}" and worst.kind == "label"
    assert [one.score for one in answer.extra] == sorted((one.score for one in answer.extra), reverse=True)


def test_the_check_is_quiet_on_clean_labels_and_says_why_it_cannot_answer() -> None:
    rows, labels, _ = _set(12, wrong=0, spread=0.6)
    finding, _ = CHECKS["label-errors"].check(_subject(rows, labels))
    assert finding.verdict is Verdict.OK, finding.says
    one_class = CHECKS["label-errors"].check(_subject(rows, np.zeros_like(labels)))[0]
    assert one_class.verdict is Verdict.UNKNOWN and "two classes" in one_class.says
    without = _subject(rows, labels)
    without.features_of = ""
    assert CHECKS["label-errors"].check(without)[0].verdict is Verdict.UNKNOWN
    assert not CHECKS["label-errors"].check(_subject(rows, np.full_like(labels, -1)))[1].applies


@pytest.mark.parametrize("spread", [6.0, 1000.0])
def test_features_that_cannot_tell_the_classes_accuse_nobody_and_say_so(spread: float) -> None:
    rows, labels, _ = _set(13, wrong=0, spread=spread)
    finding, answer = CHECKS["label-errors"].check(_subject(rows, labels))
    assert finding.verdict is Verdict.UNKNOWN
    assert "cannot say" in finding.says and not answer.extra


def test_how_well_planted_labels_are_told_is_about_what_is_right() -> None:
    for wrong in (0.0, 0.1):
        rows, labels, _ = _set(14, wrong=wrong, spread=0.4)
        assert 1 - wrong - 0.03 <= find_label_errors(rows, labels).told <= 1 - wrong / 2 + 0.01


def test_no_learning_curve_where_a_probe_only_guesses() -> None:
    rows, labels, _ = _set(15, wrong=0, spread=0.6)
    assert CHECKS["enough-data"].check(_subject(rows, labels))[0].verdict is not Verdict.UNKNOWN
    noise = np.random.default_rng(0).normal(size=rows.shape).astype(np.float32)
    finding, _ = CHECKS["enough-data"].check(_subject(noise, labels))
    assert finding.verdict is Verdict.UNKNOWN and "hardly less than guessing" in finding.says


def test_classes_of_a_few_are_noted() -> None:
    rows, labels, _ = _set(16, wrong=0)
    assert CHECKS["class-balance"].check(_subject(rows, labels))[0].verdict is Verdict.OK
    many = CHECKS["class-balance"].check(_subject(rows, np.arange(600)))[0]
    assert many.verdict is Verdict.NOTE


@pytest.mark.parametrize("check", ["label-errors", "enough-data", "outliers"])
def test_a_set_of_which_no_picture_can_be_read_is_an_unknown_and_no_error(check: str, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for number in range(30):
        (tmp_path / "a" / f"{number}.jpg").write_text("this is text")
    items = Items.of([f"a/{number}.jpg" for number in range(30)], labels=np.arange(30) % 2)
    health = check_dataset(Dataset(tmp_path, items, classes=("a", "b")), only=(check,), features="plain")
    assert [(one.verdict, one.says) for one in health.report.findings] == [(Verdict.UNKNOWN, "no picture can be read")]


def test_fewer_units_than_folds_leave_some_empty() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 20)
    points = (labels[:, None] + 0.1 * rng.normal(size=(40, 3))).astype(np.float32)
    folds = np.tile([0, 3], 20).astype(np.intp)
    scores = logistic(points, labels, 2, folds, np.ones(40, np.float32), 1.0)
    assert (scores.argmax(1) == labels).all()
