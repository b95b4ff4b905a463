"""Camera calibration: the lens that explains the sightings of a board best, and how well it is known.

Start from the board alone, adjust robustly (Huber), throw out what does not fit, adjust again by least squares. The bias of
discs is part of the model. Everything is judged on views that were left out, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError
from trackside.geometry.camera import demands
from trackside.geometry.camera.bundle import Freedom, Observations, State, residuals
from trackside.geometry.camera.held_out import held_out_residuals
from trackside.geometry.camera.lens import Lens, Model
from trackside.geometry.camera.observations import observed, with_disc_bias
from trackside.geometry.camera.pose import Pose
from trackside.geometry.camera.robust import covariance, robust_fit
from trackside.geometry.camera.sighting import Refusal, Sighting
from trackside.geometry.camera.start import board_poses, first_lens

if TYPE_CHECKING:
    from trackside.geometry.camera.boards.board import Board

Floats = NDArray[np.float64]

# How many distortion coefficients may be asked for, simplest first.
COEFFICIENTS: dict[str, tuple[int, ...]] = {"brown": (0, 1, 2, 4, 5, 8), "fisheye": (1, 2, 3, 4)}
# A view that loses more than half of its points, or is this many times worse than the median view, is refused.
_LOST, _WORSE = 0.5, 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """A lens, and what it rests on.

    Attributes:
        lens: the intrinsics.
        covariance: float64 [4 + k, 4 + k], of `lens.vector`, poses marginalised, scaled by the residuals' variance; zero for
            numbers that were held.
        board: that was waved.
        sightings: those used.
        poses: of the board in each.
        residuals: each [n, 2], measured minus modelled, pixels; NaN for points thrown out.
        rms: of kept residuals, pixels: root of the mean squared length.
        held_out: the same on sightings left out of the fit, their pose fitted to half of their points and judged on the
            other half (5 folds); NaN where no view has 8 points.
        refused: sightings that were not used, with reasons.
        bend: float64 [2], metres by which the board's middle is lifted along its x and its y; zero unless asked for.
    """

    lens: Lens
    covariance: Floats
    board: Board
    sightings: tuple[Sighting, ...]
    poses: tuple[Pose, ...]
    residuals: tuple[Floats, ...]
    rms: float
    held_out: float
    refused: tuple[Refusal, ...]
    bend: Floats = field(default_factory=lambda: np.zeros(2))

    @property
    def state(self) -> State:
        """As the bundle adjustment has it."""
        boards = np.stack([pose.rotation for pose in self.poses]), np.stack([pose.translation for pose in self.poses])
        return State((self.lens,), (np.eye(3)[None], np.zeros((1, 3))), boards, self.bend)

    @property
    def observations(self) -> Observations:
        """What was measured, with the bias of discs; points thrown out have no weight."""
        seen = with_disc_bias(self.board, self.state, observed(self.board, self.sightings))
        kept = np.isfinite(np.concatenate(self.residuals)).all(axis=1)
        return replace(seen, weights=np.where(kept, seen.weights, 0.0))


def calibrate(
    board: Board,
    sightings: Sequence[Sighting],
    *,
    model: Model = "brown",
    coefficients: int | Literal["auto"] = 5,
    fix_aspect: bool = False,
    bend: bool = False,
    start: Lens | None = None,
) -> Calibration:
    """Find the lens of a camera from pictures of a board.

    Args:
        board: that the pictures show.
        sightings: of one camera, at least 3; 20 to 40 with tilts to all sides, over the whole picture, are good.
        model: `brown` for usual lenses, `fisheye` for more than about 110 degrees.
        coefficients: of the distortion, `brown`: 0, 1, 2 (radial), 4 (and tangential), 5 or 8 (rational); `fisheye`: 1 to 4,
            and never more than 4. `auto` takes the simplest whose held-out error is within one standard error of the best.
        fix_aspect: whether pixels are square: one focal length.
        bend: whether the board may be bent (two parabolas, as mrcal has it).
        start: a lens to start from, or None.

    Raises:
        InputError: too few or too similar views, several picture sizes, or another board; the sentence says what is missing.
        SettingError: a count of coefficients that the model has not.
    """
    if coefficients == 5 and model == "fisheye":
        coefficients = 4  # the default: all there are
    demands.check_coefficients(model, coefficients, COEFFICIENTS[model])
    demands.check_sightings(sightings)
    if coefficients == "auto":
        return _simplest(board, sightings, model, fix_aspect, bend, start)
    return _calibrated(board, sightings, model, int(coefficients), fix_aspect, bend, start)[0]


def lens_freedom(model: Model, coefficients: int, fix_aspect: bool) -> Floats:
    """Columns by which a lens's vector moves, see `Freedom.lens`."""
    length = max(coefficients, 4)
    columns = np.eye(4 + length)[:, : 4 + coefficients]
    if fix_aspect:
        columns = np.column_stack([columns[:, 0] + columns[:, 1], columns[:, 2:]])
    return columns


