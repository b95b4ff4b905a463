"""The optimiser that a recipe means, with its groups of parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from trackside.lab.networks.body import stages_of
from trackside.lab.recipes.recipe import Recipe


def optimizer_of(model: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """An optimiser over a model's trainable parameters.

    Offsets and the factors of norms, tensors of one axis, are not decayed (Goyal et al. 2017, section 5.3; Loshchilov
    and Hutter's
    own code). With discriminative rates, stage k below the head steps at `rate / falls_by ** k` (Howard and Ruder
    2018, section 3.2).
    """
    groups = [group for stage, rate in _rates(model, recipe) for group in _decayed_or_not(stage, rate, recipe.weight_decay)]
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(groups, lr=recipe.rate, momentum=recipe.momentum, nesterov=recipe.momentum > 0)
    kind = torch.optim.Adam if recipe.optimizer == "adam" else torch.optim.AdamW
    return kind(groups, lr=recipe.rate)


def _rates(model: nn.Module, recipe: Recipe) -> Sequence[tuple[nn.Module, float]]:
    """Stages with the rate of each."""
    if recipe.mode != "discriminative":
        return [(model, recipe.rate)]
    stages = stages_of(model)
    told = {id(parameter) for stage in stages for parameter in stage.parameters()}
    rest = nn.ParameterList(parameter for parameter in model.parameters() if id(parameter) not in told)
    found = [(stage, recipe.rate / recipe.falls_by**depth) for depth, stage in enumerate(reversed(stages))][::-1]
    # Parameters outside all stages (a network of timm may have some) stand beside the input.
    return [(rest, found[0][1]), *found]


def _decayed_or_not(stage: nn.Module, rate: float, decay: float) -> list[dict[str, Any]]:
    """Up to two groups of a stage's parameters."""
    moved = [parameter for parameter in stage.parameters() if parameter.requires_grad]
    weights = [parameter for parameter in moved if parameter.ndim > 1]
    others = [parameter for parameter in moved if parameter.ndim <= 1]
    groups = ({"params": weights, "lr": rate, "weight_decay": decay}, {"params": others, "lr": rate, "weight_decay": 0.0})
    return [group for group in groups if group["params"]]
