"""The point mass in moving air."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from trackside.core import InputError, SettingError
from trackside.geometry.flight import Air, PointMass, Projectile, Release, Wind, shot, sphere_drag, vacuum

BALL = Projectile(0.145, 0.074, drag=0.35)
RELEASE = Release(30.0, 0.6, 1.8)
STANDARD = Air()


def test_without_air_it_is_the_closed_form() -> None:
    model, exact = PointMass(BALL, Air(0.0)), float(vacuum(30, 0.6, 1.8).distance)
    assert model.fly(RELEASE).distance == pytest.approx(exact, rel=1e-9)
    assert model.land(RELEASE.columns).distance[0] == pytest.approx(exact, rel=1e-9)


def test_vertical_fall_follows_the_tanh_law() -> None:
    """From rest with quadratic drag: v = u tanh(g t / u), z = h - u^2 / g ln cosh(g t / u), u the terminal speed."""
    model = PointMass(BALL)
    drop = np.zeros((6, 1))
    drop[2] = 100.0
    terminal = math.sqrt(2 * 0.145 * model.gravity / (STANDARD.density * BALL.area * 0.35))
    for _ in range(3000):
        drop = drop + 0.001 * model.motion(drop + 0.0005 * model.motion(drop, RELEASE.columns), RELEASE.columns)
    assert drop[5, 0] == pytest.approx(-terminal * math.tanh(model.gravity * 3 / terminal), rel=1e-6)
    assert drop[2, 0] == pytest.approx(
        100 - terminal**2 / model.gravity * math.log(math.cosh(model.gravity * 3 / terminal)), rel=1e-6
    )


def test_the_energy_that_is_lost_is_the_work_of_drag() -> None:
    model = PointMass(BALL)
    flight = model.fly(RELEASE, points=4001)
    speeds = np.linalg.norm(flight.velocities, axis=1)
    energy = BALL.mass * (speeds**2 / 2 + model.gravity * flight.positions[:, 2])
    power = STANDARD.density / 2 * BALL.area * 0.35 * speeds**3
    from scipy.integrate import simpson

    assert energy[0] - energy[-1] == pytest.approx(simpson(power, x=flight.times), rel=1e-6)
    assert (np.diff(energy) < 0).all()


def test_a_steady_wind_is_a_change_of_frame() -> None:
    """Galileo: thrown in a uniform wind w, seen by one who drifts with the air, it flies as in still air with v - w."""
    wind = np.array([3.0, -2.0])
    model = PointMass(BALL)
    windy = model.fly(replace(RELEASE, wind=3.0, crosswind=-2.0))
    velocity = np.array([30 * math.cos(0.6) - 3.0, 2.0, 30 * math.sin(0.6)])
    level = math.hypot(velocity[0], velocity[1])
    still = model.fly(Release(float(np.linalg.norm(velocity)), math.atan2(velocity[2], level), 1.8))
    assert still.time == pytest.approx(windy.time, rel=1e-9)
    heading = velocity[:2] / level
    np.testing.assert_allclose(windy.positions[-1, :2], still.distance * heading + wind * windy.time, rtol=1e-8)


def test_left_and_right_are_mirror_images() -> None:
    model = PointMass(BALL)
    left = model.land(replace(RELEASE, crosswind=4.0).columns)
    right = model.land(replace(RELEASE, crosswind=-4.0).columns)
    assert left.side[0] == pytest.approx(-right.side[0]) and left.side[0] > 0.5
    assert left.distance[0] == pytest.approx(right.distance[0])


def test_wind_from_behind_carries_and_a_gauge_up_high_counts_less() -> None:
    still, behind = PointMass(BALL).fly(RELEASE), PointMass(BALL).fly(replace(RELEASE, wind=4.0))
    sheared = PointMass(BALL, wind=Wind("power", reference=100.0)).fly(replace(RELEASE, wind=4.0))
    assert still.distance < sheared.distance < behind.distance


def test_backspin_lifts_and_topspin_drops() -> None:
    backspin = PointMass(replace(BALL, lift=0.2)).fly(RELEASE)
    topspin = PointMass(replace(BALL, lift=0.2, axis=(0.0, 1.0, 0.0))).fly(RELEASE)
    plain = PointMass(BALL).fly(RELEASE)
    assert topspin.apex < plain.apex < backspin.apex
    assert backspin.distance > plain.distance > topspin.distance


def test_lift_does_no_work() -> None:
    state = np.array([[0.0], [0], [10], [12], [-3], [5]])
    with_lift = PointMass(replace(BALL, lift=0.3)).motion(state, RELEASE.columns)
    without = PointMass(BALL).motion(state, RELEASE.columns)
    difference = (with_lift - without)[3:, 0]
    assert np.linalg.norm(difference) > 0.5 and difference @ state[3:, 0] == pytest.approx(0, abs=1e-12)


def test_batch_and_single_throw_agree_and_the_step_converges() -> None:
    truth = PointMass(BALL).fly(RELEASE).distance
    errors = [abs(PointMass(BALL, step=step).land(RELEASE.columns).distance[0] - truth) for step in (0.16, 0.08, 0.04, 0.02)]
    assert errors[-1] < 1e-7
    # Order 4: halving the step gains about 16; 8 leaves room for the landing step.
    assert errors[0] > 8 * errors[1] > 64 * errors[2]


def test_ten_thousand_throws_are_those_of_one_by_one() -> None:
    random = np.random.default_rng(1)
    throws = np.repeat(RELEASE.columns, 10_000, axis=1)
    throws[0] += random.normal(0, 1, 10_000)
    throws[5] += random.normal(0, 2, 10_000)
    landings = PointMass(BALL).land(throws)
    for row in (0, 777, 9_999):
        one = PointMass(BALL).fly(Release(*throws[:, row].tolist()))
        assert landings.distance[row] == pytest.approx(one.distance, abs=1e-6)
        assert landings.time[row] == pytest.approx(one.time, abs=1e-7)


def test_the_drag_of_a_sphere_has_its_known_landmarks() -> None:
    """Stokes at small Reynolds numbers; 0.4 to 0.5 at 10^4 to 10^5; the drag crisis by 4 10^5."""
    reynolds = np.array([0.01, 1e4, 1e5, 4e5])
    found = sphere_drag(reynolds, reynolds)
    assert found[0] == pytest.approx(2400, rel=0.01)
    assert 0.38 < found[1] < 0.52 and 0.4 < found[2] < 0.55 and found[3] < 0.15


def test_a_shot_loses_little() -> None:
    flight = PointMass(shot("men")).fly(Release(14, math.radians(37), 2.1))
    assert 0.05 < float(vacuum(14, math.radians(37), 2.1).distance) - flight.distance < 0.3


@pytest.mark.parametrize(
    "settings", [{"mass": 0}, {"mass": -1}, {"diameter": math.nan}, {"drag": -0.1}, {"axis": (0, 0, 2.0)}]
)
def test_bodies_that_cannot_be_are_refused(settings: dict[str, float]) -> None:
    with pytest.raises(SettingError):
        replace(BALL, **settings)


def test_unknown_shots_and_batches_of_the_wrong_shape_are_refused() -> None:
    with pytest.raises(SettingError, match="no shot"):
        shot("dogs")  # type: ignore[arg-type]
    for throws in (np.zeros((3, 4)), np.empty((7, 0)), np.full((7, 2), np.nan)):
        with pytest.raises(InputError):
            PointMass(BALL).land(throws)


def test_what_floats_down_for_minutes_is_an_error_not_a_hang() -> None:
    balloon, high = PointMass(Projectile(0.01, 1.0, drag=1.0)), Release(1.0, 0.5, 40.0)
    with pytest.raises(InputError, match="come down"):
        balloon.land(high.columns)
    with pytest.raises(InputError, match="come down"):
        balloon.fly(high)


def test_a_throw_downwards_from_ground_level_ends_at_once() -> None:
    assert PointMass(BALL).land(Release(10, -0.5, 0.0).columns).distance[0] == pytest.approx(0, abs=1e-6)
