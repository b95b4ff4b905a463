"""The loop: what it keeps, what it says, and what it refuses in a sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from tests.lab.fitting.parts import ACCURACY, plain, table
from trackside.core import InputError, SettingError
from trackside.lab.fitting import Ended, Patience, fit
from trackside.lab.fitting.memory import is_out_of_memory
from trackside.lab.metric import Metric
from trackside.lab.training import Training


class Kept:
    """A recorder that remembers."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def start(self, name: str, settings: Mapping[str, Any]) -> None:
        self.calls.append(("start", name, dict(settings)))

    def log(self, step: int, numbers: Mapping[str, float]) -> None:
        self.calls.append(("log", step, dict(numbers)))

    def file(self, path: Path, name: str) -> None:
        self.calls.append(("file", path, name))

    def finish(self, status: str) -> None:
        self.calls.append(("finish", status))


def bare_losses(training: Training, batches: list[Any]) -> list[float]:
    """The loop that one would write, over given batches."""
    losses = []
    assert training.optimizer is not None
    for inputs, targets in batches:
        training.optimizer.zero_grad()
        loss = training.loss_fn(training.model(inputs), targets)
        loss.backward()
        training.optimizer.step()
        losses.append(loss.item())
    return losses


def in_order(batch: int = 16, items: int = 90) -> Training:
    training = plain()
    training.train = DataLoader(table(items), batch)
    return training


def test_the_loop_does_what_a_bare_loop_does_bit_for_bit() -> None:
    ours, theirs = in_order(), in_order()
    fitted = fit(replace(ours, validation=None), epochs=3, progress=False)
    assert fitted.history.train_loss == bare_losses(theirs, list(theirs.train) * 3)
    for one, other in zip(ours.model.parameters(), theirs.model.parameters(), strict=True):
        assert torch.equal(one, other)


def test_the_best_epoch_is_kept_and_its_weights_are_loaded() -> None:
    training = plain(rate=3.0)  # so high that results go up and down
    fitted = fit(training, epochs=8, metrics=[ACCURACY], progress=False)
    values = [epoch.metrics["accuracy"] for epoch in fitted.history.epochs]
    assert fitted.best is not None
    assert fitted.best.value == max(values) != values[-1]
    assert fitted.best.epoch == values.index(max(values)) + 1
    inputs, targets = table(41, seed=1).tensors
    assert ACCURACY.measure(fitted.model.eval()(inputs), targets) == fitted.best.value
    assert fitted.ended is Ended.COMPLETE and fitted.why == "all 8 epochs are done"
    assert fitted.peak_memory > 0 and fitted.seconds > 0


def test_for_errors_the_lowest_is_best_and_without_metrics_the_lowest_loss() -> None:
    error = Metric("error", lambda outputs, targets: 1 - ACCURACY.measure(outputs, targets), higher_is_better=False)
    by_error = fit(plain(rate=3.0), epochs=6, metrics=[error], progress=False)
    assert by_error.best is not None
    assert by_error.best.value == min(epoch.metrics["error"] for epoch in by_error.history.epochs)
    by_loss = fit(plain(rate=3.0), epochs=6, progress=False)
    assert by_loss.best is not None
    assert by_loss.best.value == min(epoch.validation_loss or 0.0 for epoch in by_loss.history.epochs)


def test_validation_is_a_mean_over_items_in_evaluation_mode_and_leaves_modes_as_they_were() -> None:
    training = plain()
    training.model = nn.Sequential(training.model, nn.Dropout(0.9))
    training.model[0][1].eval()
    seen: list[bool] = []
    training.model[1].register_forward_hook(lambda module, *_: seen.append(module.training))
    fitted = fit(training, epochs=1, progress=False)
    assert seen == [True] * 6 + [False] * 3
    inputs, targets = table(41, seed=1).tensors
    with torch.no_grad():
        whole = training.loss_fn(fitted.model.eval()(inputs), targets)
    assert fitted.history.epochs[0].validation_loss == pytest.approx(float(whole), abs=1e-6)


