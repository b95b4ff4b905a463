"""Bundle adjustment: lenses, cameras, boards and the boards' bend that explain the measured pixels best.

One camera is a rig of one, whose pose is the identity. Every board pose touches only its own points, so the normal equations

    [A  B'] [global]      A: lenses, cameras, bend (few);  C: one 6 x 6 block a board pose (many)
    [B  C ] [boards]

are solved through the Schur complement S = A - B' inverse(C) B, and inverse(S) is the covariance of the global parameters
with the board poses marginalised. Rotations are perturbed from the left, R <- exp(w) R.

Reference: Triggs et al., Bundle adjustment: a modern synthesis, 2000, sections 3 and 6; Levenberg-Marquardt as in Nielsen,
Damping parameter in Marquardt's method, 1999; Huber weights by iterated reweighting.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trackside.geometry.camera.lens import Lens
from trackside.geometry.camera.pose import rotations, skew

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]

# Huber's constant: 95 % efficiency for normal residuals.
HUBER = 1.345
# A fit ends when a step gains less than this share of the cost.
_GAIN = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class Observations:
    """Points of boards as cameras measured them, sorted by board.

    Attributes:
        cameras: int64 [n], rows of the rig's cameras.
        boards: int64 [n], ascending: which board pose.
        points: float64 [n, 3], of the board, metres.
        bends: float64 [n, 2], how far the two bend parameters lift the point; zero at the board's edges.
        pixels: float64 [n, 2].
        weights: float64 [n], 1 / standard deviation; 0 for a point that is thrown out.
        offsets: float64 [n, 2], pixels that are added to the projected point (the bias of discs).
    """

    cameras: Rows
    boards: Rows
    points: Floats
    bends: Floats
    pixels: Floats
    weights: Floats
    offsets: Floats

    def __getitem__(self, rows: Mask) -> Observations:
        """The rows of a mask, with boards numbered anew."""
        _, boards = np.unique(self.boards[rows], return_inverse=True)
        fields = (self.points, self.bends, self.pixels, self.weights, self.offsets)
        return Observations(self.cameras[rows], boards, *(field[rows] for field in fields))


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """All that is estimated.

    Attributes:
        lenses: of the cameras.
        cameras: rotations [c, 3, 3] and translations [c, 3] from the rig to each camera.
        boards: rotations [b, 3, 3] and translations [b, 3] from each board to the rig.
        bend: float64 [2], metres by which the board's middle is lifted along its x and its y.
    """

    lenses: tuple[Lens, ...]
    cameras: tuple[Floats, Floats]
    boards: tuple[Floats, Floats]
    bend: Floats

    def with_boards(self, rows: Rows | Mask) -> State:
        """The same with some of the boards."""
        return replace(self, boards=(self.boards[0][rows], self.boards[1][rows]))


@dataclass(frozen=True, slots=True, eq=False)
class Freedom:
    """Which parameters may move.

    Attributes:
        lens: float64 [4 + k, free], how the free numbers move a lens's vector: columns of the identity, or sums of them for
            numbers that are tied; no columns for lenses that are held.
        cameras: whether all cameras but the first may move.
        bend: whether the board may be bent.
    """

    lens: Floats
    cameras: bool = False
    bend: bool = False

    def size(self, cameras: int) -> int:
        """How many global parameters move."""
        return int(cameras * self.lens.shape[1] + 6 * (cameras - 1) * self.cameras + 2 * self.bend)


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """Residuals and derivatives at a state, in standard deviations.

    Attributes:
        residuals: float64 [n, 2], measured minus modelled.
        by_global: float64 [n, 2, g], of the model.
        by_board: float64 [n, 2, 6].
    """

    residuals: Floats
    by_global: Floats
    by_board: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Normal:
    """The normal equations in blocks: A [g, g], B [b, 6, g], C [b, 6, 6], and right sides [g] and [b, 6]."""

    a: Floats
    b: Floats
    c: Floats
    right: Floats
    right_boards: Floats

    def solved(self, damping: float) -> tuple[Floats, Floats]:
        """The step of Levenberg and Marquardt: global [g] and boards [b, 6]."""
        c = self.c + damping * _diagonals(self.c)
        back = np.linalg.solve(c, np.concatenate([self.b, self.right_boards[:, :, None]], axis=2))
        a = self.a + damping * np.diag(np.diag(self.a))
        schur = a - np.einsum("bij,bik->jk", self.b, back[:, :, :-1])
        right = self.right - np.einsum("bij,bi->j", self.b, back[:, :, -1])
        step = _symmetric_solved(schur, right)
        return step, back[:, :, -1] - back[:, :, :-1] @ step

    @property
    def schur(self) -> Floats:
        """Information [g, g] on the global parameters, boards marginalised."""
        return np.asarray(self.a - np.einsum("bij,bik->jk", self.b, np.linalg.solve(self.c, self.b)))


def camera_points(state: State, seen: Observations) -> tuple[Floats, Floats, Floats]:
    """Points [n, 3] as the board's rotation leaves them, in the rig's frame, and in the camera's frame."""
    points = seen.points.copy()
    points[:, 2] += seen.bends @ state.bend
    turned = np.einsum("nij,nj->ni", state.boards[0][seen.boards], points)
    rig = turned + state.boards[1][seen.boards]
    return turned, rig, np.einsum("nij,nj->ni", state.cameras[0][seen.cameras], rig) + state.cameras[1][seen.cameras]


