"""Where along the lines of a field it is worth to look, and how far to either side.

The uncertainty of the homography says how far a line may be from where it should be. Half way to the next line that runs
alongside the search ends, so that a rope is never taken for its neighbour; where the uncertainty is larger than that, nobody
could tell them apart, and nothing is looked for.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from trackside.geometry.planes.arrays import Flags, Floats
from trackside.geometry.planes.fields import FieldLine
from trackside.geometry.planes.homography import Homography
from trackside.geometry.planes.profiles import Stations

# Standard deviations that are searched, and pixels on top for what the model does not hold (sagging ropes).
_DEVIATIONS, _SPARE = 3.0, 2.0
# Pixels to either side: less is no search, more is another line.
_LEAST, _MOST = 3.0, 40.0
# Part of the way to a neighbour: less than half, because its edge comes first.
_HALF_WAY = 0.4
# Pixels between stations, and the most of them on a line.
_APART, _MANY = 8.0, 80
_FINE = 600
# Pixels to a crossing line, where both disturb each other, and to the edge of the picture.
_CROSSING, _MARGIN = 10.0, 4.0
# Cosine from which two lines run alongside.
_ALONGSIDE = 0.9


def stations_of(name: str, lines: Mapping[str, FieldLine], homography: Homography, size: tuple[int, int]) -> Stations:
    """Where to look for a line in a picture of that size (width, height)."""
    line = lines[name]
    places = np.linspace(line.start, line.end, _FINE)
    pixels = homography.to_pixels(places)
    rows = _spread_out(pixels, _inside(pixels, size))
    places, pixels = places[rows], pixels[rows]
    local = homography.metres_per_pixel(pixels)
    way = np.subtract(line.end, line.start) / np.hypot(*np.subtract(line.end, line.start))
    back = np.linalg.inv(local) if len(local) else local
    along = back @ way
    normals = np.stack([-along[:, 1], along[:, 0]], axis=1) / np.linalg.norm(along, axis=1)[:, None]
    aside = np.abs((local @ normals[:, :, None])[..., 0] @ np.array([-way[1], way[0]]))
    shaky = back @ homography.covariance_at(pixels) @ np.swapaxes(back, -1, -2)
    need = _DEVIATIONS * np.sqrt(np.einsum("ni,nij,nj->n", normals, shaky, normals)) + _SPARE
    free, clear = _room(name, lines, homography, places, pixels, normals)
    ranges = np.clip(need, _LEAST, _MOST)
    stations = Stations(pixels, normals, ranges, line.width / aside)
    return stations.chosen(clear & (ranges <= _HALF_WAY * free) & (need <= _MOST))


def _inside(pixels: Floats, size: tuple[int, int]) -> Flags:
    limits = np.array(size) - 1 - _MARGIN
    return np.asarray(((pixels >= _MARGIN) & (pixels <= limits)).all(axis=1))


def _spread_out(pixels: Floats, inside: Flags) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
    """Rows that are some pixels apart, all along what is inside."""
    rows = np.flatnonzero(inside)
    if len(rows) < 2:
        return rows[:0]
    run = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(pixels[rows], axis=0), axis=1))])
    count = int(np.clip(run[-1] / _APART, 2, _MANY))
    chosen = np.searchsorted(run, np.linspace(0, run[-1], count)).clip(0, len(rows) - 1)
    return np.asarray(rows[np.unique(chosen)])


def _room(
    name: str, lines: Mapping[str, FieldLine], homography: Homography, places: Floats, pixels: Floats, normals: Floats
) -> tuple[Floats, Flags]:
    """Pixels [n] along the normal to the nearest line alongside, and whether no other line crosses nearby."""
    free, clear = np.full(len(places), np.inf), np.ones(len(places), bool)
    own = np.subtract(lines[name].end, lines[name].start)
    for other, line in lines.items():
        if other == name:
            continue
        start, way = np.array(line.start), np.subtract(line.end, line.start)
        share = ((places - start) @ way / (way @ way)).clip(0, 1)
        gap = homography.to_pixels(start + share[:, None] * way) - pixels
        if abs(own @ way) > _ALONGSIDE * np.hypot(*own) * np.hypot(*way):
            across = np.abs((gap * normals).sum(axis=1))
            free = np.fmin(free, np.where(np.linalg.norm(gap, axis=1) < 3 * across + _CROSSING, across, np.inf))
        else:
            clear &= ~(np.linalg.norm(gap, axis=1) < _CROSSING)
    return free, clear