def test_accumulated_batches_make_the_step_of_one_large_batch() -> None:
    small, large = in_order(batch=16), in_order(batch=48)
    one = fit(small, epochs=2, accumulate=3, progress=False).history.train_loss
    other = fit(large, epochs=2, progress=False).history.train_loss
    assert one == pytest.approx(other, abs=1e-6)
    assert len(one) == 4, "90 items are a step of 48 and one of 42, the last batch having 10 items"


def test_a_loss_that_adds_up_accumulates_by_adding() -> None:
    losses = []
    for batch, accumulate in ((16, 3), (48, 1)):
        training = in_order(batch=batch)
        training.loss_fn = nn.CrossEntropyLoss(reduction="sum")
        training.optimizer = torch.optim.SGD(training.model.parameters(), lr=0.001)
        losses.append(fit(training, epochs=1, accumulate=accumulate, progress=False).history)
    assert losses[0].train_loss == pytest.approx(losses[1].train_loss, rel=1e-5)
    assert losses[0].epochs[0].validation_loss == pytest.approx(losses[1].epochs[0].validation_loss, rel=1e-5)


def test_gradients_are_clipped_to_the_norm() -> None:
    training = plain()
    norms: list[float] = []
    assert training.optimizer is not None

    def look(*_: Any) -> None:
        grads = [one.grad for one in training.model.parameters() if one.grad is not None]
        norms.append(float(torch.cat([grad.flatten() for grad in grads]).norm()))

    training.optimizer.register_step_pre_hook(look)
    fit(training, epochs=1, clip=0.05, progress=False)
    assert max(norms) == pytest.approx(0.05, rel=1e-3)


def test_hooks_on_the_users_model_and_optimiser_fire() -> None:
    training = plain()
    assert training.optimizer is not None
    fired: list[str] = []
    training.model.register_forward_hook(lambda *_: fired.append("forward"))
    training.model.register_full_backward_hook(lambda *_: fired.append("backward"))
    training.optimizer.register_step_post_hook(lambda *_: fired.append("step"))
    fit(replace(training, validation=None), epochs=1, progress=False)
    assert fired == ["forward", "backward", "step"] * 6


def test_averaged_weights_are_what_is_validated_and_kept() -> None:
    training = replace(in_order(), validation=None)
    trail: list[Tensor] = [training.model[0].weight.detach().clone()]  # type: ignore[index]
    assert training.optimizer is not None
    training.optimizer.register_step_post_hook(lambda *_: trail.append(training.model[0].weight.detach().clone()))  # type: ignore[index]
    fitted = fit(training, epochs=2, ema=0.5, progress=False)
    average = trail[0].clone()
    for number, weight in enumerate(trail[1:]):
        decay = min(0.5, (1 + number) / (10 + number))
        average = decay * average + (1 - decay) * weight
    assert torch.allclose(fitted.model[0].weight, average, atol=1e-6)  # type: ignore[index]
    assert not torch.allclose(trail[-1], average, atol=1e-4)


def test_bfloat16_computes_in_it_and_keeps_weights_in_full_precision() -> None:
    training = plain()
    kinds: list[torch.dtype] = []
    training.model.register_forward_hook(lambda _, __, outputs: kinds.append(outputs.dtype))
    fitted = fit(training, epochs=2, precision="bf16", progress=False)
    assert set(kinds) == {torch.bfloat16}
    assert {one.dtype for one in fitted.model.parameters()} == {torch.float32}
    assert fitted.history.train_loss[-1] < fitted.history.train_loss[0]
    fit(plain(), epochs=1, progress=False)  # full precision again, in the same process
    if not torch.cuda.is_available():
        with pytest.raises(InputError, match="cannot fit in fp16 here"):
            fit(plain(), epochs=1, precision="fp16", progress=False)


