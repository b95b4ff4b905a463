"""Which recipe suits a data set, and the schedule that a recipe means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackside.core import SettingError
from trackside.lab.recipes.recipe import RECIPES, Recipe, recipes_for

if TYPE_CHECKING:
    from trackside.data import Dataset
    from trackside.lab.fitting.schedules import Schedule

# Pictures no larger than this hold glyphs and the like, of which ImageNet's weights know little.
_SMALL = 48
_LOOKED_AT = 20
_FIRST = {
    "image-classification": "frozen",
    "object-detection": "centres",
    "keypoints": "points",
    "six-degree-pose": "pose",
    "text-classification": "bag-of-embeddings",
}


def choose_recipe(recipe: str | Recipe | None, task: str, dataset: Dataset) -> Recipe:
    """The recipe that was named, or the first to try.

    Raises:
        SettingError: the recipe is for another task.
        TracksideError: there is none of that name.
    """
    found = recipe if isinstance(recipe, Recipe) else RECIPES[recipe or _first(task, dataset)]
    if found.task != task:
        names = ", ".join(one.name for one in recipes_for(task))
        raise SettingError(f"the recipe {found.name!r} is for {found.task}, not {task}", where="recipe", fix=f"use {names}")
    return found


def _first(task: str, dataset: Dataset) -> str:
    if task == "image-classification" and _longest_side(dataset) <= _SMALL:
        return "lenet"
    if task not in _FIRST:
        raise SettingError(f"there is no recipe for {task}", where="recipe", fix="give a Recipe")
    return _FIRST[task]


def _longest_side(dataset: Dataset) -> float:
    """The longest side among the first pictures, pixels; infinite where none can be read."""
    from trackside.core import InputError
    from trackside.data.looking import look_at

    sides: list[int] = []
    for row in range(min(_LOOKED_AT, len(dataset))):
        try:
            looked = look_at(dataset.path(row))
        except InputError:
            continue
        sides.append(max(looked.width, looked.height))
    return max(sides, default=float("inf"))


def schedule_of(recipe: Recipe) -> Schedule:
    """The recipe's schedule as the loop takes it: a function of step and steps."""
    from trackside.lab.fitting.schedules import Constant, Cosine, OneCycle

    if recipe.schedule == "constant":
        return Constant(recipe.warmup)
    return OneCycle(peak=recipe.warmup or 0.3) if recipe.schedule == "one-cycle" else Cosine(recipe.warmup)
