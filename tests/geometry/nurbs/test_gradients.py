"""Tensors: derivatives with respect to control points, weights, parameters and knots are exact."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from trackside.geometry.nurbs import Curve, Nurbs, Surface, derivatives, derivatives_grid, evaluate, evaluate_grid
from trackside.geometry.nurbs.shapes import KINDS

torch = pytest.importorskip("torch", reason="PyTorch is not installed")


def tensors(parameters: int, batch: tuple[int, ...]) -> tuple[Any, Any, list[Any]]:
    rng = np.random.default_rng(parameters)
    counts = (5, 4, 4)[:parameters]
    control = torch.tensor(rng.normal(size=(*batch, *counts, 2)), requires_grad=True)
    weights = torch.tensor(rng.uniform(0.5, 2, (*batch, *counts)), requires_grad=True)
    at = [torch.tensor(rng.uniform(0.05, 0.95, 3), requires_grad=True) for _ in counts]
    return control, weights, at


@pytest.mark.parametrize(("parameters", "batch"), list(product([1, 2, 3], [(), (2,)])))
def test_points_have_exact_gradients(parameters: int, batch: tuple[int, ...]) -> None:
    control, weights, at = tensors(parameters, batch)

    def points(control: Any, weights: Any, *at: Any) -> Any:
        shape = KINDS[parameters](control, (2, 3, 2)[:parameters], None, weights)
        return evaluate(shape, *at), evaluate_grid(shape, *at)

    assert torch.autograd.gradcheck(points, (control, weights, *at))


def test_derivatives_have_exact_gradients() -> None:
    control, weights, at = tensors(2, ())

    def first(control: Any, weights: Any, *at: Any) -> Any:
        shape = Surface(control, (2, 3), None, weights)
        return (*derivatives(shape, *at, order=2).values(), *derivatives_grid(shape, *at, order=1).values())

    assert torch.autograd.gradcheck(first, (control, weights, *at))


def test_autograd_and_the_quotient_rule_agree() -> None:
    control, weights, _ = tensors(1, ())
    curve = Curve(control, 3, None, weights)
    u = torch.linspace(0.1, 0.9, 7, dtype=torch.float64, requires_grad=True)
    by_rule = derivatives(curve, u, order=1)[(1,)]
    for axis in range(2):
        (by_autograd,) = torch.autograd.grad(evaluate(curve, u)[:, axis].sum(), u, retain_graph=True)
        torch.testing.assert_close(by_autograd, by_rule[:, axis], rtol=1e-12, atol=1e-12)


def test_knots_have_exact_gradients() -> None:
    knots = torch.tensor([0, 0, 0, 0, 0.3, 0.6, 1, 1, 1, 1], dtype=torch.float64, requires_grad=True)
    control, weights = torch.rand(6, 2, dtype=torch.float64), torch.rand(6, dtype=torch.float64) + 0.5
    u = torch.tensor([0.1, 0.45, 0.8], dtype=torch.float64)

    def points(knots: Any) -> Any:
        return evaluate(
            Curve.trusted(control_points=control, weights=weights, degrees=(3,), knots=(knots,), periodic=(False,)), u
        )

    assert torch.autograd.gradcheck(points, (knots,))


def test_a_shape_of_one_tensor_is_all_tensors() -> None:
    curve = Curve(torch.zeros(5, 2, dtype=torch.float32), 2, np.array([0, 0, 0, 0.3, 0.7, 1, 1, 1]))
    assert curve.knots[0].dtype == torch.float32
    mixed = Curve(np.zeros((5, 2)), 2, weights=torch.ones(5, dtype=torch.float64, requires_grad=True))
    assert mixed.control_points.dtype == torch.float64 and mixed.weights is not None and mixed.weights.requires_grad


def test_optimisation_changes_control_points_without_checking_them_again() -> None:
    shape: Nurbs = Curve(torch.rand(6, 2, dtype=torch.float64), 3)
    target = torch.stack([torch.linspace(0, 1, 30), torch.sin(torch.linspace(0, 3, 30))], dim=-1).double()
    u = torch.linspace(0, 1, 30, dtype=torch.float64)
    control = shape.control_points.clone().requires_grad_()
    step = torch.optim.LBFGS([control], max_iter=50)

    def loss() -> Any:
        step.zero_grad()
        away = ((evaluate(shape.with_control(control), u) - target) ** 2).sum()
        away.backward()
        return away

    step.step(loss)
    assert float(loss().detach()) < 1e-2
