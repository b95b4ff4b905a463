"""Joining: what a link gains, and that the links chosen are the best of all choices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from trackside.perception.tracking.linking import LinkSettings, Tracklet, smooth
from trackside.perception.tracking.linking.link import chains, link_gains

from .walkers import FPS, SETTINGS, kits, seconds, tracklet, walker

TIMES = seconds(200)


def gain(before: Tracklet, after: Tracklet, beliefs: LinkSettings = SETTINGS, others: Sequence[Tracklet] = ()) -> float:
    """Of the link of two, in a scene 1,000 px wide."""
    all_of_them = [before, after, walker(range(3), 0, 0), walker(range(3), 1000, 0), *others]
    paths = smooth(all_of_them, TIMES, beliefs.noise)
    return float(link_gains(all_of_them, paths, TIMES, beliefs, np.array([0]), np.array([1]))[0])


def hidden(speed: float = 80.0, until: int = 45, **changes: float) -> tuple[Tracklet, Tracklet]:
    """Somebody who walks, is hidden from frame 25 on, and comes out in frame `until`."""
    return walker(range(25), 200, speed, jitter=1), walker(range(until, until + 25), 200, speed, jitter=2, **changes)


def test_somebody_who_comes_out_where_he_must_is_the_same() -> None:
    assert gain(*hidden()) > 0
    assert gain(*hidden(speed=0)) > 0


def test_somebody_else_who_comes_the_other_way_is_not() -> None:
    before, after = hidden()
    opposite = walker(range(45, 70), float(after.boxes[0, 0] + 20) + 80 * 45 / FPS, -80, jitter=2)
    assert opposite.boxes[0, 0] == pytest.approx(after.boxes[0, 0], abs=4), "at the same place"
    assert gain(before, opposite) < 0 < gain(before, after)


def test_somebody_who_comes_out_elsewhere_is_not() -> None:
    before, after = hidden()
    assert gain(before, tracklet(after.frames, after.boxes + np.array([300, 0, 300, 0]))) < 0
    assert gain(before, tracklet(after.frames, after.boxes + np.array([0, 200, 0, 200]))) < 0


def test_the_more_sizes_differ_the_less_is_gained() -> None:
    gains = [gain(*hidden(height=height)) for height in (90.0, 75.0, 50.0, 30.0)]
    assert sorted(gains, reverse=True) == gains
    assert gains[-1] < 0


def test_the_longer_somebody_was_hidden_the_less_is_gained() -> None:
    gains = [gain(*hidden(until=until)) for until in (27, 35, 50, 70)]
    assert sorted(gains, reverse=True) == gains


def test_nothing_is_joined_by_motion_beyond_the_longest_gap() -> None:
    assert gain(*hidden(until=74), SETTINGS) > -np.inf
    assert gain(*hidden(until=76), SETTINGS) == -np.inf
    assert gain(*hidden(until=76), replace(SETTINGS, gap=3.0)) > -np.inf


def test_a_place_that_is_known_well_gains_more_where_the_scene_is_wide() -> None:
    before, after = hidden()
    assert gain(before, after, others=[walker(range(3), 9000, 0)]) > gain(before, after)


def test_looks_speak_for_and_against_and_are_silent_where_unknown() -> None:
    before, after = hidden(until=60)

    def with_looks(one: object, other: object) -> float:
        pair = [tracklet(t.frames, t.boxes, features=f) for t, f in ((before, one), (after, other))]  # type: ignore[arg-type]
        return gain(*pair)

    plain, unknown = gain(before, after), np.full((25, 8), np.nan)
    assert with_looks(kits((0, 25)), kits((0, 25), seed=1)) > plain > with_looks(kits((0, 25)), kits((1, 25)))
    assert with_looks(kits((0, 25)), kits((1, 25))) < 0
    assert with_looks(kits((0, 25)), unknown) == with_looks(unknown, unknown) == plain


def scene(seed: int, stretches: int) -> list[Tracklet]:
    """Stretches of people who walk about one place, so that many links compete."""
    rng = np.random.default_rng(seed)
    starts, spans = rng.integers(0, 60, stretches), rng.integers(4, 25, stretches)
    return [
        walker(np.arange(start, start + span), 300 + rng.normal(0, 25), rng.normal(0, 30), jitter=seed + n)
        for n, (start, span) in enumerate(zip(starts.tolist(), spans.tolist(), strict=True))
    ]


def table_of(stretches: Sequence[Tracklet], beliefs: LinkSettings) -> np.ndarray:
    """What each link gains, [n, n]; -inf where one does not end before the other begins."""
    table = np.full((len(stretches), len(stretches)), -np.inf)
    after = [(i, j) for i, a in enumerate(stretches) for j, b in enumerate(stretches) if a.frames[-1] < b.frames[0]]
    i, j = np.array(after, np.intp).reshape(-1, 2).T
    table[i, j] = link_gains(stretches, smooth(stretches, TIMES, beliefs.noise), TIMES, beliefs, i, j)
    return table


def best_sum(table: np.ndarray) -> float:
    """The greatest sum of gains of any choice of links that uses each end and each beginning at most once."""

    @cache
    def best(row: int, taken: frozenset[int]) -> float:
        if row == len(table):
            return 0.0
        free = [column for column in range(len(table)) if column not in taken and table[row, column] > 0]
        return max([best(row + 1, taken), *(table[row, c] + best(row + 1, taken | {c}) for c in free)])

    return best(0, frozenset())


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), stretches=st.integers(1, 9))
def test_no_other_choice_gains_more_and_nobody_is_in_two_chains(seed: int, stretches: int) -> None:
    people = scene(seed, stretches)
    beliefs = replace(SETTINGS, newcomer=-4.0)  # Eager to join, so that links compete.
    found = chains(people, smooth(people, TIMES, beliefs.noise), TIMES, beliefs, beliefs.gap)
    assert sorted(row for chain in found for row in chain) == list(range(stretches))
    links = [pair for chain in found for pair in pairwise(chain)]
    assert all(people[i].frames[-1] < people[j].frames[0] for i, j in links)
    table = table_of(people, beliefs)
    assert sum(table[i, j] for i, j in links) == pytest.approx(best_sum(table))


def test_the_random_scenes_have_links_that_compete() -> None:
    tables = [table_of(scene(seed, 8), replace(SETTINGS, newcomer=-4.0)) > 0 for seed in range(20)]
    assert sum(bool((table.sum(axis=0) > 1).any() and (table.sum(axis=1) > 1).any()) for table in tables) > 10


def test_a_chain_is_in_the_order_of_time_however_its_parts_are_given() -> None:
    parts = [walker(range(start, start + 20), 200, 80, jitter=start) for start in (60, 0, 30)]
    paths = smooth(parts, TIMES, SETTINGS.noise)
    assert chains(parts, paths, TIMES, SETTINGS, SETTINGS.gap) == [[1, 2, 0]]


def test_nothing_is_nothing() -> None:
    assert chains([], [], TIMES, SETTINGS, 1.0) == []
