"""FastestDet: one anchor-free head on a grid with 16 pixels a cell.

The output is float32 [batch, 5 + classes, rows, columns]. Channel 0 is the objectness and channels 5 onward are the class
scores, both already between 0 and 1; channels 1 to 4 are the box, raw. Source: `example/onnx-runtime/runtime.py` and
`utils/tool.py` of https://github.com/dog-qiuqiu/FastestDet at 50473cd.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.models.card import Card
from trackside.models.families.base import (
    FAMILIES,
    Candidates,
    ClassFilter,
    Decoder,
    Family,
    corners,
    none_found,
    of_classes,
    sigmoid,
)

_OBJECTNESS_POWER = 0.6
_CLASS_POWER = 0.4


def decoder(card: Card) -> Decoder:
    """The decoder for a network of this family."""
    width, height = card.geometry.width, card.geometry.height

    def decode(outputs: Mapping[str, NDArray[Any]], threshold: float, classes: ClassFilter = None) -> list[Candidates]:
        (head,) = outputs.values()
        return [decode_grid(grid, width, height, threshold, classes) for grid in head]

    return decode


def decode_grid(
    grid: NDArray[np.float32], width: int, height: int, threshold: float, classes: ClassFilter = None
) -> Candidates:
    """Decode the head of one picture.

    score = objectness^0.6 * best class score^0.4; centre = (cell + tanh(offset)) / cells; size = sigmoid(raw), both as a
    fraction of the picture.

    Args:
        grid: float32 [5 + classes, rows, columns].
        width: of the network's input, pixels.
        height: of the network's input, pixels.
        threshold: candidates below it are left out.
        classes: class numbers wanted, None for all.
    """
    rows, columns = grid.shape[1:]
    flat = grid.reshape(len(grid), rows * columns)
    # A class score is at most 1, so a cell whose objectness alone falls short cannot reach the threshold.
    cells = np.flatnonzero(flat[0] >= np.float32(threshold) ** np.float32(1 / _OBJECTNESS_POWER) * np.float32(0.9999))
    if not len(cells):
        return none_found()
    values = flat.T[cells]
    best = values[:, 5:].argmax(axis=1)
    class_scores = values[np.arange(len(cells)), 5 + best]
    scores = values[:, 0] ** np.float32(_OBJECTNESS_POWER) * class_scores ** np.float32(_CLASS_POWER)
    kept = (scores >= np.float32(threshold)) & of_classes(best, classes)
    boxes = _boxes(values[kept, 1:5], cells[kept], (rows, columns), (height, width))
    return Candidates(boxes, scores[kept], best[kept].astype(np.int32))


def _boxes(
    raw: NDArray[np.float32], cells: NDArray[np.intp], grid: tuple[int, int], size: tuple[int, int]
) -> NDArray[np.float32]:
    row, column = np.divmod(cells, grid[1])
    offset, fraction = np.tanh(raw[:, :2]), sigmoid(raw[:, 2:])
    return corners(
        (column + offset[:, 0]) * np.float32(size[1] / grid[1]),
        (row + offset[:, 1]) * np.float32(size[0] / grid[0]),
        fraction[:, 0] * size[1],
        fraction[:, 1] * size[0],
    )


FAMILIES.add("fastestdet", Family("fastestdet", decoder, "https://github.com/dog-qiuqiu/FastestDet"))
