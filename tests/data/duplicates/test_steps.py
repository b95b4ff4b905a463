"""The steps by themselves: sketches, fits, pixels, groups, calibration."""

from itertools import pairwise

import numpy as np
import pytest

from tests.data.duplicates.made import line_of_text, scene, scenes
from trackside.core.intervals import wilson
from trackside.data.duplicates import Sketches, duplicate_groups
from trackside.data.duplicates.alterations import scaled
from trackside.data.duplicates.calibration import LOWEST, calibrate
from trackside.data.duplicates.fitting import fit
from trackside.data.duplicates.frames import whole_frames
from trackside.data.duplicates.groups import describe, equal_rows
from trackside.data.duplicates.pixels import agreement
from trackside.data.duplicates.sketching import mirrored_descriptors, mirrored_frames, sketch
from trackside.data.duplicates.verifying import Verified, verify_frames
from trackside.data.duplicates.words import Index, candidates, learn_vocabulary

SIZE = np.array([200, 150], np.float32)
SAME = np.array([[1, 0, 0], [0, 1, 0]], np.float32)


def test_mirrored_descriptors_are_those_of_the_mirrored_picture():
    picture = scene(3)
    plain, mirror = sketch(picture), sketch(picture[:, ::-1])
    numbers = mirrored_descriptors(plain["descriptors"]).astype(float)
    frames = mirrored_frames(plain["frames"], plain["size"][0])
    nearest = np.linalg.norm(numbers[:, None] - mirror["descriptors"].astype(float)[None], axis=2)
    partner, near = nearest.argmin(1), nearest.min(1) < 60  # Of 512, which is a vector's length.
    assert near.mean() > 0.8
    assert np.median(np.abs(frames[near, :2] - mirror["frames"][partner[near], :2])) < 1
    turned = frames[near, 3] - mirror["frames"][partner[near], 3]
    assert np.median(1 - np.cos(turned)) < 0.01


def test_thin_pictures_keep_a_height_in_which_something_can_be_seen():
    several = Sketches.of_pictures([line_of_text(1), np.ascontiguousarray(np.rot90(line_of_text(1))), scene(0)])
    assert several.counts.min() > 100 and several.sizes.tolist() == [[480, 40], [40, 480], [160, 120]]
    assert [several.thumbnail(row).shape for row in range(3)] == [(24, 384), (384, 24), (96, 96)]


def test_sketches_can_be_taken_and_joined():
    several = Sketches.of_pictures([scene(0), np.zeros((30, 30, 3), np.uint8), scene(1), scene(2)])
    taken = several.take(np.array([2, 0]))
    assert (taken.descriptors[: taken.counts[0]] == several.descriptors[several.owners == 2]).all()
    assert (taken.join(several).counts == np.concatenate([several.counts[[2, 0]], several.counts])).all()
    assert len(Sketches.of_pictures([])) == 0 and several.counts[1] == 0


def features(count, seed):
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, (200, 150), (count, 2))
    return np.concatenate([places, rng.uniform(2, 10, (count, 1)), rng.uniform(-np.pi, np.pi, (count, 1))], 1).astype(
        np.float32
    )


def moved(frames, scale, degrees, shift):
    turn = np.radians(degrees)
    matrix = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    places = frames[:, :2] @ matrix.T + shift
    return np.concatenate([places, frames[:, 2:3] * scale, frames[:, 3:] + turn], 1).astype(np.float32), matrix


@pytest.mark.parametrize("degrees", [0, 25, 180, -130])
def test_a_transform_is_fitted_in_spite_of_wrong_matches(degrees):
    first = features(32, 1)
    second, matrix = moved(first, 0.7, degrees, (30, -12))
    second[12:] = features(32, 2)[12:]
    second[:12, :2] += np.random.default_rng(3).normal(0, 0.5, (12, 2))
    found = fit(first[None], second[None], np.ones((1, 32), bool))
    assert 11 <= found.inliers[0] <= 13
    assert np.abs(found.matrices[0, :, :2] - matrix).max() < 0.03
    assert np.abs(found.matrices[0, :, 2] - (30, -12)).max() < 3


