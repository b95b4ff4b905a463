"""Labels of a loader that the loop does not ask for are not used to judge its run."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests.lab.diagnosis.runs import fitted, loaders, mlp, table
from trackside.lab.diagnosis.watch import Watch, watch


def trained(model: nn.Module, step: Any, train: Any, validation: Any, loss_fn: Any = None, epochs: int = 12) -> Watch:
    """A watched loop whose loss is `step(inputs, targets)`."""
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=validation) as run:
        for _ in range(epochs):
            for inputs, targets in train:
                optimizer.zero_grad()
                step(inputs, targets).backward()
                optimizer.step()
    return run


def first(run: Watch) -> str:
    return run.diagnose().causes[0].id


def test_an_autoencoder_is_judged_by_its_inputs_and_not_by_the_loaders_labels():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 6))
    train, validation = loaders(*table())
    run = trained(model, lambda x, _: nn.functional.mse_loss(model(x), x), train, validation, nn.functional.mse_loss)
    report = run.diagnose()
    assert report.healthy, report.causes
    skill = {number.name: number.value for number in report.findings[0].evidence.numbers}
    assert skill["skill on the training split"] > 0.5


def test_two_views_that_are_to_agree_are_not_measured_by_classes():
    torch.manual_seed(0)
    model = nn.Linear(6, 32)

    def agree(inputs: Tensor, _: Tensor) -> Tensor:
        one, two = (nn.functional.normalize(model(inputs + 0.1 * torch.randn_like(inputs)), dim=1) for _ in range(2))
        return nn.functional.cross_entropy(10 * one @ two.T, torch.arange(len(inputs)))

    assert first(trained(model, agree, *loaders(*table()))) == "healthy"


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_column_that_is_compared_with_a_row_is_a_wrong_axis_however_the_loss_is_written(by_hand):
    torch.manual_seed(0)
    inputs, _ = table()
    targets = inputs @ torch.tensor([1.0, -1.0, 0.5, 0.0, 2.0, 1.0])
    model, (train, validation) = mlp(6, 1), loaders(inputs, targets)
    loss = (lambda a, b: (a - b).square().mean()) if by_hand else nn.functional.mse_loss
    with pytest.warns(UserWarning) if not by_hand else torch.enable_grad():
        assert first(trained(model, lambda x, y: loss(model(x), y), train, validation, loss)) == "wrong-axis"


def test_a_loss_without_a_lower_bound_has_a_wrong_sign():
    torch.manual_seed(0)
    model, (train, validation) = nn.Linear(6, 6), loaders(*table())
    run = trained(model, lambda x, _: -(model(x) - x).square().mean() * 100, train, validation, epochs=40)
    assert first(run) == "sign-error"


def test_one_hot_rows_with_a_squared_loss_are_healthy():
    torch.manual_seed(0)
    inputs, targets = table()
    rows = nn.functional.one_hot(targets, 3).float()
    train, validation = loaders(inputs, rows)
    assert first(fitted(mlp(), train, validation, loss_fn=nn.MSELoss())) == "healthy"


def test_a_layer_that_is_kept_for_later_is_not_frozen():
    class Spare(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.used, self.spare = mlp(), nn.Linear(50, 50)

        def forward(self, inputs: Tensor) -> Tensor:
            return self.used(inputs)

    torch.manual_seed(0)
    assert first(fitted(Spare(), *loaders(*table()))) == "healthy"