def residuals(state: State, seen: Observations) -> Floats:
    """Measured minus modelled, pixels [n, 2]; NaN for a point behind its camera."""
    points = camera_points(state, seen)[2]
    modelled = np.empty_like(seen.pixels)
    for camera, lens in enumerate(state.lenses):
        own = seen.cameras == camera
        modelled[own] = lens.jacobians(points[own])[0]
        if lens.model == "brown":
            modelled[own & (points[:, 2] <= 0)] = np.nan
    return np.asarray(seen.pixels - modelled - seen.offsets)


def linearised(state: State, seen: Observations, freedom: Freedom) -> Linear:
    """Residuals and derivatives, weighted."""
    turned, rig, points = camera_points(state, seen)
    count, free = len(points), freedom.lens.shape[1]
    modelled, by_point = np.empty((count, 2)), np.empty((count, 2, 3))
    by_global = np.zeros((count, 2, freedom.size(len(state.lenses))))
    for camera, lens in enumerate(state.lenses):
        own = seen.cameras == camera
        modelled[own], by_point[own], by_lens = lens.jacobians(points[own])
        if free:
            by_global[own, :, camera * free : (camera + 1) * free] = by_lens @ freedom.lens
    by_rig = by_point @ state.cameras[0][seen.cameras]
    by_board = np.concatenate([-by_rig @ skew(turned), by_rig], axis=2)
    _by_cameras(by_global, by_point, rig, points, state, seen, freedom)
    if freedom.bend:
        normals = state.boards[0][seen.boards][:, :, 2]
        by_global[:, :, -2:] = np.einsum("nij,nj->ni", by_rig, normals)[:, :, None] * seen.bends[:, None, :]
    weights = seen.weights[:, None]
    return Linear(
        (seen.pixels - modelled - seen.offsets) * weights, by_global * weights[..., None], by_board * weights[..., None]
    )


def normal(linear: Linear, seen: Observations, weights: Floats, boards: int) -> Normal:
    """The normal equations of weighted rows; `weights` [n] multiply squares."""
    root = np.sqrt(weights)[:, None]
    r, g, p = linear.residuals * root, linear.by_global * root[..., None], linear.by_board * root[..., None]
    starts = np.searchsorted(seen.boards, np.arange(boards))
    flat = g.reshape(2 * len(r), g.shape[2])
    return Normal(
        flat.T @ flat,
        np.add.reduceat(np.einsum("nip,niq->npq", p, g), starts),
        np.add.reduceat(np.einsum("nip,niq->npq", p, p), starts),
        flat.T @ r.reshape(-1),
        np.add.reduceat(np.einsum("nip,ni->np", p, r), starts),
    )