def test_matches_by_chance_fit_nothing():
    found = fit(
        np.stack([features(32, s) for s in range(50)]),
        np.stack([features(32, 99 + s) for s in range(50)]),
        np.ones((50, 32), bool),
    )
    assert found.inliers.max() <= 4


def test_no_match_is_no_fit():
    found = fit(np.zeros((2, 4, 4), np.float32), np.zeros((2, 4, 4), np.float32), np.zeros((2, 4), bool))
    assert found.inliers.tolist() == [0, 0] and np.isfinite(found.matrices).all()


def test_pixels_agree_whatever_the_light():
    a = Sketches.of_pictures([scene(5)]).thumbnail(0)
    darker = (a * 0.5 + 20).astype(np.uint8)
    same = agreement(a, darker, SIZE, SIZE, SAME)
    assert same.blocks > 0.95 and same.worst > 0.9 and same.shared > 0.95


def test_pixels_of_other_pictures_do_not_agree():
    sketches = Sketches.of_pictures(scenes(12))
    pairs = pairwise(sketches.thumbnail(row) for row in range(12))
    found = [agreement(a, b, SIZE, SIZE, SAME).blocks for a, b in pairs]
    assert max(found) < 0.4


@pytest.mark.parametrize(
    "matrix", [[[0, 0, 0], [0, 0, 0]], [[np.nan, 0, 0], [0, 1, 0]], [[50, 0, 0], [0, 50, 0]], [[1, 0, 900], [0, 1, 0]]]
)
def test_a_transform_that_cannot_be_gives_no_agreement(matrix):
    a = Sketches.of_pictures([scene(5)]).thumbnail(0)
    assert agreement(a, a, SIZE, SIZE, np.array(matrix, np.float32)).blocks == 0


def test_a_third_of_the_pixels_may_differ_where_many_features_agree():
    inliers, ones = np.array([25, 12], np.int32), np.ones(2, np.float32)
    rows, flags = np.zeros(2, np.int64), np.zeros(2, bool)
    found = Verified(
        rows, rows, flags, np.zeros((2, 2, 3), np.float32), inliers, 0.4 * ones, 0.9 * ones, 0 * ones, ones, ones
    )
    assert found.scores[0] > 0.5 and found.scores[1] < 0.2


def test_two_grey_levels_are_no_evidence():
    ramp = (100 + np.arange(96)[None] % 3 * np.ones((96, 1))).astype(np.uint8)
    assert agreement(ramp, ramp, SIZE, SIZE, SAME).blocks < 0.3


def test_groups_connect_through_others():
    assert duplicate_groups(4, np.array([3]), np.array([1])).tolist() == [0, 1, 2, 1]
    assert duplicate_groups(0, np.zeros(0, int), np.zeros(0, int)).tolist() == []


def test_equal_rows_pair_with_the_first_of_their_kind():
    keys = np.array([[1, 2], [3, 4], [1, 2], [1, 2], [3, 4]], np.uint8)
    first, second = equal_rows(keys, np.array([True, True, True, True, False]))
    assert first.tolist() == [0, 0] and second.tolist() == [2, 3]


@pytest.mark.parametrize(
    ("matrix", "mirrored", "words"),
    [
        (SAME, False, "the same frame"),
        (SAME, True, "mirrored"),
        ([[0, -1, 150], [1, 0, 0]], False, "turned by 90 degrees clockwise"),
        ([[-1, 0, 200], [0, -1, 150]], True, "flipped upside down"),
        ([[2, 0, -100], [0, 2, -75]], False, "cropped to 25 %"),
    ],
)
def test_a_transform_in_words(matrix, mirrored, words):
    second = SIZE[::-1] if matrix[0][0] == 0 else SIZE
    assert describe(np.array(matrix, np.float32), mirrored, SIZE, second).startswith(words)


def test_candidates_are_found_mirrored_too():
    pictures = scenes(40)
    known = Sketches.of_pictures([*pictures, *(one[:, ::-1] for one in pictures[:10])])
    index = Index.of(known, learn_vocabulary(known.descriptors, 0))
    first, second, _ = candidates(known, index, most=2, mirrored=True, same=True)
    found = set(zip(first.tolist(), second.tolist(), strict=True))
    assert sum((number, 40 + number) in found for number in range(10)) >= 9
    assert not any(a == b for a, b in found)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("turns", range(4))
