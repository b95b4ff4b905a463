"""Where a thing is and how it is turned: position x, y, z and a unit quaternion w, x, y, z.

The data's numbers stand in columns (or extras) `x y z qw qx qy qz`, or `tx ty tz` for the position.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from trackside.data import Dataset, Trouble
from trackside.lab.networks.backbones import backbone
from trackside.lab.networks.body import WithHead
from trackside.lab.networks.heads import PoseHead
from trackside.lab.recipes.catalogue_others import POSE
from trackside.lab.recipes.recipe import Recipe
from trackside.lab.tasks.classification import scaling_for
from trackside.lab.tasks.examples import PictureExamples
from trackside.lab.tasks.metrics import POSITION_ERROR, TURN_ERROR
from trackside.lab.tasks.pictures import Pictures, read_pictures
from trackside.lab.tasks.task import TASKS, Augment, Facts, Found, Task, picture_sample
from trackside.lab.training import Loss

COLUMNS = (("x", "tx"), ("y", "ty"), ("z", "tz"), ("qw",), ("qx",), ("qy",), ("qz",))
"""Names of the seven numbers; the first that an item has counts."""


def find(dataset: Dataset, rows: NDArray[np.intp]) -> Found:
    """The items that have all seven numbers, finite, and a turn that is one."""
    good, left = [], []
    for row in rows:
        pose = pose_of(dataset, int(row))
        if isinstance(pose, str):
            left.append(Trouble(str(dataset.items.names[row]), pose))
        else:
            good.append(row)
    return Found(np.array(good, np.intp), tuple(left))


def pose_of(dataset: Dataset, item: int) -> NDArray[np.float64] | str:
    """float64 [7] with a unit quaternion whose first number that is not 0 is positive; or what is wrong, one clause."""
    extra = dataset.items.extras[item]
    values = []
    for names in COLUMNS:
        name = next((name for name in names if name in extra), None)
        if name is None:
            return f"has no {names[0]}"
        value = _number(extra[name])
        if not math.isfinite(value):
            return f"its {name} is {str(extra[name])[:20]!r}, which is no finite number"
        values.append(value)
    turn = np.array(values[3:])
    length = float(np.linalg.norm(turn))
    if length < 1e-6:
        return "its quaternion is zero, which is no turn"
    return np.array([*values[:3], *(upright(turn / length))])


def upright(turn: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of a quaternion and its negative, which are the same turn, the one whose first number that is not 0 is positive."""
    first = turn[np.flatnonzero(np.abs(turn) > 1e-12)[:1]]
    return -turn if len(first) and first[0] < 0 else turn


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


@dataclass(frozen=True, slots=True)
class Posed:
    """Pictures with poses float64 [n, 7]."""

    pictures: Pictures
    poses: NDArray[np.float64]

    @property
    def rows(self) -> NDArray[np.intp]:
        """The items that could be read."""
        return self.pictures.rows

    @property
    def left(self) -> tuple[Trouble, ...]:
        """The items that could not."""
        return self.pictures.left


def read(dataset: Dataset, rows: NDArray[np.intp], side: int) -> Posed:
    """Whole pictures, stretched: a crop would move things without telling."""
    pictures = read_pictures(dataset, rows, side, "stretch")
    poses = [pose_of(dataset, int(row)) for row in pictures.rows]
    return Posed(pictures, np.array([pose for pose in poses if not isinstance(pose, str)]).reshape(-1, 7))


def learn(dataset: Dataset, content: Posed, recipe: Recipe) -> Facts:
    """Mean and deviation of positions; a coordinate that never changes is divided by 1."""
    places = content.poses[:, :3]
    spread = np.where(places.std(axis=0) > 1e-9, places.std(axis=0), 1.0)
    return Facts(
        ("x", "y", "z", "qw", "qx", "qy", "qz"),
        content.pictures.pixels.shape[1],
        scaling_for(recipe, content.pictures),
        centre=tuple(places.mean(axis=0).tolist()),
        spread=tuple(spread.tolist()),
        weight=recipe.setting("orientation", 1.0),
    )


def examples(dataset: Dataset, content: Posed, facts: Facts, steps: Augment) -> PictureExamples:
    """Pictures with float32 [7]. Steps that move the picture would make the poses wrong and are not for this task."""
    poses = content.poses.astype(np.float32)
    return PictureExamples(content.pictures.pixels, facts.scaling, lambda row, _: poses[row], steps)


class PoseLoss(nn.Module):  # type: ignore[misc]
    """The L2 distance of positions in units of their spread, and that of unit quaternions, whichever sign is nearer.

    Kendall, Grimes and Cipolla 2015, equation 2; the sign as everywhere since, because q and -q are one turn.

    Args:
        spread: of positions, [3].
        weight: of the quaternions' distance.
    """

    spread: Tensor

    def __init__(self, spread: tuple[float, ...], weight: float) -> None:
        super().__init__()

        self.register_buffer("spread", torch.tensor(spread))
        self.weight = weight

    def forward(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Both float [n, 7]."""

        far = _length((outputs[:, :3] - targets[:, :3]) / self.spread.to(outputs.device))
        turn, wanted = outputs[:, 3:], targets[:, 3:]
        turned = torch.minimum(_length(turn - wanted), _length(turn + wanted))
        return (far + self.weight * turned).mean()


def _length(rows: Tensor) -> Tensor:
    """L2, with a gradient that is finite where a row is zero."""
    return (rows.square().sum(dim=1) + 1e-12).sqrt()


def loss(facts: Facts, recipe: Recipe) -> Loss:
    """See `PoseLoss`."""
    return PoseLoss(facts.spread, facts.weight)


def network(recipe: Recipe, facts: Facts) -> nn.Module:
    """The backbone and one linear layer."""
    body = backbone(recipe.backbone).build(recipe.transfers)
    return WithHead(body, PoseHead(body.width, facts.centre, facts.spread))


def card(facts: Facts) -> dict[str, Any]:
    """Task, family and note of a package's card."""
    note = "outputs position x, y, z in the data's unit and a unit quaternion w, x, y, z; the whole picture, stretched"
    return {"task": "pose", "family": "six-degree-pose", "note": note}


TASKS.add(
    POSE,
    Task(
        POSE,
        holds="pictures with the columns x, y, z, qw, qx, qy, qz",
        find=find,
        check=lambda dataset, train, validation: (),
        read=read,
        learn=learn,
        examples=examples,
        network=network,
        loss=loss,
        metrics=lambda facts: (POSITION_ERROR, TURN_ERROR),
        baselines=("mean", "median", "linear on raw", "linear on frozen features"),
        sample=picture_sample,
        output="pose",
        exported=lambda network, facts: network,
        card=card,
    ),
)
