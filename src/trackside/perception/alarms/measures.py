"""Numbers of a history that the ladder's steps ask for."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from trackside.geometry.planes import Homography
from trackside.perception.alarms.history import Floats, History

# Seconds that a look stands for at most: longer gaps count as not seen.
_LONGEST = 0.5
_NO_CLASS = -1
# Looks that a steady place is the median of: a second.
_STEADY = 5


def padded_median(history: History, over: float, interval: float = 0.0) -> float:
    """The median score over the last seconds, by time; time that no look covers counts as score 0.

    A look stands for the time to the next one, at most for half a second or two records. A track seen once covers no time.

    Args:
        history: of one track.
        over: seconds.
        interval: seconds between two records.
    """
    recent = history.last(over)
    if not len(recent):
        return 0.0
    ends = np.append(recent.times[1:], history.seen)
    spans = np.minimum(ends - recent.times, max(_LONGEST, 2 * interval))
    order = np.argsort(-recent.scores, kind="stable")
    reached = np.cumsum(spans[order]) >= over / 2 - 1e-6
    return float(recent.scores[order[reached.argmax()]]) if reached.any() else 0.0


def sizes(history: History, ground: Homography | None) -> tuple[float, float, float]:
    """Median height, width and area of the boxes, in pixels, or in metres with `ground`.

    In metres, a pixel anywhere in a box counts as much as a pixel across the view on the ground at the foot point. That
    holds for what stands upright and a camera that looks down little: at a tilt of 30 degrees heights come out 13 % short.
    """
    extent = history.boxes[:, 2:] - history.boxes[:, :2]
    if ground is not None:
        extent = extent * scale_at(ground, history.feet)[:, None]
    if not len(extent) or np.isnan(extent).all():
        return math.nan, math.nan, math.nan
    width, height = np.nanmedian(extent, axis=0)
    return float(height), float(width), float(np.nanmedian(extent[:, 0] * extent[:, 1]))


def scale_at(ground: Homography, feet: Floats) -> Floats:
    """Metres to a pixel across the view, at foot points [n, 2]: float64 [n], NaN beyond the horizon."""
    return np.asarray(np.linalg.norm(ground.metres_per_pixel(feet)[..., :, 0], axis=-1))


def aspect(history: History) -> float:
    """Median width divided by height."""
    extent = history.boxes[:, 2:] - history.boxes[:, :2]
    good = extent[:, 1] > 0
    return float(np.median(extent[good, 0] / extent[good, 1])) if good.any() else math.nan


def moved(history: History, ground: Homography | None) -> float:
    """How far the foot point has been from where it was first, in metres, or in median heights of the box.

    Places are medians over a second, so that the trembling box of a thing that stands still is no movement.
    """
    feet = steady(history.feet)
    if not len(feet):
        return 0.0
    if ground is not None:
        feet, unit = ground.to_plane(feet), 1.0
    else:
        unit = float(np.median(history.boxes[:, 3] - history.boxes[:, 1]))
    far = np.linalg.norm(feet - feet[0], axis=1)
    return float(np.nanmax(far) / unit) if unit > 0 and np.isfinite(far).any() else 0.0


def steady(points: Floats) -> Floats:
    """Running medians of five points [n, 2], or of half as many as there are, but at least of one: [m, 2], m <= n."""
    window = min(_STEADY, max(1, len(points) // 2))
    if not len(points):
        return points
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(points, window, axis=0), axis=-1))


def distance(one: Floats, other: Floats, ground: Homography | None, height: float) -> float:
    """Between two foot points [2], in metres, or in heights of a box; infinite where it is not known."""
    if ground is not None:
        one, other, height = ground.to_plane(one), ground.to_plane(other), 1.0
    found = float(np.linalg.norm(one - other)) / height if height > 0 else math.inf
    return found if math.isfinite(found) else math.inf


def elected(classes: NDArray[np.int64], vote: float) -> tuple[int, float]:
    """The class that holds a history, and its share of the looks; -1 if none ever had enough.

    A class takes the object with at least `vote` (above one half) of all looks up to some moment, and keeps it until
    another has as many: between the two shares nothing changes.
    """
    kinds = np.unique(classes)
    if not len(kinds):
        return _NO_CLASS, 0.0
    shares = np.cumsum(classes[:, None] == kinds, axis=0) / np.arange(1, len(classes) + 1)[:, None]
    holds = shares >= vote
    taken = np.flatnonzero(holds.any(axis=1))
    if not len(taken):
        return _NO_CLASS, float(shares[-1].max())
    kind = int(holds[taken[-1]].argmax())
    return int(kinds[kind]), float(shares[-1, kind])
