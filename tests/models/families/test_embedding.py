"""Vectors come out at unit length, and what has no direction is not known."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.core import ModelError
from trackside.models.families.embedding import decode_embeddings, unit


def test_vectors_have_unit_length_and_keep_their_direction() -> None:
    found = decode_embeddings({"a": np.array([[3, 4], [0, -0.5]], np.float32)})
    np.testing.assert_allclose(found, [[0.6, 0.8], [0, -1]], rtol=1e-6)
    assert found.dtype == np.float32
    assert decode_embeddings({"a": np.ones((2, 4, 1, 1), np.float32)}).shape == (2, 4)


def test_a_vector_without_direction_is_not_known() -> None:
    found = unit(np.array([[0, 0], [np.nan, 1], [np.inf, 1], [1e30, 0]], np.float32))
    assert np.isnan(found[:3]).all()
    np.testing.assert_array_equal(found[3], [1, 0])
    assert unit(np.empty((0, 7))).shape == (0, 7)


@pytest.mark.parametrize("shapes", [[(4,)], [(1, 4, 2)], [(1, 4), (1, 4)], []])
def test_other_outputs_are_refused(shapes: list[tuple[int, ...]]) -> None:
    with pytest.raises(ModelError, match="one output of shape"):
        decode_embeddings({str(n): np.ones(shape, np.float32) for n, shape in enumerate(shapes)})
