"""The best release, and the plot."""

from __future__ import annotations

import math

import pytest

from trackside.core import InputError, SettingError
from trackside.geometry.flight import Release, RigidJavelin, Vacuum, best_angle, best_release, figure


@pytest.mark.parametrize(("speed", "height"), [(14, 2.1), (29, 1.8), (9, 0.0)])
def test_without_air_it_is_the_textbook_angle(speed: float, height: float) -> None:
    """tan(angle) = v / sqrt(v^2 + 2 g h)."""
    found = best_angle(speed, height)
    exact = math.atan(speed / math.sqrt(speed**2 + 2 * 9.80665 * height))
    assert found.release.angle == pytest.approx(exact, abs=1e-4) and not found.at_edge


def test_slower_at_steeper_angles_throws_flatter() -> None:
    free, real = best_angle(29, 1.8), best_angle(29, 1.8, speed_loss=6.0)
    assert real.release.angle < free.release.angle - math.radians(3)
    assert real.distance == pytest.approx(float(Vacuum().land(real.release.columns).distance[0]))


def test_nothing_near_the_best_javelin_throw_flies_farther() -> None:
    model, start = RigidJavelin(), Release(29, math.radians(34), 1.8)
    found = best_release(model, start, {"angle": (0.4, 0.9), "attack": (-0.3, 0.3)})
    for name, step in (("angle", 0.03), ("attack", 0.03)):
        for sign in (-1, 1):
            values = {field: getattr(found.release, field) for field in Release.__slots__}
            values[name] += sign * step
            assert model.fly(Release(**values)).distance <= found.distance + 1e-4


def test_an_optimum_at_the_end_of_the_range_is_told() -> None:
    assert best_angle(29, 1.8, angles=(0.1, 0.5)).at_edge == ("angle",)


def test_searches_that_cannot_be_are_refused() -> None:
    start = Release(29, 0.6, 1.8)
    for ranges in ({}, {"attack": (0.0, 0.1)}, {"angle": (0.5, 0.4)}, {"angle": (0.4, math.nan)}, {"nothing": (0, 1)}):
        with pytest.raises(SettingError):
            best_release(Vacuum(), start, ranges)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="nose first"):
        best_release(RigidJavelin(), Release(5, 0.6, 1.8), {"angle": (0.55, 0.6)})


def test_the_figure_shows_what_was_computed() -> None:
    flight = RigidJavelin().fly(Release(29, 0.6, 1.8))
    drawn = figure({"javelin": flight, "no air": Vacuum().fly(Release(29, 0.6, 1.8))})
    assert [trace["name"] for trace in drawn["data"]][:2] == [f"javelin: {flight.distance:.1f} m, nose first", "attitude"]
    assert drawn["data"][0]["x"] == flight.positions[:, 0].tolist()
    import plotly.graph_objects

    assert len(plotly.graph_objects.Figure(drawn).data) == 3
    with pytest.raises(InputError, match="no flight"):
        figure({})
