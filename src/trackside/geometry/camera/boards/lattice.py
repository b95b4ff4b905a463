"""Square lattices of discs, grown from disc to disc.

Each disc brings its own measure: the frame that makes its outline an ellipse also says how the board is foreshortened there.
In units of the disc's radius, seen through that frame, all four neighbours are equally far, at any tilt and turn; letters,
lamps and other discs of the scene are not. An asymmetric grid is a square lattice too, turned by 45 degrees.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.geometry.camera.boards.outlines import Discs

Floats = NDArray[np.float64]
Node = tuple[int, int]

# Shares of the pitch. Diagonals are at 1.41; perspective changes the distance from disc to disc by up to a quarter.
_NEAR, _FAR = 0.7, 1.28
# A neighbour may be off its prediction by so much of the pitch while growing, and when holes are filled or places checked.
_REACH, _FILL_REACH, _CHECK = 0.3, 0.2, 0.22
# Discs next to each other have like areas.
_LARGER = 2.2
_PERPENDICULAR = 0.45
_SEEDS = 40
_FEWEST = 4
_STEPS = ((1, 0), (0, 1), (-1, 0), (0, -1))


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """Discs with whole-number coordinates.

    Attributes:
        rows: [k], of the discs.
        nodes: int64 [k, 2], their coordinates; the axes are right-handed in the picture and otherwise free.
    """

    rows: NDArray[np.int64]
    nodes: NDArray[np.int64]

    @property
    def extent(self) -> tuple[int, int]:
        """Discs along each axis, from end to end."""
        low, high = self.nodes.min(axis=0), self.nodes.max(axis=0)
        return int(high[0] - low[0] + 1), int(high[1] - low[1] + 1)


def find_lattices(discs: Discs, pitch: float) -> list[Lattice]:
    """Lattices among discs, the largest first; each disc belongs to one at most.

    Args:
        discs: with their frames.
        pitch: distance of neighbours in radii of a disc.
    """
    if len(discs) < _FEWEST:
        return []
    near = _Neighbours(discs, pitch)
    free = np.ones(len(discs), bool)
    found = []
    for seed in near.seeds()[: max(_SEEDS, len(discs) // 2)]:
        if free[seed]:
            lattice = _checked(near, _filled(near, _grown(near, seed, free), free))
            if lattice is not None:
                free[lattice.rows] = False
                found.append(lattice)
    return sorted(found, key=lambda lattice: -len(lattice.rows))


def usual_pitch(discs: Discs) -> float:
    """The distance of nearest neighbours in radii, where the board's own figures do not fit; NaN for fewer than 4 discs."""
    if len(discs) < _FEWEST:
        return float("nan")
    distance = _distances(discs)
    np.fill_diagonal(distance, np.inf)
    return float(np.median(np.sort(distance, axis=1)[:, :2]))


def _distances(discs: Discs) -> Floats:
    """[n, n]: from each disc to the others, in its own radii."""
    inverse = np.linalg.inv(discs.frames)
    offsets = discs.centres[None] - discs.centres[:, None]
    return np.asarray(np.linalg.norm(np.einsum("iab,ijb->ija", inverse, offsets), axis=-1))


class _Neighbours:
    """Which discs may stand next to each other."""

    def __init__(self, discs: Discs, pitch: float) -> None:
        self.centres = discs.centres
        self.pitch = pitch
        self.inverse = np.linalg.inv(discs.frames)
        size = np.linalg.det(discs.frames)
        ratio = size[:, None] / size[None]
        distance = _distances(discs) / pitch
        inside = (distance > _NEAR) & (distance < _FAR)
        self.pairs = inside & inside.T & (ratio < _LARGER) & (ratio > 1 / _LARGER)
        self.alike = (ratio < 2 * _LARGER) & (ratio > 0.5 / _LARGER)

    def seeds(self) -> list[int]:
        """Discs with two neighbours or more, those with four first."""
        count = self.pairs.sum(axis=1)
        order = np.argsort(np.where(count <= 4, -count, count - 4), kind="stable")
        return [int(row) for row in order if count[row] >= 2]

    def basis(self, row: int) -> Floats | None:
        """Two steps [2, 2] (columns, pixels) from a disc to neighbours at right angles, right-handed; None without such."""
        steps = self.centres[self.pairs[row]] - self.centres[row]
        flat = steps @ self.inverse[row].T
        flat /= np.linalg.norm(flat, axis=1, keepdims=True)
        cosine = flat @ flat.T
        first, second = np.unravel_index(np.argmin(np.abs(cosine)), cosine.shape)
        if abs(cosine[first, second]) > _PERPENDICULAR:
            return None
        pair = steps[[first, second]].T
        return np.asarray(pair if np.linalg.det(pair) > 0 else pair[:, ::-1])

    def at(self, row: int, place: Floats, reach: float, free: Iterable[int]) -> tuple[float, int] | None:
        """The free disc nearest to a place, as its distance (shares of the pitch, measured at disc `row`) and its row."""
        rows = np.fromiter(free, np.int64)
        rows = rows[self.alike[row, rows]]
        if not len(rows):
            return None
        distance = np.linalg.norm((self.centres[rows] - place) @ self.inverse[row].T, axis=1) / self.pitch
        best = int(np.argmin(distance))
        return (float(distance[best]), int(rows[best])) if distance[best] < reach else None


