"""Embeddings: networks that turn a crop into one vector; what looks alike points the same way.

The output is float32 [batch, d], of any length. Only directions are compared (cosine), so vectors are given out with unit
length. OSNet (Zhou et al. 2019, section 4.1, "Omni-Scale Feature Learning") is one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import ModelError

NAME = "embedding"


def decode_embeddings(outputs: Mapping[str, NDArray[Any]]) -> NDArray[np.float32]:
    """The vectors of a batch, float32 [batch, d], unit length; a row of NaN where the network gave no direction.

    Raises:
        ModelError: the network does not have one output of shape [batch, d] (or [batch, d, 1, 1]).
    """
    shapes = [list(output.shape) for output in outputs.values()]
    if len(shapes) != 1 or len(shapes[0]) < 2 or int(np.prod(shapes[0][2:])) != 1:
        raise ModelError(f"an embedding is one output of shape [batch, d], got {shapes}")
    (output,) = outputs.values()
    return unit(output.reshape(output.shape[:2]))


def unit(vectors: NDArray[Any]) -> NDArray[np.float32]:
    """Vectors [..., d] at unit length; NaN where a vector is zero or not finite."""
    wide = np.asarray(vectors, np.float64)
    length = np.sqrt((wide * wide).sum(axis=-1, keepdims=True))
    usable = np.isfinite(length) & (length > 0)
    divided = np.divide(wide, length, out=np.full_like(wide, np.nan), where=usable)
    return np.asarray(divided, np.float32)
