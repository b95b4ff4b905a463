"""Other parameters, other places, several curves as one; and gradients through all of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from tests.geometry.nurbs.splines import curves, gap, random_batch, random_shape, reference, samples, surfaces
from trackside.core import InputError, SettingError
from trackside.geometry.nurbs.clamping import clamp
from trackside.geometry.nurbs.elevation import elevate_degree
from trackside.geometry.nurbs.insertion import insert_knot, refine
from trackside.geometry.nurbs.joining import join
from trackside.geometry.nurbs.mapping import make_rational, transform
from trackside.geometry.nurbs.reduction import reduce_degree
from trackside.geometry.nurbs.removal import remove_knot
from trackside.geometry.nurbs.reversal import reparametrise, reverse, swap
from trackside.geometry.nurbs.shapes import Curve, Surface
from trackside.geometry.nurbs.simplification import simplify
from trackside.geometry.nurbs.splitting import decompose, split


@given(surface=surfaces(), parameter=st.sampled_from([0, 1]))
def test_reversed_it_runs_backwards(surface: Surface, parameter: int) -> None:
    surface = surface.with_control(surface.control_points)  # With weights, a rounded parameter may be seen a millionfold.
    back, at = reverse(surface, parameter), samples(surface, 21)
    mirrored = list(at)
    mirrored[parameter] = at[parameter][0] + (at[parameter][-1] - at[parameter])
    size = np.abs(surface.control_points).max()
    np.testing.assert_allclose(reference(back, *mirrored), reference(surface, *at), rtol=0, atol=1e-11 * size)
    for end, old in zip(back.domain[parameter], surface.domain[parameter], strict=True):
        assert float(end) == pytest.approx(float(old), rel=1e-15)


def test_reversed_twice_it_is_what_it_was() -> None:
    surface = random_shape(7, (2, 3))
    once, twice = reverse(surface, 1), reverse(reverse(surface, 1), 1)
    np.testing.assert_array_equal(once.weights, surface.weights[:, ::-1])
    np.testing.assert_array_equal(twice.weights, surface.weights)
    np.testing.assert_array_equal(twice.control_points, surface.control_points)
    np.testing.assert_allclose(twice.knots[1], surface.knots[1], rtol=1e-14)


@given(curve=curves(), low=st.floats(-10, 10), length=st.floats(0.1, 10))
def test_another_domain_is_the_same_curve(curve: Curve, low: float, length: float) -> None:
    curve = curve.with_control(curve.control_points)  # As above.
    moved = reparametrise(curve, low, low + length)
    assert tuple(float(end) for end in moved.domain[0]) == (low, low + length)
    begin, end = (float(end) for end in curve.domain[0])
    share = np.linspace(0, 1, 101)[1:-1]
    ours, theirs = reference(moved, low + share * length), reference(curve, begin + share * (end - begin))
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10 * np.abs(curve.control_points).max())


def test_swapped_parameters() -> None:
    volume = random_shape(1, (1, 2, 3), spans=2)
    other = swap(volume, 0, 2)
    at = samples(volume, 7)
    assert other.degrees == (3, 2, 1)
    np.testing.assert_allclose(reference(other, *at[::-1]), np.swapaxes(reference(volume, *at), 0, 2), atol=1e-12)


@given(curve=curves(), seed=st.integers(0, 1000))
def test_a_transformed_shape_is_the_shape_of_transformed_points(curve: Curve, seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrix, shift, at = rng.normal(size=(2, 3)), rng.normal(size=2), samples(curve)
    moved = transform(curve, matrix, shift)
    np.testing.assert_allclose(reference(moved, *at), reference(curve, *at) @ matrix.T + shift, atol=1e-11)
    assert transform(curve, shift=[1, 2, 3]).weights is curve.weights


def test_a_transform_that_does_not_fit_is_refused() -> None:
    with pytest.raises(InputError, match=r"matrix: points of 4 dimensions need a matrix \[e, 4\], got \[2, 3\]"):
        transform(Curve(np.eye(4), 3), np.zeros((2, 3)))
    with pytest.raises(InputError, match="shift"):
        transform(Curve(np.eye(4), 3), shift=[1.0, 2.0])


def test_weights_of_one_change_nothing() -> None:
    surface = random_shape(2, (2, 2), rational=False)
    assert make_rational(surface).rational
    assert gap(surface, make_rational(surface), 21) < 1e-14
    rational = random_shape(2, (2, 2))
    assert make_rational(rational) is rational


@given(curve=curves(), share=st.floats(0.1, 0.9))
def test_joined_halves_are_the_whole(curve: Curve, share: float) -> None:
    low, high = (float(end) for end in curve.domain[0])
    assert gap(curve, join(split(curve, low + share * (high - low)))) < 1e-12


def test_curves_of_unlike_kinds_are_joined() -> None:
    """A line, a quarter of a circle and a cubic, one after the other on 0 to 1, 1 to 2 and 2 to 4."""
    line = Curve([[-1.0, 1.0], [0.0, 1.0]], 1)
    arc = Curve([[0, 1], [1, 1], [1, 0]], 2, weights=[2.0, 2 * np.sqrt(0.5), 2.0])
    cubic = Curve([[1, 0], [1, -1], [3, -1], [3, 0]], 3, [0, 0, 0, 0, 2, 2, 2, 2])
    made = join([line, arc, cubic])
    assert made.degrees == (3,) and made.rational
    u = np.linspace(0, 1, 50)
    np.testing.assert_allclose(reference(made, u), reference(line, u), atol=1e-14)
    np.testing.assert_allclose(reference(made, u[1:] + 1), reference(arc, u[1:]), atol=1e-14)
    np.testing.assert_allclose(reference(made, 2 * u[1:] + 2), reference(cubic, 2 * u[1:]), atol=1e-14)


def test_curves_with_a_gap_are_not_joined() -> None:
    one, two = Curve([[0, 0], [1, 0]], 1), Curve([[1, 0.1], [2, 0]], 1)
    with pytest.raises(InputError, match=r"curve 1 begins 0\.1 off the end"):
        join([one, two])
    assert join([one, two], tolerance=0.2).counts == (3,)
    with pytest.raises(InputError, match="no curves"):
        join([])
    with pytest.raises(InputError, match="differ in batch or dimension"):
        join([one, Curve([[1, 0, 0], [2, 0, 0]], 1)])


def test_domains_and_parameters_that_cannot_be_are_refused() -> None:
    curve = Curve(np.eye(4), 3)
    with pytest.raises(SettingError, match="give low < high"):
        reparametrise(curve, 1.0, 1.0)
    with pytest.raises(SettingError, match="no parameter -1"):
        reverse(curve, -1)
    with pytest.raises(SettingError, match="no parameter 2"):
        swap(random_shape(1, (1, 1)), 0, 2)


OPERATIONS: dict[str, Callable[[Any], Any]] = {
    "insert": lambda c: insert_knot(c, 0.45),
    "refine": lambda c: refine(c, 1),
    "remove": lambda c: remove_knot(c, 0.5, tolerance=1e9)[0],
    "elevate": lambda c: elevate_degree(c, 2),
    "reduce": lambda c: reduce_degree(c, 1, 1e9)[0],
    "clamp": lambda c: clamp(c),
    "split": lambda c: split(c, 0.45)[0],
    "decompose": lambda c: decompose(c)[0],
    "reverse": lambda c: reverse(c),
    "join": lambda c: join([c, transform(reverse(c), -np.eye(2))], tolerance=1e9),
    "transform": lambda c: transform(c, np.array([[0.0, 2.0], [1.0, 1.0]]), [1.0, 2.0]),
}
KNOTS = {
    "shared": [-0.1, 0, 0, 0.2, 0.5, 0.7, 1, 1.2, 1.3],
    "own": [[0, 0, 0, 0.2, 0.5, 0.7, 1, 1, 1], [0, 0, 0, 0.3, 0.5, 0.6, 1, 1, 1]],
}


@pytest.mark.parametrize("knots", KNOTS)
@pytest.mark.parametrize("name", OPERATIONS)
def test_gradients_and_values_of_both_backends(name: str, knots: str) -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(3)
    points, weights = rng.normal(size=(2, 6, 2)), rng.uniform(0.5, 2, (2, 6))
    expected = OPERATIONS[name](Curve(points, 2, np.array(KNOTS[knots]), weights))

    def run(control: Any, weight: Any) -> tuple[Any, Any]:
        made = OPERATIONS[name](Curve(control, 2, torch.tensor(KNOTS[knots], dtype=torch.float64), weight))
        return made.control_points, made.weights

    leaves = [torch.tensor(values, dtype=torch.float64, requires_grad=True) for values in (points, weights)]
    control, weight = run(*leaves)
    np.testing.assert_allclose(control.detach().numpy(), expected.control_points, rtol=0, atol=1e-14)
    np.testing.assert_allclose(weight.detach().numpy(), expected.weights, rtol=0, atol=1e-14)
    assert torch.autograd.gradcheck(run, leaves)


def test_a_torch_surface_of_single_precision_keeps_its_kind() -> None:
    torch = pytest.importorskip("torch")
    surface = Surface(torch.rand(3, 5, 4, 3), (2, 3), weights=torch.rand(3, 5, 4) + 0.5)
    for made in (insert_knot(surface, 0.3, 1, 1), elevate_degree(surface, 1, 0), swap(surface), decompose(surface)[0]):
        for array in (made.control_points, made.weights, *made.knots):
            assert array.dtype == torch.float32 and torch.isfinite(array).all()


def test_operations_on_a_batch_of_no_shapes() -> None:
    batch = random_batch(1, 2)
    none = Curve(batch.control_points[:0], 3, batch.knots[0][0], batch.weights[:0])
    lower = reduce_degree(elevate_degree(none))[0]
    for made in (insert_knot(none, 0.4), lower, clamp(none), decompose(none)[0], simplify(none, 0.1)):
        assert made.batch[0] == 0


def test_join_wants_a_list() -> None:
    curve = random_shape(1, (3,))
    with pytest.raises(InputError, match=r"join\(\[one, two\]\)"):
        join(curve, curve)  # type: ignore[arg-type]