def adjust(state: State, seen: Observations, freedom: Freedom, *, huber: float = np.inf, steps: int = 50) -> State:
    """Levenberg and Marquardt's descent.

    Args:
        state: where to start, with every point before its camera.
        seen: what was measured; every board has at least 3 points of weight.
        freedom: what may move, besides the boards.
        huber: residual, in standard deviations, from which on a point pulls no harder; inf for least squares.
        steps: most steps tried.
    """
    cost, damping, growth = _cost(state, seen, huber), 1e-3, 2.0
    linear = linearised(state, seen, freedom)
    for _ in range(steps):
        length = np.linalg.norm(linear.residuals, axis=1)
        equations = normal(linear, seen, np.minimum(1.0, huber / np.maximum(length, 1e-12)), len(state.boards[0]))
        tried = moved(state, freedom, *equations.solved(damping))
        value = np.inf if tried is None else _cost(tried, seen, huber)
        if tried is None or not value < cost:
            if cost - value > -_GAIN * cost or damping > 1e12:
                break
            damping, growth = damping * growth, 2 * growth
            continue
        gained, state, cost = cost - value, tried, value
        if gained <= _GAIN * (cost + 1e-300):
            break
        damping, growth = max(damping / 5, 1e-12), 2.0
        linear = linearised(state, seen, freedom)
    return state


def moved(state: State, freedom: Freedom, step: Floats, boards: Floats) -> State | None:
    """The state after a step; None where a focal length would not be positive or a number not finite."""
    if not (np.isfinite(step).all() and np.isfinite(boards).all()):
        return None
    free, lenses = freedom.lens.shape[1], [] if freedom.lens.shape[1] else list(state.lenses)
    for camera, lens in enumerate(state.lenses if free else ()):
        values = lens.vector + freedom.lens @ step[camera * free : (camera + 1) * free]
        if values[:2].min() <= 0 or not np.isfinite(values).all():
            return None
        lenses.append(Lens.from_vector(values, lens.size, lens.model))
    start, cameras = len(lenses) * free, state.cameras
    if freedom.cameras:
        cameras = _turned(cameras, np.vstack([np.zeros((1, 6)), step[start : start + 6 * (len(lenses) - 1)].reshape(-1, 6)]))
    bend = state.bend + step[-2:] if freedom.bend else state.bend
    return State(tuple(lenses), cameras, _turned(state.boards, boards), bend)


def _by_cameras(
    by_global: Floats, by_point: Floats, rig: Floats, points: Floats, state: State, seen: Observations, freedom: Freedom
) -> None:
    """Fill in the derivatives by the poses of all cameras but the first."""
    if not freedom.cameras:
        return
    start = len(state.lenses) * freedom.lens.shape[1] - 6
    for camera in range(1, len(state.lenses)):
        own = seen.cameras == camera
        turned = points[own] - state.cameras[1][camera]
        block = slice(start + 6 * camera, start + 6 * camera + 6)
        by_global[own, :, block] = np.concatenate([-by_point[own] @ skew(turned), by_point[own]], axis=2)


def _cost(state: State, seen: Observations, huber: float) -> float:
    with np.errstate(all="ignore"):
        length = np.linalg.norm(residuals(state, seen), axis=1) * seen.weights
    length = np.where(seen.weights > 0, length, 0.0)
    if np.isnan(length).any():
        return float("inf")
    within = np.minimum(length, huber)
    return float((within * (length - within / 2)).sum()) if np.isfinite(huber) else float((length**2).sum() / 2)


def _turned(poses: tuple[Floats, Floats], steps: Floats) -> tuple[Floats, Floats]:
    return rotations(steps[:, :3]) @ poses[0], poses[1] + steps[:, 3:]


def _diagonals(blocks: Floats) -> Floats:
    return np.asarray(blocks * np.eye(blocks.shape[-1]))


def _symmetric_solved(matrix: Floats, right: Floats) -> Floats:
    """Solve after scaling to a unit diagonal; directions without information stay where they are."""
    if not len(right):
        return right
    scale = 1 / np.sqrt(np.maximum(np.diag(matrix), 1e-300))
    return np.asarray(np.linalg.lstsq(matrix * scale[:, None] * scale, right * scale, rcond=1e-14)[0] * scale)
