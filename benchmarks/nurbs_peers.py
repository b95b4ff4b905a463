"""The shapes of `nurbs.py` and `nurbs_gpu.py`, and the same shapes as the peers have them."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.interpolate import BSpline

from trackside.geometry import nurbs

THREADS = 2


def knots_of(rng: np.random.Generator, count: int, *batch: int) -> Any:
    """Clamped cubic knots with uneven spans."""
    inner = np.cumsum(rng.uniform(0.5, 1.5, (*batch, count - 3)), axis=-1)
    inner = inner[..., :-1] / inner[..., -1:]
    return np.concatenate([np.zeros((*batch, 4)), inner, np.ones((*batch, 4))], axis=-1)


def shapes(rng: np.random.Generator) -> dict[str, tuple[nurbs.Nurbs, tuple[Any, ...]]]:
    """The shape and the parameters of each case."""
    surface = nurbs.Surface(
        rng.normal(size=(20, 20, 3)), 3, [knots_of(rng, 20), knots_of(rng, 20)], rng.uniform(0.5, 1.5, (20, 20))
    )
    batch = nurbs.Surface(
        rng.normal(size=(1000, 8, 8, 3)), 3, [knots_of(rng, 8, 1000), knots_of(rng, 8, 1000)],
        rng.uniform(0.5, 1.5, (1000, 8, 8)),
    )  # fmt: skip
    curve = nurbs.Curve(rng.normal(size=(20, 3)), 3, knots_of(rng, 20), rng.uniform(0.5, 1.5, 20))
    fine, coarse = np.linspace(0, 1, 1000), np.linspace(0, 1, 50)
    return {
        "surface": (surface, (fine, fine)),
        "batch": (batch, (coarse, coarse)),
        "curve": (curve, (np.linspace(0, 1, 1_000_000),)),
    }


def by_scipy(homogeneous: Any, knots: Any, parameters: Any) -> Any:
    """Points of one shape, [m_1, .., dim]."""
    values = homogeneous
    for axis, (vector, u) in enumerate(zip(knots, parameters, strict=True)):
        values = np.moveaxis(BSpline(vector, np.moveaxis(values, axis, 0), 3)(u), 0, axis)
    return values[..., :-1] / values[..., -1:]


def scipy_batch(homogeneous: Any, knots: Any, parameters: Any) -> Any:
    """The same, one shape after the other."""
    found = np.empty((len(homogeneous), 50, 50, 3))
    for row in range(len(homogeneous)):
        found[row] = by_scipy(homogeneous[row], [vector[row] for vector in knots], parameters)
    return found


def spline_of(shape: nurbs.Nurbs, row: int | None = None) -> Any:
    """A shape as splinepy has it: the first parameter runs fastest."""
    import splinepy

    control, weights, knots = shape.control_points, shape.weights, shape.knots
    if row is not None:
        control, weights, knots = control[row], weights[row], [vector[row] for vector in knots]  # type: ignore[index]
    order = tuple(reversed(range(shape.parameters)))
    return splinepy.NURBS(
        degrees=list(shape.degrees), knot_vectors=[list(vector) for vector in knots],
        control_points=np.transpose(control, (*order, shape.parameters)).reshape(-1, 3),
        weights=np.transpose(weights, order).reshape(-1, 1),
    )  # fmt: skip


def splinepy_batch(batch: nurbs.Nurbs) -> list[Any]:
    """A sample of each surface."""
    return [spline_of(batch, row).sample([50, 50], nthreads=THREADS) for row in range(batch.batch[0])]


def geomdl_of(shape: nurbs.Nurbs, sizes: tuple[int, ...], row: int | None = None) -> Any:
    """A shape as geomdl has it."""
    import geomdl.NURBS

    control, weights, knots = shape.control_points, shape.weights, shape.knots
    if row is not None:
        control, weights, knots = control[row], weights[row], [vector[row] for vector in knots]  # type: ignore[index]
    points = np.concatenate([control * weights[..., None], weights[..., None]], axis=-1)  # type: ignore[index]
    if shape.parameters == 1:
        made = geomdl.NURBS.Curve()
        made.degree, made.ctrlptsw, made.knotvector, made.sample_size = 3, points.tolist(), list(knots[0]), sizes[0]
        return made
    made = geomdl.NURBS.Surface()
    made.degree_u = made.degree_v = 3
    made.set_ctrlpts(points.reshape(-1, 4).tolist(), *points.shape[:2])
    made.knotvector_u, made.knotvector_v = list(knots[0]), list(knots[1])
    made.sample_size_u, made.sample_size_v = sizes
    return made
