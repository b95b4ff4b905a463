"""A camera that moves, on real footage of a still one (moved by us) and on synthetic pictures; and one that does not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from trackside.core import Finding, InputError, SettingError, Verdict
from trackside.geometry.planes import Drift, Homography

Picture = NDArray[np.uint8]
SIZE = (768, 576)
GROUND = Homography(np.array([[0.02, 0, 0], [0, 0.03, 0], [0, 1e-4, 1.0]]), np.zeros((9, 9)))


@pytest.fixture(scope="module")
def street(vtest: Path) -> list[Picture]:
    """Every 25th of 300 frames of real footage: pedestrians, a camera that stands still."""
    capture, frames = cv2.VideoCapture(str(vtest)), []
    for row in range(300):
        assert capture.grab()
        if row % 25 == 0:
            frames.append(np.ascontiguousarray(capture.retrieve()[1][..., ::-1]))
    return frames


def stands(seed: int = 0, size: tuple[int, int] = SIZE) -> Picture:
    """Synthetic: boxes of many colours on grey, as seats and boards are."""
    rng, image = np.random.default_rng(seed), np.full((size[1], size[0], 3), 120, np.uint8)
    for x, y in rng.uniform(0, size, (400, 2)).astype(int).tolist():
        w, h = rng.integers(6, 50, 2).tolist()
        cv2.rectangle(image, (x, y), (x + w, y + h), rng.integers(0, 255, 3).tolist(), -1)
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 0.8), np.uint8)


def grainy(image: Picture, seed: int) -> Picture:
    noise = np.random.default_rng(seed).normal(0, 4, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def bump(x: float, y: float = 0.0, degrees: float = 0.0) -> NDArray[np.float64]:
    matrix = cv2.getRotationMatrix2D((SIZE[0] / 2, SIZE[1] / 2), degrees, 1.0)
    matrix[:, 2] += [x, y]
    return np.asarray(np.vstack([matrix, [0, 0, 1]]))


def moved(image: Picture, matrix: NDArray[np.float64]) -> Picture:
    return np.asarray(
        cv2.warpPerspective(image, matrix, (image.shape[1], image.shape[0]), borderMode=cv2.BORDER_REFLECT), np.uint8
    )


def watch(drift: Drift, pictures: Sequence[Picture], start: float = 0.0) -> list[Finding]:
    return [drift.update(picture, start + row / 2) for row, picture in enumerate(pictures)]


def test_a_still_camera_is_silent_though_people_walk(street: list[Picture]) -> None:
    drift = Drift(street[0], GROUND)
    found = watch(drift, street)
    assert {finding.verdict for finding in found} == {Verdict.OK}
    assert max(finding.evidence["movement"] for finding in found) < 0.3
    assert drift.since is None and drift.homography is GROUND


@pytest.mark.parametrize(("x", "degrees"), [(2.0, 0.0), (6.0, 0.4), (45.0, 1.0), (140.0, 0.0)])
def test_a_bump_is_told_with_time_pixels_and_centimetres(street: list[Picture], x: float, degrees: float) -> None:
    drift, matrix = Drift(street[0], GROUND), bump(x, 0, degrees)
    before = watch(drift, street[:6])
    after = watch(drift, [moved(frame, matrix) for frame in street[6:12]], start=10.0)
    assert {finding.verdict for finding in before} == {Verdict.OK}
    assert [finding.verdict for finding in after] == [Verdict.NOTE] + 5 * [Verdict.WARN]
    assert drift.since == 10.0 and "moved at 10.00 s" in after[-1].says
    assert after[-1].evidence["movement"] == pytest.approx(x, rel=0.25, abs=0.2)
    assert after[-1].evidence["places off by"] == pytest.approx(2 * x, rel=0.35)
    assert "new homography" in after[-1].next_step


def test_after_a_bump_places_are_right_again(street: list[Picture]) -> None:
    drift, matrix = Drift(street[0], GROUND), bump(30, 8, 1.0) + np.array([[0, 0, 0], [0, 0, 0], [1e-5, 0, 0]])
    watch(drift, [moved(frame, matrix) for frame in street[2:5]])
    pixels = np.array([[150.0, 250], [400, 300], [600, 450]])
    seen = np.column_stack([pixels, np.ones(3)]) @ matrix.T
    assert drift.homography is not None
    there = drift.homography.to_plane(seen[:, :2] / seen[:, 2:])
    assert np.linalg.norm(there - GROUND.to_plane(pixels), axis=1).max() < 0.01, "half a pixel"
    assert (drift.homography.deviation(seen[:, :2] / seen[:, 2:]) > 0).all()


def test_light_that_changes_is_no_movement(street: list[Picture]) -> None:
    drift, sun = Drift(street[0]), np.linspace(0.4, 1.2, SIZE[0])[None, :, None]
    for frame in (street[3] * sun, street[4] * 0.5, 255 * (street[5] / 255) ** 0.6):
        assert drift.update(np.clip(frame, 0, 255).astype(np.uint8), 0.0).verdict is Verdict.OK


def test_a_crowd_that_moves_together_is_outvoted() -> None:
    scene, crowd = stands(), stands(9)
    drift, found = Drift(scene), []
    for row in range(6):
        frame = grainy(scene, row)
        shifted = moved(crowd, bump(15.0 * row))
        frame[330:, 100:700] = shifted[330:, 100:700]
        found.append(drift.update(frame, row / 2))
    assert {finding.verdict for finding in found} == {Verdict.OK}


def test_a_bump_is_seen_behind_a_crowd() -> None:
    scene, crowd = stands(), stands(9)
    drift, matrix = Drift(scene), bump(4.0)
    for row in range(4):
        frame = grainy(moved(scene, matrix), row)
        frame[330:, 100:700] = moved(crowd, bump(15.0 * row))[330:, 100:700]
        last = drift.update(frame, row / 2)
    assert last.verdict is Verdict.WARN
    assert last.evidence["movement"] == pytest.approx(4.0, abs=0.2)


def test_where_no_majority_agrees_nothing_is_told() -> None:
    scene = stands()
    frame = moved(scene, bump(5.0))
    frame[230:400] = moved(scene, bump(-6.0))[230:400]
    frame[400:] = moved(scene, bump(0.0, 8.0))[400:]
    assert Drift(scene).update(frame, 0.0).verdict is Verdict.UNKNOWN


def test_a_tripod_that_swings_back_is_a_note_only() -> None:
    scene = stands()
    drift = Drift(scene, GROUND, hold=0.4)
    found = [drift.update(grainy(moved(scene, bump(x)), row), 0.1 * row) for row, x in enumerate((0, 5, -4, 3, 0, 0))]
    assert [finding.verdict for finding in found] == [Verdict.OK, *3 * [Verdict.NOTE], Verdict.OK, Verdict.OK]
    assert drift.since is None and drift.homography is GROUND


def test_a_movement_below_the_limit_is_silent() -> None:
    scene = stands()
    drift = Drift(scene, at_most=3.0)
    assert {finding.verdict for finding in watch(drift, 4 * [moved(scene, bump(2.0))])} == {Verdict.OK}


def test_without_a_homography_pixels_are_told_alone() -> None:
    scene = stands()
    last = watch(Drift(scene), 3 * [moved(scene, bump(5.0))])[-1]
    assert last.verdict is Verdict.WARN and "cm" not in last.says
    assert drift_numbers(last) == ["movement", "agreement"]


def drift_numbers(finding: Finding) -> list[str]:
    return [number.name for number in finding.evidence.numbers]


@pytest.mark.parametrize("other", ["black", "noise", "cut"])
def test_a_picture_that_cannot_be_compared_is_unknown_and_no_movement(other: str) -> None:
    scene = stands()
    noise = np.random.default_rng(1).integers(0, 255, scene.shape).astype(np.uint8)
    drift, pictures = Drift(scene), {"black": np.zeros_like(scene), "noise": noise, "cut": stands(7)}
    for row in range(3):
        finding = drift.update(pictures[other], row / 2)
        assert finding.verdict is Verdict.UNKNOWN and finding.evidence.missing
    assert drift.since is None
    assert drift.update(scene, 2.0).verdict is Verdict.OK


def test_people_who_are_known_are_left_out() -> None:
    scene, crowd = stands(), stands(9)
    box = np.array([[0.0, 150.0, 768.0, 576.0]])
    frame = scene.copy()
    frame[150:] = moved(crowd, bump(15.0))[150:]
    reference = scene.copy()
    reference[150:] = crowd[150:]
    assert Drift(reference).update(frame, 0.0).verdict is not Verdict.OK, "most of the picture moves"
    assert Drift(reference, moving=box).update(frame, 0.0, moving=box).verdict is Verdict.OK


def test_larger_pictures_are_measured_in_their_own_pixels() -> None:
    scene = cv2.resize(stands(), None, fx=2.5, fy=2.5, interpolation=cv2.INTER_CUBIC)
    last = watch(Drift(scene), 3 * [moved(scene, bump(10.0))])[-1]
    assert last.evidence["movement"] == pytest.approx(10.0, abs=0.3)


def test_what_cannot_be_watched_is_refused() -> None:
    with pytest.raises(InputError, match="corners in too few places"):
        Drift(np.full((200, 300, 3), 80, np.uint8))
    for values in ({"at_most": 0.0}, {"at_most": np.nan}, {"hold": -1.0}):
        with pytest.raises(SettingError, match="at_most"):
            Drift(stands(), **values)
    drift = Drift(stands())
    with pytest.raises(InputError, match="768 x 576"):
        drift.update(np.zeros((10, 10, 3), np.uint8), 0.0)
    drift.update(stands(), 5.0)
    for time in (4.0, float("nan")):
        with pytest.raises(InputError, match="time runs"):
            drift.update(stands(), time)