def test_a_loss_that_becomes_nan_ends_the_run_at_its_step_and_keeps_the_last_good_checkpoint(tmp_path: Path) -> None:
    training = in_order()
    inputs = torch.randn(90, 6, generator=torch.Generator().manual_seed(0))
    inputs[40] = math.nan
    training.train = DataLoader(TensorDataset(inputs, torch.zeros(90, dtype=torch.long)), 16)
    recorder = Kept()
    fitted = fit(training, epochs=3, folder=tmp_path, save_steps=2, recorders=[recorder], progress=False)
    assert fitted.failed
    assert fitted.why.startswith("the loss is nan at step 2 (epoch 1)") and "trackside diagnose" in fitted.why
    assert len(fitted.history.train_loss) == 3
    assert recorder.calls[-1] == ("finish", "failed")
    saved = torch.load(next(tmp_path.glob("checkpoint-*.pt")), weights_only=True)
    assert saved["step"] == 2
    assert all(torch.isfinite(value).all() for value in saved["model"]["stored"].values())


def test_recorders_hear_the_run_in_order() -> None:
    recorder = Kept()
    fitted = fit(plain(), epochs=4, metrics=[ACCURACY], recorders=[recorder], name="mine", progress=False)
    assert recorder.calls[0][:2] == ("start", "mine") and recorder.calls[0][2]["epochs"] == 4
    logs = [call for call in recorder.calls if call[0] == "log"]
    assert [step for _, step, numbers in logs if "train/loss" in numbers] == [9, 19]
    assert logs[1][2]["train/loss"] == pytest.approx(sum(fitted.history.train_loss[:10]) / 10)
    last = logs[-1]
    assert last[1] == 23 and last[2]["validation/accuracy"] == fitted.history.epochs[-1].metrics["accuracy"]
    assert recorder.calls[-1] == ("finish", "finished")


