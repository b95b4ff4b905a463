"""Figures hold the shapes that they show."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.core import InputError, SettingError
from trackside.geometry.nurbs.plots import comb_teeth, plot
from trackside.geometry.nurbs.primitives import circle, line
from trackside.geometry.nurbs.shapes import Curve, Volume
from trackside.geometry.nurbs.sweeps import sphere


def test_curve_with_net_and_comb() -> None:
    figure = plot(circle([0, 0], 2), comb=True, title="a circle")
    drawn = figure.data[0]
    np.testing.assert_allclose(np.hypot(drawn.x, drawn.y), 2, rtol=1e-9)
    assert [trace.name for trace in figure.data] == ["curve 1", "curvature 1", "curvature 1", "control 1"]
    assert figure.layout.title.text == "a circle"
    assert figure.layout.yaxis.scaleanchor == "x"


def test_surface_in_space_and_several_shapes() -> None:
    figure = plot([sphere([0, 0, 0], 1), circle([0, 0, 0], 2)], control=False)
    assert [trace.type for trace in figure.data] == ["surface", "scatter3d"]
    ball = figure.data[0]
    np.testing.assert_allclose(ball.x**2 + ball.y**2 + ball.z**2, 1, rtol=1e-9)


def test_batch_is_several_curves() -> None:
    assert len(plot(Curve(np.random.default_rng(0).normal(size=(3, 5, 2)), 3), control=False).data) == 3


def test_teeth_are_as_long_as_the_curvature() -> None:
    feet, tips = comb_teeth(circle([0, 0], 2), teeth=9, height=0.1)
    np.testing.assert_allclose(np.linalg.norm(tips, axis=1) - 2, 0.1 * np.linalg.norm(np.ptp(feet, axis=0)), rtol=1e-9)
    feet, tips = comb_teeth(line([0, 0], [1, 1]))
    np.testing.assert_allclose(tips, feet, atol=1e-12)
    with pytest.raises(SettingError, match="two teeth"):
        comb_teeth(line([0, 0], [1, 1]), teeth=1)


def test_what_cannot_be_drawn_is_told() -> None:
    with pytest.raises(InputError, match="curves and surfaces"):
        plot(Volume(np.random.default_rng(0).normal(size=(3, 3, 3, 3)), 2))
    with pytest.raises(InputError, match="all in the plane or all in space"):
        plot([circle([0, 0], 1), circle([0, 0, 0], 1)])
