"""What a person picked in a picture, checked, and as constraints on the homography."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from trackside.core import InputError, SettingError
from trackside.geometry.planes.arrays import Flags, Floats, line_through, listed_pairs
from trackside.geometry.planes.constraints import Constraints, residuals
from trackside.geometry.planes.homography import Homography, lens_slope

if TYPE_CHECKING:
    from trackside.geometry.camera.lens import Lens

_WHERE = "homography"
# Metres and pixels within which two picks are one and the same.
_SAME = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class PickedLine:
    """Pixels on a line whose place is known: a lane rope, of which neither end need be seen.

    Attributes:
        pixels: float [k, 2], two or more.
        ends: float [2, 2], two places on the line, metres.
        label: what people call it.
        deviation: how exact the pixels are across the line, pixels.
    """

    pixels: ArrayLike
    ends: ArrayLike
    label: str = ""
    deviation: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Picks:
    """Points and lines: together the items; points come first.

    Attributes:
        constraints: of all, undistorted.
        labels: of the items.
        of_lines: int64 [m], the item of each pixel on a line.
        deviations: float64 [items], pixels of the picture as it is.
    """

    constraints: Constraints
    labels: tuple[str, ...]
    of_lines: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
    deviations: Floats

    @property
    def points(self) -> int:
        """How many of the items are points."""
        return len(self.constraints.pixels)

    @property
    def all_pixels(self) -> Floats:
        """float64 [n + m, 2]."""
        return np.concatenate([self.constraints.pixels, self.constraints.on_lines])

    def chosen(self, kept: Flags) -> Constraints:
        """The constraints of some of the items, bool [items]."""
        return self.constraints.chosen(kept[: self.points], kept[self.of_lines])

    def without(self, kept: Flags, row: int) -> Flags:
        """What is kept, less one."""
        fewer = kept.copy()
        fewer[row] = False
        return fewer

    def worst(self, errors: Floats, kept: Flags) -> float:
        """How far the worst item is off, in deviations, given the errors of the equations of what was kept."""
        return float(np.nanmax(self._each(errors, kept), initial=0.0))

    def pixels_off(self, errors: Floats, kept: Flags) -> Floats:
        """float64 [items], how far each is off, in pixels of the picture; NaN for what was not kept."""
        return self._each(errors, kept) * self.deviations

    def misfits(self, matrix: Floats) -> tuple[Floats, Floats]:
        """How far every item is off, kept or not: pixels [items], metres on the plane [items]."""
        everything = np.ones(len(self.labels), bool)
        off = self.pixels_off(residuals(matrix, self.constraints)[0], everything)
        homography, given = Homography(matrix), self.constraints
        metres = np.full(len(self.labels), np.nan)
        metres[: self.points] = np.linalg.norm(homography.to_plane(given.pixels) - given.places, axis=1)
        across = np.abs((homography.to_plane(given.on_lines) * given.lines[:, :2]).sum(axis=1) + given.lines[:, 2])
        np.fmax.at(metres, self.of_lines, across)
        return off, metres

    def _each(self, errors: Floats, kept: Flags) -> Floats:
        each = np.full(len(self.labels), np.nan)
        points = int(np.count_nonzero(kept[: self.points]))
        each[: self.points][kept[: self.points]] = np.linalg.norm(errors[: 2 * points].reshape(-1, 2), axis=1)
        np.fmax.at(each, self.of_lines[kept[self.of_lines]], np.abs(errors[2 * points :]))
        return each


def collected(
    pixels: ArrayLike,
    points: ArrayLike,
    deviations: ArrayLike,
    lens: Lens | None,
    lines: Sequence[PickedLine],
    labels: Sequence[str] | None,
) -> Picks:
    """What was picked, checked. Arguments as for `fit_homography`.

    Raises:
        InputError: wrong shapes, not finite, too few, or twice the same.
        SettingError: a deviation is not positive.
    """
    here, there = listed_pairs(pixels, "pixels"), listed_pairs(points, "points of the plane")
    if len(here) != len(there):
        raise InputError(f"{len(here)} pixels, but {len(there)} points of the plane", where=_WHERE, fix="give one for each")
    names = _labels(labels, len(here))
    own = _deviations(deviations, len(here))
    strokes = [listed_pairs(line.pixels, f"pixels of {_line_label(line, row)}") for row, line in enumerate(lines)]
    names += tuple(_line_label(line, row) for row, line in enumerate(lines))
    _enough(len(here), [len(stroke) for stroke in strokes], names)
    _different(here, there, names)
    equations = [_line(line, _line_label(line, row)) for row, line in enumerate(lines)]
    counts = np.array([len(stroke) for stroke in strokes], np.int64)
    every = np.concatenate([own, [_positive(line.deviation) for line in lines]])
    of_lines = np.repeat(np.arange(len(here), len(here) + len(lines)), counts).astype(np.int64)
    straight, scales = _undistorted(np.concatenate([here, *strokes]), lens, names)
    spread = np.concatenate([own, every[of_lines]]) * scales
    constraints = Constraints(
        straight[: len(here)],
        there,
        spread[: len(here)],
        straight[len(here) :],
        np.repeat(np.reshape(equations, (-1, 3)), counts, axis=0),
        spread[len(here) :],
    )
    return Picks(constraints, names, of_lines, every)


def _labels(labels: Sequence[str] | None, count: int) -> tuple[str, ...]:
    if labels is None:
        return tuple(f"point {row + 1}" for row in range(count))
    if len(labels) != count:
        raise InputError(f"{count} points, but {len(labels)} labels", where=_WHERE, fix="give one for each, or none")
    return tuple(labels)


def _line_label(line: PickedLine, row: int) -> str:
    return line.label or f"line {row + 1}"


def _deviations(deviations: ArrayLike, count: int) -> Floats:
    values = np.asarray(deviations, np.float64)
    if values.shape not in ((), (count,)):
        raise InputError(
            f"{count} points, but deviations {list(values.shape)}", where=_WHERE, fix="give one number, or one each"
        )
    for value in np.unique(values):
        _positive(float(value))
    return np.array(np.broadcast_to(values, count))


def _positive(deviation: float) -> float:
    if not 0 < deviation < np.inf:
        raise SettingError(f"a deviation is a positive number of pixels, got {deviation:g}", where=_WHERE)
    return deviation


def _enough(points: int, strokes: list[int], names: tuple[str, ...]) -> None:
    for count, name in zip(strokes, names[points:], strict=True):
        if count < 2:
            raise InputError(f"{count} pixels", where=name, fix="pick two or more along the line, far apart")
    # More pixels on one line make it no more than a line.
    known = 2 * points + 2 * len(strokes)
    if known < 8:
        lines = f" and {len(strokes)} lines" if strokes else ""
        fix = f"pick at least {(8 - known) // 2} more; four in all, no three of them on a line"
        raise InputError(f"{points} points{lines} are too few for a homography", where=_WHERE, fix=fix)


def _different(pixels: Floats, places: Floats, names: tuple[str, ...]) -> None:
    for what, values in (("the same pixel", pixels), ("the same place on the plane", places)):
        gaps = np.linalg.norm(values[:, None] - values, axis=2) + np.where(np.tri(len(values), dtype=bool), np.inf, 0.0)
        if gaps.size and gaps.min() < _SAME:
            first, second = np.unravel_index(int(gaps.argmin()), gaps.shape)
            fix = "pick one of them again, or leave it out"
            raise InputError(f"{names[first]} and {names[second]} are {what}", where=_WHERE, fix=fix)


def _line(line: PickedLine, label: str) -> Floats:
    ends = listed_pairs(line.ends, f"ends of {label}")
    if ends.shape != (2, 2) or np.linalg.norm(ends[1] - ends[0]) < _SAME:
        raise InputError("a line needs two different places on the plane", where=label)
    return line_through(ends)


def _undistorted(pixels: Floats, lens: Lens | None, names: tuple[str, ...]) -> tuple[Floats, Floats]:
    """Pixels without distortion, and how much larger things are there, [n]."""
    if lens is None:
        return pixels, np.ones(len(pixels))
    straight = lens.undistort(pixels)
    lost = ~np.isfinite(straight).all(axis=1)
    if lost.any():
        at = ", ".join(f"{value:.0f}" for value in pixels[int(lost.argmax())])
        fix = "pick one further from the edge, or calibrate with the board there"
        raise InputError(f"the lens's distortion cannot be undone at pixel ({at})", where=_WHERE, fix=fix)
    return straight, np.sqrt(np.abs(np.linalg.det(lens_slope(lens, pixels))))
