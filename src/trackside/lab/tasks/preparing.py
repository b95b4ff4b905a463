"""From a data set to a training: `prepare` finds the examples, reads them, and makes network, loss, loaders and
optimiser.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from trackside.core import InputError, SettingError
from trackside.data import Dataset, Trouble
from trackside.data.wording import counted
from trackside.lab.metric import Metric
from trackside.lab.networks.backbones import backbone
from trackside.lab.recipes.choosing import choose_recipe, schedule_of
from trackside.lab.recipes.optimizer import optimizer_of
from trackside.lab.recipes.recipe import Recipe
from trackside.lab.tasks.examples import loader
from trackside.lab.tasks.exporting import Exported, export
from trackside.lab.tasks.parts import parts_of
from trackside.lab.tasks.task import TASKS, Facts, Found, Task
from trackside.lab.training import Training


@dataclass(frozen=True)
class Prepared:
    """A training that is ready to be fitted, and what is known of it.

    Attributes:
        training: what pre-flight asks about and the loop fits. With frozen features its model is the head alone.
        metrics: the main one first.
        classes: names, in the order of the network's class numbers.
        recipe: the settings, with what was changed.
        task: what it is trained for.
        facts: what was learnt from the training part.
        whole: the network from picture or text to outputs; shares its weights with `training.model`.
        counts: examples of the training and the validation part.
        notes: what a reader of the result must know: classes without items, splits that were made.
        left: items that were not used, with the reason.
        validation: name of the validation part.
        dataset: its title; synthetic data say so.
        split_off: whether the validation part was made here.
        plain: training and validation examples as the task gives them, without augmentation: for baselines.
    """

    training: Training
    metrics: tuple[Metric, ...]
    classes: tuple[str, ...]
    recipe: Recipe
    task: Task
    facts: Facts
    whole: nn.Module
    counts: tuple[int, int]
    notes: tuple[str, ...] = ()
    left: tuple[Trouble, ...] = ()
    validation: str = ""
    dataset: str = ""
    split_off: bool = False
    plain: tuple[Any, ...] = field(default=(), repr=False)

    @property
    def schedule(self) -> Any:
        """The recipe's schedule, as `trackside.lab.fitting.fit` takes it."""
        return schedule_of(self.recipe)

    @property
    def expected(self) -> dict[str, Any] | None:
        """What the weights expect of the training's inputs, as pre-flight takes it; None where there is nothing to
        expect.
        """
        if not self.recipe.transfers or self.recipe.mode == "frozen" or not self.task.sees:
            return None
        scaling = self.facts.scaling
        return {"mean": [value / 255 for value in scaling.mean], "std": [value / 255 for value in scaling.std]}

    def export(self, folder: Path | str, *, name: str = "", measured: dict[str, float] | None = None) -> Exported:
        """Write the network as a model package.

        Args:
            folder: the package's folder; one that is there is replaced.
            name: of the package; the folder's if empty.
            measured: metrics by name, for the card.

        Raises:
            ModelError: the exported network answers otherwise than the trained one.
            OutputError: no space or no permission.
        """
        data = f"{self.dataset}, {self.validation}"
        return export(self.whole, self.task, self.facts, self.recipe, Path(folder), name, measured or {}, data)


