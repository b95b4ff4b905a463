"""Measuring whether a recipe breaks labels: does a transformed picture look like a good example of another class?

A probe on frozen features is taught with plain pictures and slightly resampled copies, and asked about held-out items (two
folds): once resampled, once transformed. Where it changes its mind there are two reasons. The features may not know such
pictures (noise, large shifts): then the picture resembles no class well, its label is still right, and training with it
helps. Or the picture has become another class, as a 6 turned round is a 9: then it resembles that class as well as its
own members do. Only the second breaks labels, so a change counts if the picture's likeness to the answered class (mean
cosine to its nearest examples) is at least the lower quartile of that class's own held-out members.

The share of such pictures before and after, in pairs, is judged by an exact sign test (McNemar 1947), corrected over classes
(Holm 1979), and by its size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB, InputError
from trackside.data.augment.applying import augment, swap_numbers
from trackside.data.augment.breaking import LabelWarning
from trackside.data.augment.recipe import Recipe, Step, recipe_of
from trackside.data.augment.sample import sample_of
from trackside.data.augment.transform import Kind
from trackside.data.dataset import Dataset

Floats = NDArray[np.float32]
Rows = NDArray[np.intp]
Features = Callable[[Sequence[RGB]], Floats]
"""Pictures to float32 [n, d]."""
Probe = Callable[[Floats, NDArray[np.int32], Floats], NDArray[np.int32]]
"""Features and classes to learn from, features to answer for; gives their classes."""

LEAST_TAKEN = 0.25
"""A class is at risk if this share more of its pictures become good examples of other classes. Harmless recipes stayed below
half of it on MNIST and on photographs (docs/augmentation-and-synthesis.md)."""
_TYPICAL = 0.25
_LEVEL = 0.01
_FEWEST, _MOST_ITEMS, _MOST_CLASSES = 8, 60, 40
_NEIGHBOURS = 5
_RESAMPLED = recipe_of([{"use": "scale", "by": 0.03}, {"use": "translate", "by": 0.02}])


@dataclass(frozen=True, slots=True)
class LabelRisk:
    """What a recipe did to c classes.

    Attributes:
        classes: int32 [c], class numbers.
        counts: int64 [c], held-out items asked.
        plain: float64 [c], share of right answers for resampled pictures.
        kept: float64 [c], share of right answers for transformed pictures.
        taken: float64 [c], share of pictures that are good examples of another class, transformed less resampled.
        becomes: int32 [c], the other class that is answered most among those; -1 if none.
        p_values: float64 [c], of `taken`, corrected over classes.
        at_risk: bool [c].
    """

    classes: NDArray[np.int32]
    counts: NDArray[np.int64]
    plain: NDArray[np.float64]
    kept: NDArray[np.float64]
    taken: NDArray[np.float64]
    becomes: NDArray[np.int32]
    p_values: NDArray[np.float64]
    at_risk: NDArray[np.bool_]

    def warnings(self, names: Sequence[str], use: str = "the recipe", step: int = 0) -> tuple[LabelWarning, ...]:
        """The classes at risk as one warning, or none."""
        rows = np.flatnonzero(self.at_risk)
        if not len(rows):
            return ()
        evidence = tuple(
            f"{self.taken[row]:.0%} of {names[self.classes[row]]} become good examples of {names[self.becomes[row]]}"
            for row in rows
        )
        what = "transformed pictures are good examples of other classes, and keep their label"
        return (LabelWarning(step, use, what, evidence, "leave it out, or use gentler settings"),)


def label_risk(
    dataset: Dataset, recipe: Recipe, features: Features, probe: Probe | None = None, *,
    pictures: Callable[[int], RGB] | None = None, seed: int = 0,
) -> LabelRisk:  # fmt: skip
    """Measure whether a recipe breaks the labels of a data set of classes.

    Args:
        dataset: items with classes; up to 40 classes with 8 to 60 items each are drawn, the largest classes.
        recipe: steps that mix pictures are left out, because they change labels on purpose. Every step is used (chance 1).
        features: of pictures; frozen.
        probe: by itself the five nearest neighbours by cosine.
        pictures: an item's row to its picture; read from the data set's files if not given. Unreadable ones are left out.
        seed: of the draw, the folds and the transforms.

    Raises:
        InputError: fewer than two classes have enough items.
    """
    rng = np.random.default_rng([seed, 11])
    rows, images = _drawn(dataset, pictures or _reader(dataset), rng)
    labels = dataset.items.labels[rows]
    steps = [Step(step.use, step.settings) for step in recipe if step.kind is not Kind.MIXING and step.chance > 0]
    changed = _transformed(dataset, images, labels, recipe.only(*steps), seed)
    again = _transformed(dataset, images, labels, _RESAMPLED, seed + 1)
    sets = [_checked(features(chosen), len(images)) for chosen in (images, again[0], changed[0])]
    folds = _folds(labels, rng)
    plain, resampled, turned = _scaled(sets)
    before = _ask(plain, resampled, resampled, labels, labels, folds, probe or nearest_neighbours)
    after = _ask(plain, resampled, turned, labels, changed[1], folds, probe or nearest_neighbours)
    return _judged(labels, changed[1], before, after)


def nearest_neighbours(known: Floats, labels: NDArray[np.int32], asked: Floats) -> NDArray[np.int32]:
    """The class that most of the five most similar known items have, weighted by similarity; features have unit length."""
    classes, numbers = np.unique(labels, return_inverse=True)
    found = np.empty(len(asked), np.int32)
    for start in range(0, len(asked), 1024):
        likeness = asked[start : start + 1024] @ known.T
        near = np.argpartition(-likeness, min(_NEIGHBOURS, len(known)) - 1, axis=1)[:, :_NEIGHBOURS]
        votes = np.zeros((len(near), len(classes)), np.float32)
        for column in near.T:
            each = np.arange(len(near))
            votes[each, numbers[column]] += 1 + 1e-3 * likeness[each, column]
        found[start : start + 1024] = classes[votes.argmax(axis=1)]
    return found


def _reader(dataset: Dataset) -> Callable[[int], RGB]:
    def read(item: int) -> RGB:
        from trackside.data.augment.previewing import picture_of

        return picture_of(dataset.path(item))

    return read


def _drawn(dataset: Dataset, read: Callable[[int], RGB], rng: np.random.Generator) -> tuple[Rows, list[RGB]]:
    """Rows of items, at most so many a class, and their pictures."""
    labels = dataset.items.labels
    classes, counts = np.unique(labels[labels >= 0], return_counts=True)
    largest = classes[np.argsort(-counts, kind="stable")[:_MOST_CLASSES]]
    rows, images = [], []
    for label in largest.tolist():
        own = []
        for row in rng.permutation(np.flatnonzero(labels == label))[:_MOST_ITEMS].tolist():
            try:
                own.append((row, read(row)))
            except (InputError, OSError):
                continue
        if len(own) >= _FEWEST:
            rows += [row for row, _ in own]
            images += [image for _, image in own]
    if len(set(labels[rows].tolist())) < 2:
        what = f"fewer than two classes have {_FEWEST} readable pictures"
        raise InputError(what, where=str(dataset.root), fix="label more pictures")
    return np.array(rows, np.intp), images


def _transformed(
    dataset: Dataset, images: list[RGB], labels: NDArray[np.int32], recipe: Recipe, seed: int
) -> tuple[list[RGB], NDArray[np.int32]]:
    """The pictures after a recipe, and their labels, which `swap` may change."""
    swap = swap_numbers(recipe, dataset.classes)
    done = [
        augment(sample_of(image, label=int(label)), recipe, [seed, 12, number], swap=swap)
        for number, (image, label) in enumerate(zip(images, labels, strict=True))
    ]
    return [sample.image for sample in done], np.array([sample.labels[0] for sample in done], np.int32)


def _checked(values: Floats, count: int) -> Floats:
    array = np.asarray(values, np.float32).reshape(len(values), -1) if len(values) else np.empty((0, 0), np.float32)
    if len(array) != count or not np.isfinite(array).all():
        raise InputError(
            "the features are not one row of numbers a picture", fix="give a callable that returns float32 [n, d]"
        )
    return array


def _scaled(sets: Sequence[Floats]) -> list[Floats]:
    """Centred and scaled by the plain pictures, each row of unit length."""
    mean, deviation = sets[0].mean(axis=0), sets[0].std(axis=0)
    scale = np.maximum(deviation, 0.1 * max(float(deviation.mean()), 1e-6))
    moved = [(values - mean) / scale for values in sets]
    return [values / np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1e-12) for values in moved]


def _folds(labels: NDArray[np.int32], rng: np.random.Generator) -> NDArray[np.intp]:
    """intp [n]: 0 or 1, half of each class."""
    fold = np.empty(len(labels), np.intp)
    for label in np.unique(labels):
        own = rng.permutation(np.flatnonzero(labels == label))
        fold[own] = np.arange(len(own)) % 2
    return fold


@dataclass(frozen=True, slots=True)
class _Answers:
    """What a probe says of n pictures that it has not seen: int32 [n] classes, float32 [n] likeness to the answered
    class, and float32 [n] the lower quartile of likeness that this class's own members have."""

    classes: NDArray[np.int32]
    likeness: Floats
    limit: Floats

    def are_good(self, labels: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Which pictures are good examples of another class than their label."""
        return np.asarray((self.classes != labels) & (self.likeness >= self.limit))


def _ask(
    plain: Floats, resampled: Floats, asked: Floats, labels: NDArray[np.int32], after: NDArray[np.int32],
    folds: NDArray[np.intp], probe: Probe,
) -> _Answers:  # fmt: skip
    """Ask, fold by fold, a probe that was taught with the other fold."""
    answers = np.empty(len(labels), np.int32)
    likeness, limit = np.empty((2, len(labels)), np.float32)
    for number in (0, 1):
        known, held = folds != number, np.flatnonzero(folds == number)
        examples = np.concatenate([plain[known], resampled[known]])
        both = np.concatenate([labels[known], labels[known]])
        answers[held] = probe(examples, both, asked[held])
        for label in np.unique(answers[held]):
            own = examples[both == label]
            there = held[answers[held] == label]
            members = held[labels[held] == label]
            likeness[there] = _likeness(asked[there], own)
            limit[there] = np.quantile(_likeness(resampled[members], own), _TYPICAL) if len(members) else np.inf
    return _Answers(answers, likeness, limit)


def _likeness(asked: Floats, examples: Floats) -> Floats:
    """float32 [n]: mean cosine to the nearest examples."""
    if not len(examples):
        return np.full(len(asked), -np.inf, np.float32)
    count = min(2 * _NEIGHBOURS, len(examples))
    return np.asarray(np.partition(asked @ examples.T, -count, axis=1)[:, -count:].mean(axis=1), np.float32)


def _judged(labels: NDArray[np.int32], wanted: NDArray[np.int32], before: _Answers, after: _Answers) -> LabelRisk:
    from scipy.stats import binom

    classes, group = np.unique(labels, return_inverse=True)
    was, now = before.are_good(labels), after.are_good(wanted)

    def share(values: NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.asarray(np.bincount(group, values, len(classes)) / np.bincount(group))

    gained = np.bincount(group, now & ~was, len(classes))
    changed = np.bincount(group, was != now, len(classes))
    # At least so many gains among the changes, if gains and losses were equally likely.
    values = _holm(np.where(changed > 0, binom.sf(gained - 1, changed, 0.5), 1.0))
    becomes = np.full(len(classes), -1, np.int32)
    for row in range(len(classes)):
        others = after.classes[(group == row) & now]
        if len(others):
            becomes[row] = np.bincount(others).argmax()
    taken = share(now) - share(was)
    at_risk = (taken >= LEAST_TAKEN) & (values < _LEVEL)
    counts = np.bincount(group, minlength=len(classes))
    plain, kept = share(before.classes == labels), share(after.classes == wanted)
    return LabelRisk(classes.astype(np.int32), counts, plain, kept, taken, becomes, values, at_risk)


def _holm(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values corrected for their number (Holm 1979)."""
    order = np.argsort(values)
    steps = np.maximum.accumulate(values[order] * (len(values) - np.arange(len(values))))
    result = np.empty(len(values))
    result[order] = np.minimum(steps, 1)
    return result