def test_recorders_hear_of_a_run_that_broke() -> None:
    training, recorder = plain(), Kept()
    training.model.register_forward_pre_hook(lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        fit(training, epochs=1, recorders=[recorder], progress=False)
    assert recorder.calls[-1] == ("finish", "failed")


def test_patience_ends_a_run_that_gets_no_better() -> None:
    fitted = fit(plain(rate=0.0), epochs=50, stop=Patience(3), progress=False)
    assert fitted.ended is Ended.STOPPED and len(fitted.history.epochs) == 4
    assert fitted.why == "loss has not got better for 3 epochs"
    assert fit(plain(), epochs=6, stop=Patience(3), progress=False).ended is Ended.COMPLETE


def changed(**changes: Any) -> Training:
    return replace(plain(), **changes)


def frozen() -> Training:
    training = plain()
    training.model.requires_grad_(False)
    return training


NOTHING = DataLoader(table(3), 16, drop_last=True)
REFUSED = [
    (lambda: changed(train=NOTHING), "the training split has no batch"),
    (lambda: changed(validation=NOTHING), "the validation split has no batch"),
    (lambda: changed(train=iter(())), "the training split has no batch"),
    (lambda: changed(optimizer=None), "there is no optimiser"),
    (frozen, "no parameter of the model requires a gradient"),
    (lambda: changed(optimizer=torch.optim.SGD(nn.Linear(1, 1).parameters(), lr=1)), "holds none of the model's parameters"),
    (lambda: changed(loss_fn=nn.CrossEntropyLoss(reduction="none")), r"the loss has shape \[16\] and is not one number"),
    (lambda: changed(loss_fn=lambda outputs, targets: 0.5), "the loss is a float"),
    (lambda: changed(loss_fn=lambda outputs, targets: outputs.detach().mean()), "depends on no parameter"),
    (lambda: changed(optimizer=torch.optim.LBFGS(plain().model.parameters())), "L-BFGS"),
]


@pytest.mark.parametrize(("make", "says"), REFUSED, ids=[says for _, says in REFUSED])
def test_what_cannot_be_fitted_is_said_in_a_sentence(make: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        fit(make(), epochs=1, progress=False)


@pytest.mark.parametrize(
    "settings",
    [
        {"epochs": 0},
        {"accumulate": 0},
        {"seed": -1},
        {"precision": "fp8"},
        {"ema": 1.0},
        {"clip": 0.0},
        {"schedule": "cosin"},
        {"metrics": [ACCURACY] * 2},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_settings_out_of_range_are_said(settings: dict[str, Any]) -> None:
    with pytest.raises(SettingError):
        fit(plain(), **{"epochs": 1, "progress": False, **settings})


def test_an_iterable_of_unknown_length_trains_at_a_constant_rate_only() -> None:
    class Unknown:
        def __iter__(self) -> Any:
            return iter([table().tensors] * 3)

    training = replace(plain(), train=Unknown())
    assert len(fit(training, epochs=2, progress=False).history.train_loss) == 6
    with pytest.raises(InputError, match="does not tell its length"):
        fit(training, epochs=2, schedule="cosine", progress=False)


class Narrow(nn.Module):
    """A model with memory for so many items at once (what it does otherwise, a computer short of memory does)."""

    def __init__(self, items: int, error: type[Exception] = RuntimeError) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.inner = nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 2))
        self.items, self.error = items, error

    def forward(self, inputs: Tensor) -> Tensor:
        if self.training and len(inputs) > self.items:
            raise self.error("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 TB")
        return torch.as_tensor(self.inner(inputs))


def narrow(items: int, error: type[Exception] = RuntimeError) -> Training:
    model = Narrow(items, error)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    return replace(in_order(batch=30), model=model, optimizer=optimizer)


@pytest.mark.parametrize("error", [RuntimeError, MemoryError])
def test_memory_that_runs_out_halves_batches_and_keeps_their_effect(error: type[Exception]) -> None:
    fitted = fit(narrow(8, error), epochs=3, progress=False)
    assert fitted.history.train_loss == pytest.approx(fit(narrow(99), epochs=3, progress=False).history.train_loss, abs=1e-6)
    assert len(fitted.notes) == 1
    assert "memory ran out at step 0 with 30 items" in fitted.notes[0] and "in 4 parts of at most 8" in fitted.notes[0]
    assert "batch normalisation" not in fitted.notes[0]


def test_halving_says_what_it_does_to_batch_normalisation() -> None:
    training = narrow(16)
    training.model.inner.insert(1, nn.BatchNorm1d(8))  # type: ignore[operator,union-attr]
    assert "batch normalisation now sees 15 items instead of 30" in fit(training, epochs=1, progress=False).notes[0]


def test_memory_that_suffices_for_no_item_is_said() -> None:
    with pytest.raises(InputError, match="memory does not suffice for one item"):
        fit(narrow(0), epochs=1, progress=False)


def test_other_errors_are_not_taken_for_lack_of_memory() -> None:
    assert not is_out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    assert not is_out_of_memory(ValueError("out of memory"))
    training = plain()
    training.model.register_forward_pre_hook(lambda *_: (_ for _ in ()).throw(RuntimeError("shapes cannot be multiplied")))
    with pytest.raises(RuntimeError, match="shapes"):
        fit(training, epochs=1, progress=False)


def test_batches_of_mappings_lists_and_several_inputs_are_worked_through_in_parts() -> None:
    class Two(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(3, 1)

        def forward(self, one: Tensor, other: Tensor) -> Tensor:
            if self.training and len(one) > 2:
                raise RuntimeError("CUDA out of memory")
            return torch.as_tensor(self.layer(one + other))

    generator = torch.Generator().manual_seed(0)
    batch = {
        "one": torch.rand(8, 3, generator=generator),
        "other": torch.rand(8, 3, generator=generator),
        "labels": torch.ones(8, 1),
    }
    model = Two()
    training = Training(model, nn.MSELoss(), [batch] * 3, [batch], torch.optim.SGD(model.parameters(), lr=0.1))
    assert "4 parts" in fit(training, epochs=1, progress=False).notes[0]
    training.train = [(batch["one"], batch["other"], batch["labels"])] * 3
    assert "4 parts" in fit(training, epochs=1, progress=False).notes[0]