def _calibrated(
    board: Board,
    sightings: Sequence[Sighting],
    model: Model,
    coefficients: int,
    fix_aspect: bool,
    bend: bool,
    start: Lens | None,
) -> tuple[Calibration, Floats]:
    """The calibration, and the held-out residuals [n, 2] of its sightings."""
    freedom = Freedom(lens_freedom(model, coefficients, fix_aspect), bend=bend)
    used, refused = _usable(board, sightings)
    seen = observed(board, used)
    demands.check_unknowns(len(seen.pixels), freedom.size(1) + 6 * len(used), len(used))
    state, used, seen = _started(board, used, seen, model, freedom, start, refused)
    state, seen = robust_fit(board, state, seen, freedom)
    bad = _bad_views(state, seen, used)
    if bad:
        refused.update({id(used[row]): refusal for row, refusal in bad.items()})
        used = [sighting for row, sighting in enumerate(used) if row not in bad]
        demands.check_sightings(used)
        good = np.array([row not in bad for row in range(len(state.boards[0]))])
        state, seen = robust_fit(board, state.with_boards(good), seen[good[seen.boards]], freedom)
    own = freedom.lens.shape[1]
    spread = freedom.lens @ covariance(state, seen, freedom)[:own, :own] @ freedom.lens.T
    demands.check_tilts(state.boards[0], state.lenses[0].vector[:2], float(np.sqrt(spread[0, 0])))
    held = held_out_residuals(state, seen, freedom)
    left = np.where(seen.weights[:, None] > 0, residuals(state, seen), np.nan)
    ends = np.cumsum([len(sighting.ids) for sighting in used])[:-1]
    poses = tuple(Pose(turn, place) for turn, place in zip(*state.boards, strict=True))
    return Calibration(
        state.lenses[0], spread, board, tuple(used), poses, tuple(np.split(left, ends)), root_mean_square(left),
        root_mean_square(held), tuple(refused[id(s)] for s in sightings if id(s) in refused), state.bend,
    ), held  # fmt: skip


def root_mean_square(vectors: Floats) -> float:
    """Root of the mean squared length of vectors [n, 2], NaN rows left out; NaN if none is left."""
    squares = (vectors**2).sum(axis=1)
    kept = squares[np.isfinite(squares)]
    return float(np.sqrt(kept.mean())) if len(kept) else float("nan")


def _usable(board: Board, sightings: Sequence[Sighting]) -> tuple[list[Sighting], dict[int, Refusal]]:
    observed(board, sightings)  # refuses points that the board has not
    lines = demands.thin(sightings, np.asarray(board.points))
    used = [sighting for row, sighting in enumerate(sightings) if row not in lines]
    demands.check_sightings(used)
    return used, {id(sightings[row]): refusal for row, refusal in lines.items()}


