"""What a curve of losses says by itself."""

import math

from trackside.lab.diagnosis.losses import Losses


def test_a_single_high_first_loss_is_not_where_a_long_run_starts():
    assert Losses([9.0, *[2.0] * 199]).start == 2.0
    assert Losses([2.0, 9.0, 9.0]).start == 2.0


def test_a_loss_that_ends_higher_rises_and_a_short_one_cannot():
    assert Losses([1.0] * 10 + [2.0] * 10).rises
    assert not Losses([1.0, 2.0]).rises
    assert not Losses([1.0] * 10 + [1.2] * 10).rises


def test_a_jump_is_measured_from_the_first_ten():
    assert Losses([1.0] * 10 + [9.0] + [0.5] * 20).jumped
    assert not Losses([0.001, *[1.0] * 30]).jumped


def test_a_loss_still_falls_or_not():
    assert Losses([1 - step / 100 for step in range(80)]).falls
    assert not Losses([1 / (1 + step) + 1 for step in range(2_000)]).falls


def test_nan_is_broken_and_does_not_hide_where_the_run_ended():
    assert Losses([1.0, math.nan]).broken
    assert not Losses([1.0, 0.5]).broken
    assert math.isnan(Losses([1.0] * 5 + [math.nan] * 20).end)