def test_whole_frames_are_found_as_they_were_turned(mirrored, turns):
    pictures = scenes(12)
    copy = np.rot90(pictures[5][:, ::-1] if mirrored else pictures[5], -turns)
    known = Sketches.of_pictures([*pictures, scaled(copy, 90, 150)])
    framed = whole_frames(known, known, same=True)
    assert (framed.first != framed.second).all()
    (row,) = np.flatnonzero((framed.first == 5) & (framed.second == 12))
    assert bool(framed.mirrored[row]) is mirrored and framed.turns[row] == turns
    assert verify_frames(known, known, framed).scores[row] > 0.8


def test_blank_frames_are_like_nothing():
    blank = Sketches.of_pictures([np.full((40, 40, 3), 128 + step, np.uint8) for step in range(4)])
    assert len(whole_frames(blank, blank, same=True).first) == 0


def background(count, seed, copies=0, differ=0.5, noise=0.3):
    """Scores of wrong pairs, logistic: pictures differ in how many look like them; and of copies, which is which."""
    rng = np.random.default_rng(seed)
    first = np.repeat(np.arange(count), 5)
    second = (first + rng.integers(1, count, len(first))) % count
    alike = rng.normal(0, differ, count)
    scores = 1 / (1 + np.exp(1.2 - alike[first] - alike[second] - rng.normal(0, noise, len(first))))
    true = rng.choice(count // 2, copies, replace=False)
    first, second = np.concatenate([first, 2 * true]), np.concatenate([second, 2 * true + 1])
    scores = np.concatenate([scores, rng.uniform(0.6, 0.99, copies)])
    low, high = np.minimum(first, second), np.maximum(first, second)
    _, kept = np.unique(low * count + high, return_index=True)
    return low[kept], high[kept], scores[kept].astype(np.float32), kept >= 5 * count


SPREADS = pytest.mark.parametrize(
    ("differ", "noise"), [(0.5, 0.3), (0.3, 0.2), (0.0, 0.5)], ids=["as digits", "less", "all alike"]
)


@SPREADS
def test_without_copies_hardly_any_pair_counts(differ, noise):
    found = [calibrate(2000, a, b, s, s > 0.9) for a, b, s, _ in (background(2000, n, 0, differ, noise) for n in range(20))]
    assert sum(one.found > 0 for one in found) <= 3


@SPREADS
@pytest.mark.parametrize("copies", [40, 200, 350])
def test_with_copies_few_pairs_are_wrong(copies, differ, noise):
    right = given = 0
    for seed in range(5):
        first, second, scores, true = background(2000, seed, copies, differ, noise)
        counts = scores >= calibrate(2000, first, second, scores, scores > 0.9).threshold
        right, given = right + (counts & true).sum(), given + counts.sum()
    # Pictures that are all equally like each other are worse than any real ones: there the estimate is a little low.
    assert right >= (0.93 if differ else 0.85) * given, "precision"
    assert right >= 0.1 * 5 * copies, "recall"


def test_wrong_pairs_count_as_often_as_there_are_copies_of_them():
    """Each of two pictures that are alike has nine sure copies: one mistake is a hundred wrong pairs."""
    first, second, scores, _ = background(2000, 0, 0)
    sure = [(a + 2000 * (a == b), b) for start in (2001, 2011) for a in [start] for b in range(start + 1, start + 10)]
    wrong = [(a, b) for a in range(2001, 2011) for b in range(2011, 2021)]
    both = np.array([*sure, *wrong])
    one = (np.concatenate([first, both[:, 0]]), np.concatenate([second, both[:, 1]]))
    values = np.concatenate([scores, np.full(18, 0.95), np.full(100, 0.8)]).astype(np.float32)
    assert calibrate(2021, *one, values, values > 0.9).threshold > 0.8


def test_no_pair_below_the_lowest_score_counts():
    assert calibrate(50, np.array([0]), np.array([1]), np.array([0.2], np.float32), np.array([False])).threshold >= LOWEST


def test_interval_of_a_share():
    """Worked example of Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263, 0.2553 to 0.3662."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(0, 0) == (0, 1)