def _started(
    board: Board, used: list[Sighting], seen: Observations, model: Model, freedom: Freedom, start: Lens | None,
    refused: dict[int, Refusal],
) -> tuple[State, list[Sighting], Observations]:  # fmt: skip
    """A first state; sightings without a pose are refused."""
    first = start or first_lens(seen, len(used), used[0].size, model)
    if first is None:
        raise InputError(
            "no lens explains the views", where="sightings", fix="check that the board is the one in the pictures"
        )
    turns, places = board_poses(first, seen, len(used))
    known = np.array([bool(np.isfinite(place).all()) for place in places])
    for row in np.flatnonzero(~known):
        refused[id(used[row])] = Refusal("no pose of the board fits its points", used[row].source, used[row].time)
    used = [sighting for sighting, fits in zip(used, known, strict=True) if fits]
    demands.check_sightings(used)
    lens = _shaped(first, freedom.lens, model)
    return State((lens,), (np.eye(3)[None], np.zeros((1, 3))), (turns[known], places[known]), np.zeros(2)), used, seen[
        known[seen.boards]
    ]  # fmt: skip


def _shaped(lens: Lens, move: Floats, model: Model) -> Lens:
    """The lens with as many coefficients as will be fitted; what may not move is zero, and tied focal lengths are equal."""
    values = np.zeros(len(move))
    count = min(len(values), len(lens.vector))
    values[:count] = lens.vector[:count]
    values[4:][~move[4:].any(axis=1)] = 0.0
    if move[1, 0]:
        values[:2] = values[:2].mean()
    return Lens.from_vector(values, lens.size, model)


def _bad_views(state: State, seen: Observations, used: Sequence[Sighting]) -> dict[int, Refusal]:
    views = range(len(used))
    lost = np.array([(seen.weights[seen.boards == view] < 1e-3 * seen.weights.max()).mean() for view in views])
    length = np.linalg.norm(residuals(state, seen), axis=1)
    errors = np.array([np.sqrt(np.mean(length[seen.boards == view] ** 2)) for view in views])
    kept = np.array([np.median(length[seen.boards == view]) for view in views])
    found = {}
    for view in np.flatnonzero((lost > _LOST) | (kept > _WORSE * np.median(kept) + 1e-6)).tolist():
        reason = f"the board does not fit: {100 * lost[view]:.0f} % of its points are off, by {errors[view]:.1f} px"
        found[view] = Refusal(reason, used[view].source, used[view].time)
    return found


def _simplest(
    board: Board, sightings: Sequence[Sighting], model: Model, fix_aspect: bool, bend: bool, start: Lens | None
) -> Calibration:
    """The fewest coefficients whose held-out error is within one standard error of the best (Breiman et al., 1984)."""
    tried = [_calibrated(board, sightings, model, COEFFICIENTS[model][1], fix_aspect, bend, start)]
    start = start or tried[0][0].lens
    others = [count for count in COEFFICIENTS[model] if count != COEFFICIENTS[model][1]]
    tried += [_calibrated(board, sightings, model, count, fix_aspect, bend, start) for count in others]
    tried.sort(key=lambda pair: np.count_nonzero(np.diag(pair[0].covariance)))
    errors = [_errors_by_sighting(sightings, calibration, held) for calibration, held in tried]
    # A simple model may throw out and refuse what it cannot explain: only views that all models use are compared, and a
    # model that uses fewer views than the richest one is passed over.
    common = np.isfinite(np.array(errors)).all(axis=0)
    means = [float(np.mean(error[common])) if common.any() else np.inf for error in errors]
    best = int(np.argmin(means))
    for calibration, error in zip((pair[0] for pair in tried), errors, strict=True):
        worse = error[common] - errors[best][common]
        if worse.mean() <= worse.std(ddof=1) / np.sqrt(len(worse)) and len(calibration.refused) <= len(tried[-1][0].refused):
            return calibration
    return tried[best][0]


def _errors_by_sighting(sightings: Sequence[Sighting], calibration: Calibration, held: Floats) -> Floats:
    """Mean squared held-out residual of every sighting, pixels squared; NaN for those refused or not judged."""
    ends = np.cumsum([len(sighting.ids) for sighting in calibration.sightings])[:-1]
    parts = {id(s): part for s, part in zip(calibration.sightings, np.split(held, ends), strict=True)}
    squares = [(parts[id(s)] ** 2).sum(axis=1) if id(s) in parts else np.array([np.nan]) for s in sightings]
    return np.array([np.nanmean(square) if np.isfinite(square).any() else np.nan for square in squares])
