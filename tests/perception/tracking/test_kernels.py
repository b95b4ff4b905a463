"""The compiled inner loops, held against NumPy and SciPy: the same results, to the bit."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import example, given, settings, strategies as st

from trackside.core import Detections
from trackside.perception import Tracker
from trackside.perception.tracking import PRESETS, Likeness, assign
from trackside.perception.tracking.association import compiled

kernels = pytest.importorskip("trackside.perception.tracking.kernels", reason="needs numba: pip install trackside[fast]")
seeds = st.integers(0, 2**32 - 1)


@contextmanager
def plain_numpy() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRACKSIDE_NUMBA", "0")
        compiled.cache_clear()
        assert compiled() is None
        yield
    compiled.cache_clear()
    assert compiled() is kernels


def assert_same_bits(*pairs: tuple[np.ndarray, np.ndarray]) -> None:
    for one, other in pairs:
        assert one.dtype == other.dtype
        assert one.tobytes() == other.tobytes()


def boxes(rng: np.random.Generator, count: int, extent: float, *, whole: bool) -> np.ndarray:
    """Float64 [4, n]; whole numbers make many equal edges and equal overlaps."""
    low, size = rng.uniform(-extent, extent, (2, count)), rng.uniform(1, 60, (2, count))
    return np.concatenate([low, low + size] if not whole else [low.round(-1), low.round(-1) + 10 * np.ceil(size / 20)])


@settings(max_examples=200)
@given(
    seed=seeds,
    n=st.integers(0, 40),
    m=st.integers(0, 40),
    extent=st.sampled_from([5.0, 100.0, 1000.0]),
    whole=st.booleans(),
    least=st.sampled_from([0.0, 0.2, 0.5, 1 / 3, 1.0]),
    expand=st.sampled_from([0.0, 0.28, 1.0]),
)
def test_pairs_are_those_of_numpy_in_the_same_order(
    seed: int, n: int, m: int, extent: float, whole: bool, least: float, expand: float
) -> None:
    rng, like = np.random.default_rng(seed), Likeness(least=least, expand=expand)
    a, b = boxes(rng, n, extent, whole=whole), boxes(rng, m, extent, whole=whole)
    (i, j), alike = like(a, b)
    with plain_numpy():
        (plain_i, plain_j), plain_alike = like(a, b)
    assert_same_bits((i, plain_i), (j, plain_j), (alike, plain_alike))


def test_more_pairs_than_there_are_boxes_are_all_found() -> None:
    a = np.repeat([[0.0], [0], [10], [10]], 50, axis=1)
    (i, j), alike = Likeness()(a, a)
    assert i.tolist() == np.repeat(np.arange(50), 50).tolist()
    assert j.tolist() == np.tile(np.arange(50), 50).tolist()
    assert (alike == 1).all()


def test_arrays_of_any_layout_and_read_only_ones_are_taken() -> None:
    a = np.asfortranarray([[0.0, 50], [0, 0], [10, 60], [10, 10]])
    a.setflags(write=False)
    (i, j), alike = Likeness()(a, a[:, ::-1])
    assert (i.tolist(), j.tolist(), alike.tolist()) == ([0, 1], [1, 0], [1, 1])
    assert [rows.tolist() for rows in assign(i[::-1], j[::-1], alike[::-1])] == [[0, 1], [1, 0]]
    narrow = assign(i.astype(np.int32), j.astype(np.int32), alike.astype(np.float32))
    assert [rows.tolist() for rows in narrow] == [[0, 1], [1, 0]]
    assert Likeness()(a.astype(np.float32), a)[1].tolist() == [1, 1]


@settings(max_examples=400)
@given(
    seed=seeds,
    rows=st.integers(1, 100),
    columns=st.integers(1, 100),
    share=st.sampled_from([0.005, 0.02, 0.1, 0.7]),
    ties=st.booleans(),
)
@example(seed=0, rows=100, columns=100, share=1.0, ties=True)
def test_the_assignment_is_that_of_scipy_also_where_several_are_equally_good(
    seed: int, rows: int, columns: int, share: float, ties: bool
) -> None:
    rng = np.random.default_rng(seed)
    i, j = (rng.random((rows, columns)) < share).nonzero()
    gain = rng.uniform(-0.3, 1, len(i))
    if ties:
        gain = gain.round(1)
    gain[rng.random(len(i)) < 0.05] = -np.inf
    order = rng.permutation(len(i))
    chosen = assign(i[order], j[order], gain[order])
    with plain_numpy():
        plain = assign(i[order], j[order], gain[order])
    assert_same_bits(*zip(chosen, plain, strict=True))


def test_one_best_assignment_is_found_without_the_solver_and_equally_good_ones_are_left_to_it() -> None:
    i, j = np.array([0, 0, 1, 1, 2]), np.array([0, 1, 0, 1, 2])
    only, (rows, columns) = kernels.assign_apart(i, j, np.array([0.9, 0.8, 0.85, 0.1, 0.5]))
    assert only
    assert (rows.tolist(), columns.tolist()) == ([0, 1, 2], [1, 0, 2])
    assert not kernels.assign_apart(i, j, np.array([0.9, 0.8, 0.8, 0.7, 0.5]))[0]
    assert not kernels.assign_apart(i, j, np.array([np.inf, 0.8, 0.8, 0.7, 0.5]))[0]


def test_a_crowd_of_rivals_too_large_to_try_is_left_to_the_solver() -> None:
    i, j = np.divmod(np.arange(900), 30)
    assert not kernels.assign_apart(i, j, np.random.default_rng(0).random(900))[0]


@pytest.mark.parametrize("gain", [np.nan, -np.inf, 0.0, -1.0])
def test_a_pair_without_gain_stays_apart_either_way(gain: float) -> None:
    i, j, gains = np.array([0, 1]), np.array([0, 1]), np.array([gain, 0.5])
    assert [rows.tolist() for rows in assign(i, j, gains)] == [[1], [1]]
    with plain_numpy():
        assert [rows.tolist() for rows in assign(i, j, gains)] == [[1], [1]]


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("people", [3, 60, 150])
def test_every_preset_tracks_a_crowd_the_same(preset: str, people: int) -> None:
    rng = np.random.default_rng(people)
    place, speed = rng.uniform(0, 800, (people, 2)), rng.normal(0, 4, (people, 2))
    frames = []
    for number in range(25):
        low, seen = place + speed * number + rng.normal(0, 1, (people, 2)), rng.random(people) > 0.1
        there = np.concatenate([low, low + np.array([20, 60])], axis=1)
        frames.append(Detections(there[seen], rng.uniform(0.05, 1, people)[seen], np.zeros(seen.sum())))
    fast, plain = Tracker(preset), Tracker(preset)
    for number, frame in enumerate(frames):
        one = fast.update(frame, number / 25)
        with plain_numpy():
            other = plain.update(frame, number / 25)
        assert_same_bits((one.boxes, other.boxes), (one.ids, other.ids), (one.scores, other.scores), (fast.rows, plain.rows))


def test_importing_trackside_does_not_load_numba() -> None:
    code = "import sys, trackside.perception.tracking, trackside.cli.main; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
