"""Which dot of the board each disc of a lattice is.

The lattice is laid on the board in four turns and all shifts. Turns that take the board onto itself (a symmetric grid by
180 degrees) are the same to one camera; of them the reading that starts nearest to the picture's top left is taken. What
remains must be told apart by the ends of the grid: a place of the board that should be in view and shows no dot speaks
against a shift.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.geometry.camera.boards.lattice import Lattice

Floats = NDArray[np.float64]
Nodes = NDArray[np.int64]

_TURNS = tuple(np.array(turn) for turn in ([[1, 0], [0, 1]], [[0, -1], [1, 0]], [[-1, 0], [0, -1]], [[0, 1], [-1, 0]]))
# A shift must beat the next by so many dots that should be seen, else a single covered dot could decide.
_MARGIN = 2
# Discs of the lattice that may lie beside the board: a stray blob at the rim.
_MOST_STRAY = 0.08


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Discs that are dots of the board.

    Attributes:
        ids: [k], dots of the board.
        rows: [k], of the discs.
    """

    ids: NDArray[np.int64]
    rows: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class _Reading:
    """One way to lay the lattice on the board."""

    placed: Placed
    missing: int
    nodes: Nodes
    """Of the lattice, on the board."""


def place(lattice: Lattice, centres: Floats, board: Nodes, size: tuple[int, int]) -> Placed | str:
    """Tell which dots the discs are.

    Args:
        lattice: of discs.
        centres: [n, 2] of all discs, pixels.
        board: [k, 2], the lattice coordinates of the board's dots.
        size: of the picture, width and height.

    Returns:
        The dots, or why they cannot be told, one clause.
    """
    readings = [reading for turn in range(4) for reading in _readings(lattice, centres, board, size, turn)]
    if not readings:
        return _wrong_size(lattice, board)
    most = max(len(reading.placed.ids) for reading in readings)
    if len(lattice.rows) - most > max(1, _MOST_STRAY * len(lattice.rows)):
        return _wrong_size(lattice, board)
    readings = [reading for reading in readings if len(reading.placed.ids) == most]
    fewest = min(reading.missing for reading in readings)
    best = [reading for reading in readings if reading.missing < fewest + _MARGIN]
    if not _same(best, board):
        short = _wrong_size(lattice, board)
        return f"{most} of {len(board)} dots found, and they fit several places of the board; {short}"
    best = [reading for reading in best if reading.missing == fewest]
    return min(best, key=lambda reading: _start(reading, centres)).placed


def _readings(lattice: Lattice, centres: Floats, board: Nodes, size: tuple[int, int], turn: int) -> list[_Reading]:
    """All shifts of one turn that place as many discs as any of them."""
    index = {(int(x), int(y)): row for row, (x, y) in enumerate(board)}
    turned = lattice.nodes @ _TURNS[turn].T
    shifts, counts = np.unique((board[:, None] - turned[None]).reshape(-1, 2), axis=0, return_counts=True)
    found = []
    for shift in shifts[counts == counts.max()]:
        nodes = turned + shift
        ids = np.array([index.get((int(x), int(y)), -1) for x, y in nodes])
        kept = ids >= 0
        order = np.argsort(ids[kept])
        placed = Placed(ids[kept][order], lattice.rows[kept][order])
        if len(placed.ids) >= 4:
            found.append(_Reading(placed, _unseen(placed, centres, board, size), nodes))
    return found


def _unseen(placed: Placed, centres: Floats, board: Nodes, size: tuple[int, int]) -> int:
    """How many dots should be in the picture, and were not found."""
    import cv2

    known = board[placed.ids].astype(np.float64)
    if np.linalg.matrix_rank(known - known.mean(axis=0)) < 2:
        return 0
    homography, _ = cv2.findHomography(known, centres[placed.rows], 0)
    others = np.setdiff1d(np.arange(len(board)), placed.ids)
    if homography is None or not len(others):
        return 0
    image = np.column_stack([board[others], np.ones(len(others))]) @ homography.T
    sense = np.sign(np.column_stack([known, np.ones(len(known))]) @ homography[2]).mean()
    with np.errstate(divide="ignore", invalid="ignore"):
        pixels = image[:, :2] / image[:, 2:]
    # A dot that touches the frame is not looked for: it counts as out of view half a pitch before it leaves.
    border = 0.5 * float(np.median(np.linalg.norm(np.diff(centres[placed.rows], axis=0), axis=1)))
    seen = (image[:, 2] * sense > 0) & (pixels > border).all(axis=1) & (pixels < np.array(size) - 1 - border).all(axis=1)
    return int(seen.sum())


def _same(readings: list[_Reading], board: Nodes) -> bool:
    """Whether all readings are one, up to turns that take the board onto itself."""
    first = readings[0].nodes
    whole = {(int(x), int(y)) for x, y in board}
    for other in readings[1:]:
        # Both readings lay the same discs on the board: the motion between them is a turn and a shift.
        motion = next((turn for turn in _TURNS if _rigid(first, other.nodes, turn)), None)
        if motion is None:
            return False
        moved = board @ motion.T + (other.nodes[0] - motion @ first[0])
        if {(int(x), int(y)) for x, y in moved} != whole:
            return False
    return True


def _rigid(first: Nodes, second: Nodes, turn: Nodes) -> bool:
    return bool((second == first @ turn.T + (second[0] - turn @ first[0])).all())


def _start(reading: _Reading, centres: Floats) -> float:
    """How far the board's first dots are from the top left: x + y of the dot with the lowest id, pixels."""
    return float(centres[reading.placed.rows[0]].sum())


def _wrong_size(lattice: Lattice, board: Nodes) -> str:
    wanted = _shapes(board)[0]
    # A shape that shares a side with the board is the likelier reading of a grid that can be counted in two ways.
    seen = max(_shapes(lattice.nodes), key=lambda shape: len(set(shape) & set(wanted)))
    return f"found {len(lattice.rows)} dots in a grid of {seen[0]} x {seen[1]}, not {wanted[0]} x {wanted[1]}"


def _shapes(nodes: Nodes) -> list[tuple[int, int]]:
    """Sides of the grid, the shorter first; an asymmetric grid, which fills half of its slanted rectangle, may have two."""
    slanted = np.column_stack([nodes[:, 0] - nodes[:, 1], nodes[:, 0] + nodes[:, 1]])
    if _filling(nodes, _sides(nodes)) >= 2 * _filling(nodes, _sides(slanted)):
        low, high = sorted(_sides(nodes))
        return [(low, high)]
    wide, high = _sides(slanted)
    shapes = [(wide // 2, high)] if wide % 2 == 0 else []
    shapes += [(high // 2, wide)] if high % 2 == 0 else []
    return [(min(shape), max(shape)) for shape in shapes or [((wide + 1) // 2, high)]]


def _sides(nodes: Nodes) -> tuple[int, int]:
    low, high = nodes.min(axis=0), nodes.max(axis=0)
    return int(high[0] - low[0] + 1), int(high[1] - low[1] + 1)


def _filling(nodes: Nodes, sides: tuple[int, int]) -> float:
    """Share of the rectangle that holds a disc."""
    return len(nodes) / (sides[0] * sides[1])
