"""Several cameras that watch the same place: where each stands, from a board that was waved before them.

The poses of pairs of cameras that saw the board at the same moment are averaged and chained, then one bundle adjustment
finds all cameras and all board poses together. The first camera's frame is the rig's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError, SettingError
from trackside.geometry.camera.bundle import Freedom, Observations, State, residuals
from trackside.geometry.camera.lens import Lens
from trackside.geometry.camera.observations import observed
from trackside.geometry.camera.pairs import Shot, board_starts, chained, moments
from trackside.geometry.camera.pose import Pose, skew
from trackside.geometry.camera.robust import covariance, robust_fit
from trackside.geometry.camera.start import plane_pose

if TYPE_CHECKING:
    from trackside.geometry.camera.boards.board import Board
    from trackside.geometry.camera.sighting import Sighting

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Rig:
    """Cameras that stand still to each other.

    Attributes:
        cameras: by name, the lens, and the pose from the rig's frame to the camera's.
        rms: of kept residuals of all cameras, pixels: root of the mean squared length; NaN for a rig from a file.
        camera_rms: the same by camera.
        covariances: by name, float64 [3, 3], of the camera's position in the rig, metres^2; zero for the first camera.
        scale: length of the board as two or more cameras triangulate it, divided by its true length, median over moments;
            far from 1 means that a lens or the board's size is wrong. NaN if never seen by two.
        moments: at which two cameras or more saw the board.
        thrown_out: points that did not fit.
        camera_thrown_out: by name, the share of a camera's points that did not fit, 0 to 1. What is left fits well whatever
            the lens is: a wrong lens shows here, not in `rms`.
    """

    cameras: Mapping[str, tuple[Lens, Pose]]
    rms: float = float("nan")
    camera_rms: Mapping[str, float] = field(default_factory=dict)
    covariances: Mapping[str, Floats] = field(default_factory=dict)
    scale: float = float("nan")
    moments: int = 0
    thrown_out: int = 0
    camera_thrown_out: Mapping[str, float] = field(default_factory=dict)

    def distance(self, one: str, other: str) -> float:
        """Metres between two cameras."""
        return float(np.linalg.norm(self.cameras[one][1].position - self.cameras[other][1].position))


def calibrate_rig(
    board: Board,
    lenses: Mapping[str, Lens],
    sightings: Mapping[str, Sequence[Sighting]],
    *,
    tolerance: float = 0.02,
    free_lenses: bool = False,
) -> Rig:
    """Find where the cameras stand.

    Args:
        board: that all saw.
        lenses: of every camera, by name; the first is the rig's frame.
        sightings: by the same names, with `time` of one clock (or numbers of exposures that were made together).
        tolerance: seconds within which sightings count as taken together. A board that moves at 0.5 m/s moves 1 cm in 20 ms.
        free_lenses: whether the lenses are adjusted too; they must then be of one model and count of coefficients.

    Raises:
        InputError: fewer than two cameras, times that are missing, or cameras that never saw the board together.
        SettingError: the tolerance is negative, or the lenses cannot be adjusted together.
    """
    names = list(lenses)
    _check(names, sightings, tolerance)
    if free_lenses and len({(lens.model, len(lens.distortion)) for lens in lenses.values()}) > 1:
        raise SettingError("the lenses differ in model or coefficients", where="free_lenses", fix="hold the lenses")
    shots = _shots(board, [lenses[name] for name in names], [sightings[name] for name in names], tolerance)
    cameras = chained(shots, names)
    boards = board_starts(shots, cameras)
    seen = observed(
        board, [shot.sighting for shot in shots], cameras=[s.camera for s in shots], boards=[s.moment for s in shots]
    )
    ordered = [boards[moment] for moment in range(len(boards))]
    state = State(tuple(lenses[name] for name in names), _stacked(cameras), _stacked(ordered), np.zeros(2))
    length = 4 + len(state.lenses[0].distortion)
    freedom = Freedom(np.eye(length) if free_lenses else np.zeros((length, 0)), cameras=True)
    state, seen = robust_fit(board, state, seen, freedom)
    return _rig(names, state, seen, freedom)


def _rig(names: Sequence[str], state: State, seen: Observations, freedom: Freedom) -> Rig:
    poses = [Pose(turn, place) for turn, place in zip(*state.cameras, strict=True)]
    kept = seen.weights > 0
    squares = (residuals(state, seen) ** 2).sum(axis=1)
    spread = covariance(state, seen, freedom)
    start = len(names) * freedom.lens.shape[1] - 6
    spreads = {names[0]: np.zeros((3, 3))}
    for row in range(1, len(names)):
        block = slice(start + 6 * row, start + 6 * row + 6)
        spreads[names[row]] = _position_covariance(poses[row], spread[block, block])
    by_camera = {name: _rms(squares[kept & (seen.cameras == row)]) for row, name in enumerate(names)}
    lost = {name: float((~kept[seen.cameras == row]).mean()) for row, name in enumerate(names)}
    shared = {(int(b), int(c)) for b, c in zip(seen.boards[kept], seen.cameras[kept], strict=True)}
    counts = np.bincount([board for board, _ in shared])
    cameras = {name: (lens, pose) for name, lens, pose in zip(names, state.lenses, poses, strict=True)}
    return Rig(
        cameras, _rms(squares[kept]), by_camera, spreads, _scale(state, seen), int((counts > 1).sum()),
        int((~kept).sum()), lost,
    )  # fmt: skip


def _rms(squares: Floats) -> float:
    return float(np.sqrt(squares.mean())) if len(squares) else float("nan")


def _shots(board: Board, lenses: Sequence[Lens], views: Sequence[Sequence[Sighting]], tolerance: float) -> list[Shot]:
    """Sightings of which a first pose is known, sorted by moment; moments that only one camera saw tell nothing and go."""
    found: list[tuple[int, Sighting, Pose]] = []
    points = np.asarray(board.points, np.float64)
    for camera, (lens, own) in enumerate(zip(lenses, views, strict=True)):
        for sighting in own:
            if sighting.ids[-1] >= len(points):
                raise InputError("a sighting names a point that the board has not", where=sighting.source or "rig")
            pose = plane_pose(points[sighting.ids], lens.rays(sighting.pixels))
            if pose is not None:
                found.append((camera, sighting, Pose(*pose)))
    numbers = moments([s.time for _, s, _ in found], [camera for camera, _, _ in found], tolerance)
    counts = np.bincount(numbers, minlength=1)
    together = [(number, *shot) for number, shot in zip(numbers, found, strict=True) if counts[number] > 1]
    _, anew = np.unique([row[0] for row in together], return_inverse=True)
    shots = [Shot(camera, int(m), sighting, pose) for m, (_, camera, sighting, pose) in zip(anew, together, strict=True)]
    return sorted(shots, key=lambda shot: (shot.moment, shot.camera))


def _check(names: Sequence[str], sightings: Mapping[str, Sequence[Sighting]], tolerance: float) -> None:
    if not tolerance >= 0:
        raise SettingError(f"a tolerance of {tolerance} s", where="tolerance", fix="give seconds, 0 or more")
    if len(names) < 2:
        raise InputError("a rig has at least two cameras", where="rig", fix="give the lens and sightings of each")
    absent = [name for name in names if not sightings.get(name)]
    if absent:
        raise InputError(f"{', '.join(absent)} never saw the board", where="rig", fix="show it the board, or leave it out")
    untimed = [name for name in names if not np.isfinite([s.time for s in sightings[name]]).all()]
    if untimed:
        raise InputError(f"sightings of {', '.join(untimed)} have no time", where="rig", fix="give times of one clock")


def _stacked(poses: Sequence[Pose]) -> tuple[Floats, Floats]:
    return np.stack([pose.rotation for pose in poses]), np.stack([pose.translation for pose in poses])


def _position_covariance(pose: Pose, spread: Floats) -> Floats:
    """Of -R't, from that of a left perturbation (w, dt) of the pose: d = -R' [t]x w - R' dt."""
    change = np.concatenate([-pose.rotation.T @ skew(pose.translation), -pose.rotation.T], axis=1)
    return np.asarray(change @ spread @ change.T)


