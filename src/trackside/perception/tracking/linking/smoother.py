"""Where objects were, in hindsight: a Rauch-Tung-Striebel smoother for many tracklets at once, with its uncertainty.

The model is that of the online filter (`kalman.py`): centre, foot line, width and height with constant velocity; a forward
Kalman filter, then the backward pass of Rauch, Tung and Striebel 1965 (Bar-Shalom, Li and Kirubarajan 2001, section 8.6.2).
Tracklets of like length are stacked, so that a step serves all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trackside.perception.tracking.kalman import TO_BOX, TO_STATE, Noise
from trackside.perception.tracking.linking.tracklet import Floats, Frames, Tracklet

# Frames times tracklets that are stacked at once: 250 MB.
_MOST_CELLS = 500_000
# Frames of the backward pass whose gains are found at once: they depend on the forward pass alone.
_BLOCK = 256
# A sighting further off than so many standard deviations is an outlier: it counts as if it were just that far off.
_OUTLIER = 3.0
_LEAST_SIZE = 1e-3


@dataclass(frozen=True, slots=True)
class Path:
    """Where an object was in every frame from its first sighting to its last.

    Attributes:
        frames: int64 [k], consecutive.
        place: float64 [k, 4], centre x, foot y, width, height in pixels.
        velocity: float64 [k, 4], of these, a second.
        spread: float64 [k, 3, 4], variances of place, covariances of both, variances of velocity; pixels and seconds.
        height: pixels, the median of its sightings; noise is in proportion to it.
    """

    frames: Frames
    place: Floats
    velocity: Floats
    spread: Floats
    height: float

    @property
    def boxes(self) -> Floats:
        """float64 [k, 4], x1 y1 x2 y2."""
        return np.asarray(self.place @ TO_BOX.T)

    @property
    def deviations(self) -> Floats:
        """float64 [k, 4]: standard deviations of centre x, foot y, width and height, pixels."""
        return np.sqrt(self.spread[:, 0])


def smooth(tracklets: Sequence[Tracklet], times: Floats, noise: Noise) -> list[Path]:
    """The path of each tracklet in hindsight, also through its gaps, where the uncertainty grows.

    Args:
        tracklets: with at least one sighting each.
        times: float64 [t], media time of each frame of the recording, seconds, ascending.
        noise: of motion and sightings.
    """
    return _in_stacks(tracklets, times, noise, backward=True)


def filtered(tracklets: Sequence[Tracklet], times: Floats, noise: Noise) -> list[Path]:
    """The path of each tracklet as known at each moment, from the past alone. Arguments as for `smooth`."""
    return _in_stacks(tracklets, times, noise, backward=False)


def _in_stacks(tracklets: Sequence[Tracklet], times: Floats, noise: Noise, *, backward: bool) -> list[Path]:
    spans = np.array([tracklet.frames[-1] - tracklet.frames[0] + 1 for tracklet in tracklets], np.int64)
    paths: dict[int, Path] = {}
    for rows in _stacks(spans):
        stack = _stacked([tracklets[row] for row in rows], int(spans[rows].max()), times, noise)
        guesses, states = _forward(stack)
        if backward:
            _backward(stack.dt, guesses, states)
        paths.update(zip(rows, _paths(stack, states), strict=True))
    return [paths[row] for row in range(len(tracklets))]


def _stacks(spans: Frames) -> list[list[int]]:
    """Rows of tracklets of like length, as many together as fit."""
    stacks: list[list[int]] = []
    for row in np.argsort(-spans, kind="stable").tolist():
        longest = spans[stacks[-1][0]] if stacks else 0
        if stacks and longest <= 2 * spans[row] and longest * (len(stacks[-1]) + 1) <= _MOST_CELLS:
            stacks[-1].append(row)
        else:
            stacks.append([row])
    return stacks


@dataclass(frozen=True, slots=True)
class _Stack:
    """Tracklets side by side: t frames from each one's first sighting, n tracklets.

    Attributes:
        tracklets: of the columns.
        heights: float64 [n], pixels.
        seen: float64 [t, n, 4], centre, foot, width, height; NaN where nothing was detected.
        measured: float64 [t, n, 4], variances of the sightings.
        dt: float64 [t, n], seconds since the frame before; 0 beyond a tracklet's end, where nothing changes any more.
        drift: float64 [n, 4], intensity of the acceleration.
        speed: float64 [n, 4], variance of the velocity at the start.
    """

    tracklets: Sequence[Tracklet]
    heights: Floats
    seen: Floats
    measured: Floats
    dt: Floats
    drift: Floats
    speed: Floats


def _stacked(tracklets: Sequence[Tracklet], longest: int, times: Floats, noise: Noise) -> _Stack:
    count = len(tracklets)
    heights = np.array([np.median(t.boxes[:, 3] - t.boxes[:, 1]) for t in tracklets])
    seen = np.full((longest, count, 4), np.nan)
    doubt, dt = np.ones((longest, count, 1)), np.zeros((longest, count))
    for column, tracklet in enumerate(tracklets):
        first, last = tracklet.frames[0], tracklet.frames[-1]
        rows = tracklet.frames - first
        seen[rows, column] = tracklet.boxes @ TO_STATE.T
        doubt[rows, column, 0] += noise.doubt * (1 - np.clip(tracklet.scores, 0, 1))
        dt[1 : last - first + 1, column] = np.diff(times[first : last + 1])
    square = (heights**2)[:, None]
    return _Stack(
        tracklets,
        heights,
        seen,
        doubt * square * np.array([noise.place, noise.place, noise.size, noise.size]) ** 2,
        dt,
        square * [noise.acceleration, noise.acceleration, noise.resizing, noise.resizing],
        square * np.full(4, noise.speed**2),
    )


def _paths(stack: _Stack, states: tuple[Floats, Floats, Floats]) -> list[Path]:
    place, velocity, spread = states
    np.maximum(place[..., 2:], _LEAST_SIZE, out=place[..., 2:])
    paths = []
    for column, tracklet in enumerate(stack.tracklets):
        frames = np.arange(tracklet.frames[0], tracklet.frames[-1] + 1)
        own = slice(0, len(frames)), column
        paths.append(Path(frames, place[own], velocity[own], spread[own], float(stack.heights[column])))
    return paths


def _forward(stack: _Stack) -> tuple[tuple[Floats, Floats, Floats], tuple[Floats, Floats, Floats]]:
    """What is expected before, and known after each frame: places [t, n, 4], velocities [t, n, 4], spreads [t, n, 3, 4]."""
    steps, count = stack.dt.shape
    place, velocity, spread = np.empty((steps, count, 4)), np.empty((steps, count, 4)), np.empty((steps, count, 3, 4))
    guesses = np.empty_like(place), np.empty_like(velocity), np.empty_like(spread)
    x, v = stack.seen[0].copy(), np.zeros((count, 4))
    # The first sighting is taken in below, like all others: before it, the place is as good as unknown.
    p = np.stack([100 * stack.measured[0], np.zeros((count, 4)), stack.speed], axis=1)
    for step in range(steps):
        if step:
            dt = stack.dt[step][:, None]
            x, p = x + v * dt, _grown(p, dt, stack.drift)
        guesses[0][step], guesses[1][step], guesses[2][step] = x, v, p
        known = ~np.isnan(stack.seen[step, :, 0])
        if known.any():
            x, v, p = _corrected(x, v, p, stack.seen[step], stack.measured[step], known)
        place[step], velocity[step], spread[step] = x, v, p
    return guesses, (place, velocity, spread)


def _backward(dt: Floats, guesses: tuple[Floats, Floats, Floats], states: tuple[Floats, Floats, Floats]) -> None:
    """Take in, from the last frame to the first, what came later; changes `states` in place."""
    for start in range((len(dt) - 2) // _BLOCK * _BLOCK, -1, -_BLOCK):
        _backward_block(range(start, min(start + _BLOCK, len(dt) - 1)), dt, guesses, states)


def _backward_block(
    steps: range, dt: Floats, guesses: tuple[Floats, Floats, Floats], states: tuple[Floats, Floats, Floats]
) -> None:
    place, velocity, spread = states
    now, then = slice(steps.start, steps.stop), slice(steps.start + 1, steps.stop + 1)
    back = _backward_gain(spread[now], guesses[2][then], dt[then, :, None])
    carry = _carrying(back)
    for row, step in reversed(list(enumerate(steps))):
        ahead, turned = place[step + 1] - guesses[0][step + 1], velocity[step + 1] - guesses[1][step + 1]
        place[step] += back[0][row] * ahead + back[1][row] * turned
        velocity[step] += back[2][row] * ahead + back[3][row] * turned
        spread[step] += (carry[row] * (spread[step + 1] - guesses[2][step + 1])).sum(axis=2).swapaxes(0, 1)


def _grown(p: Floats, dt: Floats, drift: Floats) -> Floats:
    """Covariances [n, 3, 4] after `dt` seconds, [n, 1]."""
    a, b, c = p[:, 0], p[:, 1], p[:, 2]
    return np.stack([a + 2 * dt * b + dt**2 * c + drift * dt**3 / 3, b + dt * c + drift * dt**2 / 2, c + drift * dt], axis=1)


def _corrected(
    x: Floats, v: Floats, p: Floats, seen: Floats, measured: Floats, known: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
) -> tuple[Floats, Floats, Floats]:
    surprise = np.where(known[:, None], seen - x, 0.0)
    whole = np.maximum(p[:, 0] + measured, surprise**2 / _OUTLIER**2)
    gain, pull = p[:, 0] / whole, p[:, 1] / whole
    after = np.stack([p[:, 0] * (1 - gain), p[:, 1] * (1 - gain), p[:, 2] - pull * p[:, 1]], axis=1)
    return x + gain * surprise, v + pull * surprise, np.where(known[:, None, None], after, p)


def _backward_gain(p: Floats, guess: Floats, dt: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """The four elements of C = P F' inverse(guess), [t, n, 4] each, from covariances [t, n, 3, 4] and seconds [t, n, 1]."""
    a, b, c = p[:, :, 0], p[:, :, 1], p[:, :, 2]
    ga, gb, gc = guess[:, :, 0], guess[:, :, 1], guess[:, :, 2]
    determinant = ga * gc - gb * gb
    ia, ib, ic = gc / determinant, -gb / determinant, ga / determinant
    ab, bc = a + b * dt, b + c * dt
    return ab * ia + b * ib, ab * ib + b * ic, bc * ia + c * ib, bc * ib + c * ic


def _carrying(back: tuple[Floats, Floats, Floats, Floats]) -> Floats:
    """C D C' for the gains C and any symmetric D, as what D's three elements are multiplied by: [t, 3, n, 3, 4]."""
    p, q, r, s = back
    rows = (p * p, 2 * p * q, q * q), (p * r, p * s + q * r, q * s), (r * r, 2 * r * s, s * s)
    return np.stack([np.stack(row, axis=2) for row in rows], axis=1)