def _grown(near: _Neighbours, seed: int, free: NDArray[np.bool_]) -> dict[Node, int]:
    """From a seed outwards, the surest step first."""
    basis = near.basis(seed)
    if basis is None:
        return {}
    placed: dict[Node, int] = {(0, 0): seed}
    used = {seed}
    bases = {seed: basis}
    queue: list[tuple[float, Node, int, int]] = []

    def look_around(node: Node, row: int) -> None:
        candidates = np.flatnonzero(near.pairs[row] & free)
        for step in _STEPS:
            target = (node[0] + step[0], node[1] + step[1])
            found = near.at(row, near.centres[row] + bases[row] @ step, _REACH, candidates)
            if target not in placed and found is not None:
                heapq.heappush(queue, (found[0], target, found[1], row))

    look_around((0, 0), seed)
    while queue:
        _, node, row, parent = heapq.heappop(queue)
        if node in placed or row in used:
            continue
        placed[node] = row
        used.add(row)
        bases[row] = _carried(near, bases[parent], node, row, placed)
        look_around(node, row)
    return placed


def _carried(near: _Neighbours, basis: Floats, node: Node, row: int, placed: dict[Node, int]) -> Floats:
    """Steps at a new disc: those to neighbours that are placed already, else those of the disc it was found from."""
    basis = basis.copy()
    for axis, (step, back) in enumerate(zip(_STEPS[:2], _STEPS[2:], strict=True)):
        known = [
            (near.centres[placed[other]] - near.centres[row]) * sign
            for (x, y), sign in ((step, 1), (back, -1))
            if (other := (node[0] + x, node[1] + y)) in placed
        ]
        if known:
            basis[:, axis] = np.mean(known, axis=0)
    return basis


def _filled(near: _Neighbours, placed: dict[Node, int], free: NDArray[np.bool_]) -> dict[Node, int]:
    """Discs beyond holes: empty places up to two steps away, predicted from the placed discs around them."""
    if len(placed) < _FEWEST:
        return placed
    placed = dict(placed)
    for _ in range(3):
        left = set(np.flatnonzero(free).tolist()) - set(placed.values())
        rows = np.array(list(placed.values()))
        nodes = np.array(list(placed))
        added = {}
        for target in _rim(placed):
            place = _predicted(near.centres[rows], nodes, np.array(target))
            closest = int(rows[np.argmin(np.abs(nodes - target).sum(axis=1))])
            found = None if place is None else near.at(closest, place, _FILL_REACH, left)
            if found is not None:
                added[target] = found[1]
                left.discard(found[1])
        if not added:
            break
        placed |= added
    return placed


def _rim(placed: dict[Node, int]) -> list[Node]:
    """Empty places within two steps of a placed disc."""
    around = {(x + i, y + j) for x, y in placed for i in range(-2, 3) for j in range(-2, 3) if abs(i) + abs(j) <= 2}
    return sorted(around - set(placed))


def _predicted(centres: Floats, nodes: NDArray[np.int64], target: NDArray[np.int64]) -> Floats | None:
    """Where the nearest discs say that a place is: an affine map of up to 9 of them, with a bend where there are more."""
    away = (nodes - target).astype(np.float64)
    distance = (away**2).sum(axis=1)
    rows = np.argsort(distance, kind="stable")[:12]
    rows = rows[distance[rows] <= max(8.0, distance[rows[0]] + 5)]
    x, y = away[rows].T
    design = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=1)
    design = design[:, :6] if len(rows) >= 10 else design[:, :3]
    if len(rows) < 3 or np.linalg.matrix_rank(design) < design.shape[1]:
        design = design[:, :3]
        if len(rows) < 3 or np.linalg.matrix_rank(design) < 3:
            return None
    return np.asarray(np.linalg.lstsq(design, centres[rows], rcond=None)[0][0])


def _checked(near: _Neighbours, placed: dict[Node, int]) -> Lattice | None:
    """Without the discs that are not where their neighbours say; None if fewer than four are left."""
    while len(placed) >= _FEWEST:
        nodes, rows = np.array(list(placed)), np.array(list(placed.values()))
        off = np.array([_off(near, nodes, rows, index) for index in range(len(rows))])
        worst = int(np.argmax(off))
        if off[worst] <= _CHECK:
            return Lattice(rows, nodes)
        del placed[(int(nodes[worst, 0]), int(nodes[worst, 1]))]
    return None


def _off(near: _Neighbours, nodes: NDArray[np.int64], rows: NDArray[np.int64], index: int) -> float:
    """How far a disc is from where the others expect it, in shares of the pitch; 0 where nothing can be said."""
    others = np.arange(len(rows)) != index
    place = _predicted(near.centres[rows[others]], nodes[others], nodes[index])
    if place is None:
        return 0.0
    return float(np.linalg.norm(near.inverse[rows[index]] @ (near.centres[rows[index]] - place)) / near.pitch)
