"""The javelin in flight."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import simpson

from trackside.core import InputError
from trackside.geometry.flight import (
    MEN,
    WOMEN,
    Air,
    Javelin,
    Release,
    RigidJavelin,
    Wind,
    slender_coefficients,
    vacuum,
)

MODEL = RigidJavelin()
RELEASE = Release(29.12, math.radians(34), 1.8, math.radians(2))
NO_DAMPING = RigidJavelin(damping=(0.0, 0.0))


def test_without_air_its_centre_flies_the_closed_form() -> None:
    """It lands when an end touches, so the closed form is taken to the height of the centre then."""
    flight = RigidJavelin(air=Air(0.0)).fly(replace(RELEASE, pitch_rate=-0.3))
    exact = vacuum(29.12, RELEASE.angle, 1.8, landing=float(flight.positions[-1, 2]))
    assert flight.positions[-1, 0] == pytest.approx(float(exact.distance), rel=1e-9)
    assert flight.time == pytest.approx(float(exact.time), rel=1e-9)
    np.testing.assert_allclose(flight.pitch, RELEASE.angle + RELEASE.attack - 0.3 * flight.times, atol=1e-9)


def test_the_tip_touches_the_ground_at_landing() -> None:
    flight = MODEL.fly(RELEASE)
    assert flight.contact == "nose first" and flight.valid
    assert flight.positions[-1, 2] + MEN.centre * math.sin(flight.pitch[-1]) == pytest.approx(0, abs=1e-8)
    assert flight.distance == pytest.approx(flight.positions[-1, 0] + MEN.centre * math.cos(flight.pitch[-1]))


@pytest.mark.parametrize("attack", [2, 15, -10])
def test_the_energy_that_is_lost_is_the_work_of_the_air(attack: float) -> None:
    flight = MODEL.fly(replace(RELEASE, attack=math.radians(attack), pitch_rate=0.2), points=8001)
    states = np.stack([*flight.positions[:, [0, 2]].T, *flight.velocities[:, [0, 2]].T, flight.pitch, flight.pitch_rate])
    force, moment = MODEL.loads(states, np.repeat(RELEASE.columns, 8001, axis=1))
    power = (force * states[2:4]).sum(axis=0) + moment * states[5]
    speed, spin = (states[2:4] ** 2).sum(axis=0), MEN.moment_of_inertia * states[5] ** 2
    energy = MEN.mass * (speed / 2 + MODEL.gravity * states[1]) + spin / 2
    assert energy[-1] < energy[0]
    assert energy[-1] - energy[0] == pytest.approx(simpson(power, x=flight.times), rel=1e-6)


def test_air_at_rest_never_adds_energy_but_through_the_moment() -> None:
    """Drag and damping take, lift does no work: over random states the power but for the static moment is never positive."""
    random = np.random.default_rng(3)
    states = random.normal(0, [[1], [1], [20], [20], [2], [2]], (6, 500))
    throws = np.repeat(Release(20, 0.5, 1.8).columns, 500, axis=1)
    force, moment = MODEL.loads(states, throws)
    static = NO_DAMPING.loads(states, throws)[1]
    assert ((force * states[2:4]).sum(axis=0) <= 1e-12).all()
    assert ((moment - static) * states[5] <= 1e-12).all() and (moment != static).any()


def test_backwards_is_the_mirror_image() -> None:
    """Reciprocity: x -> -x, pitch -> pi - pitch, wind turned round."""
    random = np.random.default_rng(4)
    states = random.normal(0, [[5], [3], [20], [10], [1], [1]], (6, 200))
    throws = np.repeat(replace(RELEASE, wind=3.0).columns, 200, axis=1)
    mirrored, turned = states * np.array([[-1], [1], [-1], [1], [-1], [-1]]), throws.copy()
    mirrored[4] += math.pi
    turned[5] *= -1
    expected = MODEL.motion(states, throws) * np.array([[-1], [1], [-1], [1], [-1], [-1]])
    np.testing.assert_allclose(MODEL.motion(mirrored, turned), expected, atol=1e-9)


def test_upside_down_is_the_mirror_image_but_for_gravity() -> None:
    random = np.random.default_rng(5)
    states = random.normal(0, [[5], [0], [20], [10], [1], [1]], (6, 200))
    throws = np.repeat(RELEASE.columns, 200, axis=1)
    signs = np.array([[1], [-1], [1], [-1], [-1], [-1]])
    weight = np.zeros((6, 200))
    weight[3] = MODEL.gravity
    np.testing.assert_allclose(
        MODEL.motion(signs * states, throws) + weight, signs * (MODEL.motion(states, throws) + weight), atol=1e-9
    )


def test_a_steady_wind_is_a_change_of_frame() -> None:
    """In a uniform wind w, seen from the drifting air, it flies as in still air with velocity less w and the same pitch."""
    windy = MODEL.fly(replace(RELEASE, wind=4.0))
    forward, up = 29.12 * math.cos(RELEASE.angle) - 4.0, 29.12 * math.sin(RELEASE.angle)
    angle = math.atan2(up, forward)
    still = MODEL.fly(Release(math.hypot(forward, up), angle, 1.8, RELEASE.angle + RELEASE.attack - angle))
    assert windy.time == pytest.approx(still.time, rel=1e-8)
    assert windy.positions[-1, 0] == pytest.approx(still.positions[-1, 0] + 4.0 * windy.time, rel=1e-8)
    np.testing.assert_allclose(windy.pitch, still.pitch, atol=1e-7)


@pytest.mark.parametrize(("body", "speed"), [(MEN, 29.5), (WOMEN, 24.0)])
@pytest.mark.parametrize("attack", [-5, 0, 5, 10])
def test_new_rules_javelins_turn_nose_down_and_land_on_their_tip(body: Javelin, speed: float, attack: float) -> None:
    flight = RigidJavelin(body).fly(Release(speed, math.radians(35), 1.8, math.radians(attack)))
    assert flight.contact == "nose first"
    assert math.radians(-75) < flight.pitch[-1] < math.radians(-15)


@pytest.mark.parametrize(("speed", "angle"), [(29, 34), (29, 36), (30, 34), (30, 36)])
def test_a_world_class_release_flies_a_world_class_distance(speed: float, angle: float) -> None:
    assert 75 < MODEL.fly(Release(speed, math.radians(angle), 1.8)).distance < 92


def test_throws_that_do_not_count_are_found() -> None:
    """A slow throw has no time to turn: tail first. Without air a javelin keeps its attitude: level lands flat."""
    stable, slow, level = RELEASE, Release(5, 0.6, 1.8), Release(20, 0.1, 1.8, attack=-0.1)
    airless = RigidJavelin(air=Air(0.0))
    assert MODEL.fly(stable).contact == "nose first" and MODEL.fly(stable).valid
    assert MODEL.fly(slow).contact == "tail first" and not MODEL.fly(slow).valid
    assert airless.fly(level).contact == "flat" and not airless.fly(level).valid
    throws = np.concatenate([stable.columns, slow.columns], axis=1)
    np.testing.assert_array_equal(MODEL.land(throws).valid, [True, False])


def test_batch_and_single_throw_agree_and_the_step_converges() -> None:
    truth = MODEL.fly(RELEASE)
    smooth = [abs(RigidJavelin(step=step).land(RELEASE.columns).distance[0] - truth.distance) for step in (0.16, 0.04, 0.01)]
    # Between the rows of the table the curve has a jump in its second derivative, so the order is below 4.
    assert smooth[0] < 1e-2 and smooth[1] < 1e-4 and smooth[2] < 2e-5
    assert MODEL.land(RELEASE.columns).time[0] == pytest.approx(truth.time, abs=1e-5)


def test_pitch_damping_calms_the_javelin() -> None:
    start = replace(RELEASE, attack=math.radians(20))
    damped, free = MODEL.fly(start), NO_DAMPING.fly(start)
    assert np.abs(damped.pitch_rate).max() < np.abs(free.pitch_rate).max()


def test_attack_at_release_is_against_the_air() -> None:
    assert MODEL.fly(RELEASE).attack[0] == pytest.approx(math.radians(2))
    assert MODEL.fly(replace(RELEASE, wind=-5.0)).attack[0] > math.radians(2)


def distance(model: RigidJavelin, release: Release) -> float:
    return float(model.land(release.columns).distance[0])


def test_thick_air_matters_and_a_gauge_up_high_counts_less() -> None:
    assert abs(distance(RigidJavelin(air=Air(0.6)), RELEASE) - distance(RigidJavelin(air=Air(1.3)), RELEASE)) > 0.05
    windy = replace(RELEASE, wind=5.0)
    still, uniform = distance(MODEL, RELEASE), distance(MODEL, windy)
    assert still < distance(RigidJavelin(wind=Wind("log", reference=50.0)), windy) < uniform


def test_the_table_counts() -> None:
    heavy = RigidJavelin(table=slender_coefficients(MEN, friction=5.0))
    assert distance(heavy, RELEASE) < distance(MODEL, RELEASE) - 3


def test_what_the_model_cannot_do_is_refused() -> None:
    with pytest.raises(InputError, match="crosswind"):
        MODEL.fly(replace(RELEASE, crosswind=1.0))
    with pytest.raises(InputError, match="sticks in the ground"):
        MODEL.fly(Release(20, 1.2, 1.0))
