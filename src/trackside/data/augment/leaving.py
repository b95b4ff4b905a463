"""How often a geometric step takes an object out of the picture."""

from __future__ import annotations

import numpy as np

from trackside.data.augment.recipe import Step
from trackside.data.augment.warping import warp_boxes
from trackside.data.dataset import Dataset

_DRAWS = 400


def share_that_leaves(dataset: Dataset, step: Step, least: float, rng: np.random.Generator) -> tuple[float, int]:
    """The share of random boxes of which less than `least` is left, and how many were drawn.

    Pictures' sizes are those of the items, or where they are not known what holds their boxes.
    """
    rows = np.flatnonzero(dataset.annotations.has_box)
    chosen = rows[rng.integers(0, len(rows), min(_DRAWS, 20 * len(rows)))]
    lost = 0
    for row in chosen.tolist():
        box = dataset.annotations.boxes[row]
        width, height = dataset.items.sizes[dataset.annotations.items[row]].tolist()
        size = (width, height) if width and height else (max(1, int(box[2]) + 1), max(1, int(box[3]) + 1))
        warp = step.transform.target(size, rng, **step.settings)
        lost += float(warp_boxes(box[None], warp, size)[1][0]) < least
    return lost / max(len(chosen), 1), len(chosen)
