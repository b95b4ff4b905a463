"""Distance with an interval."""

from __future__ import annotations

import math

import numpy as np
import pytest

from trackside.core import InputError, SettingError
from trackside.geometry.flight import PointMass, Release, RigidJavelin, Vacuum, range_interval, shot, vacuum

RELEASE = Release(29.12, math.radians(34), 1.8)
DEVIATIONS = {"speed": 0.3, "angle": math.radians(1), "height": 0.05}


def test_linear_propagation_is_the_exact_formula() -> None:
    found, exact = range_interval(Vacuum(), RELEASE, DEVIATIONS), vacuum(29.12, RELEASE.angle, 1.8)
    parts = np.array([float(exact.by_speed) * 0.3, float(exact.by_angle) * math.radians(1), float(exact.by_height) * 0.05])
    assert found.deviation == pytest.approx(math.sqrt((parts**2).sum()), rel=1e-3)
    np.testing.assert_allclose(list(found.shares.values()), parts**2 / (parts**2).sum(), rtol=2e-3)
    assert found.linear[0.9][1] - found.distance == pytest.approx(1.6449 * found.deviation, rel=1e-4)


def test_monte_carlo_and_linear_agree_where_the_model_is_nearly_linear() -> None:
    found = range_interval(Vacuum(), RELEASE, DEVIATIONS)
    assert found.spread == pytest.approx(found.deviation, rel=0.02)
    for level, (low, high) in found.intervals.items():
        # 4,096 Sobol points: ends within 2 % of the width; the curvature of the distance adds a few hundredths of a metre.
        assert low == pytest.approx(found.linear[level][0], abs=0.15)
        assert high == pytest.approx(found.linear[level][1], abs=0.15)
    assert found.fouls == 0 and found.valid and found.draws == 4096


def test_the_interval_holds_the_share_it_names() -> None:
    """Independent pseudo-random throws, not those it was made of: 20,000 draws, standard error 0.2 %; 1 % allowed."""
    found = range_interval(Vacuum(), RELEASE, DEVIATIONS)
    random = np.random.default_rng(11)
    distances = vacuum(
        random.normal(29.12, 0.3, 20_000),
        random.normal(RELEASE.angle, math.radians(1), 20_000),
        random.normal(1.8, 0.05, 20_000),
    ).distance
    for level, (low, high) in found.intervals.items():
        assert ((distances > low) & (distances < high)).mean() == pytest.approx(level, abs=0.01)


def test_correlation_widens_or_narrows_as_its_sign_says() -> None:
    plain = range_interval(Vacuum(), RELEASE, DEVIATIONS)
    together = range_interval(Vacuum(), RELEASE, DEVIATIONS, correlations={("speed", "angle"): 0.8})
    against = range_interval(Vacuum(), RELEASE, DEVIATIONS, correlations={("angle", "speed"): -0.8})
    assert against.deviation < plain.deviation < together.deviation
    assert against.spread < plain.spread < together.spread
    assert sum(together.shares.values()) == pytest.approx(1) == sum(against.shares.values())


def test_the_javelin_has_its_interval_and_says_what_to_measure_better() -> None:
    release = Release(29.12, math.radians(34), 1.8, math.radians(2))
    deviations = DEVIATIONS | {"attack": math.radians(2), "pitch_rate": 0.1, "wind": 1.0}
    found = range_interval(RigidJavelin(), release, deviations, draws=1024)
    assert max(found.shares, key=lambda name: found.shares[name]) == "speed"
    low, high = found.intervals[0.9]
    assert low < found.distance < high and 1 < high - low < 12
    assert set(found.derivatives) == set(deviations)
    assert found.spread == pytest.approx(found.deviation, rel=0.1)


def test_throws_that_do_not_count_are_counted() -> None:
    wild = Release(9, math.radians(20), 1.8, math.radians(-5))
    found = range_interval(RigidJavelin(), wild, {"pitch_rate": 1.0}, draws=512)
    calm = range_interval(RigidJavelin(), RELEASE, {"pitch_rate": 0.05}, draws=512)
    assert 0.02 < found.fouls < 0.98 and calm.fouls == 0


def test_a_point_mass_heeds_the_wind() -> None:
    found = range_interval(PointMass(shot()), Release(14, 0.6, 2.1), {"wind": 2.0, "speed": 0.1}, draws=256)
    assert 0 < found.shares["wind"] < found.shares["speed"]


def test_no_uncertainty_is_no_interval() -> None:
    for deviations in ({}, {"speed": 0.0}):
        found = range_interval(Vacuum(), RELEASE, deviations)
        assert found.deviation == 0 and found.spread == pytest.approx(0, abs=1e-9)
        assert found.intervals[0.95] == pytest.approx((found.distance, found.distance))


def test_the_seed_decides_and_the_text_is_for_people() -> None:
    first, same = (range_interval(Vacuum(), RELEASE, DEVIATIONS, seed=5) for _ in range(2))
    other = range_interval(Vacuum(), RELEASE, DEVIATIONS, seed=6)
    assert first.intervals == same.intervals != other.intervals
    assert str(range_interval(Vacuum(), RELEASE, DEVIATIONS, levels=[0.9])).startswith("82.8 m (90%: 79.")


@pytest.mark.parametrize(
    ("deviations", "options", "message"),
    [
        ({"speed": -0.1}, {}, "deviation of speed"),
        ({"speed": math.nan}, {}, "deviation of speed"),
        ({"sped": 0.1}, {}, "did you mean 'speed'"),
        ({"attack": 0.1}, {}, "does not heed attack"),
        ({"speed": 0.1}, {"correlations": {("speed", "angle"): 0.5}}, "to correlate"),
        ({"speed": 0.1, "angle": 0.1}, {"correlations": {("speed", "angle"): 1.5}}, "correlation"),
        (
            DEVIATIONS,
            {"correlations": {("speed", "angle"): 0.9, ("speed", "height"): 0.9, ("angle", "height"): -0.9}},
            "contradict",
        ),
        ({"speed": 0.1}, {"levels": [1.0]}, "level"),
        ({"speed": 0.1}, {"draws": 0}, "draws"),
        ({"speed": 0.1}, {"seed": -1}, "seed"),
    ],
)
def test_settings_that_cannot_be_are_refused(deviations: dict[str, float], options: dict[str, object], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        range_interval(Vacuum(), RELEASE, deviations, **options)  # type: ignore[arg-type]


def test_degrees_for_radians_in_a_deviation_are_noticed() -> None:
    with pytest.raises(InputError, match="draws are no throws"):
        range_interval(Vacuum(), RELEASE, {"angle": 1.0})
