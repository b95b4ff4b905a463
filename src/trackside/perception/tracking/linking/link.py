"""Which stretches belong to one object: a choice for the whole recording at once.

The objective is the log likelihood of the recording. Each stretch begins either with somebody new or with whoever ended
another stretch before, and each end is continued at most once; the gain of a link is the log likelihood ratio of the two.
Links that exclude each other form an assignment problem, the unit-capacity case of the min-cost flow of Zhang, Li and
Nevatia 2008, *Global data association for multi-object tracking using network flows*, and its optimum is found exactly
(greedily where some 2,000 stretches all compete with 2,000 others).
The ratio weighs place, direction and speed at both ends under the motion model, size, looks, and the time unseen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from trackside.perception.tracking.association import Floats, Rows, assign
from trackside.perception.tracking.linking.looks import looks, looks_odds
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
    ends, starts = ends_of(paths, times, -1)[i], ends_of(paths, times, 0)[j]
    gain = np.where(starts.time - ends.time <= settings.gap, continuation(ends, starts, settings, extent(paths)), -np.inf)
    seen = [looks(tracklet.features) for tracklet in tracklets]
    known = np.array([each is not None for each in seen])
    both = (known[i] & known[j]).nonzero()[0]
    if len(both):
        # Whoever looks the same may also have been away and have come back anywhere.
        odds = looks_odds(
            [seen[row] for row in i[both]], [seen[row] for row in j[both]], settings.appearance, settings.alike
        )
        gain[both] = np.logaddexp(gain[both], -settings.away) + odds
    return gain


@dataclass(frozen=True, slots=True)
class Ends:
    """Beginnings or ends of stretches.

    Attributes:
        time: float64 [n], seconds.
        place: float64 [n, 4], centre x, foot y, width, height.
        velocity: float64 [n, 4].
        spread: float64 [n, 3, 4], as in `Path`.
        height: float64 [n], pixels.
    """

    time: Floats
    place: Floats
    velocity: Floats
    spread: Floats
    height: Floats

    def __getitem__(self, rows: Any) -> Ends:
        return Ends(self.time[rows], self.place[rows], self.velocity[rows], self.spread[rows], self.height[rows])


def ends_of(paths: Sequence[Path], times: Floats, end: int) -> Ends:
    """The beginnings (0) or ends (-1) of paths."""
    return Ends(
        times[[path.frames[end] for path in paths]],
        np.stack([path.place[end] for path in paths]),
        np.stack([path.velocity[end] for path in paths]),
        np.stack([path.spread[end] for path in paths]),
        np.array([path.height for path in paths]),
    )


def continuation(end: Ends, start: Ends, settings: LinkSettings, width: float) -> Floats:
    """Log likelihood ratio, [p], that what starts there is what ended here, by motion, size and time unseen.

    Args:
        end: ends, [p].
        start: beginnings after them, [p].
        settings: the beliefs.
        width: of the scene, pixels: somebody new may turn up anywhere in it.
    """
    apart = start.time - end.time
    gain = _motion_gain(end, start, apart, settings, width)
    change = np.log(start.place[:, 3] / end.place[:, 3])
    gain += _log_normal(change, settings.resize**2 + (_RESIZE_SPEED * apart) ** 2) - _log_normal(change, _SIZES_DIFFER**2)
    return np.asarray(gain - settings.hiding * apart - settings.newcomer)


def extent(paths: Sequence[Path]) -> float:
    """Pixels: how wide the scene is."""
    places = np.concatenate([path.place[:, 0] for path in paths])
    return float(max(np.ptp(places), max(path.height for path in paths)))


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


def _motion_gain(end: Ends, start: Ends, dt: Floats, settings: LinkSettings, width: float) -> Floats:
    """Place and velocity of centre and foot at a beginning: as predicted from the end, against anywhere in the scene."""
    height = (end.height + start.height) / 2
    drift, speed = settings.drift * height**2, settings.noise.speed * height
    gain = np.zeros(len(dt))
    for axis in (0, 1):
        (a, b, c), (d, e, f) = end.spread[:, :, axis].T, start.spread[:, :, axis].T
        sa = a + 2 * dt * b + dt**2 * c + d + drift * dt**3 / 3
        sb = b + dt * c + e + drift * dt**2 / 2
        sc = c + f + drift * dt
        off = start.place[:, axis] - end.place[:, axis] - dt * end.velocity[:, axis]
        turn = start.velocity[:, axis] - end.velocity[:, axis]
        determinant = sa * sc - sb * sb
        distance = (sc * off**2 - 2 * sb * off * turn + sa * turn**2) / determinant
        gain += -0.5 * (distance + np.log(determinant)) - np.log(2 * np.pi)
        gain -= _log_normal(start.velocity[:, axis], speed**2) - np.log(width)
    return gain


def _log_normal(x: Floats, variance: Floats | float) -> Floats:
    return np.asarray(-0.5 * (x**2 / variance + np.log(2 * np.pi * variance)))
