"""The smoother, held against textbook loops with 2 x 2 matrices, and its uncertainty against walkers of its own model."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from trackside.perception.tracking import Noise
from trackside.perception.tracking.linking import Path, Tracklet, smooth, smoother
from trackside.perception.tracking.linking.smoother import filtered

from ..textbook import Textbook, measured
from .walkers import NOISE, boxes, seconds, tracklet, walker

TIMES = np.cumsum(np.random.default_rng(4).choice([0.02, 0.04, 0.05, 0.3], 60))


def wandering(seed: int, frames: NDArray[np.int64]) -> Tracklet:
    """Somebody who strays, seen in these frames with scores of all sizes."""
    rng = np.random.default_rng(seed)
    places = boxes(300 + np.cumsum(rng.normal(2, 4, len(frames))), 400 + np.cumsum(rng.normal(0, 2, len(frames))))
    places += rng.normal(0, 2, places.shape)
    return Tracklet(frames, places, rng.uniform(0.2, 1, len(frames)), np.zeros(len(frames), np.int32))


def some_frames(seed: int, first: int, last: int) -> NDArray[np.int64]:
    """Ascending frames with gaps, the first and last among them."""
    inner = np.arange(first + 1, last)[np.random.default_rng(seed).random(last - first - 1) < 0.6]
    return np.unique([first, *inner.tolist(), last])


def textbook_paths(one: Tracklet, times: NDArray[np.float64], noise: Noise) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """States [k, 4, 2] and covariances [k, 4, 2, 2], filtered and smoothed, coordinate by coordinate."""
    height = float(np.median(one.boxes[:, 3] - one.boxes[:, 1]))
    seen = np.array([measured(box) for box in one.boxes])
    frames = np.arange(one.frames[0], one.frames[-1] + 1)
    moving = [(noise.acceleration, noise.place)] * 2 + [(noise.resizing, noise.size)] * 2
    known = [
        textbook_rts(seen[:, axis], one, times[frames], noise, q * height**2, (r * height) ** 2, noise.speed * height)
        for axis, (q, r) in enumerate(moving)
    ]
    x, p, xs, ps = (np.stack([each[part] for each in known], axis=1) for part in range(4))
    return x, p, xs, ps


def textbook_rts(
    z: NDArray, one: Tracklet, times: NDArray, noise: Noise, q: float, r: float, speed: float
) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Bar-Shalom, Li and Kirubarajan 2001, section 8.6.2. Before the first sighting the place is as good as unknown."""
    track = Textbook(z[0], q, r, speed)
    track.p[0, 0] = 100 * r * (1 + noise.doubt * (1 - one.scores[0]))
    guesses, states, rows = [], [], (one.frames - one.frames[0]).tolist()
    for step, dt in enumerate([0.0, *np.diff(times).tolist()]):
        track.predict(dt)
        guesses.append((track.x, track.p))
        if step in rows:
            sighting = rows.index(step)
            track.correct(z[sighting], float(one.scores[sighting]), noise.doubt)
        states.append((track.x, track.p))
    smoothed = [states[-1]]
    for step in range(len(states) - 2, -1, -1):
        f = np.array([[1, times[step + 1] - times[step]], [0, 1]])
        gain = states[step][1] @ f.T @ np.linalg.inv(guesses[step + 1][1])
        x = states[step][0] + gain @ (smoothed[0][0] - guesses[step + 1][0])
        p = states[step][1] + gain @ (smoothed[0][1] - guesses[step + 1][1]) @ gain.T
        smoothed.insert(0, (x, p))
    x, p, xs, ps = (np.array([state[part] for state in each]) for each in (states, smoothed) for part in (0, 1))
    return x, p, xs, ps


