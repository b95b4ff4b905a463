"""Two small structs that travel through wires."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.core import Affine, Embeddings


def test_embeddings_know_which_rows_are_known() -> None:
    found = Embeddings(np.array([[1, 0], [np.nan, np.nan]]))
    assert (len(found), found.vectors.dtype) == (2, np.float32)
    assert found.known.tolist() == [True, False]
    assert len(Embeddings(np.empty((0, 512), np.float32))) == 0
    with pytest.raises(ValueError, match="one vector a detection"):
        Embeddings(np.zeros(3))


def test_an_affine_map_is_the_identity_unless_said_otherwise() -> None:
    still = Affine()
    np.testing.assert_array_equal(still.matrix, [[1, 0, 0], [0, 1, 0]])
    assert (still.known, still.scale, still.shift) == (False, 1.0, (0.0, 0.0))
    turned = Affine(np.array([[0, -2, 5], [2, 0, -7]]), known=True)
    assert (turned.scale, turned.shift) == (pytest.approx(2), (5.0, -7.0))


@pytest.mark.parametrize("matrix", [np.eye(3), np.full((2, 3), np.nan)])
def test_other_matrices_are_refused(matrix: np.ndarray) -> None:
    with pytest.raises(ValueError, match="finite matrix"):
        Affine(matrix)
