"""Experiments begin where the run began, and change what they say."""

import pytest
import torch
from torch import nn

from tests.lab.diagnosis.runs import loaders, mlp, table
from trackside.lab import watch
from trackside.lab.diagnosis.allowance import Allowance
from trackside.lab.diagnosis.case import Case
from trackside.lab.diagnosis.pool import preserved_randomness, read_pool
from trackside.lab.diagnosis.probes import like_tokens
from trackside.lab.diagnosis.trials import AS_IT_IS, Change, build_optimizer, prepare


def case_of(optimizer_of, schedule_of=None, model=None, epochs=3, batch=16):
    model, (train, validation) = model or mlp(), loaders(*table(), batch=batch, shuffle=False)
    optimizer = optimizer_of(model)
    schedule = schedule_of(optimizer) if schedule_of else None
    with watch(model, optimizer=optimizer, loss_fn=nn.CrossEntropyLoss(), train=train, validation=validation) as run:
        for _ in range(epochs):
            for inputs, targets in train:
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(inputs), targets).backward()
                optimizer.step()
            if schedule:
                schedule.step()
    return Case(run.training, run.recording, run.initial, Allowance(60))


def test_a_plain_loop_over_data_in_order_repeats_the_run_step_for_step():
    case = case_of(lambda model: torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9))
    trial = case.trial(AS_IT_IS)
    assert trial.losses == pytest.approx(case.curve, rel=1e-5)


def test_a_schedule_that_ended_at_zero_is_followed_from_its_start():
    case = case_of(
        lambda model: torch.optim.SGD(model.parameters(), lr=0.1),
        lambda optimizer: torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=3),
    )
    assert case.training.optimizer.param_groups[0]["lr"] == 0
    assert case.trial(AS_IT_IS).losses == pytest.approx(case.curve, rel=1e-5)


def test_the_optimiser_of_a_copy_has_the_runs_groups_and_settings():
    model = mlp()
    groups = [
        {"params": model[0].parameters(), "lr": 0.01},
        {"params": model[2].parameters(), "lr": 0.5, "weight_decay": 0.2},
    ]
    case = case_of(lambda _: torch.optim.SGD(groups, lr=0.1, momentum=0.7), model=model)
    copied = build_optimizer(case, mlp(), Change("a tenth", rate=0.1, plain=True))
    assert [group["lr"] for group in copied.param_groups] == pytest.approx([0.001, 0.05])
    assert [group["weight_decay"] for group in copied.param_groups] == [0, 0]
    assert copied.param_groups[0]["momentum"] == 0.7


def test_each_change_does_to_the_model_what_it_says():
    model = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.9), nn.Linear(2, 2))
    for parameter in model[0].parameters():
        parameter.requires_grad_(False)
    prepare(model, Change("both", plain=True, unfreeze=True))
    assert model[1].p == 0
    assert all(parameter.requires_grad for parameter in model.parameters())
    kept = model[0].weight.clone()
    prepare(model, Change("anew", fresh=True))
    assert not torch.equal(model[0].weight, kept)


def test_reading_a_loader_leaves_its_generator_and_all_others_as_they_were():
    inputs, targets = table()
    generator = torch.Generator().manual_seed(3)
    data = torch.utils.data.TensorDataset(inputs, targets)
    loader = torch.utils.data.DataLoader(data, batch_size=16, shuffle=True, generator=generator)
    before = generator.get_state(), torch.get_rng_state()
    pool = read_pool(loader)
    assert len(pool) == 240
    assert torch.equal(generator.get_state(), before[0])
    assert torch.equal(torch.get_rng_state(), before[1])
    with preserved_randomness():
        torch.rand(3)
    assert torch.equal(torch.get_rng_state(), before[1])


def test_items_of_different_shapes_are_kept_as_batches():
    pool = read_pool([(torch.zeros(4, 3), torch.zeros(4)), (torch.zeros(2, 5), torch.zeros(2))])
    assert not pool.stacked
    assert len(pool) == 6


def test_numbers_of_words_are_told_from_amounts():
    generator = torch.Generator().manual_seed(0)
    words = torch.randint(0, 300, (400, 12), generator=generator)
    pixels = (torch.rand(400, 64, generator=generator) * 16).round()
    assert like_tokens(words.float())
    assert not like_tokens(pixels)
    assert not like_tokens(torch.randn(400, 12, generator=generator))
