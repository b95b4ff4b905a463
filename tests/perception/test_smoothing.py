"""The One Euro filter, held against the paper's formulas point by point."""

from __future__ import annotations

import math

import numpy as np
import pytest

from trackside.core import Keypoints, SettingError
from trackside.perception import KeypointSmoother, OneEuroFilter


def people(points: np.ndarray, ids: list[int], score: float = 1.0) -> Keypoints:
    n = len(points)
    return Keypoints(points.astype(np.float32), np.full((n, 17), score, np.float32), "coco17", np.array(ids))


def body(shift: float = 0.0, size: float = 170.0) -> np.ndarray:
    """One body, [1, 17, 2], `size` pixels tall."""
    spots = np.stack([np.linspace(0, 40, 17), np.linspace(0, size, 17)], axis=1)
    return (spots + np.array([shift, 0]))[None]


class Paper:
    """Algorithm 1 of Casiez et al. 2012 for one number, written from the paper."""

    def __init__(self, min_cutoff: float, beta: float, d_cutoff: float) -> None:
        self.min_cutoff, self.beta, self.d_cutoff = min_cutoff, beta, d_cutoff
        self.x: float | None = None
        self.dx = 0.0

    def __call__(self, x: float, te: float) -> float:
        if self.x is None:
            self.x = x
            return x
        a_d = 1 / (1 + (1 / (2 * math.pi * self.d_cutoff)) / te)
        self.dx = a_d * (x - self.x) / te + (1 - a_d) * self.dx
        a = 1 / (1 + (1 / (2 * math.pi * (self.min_cutoff + self.beta * abs(self.dx)))) / te)
        self.x = a * x + (1 - a) * self.x
        return self.x


def test_one_step_follows_the_paper_at_an_uneven_rate() -> None:
    rng = np.random.default_rng(0)
    smooth, paper = OneEuroFilter(1.2, 0.4, 0.8), Paper(1.2, 0.4, 0.8)
    value, speed = np.array([paper(5.0, 0.1)]), np.zeros(1)
    for dt in (0.04, 0.1, 0.01, 0.5):
        measured = float(rng.normal(0, 10))
        value, speed = smooth.step(np.array([measured]), value, speed, np.array([dt]))
        assert value[0] == pytest.approx(paper(measured, dt))


def test_a_body_at_rest_becomes_calm() -> None:
    rng = np.random.default_rng(1)
    smoother = KeypointSmoother()
    raw, calm = [], []
    for n in range(100):
        seen = people(body() + rng.normal(0, 2, (1, 17, 2)), [1])
        raw.append(seen.points)
        calm.append(smoother.update(seen, n / 25).points)
    assert np.std(calm[20:], axis=0).mean() < 0.5 * np.std(raw[20:], axis=0).mean()


def test_a_fast_body_is_followed_without_a_great_lag() -> None:
    smoother = KeypointSmoother()
    for n in range(50):
        seen = people(body(shift=20.0 * n), [1])
        smooth = smoother.update(seen, n / 25)
    assert np.abs(smooth.points - seen.points).max() < 20  # less than one frame behind


def test_the_size_of_the_picture_does_not_matter() -> None:
    rng = np.random.default_rng(2)
    noise = rng.normal(0, 2, (10, 1, 17, 2))
    small, large = KeypointSmoother(), KeypointSmoother()
    for n in range(10):
        a = small.update(people(body() + noise[n], [1]), n / 25)
        b = large.update(people(10 * (body() + noise[n]), [1]), n / 25)
    assert b.points == pytest.approx(10 * a.points, rel=1e-4)


def test_tracks_do_not_mix_whatever_their_order() -> None:
    rng = np.random.default_rng(3)
    together, alone = KeypointSmoother(), KeypointSmoother()
    for n in range(10):
        one, two = body() + rng.normal(0, 2, (1, 17, 2)), body(500) + rng.normal(0, 2, (1, 17, 2))
        order = [0, 1] if n % 2 else [1, 0]
        both = together.update(people(np.concatenate([one, two])[order], [[1, 2][k] for k in order]), n / 25)
        single = alone.update(people(one, [1]), n / 25)
        assert (both.points[order.index(0)] == single.points[0]).all()


def test_people_without_identity_and_unsure_points_pass_unchanged() -> None:
    smoother = KeypointSmoother(least_score=0.3)
    for n in range(5):
        seen = people(np.concatenate([body(3 * n), body(5 * n)]), [0, 1])
        seen.scores[1, 4] = 0.1
        smooth = smoother.update(seen, n / 25)
    assert (smooth.points[0] == seen.points[0]).all()
    assert (smooth.points[1, 4] == seen.points[1, 4]).all()
    assert (smooth.points[1, 5] != seen.points[1, 5]).any()
    assert smooth.ids is not None and smooth.ids.tolist() == [0, 1]


@pytest.mark.parametrize("times", [(0.0, 5.0), (5.0, 0.0)])
def test_a_long_gap_or_time_going_back_starts_anew(times: tuple[float, float]) -> None:
    smoother = KeypointSmoother(forget=1.0)
    smoother.update(people(body(), [1]), times[0])
    later = people(body(50), [1])
    assert (smoother.update(later, times[1]).points == later.points).all()


def test_the_past_of_a_track_goes_with_its_end() -> None:
    smoother = KeypointSmoother()
    smoother.update(people(body(), [1]), 0.0)
    smoother.end([1])
    later = people(body(50), [1])
    assert (smoother.update(later, 0.04).points == later.points).all()


def test_nobody_and_points_that_are_not_finite() -> None:
    smoother = KeypointSmoother()
    assert len(smoother.update(Keypoints.empty("coco17"), 0.0)) == 0
    smoother.end([1])
    spoiled = body()
    spoiled[0, 3] = np.nan
    for n in range(3):
        smooth = smoother.update(people(spoiled, [1]), n / 25)
    assert np.isnan(smooth.points[0, 3]).all()
    assert np.isfinite(np.delete(smooth.points[0], 3, axis=0)).all()


@pytest.mark.parametrize("setting", [{"min_cutoff": 0.0}, {"beta": -1.0}, {"speed_cutoff": math.nan}])
def test_impossible_settings_are_refused(setting: dict[str, float]) -> None:
    with pytest.raises(SettingError):
        OneEuroFilter(**setting)