def _scale(state: State, seen: Observations) -> float:
    """Triangulated size of the board over its true size, median over moments."""
    rays = np.full((len(seen.pixels), 3), np.nan)
    for camera, lens in enumerate(state.lenses):
        own = seen.cameras == camera
        rays[own] = lens.rays(seen.pixels[own] - seen.offsets[own]) @ state.cameras[0][camera]
    eyes = -np.einsum("nji,nj->ni", state.cameras[0], state.cameras[1])
    seen = replace(seen, weights=np.where(np.isfinite(rays[:, 0]), seen.weights, 0.0))
    ratios = [_size_ratio(board, rays, eyes, seen) for board in range(len(state.boards[0]))]
    known = [ratio for ratio in ratios if np.isfinite(ratio)]
    return float(np.median(known)) if known else float("nan")


def _size_ratio(board: int, rays: Floats, eyes: Floats, seen: Observations) -> float:
    rows = np.flatnonzero((seen.boards == board) & (seen.weights > 0))
    points, numbers = np.unique(seen.points[rows], axis=0, return_inverse=True)
    across = np.eye(3) - rays[rows, :, None] * rays[rows, None, :]
    a, b = np.zeros((len(points), 3, 3)), np.zeros((len(points), 3))
    np.add.at(a, numbers.ravel(), across)
    np.add.at(b, numbers.ravel(), np.einsum("nij,nj->ni", across, eyes[seen.cameras[rows]]))
    twice = np.bincount(numbers.ravel(), minlength=len(points)) > 1
    if twice.sum() < 3:
        return float("nan")
    placed = np.linalg.solve(a[twice], b[twice][..., None])[..., 0]
    return _spread(placed) / _spread(points[twice])


def _spread(points: NDArray[np.floating]) -> float:
    return float(np.sqrt(((points - points.mean(axis=0)) ** 2).sum()))
