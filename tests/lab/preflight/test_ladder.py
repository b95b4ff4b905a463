"""The whole ladder: silent on healthy set-ups, and it leaves everything as it was."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from tests.lab.preflight import healthy
from tests.lab.preflight.unseen import UNSEEN
from trackside.core import Verdict
from trackside.lab.preflight.ladder import RUNGS, preflight
from trackside.lab.training import Training

QUIET = (Verdict.OK, Verdict.NOTE)


def loud(report: Any) -> list[str]:
    return [
        f"{finding.check}: {finding.verdict}: {finding.says}" for finding in report.findings if finding.verdict not in QUIET
    ]


@pytest.mark.parametrize("name", ["mlp-wine", "regression", "detection"])
def test_healthy_set_ups_raise_no_alarm(name: str) -> None:
    assert loud(preflight(healthy.make(name))) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", sorted({*healthy.NAMES, *UNSEEN}))
def test_more_healthy_set_ups_raise_no_alarm(name: str, seed: int) -> None:
    made = UNSEEN[name](seed) if name in UNSEEN else healthy.make(name, seed)
    assert loud(preflight(made, seconds=180, seed=seed)) == []


def bits(value: Any) -> Any:
    """Everything in a value that could change, comparable."""
    if isinstance(value, Tensor):
        return (value.dtype, tuple(value.shape), value.detach().clone().contiguous().view(-1).view(torch.uint8).tolist())
    if isinstance(value, np.ndarray):
        return value.tobytes()
    if isinstance(value, dict):
        return {str(key): bits(item) for key, item in value.items()}
    return [bits(item) for item in value] if isinstance(value, (list, tuple)) else value


def everything(training: Training, own: torch.Generator) -> dict[str, Any]:
    model, optimizer = training.model, training.optimizer
    assert optimizer is not None
    return bits(
        {
            "weights": dict(model.state_dict()),
            "gradients": [parameter.grad for parameter in model.parameters()],
            "wants": [parameter.requires_grad for parameter in model.parameters()],
            "modes": [part.training for part in model.modules()],
            "optimiser": optimizer.state_dict(),
            "torch": torch.get_rng_state(),
            "numpy": np.random.get_state(),  # noqa: NPY002
            "python": list(map(str, random.getstate())),
            "loader": own.get_state(),
        }
    )


def test_afterwards_everything_is_bit_for_bit_what_it_was() -> None:
    torch.manual_seed(3)
    layers = nn.Conv2d(1, 6, 3, 2), nn.BatchNorm2d(6), nn.Dropout(0.3), nn.Flatten(), nn.Linear(54, 10)
    model = nn.Sequential(*layers).to(memory_format=torch.channels_last)
    images, labels = healthy.digits()
    own = torch.Generator().manual_seed(5)
    loader = DataLoader(TensorDataset(images[:96], labels[:96]), 32, shuffle=True, generator=own)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    # A loss that reaches past its arguments, into the user's own model.
    loss = lambda outputs, targets: nn.functional.cross_entropy(outputs, targets) + 1e-4 * model[-1].weight.square().sum()  # noqa: E731
    loss(model(images[:32]), labels[:32]).backward()
    optimizer.step()
    model[1].eval()
    before, held = everything(Training(model, loss, loader, None, optimizer), own), [p.grad for p in model.parameters()]
    following = torch.rand(3, generator=torch.Generator().set_state(torch.get_rng_state()))
    preflight(Training(model, loss, loader, loader, optimizer), seconds=30)
    assert everything(Training(model, loss, loader, None, optimizer), own) == before
    assert all(one is other.grad for one, other in zip(held, model.parameters(), strict=True))
    assert torch.equal(torch.rand(3), following)


def test_an_interrupted_climb_leaves_everything_as_it_was() -> None:
    made = healthy.make("lenet-digits")
    own = made.train.generator  # type: ignore[attr-defined]
    before = everything(made, own)

    def stop(rung: str, done: int, total: int) -> None:
        if rung == "eval-train":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        preflight(made, progress=stop)
    assert everything(made, own) == before


def test_what_does_not_fit_into_the_budget_is_said() -> None:
    report = preflight(healthy.make("lenet-digits"), seconds=0.001)
    late = {finding.check: finding for finding in report.findings}
    assert len(report.findings) == len(RUNGS)
    assert late["learning-rate"].verdict is Verdict.UNKNOWN
    assert "seconds were spent" in late["learning-rate"].says


def test_the_same_seed_gives_the_same_answers() -> None:
    one, other = (preflight(healthy.make("mlp-wine"), seed=4) for _ in range(2))
    answers = [{f.check: f.evidence.numbers for f in report.findings if f.check != "forecast"} for report in (one, other)]
    assert answers[0] == answers[1]


def test_the_report_goes_through_json_and_html() -> None:
    report = preflight(healthy.make("mlp-wine"), epochs=3, task="wine")
    assert report.from_json(report.to_json()).findings == report.findings
    assert "Learning-rate range" in report.to_html()
    assert "3 epochs" in report.findings[-1].says
