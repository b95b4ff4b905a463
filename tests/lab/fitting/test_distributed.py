"""Several processes come to what one comes to."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.lab.fitting.parts import ACCURACY, plain
from trackside.core import InputError
from trackside.lab.fitting import Fitted, fit, fit_on_ray, fit_processes
from trackside.lab.fitting.order import Order, share_of
from trackside.lab.training import Training

SETTINGS = {"epochs": 3, "schedule": "cosine", "metrics": [ACCURACY], "ema": 0.9, "clip": 1.0, "progress": False}


def without_enough_items() -> Training:
    """17 items in batches of 16: the last batch has one item, and one process none of it."""
    return plain(items=17)


def of_other_shapes() -> Training:
    training = plain()
    training.loss_fn = torch.nn.CrossEntropyLoss(reduction="none")
    return training


def assert_same(one: Fitted, other: Fitted) -> None:
    assert other.history.train_loss == pytest.approx(one.history.train_loss, abs=1e-5)
    for mine, theirs in zip(one.history.epochs, other.history.epochs, strict=True):
        assert theirs.validation_loss == pytest.approx(mine.validation_loss, abs=1e-5)
        assert theirs.metrics == pytest.approx(mine.metrics)
    for a, b in zip(one.model.state_dict().values(), other.model.state_dict().values(), strict=True):
        assert torch.allclose(a, b, atol=1e-5)


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    root = str(Path(__file__).resolve().parents[3])
    monkeypatch.setenv("PYTHONPATH", root)
    monkeypatch.syspath_prepend(root)


@pytest.mark.slow
@pytest.mark.parametrize(("make", "accumulate"), [(plain, 1), (without_enough_items, 1), (plain, 2)])
def test_two_processes_give_the_loss_curve_of_one(make: object, accumulate: int) -> None:
    settings = {**SETTINGS, "accumulate": accumulate}
    assert_same(fit(make(), **settings), fit_processes(make, processes=2, **settings))  # type: ignore[operator,arg-type]


@pytest.mark.slow
def test_an_error_in_a_process_is_the_users_sentence() -> None:
    with pytest.raises(InputError, match="is not one number"):
        fit_processes(of_other_shapes, processes=2, epochs=1, progress=False)


@pytest.mark.slow
def test_workers_of_ray_give_the_loss_curve_of_one() -> None:
    ray = pytest.importorskip("ray")
    ray.init(num_cpus=2, include_dashboard=False, logging_level="ERROR", ignore_reinit_error=True)
    try:
        assert_same(fit(plain(), **SETTINGS), fit_on_ray(plain, workers=2, **SETTINGS))  # type: ignore[arg-type]
    finally:
        ray.shutdown()


def test_what_cannot_be_sent_to_a_process_is_said() -> None:
    with pytest.raises(InputError, match="make_training: it cannot be sent to another process"):
        fit_processes(lambda: plain(), epochs=1)
    with pytest.raises(InputError, match="0 processes"):
        fit_processes(plain, processes=0, epochs=1)


@pytest.mark.parametrize("processes", [1, 2, 3, 7])
def test_the_shares_of_a_batch_are_the_batch(processes: int) -> None:
    for items in (0, 1, 5, 64):
        edges = [share_of(items, rank, processes) for rank in range(processes)]
        assert [number for first, last in edges for number in range(first, last)] == list(range(items))
        sizes = [last - first for first, last in edges]
        assert max(sizes) - min(sizes) <= 1


def test_processes_together_load_the_batches_of_one() -> None:
    loader = plain().train
    whole = [batch[0] for batch, _ in Order(loader, 5).epoch(2)]
    parts = [[batch[0] for batch, _ in Order(loader, 5, (rank, 2)).epoch(2)] for rank in range(2)]
    for one, mine, theirs in zip(whole, *parts, strict=True):
        assert torch.equal(one, torch.cat([mine, theirs]))
