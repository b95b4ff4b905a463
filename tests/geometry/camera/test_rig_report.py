"""The report of a rig, on synthetic sightings of known truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.geometry.camera.views import BOARD, USUAL, random_pose, seen
from trackside.core import Finding, Number, Report, Verdict
from trackside.core.findings import Measurement
from trackside.geometry.camera.exchange import read_rig, write_rig
from trackside.geometry.camera.pose import Pose
from trackside.geometry.camera.report import rig_report
from trackside.geometry.camera.rig import Rig, calibrate_rig

STANDING = {
    "left": Pose.identity(),
    "middle": Pose.from_vectors([0.02, -0.2, 0.01], [-0.3, 0.01, 0.05]),
    "right": Pose.from_vectors([-0.03, -0.4, 0.0], [-0.6, 0.0, 0.2]),
}


def rig_of(wrong: str = "", count: int = 24) -> Rig:
    """Three cameras; one of them may be given the lens of another zoom."""
    rng, views = np.random.default_rng(0), {name: [] for name in STANDING}
    for moment in range(count):
        board = random_pose(rng, USUAL, distance=(0.7, 1.3))
        for name, pose in STANDING.items():
            sighting = seen(USUAL, BOARD, pose @ board, 0.1, rng, time=float(moment))
            views[name] += [sighting] if sighting else []
    lenses = {name: replace(USUAL, focal=(1150.0, 1155.0)) if name == wrong else USUAL for name in STANDING}
    return calibrate_rig(BOARD, lenses, views)


@pytest.fixture(scope="module")
def sound() -> Rig:
    return rig_of()


def verdicts(report: Report) -> dict[str, Verdict]:
    return {finding.check: finding.verdict for finding in report.findings}


def test_a_sound_rig_gives_no_alarm(sound: Rig) -> None:
    report = rig_report(sound)
    assert set(verdicts(report).values()) == {Verdict.OK}
    assert report.title.startswith("3 cameras: known to stand within")
    assert max(sound.camera_thrown_out.values()) < 0.02


def test_a_wrong_lens_is_told_although_what_is_left_fits_well() -> None:
    ill = rig_of(wrong="middle")
    report = rig_report(ill)
    assert max(ill.camera_thrown_out.values()) > 0.1
    assert verdicts(report)["agreement"] is Verdict.FAIL
    assert report.title == "3 cameras: where they stand is not to be trusted yet"
    told = next(finding for finding in report.findings if finding.check == "agreement")
    assert "with a wrong lens most are thrown out" in told.says
    assert {number.name for number in told.evidence.numbers} == set(STANDING)


def test_few_moments_are_noted() -> None:
    assert verdicts(rig_report(rig_of(count=7)))["rig"] is Verdict.WARN


def test_a_board_of_another_size_is_noted(sound: Rig) -> None:
    assert verdicts(rig_report(replace(sound, scale=1.04)))["rig"] is Verdict.WARN


def test_each_camera_says_what_went_badly(sound: Rig) -> None:
    good = Finding("expected-error", "?", Verdict.OK, "within 1 cm", Measurement((Number("error", 1.0, "cm"),)))
    bad = Finding("coverage", "?", Verdict.WARN, "half of the picture is bare", Measurement())
    reports = {"left": Report("left", (good,)), "right": Report("right", (good, bad))}
    left, right = rig_report(sound, reports).findings[-2:]
    assert (left.verdict, right.verdict) == (Verdict.OK, Verdict.WARN)
    assert right.next_step == "see right/report.html: coverage"
    assert rig_report(sound, reports).title.startswith("3 cameras: known to stand within")


def test_a_poor_lens_takes_the_promise_from_the_headline(sound: Rig) -> None:
    poor = Finding("expected-error", "?", Verdict.FAIL, "within 1 m", Measurement((Number("error", 100.0, "cm"),)))
    assert rig_report(sound, {"left": Report("left", (poor,))}).title.endswith("lenses of left are not good enough yet")


def test_what_each_camera_lost_is_kept_in_the_file(sound: Rig, tmp_path) -> None:  # type: ignore[no-untyped-def]
    write_rig(tmp_path / "rig.json", sound)
    assert read_rig(tmp_path / "rig.json").camera_thrown_out == sound.camera_thrown_out