def prepare(
    dataset: Dataset,
    *,
    task: str | Task = "image-classification",
    recipe: str | Recipe | None = None,
    seed: int = 0,
    validation: str | float | None = None,
    image_size: int | None = None,
    batch: int | None = None,
) -> Prepared:
    """Make a training of a data set.

    Args:
        dataset: what to learn from.
        task: what to train for.
        recipe: the settings; None for the first that suits task and data.
        seed: of the first weights, and of a split that has to be made.
        validation: the split to measure on, or the share to split off; see `trackside.lab.tasks.parts.parts_of`.
        image_size: pixels of the square that the network sees, instead of the recipe's.
        batch: items a step, instead of the recipe's.

    Raises:
        InputError: the data set does not hold what the task needs; the message says what is missing.
        SettingError: a recipe of another task, or a size that the network cannot take.
        ModelError: weights that cannot be had.
    """
    chosen = TASKS[task] if isinstance(task, str) else task
    settings = choose_recipe(recipe, chosen.name, dataset).but(side=image_size, batch=batch)
    parts = parts_of(dataset, validation, seed)
    train = _examples(chosen, dataset, parts.train, "training")
    measured = _examples(chosen, dataset, parts.validation, "validation")
    # Before anything is decoded: a set of one class is told at once.
    chosen.check(dataset, train.rows, measured.rows)
    side = _side(settings) if chosen.sees else 0
    contents = [chosen.read(dataset, found.rows, side) for found in (train, measured)]
    for content, part in zip(contents, ("training", "validation"), strict=True):
        if not len(content.rows):
            raise _nothing(chosen, dataset, part, content.left)
    notes = chosen.check(dataset, contents[0].rows, contents[1].rows)
    facts = chosen.learn(dataset, contents[0], settings)
    left = (*train.left, *measured.left, *(trouble for content in contents for trouble in content.left))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        training, whole, plain = _training(chosen, dataset, contents, facts, settings)
    return Prepared(
        training,
        chosen.metrics(facts),
        facts.classes,
        settings,
        chosen,
        facts,
        whole,
        (len(contents[0].rows), len(contents[1].rows)),
        (*parts.notes, *notes, *_left_note(left)),
        left,
        parts.name,
        f"{dataset.title} (synthetic)" if dataset.info.get("synthetic") else dataset.title,
        parts.split_off,
        plain,
    )


def _training(
    task: Task, dataset: Dataset, contents: list[Any], facts: Facts, recipe: Recipe
) -> tuple[Training, nn.Module, tuple[Any, ...]]:
    """The training, the whole network, and both parts without augmentation."""
    whole, loss = task.network(recipe, facts), task.loss(facts, recipe)
    plain = tuple(task.examples(dataset, content, facts, ()) for content in contents)
    if recipe.mode == "frozen":
        from trackside.lab.tasks.frozen import frozen_training

        return frozen_training(whole, loss, list(plain), recipe), whole, plain
    train = task.examples(dataset, contents[0], facts, recipe.augment) if recipe.augment else plain[0]
    batches = loader(train, recipe.batch, shuffle=True), loader(plain[1], recipe.batch, shuffle=False)
    return Training(whole, loss, *batches, optimizer_of(whole, recipe)), whole, plain


def _examples(task: Task, dataset: Dataset, rows: Any, part: str) -> Found:
    found = task.find(dataset, np.asarray(rows, np.intp))
    if not len(found.rows):
        raise _nothing(task, dataset, part, found.left)
    return found


def _nothing(task: Task, dataset: Dataset, part: str, left: tuple[Trouble, ...]) -> InputError:
    why = f": {counted(len(left), 'items')} left out, the first: {left[0]}" if left else ""
    what = f"the {part} part has no example for {task.name}{why}"
    return InputError(what, where=dataset.title, fix=f"the task needs {task.holds}")


def _side(recipe: Recipe) -> int:
    """The side of the pictures.

    Raises:
        SettingError: the backbone cannot take it.
    """
    seen = backbone(recipe.backbone)
    side = recipe.side or seen.side
    if side < seen.least or side % seen.multiple:
        what = f"{seen.name} cannot see pictures of {side} pixels"
        fix = (
            f"give a multiple of {seen.multiple}, {seen.least} or more"
            if seen.multiple > 1
            else f"give {seen.least} or more"
        )
        raise SettingError(what, where="image_size", fix=fix)
    return side


def _left_note(left: tuple[Trouble, ...]) -> tuple[str, ...]:
    if not left:
        return ()
    more = f" and {len(left) - 3:,} more" if len(left) > 3 else ""
    return (f"{counted(len(left), 'items')} left out: {'; '.join(map(str, left[:3]))}{more}",)
