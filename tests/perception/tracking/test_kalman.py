"""The motion model, held against a textbook Kalman filter with full matrices."""

from __future__ import annotations

import math

import numpy as np
import pytest

from trackside.core import Affine
from trackside.perception.tracking import ConstantVelocity, Likeness, Noise

from .textbook import box_of, filters, measured

NOISE = Noise(acceleration=0.7, resizing=0.2, place=0.1, size=0.05, speed=1.5, doubt=4.0)
BOX = np.array([[0.0], [0], [10], [20]])
ONLY = np.array([0])
SURE = np.ones(1, np.float32)


def some_boxes(rng: np.random.Generator, count: int) -> np.ndarray:
    low = rng.uniform(0, 100, (2, count))
    return np.concatenate([low, low + rng.uniform(20, 40, (2, count))])


def moved(motion: ConstantVelocity, dt: float, boxes: np.ndarray | None = None) -> None:
    motion.predict(dt)
    if boxes is not None:
        motion.correct(np.arange(boxes.shape[1]), boxes, np.ones(boxes.shape[1], np.float32))


def test_every_coordinate_follows_the_textbook_filter_at_irregular_times() -> None:
    rng = np.random.default_rng(1)
    start = some_boxes(rng, 3)
    motion = ConstantVelocity(NOISE)
    motion.add(start)
    reference = [filters(start[:, n], NOISE) for n in range(3)]
    for dt in (0.04, 0.04, 0.2, 0.0, 1 / 3, 0.05, 1.7, 0.001):
        seen, scores = start + rng.normal(0, 3, (4, 3)), rng.uniform(0.2, 1, 3).astype(np.float32)
        motion.predict(dt)
        motion.correct(np.array([2, 0]), seen[:, [2, 0]], scores[[2, 0]])
        for n, track in enumerate(reference):
            for each, z in zip(track, measured(seen[:, n]), strict=True):
                each.predict(dt)
                if n != 1:
                    each.correct(z, float(scores[n]), NOISE.doubt)
        expected = np.array([box_of(np.array([each.x[0] for each in track])) for track in reference]).T
        assert motion.boxes == pytest.approx(expected)
        assert motion.velocity == pytest.approx(np.array([[each.x[1] for each in track] for track in reference]).T)


def test_a_faint_detection_moves_a_track_less() -> None:
    sure, faint = ConstantVelocity(NOISE), ConstantVelocity(NOISE)
    for motion, score in ((sure, 1.0), (faint, 0.2)):
        motion.add(BOX)
        motion.predict(0.2)
        motion.correct(ONLY, BOX + 8, np.array([score], np.float32))
    assert 0 < faint.boxes[0, 0] < sure.boxes[0, 0] < 8


def test_prediction_depends_on_seconds_not_on_the_number_of_steps() -> None:
    coarse, fine = ConstantVelocity(), ConstantVelocity()
    for motion in (coarse, fine):
        motion.add(BOX)
        moved(motion, 0.1, BOX + 5)
    coarse.predict(0.6)
    for step in (0.1, 0.0, 0.25, 0.05, 0.2):
        fine.predict(step)
    for motion in (coarse, fine):
        moved(motion, 0.0, BOX + 50)
    assert fine.boxes == pytest.approx(coarse.boxes)
    assert fine.velocity == pytest.approx(coarse.velocity)


