"""The javelin as a body, and its tables."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from trackside.core import InputError, SettingError
from trackside.geometry.flight import MEN, WOMEN, Coefficients, Javelin, javelin, slender_coefficients
from trackside.geometry.flight.slender import axial_area, end_relief, pitch_damping


def rows(**changes: object) -> Coefficients:
    columns: dict[str, object] = {
        "angles": np.radians([0, 10, 20, 30]),
        "drag_area": np.array([0.0007, 0.003, 0.009, 0.02]),
        "lift_area": np.array([0.0, 0.004, 0.012, 0.02]),
        "moment_volume": np.array([0.0, -0.0004, -0.001, -0.003]),
        "source": ("made up for this test",) * 4,
        "measured": np.ones(4, bool),
    }
    return Coefficients(**(columns | changes))  # type: ignore[arg-type]


def test_javelins_keep_the_rules() -> None:
    assert MEN.mass == 0.8 and 2.6 <= MEN.length <= 2.7 and 0.9 <= MEN.centre <= 1.06 and 0.025 <= MEN.diameter <= 0.030
    assert (
        WOMEN.mass == 0.6 and 2.2 <= WOMEN.length <= 2.3 and 0.8 <= WOMEN.centre <= 0.92 and 0.020 <= WOMEN.diameter <= 0.025
    )
    assert javelin("women") is WOMEN


def test_a_rod_has_the_inertia_and_area_of_a_rod() -> None:
    """Whatever the taper, integrals of the profile are those of a sum over slices."""
    along, widths = MEN.profile
    assert along[0] == pytest.approx(MEN.centre - MEN.length) and along[-1] == pytest.approx(MEN.centre)
    assert widths.max() == pytest.approx(MEN.diameter, rel=1e-3) and abs(along[widths.argmax()]) < 2e-3
    middle, slices = (along[1:] + along[:-1]) / 2, (widths[1:] + widths[:-1]) / 2 * np.diff(along)
    assert MEN.planform == pytest.approx(slices.sum())
    assert MEN.rear_centre == pytest.approx(-(slices * middle).sum() / slices.sum(), rel=1e-4)


def test_the_modelled_inertia_lies_between_a_short_and_a_uniform_rod() -> None:
    for body in (MEN, WOMEN):
        uniform = body.mass * (body.length**2 / 12 + (body.length / 2 - body.centre) ** 2)
        assert 0.4 * uniform < body.moment_of_inertia < uniform
    assert replace(MEN, inertia=0.42).moment_of_inertia == 0.42


@pytest.mark.parametrize(
    "settings",
    [{"mass": 0}, {"length": math.nan}, {"diameter": 0.5}, {"centre": 2.0}, {"centre": 1.5}, {"head": 0}, {"inertia": -1}],
)
def test_javelins_that_cannot_be_are_refused(settings: dict[str, float]) -> None:
    with pytest.raises(SettingError):
        replace(MEN, **settings)
    with pytest.raises(SettingError, match="no javelin"):
        javelin("youth")  # type: ignore[arg-type]


def test_the_model_gives_the_forces_its_theory_states() -> None:
    table = slender_coefficients(MEN)
    across = np.argmin(np.abs(table.angles - math.pi / 2))
    assert table.drag_area[across] == pytest.approx(1.2 * end_relief(MEN) * MEN.planform)
    assert table.drag_area[0] == table.drag_area[-1] == pytest.approx(axial_area(MEN))
    assert table.lift_area[across] == pytest.approx(0, abs=1e-12)
    small = np.radians(5.0)
    drag, lift, moment = (values[0] for values in table.at(np.array([small])))
    normal = 1.2 * end_relief(MEN) * MEN.planform * math.sin(small) ** 2
    assert lift * math.cos(small) + drag * math.sin(small) == pytest.approx(normal, rel=1e-6)
    assert moment == pytest.approx(-normal * MEN.rear_centre, rel=1e-6)
    assert not table.measured.any() and "not measured" in table.source[0]


def test_signs_follow_the_angle_of_attack() -> None:
    """Nose up: lift up, moment nose down; nose down: the opposite; drag against the motion always."""
    drag, lift, moment = slender_coefficients(MEN).at(np.radians([10.0, -10.0, 350.0]))
    assert lift[0] > 0 > moment[0]
    np.testing.assert_allclose(drag, drag[0])
    np.testing.assert_allclose(lift, lift[0] * np.array([1, -1, -1]))
    np.testing.assert_allclose(moment, moment[0] * np.array([1, -1, -1]))


def test_the_full_potential_couple_turns_the_nose_up_at_small_angles_only() -> None:
    _, _, moment = slender_coefficients(MEN, couple=1.0).at(np.radians([3.0, 20.0]))
    assert moment[0] > 0 > moment[1]


def test_damping_is_that_of_strips() -> None:
    """The moment of strips that move across the stream, to first order in the pitch rate, for a shaft at 30 degrees."""
    linear, _ = pitch_damping(MEN)
    along, widths = MEN.profile
    across, rate = 30 * math.sin(0.5), 1e-4

    def moment(turning: float) -> float:
        stream = across - turning * along
        return float(np.trapezoid(along * widths * np.abs(stream) * stream, along)) * 1.2 * end_relief(MEN) / 2

    assert (moment(rate) - moment(0.0)) / rate == pytest.approx(-linear * across, rel=1e-3)


def test_a_table_survives_a_file(tmp_path: Path) -> None:
    table = slender_coefficients(MEN)
    table.write(tmp_path / "table.csv")
    again = Coefficients.read(tmp_path / "table.csv")
    for name in ("angles", "drag_area", "lift_area", "moment_volume"):
        np.testing.assert_allclose(getattr(again, name), getattr(table, name), rtol=1e-9, atol=1e-15)
    assert again.source == table.source and not again.measured.any()


def test_a_measured_table_is_completed_by_the_model() -> None:
    whole = rows().completed(slender_coefficients(MEN))
    assert whole.measured.sum() == 4 and whole.angles[-1] == pytest.approx(math.pi)
    assert whole.at(np.radians([10.0]))[0][0] == pytest.approx(0.003)
    assert whole.source[0] != whole.source[-1]


def test_a_table_that_ends_early_says_how_to_go_on() -> None:
    with pytest.raises(InputError, match=r"end at 30 degrees.*completed"):
        rows().at(np.radians([10.0]))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"drag_area": np.array([0.0007, 0.003, np.nan, 0.02])}, "not finite"),
        ({"drag_area": np.array([0.0007, -0.003, 0.009, 0.02])}, "negative"),
        ({"angles": np.radians([0, 20, 10, 30])}, "rise"),
        ({"angles": np.radians([5, 10, 20, 30])}, "rise"),
        ({"lift_area": np.array([0.1, 0.2, 0.3, 0.4])}, "at 0 degrees"),
        ({"lift_area": np.array([0.0, 0.2])}, "length"),
        ({"angles": np.array(["a", "b", "c", "d"])}, "no numbers"),
    ],
)
def test_tables_that_cannot_be_flown_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        rows(**changes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no column angle_deg"),
        ("angle_deg,drag_area_m2\n0,1\n", "no column lift_area_m2"),
        (
            "angle_deg,drag_area_m2,lift_area_m2,moment_volume_m3,source,measured\n0,x,0,0,a,yes\n",
            "line 2: drag_area_m2 is 'x'",
        ),
        ("angle_deg,drag_area_m2,lift_area_m2,moment_volume_m3,source,measured\n0,1,0,0,a,maybe\n", "write yes or no"),
    ],
)
def test_files_that_are_no_tables_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        Coefficients.read(path)
    with pytest.raises(InputError, match="cannot read"):
        Coefficients.read(tmp_path / "absent.csv")


def test_factors_out_of_range_are_refused() -> None:
    for name in ("cross_flow", "couple", "friction"):
        with pytest.raises(SettingError):
            slender_coefficients(MEN, **{name: -1.0})


def test_a_made_up_javelin_needs_no_preset() -> None:
    assert Javelin(0.7, 2.4, 0.9, 0.025).moment_of_inertia > 0
