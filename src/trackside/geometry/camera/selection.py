"""Choosing the sightings that a calibration is made of, from the hundreds that a video of a waved board holds.

Blurred ones, those of a board that moved fast (a rolling shutter bends it) and near-duplicates are put aside; of the rest
those are taken, one after another, that add most to the coverage. The same input gives the same choice.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trackside.core import SettingError
from trackside.geometry.camera.coverage import Coverage
from trackside.geometry.camera.sighting import Refusal
from trackside.geometry.camera.views import Floats, view_of

if TYPE_CHECKING:
    from trackside.geometry.camera.boards.board import Board
    from trackside.geometry.camera.sighting import Sighting

# Edges so many times as wide as those of the sharper quarter are motion blur; below the floor nobody can tell.
_BLURRED, _BLUR_FLOOR = 1.8, 3.0
# Seconds that phones' sensors take to read a picture from top to bottom: 10 to 30 ms (Ringaby and Forssen 2012, table 1).
_READOUT = 0.02
# Pixels by which a rolling shutter may bend the board; detected points are good to a tenth of it, but few frames of a
# person's waving keep less. Never is more than half put aside for it.
_MOST_BENT = 4.0
_STEPS = 8
# Neighbouring sightings further apart than this (seconds) say nothing about speed.
_NEIGHBOURS = 0.25
# Points that moved by less than this share of the picture's diagonal, on average, show the same view again.
_SAME = 0.008


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """What was chosen from sightings.

    Attributes:
        chosen: int64 [k], rows of the sightings, ascending.
        coverage: of the chosen.
        refused: why each of the others was put aside.
    """

    chosen: NDArray[np.int64]
    coverage: Coverage
    refused: tuple[Refusal, ...]


def select(board: Board, sightings: Sequence[Sighting], most: int = 40) -> Selection:
    """Choose the sightings that cover picture, tilts and distances best.

    Args:
        board: what they show.
        sightings: all of pictures of the same size, in the order of time within a source.
        most: how many to choose at most. Beyond about 100 more views gain little (mrcal).

    Raises:
        SettingError: `most` is below 3.
    """
    if most < 3:
        raise SettingError(
            f"{most} views cannot calibrate a camera", where="most", fix="choose at least 3, better 20 or more"
        )
    size = sightings[0].size if sightings else (1, 1)
    reasons = _reasons(board, sightings, size)
    views = [view_of(board, sighting) for sighting in sightings]
    quality = qualities(board, sightings)
    coverage, chosen = Coverage.empty(size), list[int]()
    while len(chosen) < most:
        open_rows = [row for row in range(len(sightings)) if row not in reasons and row not in chosen]
        if not open_rows:
            break
        best = open_rows[int(np.argmax(coverage.gains([views[row] for row in open_rows]) * quality[open_rows]))]
        chosen.append(best)
        coverage = coverage.with_view(views[best])
        for row in open_rows:
            if row != best and distance(sightings[row], sightings[best]) < _SAME:
                reasons[row] = "shows the same as another picture"
    put_aside = _refusals(sightings, reasons, set(chosen))
    return Selection(np.array(sorted(chosen), np.int64), coverage, put_aside)


def qualities(board: Board, sightings: Sequence[Sighting]) -> Floats:
    """How far each sighting can be trusted, float64 [n] in 0 to 1: sharp and still is 1."""
    sharp = np.array([sighting.sharpness for sighting in sightings], np.float64)
    best = np.nanquantile(sharp, 0.25) if np.isfinite(sharp).any() else 1.0
    blur = np.where(np.isfinite(sharp), np.maximum(sharp / max(best, 1e-9) - 1, 0), 0)
    bent = bends(sightings)
    quality = 1 / (1 + blur**2) / (1 + (np.where(np.isfinite(bent), bent, 0) / 2) ** 2)
    # In steps, so that noise does not choose among pictures of a board at rest: see `coverage._STEP`.
    return np.asarray(np.maximum(np.round(quality * _STEPS), 0.5) / _STEPS)


def bends(sightings: Sequence[Sighting]) -> Floats:
    """Pixels by which a rolling shutter may have bent each board, float64 [n]: speed x readout x share of the height.

    NaN where no neighbour in time tells the speed. A global shutter bends nothing: this is the worst case.
    """
    speeds = np.full(len(sightings), np.nan)
    for row in range(1, len(sightings)):
        before, now = sightings[row - 1], sightings[row]
        gap = now.time - before.time
        if before.source == now.source and 0 < gap <= _NEIGHBOURS:
            speed = distance(before, now) * math.hypot(*now.size) / gap
            speeds[row] = np.fmax(speeds[row], speed)
            speeds[row - 1] = np.fmax(speeds[row - 1], speed)
    heights = np.array([np.ptp(sighting.pixels[:, 1]) / sighting.size[1] for sighting in sightings])
    return np.asarray(speeds * _READOUT * heights) if len(sightings) else speeds


def distance(one: Sighting, other: Sighting) -> float:
    """How far the points that both show moved, on average, in picture diagonals; infinite if none is shared."""
    _, here, there = np.intersect1d(one.ids, other.ids, assume_unique=True, return_indices=True)
    if not len(here):
        return math.inf
    moved = np.linalg.norm(one.pixels[here] - other.pixels[there], axis=1).mean()
    return float(moved) / math.hypot(*one.size)


def is_blurred(sharpness: float, others: Sequence[float]) -> bool:
    """Whether edges (their width in pixels) are blurred by motion, compared with those of other pictures."""
    known = [width for width in others if math.isfinite(width)]
    if not known or not math.isfinite(sharpness):
        return False
    return sharpness > max(_BLUR_FLOOR, _BLURRED * float(np.quantile(known, 0.25)))


def _reasons(board: Board, sightings: Sequence[Sighting], size: tuple[int, int]) -> dict[int, str]:
    """Rows that cannot be used, and why."""
    widths = [sighting.sharpness for sighting in sightings]
    bent = bends(sightings)
    limit = max(_MOST_BENT, float(np.median(np.nan_to_num(bent)))) if len(bent) else math.inf
    reasons = {}
    for row, sighting in enumerate(sightings):
        if sighting.size != size:
            reasons[row] = f"is {sighting.size[0]} x {sighting.size[1]} pixels, the first picture {size[0]} x {size[1]}"
        elif is_blurred(sighting.sharpness, widths):
            reasons[row] = "blurred"
        elif bent[row] > limit:
            reasons[row] = "the board moved too fast"
    return reasons


def _refusals(sightings: Sequence[Sighting], reasons: dict[int, str], chosen: set[int]) -> tuple[Refusal, ...]:
    rows = (row for row in range(len(sightings)) if row not in chosen)
    told = ((sightings[row], reasons.get(row, "others show more")) for row in rows)
    return tuple(Refusal(reason, sighting.source, sighting.time) for sighting, reason in told)
