"""Evaluation: the compiled kernels, the products of matrices and the tensors hold against SciPy, and against one another."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from numpy.typing import NDArray
from scipy.interpolate import BSpline

from tests.geometry.nurbs.splines import knot_vector, reference
from trackside.core import InputError
from trackside.geometry.nurbs import (
    Curve,
    Nurbs,
    Surface,
    Volume,
    derivatives,
    derivatives_grid,
    evaluate,
    evaluate_grid,
    uniform,
)
from trackside.geometry.nurbs.arrays import as_numpy
from trackside.geometry.nurbs.shapes import KINDS

BACKENDS = ("compiled", "dense", "torch")
# Points may differ from SciPy's by this share of the largest coordinate that had a part in them.
CLOSE = 1e-12


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Each way to evaluate, whatever the number of points."""
    use(request.param, monkeypatch)
    yield request.param


def use(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip({"compiled": "numba", "torch": "torch"}.get(name, "numpy"))
    monkeypatch.setattr("trackside.geometry.nurbs.evaluation.PLAIN_BELOW", 0 if name == "compiled" else math.inf)


def made(shape: Nurbs, backend: str) -> Nurbs:
    """The shape in the arrays of a backend."""
    if backend != "torch":
        return shape
    import torch

    weights = None if shape.weights is None else torch.tensor(shape.weights)
    knots = [torch.tensor(vector) for vector in shape.knots]
    return type(shape)(torch.tensor(shape.control_points), shape.degrees, knots, weights, shape.periodic)


@st.composite
def shapes(draw: st.DrawFn, parameters: int, *, rational: bool | None = None) -> Any:
    """Synthetic: degrees 1 to 7, repeated knots, clamped or not, weights over six decades, two to four dimensions."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    degrees = [draw(st.integers(1, 7 if parameters < 3 else 3)) for _ in range(parameters)]
    knots = [knot_vector(rng, p, draw(st.integers(1, 4)), most=p, clamped=draw(st.booleans())) for p in degrees]
    counts = tuple(len(vector) - p - 1 for vector, p in zip(knots, degrees, strict=True))
    is_rational = draw(st.booleans()) if rational is None else rational
    weights = 10 ** rng.uniform(-3, 3, counts) if is_rational else None
    return KINDS[parameters](rng.normal(size=(*counts, draw(st.integers(1, 5)))), degrees, knots, weights)


def inside(shape: Nurbs, count: int = 9) -> list[NDArray[np.float64]]:
    """Parameters of one shape: its ends, its knots, and some in between."""
    found = []
    for knots, (low, high) in zip(shape.knots, shape.domain, strict=True):
        inner = knots[(knots >= low) & (knots <= high)]
        found.append(np.unique(np.concatenate([np.linspace(low, high, count), inner, [high]])))
    return found


@pytest.mark.parametrize("parameters", [1, 2, 3])
@given(data=st.data())
def test_points_are_those_of_scipy(parameters: int, data: st.DataObject) -> None:
    shape = data.draw(shapes(parameters))
    at = inside(shape, 5)
    expected = reference(shape, *at)
    scale = np.abs(shape.control_points).max()
    for backend in BACKENDS:
        with pytest.MonkeyPatch.context() as patch:
            use(backend, patch)
            found = as_numpy(evaluate_grid(made(shape, backend), *at))
        assert np.abs(found - expected).max() <= CLOSE * scale, backend


@given(shape=shapes(1, rational=False), order=st.integers(1, 2))
def test_derivatives_of_curves_are_those_of_scipy(shape: Curve, order: int) -> None:
    knots, (degree,) = shape.knots[0], shape.degrees
    low, high = shape.domain[0]
    at = np.linspace(low, high, 13)[1:-1]
    spline = BSpline(knots, shape.control_points, degree)
    expected = spline(at, order)
    scale = np.abs(shape.control_points).max() * (degree / np.diff(np.unique(knots)).min()) ** order
    for backend in BACKENDS:
        with pytest.MonkeyPatch.context() as patch:
            use(backend, patch)
            found = as_numpy(derivatives(made(shape, backend), at, order=order)[(order,)])
        # At a knot derivatives may jump, and the two may stand on different sides of it: leave those parameters out.
        apart = np.abs(at[:, None] - knots).min(axis=1) > 1e-6
        assert np.abs(found - expected)[apart].max(initial=0) <= 1e-11 * scale, backend


@pytest.mark.parametrize("parameters", [1, 2, 3])
@given(data=st.data())
def test_the_backends_agree_on_all_derivatives(parameters: int, data: st.DataObject) -> None:
    shape = data.draw(shapes(parameters))
    at = [u[:-1] for u in inside(shape, 4)]
    verb = data.draw(st.sampled_from([derivatives, derivatives_grid]))
    if verb is derivatives:
        at = [u[np.arange(6) % len(u)] for u in at]
    found = {}
    for backend in BACKENDS:
        with pytest.MonkeyPatch.context() as patch:
            use(backend, patch)
            found[backend] = {i: as_numpy(v) for i, v in verb(made(shape, backend), *at, order=2).items()}
    assert list(found["compiled"]) == list(found["dense"]) == list(found["torch"])
    for index, expected in found["dense"].items():
        # What a derivative is made of may be larger than itself by powers of the ratio of the weights.
        size = max(np.abs(values).max() for values in found["dense"].values())
        for backend in ("compiled", "torch"):
            assert np.abs(found[backend][index] - expected).max() <= 1e-9 * max(size, 1), (backend, index)


def quarter() -> Curve:
    return Curve([[1, 0], [1, 1], [0, 1]], 2, weights=[1, 1 / math.sqrt(2), 1])


def test_a_quarter_circle_is_round(backend: str) -> None:
    u = np.linspace(0, 1, 50)
    found = {i: as_numpy(v) for i, v in derivatives(made(quarter(), backend), u).items()}
    np.testing.assert_allclose(np.linalg.norm(found[(0,)], axis=-1), 1, atol=1e-15)
    np.testing.assert_allclose((found[(0,)] * found[(1,)]).sum(-1), 0, atol=1e-14)
    speed = np.linalg.norm(found[(1,)], axis=-1)
    bend = found[(1,)][:, 0] * found[(2,)][:, 1] - found[(1,)][:, 1] * found[(2,)][:, 0]
    np.testing.assert_allclose(bend / speed**3, 1, rtol=1e-12)


@pytest.mark.parametrize(("parameters", "rational"), list(product([1, 2, 3], [True, False])))
def test_derivatives_are_those_of_finite_differences(parameters: int, rational: bool, backend: str) -> None:
    rng = np.random.default_rng(3)
    counts = (6, 5, 4)[:parameters]
    weights = rng.uniform(0.5, 2, counts) if rational else None
    shape = made(KINDS[parameters](rng.normal(size=(*counts, 3)), 3, None, weights), backend)
    at = [rng.uniform(0.1, 0.9, 20) for _ in counts]
    found = {i: as_numpy(v) for i, v in derivatives(shape, *at).items()}
    step = 1e-4
    for index, values in found.items():
        if sum(index) == 0:
            continue
        axis = next(axis for axis, times in enumerate(index) if times)
        lower = tuple(times - (i == axis) for i, times in enumerate(index))
        ahead, behind = [[u + sign * step * (i == axis) for i, u in enumerate(at)] for sign in (1, -1)]
        rise = as_numpy(derivatives(shape, *ahead)[lower]) - as_numpy(derivatives(shape, *behind)[lower])
        near = [np.abs(u[:, None] - as_numpy(k)).min(axis=1) > step for u, k in zip(at, shape.knots, strict=True)]
        smooth = np.all(near, axis=0)
        assert smooth.sum() > 15
        scale = np.abs(values).max()
        np.testing.assert_allclose((rise / (2 * step))[smooth], values[smooth], atol=2e-5 * scale)


def batch_of(parameters: int, *, own_knots: bool, rational: bool = True) -> Nurbs:
    rng = np.random.default_rng(4)
    counts = (7, 6, 5)[:parameters]
    knots = None
    if own_knots:
        knots = [np.sort(rng.uniform(0, 1, (2, 3, n + 3)), axis=-1) for n in counts]
        for vector in knots:
            vector[..., :3], vector[..., -3:] = 0, 1
    weights = rng.uniform(0.2, 5, (2, 3, *counts)) if rational else None
    return KINDS[parameters](rng.normal(size=(2, 3, *counts, 3)), 2, knots, weights)


@pytest.mark.parametrize(("parameters", "own_knots", "rational"), list(product([1, 2, 3], [True, False], [True, False])))
def test_a_batch_is_its_shapes_one_by_one(parameters: int, own_knots: bool, rational: bool, backend: str) -> None:
    batch = batch_of(parameters, own_knots=own_knots, rational=rational)
    at = [np.linspace(0, 1, 4 + axis) for axis in range(parameters)]
    found = as_numpy(evaluate_grid(made(batch, backend), *at))
    for row in product(range(2), range(3)):
        weights = None if batch.weights is None else batch.weights[row]
        knots = [vector[row] if vector.ndim > 1 else vector for vector in batch.knots]
        alone = type(batch)(batch.control_points[row], batch.degrees, knots, weights)
        np.testing.assert_allclose(found[row], reference(alone, *at), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("parameters", [1, 2, 3])
def test_each_shape_of_a_batch_may_have_its_own_parameters(parameters: int, backend: str) -> None:
    batch = batch_of(parameters, own_knots=True)
    rng = np.random.default_rng(5)
    at = [rng.uniform(0, 1, (2, 3, 8)) for _ in range(parameters)]
    found = as_numpy(evaluate(made(batch, backend), *at))
    assert found.shape == (2, 3, 8, 3)
    for row in product(range(2), range(3)):
        knots = [vector[row] for vector in batch.knots]
        alone = type(batch)(batch.control_points[row], batch.degrees, knots, batch.weights[row])
        np.testing.assert_allclose(found[row], as_numpy(evaluate(alone, *(u[row] for u in at))), rtol=1e-12, atol=1e-13)


def test_parameters_in_any_order_give_the_same_points(backend: str) -> None:
    rng = np.random.default_rng(6)
    surface = made(Surface(rng.normal(size=(9, 8, 3)), 3, weights=rng.uniform(1, 2, (9, 8))), backend)
    u, v = rng.permutation(np.linspace(0, 1, 40)), rng.permutation(np.linspace(0, 1, 30))
    order_u, order_v = np.argsort(u), np.argsort(v)
    mixed = as_numpy(evaluate_grid(surface, u, v))
    np.testing.assert_allclose(
        mixed[order_u][:, order_v], as_numpy(evaluate_grid(surface, u[order_u], v[order_v])), atol=1e-14
    )


def test_parameters_of_any_form_for_one_shape(backend: str) -> None:
    surface = made(Surface(np.random.default_rng(7).normal(size=(5, 5, 3)), 2), backend)
    assert tuple(evaluate(surface, 0.3, 0.4).shape) == (3,)
    assert tuple(evaluate(surface, np.full((2, 1), 0.3), np.full((1, 5), 0.4)).shape) == (2, 5, 3)
    assert tuple(evaluate(surface, [], []).shape) == (0, 3)
    assert tuple(evaluate_grid(surface, [], [0.5]).shape) == (0, 1, 3)


def test_many_points_on_several_threads_are_the_same_as_few(monkeypatch: pytest.MonkeyPatch) -> None:
    use("compiled", monkeypatch)
    rng = np.random.default_rng(8)
    surface = Surface(rng.normal(size=(12, 11, 3)), 3, weights=rng.uniform(0.5, 2, (12, 11)))
    u, v = np.linspace(0, 1, 401), np.linspace(0, 1, 317)
    whole = evaluate_grid(surface, u, v)
    for row in (0, 17, 400):
        np.testing.assert_array_equal(whole[row], evaluate_grid(surface, u[row : row + 1], v)[0])
    mesh = [a.reshape(-1) for a in np.meshgrid(u, v, indexing="ij")]
    np.testing.assert_allclose(evaluate(surface, *mesh).reshape(whole.shape), whole, atol=1e-14)
    first = derivatives_grid(surface, u, v, order=1)
    np.testing.assert_allclose(first[(0, 0)], whole, atol=1e-15)
    second = derivatives_grid(surface, u, v, order=2)
    for index, values in first.items():
        np.testing.assert_allclose(values, second[index], atol=1e-11)
    curve, many = Curve(rng.normal(size=(30, 3)), 3), np.linspace(0, 1, 200_001)
    expected = BSpline(curve.knots[0], curve.control_points, 3)(many)
    np.testing.assert_allclose(evaluate(curve, many), expected, atol=1e-14)


def test_a_closed_curve_takes_parameters_round_and_round(backend: str) -> None:
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float)
    closed = made(Curve(np.concatenate([corners, corners[:3]]), 3, uniform(7, 3), periodic=True), backend)
    u = np.array([0.1, 0.6])
    np.testing.assert_allclose(as_numpy(evaluate(closed, u + 3)), as_numpy(evaluate(closed, u)), atol=1e-14)
    np.testing.assert_allclose(as_numpy(evaluate(closed, u - 2)), as_numpy(evaluate(closed, u)), atol=1e-14)
    np.testing.assert_allclose(as_numpy(evaluate(closed, [0.0])), as_numpy(evaluate(closed, [1.0])), atol=1e-14)


@pytest.mark.parametrize("wrong", [-0.1, 1.5, math.nan, math.inf])
def test_parameters_outside_are_refused(wrong: float, backend: str) -> None:
    curve = made(quarter(), backend)
    with pytest.raises(InputError, match=r"the parameter u = .* is outside the domain, 0 to 1; give parameters inside it"):
        evaluate(curve, [0.5, wrong])
    surface = made(Surface(np.zeros((4, 4, 3)), 2), backend)
    with pytest.raises(InputError, match="the parameter v"):
        evaluate(surface, [0.5, 0.5], [0.5, wrong])
    with pytest.raises(InputError, match="the parameter v"):
        evaluate_grid(surface, [0.5, 0.5], [0.5, wrong])


def test_a_parameter_that_misses_the_end_by_rounding_is_taken_for_it(backend: str) -> None:
    curve = made(quarter(), backend)
    np.testing.assert_allclose(as_numpy(evaluate(curve, [1 + 1e-15, -1e-15])), [[0, 1], [1, 0]], atol=1e-14)


def test_wrong_numbers_and_forms_of_parameters_are_refused(backend: str) -> None:
    surface = made(Surface(np.zeros((4, 4, 3)), 2), backend)
    with pytest.raises(InputError, match="got 1 arrays of parameters; give 2"):
        evaluate(surface, [0.5])
    with pytest.raises(InputError, match="do not broadcast"):
        evaluate(surface, [0.5, 0.5], [0.1, 0.2, 0.3])
    with pytest.raises(InputError, match=r"give them as \[m\]"):
        evaluate_grid(surface, np.zeros((2, 2)), [0.5])
    for order in (-1, 1.5):
        with pytest.raises(InputError, match=f"derivatives of order {order}; ask for a whole number"):
            derivatives(surface, [0.5], [0.5], order=order)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="a list is no shape"):
        evaluate([[0, 0], [1, 1]], [0.5])  # type: ignore[arg-type]


def test_parameters_may_be_tensors_where_the_shape_is_not() -> None:
    torch = pytest.importorskip("torch")
    u = torch.tensor([0.0, 0.5, 1.0], dtype=torch.float64)
    found = evaluate(quarter(), u)
    assert isinstance(found, np.ndarray)
    np.testing.assert_allclose(found, evaluate(quarter(), [0, 0.5, 1]))


def test_results_are_written_where_one_says(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(9)
    surface = Surface(rng.normal(size=(5, 6, 3)), 3)
    u = np.linspace(0, 1, 30)
    expected = evaluate_grid(surface, u, u)
    for backend in ("compiled", "dense"):
        use(backend, monkeypatch)
        room = np.zeros((30, 30, 3))
        assert evaluate_grid(surface, u, u, out=room) is room
        np.testing.assert_allclose(room, expected, atol=1e-14)
        points = np.zeros((30, 3))
        assert evaluate(surface, u, u, out=points) is points
        np.testing.assert_allclose(points, expected[np.arange(30), np.arange(30)], atol=1e-14)
    with pytest.raises(InputError, match=r"give a C-contiguous float64 array \[30, 30, 3\]"):
        evaluate_grid(surface, u, u, out=np.zeros((30, 30, 3), np.float32))
    with pytest.raises(InputError, match="C-contiguous"):
        evaluate_grid(surface, u, u, out=np.zeros((30, 30, 3)).transpose(1, 0, 2))


def test_float32_stays_float32(backend: str) -> None:
    curve = Curve(np.random.default_rng(1).normal(size=(8, 3)).astype(np.float32), 3)
    found = evaluate(made(curve, backend), np.linspace(0, 1, 10))
    assert str(found.dtype).endswith("float32")
    wide = Curve(curve.control_points.astype(np.float64), 3)
    np.testing.assert_allclose(as_numpy(found), evaluate(wide, np.linspace(0, 1, 10)), atol=3e-6)


@given(shape=shapes(2))
def test_points_follow_affine_maps(shape: Surface) -> None:
    rng = np.random.default_rng(2)
    matrix, shift = rng.normal(size=(shape.dimension, shape.dimension)), rng.normal(size=shape.dimension)
    at = inside(shape, 4)
    moved = type(shape)(shape.control_points @ matrix.T + shift, shape.degrees, shape.knots, shape.weights)
    expected = evaluate_grid(shape, *at) @ matrix.T + shift
    np.testing.assert_allclose(evaluate_grid(moved, *at), expected, atol=1e-11 * np.abs(moved.control_points).max())


@given(shape=shapes(2))
def test_basis_functions_sum_to_one(shape: Surface) -> None:
    same = type(shape)(np.ones_like(shape.control_points), shape.degrees, shape.knots, shape.weights)
    np.testing.assert_allclose(evaluate_grid(same, *inside(shape, 6)), 1, atol=1e-13)


def test_volumes_have_the_dimension_of_their_points(backend: str) -> None:
    rng = np.random.default_rng(11)
    for dimension in (1, 2, 3, 4, 6):
        volume = Volume(rng.normal(size=(3, 4, 5, dimension)), (2, 3, 1), None, rng.uniform(1, 2, (3, 4, 5)))
        at = [np.linspace(0, 1, 3)] * 3
        np.testing.assert_allclose(as_numpy(evaluate_grid(made(volume, backend), *at)), reference(volume, *at), atol=1e-13)
