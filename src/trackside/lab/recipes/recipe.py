"""A recipe: all settings of a training that is known to work, where they come from, and what came out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from trackside.core import Registry, SettingError

Mode = Literal["scratch", "frozen", "discriminative", "full"]
"""What of the network is trained: all of it from random weights; a new head on frozen, cached features; all of it from
published weights with rates that fall towards the input; or all of it from published weights at one rate."""
OptimizerName = Literal["sgd", "adam", "adamw"]
Schedule = Literal["constant", "cosine", "one-cycle"]
MODES: tuple[Mode, ...] = ("scratch", "frozen", "discriminative", "full")


@dataclass(frozen=True, slots=True)
class Recipe:
    """Settings of a training.

    Attributes:
        name: as users call it.
        task: the task's name.
        backbone: what sees the pictures or reads the texts.
        mode: what of it is trained.
        optimizer: what steps the parameters.
        rate: learning rate of the head, and of all else in modes with one rate.
        epochs: passes over the training part.
        batch: items a step.
        source: paper, section, table that the settings come from, and what was changed.
        result: what they gave, with the data that it was measured on; a published figure or one of our benchmarks.
        weight_decay: of weights; offsets and norms are never decayed.
        momentum: of SGD (Nesterov's).
        falls_by: with discriminative rates, what a stage's rate is divided by from one stage to the next below.
        schedule: how the rate goes over the training.
        warmup: share of the training in which the rate rises.
        augment: steps as `trackside.data.augment.recipe_of` reads them, for the training part alone.
        side: pixels of the square that the network sees; None for the backbone's own.
        smoothing: of labels (Szegedy et al. 2016, section 7).
        settings: of the task: weights of losses and the like.
    """

    name: str
    task: str
    backbone: str
    mode: Mode
    optimizer: OptimizerName
    rate: float
    epochs: int
    batch: int
    source: str
    result: str
    weight_decay: float = 0.0
    momentum: float = 0.0
    falls_by: float = 1.0
    schedule: Schedule = "cosine"
    warmup: float = 0.0
    augment: tuple[Mapping[str, Any], ...] = ()
    side: int | None = None
    smoothing: float = 0.0
    settings: Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        positive = {"rate": self.rate, "epochs": self.epochs, "batch": self.batch, "falls_by": self.falls_by}
        wrong = next((name for name, value in positive.items() if not value > 0), "")
        if wrong:
            raise SettingError(f"{positive[wrong]} is not above 0", where=f"recipe {self.name}, {wrong}")
        if self.mode not in MODES:
            raise SettingError(f"{self.mode!r} is no mode", where=f"recipe {self.name}", fix=f"use {', '.join(MODES)}")

    @property
    def transfers(self) -> bool:
        """Whether it begins with published weights."""
        return self.mode != "scratch"

    def but(self, **changed: Any) -> Recipe:
        """The recipe with other settings; None leaves one as it is."""
        return replace(self, **{name: value for name, value in changed.items() if value is not None})

    def setting(self, name: str, otherwise: float) -> float:
        """A setting of the task."""
        return float((self.settings or {}).get(name, otherwise))


def _fill() -> None:
    import trackside.lab.recipes.catalogue
    import trackside.lab.recipes.catalogue_others  # noqa: F401


RECIPES: Registry[Recipe] = Registry("recipe", _fill)


def recipes_for(task: str) -> list[Recipe]:
    """The recipes of a task, the first to try first."""
    found = [recipe for recipe in RECIPES.values() if recipe.task == task]
    return sorted(found, key=lambda recipe: (MODES.index("frozen") if recipe.mode == "frozen" else 9, recipe.name))
