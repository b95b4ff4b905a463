"""What a recipe does to one item, drawn: for the browser and for `--preview`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trackside.core import RGB, InputError
from trackside.data.augment.applying import augment, swap_numbers
from trackside.data.augment.breaking import LabelWarning, warnings_of
from trackside.data.augment.recipe import Recipe
from trackside.data.augment.sample import Sample, item_sample
from trackside.data.dataset import Dataset

_VISIBLE, _HIDDEN, _BOX = (64, 220, 96), (240, 120, 60), (255, 214, 64)
_PAPER = (20, 24, 28)
# A split that is a hundredth of the items is met with a probability of 0.87.
_DRAWS = 200


@dataclass(frozen=True, slots=True)
class Preview:
    """Pictures of an item: the first as it is, the others after the recipe, with boxes and points drawn.

    Attributes:
        pictures: uint8 [h, w, 3] each.
        captions: what each is labelled.
        samples: the samples that are drawn, in the same order.
        warnings: what the recipe breaks in this data set.
    """

    pictures: tuple[RGB, ...]
    captions: tuple[str, ...]
    samples: tuple[Sample, ...]
    warnings: tuple[LabelWarning, ...]


def preview(dataset: Dataset, recipe: Recipe, item: int, count: int = 8, seed: int = 0) -> Preview:
    """Draw an item and `count` copies after a recipe.

    Args:
        dataset: that the item belongs to; mixing steps take another item of it.
        recipe: what is done.
        item: the item's row.
        count: of copies.
        seed: the same seed draws the same pictures; each copy has its own chance.

    Raises:
        InputError: the item's picture cannot be read.
    """
    first = sample_of_item(dataset, item)
    rng = np.random.default_rng([seed, item, 5])
    swap = swap_numbers(recipe, dataset.classes)
    samples = [first]
    for copy in range(count):
        other = partner_of(dataset, item, rng) if needs_other(recipe) else None
        samples.append(augment(first, recipe, [seed, item, copy], other=other, swap=swap))
    pictures = tuple(drawn(sample, dataset.classes) for sample in samples)
    captions = ("as it is", *(caption(sample, dataset.classes) for sample in samples[1:]))
    return Preview(pictures, captions, tuple(samples), warnings_of(dataset, recipe, seed=seed))


def sample_of_item(dataset: Dataset, item: int) -> Sample:
    """An item's sample, its picture read from its file, turned upright.

    Raises:
        InputError: the file cannot be read as a picture.
    """
    return item_sample(dataset, item, picture_of(dataset.path(item)))


def partner_of(dataset: Dataset, item: int, rng: np.random.Generator) -> Sample | None:
    """Another item's sample to mix in, from the same split: a test picture must not get into a training one. None if no
    readable one turned up in a few draws."""
    for _ in range(_DRAWS):
        row = int(rng.integers(len(dataset)))
        if dataset.items.splits[row] != dataset.items.splits[item]:
            continue
        try:
            return sample_of_item(dataset, row)
        except InputError:
            continue
    return None


def picture_of(path: Path) -> RGB:
    """The picture of a file, upright, uint8 [h, w, 3]. Raises InputError if it cannot be read."""
    from trackside.media import read_image

    picture = read_image(path)
    if picture is None:
        raise InputError("cannot be read as a picture", where=str(path), fix="look at the file, or leave the item out")
    return picture


def needs_other(recipe: Recipe) -> bool:
    """Whether a step mixes two samples."""
    return any(step.kind == "mixing" for step in recipe)


def drawn(sample: Sample, classes: tuple[str, ...]) -> RGB:
    """The picture with its boxes, class names and points: green ones are visible, orange ones hidden."""
    from trackside.media import Canvas

    image = np.ascontiguousarray(sample.image).copy()
    canvas = Canvas(image)
    for box, label in zip(sample.boxes, sample.classes.tolist(), strict=True):
        if np.isfinite(box).all():
            canvas.rectangle(box, _BOX)
            if label >= 0:
                canvas.text(classes[label], box[:2], _PAPER, _BOX)
    for wanted, colour in ((1, _HIDDEN), (2, _VISIBLE)):
        places = sample.points[sample.points[..., 2] == wanted] if sample.points.size else np.empty((0, 3))
        canvas.circles(places[:, :2], max(2.0, min(sample.size) / 110), colour)
    return image


def caption(sample: Sample, classes: tuple[str, ...]) -> str:
    """The labels of the whole picture with their shares, or how many annotations are left."""
    if len(sample.labels) == 1:
        return classes[int(sample.labels[0])]
    if len(sample.labels):
        pairs = zip(sample.labels.tolist(), sample.weights.tolist(), strict=True)
        return ", ".join(f"{classes[label]} {share:.0%}" for label, share in pairs)
    return f"{len(sample.rows)} annotations"
