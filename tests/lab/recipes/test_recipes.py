from __future__ import annotations

import pytest
import torch
from torch import nn

from tests.lab.tasks.making import tiny
from trackside.core import SettingError
from trackside.data.augment import recipe_of
from trackside.lab.networks.backbones import BACKBONES, TIMM
from trackside.lab.networks.body import WithHead
from trackside.lab.networks.small import SmallNet
from trackside.lab.recipes.choosing import schedule_of
from trackside.lab.recipes.optimizer import optimizer_of
from trackside.lab.recipes.recipe import RECIPES, recipes_for
from trackside.lab.tasks.task import TASKS

TEXTS = ("bag", "convolution")


@pytest.mark.parametrize("name", list(RECIPES))
def test_every_recipe_says_where_it_comes_from_and_can_be_carried_out(name: str) -> None:
    recipe = RECIPES[name]
    assert recipe.name == name
    named = recipe.source.split("`")[1] if "`" in recipe.source else ""
    assert any(letter.isdigit() for letter in recipe.source) or named in RECIPES
    assert recipe.result
    assert recipe.task in TASKS
    assert recipe.backbone in (*BACKBONES, *TEXTS) or recipe.backbone.startswith(TIMM)
    assert not recipe.transfers or recipe.backbone.startswith(TIMM) or BACKBONES[recipe.backbone].has_weights
    recipe_of(list(recipe.augment))
    schedule = schedule_of(recipe)
    assert all(0 <= schedule(step, 100) <= 1 for step in range(100))


@pytest.mark.parametrize("task", list(TASKS))
def test_every_task_has_a_recipe_and_says_what_it_needs(task: str) -> None:
    assert recipes_for(task)
    assert TASKS[task].holds


def test_rates_fall_towards_the_input_and_norms_are_not_decayed() -> None:
    model = WithHead(SmallNet((4, 8)), nn.Linear(8, 2))
    recipe = tiny("image-classification", mode="discriminative", falls_by=2.0, rate=0.8, weight_decay=0.1)
    groups = optimizer_of(model, recipe).param_groups
    rate = {id(parameter): group["lr"] for group in groups for parameter in group["params"]}
    decay = {id(parameter): group["weight_decay"] for group in groups for parameter in group["params"]}
    assert set(rate) == {id(parameter) for parameter in model.parameters()}
    assert sum(len(group["params"]) for group in groups) == len(rate), "none twice"
    above = (model.head, model.body.blocks[1][0], model.body.blocks[0][0])
    assert [rate[id(layer.weight)] for layer in above] == [0.8, 0.4, 0.2]
    assert decay[id(model.head.weight)] == 0.1
    assert decay[id(model.head.bias)] == decay[id(model.body.blocks[0][1].weight)] == 0.0


def test_one_rate_for_all_else() -> None:
    model = WithHead(SmallNet((4, 8)), nn.Linear(8, 2))
    optimizer = optimizer_of(model, tiny("image-classification", optimizer="sgd", momentum=0.9))
    assert isinstance(optimizer, torch.optim.SGD)
    assert {group["lr"] for group in optimizer.param_groups} == {3e-3}
    assert all(group["nesterov"] for group in optimizer.param_groups)


def test_frozen_parameters_are_not_stepped() -> None:
    model = WithHead(SmallNet((4, 8)), nn.Linear(8, 2))
    model.body.requires_grad_(False)
    groups = optimizer_of(model, tiny("image-classification")).param_groups
    assert sum(len(group["params"]) for group in groups) == 2


@pytest.mark.parametrize("wrong", [{"rate": 0.0}, {"epochs": 0}, {"batch": -1}, {"mode": "half"}])
def test_settings_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(SettingError):
        tiny("image-classification", **wrong)
