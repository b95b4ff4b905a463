"""Which stretches belong to one object: a choice for the whole recording at once.

The objective is the log likelihood of the recording. Each stretch begins either with somebody new or with whoever ended
another stretch before, and each end is continued at most once; the gain of a link is the log likelihood ratio of the two.
Links that exclude each other form an assignment problem, the unit-capacity case of the min-cost flow of Zhang, Li and
Nevatia 2008, *Global data association for multi-object tracking using network flows*, and its optimum is found exactly.
The ratio weighs place, direction and speed at both ends under the motion model, size, looks, and the time unseen.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trackside.perception.tracking.association import Floats, Rows, assign
from trackside.perception.tracking.linking.settings import LinkSettings
from trackside.perception.tracking.linking.smoother import Path
from trackside.perception.tracking.linking.tracklet import Tracklet

# Spread of the logarithm of sizes among different people.
_SIZES_DIFFER = 0.5
# How fast the size of somebody unseen may change: logarithm, a second.
_RESIZE_SPEED = 0.1


def chains(
    tracklets: Sequence[Tracklet], paths: Sequence[Path], times: Floats, settings: LinkSettings, gap: float
) -> list[list[int]]:
    """Rows of tracklets that belong together, in the order of time.

    Args:
        tracklets: the stretches.
        paths: their smoothed paths.
        times: float64 [t], seconds, of each frame.
        settings: the beliefs.
    """
    i, j = _successive(paths, times, gap)
    gain = link_gains(tracklets, paths, times, settings, i, j)
    good = (gain > 0).nonzero()[0]
    before, after = assign(i[good], j[good], gain[good])
    following = dict(zip(before.tolist(), after.tolist(), strict=True))
    found = []
    for row in sorted(set(range(len(tracklets))) - set(following.values())):
        chain = [row]
        while chain[-1] in following:
            chain.append(following[chain[-1]])
        found.append(chain)
    return found


def link_gains(
    tracklets: Sequence[Tracklet], paths: Sequence[Path], times: Floats, settings: LinkSettings, i: Rows, j: Rows
) -> Floats:
    """Log likelihood ratios, [p], that tracklet j [p] goes on with whom tracklet i [p] showed, against somebody new."""
    if not len(i):
        return np.empty(0)
    ends, starts = _states([path.place[-1] for path in paths]), _states([path.place[0] for path in paths])
    apart = times[[path.frames[0] for path in paths]][j] - times[[path.frames[-1] for path in paths]][i]
    heights = np.array([path.height for path in paths])
    gain = _motion_gain(paths, i, j, apart, (heights[i] + heights[j]) / 2, settings, _extent(paths))
    change = np.log(starts[j, 3] / ends[i, 3])
    gain += _log_normal(change, settings.resize**2 + (_RESIZE_SPEED * apart) ** 2) - _log_normal(change, _SIZES_DIFFER**2)
    gain += _looks_gain(tracklets, settings.appearance, i, j)
    return np.asarray(gain - settings.hiding * apart - settings.newcomer)


def _successive(paths: Sequence[Path], times: Floats, gap: float) -> tuple[Rows, Rows]:
    """Pairs of which one ends before the other begins, by at most `gap` seconds."""
    starts = times[[path.frames[0] for path in paths]] if paths else np.empty(0)
    ends = times[[path.frames[-1] for path in paths]] if paths else np.empty(0)
    order = np.argsort(starts, kind="stable")
    low = np.searchsorted(starts[order], ends, side="right")
    high = np.searchsorted(starts[order], ends + gap, side="right")
    counts = np.maximum(high - low, 0)
    i = np.repeat(np.arange(len(paths)), counts)
    offsets = np.arange(len(i)) - np.repeat(np.cumsum(counts) - counts, counts)
    return i, order[np.repeat(low, counts) + offsets]


def _motion_gain(
    paths: Sequence[Path], i: Rows, j: Rows, dt: Floats, height: Floats, settings: LinkSettings, extent: float
) -> Floats:
    """Place and velocity of centre and foot where j starts: as predicted from i, against anywhere in the scene."""
    end_x, end_v = _states([path.place[-1] for path in paths]), _states([path.velocity[-1] for path in paths])
    start_x, start_v = _states([path.place[0] for path in paths]), _states([path.velocity[0] for path in paths])
    end_p, start_p = np.stack([path.spread[-1] for path in paths]), np.stack([path.spread[0] for path in paths])
    drift = settings.drift * height**2
    anyone = np.log(extent) + 0.5 * np.log(2 * np.pi * (settings.noise.speed * height) ** 2)
    gain = np.zeros(len(i))
    for axis in (0, 1):
        a, b, c = (end_p[i, k, axis] for k in range(3))
        sa = a + 2 * dt * b + dt**2 * c + start_p[j, 0, axis] + drift * dt**3 / 3
        sb = b + dt * c + start_p[j, 1, axis] + drift * dt**2 / 2
        sc = c + start_p[j, 2, axis] + drift * dt
        off, turn = start_x[j, axis] - end_x[i, axis] - dt * end_v[i, axis], start_v[j, axis] - end_v[i, axis]
        determinant = sa * sc - sb * sb
        distance = (sc * off**2 - 2 * sb * off * turn + sa * turn**2) / determinant
        gain += -0.5 * (distance + np.log(determinant)) - np.log(2 * np.pi)
        gain += anyone + 0.5 * (start_v[j, axis] / (settings.noise.speed * height)) ** 2
    return gain


def _looks_gain(tracklets: Sequence[Tracklet], weight: float, i: Rows, j: Rows) -> Floats | float:
    known = [tracklet.feature is not None for tracklet in tracklets]
    if not weight or not any(known):
        return 0.0
    size = next(len(tracklet.feature) for tracklet in tracklets if tracklet.feature is not None)
    features = np.stack([np.full(size, np.nan) if t.feature is None else t.feature for t in tracklets])
    likeness = (features[i] * features[j]).sum(axis=1)
    return np.asarray(np.where(np.isnan(likeness), 0.0, weight * (likeness - 0.5)))


def _extent(paths: Sequence[Path]) -> float:
    """Pixels: how wide the scene is."""
    places = np.concatenate([path.place[:, 0] for path in paths])
    return float(max(np.ptp(places), max(path.height for path in paths)))


def _states(rows: Sequence[Floats]) -> Floats:
    return np.stack(rows)


def _log_normal(x: Floats, variance: Floats | float) -> Floats:
    return np.asarray(-0.5 * (x**2 / variance + np.log(2 * np.pi * variance)))
