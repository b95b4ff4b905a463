"""Carrying out a recipe: consecutive geometric steps become one homography, so that the picture is resampled once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from trackside.data.augment.covered import cover
from trackside.data.augment.recipe import Recipe, Step
from trackside.data.augment.sample import Sample
from trackside.data.augment.transform import Kind, Warp
from trackside.data.augment.warping import warp_sample


def augment(
    sample: Sample, recipe: Recipe, seed: int | Sequence[int] | np.random.Generator, *, other: Sample | None = None,
    swap: Mapping[int, int] | None = None,
) -> Sample:  # fmt: skip
    """A sample after a recipe.

    Args:
        sample: before; it is not changed.
        recipe: what is done.
        seed: of what is left to chance; `[seed, item, copy]` makes every item's copies their own.
        other: what mixing steps mix in; without one they do nothing.
        swap: class number to the number that a mirror makes of it (`swap_numbers`).

    Returns:
        The new sample, without annotations whose box is seen by less than the recipe's `least_visible`.

    Example:
        >>> image = np.zeros((4, 6, 3), np.uint8)
        >>> from trackside.data.augment import recipe_of, sample_of
        >>> augment(sample_of(image, boxes=[[0, 0, 2, 2]]), recipe_of([{"use": "flip"}]), 0).boxes.tolist()
        [[4.0, 0.0, 6.0, 2.0]]
    """
    rng = seed if isinstance(seed, np.random.Generator) else np.random.default_rng(seed)
    border = recipe.border if recipe.border != "auto" else "constant" if len(sample.rows) else "reflect"
    waiting: Warp | None = None
    for step in recipe:
        if rng.random() >= step.chance:
            continue
        if step.kind is Kind.GEOMETRIC:
            size = sample.size if waiting is None else waiting.size
            found = step.transform.target(size, rng, **step.settings)
            waiting = found if waiting is None else waiting.then(found)
            continue
        sample = _settled(sample, waiting, recipe, border, swap)
        waiting = None
        sample = _other_step(sample, step, rng, other, recipe)
    sample = _settled(sample, waiting, recipe, border, swap)
    return sample.take(sample.visible >= max(recipe.least_visible, 1e-9))


def augment_batch(
    samples: Sequence[Sample], recipe: Recipe, seed: int | Sequence[int], *, swap: Mapping[int, int] | None = None
) -> list[Sample]:
    """Every sample after a recipe; mixing steps mix in another sample of the batch."""
    numbers = [seed] if isinstance(seed, int) else list(seed)
    partners = np.random.default_rng([*numbers, 0]).permutation(len(samples))
    return [
        augment(sample, recipe, [*numbers, 1, row], other=samples[int(partners[row])], swap=swap)
        for row, sample in enumerate(samples)
    ]


def swap_numbers(recipe: Recipe, classes: Sequence[str]) -> dict[int, int]:
    """The recipe's `swap` in class numbers; pairs with a class that is not there are left out."""
    row = {name: number for number, name in enumerate(classes)}
    return {row[a]: row[b] for a, b in recipe.swapped().items() if a in row and b in row}


def _settled(sample: Sample, warp: Warp | None, recipe: Recipe, border: str, swap: Mapping[int, int] | None) -> Sample:
    if warp is None:
        return sample
    done = warp_sample(sample, warp, border, recipe.fill)
    if not (swap and warp.mirrors):
        return done
    labels = np.array([swap.get(label, label) for label in done.labels.tolist()], np.int32)
    classes = np.array([swap.get(label, label) for label in done.classes.tolist()], np.int32)
    return replace(done, labels=labels, classes=classes)


def _other_step(sample: Sample, step: Step, rng: np.random.Generator, other: Sample | None, recipe: Recipe) -> Sample:
    target = step.transform.target
    if step.kind is Kind.PHOTOMETRIC:
        return replace(sample, image=target(sample.image, rng, **step.settings))
    if step.kind is Kind.COVERING:
        return cover(sample, target(sample.size, rng, **step.settings), rng, recipe.fill)
    mixed: Sample = sample if other is None else target(sample, other, rng, **step.settings)
    return mixed
