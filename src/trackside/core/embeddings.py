"""How things look, as vectors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Embeddings:
    """A vector for each detection of one picture, in their order.

    Attributes:
        vectors: float32 [n, d], unit length, so that `1 - a @ b` is the cosine distance; a row of NaN is not known.
    """

    vectors: NDArray[np.float32]

    def __post_init__(self) -> None:
        vectors = np.asarray(self.vectors, np.float32)
        if vectors.ndim != 2:
            raise ValueError(f"embeddings are one vector a detection, [n, d], got {vectors.shape=}")
        object.__setattr__(self, "vectors", vectors)

    def __len__(self) -> int:
        return len(self.vectors)

    @property
    def known(self) -> NDArray[np.bool_]:
        """bool [n]: whether there is a vector."""
        return np.asarray(np.isfinite(self.vectors).all(axis=1))
