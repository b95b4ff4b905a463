"""How one picture became the next."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Affine:
    """An affine map from pixels of the last picture to pixels of this one: `x' = matrix[:, :2] @ x + matrix[:, 2]`.

    Attributes:
        matrix: float64 [2, 3].
        known: whether it was measured; if not, it is the identity.
    """

    matrix: NDArray[np.float64] = field(default_factory=lambda: np.eye(2, 3))
    known: bool = False

    def __post_init__(self) -> None:
        matrix = np.asarray(self.matrix, np.float64)
        if matrix.shape != (2, 3) or not np.isfinite(matrix).all():
            raise ValueError(f"an affine map is a finite matrix [2, 3], got {matrix}")
        object.__setattr__(self, "matrix", matrix)

    @property
    def scale(self) -> float:
        """By how much lengths grow."""
        return math.sqrt(abs(float(np.linalg.det(self.matrix[:, :2]))))

    @property
    def shift(self) -> tuple[float, float]:
        """Where the point 0, 0 goes, pixels."""
        return float(self.matrix[0, 2]), float(self.matrix[1, 2])
