"""A homography refined on the lines of its field, as the picture shows them.

A person picks a few points to a pixel or two; the picture holds hundreds of places along ropes and lines, each good to a
fraction of a pixel. Each is looked for across the line, within what the first homography leaves open; what most of them
agree on, together with the first homography as prior, is the better one. Iterated re-weighting with Tukey's biweight, from
a wide scale to a narrow one, leaves out swimmers, reflections and shadows. A line that is there, but elsewhere, is left out
and named; where all lines together contradict the first homography, by how much is added to the uncertainty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.core import Image, InputError, as_rgb
from trackside.geometry.planes.arrays import Flags, Floats, line_through
from trackside.geometry.planes.constraints import Constraints, residuals
from trackside.geometry.planes.contradiction import contradicting
from trackside.geometry.planes.fields import Field, FieldLine
from trackside.geometry.planes.homography import Homography
from trackside.geometry.planes.profiles import peaks
from trackside.geometry.planes.solve import Crossed, Prior, Undetermined, solve
from trackside.geometry.planes.stations import stations_of

# Scales of the biweight, pixels, down to about three standard deviations of a sample.
_SCALES = (24.0, 12.0, 6.0, 4.0, 3.0, 3.0)
# Pixels: no line in compressed video is known better.
_FINEST = 0.2
# Pixels off at which a sample still holds.
_HOLDS = 1.5
# A line is there if this part of its samples hold; noise gives a peak now and then, but not in a row.
_LEAST_SHARE, _FEWEST = 0.3, 12
# Squared departure from the first homography that one right one in 1,000 has: chi-squared, 8 degrees of freedom.
_MOST_STRAIN = 26.1


@dataclass(frozen=True, slots=True, eq=False)
class Refinement:
    """What became of a homography.

    Attributes:
        homography: the refined one, or the given one where nothing was found.
        changed: whether it was refined.
        samples: places that were looked at.
        held: places where the line is, within 1.5 px of the refined homography.
        moved: median over the samples of how far the lines moved in the picture, pixels.
        moved_metres: the same on the plane.
        lines: name to places held and looked at, for each line in the picture.
        contradicting: lines that are in the picture, but not where the homography has them; they were left out.
        doubted: whether the lines lie further from where the first homography has them than its uncertainty allows. Then
            one of the two is wrong, nobody can tell which, and their difference is part of the uncertainty.
    """

    homography: Homography
    changed: bool
    samples: int
    held: int
    moved: float
    moved_metres: float
    lines: Mapping[str, tuple[int, int]]
    contradicting: tuple[str, ...] = ()
    doubted: bool = False

    @property
    def advice(self) -> tuple[str, ...]:
        """One sentence for each thing to check; empty where all agrees."""
        told = [
            f"{name} is elsewhere in the picture: check the field's measures; it was left out" for name in self.contradicting
        ]
        if self.doubted:
            told.append("the lines contradict the points that were picked: check these, the field's measures and the lens")
        return tuple(told)

    def __str__(self) -> str:
        if not self.changed:
            says = f"the homography is left as it is: lines were found at {self.held} of {self.samples} places"
        else:
            seen = sum(held > 0 for held, _ in self.lines.values())
            says = (
                f"{seen} lines found at {self.held} of {self.samples} places; "
                f"they moved by {self.moved:.1f} px, {100 * self.moved_metres:.1f} cm"
            )
        return "\n".join([says, *self.advice])


@dataclass(frozen=True, slots=True, eq=False)
class _Samples:
    """Pixels [n, 2] where lines were looked for, pixels [n, 2] where they were found (NaN for nowhere), which line [n]."""

    expected: Floats
    found: Floats
    rows: NDArray[np.intp]


def refine(image: Image, homography: Homography, field: Field | Mapping[str, FieldLine]) -> Refinement:
    """The homography that the lines in a picture tell, given a first one.

    Its uncertainty takes the field's measures for exact: a wall that stands 0.2 m elsewhere, where the first homography is
    no better known than that, moves all places by as much, and no picture tells it. So it does the lens: lines that are bent
    by a distortion that was not undone (k1 of -0.03) make errors three times as large as told.

    Args:
        image: the picture.
        homography: a first one, with its uncertainty: it says how far lines are looked for.
        field: whose lines may be seen; those that are not do no harm.

    Raises:
        InputError: the homography's uncertainty is unknown, or the field has no lines.
    """
    lines = dict(field.lines if isinstance(field, Field) else field)
    if not np.isfinite(homography.covariance).all():
        fix = "fit it to points first (fit_homography, Field.fit)"
        raise InputError("a homography without uncertainty does not say how far to look", where="refine", fix=fix)
    if not lines:
        raise InputError("the field has no lines to refine on", where="refine", fix="add lines to it, or pick more points")
    samples = _sampled(_grey(image), homography, lines)
    equations = np.array([line_through(np.array([line.start, line.end])) for line in lines.values()])
    use: Flags = np.asarray(np.isfinite(samples.found).all(axis=1))
    best = _fitted(samples, use, equations, homography)
    if best is not None:
        use = np.asarray(use & _on_seen_lines(samples, use, best.homography, equations))
        best = _fitted(samples, use, equations, homography)
    use, best = _agreeing(samples, use, best, equations, homography)
    return _told(samples, use, best, equations, homography, list(lines))


def _grey(image: Image) -> NDArray[np.float32]:
    import cv2

    return np.asarray(cv2.cvtColor(as_rgb(image), cv2.COLOR_RGB2GRAY), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """A refined homography, and whether the first one does not allow it."""

    homography: Homography
    doubted: bool


def _sampled(grey: NDArray[np.float32], homography: Homography, lines: Mapping[str, FieldLine]) -> _Samples:
    height, width = grey.shape
    expected, found, rows = [np.empty((0, 2))], [np.empty((0, 2))], [np.empty(0, np.intp)]
    for row, name in enumerate(lines):
        stations = stations_of(name, lines, homography, (width, height))
        expected.append(stations.pixels)
        found.append(stations.pixels + peaks(grey, stations)[:, None] * stations.normals)
        rows.append(np.full(len(stations), row, np.intp))
    return _Samples(np.concatenate(expected), np.concatenate(found), np.concatenate(rows))


def _constraints(samples: _Samples, use: Flags, equations: Floats, lens: Homography, deviation: float = 1.0) -> Constraints:
    none = np.empty((0, 2))
    pixels = samples.found[use] if lens.lens is None else lens.lens.undistort(samples.found[use])
    return Constraints(none, none, np.empty(0), pixels, equations[samples.rows[use]], np.full(len(pixels), deviation))


def _fitted(samples: _Samples, use: Flags, equations: Floats, first: Homography) -> _Fit | None:
    """The homography that most samples agree on; None where they tell nothing."""
    if np.count_nonzero(use) < _FEWEST:
        return None
    constraints, prior = _constraints(samples, use, equations, first), Prior(first.matrix, first.covariance)
    matrix = first.matrix
    try:
        for scale in _SCALES:
            weights = _biweight(residuals(matrix, constraints)[0], scale)
            matrix = solve(constraints.weighted(weights), prior).matrix
        off = residuals(matrix, constraints)[0]
        near = np.abs(off) < _SCALES[-1]
        own = _deviation(off[near], samples.rows[use][near])
        everything = np.zeros(0, bool)
        sure = _constraints(samples, use, equations, first, own).chosen(everything, near)
        solution = solve(sure, prior)
    except (Undetermined, Crossed, np.linalg.LinAlgError):
        return None
    doubted = solution.strain > _MOST_STRAIN
    apart = _apart(solution.matrix, first.matrix, sure.on_lines.mean(axis=0)) if doubted else np.zeros((9, 9))
    return _Fit(Homography(solution.matrix, solution.covariance + apart, first.lens), doubted)


def _apart(matrix: Floats, first: Floats, middle: Floats) -> Floats:
    """The covariance [9, 9] of one deviation from one matrix to the other, both with the same depth in the middle."""
    here = np.array([*middle, 1.0])
    step = (matrix - first * (matrix[2] @ here) / (first[2] @ here)).ravel()
    return np.outer(step, step)


def _agreeing(
    samples: _Samples, use: Flags, best: _Fit | None, equations: Floats, first: Homography
) -> tuple[Flags, _Fit | None]:
    """What is left, and its homography, when lines that contradict it are left out, the worst first."""
    for _ in range(len(equations)):
        if best is None:
            break
        bent = _contradicting(samples, best.homography, equations)
        bent = {row: held for row, held in bent.items() if (use & (samples.rows == row)).any()}
        if not bent:
            break
        use = np.asarray(use & (samples.rows != min(bent, key=lambda row: bent[row])))
        best = _fitted(samples, use, equations, first)
    return use, best


def _contradicting(samples: _Samples, best: Homography, equations: Floats) -> dict[int, float]:
    return contradicting(samples.expected, _off(samples, best, equations), samples.rows, _HOLDS)


def _biweight(off: Floats, scale: float) -> Floats:
    return np.asarray(np.maximum(0.0, 1 - (off / scale) ** 2) ** 2)


def _deviation(off: Floats, rows: NDArray[np.intp]) -> float:
    """What a sample is worth, pixels: neighbours on a sagging rope err alike, so together they are worth less than apart."""
    own = max(_FINEST, 1.4826 * float(np.median(np.abs(off)))) if len(off) else _FINEST
    alike = [_alike(off[rows == row]) for row in np.unique(rows)]
    return own * float(np.sqrt(np.mean(alike))) if alike else own


def _alike(off: Floats) -> float:
    """How many neighbours are worth one independent sample: the sum of autocorrelations, up to the first negative."""
    power = float(off @ off)
    if len(off) < 4 or power == 0:
        return 1.0
    total = 1.0
    for lag in range(1, len(off) // 2):
        correlation = float(off[lag:] @ off[:-lag]) / power
        if correlation <= 0:
            break
        total += 2 * correlation
    return total


def _on_seen_lines(samples: _Samples, use: Flags, best: Homography, equations: Floats) -> Flags:
    """Samples of lines of which enough holds."""
    good = use & (np.abs(_off(samples, best, equations)) < _HOLDS)
    counts = np.bincount(samples.rows, minlength=len(equations))
    shares = np.bincount(samples.rows[good], minlength=len(equations)) / np.maximum(counts, 1)
    return np.asarray(shares[samples.rows] >= _LEAST_SHARE)


def _off(samples: _Samples, homography: Homography, equations: Floats) -> Floats:
    """Pixels [n] between a line and where it was found; NaN where it was not."""
    every = np.ones(len(samples.rows), bool)
    return residuals(homography.matrix, _constraints(samples, every, equations, homography))[0]


def _told(
    samples: _Samples, use: Flags, best: _Fit | None, equations: Floats, first: Homography, names: list[str]
) -> Refinement:
    held = use & (np.abs(_off(samples, best.homography, equations)) < _HOLDS) if best else np.zeros(len(use), bool)
    lines = {
        name: (int(held[samples.rows == row].sum()), int((samples.rows == row).sum()))
        for row, name in enumerate(names)
        if (samples.rows == row).any()
    }
    count, kept = len(samples.rows), int(held.sum())
    if best is None or kept < _FEWEST:
        return Refinement(first, False, count, kept, 0.0, 0.0, lines)
    now, places = best.homography, first.to_plane(samples.expected)
    moved = float(np.nanmedian(np.linalg.norm(now.to_pixels(places) - samples.expected, axis=1)))
    metres = float(np.nanmedian(np.linalg.norm(now.to_plane(samples.expected) - places, axis=1)))
    bent = tuple(names[row] for row in _contradicting(samples, now, equations))
    return Refinement(now, True, count, kept, moved, metres, lines, bent, best.doubted)
