"""A script that knows nothing of Trackside is watched as it is."""

import json
import textwrap

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader
from typer.testing import CliRunner

from tests.lab.diagnosis.runs import loaders, mlp, table
from trackside.cli.main import app
from trackside.core import InputError
from trackside.lab.diagnosis.discover import discover

SCRIPT = """
    import sys
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    torch.manual_seed(0)
    targets = torch.arange(200) % 2
    inputs = torch.randn(200, 4) + 2 * targets[:, None]
    train = DataLoader(TensorDataset(inputs[:120], targets[:120]), batch_size=20, shuffle=True)
    test = DataLoader(TensorDataset(inputs[120:], targets[120:]), batch_size=20)
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
    for epoch in range(3):
        for x, y in train:
            if "zero" in sys.argv:
                optimizer.zero_grad()
            criterion(model(x), y).backward()
            optimizer.step()
        with torch.no_grad():
            for x, y in test:
                model(x)
    sys.exit(0)
"""


def test_model_optimizer_loss_and_loaders_are_found():
    model, (train, validation) = mlp(), loaders(*table())
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    kept = Tensor.backward, DataLoader.__iter__, functional.cross_entropy
    with discover() as found:
        for inputs, targets in train:
            optimizer.zero_grad()
            nn.CrossEntropyLoss(label_smoothing=0.2)(model(inputs), targets).backward()
            optimizer.step()
        with torch.no_grad():
            for inputs, _ in validation:
                model(inputs)
    assert (Tensor.backward, DataLoader.__iter__, functional.cross_entropy) == kept
    training = found.run.training
    assert (training.model, training.optimizer, training.train, training.validation) == (model, optimizer, train, validation)
    given = torch.randn(4, 3), torch.tensor([0, 1, 2, 1])
    assert training.loss_fn(*given) == functional.cross_entropy(*given, label_smoothing=0.2)
    assert len(found.run.recording.losses) == 10


def test_a_script_is_diagnosed_as_it_is(tmp_path):
    script = tmp_path / "train.py"
    script.write_text(textwrap.dedent(SCRIPT))
    wrong = CliRunner().invoke(app, ["diagnose", str(script), "-o", str(tmp_path / "report.json"), "--seconds", "3"])
    assert wrong.exit_code == 1, wrong.output
    assert json.loads((tmp_path / "report.json").read_text())["causes"][0]["id"] == "missing-zero-grad"


def test_arguments_after_the_script_are_its_own(tmp_path):
    script = tmp_path / "train.py"
    script.write_text(textwrap.dedent(SCRIPT))
    fine = CliRunner().invoke(app, ["diagnose", "--seconds", "3", str(script), "--", "zero"])
    assert fine.exit_code == 0, fine.output
    assert "healthy" in fine.output


@pytest.mark.parametrize(("text", "says"), [("print('hello')", "called no backward"), (None, "no such file")])
def test_what_trains_nothing_is_refused(tmp_path, text, says):
    script = tmp_path / "train.py"
    if text is not None:
        script.write_text(text)
    result = CliRunner().invoke(app, ["diagnose", str(script)])
    assert isinstance(result.exception, InputError)
    assert says in str(result.exception)
