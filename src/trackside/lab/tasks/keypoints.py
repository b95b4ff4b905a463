"""Where the points of a body or thing are: one example is one annotated set of points, cut out by its box."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from trackside.core import RGB
from trackside.data import Dataset, Trouble
from trackside.data.augment import Sample, point_pairs
from trackside.data.wording import counted
from trackside.lab.networks.backbones import backbone
from trackside.lab.networks.body import WithHead
from trackside.lab.networks.heads import PointHead
from trackside.lab.recipes.catalogue_others import KEYPOINTS
from trackside.lab.recipes.recipe import Recipe
from trackside.lab.tasks.classification import scaling_for
from trackside.lab.tasks.examples import PictureExamples
from trackside.lab.tasks.metrics import POINT_ERROR, SHARE_OF_POINTS
from trackside.lab.tasks.pictures import Pictures, read_pictures
from trackside.lab.tasks.task import TASKS, Augment, Facts, Found, Task, picture_sample
from trackside.lab.training import Loss

_STRIDE = 4
_AROUND = 1.25  # Xiao, Wu and Wei 2018, section 3: the box is enlarged by a quarter
_PLACES_WEIGHT = 10.0  # a tenth of the side weighs like one wrong answer on whether a point is there


def find(dataset: Dataset, rows: NDArray[np.intp]) -> Found:
    """The annotations of the split's items that have a labelled point; broken points are named and count as not labelled."""
    kept = dataset.annotations
    chosen = np.flatnonzero(np.isin(kept.items, rows))
    if not kept.points.shape[1]:
        return Found(chosen[:0])
    points = kept.points[chosen]
    given = ~np.isnan(points).all(axis=(1, 2))
    broken = (points[..., 2] > 0) & ~np.isfinite(points[..., :2]).all(axis=2)
    left = [
        Trouble(_name(dataset, chosen[row]), f"{dataset.keypoints[point]!r} is no finite place; it was left out")
        for row, point in np.argwhere(broken).tolist()
    ]
    return Found(chosen[given & _labelled(points).any(axis=1)], tuple(left))


def _name(dataset: Dataset, row: np.integer[Any]) -> str:
    return str(dataset.items.names[dataset.annotations.items[row]])


