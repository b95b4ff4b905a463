"""The forecast, on synthetic curves: right where it speaks, silent where a curve says nothing; rules that stop a run."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from trackside.core import SettingError
from trackside.lab.fitting import Aim, DiminishingReturns, Epoch, History, Patience, forecast

MINUTE = 60.0


def curve(kind: str, random: np.random.Generator, count: int) -> tuple[NDArray[np.float64], float, float]:
    """Noisy results, the limit, and the share of the gain that is reached."""
    limit, gain, epochs = random.uniform(0.7, 0.98), random.uniform(0.1, 0.6), np.arange(1.0, count + 1)
    match kind:
        case "exponential":
            left = np.exp(-(epochs - 1) / random.uniform(2, 15))
        case "power":
            left = epochs ** -random.uniform(0.4, 1.5)
        case _:
            left = 1 / (1 + 0.2 * epochs ** random.uniform(0.8, 1.5))  # Morgan-Mercer-Flodin: not in the family
    return limit - gain * left + random.normal(0, 0.003, count), limit, float(1 - left[-1] / left[0])


@pytest.mark.parametrize("kind", ["exponential", "power", "other"])
def test_intervals_hold_the_truth_about_as_often_as_they_say(kind: str) -> None:
    held, told = 0, 0
    for seed in range(60):
        values, _, truth = curve(kind, np.random.default_rng([11, seed]), 30)
        found = forecast(list(values), list(np.arange(1, 31) * MINUTE), higher_is_better=True)
        if found.possible and found.reached is not None:
            told += 1
            held += found.reached.low - 0.01 <= truth <= found.reached.high + 0.01
    assert told >= 20
    assert held / told >= 0.85


def test_a_saturated_curve_says_how_much_is_reached_and_what_a_point_costs() -> None:
    epochs = np.arange(1.0, 41)
    values = 0.9 - 0.5 * np.exp(-(epochs - 1) / 10) + np.random.default_rng(1).normal(0, 0.001, 40)
    found = forecast(list(values), list(epochs * 360), higher_is_better=True)
    assert found.possible and found.reached is not None and found.limit is not None and found.hours_for_point is not None
    assert found.reached.middle == pytest.approx(1 - math.exp(-3.9), abs=0.03)
    assert found.limit.low - 0.005 <= 0.9 <= found.limit.high + 0.005
    # 0.0101 are left after 40 epochs, so that a point is hardly within reach: hours, or never.
    assert found.hours_for_point.middle > 1
    assert "of what is to be gained is reached" in found.says and "another point of accuracy" in found.says


def test_a_point_costs_what_the_curve_really_takes() -> None:
    epochs = np.arange(1.0, 31)
    found = forecast(list(0.9 - 0.5 / epochs**0.7), list(epochs * 360), higher_is_better=True)
    now = 30**-0.7
    truth = ((now - 0.01 / 0.5) ** (-1 / 0.7) - 30) * 0.1
    assert found.hours_for_point is not None
    assert found.hours_for_point.low <= truth <= found.hours_for_point.high
    assert found.hours_for_point.middle == pytest.approx(truth, rel=0.3)


def test_losses_are_forecast_downwards() -> None:
    epochs = np.arange(1.0, 31)
    values = 0.2 + 1.5 * np.exp(-(epochs - 1) / 5) + np.random.default_rng(2).normal(0, 0.003, 30)
    found = forecast(list(values), list(epochs * MINUTE), higher_is_better=False, name="loss")
    assert found.limit is not None
    assert found.limit.low - 0.01 <= 0.2 <= found.limit.high + 0.01
    assert "another 1 % of loss" in found.says


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([0.5, 0.6, 0.7], "too few"),
        ([0.5, 0.6, 0.7, 0.75, math.nan, 0.8, 0.8], "not a number"),
        (list(np.linspace(0.3, 0.6, 12) + np.random.default_rng(0).normal(0, 0.002, 12)), "no forecast yet: between"),
        (list(0.5 + np.random.default_rng(3).normal(0, 0.01, 12)), "no gain that stands out"),
        ([0.5, 0.6, 0.7, 0.75, 0.8, 0.79, 0.77, 0.76, 0.74, 0.73], "getting worse since epoch 5"),
    ],
    ids=["few", "nan", "straight", "flat", "worsens"],
)
def test_a_curve_that_allows_no_forecast_gets_none(values: list[float], says: str) -> None:
    found = forecast(values, list(np.arange(1, len(values) + 1) * MINUTE), higher_is_better=True)
    assert not found.possible and found.reached is None
    assert says in found.says


def history(values: list[float], minutes: float = 6.0) -> History:
    epochs = [Epoch(n, n, 1.0, 1.0, {"accuracy": value}, n * minutes * 60) for n, value in enumerate(values, 1)]
    return History(epochs=epochs)


def test_a_run_stops_when_gains_come_more_slowly_than_wished_and_not_before() -> None:
    aim, rule = Aim("accuracy", True), DiminishingReturns(gain_per_hour=0.01)
    values = [0.9 - 0.5 * math.exp(-n / 5) for n in range(80)]
    stopped = next(count for count in range(1, 80) if rule(history(values[:count]), aim))
    # Ten epochs an hour: the true gain of the next hour falls below a point when 0.5 e^(-n/5) (1 - e^-2) < 0.01, at n = 19.
    assert 19 <= stopped <= 40
    why = rule(history(values[:stopped]), aim)
    assert "slower than 0.01 of accuracy an hour" in why
    assert not rule(history([0.3 + 0.02 * n for n in range(30)]), aim), "a straight line says nothing about its end"


def test_patience_counts_from_the_best_epoch_and_a_small_gain_is_none() -> None:
    aim = Aim("accuracy", True)
    assert not Patience(3)(history([0.5, 0.6, 0.6, 0.6]), aim)
    assert Patience(3)(history([0.5, 0.6, 0.6, 0.6, 0.5]), aim)
    assert Patience(3, least=0.05)(history([0.5, 0.51, 0.52, 0.53]), aim)
    assert not Patience(3)(history([0.5, 0.51, 0.52, 0.53]), aim)
    assert Patience(2)(history([math.nan] * 2), aim)


def test_rules_that_make_no_sense_are_refused() -> None:
    for make in (lambda: Patience(0), lambda: DiminishingReturns(0.0), lambda: DiminishingReturns(1.0, certainty=0.2)):
        with pytest.raises(SettingError):
            make()
