"""Schedules, over the whole run."""

from __future__ import annotations

import itertools

import pytest
import torch

from tests.lab.fitting.parts import drawing
from trackside.core import SettingError
from trackside.lab.fitting import Constant, Cosine, OneCycle, Steps, fit
from trackside.lab.fitting.schedules import SCHEDULES, schedule_from


def test_a_cosine_warms_up_then_falls_to_its_floor() -> None:
    rates = [Cosine(warmup=0.1, floor=0.2)(step, 100) for step in range(100)]
    assert rates[:10] == pytest.approx([0.1 * (step + 1) for step in range(10)])
    assert rates[10] == 1.0 and rates[-1] == pytest.approx(0.2)
    assert all(one >= other for one, other in itertools.pairwise(rates[10:]))
    assert rates[54] + rates[55] == pytest.approx(1.2, abs=0.01), "half of the way is half of the fall"


def test_one_cycle_is_that_of_pytorch() -> None:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    theirs = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1.0, total_steps=50, cycle_momentum=False)
    for step in range(50):
        assert OneCycle()(step, 50) == pytest.approx(theirs.get_last_lr()[0], abs=1e-9)
        optimizer.step()
        if step < 49:
            theirs.step()


def test_steps_fall_at_their_shares_of_the_run() -> None:
    rates = [Steps(at=(0.5, 0.75))(step, 8) for step in range(8)]
    assert rates == pytest.approx([1, 1, 1, 1, 0.1, 0.1, 0.01, 0.01])


@pytest.mark.parametrize("name", sorted(SCHEDULES))
@pytest.mark.parametrize("steps", [1, 2, 3, 1000])
def test_every_schedule_stays_within_the_optimisers_rate(name: str, steps: int) -> None:
    rates = [SCHEDULES[name](step, steps) for step in range(steps)]
    assert all(0 <= rate <= 1 for rate in rates)
    assert max(rates) > 0.5 or steps == 1


def test_groups_keep_the_ratio_of_their_rates() -> None:
    training = drawing()
    seen: list[tuple[float, ...]] = []
    assert training.optimizer is not None
    training.optimizer.register_step_pre_hook(lambda one, *_: seen.append(tuple(group["lr"] for group in one.param_groups)))
    fitted = fit(training, epochs=2, schedule="one-cycle", progress=False)
    assert all(head == pytest.approx(10 * backbone) for backbone, head in seen)
    assert [backbone for backbone, _ in seen] == pytest.approx(fitted.history.learning_rate)
    assert len(set(seen)) > 20


def test_shares_out_of_range_and_unknown_names_are_refused() -> None:
    for make in (
        lambda: Cosine(warmup=1.5),
        lambda: Constant(-0.1),
        lambda: Steps(at=(2.0,)),
        lambda: schedule_from("cosin"),
    ):
        with pytest.raises(SettingError):
            make()
