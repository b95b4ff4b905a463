"""Outliers are found, healthy sets have none, and the map keeps together what looks alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from trackside.core import Verdict
from trackside.data.dataset import Dataset
from trackside.data.features import find_outliers, lay_out
from trackside.data.items import Items
from trackside.data.scan import Scan


def _cloud(seed: int, n: int = 600, d: int = 40) -> NDArray[np.float32]:
    """Three classes of uneven size and spread."""
    generator = np.random.default_rng(seed)
    centres = generator.normal(size=(3, d)) * 2
    which = generator.choice(3, n, p=(0.6, 0.3, 0.1))
    spread = np.array([0.5, 1.0, 0.7])[which]
    return (centres[which] + generator.normal(size=(n, d)) * spread[:, None]).astype(np.float32)


def test_planted_outliers_are_found_first() -> None:
    rows = _cloud(1)
    generator = np.random.default_rng(9)
    strange = np.concatenate([rows, generator.normal(size=(3, 40)) * 6]).astype(np.float32)
    found = find_outliers(strange)
    assert found is not None
    assert set(found.rows[:3]) == {600, 601, 602}
    assert len(found.rows) <= 4
    assert (found.expected[600:] < 0.05).all()


def test_healthy_sets_seldom_alarm() -> None:
    alarms = 0
    for seed in range(40):
        found = find_outliers(_cloud(100 + seed))
        assert found is not None
        alarms += len(found.rows) > 0
    assert alarms <= 5  # One in twenty is meant; six of forty would be chance in 1 of 70 cases.


def test_unknown_rows_stay_unknown_and_few_rows_give_no_answer() -> None:
    rows = _cloud(2)
    rows[5] = np.nan
    found = find_outliers(rows)
    assert found is not None and np.isnan(found.strangeness[5]) and 5 not in found.rows
    assert find_outliers(rows[:20]) is None
    assert find_outliers(np.full((50, 4), np.nan)) is None
    same = find_outliers(np.ones((50, 4), np.float32))
    assert same is not None and not len(same.rows)


def test_the_map_keeps_classes_apart_and_places_the_rest_among_landmarks() -> None:
    generator = np.random.default_rng(0)
    which = np.arange(900) % 3
    rows = (np.eye(3, 20)[which] * 8 + generator.normal(size=(900, 20))).astype(np.float32)
    rows[4] = np.nan
    places = lay_out(rows, seed=1, landmarks=300)
    assert np.isnan(places[4]).all()
    places, which = np.delete(places, 4, axis=0), np.delete(which, 4)
    assert np.abs(places).max() <= 1
    distance = ((places[:, None] - places[None]) ** 2).sum(axis=2)
    np.fill_diagonal(distance, np.inf)
    assert (which[distance.argmin(axis=1)] == which).mean() > 0.99


def test_the_map_is_the_same_for_the_same_seed() -> None:
    rows = _cloud(3, 200)
    np.testing.assert_array_equal(lay_out(rows, seed=4, landmarks=100), lay_out(rows, seed=4, landmarks=100))


@pytest.mark.parametrize("n", [0, 1, 2, 4, 6])
def test_maps_of_few_pictures(n: int) -> None:
    places = lay_out(_cloud(1, 10)[:n])
    assert places.shape == (n, 2) and np.isfinite(places).all()


def test_the_check_points_to_what_is_strange_and_is_quiet_otherwise() -> None:
    from trackside.data.checking import CHECKS, Subject

    rows = _cloud(1)
    for strange in (False, True):
        if strange:
            rows[7] = 9
        names = [f"{row}.png" for row in range(len(rows))]
        dataset = Dataset(Path("/nowhere"), Items.of(names))
        subject = Subject(dataset, Scan(("",) * len(rows), {}), features_of="x")
        subject.shared["features"] = rows
        finding, answer = CHECKS["outliers"].check(subject)
        assert finding.verdict is (Verdict.NOTE if strange else Verdict.OK), finding.says
        assert [one.item for one in answer.extra or ()] == (["7.png"] if strange else [])
