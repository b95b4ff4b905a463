"""Where objects are in a picture, and of which class: boxes by centres, without anchors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from trackside.core import RGB, InputError
from trackside.data import Dataset, Trouble
from trackside.data.augment import Sample
from trackside.data.wording import counted
from trackside.lab.metric import Metric
from trackside.lab.networks.backbones import backbone
from trackside.lab.networks.body import WithHead
from trackside.lab.networks.heads import CentreHead
from trackside.lab.recipes.catalogue_others import DETECTION
from trackside.lab.recipes.recipe import Recipe
from trackside.lab.tasks.average_precision import average_precision
from trackside.lab.tasks.boxes import CentreLoss, decode
from trackside.lab.tasks.classification import scaling_for
from trackside.lab.tasks.examples import PictureExamples
from trackside.lab.tasks.pictures import Pictures, read_pictures
from trackside.lab.tasks.task import TASKS, Augment, Facts, Found, Task, picture_sample

STRIDE = 8
"""Pixels between places: objects of this size and more are told apart."""


def find(dataset: Dataset, rows: NDArray[np.intp]) -> Found:
    """All items of the split: one without boxes is an example of nothing. Boxes that are none are named."""
    chosen = np.isin(dataset.annotations.items, rows)
    boxes = dataset.annotations.boxes
    empty = chosen & dataset.annotations.has_box & (np.diff(boxes.reshape(-1, 2, 2), axis=1)[:, 0].min(axis=1) <= 0)
    nameless = chosen & dataset.annotations.has_box & (dataset.annotations.classes < 0)
    broken = chosen & ~dataset.annotations.has_box & np.isfinite(boxes).any(axis=1)
    left = [
        Trouble(_name(dataset, row), "a box is not four finite numbers; it was left out") for row in np.flatnonzero(broken)
    ]
    left += [Trouble(_name(dataset, row), "a box is empty or upside down; it was left out") for row in np.flatnonzero(empty)]
    left += [Trouble(_name(dataset, row), "a box has no class; it was left out") for row in np.flatnonzero(nameless)]
    usable = chosen & _usable(dataset)
    return Found(rows if usable.any() else rows[:0], tuple(left))


def _name(dataset: Dataset, row: np.integer[Any]) -> str:
    return str(dataset.items.names[dataset.annotations.items[row]])


def _usable(dataset: Dataset) -> NDArray[np.bool_]:
    """bool [m]: boxes that are finite, not empty, and of a class."""
    sizes = dataset.annotations.boxes[:, 2:] - dataset.annotations.boxes[:, :2]
    good = np.isfinite(dataset.annotations.boxes).all(axis=1) & (dataset.annotations.classes >= 0)
    return np.asarray(good & (np.nan_to_num(sizes, nan=0.0) > 0).all(axis=1))


def check(dataset: Dataset, train: NDArray[np.intp], validation: NDArray[np.intp]) -> tuple[str, ...]:
    """Notes on classes.

    Raises:
        InputError: a class of the validation part is never trained.
    """
    usable, notes = _usable(dataset), []
    of = [set(dataset.annotations.classes[usable & np.isin(dataset.annotations.items, rows)].tolist())
          for rows in (train, validation)]  # fmt: skip
    unknown = sorted(of[1] - of[0])
    if unknown:
        what = f"{dataset.classes[unknown[0]]!r} is in the validation part and not in the training part"
        raise InputError(what, where=dataset.title, fix="split by group or add pictures to the training part")
    nowhere = [name for number, name in enumerate(dataset.classes) if number not in of[0]]
    if nowhere:
        notes.append(f"{counted(len(nowhere), 'classes')} without a box, {nowhere[0]!r} among them: no output for such")
    return tuple(notes)


@dataclass(frozen=True, slots=True)
class Scene:
    """Decoded pictures and, for each, its boxes [m, 4] in pixels of the network's input and the data set's class
    numbers [m].
    """

    pictures: Pictures
    boxes: tuple[NDArray[np.float64], ...]
    classes: tuple[NDArray[np.int32], ...]

    @property
    def rows(self) -> NDArray[np.intp]:
        """The items that could be read."""
        return self.pictures.rows

    @property
    def left(self) -> tuple[Trouble, ...]:
        """The items that could not."""
        return self.pictures.left


def read(dataset: Dataset, rows: NDArray[np.intp], side: int) -> Scene:
    """Pictures, stretched, with their boxes."""
    pictures = read_pictures(dataset, rows, side, "stretch")
    usable, by_item = _usable(dataset), dataset.rows_by_item()
    boxes, classes = [], []
    for item, (left, top, width, height) in zip(pictures.rows, pictures.places, strict=True):
        own = by_item[item][usable[by_item[item]]]
        moved = dataset.annotations.boxes[own] - np.array([left, top, left, top])
        boxes.append(moved * (side / np.array([width, height, width, height])))
        classes.append(dataset.annotations.classes[own])
    return Scene(pictures, tuple(boxes), tuple(classes))


def learn(dataset: Dataset, content: Scene, recipe: Recipe) -> Facts:
    """Classes that have a box in the training part, and the scaling."""
    numbers = sorted({int(number) for classes in content.classes for number in classes})
    names = tuple(dataset.classes[number] for number in numbers)
    return Facts(names, content.pictures.pixels.shape[1], scaling_for(recipe, content.pictures))


def examples(dataset: Dataset, content: Scene, facts: Facts, steps: Augment) -> PictureExamples:
    """Pictures with float32 [most, 5]: boxes in pixels of the input and class numbers; -1 fills up."""
    place = {name: number for number, name in enumerate(facts.classes)}
    numbers = np.array([place.get(name, -1) for name in dataset.classes], np.int64)
    most = max((len(boxes) for boxes in content.boxes), default=0)

    def sample(row: int, image: RGB) -> Sample:
        classes = numbers[content.classes[row]].astype(np.int32)
        count = len(classes)
        return Sample(image, boxes=content.boxes[row], points=np.empty((count, 0, 3)), classes=classes,
                      visible=np.ones(count), rows=np.arange(count))  # fmt: skip

    def target(row: int, done: Sample | None) -> NDArray[np.float32]:
        boxes, classes = (content.boxes[row], numbers[content.classes[row]]) if done is None else (done.boxes, done.classes)
        found = np.full((max(most, 1), 5), -1, np.float32)
        inside = np.clip(boxes, 0, facts.side)
        found[: len(boxes), :4], found[: len(boxes), 4] = inside, classes
        return found

    return PictureExamples(content.pictures.pixels, facts.scaling, target, steps, sample)


def network(recipe: Recipe, facts: Facts) -> nn.Module:
    """The backbone and the head by centres."""
    body = backbone(recipe.backbone).build(recipe.transfers)
    return WithHead(body, CentreHead(body.width, body.stride, STRIDE, len(facts.classes)), places=True)


class Detections(nn.Module):  # type: ignore[misc]
    """A detector that gives boxes and scores, float [n, places, 4 + classes]."""

    def __init__(self, network: nn.Module, wide: int) -> None:
        super().__init__()
        self.network, self.wide = network, wide

    def forward(self, pictures: Tensor) -> Tensor:
        """Boxes x1 y1 x2 y2 in pixels of the input, then a score a class."""
        return torch.cat(decode(self.network(pictures), STRIDE, self.wide), dim=2)


def metrics(facts: Facts) -> tuple[Metric, ...]:
    """Average precision at an overlap of one half."""
    wide = math.ceil(facts.side / STRIDE)

    def measure(outputs: Tensor, targets: Tensor) -> float:
        return average_precision(*decode(outputs, STRIDE, wide), targets)

    return (Metric("AP50", measure),)


def card(facts: Facts) -> dict[str, Any]:
    """Task, family and decoding of a package's card."""
    decoding = {"combined": "detections", "columns": "scores", "box": "xyxy", "nms": True}
    return {"task": "detection", "family": "generic", "decoding": decoding, "threshold": 0.3}


TASKS.add(
    DETECTION,
    Task(
        DETECTION,
        holds="pictures with boxes that have classes",
        find=find,
        check=check,
        read=read,
        learn=learn,
        examples=examples,
        network=network,
        loss=lambda facts, recipe: CentreLoss(STRIDE, math.ceil(facts.side / STRIDE)),
        metrics=metrics,
        baselines=(),
        sample=picture_sample,
        output="detections",
        exported=lambda network, facts: Detections(network, math.ceil(facts.side / STRIDE)),
        card=card,
    ),
)
