"""Synthetic shapes for the tests of operations, and an evaluation of them by SciPy that shares no code with ours."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from hypothesis import settings, strategies as st
from numpy.typing import NDArray
from scipy.interpolate import BSpline

from trackside.geometry.nurbs.arrays import as_numpy
from trackside.geometry.nurbs.shapes import KINDS, Curve, Nurbs, Surface

Floats = NDArray[np.float64]

# A first call loads much, which hypothesis would take for a slow test.
settings.register_profile("geometry", deadline=None, max_examples=int(os.environ.get("TRACKSIDE_TEST_EXAMPLES", "50")))
settings.load_profile("geometry")


def reference(shape: Nurbs, *parameters: Any) -> Floats:
    """Points of one shape (no batch) on a grid of parameters, [m_1, .., m_d, dim]: SciPy's splines, then the quotient."""
    values = np.asarray(as_numpy(shape.homogeneous))
    for axis, (u, degree, knots) in enumerate(zip(parameters, shape.degrees, shape.knots, strict=True)):
        spline = BSpline(as_numpy(knots), np.moveaxis(values, axis, 0), degree)
        values = np.moveaxis(spline(np.asarray(u)), 0, axis)
    return values[..., :-1] / values[..., -1:] if shape.rational else values


def samples(shape: Nurbs, count: int = 101) -> list[Floats]:
    """Parameters over the domain of one shape, ends included."""
    return [np.linspace(float(low), float(high), count) for low, high in shape.domain]


def gap(one: Nurbs, two: Nurbs, count: int = 101) -> float:
    """The largest distance of two shapes at equal parameters, as a share of the largest coordinate of the first."""
    at = samples(one, count)
    apart = np.linalg.norm(reference(one, *at) - reference(two, *at), axis=-1).max()
    return float(apart / np.abs(as_numpy(one.control_points)).max())


def knot_vector(rng: np.random.Generator, degree: int, spans: int, *, most: int, clamped: bool) -> Floats:
    """Uneven knots; inner ones stand from once to `most` times."""
    inner = np.cumsum(rng.uniform(0.2, 1.0, spans - 1))
    repeated = np.repeat(inner, rng.integers(1, most + 1, spans - 1))
    end = (inner[-1] if spans > 1 else 0.0) + 0.5
    if clamped:
        return np.concatenate([np.zeros(degree + 1), repeated, np.full(degree + 1, end)])
    outer = np.cumsum(rng.uniform(0.1, 0.9, degree)), np.cumsum(rng.uniform(0.1, 0.9, degree))
    return np.concatenate([-outer[0][::-1], [0.0], repeated, [end], end + outer[1]])


def random_shape(seed: int, degrees: tuple[int, ...], *, spans: int = 4, rational: bool = True, clamped: bool = True) -> Any:
    """Synthetic, with weights from 0.001 to 1000."""
    rng = np.random.default_rng(seed)
    knots = tuple(knot_vector(rng, p, spans, most=p, clamped=clamped) for p in degrees)
    counts = tuple(len(vector) - p - 1 for vector, p in zip(knots, degrees, strict=True))
    weights = 10 ** rng.uniform(-3, 3, counts) if rational else None
    return KINDS[len(degrees)](rng.normal(size=(*counts, 3)), degrees, knots, weights)


def random_batch(seed: int, size: int, degree: int = 3, *, rational: bool = True) -> Curve:
    """Synthetic curves [size, ...], each with knots of its own that stand equally often."""
    rng = np.random.default_rng(seed)
    inner = np.sort(rng.uniform(0.1, 0.9, (size, 3)), axis=-1)[:, [0, 1, 1, 2]]
    knots = np.concatenate([np.zeros((size, degree + 1)), inner, np.ones((size, degree + 1))], axis=-1)
    n = degree + 5
    return Curve(rng.normal(size=(size, n, 2)), degree, knots, 10 ** rng.uniform(-3, 3, (size, n)) if rational else None)


def one_of(shape: Any, row: int) -> Any:
    """One shape of a batch with one axis."""
    weights = None if shape.weights is None else shape.weights[row]
    knots = tuple(vector[row] if vector.ndim > 1 else vector for vector in shape.knots)
    return type(shape)(shape.control_points[row], shape.degrees, knots, weights)


def circle() -> Curve:
    """The full unit circle of nine points, degree 2 (The NURBS Book, example 7.5)."""
    ring = np.array([[1, 0], [1, 1], [0, 1], [-1, 1], [-1, 0], [-1, -1], [0, -1], [1, -1], [1, 0]], float)
    weights = np.where(np.arange(9) % 2, np.sqrt(0.5), 1.0)
    return Curve(ring, 2, [0, 0, 0, 0.25, 0.25, 0.5, 0.5, 0.75, 0.75, 1, 1, 1], weights)


@st.composite
def curves(draw: st.DrawFn, clamped: bool | None = None, lowest: int = 1) -> Curve:
    """Synthetic curves of degree 1 to 7: rational or not, repeated knots, clamped or not."""
    kept = draw(st.booleans()) if clamped is None else clamped
    return random_shape(  # type: ignore[no-any-return]
        draw(st.integers(0, 2**32 - 1)),
        (draw(st.integers(lowest, 7)),),
        spans=draw(st.integers(1, 6)),
        rational=draw(st.booleans()),
        clamped=kept,
    )


@st.composite
def surfaces(draw: st.DrawFn) -> Surface:
    """Synthetic surfaces of degrees 1 to 4."""
    degrees = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    return random_shape(  # type: ignore[no-any-return]
        draw(st.integers(0, 2**32 - 1)), degrees, spans=3, rational=draw(st.booleans()), clamped=draw(st.booleans())
    )
