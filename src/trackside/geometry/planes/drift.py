"""Whether a camera that should stand still still does: a tripod is bumped, settles, or slips.

Every place in metres rests on the homography of one picture. `Drift` compares later pictures with that one, says when the
camera moved and by how many centimetres places are off now, and gives the homography for where it points since.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trackside.core import Finding, Image, InputError, Measurement, Number, SettingError, Threshold, Verdict, judge, size_of
from trackside.geometry.planes.arrays import Floats, all_numbers
from trackside.geometry.planes.constraints import Constraints
from trackside.geometry.planes.homography import Homography
from trackside.geometry.planes.solve import Crossed, Undetermined, solve
from trackside.geometry.planes.watching import Movement, Watcher

if TYPE_CHECKING:
    from trackside.geometry.camera.lens import Lens

_CHECK = "camera-still"
_ASKS = "Does the camera still look where it looked when the field was measured?"
# Pixels between the places at which metres are compared.
_GRID = 64
# Corners that a new homography needs: eight numbers, and three times as many equations to spare.
_FEWEST = 16
# Pixels: no corner is followed better.
_FINEST = 0.05
# Medians of the corners' errors at which one is left out; of normal ones in two dimensions, one in 70,000 is so far off.
_OUTLIER = 4.0


class Drift:
    """Watches one camera.

    Args:
        image: the picture that the homography is of.
        homography: from its pixels to the plane; without it, movement is told in pixels only.
        at_most: pixels of the picture by which it may move.
        hold: seconds for which a movement must last: a kicked tripod swings, and may come to rest where it was.
        moving: float [n, 4], x1 y1 x2 y2: what is known to move in the picture.

    Attributes:
        homography: of the latest picture: the first one, until a movement was found.
        since: media time at which the camera moved, seconds; None while it has not.

    Raises:
        InputError: the picture has too few corners to tell.
        SettingError: a limit is not positive.
    """

    def __init__(
        self,
        image: Image,
        homography: Homography | None = None,
        *,
        at_most: float = 1.0,
        hold: float = 0.4,
        moving: NDArray[np.floating] | None = None,
    ) -> None:
        if not (all_numbers([at_most, hold]) and 0 < at_most < math.inf and 0 <= hold < math.inf):
            raise SettingError(f"need at_most > 0 and hold >= 0, got {at_most=}, {hold=}", where="drift")
        self._watcher = Watcher(image, moving)
        if not self._watcher.enough:
            fix = "take a picture with more of the surroundings in it, or with more light"
            raise InputError("the picture has corners in too few places to tell movement by", where="drift", fix=fix)
        self._first = self.homography = homography
        self.since: float | None = None
        self._at_most, self._hold = at_most, hold
        self._left: float | None = None
        self._time = -math.inf

    def update(self, image: Image, time: float, moving: NDArray[np.floating] | None = None) -> Finding:
        """Compare a picture with the first one.

        Args:
            image: of the same size.
            time: media time, seconds, not before that of the last picture.
            moving: float [n, 4], x1 y1 x2 y2 of people and other things that move by themselves, if known.

        Returns:
            `ok`, `note` while a movement has not lasted, `warn` once it has, `unknown` if the picture cannot be compared.

        Raises:
            InputError: another size, or time runs backwards.
        """
        self._check(image, time)
        movement = self._watcher.movement(image, moving)
        if movement is None:
            return self._lost()
        if movement.shift <= self._at_most:
            self._left = self.since = None
            self.homography = self._first
            return self._found(movement, Verdict.OK, "the camera stands still")
        self._left = time if self._left is None else self._left
        if time - self._left < self._hold:
            return self._found(movement, Verdict.NOTE, f"the picture is {movement.shift:.1f} px off; it may swing back")
        self.since = self._left
        self._follow(movement)
        return self._found(movement, Verdict.WARN, f"the camera moved at {self.since:.2f} s: {self._extent(movement)}")

    def _check(self, image: Image, time: float) -> None:
        if size_of(image) != self._watcher.size:
            want, got = (" x ".join(map(str, size)) for size in (self._watcher.size, size_of(image)))
            raise InputError(f"the first picture is {want} pixels, this one {got}", where="drift", fix="start anew")
        if not time >= self._time or math.isinf(time):
            raise InputError(f"time runs from {self._time:g} s to {time:g} s", where="drift", fix="give media time in order")
        self._time = time

    def _lost(self) -> Finding:
        missing = (
            "most of the picture agrees on no movement: a cut, something before the lens, or the camera was turned away"
        )
        return Finding(
            _CHECK,
            _ASKS,
            Verdict.UNKNOWN,
            "it cannot be told",
            Measurement(missing=missing),
            next_step="look at the picture",
        )

    def _found(self, movement: Movement, verdict: Verdict, says: str) -> Finding:
        numbers = [Number("movement", movement.shift, "px"), Number("agreement", movement.share)]
        off = self._metres(movement)
        if off is not None:
            numbers.append(Number("places off by", 100 * off, "cm"))
        measured = Measurement(tuple(numbers))
        # A movement that has not lasted is a note, whatever its size.
        otherwise = Verdict.NOTE if verdict is Verdict.NOTE else Verdict.WARN
        judged = judge(measured, [self._threshold(otherwise)]).verdict
        remedy = "" if judged is not Verdict.WARN else self._remedy()
        reference = "Bouguet 2001, pyramidal Lucas-Kanade; Hartley and Zisserman 2004, section 13.1"
        return Finding(_CHECK, _ASKS, judged, says, measured, next_step=remedy, reference=reference)

    def _threshold(self, otherwise: Verdict) -> Threshold:
        reason = "the points of a field are picked to about a pixel, so less changes nothing that was known"
        return Threshold("movement", at_most=self._at_most, otherwise=otherwise, reason=reason)

    def _extent(self, movement: Movement) -> str:
        off = self._metres(movement)
        return f"{movement.shift:.1f} px" + ("" if off is None else f", {100 * off:.0f} cm on the plane")

    def _remedy(self) -> str:
        if self._first is None:
            return "fix the tripod, and start anew"
        if self.homography is self._first:
            return "pick the field's points again: too few corners hold for a new homography"
        return "use the new homography from then on, and pick the field's points again when there is time"

    def _metres(self, movement: Movement) -> float | None:
        """The median over the picture by which places are off if nothing is done."""
        if self._first is None:
            return None
        width, height = self._watcher.size
        u, v = np.meshgrid(np.arange(_GRID / 2, width, _GRID), np.arange(_GRID / 2, height, _GRID))
        grid = np.column_stack([u.ravel(), v.ravel()])
        now = grid @ movement.matrix[:2, :2].T + movement.matrix[:2, 2]
        off = np.linalg.norm(self._first.to_plane(now) - self._first.to_plane(grid), axis=1)
        return float(np.nanmedian(off)) if np.isfinite(off).any() else None

    def _follow(self, movement: Movement) -> None:
        """The homography for where the camera points now, if enough corners tell."""
        if self._first is None or len(movement.before) < _FEWEST:
            return
        try:
            step = _step(movement, self._first.lens)
        except (Undetermined, Crossed):
            return
        self.homography = self._first.after(step)


def _step(movement: Movement, lens: Lens | None) -> Homography:
    """From undistorted pixels now to those of the first picture, by the corners that agree."""
    now, before = movement.after, movement.before
    if lens is not None:
        now, before = lens.undistort(now), lens.undistort(before)
        seen = np.isfinite(now).all(axis=1) & np.isfinite(before).all(axis=1)
        now, before = now[seen], before[seen]
    own = _spread(movement)
    first = solve(_corners(now, before, own))
    off = np.linalg.norm(first.errors.reshape(-1, 2), axis=1)
    near = off < _OUTLIER * max(1.0, float(np.median(off)))
    second = solve(_corners(now[near], before[near], own))
    scale = second.squares / max(1, len(second.errors) - 8)
    return Homography(second.matrix, second.covariance * max(1.0, scale))


def _corners(now: Floats, before: Floats, deviation: float) -> Constraints:
    none = np.empty((0, 2))
    return Constraints(now, before, np.full(len(now), deviation), none, np.empty((0, 3)), np.empty(0))


def _spread(movement: Movement) -> float:
    """Standard deviation of a corner's coordinate, pixels, from how far corners are off the common movement."""
    model: Floats = movement.before @ movement.matrix[:2, :2].T + movement.matrix[:2, 2]
    return max(_FINEST, 1.4826 * float(np.median(np.abs(movement.after - model))))
