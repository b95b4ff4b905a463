"""A task: what the data must hold, how a split becomes examples, what is minimised, what is measured, what leaves
the lab.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Literal, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from trackside.core import Registry
from trackside.data import Dataset, Trouble
from trackside.lab.metric import Metric
from trackside.lab.networks.backbones import Scaling
from trackside.lab.recipes.recipe import Recipe
from trackside.lab.training import Loss

Augment = Sequence[Any]


class Examples(Protocol):
    """A split as PyTorch takes it: a map-style data set that gives whole batches."""

    def __len__(self) -> int: ...

    def __getitem__(self, row: int) -> tuple[Any, Any]:
        """Inputs and target of one example."""
        ...

    def __getitems__(self, rows: Sequence[int]) -> tuple[Any, Any]:
        """Inputs and targets of a batch, joined along a new first axis."""
        ...


@dataclass(frozen=True, slots=True)
class Facts:
    """What the data told, learnt from the training part alone; a network and its package depend on it.

    Attributes:
        classes: names of the classes, or of the points.
        side: pixels of the square that the network sees; words of a text.
        scaling: of pixel values.
        words: the vocabulary; a word's number is its place. Empty for pictures.
        centre: mean of numeric targets, one a column.
        spread: standard deviation of numeric targets.
        pairs: for each point the one that a mirror makes of it.
        weight: of a second part of a loss, as the recipe has it.
    """

    classes: tuple[str, ...] = ()
    side: int = 0
    scaling: Scaling = field(default_factory=lambda: Scaling((0.0,) * 3, (255.0,) * 3))
    words: tuple[str, ...] = ()
    centre: tuple[float, ...] = ()
    spread: tuple[float, ...] = ()
    pairs: tuple[int, ...] = ()
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Found:
    """The items of a split that a task can use.

    Attributes:
        rows: intp [n], of the data set's items, or of its annotations where one of them is an example.
        left: those that it cannot use, with the reason.
    """

    rows: NDArray[np.intp]
    left: tuple[Trouble, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """What a model is trained for.

    Attributes:
        name: as recipes and commands call it.
        holds: what a data set must hold for it.
        find: the examples that a split has, and what cannot be used.
        check: raises InputError where training and validation examples cannot make a training; gives notes.
        read: a split's content, decoded once: `read(dataset, rows, side)` gives it and the rows that could be read.
        learn: facts of the training part's content.
        examples: a split as PyTorch takes it: `examples(dataset, content, facts, augment)`.
        network: the network of a recipe, with its head.
        loss: what is minimised.
        metrics: what is measured on a whole split; the main one first.
        baselines: names of the trivial models that it must beat.
        sample: inputs of one example as zeros, for export.
        output: the name of the exported network's output.
        exported: the network with what turns its outputs into answers.
        card: the fields of a package's card that the task knows; None where no card can describe its models yet.
        fit: what the card says of how a picture becomes the network's input.
        sees: whether it is about pictures.
    """

    name: str
    holds: str
    find: Callable[[Dataset, NDArray[np.intp]], Found]
    check: Callable[[Dataset, NDArray[np.intp], NDArray[np.intp]], tuple[str, ...]]
    read: Callable[[Dataset, NDArray[np.intp], int], Content]
    learn: Callable[[Dataset, Any, Recipe], Facts]
    examples: Callable[[Dataset, Any, Facts, Augment], Examples]
    network: Callable[[Recipe, Facts], nn.Module]
    loss: Callable[[Facts, Recipe], Loss]
    metrics: Callable[[Facts], tuple[Metric, ...]]
    baselines: tuple[str, ...]
    sample: Callable[[Facts], Tensor]
    output: str
    exported: Callable[[nn.Module, Facts], nn.Module]
    card: Callable[[Facts], dict[str, Any]] | None = None
    fit: Literal["stretch", "crop"] = "stretch"
    sees: bool = True


class Content(Protocol):
    """What was read of a split."""

    @property
    def rows(self) -> NDArray[np.intp]:
        """Those of `Found.rows` that could be read."""
        ...

    @property
    def left(self) -> tuple[Trouble, ...]:
        """Those that could not."""
        ...


def _fill() -> None:
    for module in ("classification", "detection", "keypoints", "six_degrees", "text"):
        import_module(f"trackside.lab.tasks.{module}")


TASKS: Registry[Task] = Registry("task", _fill)


def picture_sample(facts: Facts) -> Tensor:
    """float [2, 3, side, side] of zeros: two, so that no exporter takes the batch for a constant."""
    return torch.zeros(2, 3, facts.side, facts.side)
