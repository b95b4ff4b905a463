"""The landscape of models whose loss is known in closed form."""

import pytest
import torch
from torch import nn

from trackside.core import InputError
from trackside.lab.landscape import WeightPath, flatness, landscape, path_slice, random_slice
from trackside.lab.training import Training

BATCH = (torch.tensor([[1.0, 0.0], [0.0, 3.0], [0.0, 0.0], [0.0, 0.0]]), torch.zeros(4, 1))


def bowl(*weights: float) -> Training:
    """Mean squared error of w1 x1 + w2 x2 against 0: (w1^2 + 9 w2^2) / 4, whose Hessian is diag(1/2, 9/2)."""
    model = nn.Linear(2, 1, bias=False)
    with torch.no_grad():
        model.weight.copy_(torch.tensor([list(weights or (1.0, 1.0))]))
    return Training(model, nn.functional.mse_loss, [BATCH], optimizer=torch.optim.SGD(model.parameters(), lr=0.1))


def test_sharpness_and_trace_of_a_bowl_are_those_of_its_hessian():
    found = flatness(bowl(), [BATCH])
    assert found.settled
    assert found.sharpness == pytest.approx(4.5, rel=0.02)
    assert found.trace == pytest.approx(5.0, abs=1e-4)  # Exact for diagonal matrices: signs square to one.


def test_a_random_slice_has_the_models_own_loss_at_its_centre():
    training = bowl()
    found = random_slice(training, [BATCH], size=5)
    assert found.losses[2, 2] == pytest.approx(2.5)
    assert found.losses.shape == (5, 5)


def test_the_plane_of_a_path_holds_the_path_and_the_loss_at_its_points():
    training = bowl(4.0, 2.0)
    path = WeightPath(training.model)
    for _ in range(12):
        path.keep()
        training.model.zero_grad()
        training.loss(BATCH).backward()
        training.optimizer.step()
    path.keep()
    found = path_slice(training, [BATCH], path.points, size=9)
    assert found.explained == pytest.approx(1.0)
    assert abs(found.path[-1]).max() < 1e-5
    assert found.losses.max() > 13  # The path began at (4, 2), where the loss is 13.
    assert found.losses.min() < 1


def test_the_model_is_left_as_it_was_to_the_last_bit():
    model = nn.Sequential(nn.Linear(2, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 1))
    training = Training(model, nn.functional.mse_loss, [BATCH])
    training.loss(BATCH).backward()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    gradients = [parameter.grad.clone() for parameter in model.parameters()]
    landscape(training, size=3)
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert all(torch.equal(one, parameter.grad) for one, parameter in zip(gradients, model.parameters(), strict=True))
    assert model.training


def test_the_report_says_its_caveats_and_shows_the_path():
    training = bowl(4.0, 2.0)
    path = WeightPath(training.model)
    for _ in range(4):
        path.keep()
        training.loss(BATCH).backward()
        training.optimizer.step()
    report = landscape(training, path, size=5)
    assert len([name for name in report.facts if name.startswith("caveat")]) == 3
    assert [trace["type"] for trace in report.findings[0].evidence.plots[0].figure["data"]] == ["contour", "scatter"]
    assert "stable up to 20" in report.findings[1].says
    assert "Loss landscape" in report.to_html()


def test_what_cannot_be_sliced_is_refused():
    training = bowl()
    with pytest.raises(InputError, match="no batches"):
        random_slice(training, [])
    with pytest.raises(InputError, match="at least three points"):
        path_slice(training, [BATCH], torch.zeros(2, 2))
    training.model.weight.requires_grad_(False)
    with pytest.raises(InputError, match="nothing in the model is trainable"):
        random_slice(training, [BATCH])
