"""YOLOX: an anchor-free head on three grids with 8, 16 and 32 pixels a cell.

The output is float32 [batch, cells of all grids, 5 + classes]: centre, size, objectness, class scores. Objectness and class
scores are already between 0 and 1; centre and size are raw, as the release files are exported without decoding. Source:
Ge et al. 2021, YOLOX: Exceeding YOLO Series in 2021, section 2 (anchor-free), and the demo of the ONNX export in
https://github.com/Megvii-BaseDetection/YOLOX.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import ModelError
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
)

STRIDES = (8, 16, 32)


def decoder(card: Card) -> Decoder:
    """The decoder for a network of this family."""
    cells = grid_cells(card.geometry.width, card.geometry.height)

    def decode(outputs: Mapping[str, NDArray[Any]], threshold: float, classes: ClassFilter = None) -> list[Candidates]:
        (head,) = outputs.values()
        if head.shape[1] != len(cells):
            raise ModelError(
                f"the output has {head.shape[1]} cells where the card's input size gives {len(cells)}",
                where=card.name,
                fix="correct the width and height in the card",
            )
        return [decode_cells(rows, cells, threshold, classes) for rows in head]

    return decode


def grid_cells(width: int, height: int, strides: tuple[int, ...] = STRIDES) -> NDArray[np.float32]:
    """float32 [cells, 3]: column, row and stride of each cell, in the order of the network's output."""
    grids = []
    for stride in strides:
        rows, columns = np.mgrid[: height // stride, : width // stride]
        grids.append(np.stack([columns.ravel(), rows.ravel(), np.full(rows.size, stride)], axis=1))
    return np.concatenate(grids).astype(np.float32)


def decode_cells(
    rows: NDArray[np.float32], cells: NDArray[np.float32], threshold: float, classes: ClassFilter = None
) -> Candidates:
    """Decode the head of one picture.

    score = objectness * best class score; centre = (cell + offset) * stride; size = exp(raw) * stride.

    Args:
        rows: float32 [cells, 5 + classes].
        cells: float32 [cells, 3], of `grid_cells`.
        threshold: candidates below it are left out.
        classes: class numbers wanted, None for all.
    """
    # A class score is at most 1, so a cell whose objectness falls short cannot reach the threshold.
    likely = np.flatnonzero(rows[:, 4] >= np.float32(threshold))
    if not len(likely):
        return none_found()
    values = rows[likely]
    best = values[:, 5:].argmax(axis=1)
    scores = values[:, 4] * values[np.arange(len(values)), 5 + best]
    kept = (scores >= np.float32(threshold)) & of_classes(best, classes)
    raw, cell = values[kept, :4].T, cells[likely[kept]].T
    centre, size = (raw[:2] + cell[:2]) * cell[2], np.exp(raw[2:]) * cell[2]
    return Candidates(corners(*centre, *size), scores[kept], best[kept].astype(np.int32))


FAMILIES.add("yolox", Family("yolox", decoder, "https://arxiv.org/abs/2107.08430"))
