"""Small synthetic data sets for the tests of tasks: drawn pictures, never photographs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from trackside.data import Annotations, Dataset, Items
from trackside.lab.networks.body import Body
from trackside.lab.recipes.recipe import Recipe

COLOURS = {"blue": (40, 60, 220), "red": (220, 60, 40)}


def coloured(folder: Path, count: int = 24, side: int = 16, **columns: Any) -> Dataset:
    """SYNTHETIC noise in two colours, alternating; three of four are for training."""
    rng = np.random.default_rng(0)
    names = []
    for number in range(count):
        base = np.array(list(COLOURS.values())[number % 2])
        picture = np.clip(base + rng.normal(0, 30, (side, side, 3)), 0, 255).astype(np.uint8)
        names.append(f"{number}.png")
        cv2.imwrite(str(folder / names[-1]), picture[..., ::-1])
    given = {"labels": [number % 2 for number in range(count)], "splits": splits(count)} | columns
    return Dataset(folder, Items.of(names, **given), classes=tuple(COLOURS))


def boxed(folder: Path, count: int = 16, side: int = 32) -> Dataset:
    """SYNTHETIC rectangles in two colours with boxes and two corner points."""
    rng = np.random.default_rng(0)
    names, boxes, classes, points = [], [], [], []
    for number in range(count):
        x, y = (int(value) for value in rng.integers(2, side // 2, 2))
        w, h = (int(value) for value in rng.integers(8, side // 2 - 2, 2))
        picture = np.full((side, side, 3), 30, np.uint8)
        picture[y : y + h, x : x + w] = list(COLOURS.values())[number % 2]
        names.append(f"{number}.png")
        cv2.imwrite(str(folder / names[-1]), picture[..., ::-1])
        boxes.append([x, y, x + w, y + h])
        classes.append(number % 2)
        points.append([[x + 1, y + 1, 2], [x + w - 1, y + h - 1, 2]])
    items = Items.of(names, splits=splits(count))
    kept = Annotations.of(np.arange(count), classes=classes, boxes=boxes, points=points)
    return Dataset(folder, items, kept, tuple(COLOURS), ("left corner", "right corner"))


def splits(count: int) -> list[str]:
    """Blocks of four: three to train on, one to measure on; every class is in both."""
    return ["val" if number % 8 >= 6 else "train" for number in range(count)]


def tiny(task: str, **changed: Any) -> Recipe:
    """A recipe whose network is small and quick."""
    plain: dict[str, Any] = {"name": "tiny", "task": task, "backbone": "small", "mode": "scratch", "optimizer": "adamw"}
    plain |= {
        "rate": 3e-3,
        "epochs": 4,
        "batch": 8,
        "source": "a test",
        "result": "none",
        "side": 16,
        "schedule": "constant",
    }
    return Recipe(**{**plain, **changed})


class Means(Body):
    """A body whose features are the mean colours, and which counts how often it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.width, self.stride, self.asked = 3, 1, 0
        self.scale = torch.nn.Parameter(torch.ones(1))

    def maps(self, pictures: torch.Tensor) -> torch.Tensor:
        self.asked += len(pictures)
        return pictures * self.scale

    def stages(self) -> list[torch.nn.Module]:
        return []
