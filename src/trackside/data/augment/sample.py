"""What a transform changes together: a picture, its labels, its boxes and its points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB
from trackside.data.dataset import Dataset

Floats = NDArray[np.float64]


def _no_classes() -> NDArray[np.int32]:
    return np.empty(0, np.int32)


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture with its annotations, m of them.

    Attributes:
        image: uint8 [h, w, 3].
        labels: int32 [j], classes of the picture as a whole: none, one, or those that were mixed.
        weights: float64 [j], their shares; sum 1.
        boxes: float64 [m, 4], x1 y1 x2 y2 in pixels, unclipped; NaN for none.
        points: float64 [m, k, 3], x, y, COCO's visibility; NaN for none.
        classes: int32 [m], of the annotations; -1 for none.
        visible: float64 [m], the share of each box's area that is still in the picture and not covered.
        rows: int64 [m], which annotations of the given sample these are; -1 for those of another sample.
        pairs: int [k], for each point the one that a mirror makes of it (`sides.point_pairs`).
    """

    image: RGB
    labels: NDArray[np.int32] = field(default_factory=_no_classes)
    weights: Floats = field(default_factory=lambda: np.empty(0))
    boxes: Floats = field(default_factory=lambda: np.empty((0, 4)))
    points: Floats = field(default_factory=lambda: np.empty((0, 0, 3)))
    classes: NDArray[np.int32] = field(default_factory=_no_classes)
    visible: Floats = field(default_factory=lambda: np.empty(0))
    rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    pairs: NDArray[np.intp] = field(default_factory=lambda: np.empty(0, np.intp))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, pixels."""
        return self.image.shape[1], self.image.shape[0]

    def take(self, kept: NDArray[np.bool_]) -> Sample:
        """The same picture with the chosen annotations."""
        return Sample(
            self.image, self.labels, self.weights, self.boxes[kept], self.points[kept], self.classes[kept],
            self.visible[kept], self.rows[kept], self.pairs,
        )  # fmt: skip


def sample_of(
    image: RGB, *, label: int = -1, boxes: object = None, points: object = None, classes: object = None,
    point_names: Sequence[str] = (),
) -> Sample:  # fmt: skip
    """A sample from what is known of a picture.

    Args:
        image: uint8 [h, w, 3].
        label: class of the picture, -1 for none.
        boxes: [m, 4], x1 y1 x2 y2 in pixels.
        points: [m, k, 3], x, y, visibility.
        classes: [m], of the boxes.
        point_names: names of the k points, which tell left from right.
    """
    from trackside.data.augment.sides import point_pairs

    laid = np.empty((0, 0, 3)) if points is None else np.asarray(points, np.float64)
    flat = np.full((len(laid), 4), np.nan) if boxes is None else np.asarray(boxes, np.float64).reshape(-1, 4)
    count = len(flat)
    if points is None:
        laid = np.empty((count, 0, 3))
    return Sample(
        image,
        np.array([label] if label >= 0 else [], np.int32),
        np.ones(1 if label >= 0 else 0),
        flat,
        laid,
        np.full(count, -1, np.int32) if classes is None else np.asarray(classes, np.int32),
        np.ones(count),
        np.arange(count),
        point_pairs(point_names) if point_names else np.arange(laid.shape[1]),
    )


def item_sample(dataset: Dataset, item: int, image: RGB) -> Sample:
    """The sample of a data set's item, whose picture is given."""
    rows = dataset.of_item(item)
    kept = dataset.annotations
    return sample_of(
        image, label=int(dataset.items.labels[item]), boxes=kept.boxes[rows], points=kept.points[rows],
        classes=kept.classes[rows], point_names=dataset.keypoints,
    )  # fmt: skip
