"""Transfer with a frozen body: its features are computed once and kept, and a linear head is fitted on them in seconds."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from trackside.core import SettingError
from trackside.lab.networks.body import WithHead, freeze
from trackside.lab.recipes.optimizer import optimizer_of
from trackside.lab.recipes.recipe import Recipe
from trackside.lab.tasks.examples import Arrays, loader
from trackside.lab.training import Loss, Training

_BATCH = 32


class Standardised(nn.Module):  # type: ignore[misc]
    """A linear layer on features that have mean 0 and deviation 1 over the training part.

    Args:
        features: of the training part, float [n, d]; what never changes is divided by 1.
        head: linear.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, features: Tensor, head: nn.Module) -> None:
        super().__init__()
        std = features.std(dim=0, correction=0)
        self.register_buffer("mean", features.mean(dim=0))
        self.register_buffer("std", torch.where(std > 1e-6, std, torch.ones_like(std)))
        self.head = head

    def forward(self, features: Tensor) -> Tensor:
        """The head's outputs for features [n, d]."""
        return self.head((features - self.mean) / self.std)


def frozen_training(whole: nn.Module, loss: Loss, examples: list[Any], recipe: Recipe) -> Training:
    """A training of the head alone, whose batches are features. The head of `whole` is replaced by the one that is trained.

    Args:
        whole: a body with a head; the body is frozen.
        loss: the task's.
        examples: of the training and the validation part, without augmentation: each picture is seen once.
        recipe: the settings.

    Raises:
        SettingError: the task's head wants maps, which are too many to keep.
    """
    if not isinstance(whole, WithHead) or whole.places:
        raise SettingError("frozen features are for heads on pooled features", where=recipe.name, fix="use another mode")
    freeze(whole.body)
    train, measured = (Arrays(*features_of(whole.body, each)) for each in examples)
    head = Standardised(train.inputs, whole.head)
    whole.head = head
    batches = loader(train, recipe.batch, shuffle=True), loader(measured, recipe.batch, shuffle=False)
    return Training(head, loss, *batches, optimizer_of(head, recipe))


def features_of(body: nn.Module, examples: Any) -> tuple[Tensor, Tensor]:
    """Features float [n, d] and targets of all examples, in one pass. The body is left in evaluation mode."""
    body.eval()
    with torch.no_grad():
        found = [(body(inputs), targets) for inputs, targets in loader(examples, _BATCH, shuffle=False)]
    return torch.cat([features for features, _ in found]), torch.cat([targets for _, targets in found])
