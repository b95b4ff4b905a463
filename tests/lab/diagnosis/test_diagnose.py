"""Planted faults are found by their stable ids, and healthy runs stay healthy. Data are SYNTHETIC."""

import pytest
import torch
from torch import nn

from tests.lab.diagnosis.runs import fitted, loaders, mlp, table
from trackside.core.findings import Verdict
from trackside.core.report import Report
from trackside.lab.diagnosis.causes import CAUSES, HEALTHY


class Hidden(nn.Module):
    """Its first layer is kept in a plain list."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = [nn.Linear(6, 32)]
        self.last = nn.Linear(32, 3)

    def forward(self, inputs):
        return self.last(torch.relu(self.layers[0](inputs)))


def healthy():
    return fitted(mlp(), *loaders(*table()))


def no_zero_grad():
    return fitted(mlp(), *loaders(*table()), zero=False)


def two_softmaxes():
    return fitted(mlp(6, 3, nn.Softmax(dim=1)), *loaders(*table()))


def softmax_over_the_batch():
    return fitted(mlp(6, 3, nn.LogSoftmax(dim=0)), *loaders(*table()), loss_fn=nn.NLLLoss())


def logits_into_nll():
    return fitted(mlp(), *loaders(*table()), loss_fn=nn.NLLLoss())


def layers_in_a_list():
    return fitted(Hidden(), *loaders(*table()))


def maximised():
    model = mlp()
    return fitted(model, *loaders(*table()), optimizer=torch.optim.Adam(model.parameters(), lr=0.01, maximize=True))


def no_number_among_inputs():
    inputs, targets = table()
    inputs[7, 2] = float("nan")
    return fitted(mlp(), *loaders(inputs, targets))


def labels_one_item_on():
    inputs, targets = table()
    return fitted(mlp(), *loaders(inputs, targets.roll(1), shuffle=False))


def labels_rolled_in_the_loop():
    return fitted(mlp(), *loaders(*table()), change=lambda inputs, targets: (inputs, targets.roll(1)))


def asleep():
    model = nn.Sequential(nn.Linear(6, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 3))
    return fitted(model, *loaders(*table()), before=nn.Module.eval)


def label_among_the_columns():
    inputs, targets = table()
    return fitted(mlp(7), *loaders(torch.cat([inputs, targets[:, None].float()], 1), targets))


def validated_on_training_items():
    inputs, targets = table(300)
    inputs[-100:], targets[-100:] = inputs[:100].clone(), targets[:100].clone()
    return fitted(mlp(), *loaders(inputs, targets))


def seven_items_to_validate_on():
    return fitted(mlp(), *loaders(*table(), held=7))


QUICK = (no_zero_grad, two_softmaxes, softmax_over_the_batch, layers_in_a_list, maximised, no_number_among_inputs)
IDS = {
    no_zero_grad: "missing-zero-grad",
    two_softmaxes: "double-softmax",
    softmax_over_the_batch: "wrong-axis",
    logits_into_nll: "wrong-loss-for-activation",
    layers_in_a_list: "unregistered-parameters",
    maximised: "sign-error",
    no_number_among_inputs: "nan-in-data",
    labels_one_item_on: "labels-shifted",
    labels_rolled_in_the_loop: "labels-shifted",
    asleep: "eval-mode-left-on",
    label_among_the_columns: "answer-in-input",
    validated_on_training_items: "leakage",
    seven_items_to_validate_on: "test-set-too-small",
}


@pytest.mark.parametrize("program", QUICK, ids=lambda program: program.__name__)
def test_a_planted_fault_is_the_most_probable_cause(program):
    torch.manual_seed(0)
    assert program().diagnose(seconds=5).causes[0].id == IDS[program]


@pytest.mark.slow
@pytest.mark.parametrize("program", [one for one in IDS if one not in QUICK], ids=lambda program: program.__name__)
def test_a_planted_fault_that_takes_looking_at_data_is_the_most_probable_cause(program):
    torch.manual_seed(0)
    assert program().diagnose(seconds=30).causes[0].id == IDS[program]


def test_windows_over_a_series_are_not_taken_for_misplaced_labels():
    generator = torch.Generator().manual_seed(0)
    steps = torch.randn(300, generator=generator)
    windows, following = steps.unfold(0, 8, 1)[:-1], steps[8:, None]
    model = nn.Linear(8, 1)
    run = fitted(model, *loaders(windows, following, shuffle=False), loss_fn=nn.MSELoss(), epochs=2)
    assert "labels-shifted" not in [cause.id for cause in run.diagnose(seconds=3).causes]


def test_a_healthy_run_is_said_to_be_healthy_and_nothing_else():
    torch.manual_seed(0)
    diagnosis = healthy().diagnose(seconds=5)
    assert diagnosis.healthy
    assert [cause.id for cause in diagnosis.causes] == [HEALTHY]
    assert diagnosis.verdict is Verdict.OK


def test_a_diagnosis_leaves_model_optimizer_and_random_numbers_as_they_were():
    torch.manual_seed(0)
    run = two_softmaxes()
    model, optimizer = run.training.model, run.training.optimizer
    before = {name: value.clone() for name, value in model.state_dict().items()}
    steps, state = [dict(value) for value in optimizer.state_dict()["state"].values()], torch.get_rng_state()
    run.diagnose(seconds=3)
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert torch.equal(torch.get_rng_state(), state)
    for one, two in zip(steps, optimizer.state_dict()["state"].values(), strict=True):
        assert all(torch.equal(one[name], two[name]) for name in one)


def test_causes_are_ranked_with_probability_and_evidence_and_survive_json():
    torch.manual_seed(0)
    diagnosis = no_zero_grad().diagnose(seconds=3)
    shares = [cause.probability for cause in diagnosis.causes]
    assert shares == sorted(shares, reverse=True)
    assert diagnosis.causes[0].evidence.endswith("the gradients of the step before")
    again = Report.from_json(diagnosis.to_json())
    assert again.causes == diagnosis.causes
    assert all(cause.id in CAUSES for cause in again.causes)


def test_a_run_of_which_nothing_is_known_but_the_model_is_examined_as_far_as_that_goes():
    model = mlp()
    from trackside.lab import watch

    with watch(model) as run:
        for _ in range(5):
            model(torch.randn(4, 6)).pow(2).mean().backward()
    diagnosis = run.diagnose(seconds=2)
    assert "not asked" in diagnosis.facts


def test_a_loader_that_breaks_costs_only_what_needs_data():
    def broken():
        raise OSError("gone")
        yield

    model = mlp()
    from trackside.lab import watch

    with watch(model, train=broken(), loss_fn=nn.CrossEntropyLoss()) as run:
        nn.functional.cross_entropy(model(torch.randn(4, 6)), torch.tensor([0, 1, 2, 0])).backward()
    assert "the loader broke (OSError: gone)" in run.diagnose(seconds=2).facts["not asked"]
