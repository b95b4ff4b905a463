"""How flat the loss is at a point: the Hessian's largest eigenvalue and trace, without ever building the Hessian.

Products of the Hessian with a vector cost two backward passes (Pearlmutter 1994). Power iteration gives the largest
eigenvalue, Hutchinson's estimator the trace. Full-batch descent is stable while the largest eigenvalue stays below 2 /
rate, and training tends to rise to just that (Cohen et al. 2021, Gradient descent on neural networks typically occurs at
the edge of stability).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from trackside.lab.landscape.weights import borrowed, trainable
from trackside.lab.training import Training

ITERATIONS = 30
PROBES = 8
CLOSE = 1e-2


@dataclass(frozen=True, slots=True)
class Flatness:
    """The curvature of the loss at a point.

    Attributes:
        sharpness: the Hessian's largest eigenvalue by size, with its sign.
        trace: its trace.
        trace_error: standard error of the trace's estimate.
        settled: whether the power iteration had settled.
    """

    sharpness: float
    trace: float
    trace_error: float
    settled: bool


def flatness(training: Training, batches: Sequence[Any], *, seed: int = 0) -> Flatness:
    """Sharpness and trace of the mean loss over batches, in evaluation mode; the model is left as it was."""
    parameters = trainable(training.model)
    generator = torch.Generator().manual_seed(seed)
    with borrowed(training.model), torch.enable_grad():
        training.model.eval()
        loss = torch.stack([training.loss(batch) for batch in batches]).mean()
        gradients = torch.autograd.grad(loss, parameters, create_graph=True, allow_unused=True)
        pairs = [(one, two) for one, two in zip(parameters, gradients, strict=True) if two is not None and two.requires_grad]
        if not pairs:
            return Flatness(0.0, 0.0, 0.0, True)
        own, slopes = [one for one, _ in pairs], [two for _, two in pairs]
        sharpness, settled = _largest(own, slopes, generator)
        traces = [_probe(own, slopes, generator) for _ in range(PROBES)]
    mean = sum(traces) / PROBES
    spread = math.sqrt(sum((trace - mean) ** 2 for trace in traces) / (PROBES - 1) / PROBES)
    return Flatness(sharpness, mean, spread, settled)


def _product(parameters: list[Any], gradients: list[Tensor], vector: list[Tensor]) -> list[Tensor]:
    """The Hessian times a vector."""
    found = torch.autograd.grad(gradients, parameters, grad_outputs=vector, retain_graph=True, allow_unused=True)
    return [torch.zeros_like(one) if part is None else part.detach() for one, part in zip(parameters, found, strict=True)]


def _dot(one: list[Tensor], other: list[Tensor]) -> float:
    return float(sum((a * b).sum().double() for a, b in zip(one, other, strict=True)))


def _largest(parameters: list[Any], gradients: list[Tensor], generator: torch.Generator) -> tuple[float, bool]:
    vector = [torch.randn(one.shape, generator=generator).to(one) for one in parameters]
    value = 0.0
    for _ in range(ITERATIONS):
        size = math.sqrt(_dot(vector, vector))
        if size == 0 or not math.isfinite(size):
            return value, True
        vector = [part / size for part in vector]
        product = _product(parameters, gradients, vector)
        before, value = value, _dot(vector, product)
        if abs(value - before) <= CLOSE * abs(value):
            return value, True
        vector = product
    return value, False


def _probe(parameters: list[Any], gradients: list[Tensor], generator: torch.Generator) -> float:
    signs = [(2 * torch.randint(0, 2, one.shape, generator=generator) - 1).to(one) for one in parameters]
    return _dot(signs, _product(parameters, gradients, signs))
