"""What a model is made of, and how signals and gradients pass through it: hooks on a copy, one batch forward and
backward."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from trackside.lab.diagnosis import graphs
from trackside.lab.diagnosis.case import Case
from trackside.lab.diagnosis.pool import rows
from trackside.lab.training import call, to_device
from trackside.lab.trees import count_items, leaves

WEIGHTED = (nn.Linear, nn.modules.conv._ConvNd)
NORMALISING = (nn.modules.batchnorm._NormBase, nn.LayerNorm, nn.GroupNorm)


@dataclass
class Layer:
    """A layer with weights, in the order of the forward pass.

    Attributes:
        name: its path in the model.
        width: outputs (units or channels).
        fan_in: inputs of one output.
        gain: standard deviation of its weights times the root of its fan-in: 1.4 after He, 0.6 by PyTorch's default.
        gradient: norm of its weights' gradient, relative to their norm.
    """

    name: str
    width: int
    fan_in: int
    gain: float
    gradient: float = math.nan


@dataclass
class Anatomy:
    """A model at one moment.

    Attributes:
        layers: layers with weights.
        dead: for each ReLU, from the output inwards, the share of its units that gave zero for every item.
        saturated: the same of sigmoids and tanh at their ends.
        norms: how many normalising layers.
        skips: additions in the forward pass besides biases.
        recurrent: whether there are recurrent layers.
        gradient: norm of the whole gradient.
        reach: gradient of the loss at the first places of sequences relative to the last ones; NaN for other inputs.
        loss: of the batch.
        trouble: why it could not be looked at, or "".
    """

    layers: list[Layer] = field(default_factory=list)
    dead: list[float] = field(default_factory=list)
    saturated: list[float] = field(default_factory=list)
    norms: int = 0
    skips: int = 0
    recurrent: bool = False
    gradient: float = math.nan
    reach: float = math.nan
    loss: float = math.nan
    trouble: str = ""


def dissect(case: Case, model: nn.Module | None, items: int = 256) -> Anatomy:
    """Run a copy of a model on training items, forward and backward, and measure what passes.

    The mode is training, with dropout switched off.
    """
    if model is None or not case.train.batches:
        return Anatomy(trouble="there is no copy of the model, or no batch")
    try:
        return _dissect(case, copy.deepcopy(model), items)
    except Exception as error:
        return Anatomy(trouble=f"{type(error).__name__}: {error}")


def _dissect(case: Case, model: nn.Module, items: int) -> Anatomy:
    found = Anatomy()
    model.train()
    order: list[str] = []
    layers: dict[str, Layer] = {}
    handles = []
    for name, module in model.named_modules():
        if isinstance(module, nn.modules.dropout._DropoutNd):
            module.p = 0.0
        found.norms += isinstance(module, NORMALISING)
        found.recurrent |= isinstance(module, nn.RNNBase)
        if isinstance(module, WEIGHTED):
            handles.append(module.register_forward_hook(_noting(name, layers, order)))
    inputs, targets = _some(case, items)
    sequences = _sequences(model, inputs, handles)
    outputs = call(model, inputs)
    for handle in handles:
        handle.remove()
    first = next(iter(leaves(outputs)), None)
    if first is not None:
        found.dead = [_always_zero(result, items) for result in graphs.activations(first, ("Relu",))]
        found.saturated = [_saturated(result) for result in graphs.activations(first, ("Sigmoid", "Tanh"))]
        found.skips = graphs.count(first, "Add")
    model.zero_grad()
    loss = case.training.loss_fn(outputs, targets)
    found.loss = float(loss.detach())
    if loss.requires_grad:
        loss.backward()
        _gradients(model, layers, found)
        found.reach = _reach(sequences)
    found.layers = [layers[name] for name in order]
    return found


def _sequences(model: nn.Module, inputs: Any, handles: list[Any]) -> list[Tensor]:
    """Sequences [items, places, numbers] whose gradients will be kept: the inputs themselves, or what embeddings give."""
    kept: list[Tensor] = []
    if isinstance(inputs, Tensor) and inputs.ndim == 3 and inputs.is_floating_point():
        kept.append(inputs.requires_grad_(True))

    def keep(module: nn.Module, args: Any, output: Any) -> None:
        if isinstance(output, Tensor) and output.ndim == 3 and output.requires_grad and not kept:
            output.retain_grad()
            kept.append(output)

    handles += [module.register_forward_hook(keep) for module in model.modules() if isinstance(module, nn.Embedding)]
    return kept


def _reach(sequences: list[Tensor]) -> float:
    """The gradient at the first quarter of the places, relative to the last quarter."""
    if not sequences or sequences[0].grad is None or sequences[0].shape[1] < 6:
        return math.nan
    sizes = sequences[0].grad.norm(dim=(0, 2))
    part = max(1, len(sizes) // 4)
    return float(sizes[:part].mean() / sizes[-part:].mean().clamp_min(1e-30))


def _some(case: Case, items: int) -> tuple[Any, Any]:
    pool, device = case.train, case.training.device
    inputs, targets = pool.batches[0]
    if pool.stacked and count_items(inputs) < items:
        some = torch.randperm(count_items(pool.inputs), generator=torch.Generator().manual_seed(0))[:items]
        inputs, targets = rows(pool.inputs, some), rows(pool.targets, some)
    return to_device(inputs, device), to_device(targets, device)


def _noting(name: str, layers: dict[str, Layer], order: list[str]) -> Any:
    def note(module: nn.Module, args: Any, output: Any) -> None:
        weight = module.weight
        if name in layers or not isinstance(output, Tensor) or not isinstance(weight, Tensor):
            return
        fan_in = weight[0].numel() if not getattr(module, "transposed", False) else weight.shape[0]
        spread = float(weight.detach().float().std()) if weight.numel() > 1 else math.nan
        layers[name] = Layer(name, int(weight.shape[0]), int(fan_in), spread * math.sqrt(fan_in))
        order.append(name)

    return note


def _always_zero(result: Tensor, items: int) -> float:
    """Share of units (channels of a convolution) that are zero for all items and places."""
    if result.ndim < 2 or len(result) < 2:
        return math.nan
    flat = result.detach()
    flat = flat.amax([0, *range(2, flat.ndim)]) if flat.ndim != 3 else flat.amax([0, 1])
    return float((flat <= 0).float().mean())


def _saturated(result: Tensor) -> float:
    """Share of values within 2 % of the activation's ends."""
    low = -1.0 if bool((result < 0).any()) else 0.0
    width = 1.0 - low
    return float(((result < low + 0.02 * width) | (result > 1 - 0.02 * width)).float().mean())


def _gradients(model: nn.Module, layers: dict[str, Layer], found: Anatomy) -> None:
    modules = dict(model.named_modules())
    total = 0.0
    for parameter in model.parameters():
        if parameter.grad is not None:
            total += float((parameter.grad.float() ** 2).sum())
    found.gradient = math.sqrt(total) if math.isfinite(total) else math.inf
    for name, layer in layers.items():
        weight = modules[name].weight
        if isinstance(weight, Tensor) and weight.grad is not None:
            layer.gradient = float(weight.grad.norm() / weight.detach().norm().clamp_min(1e-12))
