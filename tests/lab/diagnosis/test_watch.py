"""Watching sees what happens, and changes nothing."""

import copy

import pytest
import torch
from torch import Tensor, nn

from tests.lab.diagnosis.runs import fitted, loaders, mlp, table
from trackside.core import InputError
from trackside.lab.diagnosis.watch import watch


def plain(model: nn.Module, train, *, epochs: int = 2) -> list[float]:
    """The loop of `fitted`, unwatched."""
    optimizer, losses = torch.optim.Adam(model.parameters(), lr=0.01), []
    for _ in range(epochs):
        for inputs, targets in train:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(inputs), targets)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


def test_a_watched_run_is_bit_for_bit_the_run_without_watching():
    torch.manual_seed(1)
    model = mlp()
    other = copy.deepcopy(model)
    train, validation = loaders(*table())
    torch.manual_seed(2)
    losses = plain(model, train)
    torch.manual_seed(2)
    run = fitted(other, train, validation, epochs=2)
    assert run.recording.curve() == losses
    assert all(torch.equal(one, two) for one, two in zip(model.parameters(), other.parameters(), strict=True))


def test_nothing_is_left_behind_afterwards():
    backward = Tensor.backward
    model = mlp()
    train, validation = loaders(*table())
    fitted(model, train, validation, epochs=1)
    assert Tensor.backward is backward
    assert not model._forward_hooks
    losses_before = len(fitted(model, train, validation, epochs=1).recording.losses)
    plain(model, train, epochs=1)
    assert losses_before == 10


def test_an_error_in_the_loop_passes_through_and_is_remembered():
    model = mlp()
    with pytest.raises(RuntimeError, match="stop"), watch(model) as run:
        raise RuntimeError("stop")
    assert isinstance(run.recording.error, RuntimeError)


def test_gradients_of_the_step_before_are_noticed():
    train, validation = loaders(*table())
    run = fitted(mlp(), train, validation, zero=False, epochs=2)
    assert run.recording.leftovers == run.recording.leftover_checks > 10


def test_gradients_that_are_accumulated_on_purpose_are_not_left_over():
    model, (train, validation) = mlp(), loaders(*table())
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with watch(model, optimizer=optimizer, loss_fn=nn.functional.cross_entropy, train=train, validation=validation) as run:
        for number, (inputs, targets) in enumerate(train):
            (nn.functional.cross_entropy(model(inputs), targets) / 2).backward()
            if number % 2:
                optimizer.step()
                optimizer.zero_grad()
    assert run.recording.leftover_checks > 2
    assert run.recording.leftovers == 0


def test_two_watched_models_do_not_see_each_others_steps():
    (train, validation), first, second = loaders(*table()), mlp(), mlp()
    with watch(first, train=train) as outer:
        run = fitted(second, train, validation, epochs=1)
    assert run.recording.steps == 10
    assert outer.recording.steps == 0


def test_something_that_is_no_model_is_refused():
    with pytest.raises(InputError, match=r"torch\.nn\.Module"):
        watch(lambda x: x)  # type: ignore[arg-type]


def test_an_evaluation_that_forgot_no_grad_is_no_training_in_evaluation_mode():
    model, (train, validation) = mlp(), loaders(*table())
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with watch(model, optimizer=optimizer, train=train, validation=validation) as run:
        for _ in range(3):
            model.train()
            for inputs, targets in train:
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(inputs), targets).backward()
                optimizer.step()
            model.eval()
            for inputs, _ in validation:
                model(inputs)
    assert run.recording.trained_in_eval == 0
    assert run.recording.passes == len(run.recording.losses) == 30


def test_a_model_that_is_never_set_back_to_training_trains_in_evaluation_mode():
    model, (train, validation) = mlp(), loaders(*table())
    model.eval()
    run = fitted(model, train, validation, epochs=1)
    assert run.recording.trained_in_eval == len(run.recording.losses) == 10


def adversaries() -> tuple[nn.Module, nn.Module, torch.optim.Optimizer, torch.optim.Optimizer]:
    """A maker of items and a judge of them."""
    maker, judge = nn.Linear(2, 6), nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 1))
    return maker, judge, torch.optim.Adam(maker.parameters()), torch.optim.Adam(judge.parameters())


@pytest.mark.parametrize("watched", [0, 1])
def test_of_two_networks_that_play_against_each_other_only_the_watched_ones_losses_count(watched):
    parts = adversaries()
    maker, judge, makes, judges = parts
    own = [[], []]
    with watch(parts[watched], optimizer=parts[watched + 2]) as run:
        for _ in range(20):
            made = maker(torch.randn(16, 2))
            loss = (
                nn.functional.softplus(judge(made.detach())).mean()
                + nn.functional.softplus(-judge(torch.randn(16, 6))).mean()
            )
            judge.zero_grad()
            loss.backward()
            judges.step()
            own[1].append(loss.item())
            maker.zero_grad()
            loss = nn.functional.softplus(-judge(made)).mean()
            loss.backward()
            makes.step()
            own[0].append(loss.item())
    assert run.recording.curve() == own[watched]
    assert run.recording.leftovers == run.recording.discarded == 0
    assert run.recording.steps == 20


def test_two_optimisers_of_one_model_make_one_step():
    model, (train, _) = mlp(), loaders(*table())
    body, head = (torch.optim.SGD(model[part].parameters(), lr=0.1) for part in (0, 2))
    with watch(model, optimizer=body) as run:
        for inputs, targets in train:
            model.zero_grad()
            nn.functional.cross_entropy(model(inputs), targets).backward()
            body.step()
            head.step()
    assert run.recording.steps == len(run.recording.losses) == len(train)
    assert {id(parameter) for parameter in model.parameters()} <= run.recording.held


def test_a_step_by_hand_is_a_step():
    model, (train, _) = mlp(), loaders(*table())
    with watch(model) as run:
        for inputs, targets in train:
            nn.functional.cross_entropy(model(inputs), targets).backward()
            with torch.no_grad():
                for parameter in model.parameters():
                    parameter -= 0.1 * parameter.grad
    assert run.recording.leftovers == run.recording.leftover_checks > 5


def test_what_breaks_while_a_step_is_looked_at_ends_the_watching_and_not_the_training(monkeypatch):
    def broken(*_):
        raise ValueError("no such mark")

    monkeypatch.setattr("trackside.lab.diagnosis.watch.Mark.of", broken)
    train, validation = loaders(*table())
    model, other = mlp(), mlp()
    other.load_state_dict(model.state_dict())
    torch.manual_seed(2)
    run = fitted(model, train, validation, epochs=1)
    torch.manual_seed(2)
    plain(other, train, epochs=1)
    assert "no such mark" in run.recording.trouble
    assert all(torch.equal(one, two) for one, two in zip(model.parameters(), other.parameters(), strict=True))
