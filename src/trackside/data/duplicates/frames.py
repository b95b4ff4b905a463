"""Which pictures may be copies of which: by the whole frame, as it is, mirrored, or turned by quarters.

Features tell pictures apart where there are many of them. Tiny pictures and drawings have few, and a picture that was
squeezed to another shape has others. In both the frame as a whole stays: small grids of grey values are correlated, all with
all, by products of matrices in blocks.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trackside.data.duplicates.sketching import Sketches

Rows = NDArray[np.int64]
Floats = NDArray[np.float32]
_GRID = 12
# Correlation of two grids from which on their pictures are looked at, and how many partners each picture has at most.
_ALIKE = 0.7
_MOST = 3
# Grey levels: grids with less contrast tell little.
_FAINT = 2.0
_BLOCK = 256


class Framed(NamedTuple):
    """Candidate pairs.

    Attributes:
        first: int64 [c], rows of the queries.
        second: int64 [c], rows of the known pictures.
        mirrored: bool [c], whether the first is to be mirrored (left and right).
        turns: int64 [c], by how many quarters it is to be turned after that, clockwise.
    """

    first: Rows
    second: Rows
    mirrored: NDArray[np.bool_]
    turns: Rows


def whole_frames(queries: Sketches, known: Sketches, *, same: bool, threads: int | None = None) -> Framed:
    """For each query the known pictures that look most like it when it fills their frame.

    Args:
        queries: pictures to look for.
        known: pictures to look among.
        same: queries and known are the same pictures: a picture is no candidate for itself, and the smaller row comes first.
        threads: how many blocks at once; as many as there are cores if None.
    """
    want, have = _grids(queries), _flat(_grids(known)).T

    def block(start: int) -> tuple[Rows, Rows, Floats]:
        """Known picture, view (turns, and 4 more where mirrored) and correlation of each query's best, [rows, 16]."""
        part = want[start : start + _BLOCK]
        rows, best = np.arange(len(part)), []
        for view in range(8):
            alike = _flat(np.rot90(part[:, :, ::-1] if view >= 4 else part, -(view % 4), axes=(1, 2))) @ have
            if same:
                alike[rows, rows + start] = -1
            for _ in range(min(2, alike.shape[1])):
                column = alike.argmax(1)
                best.append((column, np.full(len(part), view), alike[rows, column]))
                alike[rows, column] = -1
        return tuple(np.stack(columns, 1) for columns in zip(*best, strict=True))  # type: ignore[return-value]

    if len(queries) == 0 or len(known) == 0:
        nothing = np.zeros(0, np.int64)
        return Framed(nothing, nothing, nothing.astype(bool), nothing)
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        found = list(pool.map(block, range(0, len(queries), _BLOCK)))
    columns, views, values = (np.concatenate(one) for one in zip(*found, strict=True))
    order = np.argsort(-values, axis=1, kind="stable")[:, :_MOST]
    first = np.repeat(np.arange(len(queries)), order.shape[1])
    columns, views, values = (np.take_along_axis(one, order, 1).ravel() for one in (columns, views, values))
    kept = values >= _ALIKE
    framed = Framed(first[kept], columns[kept], views[kept] >= 4, views[kept] % 4)
    return _in_order(framed) if same else framed


def _in_order(framed: Framed) -> Framed:
    """The smaller row first, and no pair in the same view twice."""
    first, second, mirrored, turns = framed
    back = first > second  # What is mirrored and then turned comes back by the same; what is turned, by turning it back.
    turns = np.where(back & ~mirrored, -turns % 4, turns)
    pairs = np.unique(np.stack([np.minimum(first, second), np.maximum(first, second), mirrored, turns]), axis=1)
    return Framed(pairs[0], pairs[1], pairs[2].astype(bool), pairs[3])


def _grids(sketches: Sketches) -> Floats:
    """Small grey pictures without their mean, of length one where they have contrast, float32 [n, 12, 12]."""
    import cv2

    side = (_GRID, _GRID)
    grids = np.zeros((len(sketches), *side), np.float32)
    for row in range(len(sketches)):
        grids[row] = cv2.resize(sketches.thumbnail(row), side, interpolation=cv2.INTER_AREA)
    grids -= grids.mean((1, 2), keepdims=True)
    lengths = np.sqrt((grids**2).sum((1, 2), keepdims=True) + (_FAINT * _GRID) ** 2)
    return np.asarray(grids / lengths, np.float32)


def _flat(grids: Floats) -> Floats:
    return np.ascontiguousarray(grids.reshape(len(grids), _GRID * _GRID))