def walks(steps: np.ndarray, count: int, noise: Noise, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """How far off the filter is after walks of these steps in seconds that are accelerated and seen as it expects.

    Returns:
        The normalised squared errors of the filter's place (their mean is 1 if the covariance is right) and the mean squared
        errors of its velocity, for each of the four coordinates and walks, [4, count] each.
    """
    kinds = np.array([[noise.acceleration, noise.place]] * 2 + [[noise.resizing, noise.size]] * 2)[:, :, None]
    place, speed = np.tile([[0.0], [100], [30], [60]], (1, count)), rng.normal(0, noise.speed, (4, count))
    motion = ConstantVelocity(noise)

    def look() -> np.ndarray:
        return np.stack([box_of(each) for each in (place + rng.normal(0, 1, place.shape) * kinds[:, 1]).T], axis=1)

    motion.add(look())
    for dt in steps:
        covariance = [[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]]
        kick = rng.multivariate_normal([0, 0], covariance, (4, count)) * np.sqrt(kinds[:, :1])
        place, speed = place + speed * dt + kick[:, :, 0], speed + kick[:, :, 1]
        moved(motion, float(dt), look())
    state = np.stack([measured(each) for each in motion.boxes.T], axis=1)
    return (state - place) ** 2 / motion._state[8:12], (motion.velocity - speed) ** 2 / motion._state[16:20]


IRREGULAR = np.random.default_rng(2).permutation(np.repeat([0.01, 0.04, 0.1, 0.25], [20, 25, 15, 1]))


@pytest.mark.parametrize("steps", [np.full(15, 0.2), np.full(75, 0.04), IRREGULAR], ids=["5 fps", "25 fps", "irregular"])
def test_the_filter_knows_how_far_off_it_is_at_any_frame_rate(steps: np.ndarray) -> None:
    place, speed = walks(steps, 400, NOISE, np.random.default_rng(0))
    # A mean of 400 squared standard normals is 1 with a deviation of sqrt(2 / 400) = 0.07: four of them.
    assert place.mean(axis=1) == pytest.approx(np.ones(4), abs=0.28)
    assert speed.mean(axis=1) == pytest.approx(np.ones(4), abs=0.28)


def test_a_steady_walk_is_known_as_well_at_any_frame_rate() -> None:
    """The same seconds of the same walk: a place further by its speed, with the speed the filter converges to."""
    states = []
    for steps in (np.full(15, 0.2), np.full(75, 0.04), np.diff(np.linspace(0, 3**0.5, 60) ** 2)):
        motion, time = ConstantVelocity(Noise(acceleration=0.05)), 0.0
        motion.add(BOX)
        for dt in steps:
            time += dt
            moved(motion, float(dt), BOX + np.array([[30.0], [-10], [30], [-10]]) * time)
        assert time == pytest.approx(3.0)
        states.append(np.concatenate([motion.boxes, motion.velocity[:2]]).ravel())
    truth = [90, -30, 100, -10, 30, -10]
    assert states == pytest.approx(np.tile(truth, (3, 1)), abs=1.0)


def test_a_lost_track_moves_on_without_growing() -> None:
    motion = ConstantVelocity()
    motion.add(BOX)
    moved(motion, 0.1, np.array([[4.0], [0], [20], [20]]))
    width = motion.boxes[2, 0] - motion.boxes[0, 0]
    left = motion.boxes[0, 0]
    motion.lose(ONLY)
    motion.predict(1.0)
    assert motion.boxes[2, 0] - motion.boxes[0, 0] == pytest.approx(width)
    assert motion.boxes[0, 0] > left + 5


def test_no_box_shrinks_to_nothing() -> None:
    motion = ConstantVelocity()
    motion.add(BOX)
    moved(motion, 0.1, np.array([[4.0], [8], [6], [12]]))
    motion.predict(10.0)
    assert (motion.boxes[2:] > motion.boxes[:2]).all()


def test_dropped_tracks_leave_the_others_untouched() -> None:
    motion = ConstantVelocity()
    low = np.arange(6.0).reshape(2, 3)
    motion.add(np.concatenate([low, low + 10]))
    assert motion.boxes.shape == (4, 3)
    motion.keep(np.array([True, False, True]))
    assert motion.boxes == pytest.approx(np.array([[0, 2], [3, 5], [10, 12], [13, 15]]))


def test_boxes_are_fresh_after_every_change() -> None:
    motion = ConstantVelocity()
    motion.add(BOX)
    seen = [motion.boxes.copy()]
    for change in (
        lambda: motion.correct(ONLY, BOX + 5, SURE),
        lambda: moved(motion, 0.1, BOX + 9),
        lambda: motion.predict(0.5),
        lambda: motion.warp(Affine(np.array([[1.0, 0, 7], [0, 1, 0]]))),
        lambda: motion.add(BOX),
        lambda: motion.keep(np.array([False, True])),
    ):
        change()
        if motion.boxes.shape == seen[-1].shape:
            assert (motion.boxes != seen[-1]).any()
        seen.append(motion.boxes.copy())
    assert seen[-1] == pytest.approx(BOX)


def test_a_camera_that_turns_and_zooms_takes_place_speed_and_size_along() -> None:
    motion = ConstantVelocity()
    motion.add(np.array([[90.0], [80], [110], [120]]))
    moved(motion, 0.1, np.array([[95.0], [80], [117], [123]]))
    x, foot, width, height = measured(motion.boxes[:, 0])
    speed = motion.velocity[:, 0].copy()
    # Doubled, turned by a quarter to the left in pixels (x to y), shifted by 5, 7.
    motion.warp(Affine(np.array([[0.0, -2, 5], [2, 0, 7]]), known=True))
    assert motion.velocity[:, 0] == pytest.approx([-2 * speed[1], 2 * speed[0], 2 * speed[2], 2 * speed[3]])
    assert measured(motion.boxes[:, 0])[2:] == pytest.approx([2 * width, 2 * height])
    assert measured(motion.boxes[:, 0])[:2] == pytest.approx([-2 * foot + 5, 2 * x + 7])


def test_pairs_are_places_among_the_rows_asked_for() -> None:
    motion = ConstantVelocity()
    motion.add(np.array([[0.0, 100, 200], [0, 0, 0], [10, 110, 210], [20, 20, 20]]))
    (i, j), alike = motion.pairs(np.array([2, 1]), motion.boxes[:, [1]], Likeness(least=0.5))
    assert (i.tolist(), j.tolist(), alike.tolist()) == ([1], [0], [pytest.approx(1.0)])


def test_noise_is_of_box_heights_so_far_and_near_move_alike() -> None:
    near, far = ConstantVelocity(), ConstantVelocity()
    for motion, size in ((near, 4.0), (far, 1.0)):
        motion.add(BOX * size)
        moved(motion, 0.2, BOX * size + 3 * size)
    assert near.boxes == pytest.approx(4 * far.boxes)
    assert math.isfinite(near.velocity.sum())
