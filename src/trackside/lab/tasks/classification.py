"""Which class a picture is of."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from trackside.data import Dataset
from trackside.lab.networks.backbones import backbone
from trackside.lab.networks.body import WithHead
from trackside.lab.recipes.catalogue import CLASSES
from trackside.lab.recipes.recipe import Recipe
from trackside.lab.tasks.classes import check_classes, labelled, trained_classes
from trackside.lab.tasks.examples import PictureExamples
from trackside.lab.tasks.metrics import ACCURACY, MACRO_F1
from trackside.lab.tasks.pictures import Pictures, measured_scaling, read_pictures
from trackside.lab.tasks.task import TASKS, Augment, Facts, Task, picture_sample
from trackside.lab.training import Loss


def learn(dataset: Dataset, content: Pictures, recipe: Recipe) -> Facts:
    """Classes of the training part, and the scaling: that of the weights, or measured."""
    names, _ = trained_classes(dataset, content.rows)
    return Facts(names, content.pixels.shape[1], scaling_for(recipe, content))


def scaling_for(recipe: Recipe, content: Pictures) -> Any:
    """What the recipe's weights expect; without weights the training part's mean and deviation."""
    own = backbone(recipe.backbone).scaling
    return own if own is not None and recipe.transfers else measured_scaling(content.pixels)


def examples(dataset: Dataset, content: Pictures, facts: Facts, steps: Augment) -> PictureExamples:
    """Pictures with class numbers int64 []."""
    numbers = class_numbers(dataset, facts)[dataset.items.labels[content.rows]]
    return PictureExamples(content.pixels, facts.scaling, lambda row, _: numbers[row], steps)


def class_numbers(dataset: Dataset, facts: Facts) -> NDArray[np.int64]:
    """int64, the network's class number for each of the data set's; -1 for classes that it does not know."""
    place = {name: number for number, name in enumerate(facts.classes)}
    return np.array([place.get(name, -1) for name in dataset.classes], np.int64)


def network(recipe: Recipe, facts: Facts) -> nn.Module:
    """The backbone and a linear layer that begins at nothing, so that the first loss is the logarithm of the classes."""
    body = backbone(recipe.backbone).build(recipe.transfers)
    return WithHead(body, linear(body.width, len(facts.classes)))


def linear(width: int, outputs: int) -> nn.Linear:
    """A linear layer with small weights: it says next to nothing at first, yet its inputs get gradients."""
    layer = nn.Linear(width, outputs)
    nn.init.normal_(layer.weight, 0, 0.01)
    nn.init.zeros_(layer.bias)
    return layer


def loss(facts: Facts, recipe: Recipe) -> Loss:
    """Cross entropy of scores [n, classes] before any softmax."""
    found: Loss = nn.CrossEntropyLoss(label_smoothing=recipe.smoothing)
    return found


class Probabilities(nn.Module):  # type: ignore[misc]
    """A classifier that gives probabilities."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, inputs: Tensor) -> Tensor:
        """float [n, classes], sums 1."""
        return self.network(inputs).softmax(dim=1)


def card(facts: Facts) -> dict[str, Any]:
    """Task and family of a package's card."""
    return {"task": "classification", "family": "classification"}


TASKS.add(
    CLASSES,
    Task(
        CLASSES,
        holds="pictures with a class each, two classes or more",
        find=labelled,
        check=check_classes,
        read=lambda dataset, rows, side: read_pictures(dataset, rows, side, "square"),
        learn=learn,
        examples=examples,
        network=network,
        loss=loss,
        metrics=lambda facts: (ACCURACY, MACRO_F1),
        baselines=("majority", "linear on raw", "linear on frozen features"),
        sample=picture_sample,
        output="probabilities",
        exported=lambda network, facts: Probabilities(network),
        card=card,
        fit="crop",
    ),
)
