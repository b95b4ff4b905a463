"""Air and wind."""

from __future__ import annotations

import math

import numpy as np
import pytest

from trackside.core import SettingError
from trackside.geometry.flight import Air, Wind, air


def test_the_worked_point_of_the_standard() -> None:
    """Dry air at 20 degrees and 101325 Pa is 1.2045 kg/m^3 (CIPM-2007 with 400 ppm carbon dioxide)."""
    assert air(20.0, 101_325.0, 0.0).density == pytest.approx(1.20453, abs=5e-5)


def test_moist_air_is_near_the_ideal_gas() -> None:
    """Saturated vapour at 20 degrees: 2,339 Pa (steam tables); (p - 0.378 e) / (287.05 T), and real air is 0.04 % denser."""
    ideal = (101_325 - 0.378 * 0.5 * 2339) / (287.05 * 293.15)
    assert air(20.0, 101_325.0, 0.5).density == pytest.approx(ideal * 1.0004, abs=2e-4)


def test_the_standard_atmosphere() -> None:
    """ISO 2533: 1.225 kg/m^3 at sea level, dry; the pressure at 2,240 m (Mexico City) is 77.3 kPa, a quarter less dense."""
    assert air(15.0, humidity=0.0).density == pytest.approx(1.225, rel=5e-4)
    assert air(15.0, humidity=0.0, altitude=2240).density == pytest.approx(1.225 * 77.3 / 101.325, rel=2e-3)
    assert air(15.0).viscosity == pytest.approx(1.789e-5, rel=1e-3)


def test_warm_moist_and_high_air_is_thinner() -> None:
    base = air(15).density
    assert air(30).density < base and air(15, humidity=1.0).density < base and air(15, altitude=1000).density < base


@pytest.mark.parametrize(
    "settings",
    [{"temperature": 300.0}, {"pressure": 1013.0}, {"humidity": 50}, {"altitude": 20_000}, {"temperature": math.nan}],
)
def test_weather_that_cannot_be_is_refused(settings: dict[str, float]) -> None:
    with pytest.raises(SettingError):
        air(**settings)


def test_a_vacuum_is_air_and_negative_air_is_not() -> None:
    assert Air(0.0).density == 0
    with pytest.raises(SettingError, match="density"):
        Air(-1.0)


@pytest.mark.parametrize("profile", ["uniform", "power", "log"])
def test_a_profile_is_one_at_its_reference_and_rises(profile: str) -> None:
    wind = Wind(profile, reference=2.0)  # type: ignore[arg-type]
    heights = np.array([-0.1, 0.0, 0.5, 2.0, 10.0])
    found = wind.factor(heights)
    assert found[3] == pytest.approx(1.0) and (np.diff(found) >= 0).all()
    if profile != "uniform":
        assert found[0] == found[1] == 0 and found[4] > 1.1


def test_the_power_law_is_the_published_one() -> None:
    assert Wind("power", 10.0).factor(np.array([2.0]))[0] == pytest.approx(0.2 ** (1 / 7))


def test_unknown_profiles_are_refused() -> None:
    with pytest.raises(SettingError, match="no wind profile"):
        Wind("storm")  # type: ignore[arg-type]
