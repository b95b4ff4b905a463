"""Slices: the loss on a plane through the weights.

A random direction is scaled filter by filter to the weights' own size, since a network with ReLUs or normalisation is the
same when a layer is scaled (Li et al. 2018, Visualizing the loss landscape of neural nets, section 4). The plane of a
path is spanned by its two principal directions (the same, section 7.2), which show the path and little else: any random
walk in many dimensions looks like an arc there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from trackside.core import InputError
from trackside.lab.landscape.weights import borrowed, mean_loss, put, taken, trainable
from trackside.lab.training import Training


@dataclass(frozen=True)
class Slice:
    """The loss on a plane.

    Attributes:
        across: float64 [w], steps along the first direction; 0 is the centre.
        up: float64 [h], steps along the second; one step of 0 for a line.
        losses: float64 [h, w].
        path: float64 [p, 2], where the points of a path fall, or [0, 2].
        explained: share of the path's spread that lies in the plane; NaN without a path.
    """

    across: NDArray[np.float64]
    up: NDArray[np.float64]
    losses: NDArray[np.float64]
    path: NDArray[np.float64]
    explained: float = float("nan")


def random_slice(training: Training, batches: Sequence[Any], *, size: int = 21, reach: float = 1.0, seed: int = 0) -> Slice:
    """The loss along two random filter-normalised directions, to `reach` times the weights' own size.

    Raises:
        InputError: there are no batches, or nothing is trainable.
    """
    _ready(training, batches)
    generator = torch.Generator().manual_seed(seed)
    first, second = (filter_normalised(training.model, generator) for _ in range(2))
    steps = np.linspace(-reach, reach, size)
    centre = taken(training.model)
    return Slice(steps, steps, _losses(training, batches, centre, first, second, steps, steps), np.zeros((0, 2)))


def path_slice(training: Training, batches: Sequence[Any], points: Tensor, *, size: int = 21) -> Slice:
    """The loss on the plane of a path's two principal directions, with the path on it.

    Args:
        training: whose model ends the path; its weights are the centre.
        batches: to measure the loss on.
        points: [p, weights], at least three.
        size: of the grid.

    Raises:
        InputError: fewer than three points, or of another model.
    """
    _ready(training, batches)
    centre = taken(training.model)
    if len(points) < 3 or points.shape[1] != len(centre):
        what = f"a path has {len(points)} points of {points.shape[-1]:,} weights, the model has {len(centre):,}"
        raise InputError(what, fix="keep at least three points of the same model's path")
    offsets = points.double() - centre
    _, lengths, directions = torch.linalg.svd(offsets, full_matrices=False)
    plane = directions[:2]
    placed = (offsets @ plane.T).numpy()
    spread = lengths**2
    across, up = (_covering(placed[:, axis], size) for axis in (0, 1))
    losses = _losses(training, batches, centre, plane[0], plane[1], across, up)
    return Slice(across, up, losses, placed, float(spread[:2].sum() / spread.sum().clamp_min(1e-30)))


def filter_normalised(model: nn.Module, generator: torch.Generator) -> Tensor:
    """A random direction [n] in which each filter (row) has the size of the model's own; biases and norms stay where they
    are.
    """
    parts = []
    for parameter in trainable(model):
        own = parameter.detach().double().cpu()
        if own.ndim < 2:
            parts.append(torch.zeros(own.numel(), dtype=torch.float64))
            continue
        drawn = torch.randn(own.shape, generator=generator, dtype=torch.float64).reshape(len(own), -1)
        scale = own.reshape(len(own), -1).norm(dim=1, keepdim=True) / drawn.norm(dim=1, keepdim=True).clamp_min(1e-12)
        parts.append((drawn * scale).reshape(-1))
    return torch.cat(parts)


def _losses(
    training: Training, batches: Sequence[Any], centre: Tensor, first: Tensor, second: Tensor, across: Any, up: Any
) -> NDArray[np.float64]:
    found = np.empty((len(up), len(across)))
    with borrowed(training.model):
        for row, rise in enumerate(up):
            for column, run in enumerate(across):
                put(training.model, centre + float(run) * first + float(rise) * second)
                found[row, column] = mean_loss(training, batches)
    return found


def _covering(values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Steps that cover values with a margin of a fifth, 0 among them as near as may be."""
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    margin = 0.2 * max(high - low, 1e-6)
    return np.linspace(low - margin, high + margin, size)


def _ready(training: Training, batches: Sequence[Any]) -> None:
    if not batches:
        raise InputError("there are no batches to measure the loss on", fix="give one batch at least")
    if not trainable(training.model):
        raise InputError("nothing in the model is trainable", fix="set requires_grad where it should learn")
