"""The outlines of discs, and the centres of the areas within, to hundredths of a pixel.

A disc's image is close to an ellipse: centre + frame @ u for u on the unit circle. Lines across that outline find where the
edge really is; the differences, as a Fourier series round the disc, move the centre (order 1), change size and shape
(orders 0 and 2) and keep what a lens's distortion adds (order 3) apart from the centre. To first order the change of order
1 is that of the centre of area, which `centres.area_centres` predicts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trackside.geometry.camera.boards.edges import RISE, fit_edges, rough_edges, sample

Floats = NDArray[np.float64]
Picture = NDArray[np.float32]

_ROUGH_LINES, _FINE_LINES = 24, 64
_SAMPLES = 17
# The blur is one number a disc: every fourth line tells it.
_SPARSE = 4
_ORDERS = 3
_ROUGH_ROUNDS, _FINE_ROUNDS = 2, 3
# Shares of the minor axis: at most this far across the outline, so that lines meet neither the middle nor a neighbour.
_FARTHEST = 0.8
# A line reaches at least so far, and four standard deviations of the blur: beyond, a step is flat.
_NEAREST_PIXELS, _BLURS = 2.0, 4.0
# A line whose edge is further off than so many robust standard deviations touches something else.
_OUTLIER = 4.0
# Neighbouring lines closer than this see the same pixels: their errors are not independent.
_INDEPENDENT = 1.2
# What sampling and rounding leave on pictures without noise, pixels (benchmarks/disc_centres.py).
_LEAST_DEVIATION = 0.004


@dataclass(frozen=True, slots=True, eq=False)
class Discs:
    """n discs in a picture.

    Attributes:
        centres: [n, 2], pixels.
        frames: [n, 2, 2], symmetric; a point of the outline is centre + frame @ (cos t, sin t).
        steps: [n], grey levels between disc and ground, above 0 for discs of the polarity looked for.
        misfits: [n], root mean square distance of the edges from the outline, pixels.
        sound: [n], share of the lines across the outline with an edge where it is expected.
        widths: [n], standard deviation of the blur of the edge, pixels; NaN before `refined`.
        deviations: [n], standard deviation of each coordinate of the centre, pixels; NaN before `refined`.
    """

    centres: Floats
    frames: Floats
    steps: Floats
    misfits: Floats
    sound: Floats
    widths: Floats
    deviations: Floats

    def __len__(self) -> int:
        return len(self.centres)

    def __getitem__(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Discs:
        return Discs(*(getattr(self, name)[rows] for name in self.__slots__))

    @property
    def axes(self) -> Floats:
        """[n, 2]: semi-minor and semi-major axis, pixels."""
        return np.asarray(np.linalg.eigvalsh(self.frames), np.float64)

    @property
    def ellipses(self) -> Floats:
        """[n, 5]: x, y, semi-major, semi-minor, angle of the major axis in radians."""
        lengths, vectors = np.linalg.eigh(self.frames)
        angle = np.arctan2(vectors[:, 1, 1], vectors[:, 0, 1])
        return np.column_stack([self.centres, lengths[:, 1], lengths[:, 0], angle])

    @property
    def sharpness(self) -> float:
        """Width of the edges from 10 % to 90 %, pixels: the median."""
        return float(np.median(self.widths) * RISE)


def as_discs(centres: Floats, frames: Floats) -> Discs:
    """Discs of which only place and shape are known."""
    unknown = np.full(len(centres), np.nan)
    return Discs(centres, frames, *[unknown] * 5)


def traced(grey: Picture, discs: Discs, *, dark: bool) -> Discs:
    """A first, cheap look at the outlines: enough to tell discs from other blobs."""
    for _ in range(_ROUGH_ROUNDS):
        lines = _Lines(discs, _ROUGH_LINES, np.full(len(discs), np.inf), share=0.6)
        positions, steps = rough_edges(lines.profiles(grey, dark), lines.offsets)
        discs = _moved(discs, lines, positions, steps)
    return discs


def refined(grey: Picture, discs: Discs, *, dark: bool, gap: float) -> Discs:
    """The outlines as exactly as the picture tells them.

    Args:
        grey: [h, w].
        discs: known to within a pixel or two.
        dark: whether discs are darker than the ground.
        gap: free space between neighbouring discs in radii.
    """
    share = min(_FARTHEST, 0.9 * gap)
    blurs = np.full(len(discs), 1.0)
    for number in range(_FINE_ROUNDS):
        lines = _Lines(discs, _FINE_LINES, np.maximum(_BLURS * blurs, _NEAREST_PIXELS), share=share)
        profiles = lines.profiles(grey, dark).reshape(-1, _SAMPLES)
        offsets = np.broadcast_to(lines.offsets, (len(discs), _FINE_LINES, _SAMPLES)).reshape(-1, _SAMPLES)
        if number == 0 or number == 1:
            widths = fit_edges(profiles[::_SPARSE], offsets[::_SPARSE]).widths.reshape(len(discs), -1)
            blurs = np.median(widths, axis=1)
        found = fit_edges(profiles, offsets, np.repeat(blurs, _FINE_LINES))
        positions, steps = (values.reshape(len(discs), -1) for values in (found.positions, found.steps))
        discs = replace(_moved(discs, lines, positions, steps), widths=blurs)
    return discs


class _Lines:
    """Lines across the outlines of discs, `count` a disc, even round the disc."""

    def __init__(self, discs: Discs, count: int, reach: Floats, share: float) -> None:
        turn = 2 * np.pi * (np.arange(count) + 0.5) / count
        self.turn = turn
        self.unit = np.stack([np.cos(turn), np.sin(turn)], axis=-1)
        inverse = np.linalg.inv(discs.frames)
        normals = self.unit @ inverse  # the frames are symmetric: inverse transposed is inverse
        self.stretch = np.linalg.norm(normals, axis=-1)
        self.normals = normals / self.stretch[..., None]
        self.feet = discs.centres[:, None] + self.unit @ discs.frames
        reach = np.minimum(reach, share * discs.axes[:, 0])
        self.reach = reach
        self.offsets = (reach[:, None] * np.linspace(-1, 1, _SAMPLES))[:, None, :]

    def profiles(self, grey: Picture, dark: bool) -> Floats:
        """[n, count, k] grey levels that rise outwards for discs of the polarity looked for."""
        points = self.feet[:, :, None] + self.offsets[..., None] * self.normals[:, :, None]
        levels = sample(grey, points)
        return levels if dark else -levels


def _moved(discs: Discs, lines: _Lines, positions: Floats, steps: Floats) -> Discs:
    """The discs moved and reshaped to where the edges are, with their quality."""
    step = np.median(steps, axis=1)
    sound = (steps > 0.35 * step[:, None]) & (step[:, None] > 0) & (np.abs(positions) < 0.95 * lines.reach[:, None])
    basis = _series(lines.turn)
    for _ in range(2):
        series, covariance, left = _solved(basis, lines, positions, sound)
        spread = 1.4826 * _median_of(np.abs(left), sound)
        limit = np.maximum(spread, 0.02)[:, None] * _OUTLIER
        kept = sound & (np.abs(left) < limit)
        enough = kept.sum(axis=1, keepdims=True) >= basis.shape[1] + 3
        sound = np.where(enough, kept, sound)
    squares = (left**2 * sound).sum(axis=1)
    freedom = np.maximum(sound.sum(axis=1) - basis.shape[1], 1)
    misfits = np.sqrt(squares / freedom)
    shape = (
        np.array([[1.0, 0.0], [0.0, -1.0]])[None] * series[:, 3, None, None]
        + np.array([[0.0, 1.0], [1.0, 0.0]])[None] * series[:, 4, None, None]
    )
    change = shape + np.eye(2) * (1 + series[:, :1, None])
    frames = _symmetric(discs.frames @ change)
    shifts = (discs.frames @ series[:, 1:3, None])[..., 0]
    place = discs.frames @ covariance[:, 1:3, 1:3] @ discs.frames
    axes = discs.axes
    perimeter = np.pi * (axes[:, 0] + axes[:, 1])
    shared = np.maximum(1.0, lines.stretch.shape[1] * _INDEPENDENT / perimeter)
    variance = misfits**2 * shared * (place[:, 0, 0] + place[:, 1, 1]) / 2
    deviations = np.sqrt(variance + _LEAST_DEVIATION**2)
    return replace(
        discs,
        centres=discs.centres + shifts,
        frames=frames,
        steps=step,
        misfits=misfits,
        sound=sound.mean(axis=1),
        deviations=deviations,
    )


def _series(turn: Floats) -> Floats:
    """[m, 7]: 1, cos t, sin t, cos 2t, sin 2t, cos 3t, sin 3t."""
    waves = [wave(order * turn) for order in range(1, _ORDERS + 1) for wave in (np.cos, np.sin)]
    return np.stack([np.ones_like(turn), *waves], axis=-1)


def _solved(basis: Floats, lines: _Lines, positions: Floats, sound: NDArray[np.bool_]) -> tuple[Floats, Floats, Floats]:
    """Least squares in pixels: the series [n, 7], its covariance for unit variance [n, 7, 7], what is left [n, m]."""
    design = basis / lines.stretch[..., None]
    weighted = design * sound[..., None]
    squares = weighted.swapaxes(1, 2) @ design
    scale = np.trace(squares, axis1=1, axis2=2)[:, None, None]
    covariance = np.linalg.inv(squares + (1e-9 * scale + 1e-12) * np.eye(basis.shape[1]))
    series = np.clip((covariance @ (weighted.swapaxes(1, 2) @ positions[..., None]))[..., 0], -0.4, 0.4)
    return series, covariance, positions - (design @ series[..., None])[..., 0]


def _median_of(values: Floats, where: NDArray[np.bool_]) -> Floats:
    """[n]: median of each row's values where they count; 0 for a row without any."""
    ordered = np.sort(np.where(where, values, np.inf), axis=1)
    middle = np.maximum(where.sum(axis=1) - 1, 0) // 2
    found = np.take_along_axis(ordered, middle[:, None], axis=1)[:, 0]
    return np.where(np.isfinite(found), found, 0.0)


def _symmetric(frames: Floats) -> Floats:
    """The symmetric frame of the same ellipse: the square root of F F^T."""
    values, vectors = np.linalg.eigh(frames @ frames.swapaxes(1, 2))
    return np.asarray((vectors * np.sqrt(np.maximum(values, 1e-12))[:, None]) @ vectors.swapaxes(1, 2))
