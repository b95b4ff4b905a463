"""The closed form without air."""

from __future__ import annotations

import math

import numpy as np
import pytest

from trackside.core import InputError, SettingError
from trackside.geometry.flight import Release, Vacuum, sensitivities, vacuum

DEGREE = math.pi / 180


def test_the_published_anchor() -> None:
    """29.12 m/s at 34 degrees from 1.8 m (Los Angeles 1984): 82.7 m; 5.5 m per m/s, 1.04 m per degree, 1.4 m per m."""
    flight = vacuum(29.12, 34 * DEGREE, 1.8, gravity=9.81)
    assert flight.distance == pytest.approx(82.7, abs=0.05)
    assert flight.by_speed == pytest.approx(5.5, abs=0.05)
    assert flight.by_angle * DEGREE == pytest.approx(1.04, abs=0.01)
    assert flight.by_height == pytest.approx(1.4, abs=0.05)


@pytest.mark.parametrize(
    ("speed", "angle", "height", "landing"), [(29, 0.6, 1.8, 0.0), (12, -0.3, 2.0, 0.5), (40, 1.4, 0.1, 0.1)]
)
def test_derivatives_are_those_of_the_distance(speed: float, angle: float, height: float, landing: float) -> None:
    def distance(v: float, a: float, h: float) -> float:
        return float(vacuum(v, a, h, landing=landing).distance)

    flight, step = vacuum(speed, angle, height, landing=landing), 1e-5
    assert flight.by_speed == pytest.approx(
        (distance(speed + step, angle, height) - distance(speed - step, angle, height)) / 2 / step
    )
    assert flight.by_angle == pytest.approx(
        (distance(speed, angle + step, height) - distance(speed, angle - step, height)) / 2 / step
    )
    assert flight.by_height == pytest.approx(
        (distance(speed, angle, height + step) - distance(speed, angle, height)) / step, rel=1e-3
    )


def test_distance_time_and_apex_satisfy_the_equation_of_motion() -> None:
    flight = vacuum([20.0, 25.0], 0.6, 2.0, landing=1.0, gravity=9.8)
    fall = 2.0 + np.array([20.0, 25.0]) * math.sin(0.6) * flight.time - 4.9 * flight.time**2
    np.testing.assert_allclose(fall, 1.0, atol=1e-12)
    np.testing.assert_allclose(flight.distance, np.array([20.0, 25.0]) * math.cos(0.6) * flight.time)
    np.testing.assert_allclose(flight.apex, 1.0 + (np.array([20.0, 25.0]) * math.sin(0.6)) ** 2 / 19.6)


def test_a_throw_downwards_has_its_apex_at_release() -> None:
    assert vacuum(10, -0.5, 3.0, landing=1.0).apex == 2.0


def test_the_path_ends_where_the_closed_form_says() -> None:
    flight = Vacuum().fly(Release(25, 0.6, 1.8))
    assert flight.distance == pytest.approx(float(vacuum(25, 0.6, 1.8).distance), rel=1e-12)
    assert flight.positions[-1, 2] == pytest.approx(0, abs=1e-12)
    assert flight.valid and flight.apex == pytest.approx(float(vacuum(25, 0.6, 1.8).apex), abs=1e-3)


def test_sensitivities_by_differences_agree_with_the_exact_ones() -> None:
    release = Release(29.12, 34 * DEGREE, 1.8)
    found = {one.name: one for one in sensitivities(Vacuum(), release)}
    exact = vacuum(29.12, 34 * DEGREE, 1.8)
    assert found["speed"].derivative == pytest.approx(float(exact.by_speed), rel=1e-4)
    assert found["angle"].derivative == pytest.approx(float(exact.by_angle), rel=1e-4)
    assert found["height"].derivative == pytest.approx(float(exact.by_height), rel=1e-4)
    assert found["speed"].shown == "speed: +5.51 m per m/s"
    assert found["angle"].shown == "angle: +1.04 m per degree"


def test_sensitivity_to_height_at_ground_level_is_one_sided() -> None:
    found = sensitivities(Vacuum(), Release(25, 0.6, 0.0), ["height"])[0].derivative
    assert found == pytest.approx(float(vacuum(25, 0.6, 0.0).by_height), rel=0.01)


@pytest.mark.parametrize(
    ("speed", "angle", "height"),
    [
        (math.nan, 0.6, 1.8),
        (-5, 0.6, 1.8),
        (0, 0.6, 1.8),
        (29, math.pi / 2, 1.8),
        (29, 34, 1.8),
        (29, 0.6, -0.1),
        (math.inf, 0.6, 1),
    ],
)
def test_throws_that_cannot_be_are_refused(speed: float, angle: float, height: float) -> None:
    with pytest.raises(InputError, match="cannot be"):
        vacuum(speed, angle, height)
    with pytest.raises(SettingError, match="is "):
        Release(speed, angle, height)


def test_degrees_for_radians_are_named() -> None:
    with pytest.raises(SettingError, match="radians"):
        Release(29, 34, 1.8)


def test_gravity_must_pull() -> None:
    with pytest.raises(SettingError, match="gravity"):
        vacuum(29, 0.6, 1.8, gravity=0)
