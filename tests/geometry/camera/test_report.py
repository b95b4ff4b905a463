"""Reports and the folder. All sightings are synthetic."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest

from tests.geometry.camera.waving import BOARD, diverse, pose, seen, sure
from trackside.core import OutputError, Report, Verdict
from trackside.geometry.camera import point_deviation
from trackside.geometry.camera.collecting import Shot
from trackside.geometry.camera.exchange import read_lens
from trackside.geometry.camera.report import calibration_report, save_calibration
from trackside.geometry.camera.report.folder import staged_into
from trackside.geometry.camera.report.pictures import drawn
from trackside.geometry.camera.sighting import Sighting
from trackside.geometry.camera.solve import Calibration, calibrate


@pytest.fixture(scope="module")
def sound() -> Calibration:
    return calibrate(BOARD, named(diverse()))


def named(views: list[Sighting]) -> list[Sighting]:
    return [dataclasses.replace(view, source=f"{row}.jpg") for row, view in enumerate(views)]


def verdicts(calibration: Calibration, **more: object) -> dict[str, Verdict]:
    report = calibration_report(calibration, name="pool", **more)  # type: ignore[arg-type]
    return {finding.check: finding.verdict for finding in report.findings}


def test_a_sound_calibration_gives_no_alarm(sound: Calibration) -> None:
    assert set(verdicts(sound).values()) == {Verdict.OK}


def test_the_headline_is_the_expected_error_at_the_working_distance(sound: Calibration) -> None:
    report = calibration_report(sound, name="pool", distance=10.0)
    found = re.fullmatch(r"pool: within ([\d.]+) (mm|cm) at 10 m, ([\d.]+) (mm|cm) at worst", report.title)
    assert found is not None
    millimetres = {"mm": 1.0, "cm": 10.0}
    usual, worst = (float(found[k]) * millimetres[found[k + 1]] for k in (1, 3))
    expected = point_deviation(sound, 10.0)
    assert usual == pytest.approx(1e3 * expected.median, rel=0.1)
    assert worst == pytest.approx(1e3 * expected.worst, rel=0.1)
    assert report.facts["board"] == "chessboard:9x6:square=0.04"


def test_the_error_grows_with_the_distance_until_it_fails(sound: Calibration) -> None:
    huge = dataclasses.replace(sound, covariance=sound.covariance * 1e6)
    assert verdicts(huge)["expected-error"] is Verdict.FAIL
    assert verdicts(huge)["lens"] is Verdict.WARN


def test_few_views_are_noted() -> None:
    few = calibrate(BOARD, named(diverse()[::6]))
    assert verdicts(few)["views"] is Verdict.FAIL


def test_a_bare_half_of_the_picture_is_noted() -> None:
    half = [sure(seen(pose(-0.22 + 0.02 * k, 0, 0.7, 35, 45 * k), seed=k)) for k in range(8)]
    half += [sure(seen(pose(-0.2, 0.05, 0.7, 30, 20 + 45 * k), seed=20 + k)) for k in range(8)]
    assert verdicts(calibrate(BOARD, named(half)))["coverage"] is Verdict.WARN


def test_a_board_seen_only_in_one_corner_is_noted() -> None:
    corner = [sure(seen(pose(-0.3 + 0.01 * k, -0.14, 0.9, 35, 45 * k), seed=k)) for k in range(16)]
    report = calibration_report(calibrate(BOARD, named(corner)), name="pool")
    told = next(finding for finding in report.findings if finding.check == "coverage")
    assert told.verdict is Verdict.WARN
    assert "lower right corner" in told.next_step


def test_a_board_that_never_comes_near_the_edges_is_noted() -> None:
    """It fills most of the picture, but its edges, where distortion is greatest, never show it."""
    middle = [sure(seen(pose(0.02 * (k % 3 - 1), 0, 0.62, 30, 45 * k), seed=k)) for k in range(16)]
    found = verdicts(calibrate(BOARD, named(middle)))
    assert found["coverage"] is Verdict.WARN


def test_the_headline_promises_nothing_where_a_question_went_badly() -> None:
    few = calibration_report(calibrate(BOARD, named(diverse()[::6])), name="pool")
    assert few.title == "pool: not good enough yet (views)"


def test_tilts_to_few_sides_are_noted() -> None:
    places = [(x, y) for x in (-0.3, -0.1, 0.1, 0.3) for y in (-0.1, 0.0, 0.1)]
    views = [sure(seen(pose(x, y, 0.7, 32, 180 * (k % 2)), seed=k)) for k, (x, y) in enumerate(places)]
    assert verdicts(calibrate(BOARD, named(views)))["tilt"] is Verdict.WARN


def test_a_bent_board_shows_in_what_is_left_over() -> None:
    """Bent by 3 mm: half of a hand's width of cardboard. The detector's noise is 0.1 px."""
    lifted = BOARD.points.copy()
    x = (lifted[:, 0] - lifted[:, 0].mean()) / lifted[:, 0].max() * 2
    views = []
    for row, view in enumerate(diverse()):
        where = calibrate_pose(view)
        moved = lifted + np.column_stack([np.zeros((len(x), 2)), 0.003 * (1 - x**2)])
        from tests.geometry.camera.waving import LENS

        pixels = view.pixels + LENS.project(where(moved[view.ids])) - LENS.project(where(lifted[view.ids]))
        views.append(dataclasses.replace(view, pixels=pixels, source=f"{row}.jpg"))
    found = verdicts(calibrate(BOARD, views))
    assert Verdict.WARN in (found["held-out"], found["residuals"])


def calibrate_pose(view: Sighting):  # type: ignore[no-untyped-def]
    import cv2

    from tests.geometry.camera.waving import LENS
    from trackside.geometry.camera.pose import Pose

    _, turn, place = cv2.solvePnP(BOARD.points[view.ids], view.pixels, LENS.matrix, LENS.distortion)
    return Pose.from_vectors(turn.ravel(), place.ravel())


def test_views_of_a_few_points_are_no_overfitting() -> None:
    """A pose from half of 12 points is less sure than one from half of 54: noise alone raises the held-out error."""
    rng = np.random.default_rng(0)
    few = []
    for view in named(diverse()):
        rows = np.sort(rng.choice(len(view.ids), 12, replace=False))
        few.append(dataclasses.replace(view, ids=view.ids[rows], pixels=view.pixels[rows], deviations=view.deviations[rows]))
    calibration = calibrate(BOARD, few)
    assert calibration.held_out > 1.3 * calibration.rms
    assert verdicts(calibration)["held-out"] is Verdict.OK


def test_a_lens_that_learnt_noise_is_noted(sound: Calibration) -> None:
    assert verdicts(dataclasses.replace(sound, held_out=1.6 * sound.rms))["held-out"] is Verdict.WARN


def test_many_points_thrown_out_are_noted(sound: Calibration) -> None:
    left = tuple(np.where(np.arange(len(one))[:, None] % 10 == 0, np.nan, one) for one in sound.residuals)
    assert verdicts(dataclasses.replace(sound, residuals=left))["outliers"] is Verdict.WARN


def test_much_blur_is_noted_and_choices_are_not(sound: Calibration) -> None:
    assert verdicts(sound, reasons={"blurred": 60}, seen=100)["passed-over"] is Verdict.NOTE
    assert verdicts(sound, reasons={"others show more": 60, "blurred": 5}, seen=100)["passed-over"] is Verdict.OK


def test_names_of_files_cannot_break_the_page(sound: Calibration) -> None:
    report = calibration_report(sound, name="<script>alert(1)</script>", reasons={"<b>": 1}, seen=60)
    assert "<script>alert" not in report.to_html()


def test_points_are_drawn_where_they_were_found(sound: Calibration) -> None:
    shot = Shot(sound.sightings[0], np.zeros((270, 480, 3), np.uint8))
    left = np.zeros_like(sound.sightings[0].pixels)
    left[0] = np.nan
    picture = drawn(shot, left)
    x, y = np.round((sound.sightings[0].pixels + 0.5) * 480 / 1280 - 0.5).astype(int).T
    around = [picture[max(b - 4, 0) : b + 5, max(a - 4, 0) : a + 5].reshape(-1, 3).max(0) for a, b in zip(x, y, strict=True)]
    assert around[0][0] > around[0][1]
    assert all(one[1] > one[0] for one in around[12:])


def test_the_folder_holds_the_lens_for_everybody(sound: Calibration, tmp_path: Path) -> None:
    shots = [Shot(sighting, np.zeros((270, 480, 3), np.uint8)) for sighting in sound.sightings]
    report = calibration_report(sound, name="pool", shots=shots)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("stays")
    files = save_calibration(tmp_path / "out", sound, report, shots)
    assert {path.name for path in files} == {"report.html", "lens.json", "opencv.yml", "caliscope.toml", "report.json"}
    for file in files[1:-1]:
        assert read_lens(file).focal == pytest.approx(sound.lens.focal, rel=1e-9)
    assert Report.from_json(files[-1].read_text()).title == report.title
    assert len(list((tmp_path / "out" / "pictures").iterdir())) == len(sound.sightings)
    assert (tmp_path / "out" / "mine.txt").read_text() == "stays"


def test_kalibr_gets_its_file_where_it_can_hold_the_lens(tmp_path: Path) -> None:
    four = calibrate(BOARD, named(diverse()), coefficients=4)
    files = save_calibration(tmp_path / "out", four, calibration_report(four))
    assert "kalibr.yaml" in {path.name for path in files}


def test_a_failure_leaves_nothing_half(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), staged_into(tmp_path / "out") as staging:
        (staging / "lens.json").write_text("{}")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OutputError, match="this is a file"), staged_into(tmp_path / "out"):
        pass
    assert (tmp_path / "out").read_text() == "mine"
