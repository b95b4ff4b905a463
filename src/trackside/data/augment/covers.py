"""Transforms that hide rectangles. Points below become hidden (visibility 1), and boxes lose what is covered."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from trackside.core.units import Fraction
from trackside.data.augment.transform import Size, covering

Rng = np.random.Generator
Floats = NDArray[np.float64]


@covering("cutout")
def cutout(
    size: Size, rng: Rng, *, holes: Annotated[int, Field(ge=1, le=64)] = 1, side: Annotated[float, Field(gt=0, le=1)] = 0.25
) -> Floats:
    """Square holes (DeVries & Taylor 2017).

    Args:
        holes: how many.
        side: of each, as a share of the shorter side; centres lie anywhere, so that holes may be cut by the edge.
    """
    centres = rng.uniform(0, 1, (holes, 2)) * size
    half = side * min(size) / 2
    return np.concatenate([centres - half, centres + half], axis=1)


@covering("erase")
def erase(size: Size, rng: Rng, *, smallest: Fraction = 0.02, largest: Fraction = 0.2) -> Floats:
    """One rectangle of random area and shape (Zhong et al. 2017, random erasing; shape 0.3 to 3.3 as there).

    Args:
        smallest: share of the area at least.
        largest: share of the area at most.
    """
    area = rng.uniform(min(smallest, largest), largest) * size[0] * size[1]
    shape = float(np.exp(rng.uniform(-1, 1) * np.log(3.3)))
    sides = np.minimum([np.sqrt(area * shape), np.sqrt(area / shape)], size)
    corner = rng.uniform(0, 1, 2) * (np.array(size) - sides)
    return np.concatenate([corner, corner + sides])[None]
