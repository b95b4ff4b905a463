"""What a stretch looks like: one vector for many, whoever stood in front."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.perception.tracking.linking.looks import looks, looks_odds

from .walkers import kits


def test_it_is_the_direction_in_which_most_point() -> None:
    seen = looks(kits((0, 30), (1, 10), noise=0.05))
    assert seen is not None
    assert np.linalg.norm(seen) == pytest.approx(1)
    assert seen[0] > 0.99, "a quarter that shows somebody in front does not pull"


def test_unknown_rows_do_not_count() -> None:
    vectors = kits((0, 10))
    vectors[::2] = np.nan
    np.testing.assert_allclose(looks(vectors), looks(vectors[1::2]))  # type: ignore[arg-type]


@pytest.mark.parametrize("vectors", [None, np.empty((0, 4)), np.full((3, 4), np.nan), np.zeros((3, 4)), np.empty((3, 0))])
def test_where_nothing_is_known_nothing_is_said(vectors: np.ndarray | None) -> None:
    assert looks(vectors) is None


def test_one_vector_is_itself() -> None:
    (vector,) = kits((2, 1))
    np.testing.assert_allclose(looks(vector[None]), vector)  # type: ignore[arg-type]


def test_odds_are_the_likeness_above_what_says_nothing_and_bounded() -> None:
    a, b, half = np.array([1.0, 0]), np.array([0.0, 1]), np.array([0.6, 0.8])
    odds = looks_odds([a, a, a, None], [half, b, a, a], 5.0, 0.5)
    assert odds.tolist() == pytest.approx([0.5, -2.5, 2.5, 0.0])
    assert np.abs(looks_odds([a, a], [a, b], 1e9, 0.5)).max() < 20, "no likeness alone is proof"
