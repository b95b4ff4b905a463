"""Parts, Bezier pieces, clamped and unclamped knots: all the same geometry."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from tests.geometry.nurbs.splines import (
    curves,
    gap,
    one_of,
    random_batch,
    random_shape,
    reference,
    samples,
    surfaces,
)
from trackside.core import InputError, SettingError
from trackside.geometry.nurbs.clamping import clamp, is_clamped, unclamp
from trackside.geometry.nurbs.elevation import elevate_degree
from trackside.geometry.nurbs.insertion import insert_knot
from trackside.geometry.nurbs.shapes import Curve, Surface, Volume
from trackside.geometry.nurbs.splitting import decompose, restrict, split


def size(shape: Curve) -> float:
    return float(np.abs(shape.control_points).max())


@given(curve=curves(), ends=st.tuples(st.floats(0, 0.45), st.floats(0.55, 1)))
def test_a_part_is_that_part(curve: Curve, ends: tuple[float, float]) -> None:
    low, high = (float(end) for end in curve.domain[0])
    cut = tuple(min(low + share * (high - low), high) for share in ends)
    part = restrict(curve, *cut)
    assert is_clamped(part.knots[0], curve.degrees[0])
    u = np.linspace(*cut, 101)
    np.testing.assert_allclose(reference(part, u), reference(curve, u), rtol=0, atol=1e-12 * size(curve))


@given(surface=surfaces(), parameter=st.sampled_from([0, 1]), share=st.floats(0.05, 0.95))
def test_two_halves_meet(surface: Surface, parameter: int, share: float) -> None:
    low, high = (float(end) for end in surface.domain[parameter])
    value = low + share * (high - low)
    for half in split(surface, value, parameter):
        at = samples(half, 19)
        assert np.abs(reference(half, *at) - reference(surface, *at)).max() < 1e-12 * np.abs(surface.control_points).max()
    left, right = split(surface, value, parameter)
    assert float(left.domain[parameter][1]) == float(right.domain[parameter][0])
    edge = np.moveaxis(left.control_points, parameter, 0)[-1], np.moveaxis(right.control_points, parameter, 0)[0]
    np.testing.assert_allclose(edge[0], edge[1], rtol=0, atol=1e-12 * np.abs(surface.control_points).max())


@given(curve=curves())
def test_bezier_pieces_of_a_curve(curve: Curve) -> None:
    pieces, (breaks,) = decompose(curve)
    degree = curve.degrees[0]
    assert pieces.counts == (degree + 1,) and pieces.batch == (len(breaks) - 1,)
    for row in range(len(breaks) - 1):
        piece = one_of(pieces, row)
        np.testing.assert_array_equal(piece.knots[0], np.repeat(breaks[row : row + 2], degree + 1))
        u = np.linspace(breaks[row], breaks[row + 1], 33)[1:-1]
        np.testing.assert_allclose(reference(piece, u), reference(curve, u), rtol=0, atol=1e-12 * size(curve))


def test_bezier_pieces_of_surfaces_and_volumes_lie_as_their_breaks_say() -> None:
    for degrees in ((2, 3), (1, 2, 3)):
        shape = random_shape(11, degrees, spans=3, clamped=False)
        pieces, breaks = decompose(shape)
        assert pieces.batch == tuple(len(ends) - 1 for ends in breaks)
        assert pieces.counts == tuple(p + 1 for p in degrees)
        for place in np.ndindex(pieces.batch):
            piece = type(shape)(
                pieces.control_points[place], degrees, [k[place] for k in pieces.knots], pieces.weights[place]
            )
            at = [np.linspace(ends[i], ends[i + 1], 7)[1:-1] for ends, i in zip(breaks, place, strict=True)]
            np.testing.assert_allclose(reference(piece, *at), reference(shape, *at), rtol=0, atol=1e-12 * 4)


def test_bezier_pieces_of_a_batch() -> None:
    batch = random_batch(4, 3)
    pieces, (breaks,) = decompose(batch)
    assert pieces.batch == (3, 4) and breaks.shape == (3, 5)
    for row in range(3):
        alone, (own,) = decompose(one_of(batch, row))
        np.testing.assert_array_equal(breaks[row], own)
        np.testing.assert_array_equal(pieces.control_points[row], alone.control_points)


def test_pieces_of_a_batch_of_surfaces_on_shared_knots() -> None:
    one = random_shape(12, (2, 1), spans=2)
    batch = Surface(
        np.stack([one.control_points, one.control_points + 1]), one.degrees, one.knots, np.stack([one.weights] * 2)
    )
    pieces, _ = decompose(batch)
    assert pieces.batch == (2, 2, 2)
    assert pieces.knots[0].shape == (2, 2, 2, 6)
    np.testing.assert_allclose(pieces.control_points[1], pieces.control_points[0] + 1, rtol=0, atol=1e-13)
    type(pieces)(pieces.control_points, pieces.degrees, pieces.knots, pieces.weights)  # Raises if it were no shape.


def test_an_unclamped_uniform_cubic_splits_as_known() -> None:
    """The ends of a uniform cubic B-spline segment are (P0 + 4 P1 + P2) / 6 and (P1 + 4 P2 + P3) / 6."""
    points = np.random.default_rng(1).normal(size=(4, 2))
    made = clamp(Curve(points, 3, np.arange(8.0)))
    np.testing.assert_allclose(made.control_points[0], (points[0] + 4 * points[1] + points[2]) / 6, atol=1e-15)
    np.testing.assert_allclose(made.control_points[-1], (points[1] + 4 * points[2] + points[3]) / 6, atol=1e-15)
    np.testing.assert_allclose(made.control_points[1], (2 * points[1] + points[2]) / 3, atol=1e-15)


@given(curve=curves(clamped=False))
def test_clamping_keeps_the_curve(curve: Curve) -> None:
    made = clamp(curve)
    assert is_clamped(made.knots[0], curve.degrees[0])
    assert gap(curve, made) < 1e-12
    assert clamp(made) is made


@given(curve=curves(clamped=True))
def test_unclamping_keeps_the_curve(curve: Curve) -> None:
    plain = Curve(curve.control_points, curve.degrees, curve.knots)
    free = unclamp(plain)
    assert not is_clamped(free.knots[0], plain.degrees[0])
    scale = np.abs(free.control_points).max() / size(plain)
    assert gap(plain, free) < 1e-12 * scale
    # Continued control points may be large: what comes back is right in proportion to them.
    assert np.abs(clamp(free).control_points - plain.control_points).max() < 1e-12 * np.abs(free.control_points).max()


def test_unclamping_that_asks_for_weights_below_nothing_is_refused() -> None:
    curve = Curve([[0, 0], [1, 1], [2, 0], [3, 1]], 3, weights=[1, 100, 1, 1])
    with pytest.raises(InputError, match="weights that are not positive; leave it clamped"):
        unclamp(curve)


def ring() -> Curve:
    """A closed smooth curve: the first three of eight points once more at the end (synthetic)."""
    points = np.random.default_rng(2).normal(size=(8, 2))
    return Curve(np.concatenate([points, points[:3]]), 3, np.arange(-3, 12) / 8, periodic=True)


def test_a_periodic_curve_becomes_its_clamped_equivalent() -> None:
    for made in (clamp(ring()), insert_knot(ring(), 0.3), elevate_degree(ring()), restrict(ring(), 0.0, 1.0)):
        assert made.periodic == (False,)
        assert is_clamped(made.knots[0], made.degrees[0])
        assert gap(ring(), made) < 1e-12
        np.testing.assert_allclose(made.control_points[0], made.control_points[-1], atol=1e-14)


def test_a_tube_stays_periodic_along_its_other_parameter() -> None:
    circle = ring()
    control = np.stack([np.insert(circle.control_points, 2, height, axis=-1) for height in (0.0, 1.0, 2.0)], axis=1)
    tube = Surface(control, (3, 1), [circle.knots[0], [0, 0, 0.5, 1, 1]], periodic=(True, False))
    more = insert_knot(tube, 0.25, parameter=1)
    assert more.periodic == (True, False)
    assert gap(tube, more, 31) < 1e-12


def test_control_points_without_effect_do_no_harm() -> None:
    """A domain that ends at the first of two equal knots."""
    curve = Curve([[0.0, 0], [1, 1], [2, 0]], 1, [0, 1, 2, 2, 3])
    u = np.linspace(1, 1.999, 20)
    for made in (clamp(curve), insert_knot(curve, 1.5), elevate_degree(curve)):
        np.testing.assert_allclose(reference(made, u), reference(curve, u), atol=1e-14)


def test_a_volume_is_split() -> None:
    volume: Volume = random_shape(13, (1, 2, 2), spans=2)
    value = float(volume.domain[2][1]) * 0.4
    left, _ = split(volume, value, 2)
    at = samples(left, 9)
    np.testing.assert_allclose(reference(left, *at), reference(volume, *at), atol=1e-12 * 4)


def test_cuts_that_cannot_be_are_refused() -> None:
    curve = Curve(np.eye(4), 3)
    with pytest.raises(SettingError, match="end of the domain"):
        split(curve, 1.0)
    with pytest.raises(SettingError, match="low: -1 is outside"):
        restrict(curve, -1.0, 0.5)
    with pytest.raises(SettingError, match="give low < high"):
        restrict(curve, 0.5, 0.5)
    with pytest.raises(InputError, match="differ: they have from 0 to 1 knots there"):
        knots = np.array([[0, 0, 0.4, 1, 1], [0, 0, 0.6, 1, 1]])
        split(Curve(np.zeros((2, 3, 2)), 1, knots), 0.5)