def _labelled(points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """bool [m, k]: points that have a place."""
    return np.asarray((np.nan_to_num(points[..., 2], nan=0.0) > 0) & np.isfinite(points[..., :2]).all(axis=2))


def check(dataset: Dataset, train: NDArray[np.intp], validation: NDArray[np.intp]) -> tuple[str, ...]:
    """Notes on points that are labelled nowhere in the training part."""
    never = [
        dataset.keypoints[point]
        for point in np.flatnonzero(~_labelled(dataset.annotations.points[train]).any(axis=0)).tolist()
    ]
    return (f"{counted(len(never), 'points')} never labelled in the training part: {', '.join(never[:4])}",) if never else ()


@dataclass(frozen=True, slots=True)
class Cuts:
    """What was cut out, and its points float64 [n, k, 3]: x, y from 0 to 1 of the cut, and whether labelled within it."""

    pictures: Pictures
    points: NDArray[np.float64]

    @property
    def rows(self) -> NDArray[np.intp]:
        """The annotations that could be read."""
        return self.pictures.rows

    @property
    def left(self) -> tuple[Trouble, ...]:
        """Those that could not."""
        return self.pictures.left


def read(dataset: Dataset, rows: NDArray[np.intp], side: int) -> Cuts:
    """Cuts of the annotations in these rows; the whole picture, stretched, where there is no box."""
    kept = dataset.annotations
    items = kept.items[rows].astype(np.intp)
    pictures = read_pictures(dataset, rows, side, "stretch", items=items, windows=around(kept.boxes[rows]))
    points = kept.points[pictures.rows]
    moved = (points[..., :2] - pictures.places[:, None, :2]) / pictures.places[:, None, 2:]
    inside = (
        _labelled(points)
        & (np.nan_to_num(moved, nan=-1.0) >= 0).all(axis=2)
        & (np.nan_to_num(moved, nan=2.0) < 1).all(axis=2)
    )
    found = np.concatenate([np.where(inside[..., None], moved, 0.0), inside[..., None]], axis=2)
    return Cuts(pictures, found)


def around(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """float64 [m, 4]: squares around boxes, a quarter larger than their longer side."""
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    half = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, keepdims=True) * (_AROUND / 2)
    return np.asarray(np.concatenate([middle - half, middle + half], axis=1))


def learn(dataset: Dataset, content: Cuts, recipe: Recipe) -> Facts:
    """Names and pairs of points, and the scaling."""
    pairs = tuple(int(number) for number in point_pairs(dataset.keypoints))
    return Facts(dataset.keypoints, content.pictures.pixels.shape[1], scaling_for(recipe, content.pictures), pairs=pairs)


def examples(dataset: Dataset, content: Cuts, facts: Facts, steps: Augment) -> PictureExamples:
    """Cuts with float32 [k, 3]: x, y from 0 to 1 and whether labelled."""
    side, pairs = facts.side, np.asarray(facts.pairs, np.intp)
    scale = np.array([side, side, 2.0])  # visibility 2: seen

    def sample(row: int, image: RGB) -> Sample:
        one = np.ones(1)
        whole = np.array([[0.0, 0.0, side, side]])
        return Sample(image, boxes=whole, points=(content.points[row] * scale)[None], classes=np.zeros(1, np.int32),
                      visible=one, rows=np.zeros(1, np.int64), pairs=pairs)  # fmt: skip

    def target(row: int, done: Sample | None) -> NDArray[np.float32]:
        if done is None or not len(done.points):
            return np.asarray(content.points[row], np.float32)
        moved = done.points[0] / scale
        inside = (moved[:, 2] > 0) & (moved[:, :2] >= 0).all(axis=1) & (moved[:, :2] < 1).all(axis=1)
        found = np.where(inside[:, None], np.column_stack([moved[:, :2], inside]), 0.0)
        return np.asarray(found, np.float32)

    return PictureExamples(content.pictures.pixels, facts.scaling, target, steps, sample)


class PointLoss(nn.Module):  # type: ignore[misc]
    """The L1 distance of labelled points (Sun et al. 2018, section 3), and a cross entropy of whether each is labelled."""

    def forward(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Both float [n, k, 3]."""
        labelled = targets[..., 2]
        far = (outputs[..., :2] - targets[..., :2]).abs().sum(dim=2) * labelled
        places = far.sum() / labelled.sum().clamp(min=1)
        there = nn.functional.binary_cross_entropy_with_logits(outputs[..., 2], labelled)
        return _PLACES_WEIGHT * places + there


def loss(facts: Facts, recipe: Recipe) -> Loss:
    """See `PointLoss`."""
    return PointLoss()


def network(recipe: Recipe, facts: Facts) -> nn.Module:
    """The backbone and a head of heat maps."""
    body = backbone(recipe.backbone).build(recipe.transfers)
    return WithHead(body, PointHead(body.width, body.stride, _STRIDE, len(facts.classes)), places=True)


class Points(nn.Module):  # type: ignore[misc]
    """A network that gives points float [n, k, 3]: x, y in pixels of the input, and a score 0 to 1."""

    def __init__(self, network: nn.Module, side: int) -> None:
        super().__init__()
        self.network, self.side = network, side

    def forward(self, pictures: Tensor) -> Tensor:
        """See the class."""
        told = self.network(pictures)
        return torch.cat([told[..., :2] * self.side, told[..., 2:].sigmoid()], dim=2)


def card(facts: Facts) -> dict[str, Any]:
    """Task, family and note of a package's card."""
    note = (
        "sees one subject: a square 1.25 times the longer side of its box; outputs x, y in pixels of the input and a score"
    )
    return {"task": "pose", "family": "points", "note": note}


TASKS.add(
    KEYPOINTS,
    Task(
        KEYPOINTS,
        holds="pictures with labelled points, and a box around each subject where a picture holds several",
        find=find,
        check=check,
        read=read,
        learn=learn,
        examples=examples,
        network=network,
        loss=loss,
        metrics=lambda facts: (POINT_ERROR, SHARE_OF_POINTS),
        baselines=("mean", "median", "linear on raw", "linear on frozen features"),
        sample=picture_sample,
        output="points",
        exported=lambda network, facts: Points(network, facts.side),
        card=card,
    ),
)
