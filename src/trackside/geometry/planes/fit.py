"""A homography from what a person picked: points, and lines whose ends are out of sight.

What was picked by hand holds mistakes: the wrong rope, left for right, the same spot twice. A point that disagrees with all
others is left out, and named; where nobody can tell which one is wrong, nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike

from trackside.core import InputError
from trackside.geometry.planes.arrays import Flags, Floats
from trackside.geometry.planes.homography import Homography, Residuals
from trackside.geometry.planes.mending import crossed, swapped, undetermined
from trackside.geometry.planes.picks import PickedLine, Picks, collected
from trackside.geometry.planes.solve import Crossed, Solution, Undetermined, solve

if TYPE_CHECKING:
    from trackside.geometry.camera.lens import Lens

WHERE = "homography"
# Standard deviations that a point may be off: of 20 normal errors in two dimensions, one in 10,000 sets has a larger one.
_MOST_OFF = 5.0
# Half of what a likelihood ratio of 3 standard deviations makes of sums of squares: closer, two culprits are both possible.
_TOLD_APART = 9.0
# Picks this many times worse than said are careless; beyond, something is wrong with the field or the lens.
_MOST_CARELESS = 5.0
# At most this part of what was picked is left out: the majority must be right.
_MOST_LEFT_OUT = 1 / 3
# Standard deviation of a combination of entries, of a matrix of norm 1 in normalised coordinates, at which the directions
# in which the picture foreshortens are unknown.
_MOST_DOUBT = 0.3


def fit_homography(
    pixels: ArrayLike,
    points: ArrayLike,
    deviations: ArrayLike = 1.0,
    lens: Lens | None = None,
    *,
    lines: Sequence[PickedLine] = (),
    labels: Sequence[str] | None = None,
    seen: Literal["either", "above"] = "either",
) -> Homography:
    """The homography that agrees best, in pixels, with points and lines.

    Args:
        pixels: float [n, 2], where points are in the picture.
        points: float [n, 2], where they are on the plane, metres.
        deviations: how exact the pixels are: standard deviation of each coordinate, for all or [n].
        lens: of the camera; its distortion is undone first.
        lines: picked lines; a pixel on one counts half as much as a point.
        labels: what people call the points [n]; "point 1", ... without.
        seen: `above` if the plane's x and y are known to be right-handed as seen from above and so is the camera; then a
            mirrored picture is refused.

    Returns:
        The homography, with `fit`: residuals, and advice on points that were left out. Its covariance is that of the given
        deviations, enlarged where the residuals are larger.

    Raises:
        InputError: too few points and lines, twice the same, on one line, crossed, mirrored, or they contradict each other.
    """
    picks = collected(pixels, points, deviations, lens, lines, labels)
    try:
        kept, solution = _agreeing(picks)
    except Undetermined:
        raise undetermined(picks) from None
    except Crossed:
        raise crossed(picks, seen) from None
    if solution.doubt > _MOST_DOUBT:
        raise undetermined(picks)
    if seen == "above" and _mirrored(picks, solution):
        raise swapped(picks)
    return _judged(picks, kept, solution, lens)


def _agreeing(picks: Picks) -> tuple[Flags, Solution]:
    """What agrees, bool [items], and the best homography of it; the worst is left out until the rest agrees."""
    everything = np.ones(len(picks.labels), bool)
    solution = _attempt(picks, everything)
    if isinstance(solution, Solution) and picks.worst(solution.errors, everything) <= _MOST_OFF:
        return everything, solution
    found, suspects = _without_culprits(picks, everything)
    if found is not None:
        return found
    if not isinstance(solution, Solution):
        raise solution
    # Nobody stands out: careless picks all over are no mistake, and make the answer less sure.
    if _scale(solution) <= _MOST_CARELESS:
        return everything, solution
    raise _contradiction(picks, solution, suspects)


def _without_culprits(picks: Picks, kept: Flags) -> tuple[tuple[Flags, Solution] | None, list[int]]:
    """What is left and agrees once the fewest were left out; or None, and two of which either may be wrong."""
    most = int(_MOST_LEFT_OUT * len(kept)) if len(kept) > 4 else 0
    for _ in range(most):
        tries = _without_each(picks, kept)
        if not tries:
            break
        row, best = tries[0]
        kept = picks.without(kept, row)
        if picks.worst(best.errors, kept) > _MOST_OFF:
            continue
        if len(tries) > 1 and tries[1][1].squares - best.squares < _TOLD_APART:
            return None, [row, tries[1][0]]
        return (kept, best), []
    return None, []


def _attempt(picks: Picks, kept: Flags) -> Solution | Undetermined | Crossed:
    try:
        return solve(picks.chosen(kept))
    except (Undetermined, Crossed) as failure:
        return failure


def _without_each(picks: Picks, kept: Flags) -> list[tuple[int, Solution]]:
    """The solutions without each one of what is kept, best first."""
    tries = [(row, _attempt(picks, picks.without(kept, row))) for row in np.flatnonzero(kept).tolist()]
    good = [(row, solution) for row, solution in tries if isinstance(solution, Solution) and solution.doubt <= _MOST_DOUBT]
    return sorted(good, key=lambda pair: pair[1].squares)


def _contradiction(picks: Picks, solution: Solution, suspects: list[int]) -> InputError:
    off = picks.pixels_off(solution.errors, np.ones(len(picks.labels), bool))
    if suspects:
        names = " and ".join(picks.labels[row] for row in suspects)
        what = f"what was picked disagrees by up to {np.nanmax(off):.0f} px, and it cannot be told which one is wrong"
        return InputError(what, where=WHERE, fix=f"pick one more, and check {names} first")
    worst = int(np.nanargmax(off))
    what = f"what was picked disagrees: {picks.labels[worst]} is {off[worst]:.0f} px off, and it is not the only one"
    fix = f"check {picks.labels[worst]} first, then the field's measures; if all are right, calibrate the lens"
    return InputError(what, where=WHERE, fix=fix)


def _mirrored(picks: Picks, solution: Solution) -> bool:
    """Whether the plane is seen from below: pixels run down, so that the map from above turns the other way round."""
    middle = picks.all_pixels.mean(axis=0)
    return float(np.linalg.det(Homography(solution.matrix).metres_per_pixel(middle))) > 0


def _judged(picks: Picks, kept: Flags, solution: Solution, lens: Lens | None) -> Homography:
    scale = max(1.0, _scale(solution))
    off, metres = picks.misfits(solution.matrix)
    advice = tuple(
        f"{picks.labels[row]} is {_pixels(off[row])} off: check it; it was left out" for row in np.flatnonzero(~kept)
    )
    fit = Residuals(picks.labels, off, metres, kept, scale, advice)
    return Homography(solution.matrix, solution.covariance * scale**2, lens, fit)


def _scale(solution: Solution) -> float:
    """How much larger errors are than the deviations assumed; 0 where nothing is left to judge by."""
    surplus = len(solution.errors) - 8
    return float(np.sqrt(solution.squares / surplus)) if surplus > 0 else 0.0


def _pixels(value: Floats) -> str:
    return f"{float(value):.0f} px" if np.isfinite(value) else "beyond the horizon"