def assert_same(path: Path, x: NDArray, p: NDArray) -> None:
    np.testing.assert_allclose(path.place, x[:, :, 0], rtol=1e-9)
    np.testing.assert_allclose(path.velocity, x[:, :, 1], rtol=1e-6, atol=1e-7)
    for row, (i, j) in enumerate(((0, 0), (0, 1), (1, 1))):
        np.testing.assert_allclose(path.spread[:, row], p[:, :, i, j], rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("seed", range(4))
def test_it_is_the_textbooks_at_irregular_times_and_through_gaps(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smoother, "_OUTLIER", np.inf)
    monkeypatch.setattr(smoother, "_BLOCK", [256, 5, 1, 12][seed])
    one = wandering(seed, some_frames(seed, 3, 50))
    x, p, xs, ps = textbook_paths(one, TIMES, NOISE)
    assert_same(filtered([one], TIMES, NOISE)[0], x, p)
    path = smooth([one], TIMES, NOISE)[0]
    assert_same(path, xs, ps)
    assert path.frames.tolist() == list(range(3, 51))
    np.testing.assert_allclose(path.deviations**2, ps[:, :, 0, 0], rtol=1e-6)


def test_many_tracklets_of_all_lengths_at_once_are_what_each_is_alone() -> None:
    rng = np.random.default_rng(0)
    starts = rng.integers(0, 40, 30)
    many = [wandering(n, some_frames(n, int(start), int(rng.integers(start + 1, 60)))) for n, start in enumerate(starts)]
    many.append(walker([7], 100, 0))
    for together, one in zip(smooth(many, TIMES, NOISE), many, strict=True):
        alone = smooth([one], TIMES, NOISE)[0]
        assert together.frames.tolist() == alone.frames.tolist()
        for name in ("place", "velocity", "spread"):
            np.testing.assert_allclose(getattr(together, name), getattr(alone, name), rtol=1e-9, atol=1e-9)


def test_stacks_of_bounded_size_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [wandering(n, some_frames(n, 0, 20 + n)) for n in range(10)]
    whole = smooth(many, TIMES, NOISE)
    monkeypatch.setattr(smoother, "_MOST_CELLS", 50)
    for one, other in zip(whole, smooth(many, TIMES, NOISE), strict=True):
        np.testing.assert_array_equal(one.place, other.place)


def test_uncertainty_grows_in_a_gap_and_hindsight_shrinks_it() -> None:
    one = walker([*range(20), *range(40, 60)], 100, 50)
    ahead, behind = filtered([one], seconds(60), NOISE)[0], smooth([one], seconds(60), NOISE)[0]
    assert (np.diff(ahead.deviations[19:40], axis=0) > 0).all(), "the further from the last sighting, the less is known"
    assert behind.deviations[:, 0].argmax() in (29, 30), "in hindsight the middle of the gap is known least"
    assert (behind.spread[:-1, [0, 2]] < ahead.spread[:-1, [0, 2]]).all()
    np.testing.assert_array_equal(behind.spread[-1], ahead.spread[-1])


def test_a_faint_sighting_is_known_less_well_and_moves_the_path_less() -> None:
    places = boxes([100, 100, 130, 100, 100])
    paths = []
    for score in (0.9, 0.1):
        one = tracklet(range(5), places)
        one.scores[2] = score
        paths.append(smooth([one], seconds(5), NOISE)[0])
    sure, faint = paths
    assert 100 < faint.place[2, 0] < sure.place[2, 0] < 130
    assert (faint.deviations[2] > sure.deviations[2]).all()


def test_scores_beyond_1_count_as_1() -> None:
    """Detectors of old give any number: 60, or 3.7."""
    one, other = (tracklet(range(9), boxes(100 + np.arange(9.0)), scores=score) for score in (1.0, 60.0))
    np.testing.assert_array_equal(*(smooth([each], seconds(9), NOISE)[0].spread for each in (one, other)))


def test_one_wild_sighting_does_not_pull_the_path_away() -> None:
    x = 100 + 2.0 * np.arange(30)
    x[15] += 400
    path = smooth([tracklet(range(30), boxes(x))], seconds(30), NOISE)[0]
    assert path.place[15, 0] == pytest.approx(130, abs=15)
    assert path.place[[5, 25], 0] == pytest.approx([110, 150], abs=3)


def test_one_sighting_is_a_path_of_one_frame_that_stands() -> None:
    path = smooth([walker([4], 100, 50)], seconds(9), NOISE)[0]
    assert path.frames.tolist() == [4]
    np.testing.assert_allclose(path.boxes, boxes([108]))
    assert (path.velocity == 0).all() and (path.deviations > 0).all()


def test_nothing_is_nothing() -> None:
    assert smooth([], seconds(3), NOISE) == []


def test_far_and_near_people_move_alike() -> None:
    near, far = smooth([walker(range(30), 100, 60), walker(range(30), 10, 6, foot=40, height=10)], seconds(30), NOISE)
    np.testing.assert_allclose(near.place, 10 * far.place)
    np.testing.assert_allclose(near.deviations, 10 * far.deviations)


# Sizes and speeds that hardly change, so that nobody shrinks to nothing and height is what noise is in proportion to.
_CALM = Noise(acceleration=0.05, resizing=2e-5, place=0.06, size=0.04, speed=0.02, doubt=0.0)


def drawn(rng: np.random.Generator, frames: NDArray[np.int64]) -> tuple[Tracklet, NDArray[np.float64]]:
    """Somebody 100 px high drawn from the model, as seen in these frames; and the true states in all frames, [k, 4]."""
    intensity = 100**2 * np.array([_CALM.acceleration] * 2 + [_CALM.resizing] * 2)
    place, speed = np.array([300.0, 400, 40, 100]), rng.normal(0, 100 * _CALM.speed, 4)
    truth = [place]
    for dt in np.diff(TIMES):
        kick = rng.multivariate_normal([0, 0], [[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]], 4) * np.sqrt(intensity)[:, None]
        place, speed = place + speed * dt + kick[:, 0], speed + kick[:, 1]
        truth.append(place)
    seen = np.array(truth)[frames] + rng.normal(0, 1, (len(frames), 4)) * 100 * np.array(
        [_CALM.place] * 2 + [_CALM.size] * 2
    )
    x, foot, width, height = seen.T
    found = np.stack([x - width / 2, foot - height, x + width / 2, foot], axis=1)
    return tracklet(frames, found), np.array(truth)


def test_two_of_three_true_places_lie_within_one_deviation_also_in_gaps() -> None:
    rng = np.random.default_rng(1)
    frames = np.array([*range(20), *range(24, 40), *range(50, 60)])
    many = [drawn(rng, frames) for _ in range(300)]
    paths = smooth([one for one, _ in many], TIMES, _CALM)
    off = np.stack([(path.place - truth) / path.deviations for path, (_, truth) in zip(paths, many, strict=True)])
    within, seen = np.abs(off) < 1, np.isin(np.arange(60), frames)
    # Of a normal distribution 68.3 % lie within one deviation; frames of one walk go together, walks are independent.
    for part in (within[:, seen], within[:, ~seen], within[:, [0, 59]]):
        assert part.mean(axis=(0, 1)) == pytest.approx(np.full(4, 0.683), abs=0.06)
    assert np.sqrt((off**2).mean(axis=(0, 1))) == pytest.approx(np.ones(4), abs=0.08)
