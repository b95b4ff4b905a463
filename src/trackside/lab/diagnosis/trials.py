"""Discriminating experiments: train a copy of the initial model again, with one thing changed, for at most as many steps.

What helps tells the cause: a run that learns as soon as the rate is divided by ten had too high a rate. A plain loop with
nothing changed ("as it is") tells whether the user's own loop does what it should.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import torch
from torch import Tensor, nn

from trackside.lab.diagnosis.allowance import Allowance
from trackside.lab.diagnosis.performance import Aim
from trackside.lab.diagnosis.pool import Pool, rows
from trackside.lab.training import call, to_device
from trackside.lab.trees import count_items

if TYPE_CHECKING:
    from trackside.lab.diagnosis.case import Case

NORMS = (nn.modules.batchnorm._NormBase,)


@dataclass(frozen=True)
class Change:
    """What differs from the run.

    Attributes:
        name: in words: "a tenth of the rate".
        rate: factor of the learning rate.
        adam: Adam with this rate instead of the optimiser.
        batch: at least this many items a batch; 0 keeps batches as they are.
        standardise: inputs to mean 0 and deviation 1.
        shuffle: items in random order.
        plain: without weight decay and dropout.
        loss: the run's own, its negative, or the usual one for the task.
        unfreeze: every parameter learns.
        fresh: layers start anew from the framework's initialisation.
        clip: norm that gradients are clipped to.
        longer: factor of the number of steps.
        seed: of the order of items and of dropout.
    """

    name: str
    rate: float = 1.0
    adam: float | None = None
    batch: int = 0
    standardise: bool = False
    shuffle: bool = False
    plain: bool = False
    loss: Literal["own", "negated", "usual"] = "own"
    unfreeze: bool = False
    fresh: bool = False
    clip: float | None = None
    longer: float = 1.0
    seed: int = 0


AS_IT_IS, ONCE_MORE = Change("as it is"), Change("as it is, once more", seed=1)
BEST = Change(
    "everything as usual", adam=1e-3, batch=32, standardise=True, shuffle=True, plain=True, loss="usual", unfreeze=True
)


@dataclass
class Trial:
    """What came of a change.

    Attributes:
        change: what differed.
        losses: of the change's own loss, step for step.
        train: skill on the training split at the end.
        validation: skill on the validation split at the end.
        steps: steps taken.
        broke: what stopped it, or "".
    """

    change: Change
    losses: list[float] = field(default_factory=list)
    train: float = math.nan
    validation: float = math.nan
    steps: int = 0
    broke: str = ""


def try_change(case: Case, change: Change, seconds: float) -> Trial:
    """Train a changed copy for at most the run's number of steps, or so many seconds."""
    trial = Trial(change)
    try:
        torch.manual_seed(change.seed)
        model = copy.deepcopy(case.initial)
        assert model is not None
        model.train()
        prepare(model, change)
        scale = scaling(case.train) if change.standardise else None
        optimizer = build_optimizer(case, model, change)
        _run(case, trial, model, optimizer, scale, seconds)
        pools = [_scaled(pool, scale) for pool in (case.train, case.validation)]
        trial.train, trial.validation = (case.skill(model, pool) for pool in pools)
    except Exception as error:
        trial.broke = f"{type(error).__name__}: {error}"
    return trial


def prepare(model: nn.Module, change: Change) -> None:
    """Make the changes that concern the model itself."""
    for module in model.modules():
        if change.fresh and hasattr(module, "reset_parameters") and not isinstance(module, NORMS):
            module.reset_parameters()
        if change.plain and isinstance(module, nn.modules.dropout._DropoutNd):
            module.p = 0.0
        if change.plain and isinstance(module, nn.RNNBase):
            module.dropout = 0.0
    if change.unfreeze:
        for parameter in model.parameters():
            parameter.requires_grad_(True)


def build_optimizer(case: Case, model: nn.Module, change: Change) -> torch.optim.Optimizer:
    """The run's optimiser for a copy of its model, or the one that the change asks for."""
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    mine = case.training.optimizer
    if change.adam is not None:
        return torch.optim.Adam(trained, lr=change.adam)
    if mine is None:
        return torch.optim.SGD(trained, lr=1e-2 * change.rate)
    names = {id(parameter): name for name, parameter in case.model.named_parameters()}
    copies = dict(model.named_parameters())
    now = [float(group["lr"]) for group in mine.param_groups]
    rates = case.recording.peak_rates if len(case.recording.peak_rates) == len(now) else now
    first = rates[0]
    groups = []
    for group, rate in zip(mine.param_groups, rates, strict=True):
        settings = {key: value for key, value in group.items() if key not in ("params", "initial_lr")}
        kept = [copies[names[id(parameter)]] for parameter in group["params"] if id(parameter) in names]
        settings["lr"] = rate * change.rate
        if change.plain and "weight_decay" in settings:
            settings["weight_decay"] = 0.0
        if kept:
            groups.append({"params": kept, **settings})
    if change.unfreeze:
        held = {id(parameter) for group in groups for parameter in group["params"]}
        missing = [parameter for parameter in trained if id(parameter) not in held]
        if missing:
            groups.append({**(groups[0] if groups else {"lr": first * change.rate}), "params": missing})
    try:
        return type(mine)(groups, lr=first)
    except (TypeError, ValueError):
        return torch.optim.Adam(trained, lr=1e-3 * change.rate)


def usual_loss(outputs: Tensor, targets: Tensor, aim: Aim) -> Tensor:
    """The loss that suits a task, whatever the model's last activation: probabilities are taken as such."""
    if aim.kind == "classes":
        wanted = targets.argmax(1) if aim.one_hot else targets.long()
        scores = outputs.movedim(aim.axis, 1)
        if _are_probabilities(scores):
            return nn.functional.nll_loss(scores.clamp_min(1e-7).log(), wanted)
        return nn.functional.cross_entropy(scores, wanted)
    flat, wanted = outputs.reshape(-1), targets.reshape(-1).float()
    if aim.kind == "binary":
        wanted = (wanted > 0).float()
        if bool(((outputs >= 0) & (outputs <= 1)).all()):
            return nn.functional.binary_cross_entropy(flat.clamp(1e-6, 1 - 1e-6), wanted)
        return nn.functional.binary_cross_entropy_with_logits(flat, wanted)
    return nn.functional.mse_loss(flat, wanted)


def scaling(pool: Pool) -> tuple[Tensor, Tensor] | None:
    """Mean and deviation of inputs: a column for tables, a channel for pictures; None where inputs are no plain numbers."""
    values = pool.inputs
    if not isinstance(values, Tensor) or not pool.stacked or values.ndim < 2 or not values.is_floating_point():
        return None
    axes = [0] if values.ndim == 2 else [0, *range(2, values.ndim)]
    mean, spread = values.double().mean(axes, keepdim=True), values.double().std(axes, keepdim=True)
    spread = torch.where(spread > 1e-8, spread, torch.ones_like(spread))
    return mean.to(values.dtype), spread.to(values.dtype)


def _scaled(pool: Pool, scale: tuple[Tensor, Tensor] | None) -> Pool:
    if scale is None or not pool.stacked:
        return pool
    batches = [((inputs - scale[0]) / scale[1], targets) for inputs, targets in pool.batches]
    return Pool((pool.inputs - scale[0]) / scale[1], pool.targets, batches, pool.whole)


def _run(
    case: Case,
    trial: Trial,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    scale: tuple[Tensor, Tensor] | None,
    seconds: float,
) -> None:
    change, allowance = trial.change, Allowance(seconds)
    rates = [group["lr"] for group in optimizer.param_groups]
    planned = case.recording.rates
    device = next((parameter.device for parameter in model.parameters()), torch.device("cpu"))
    for inputs, targets in batches_for(case, change):
        if trial.steps >= max(1, int(case.steps * change.longer)) or allowance.left < 0:
            break
        if change.adam is None and planned:
            follow = planned[min(trial.steps, len(planned) - 1)] / (max(planned) or 1.0)
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * follow
        if scale is not None:
            inputs = (inputs - scale[0]) / scale[1]
        inputs, targets = to_device(inputs, device), to_device(targets, device)
        optimizer.zero_grad()
        loss = _loss(case, change, call(model, inputs), targets)
        loss.backward()
        if change.clip is not None:
            nn.utils.clip_grad_norm_(model.parameters(), change.clip)
        optimizer.step()
        trial.losses.append(loss.item())
        trial.steps += 1
        if not math.isfinite(trial.losses[-1]):
            trial.broke = "the loss became NaN"
            break


def _loss(case: Case, change: Change, outputs: Any, targets: Any) -> Tensor:
    if change.loss == "usual" and case.aim.understood:
        return usual_loss(outputs, targets, case.aim)
    loss = case.training.loss_fn(outputs, targets)
    return -loss if change.loss == "negated" else loss


def batches_for(case: Case, change: Change) -> Iterator[tuple[Any, Any]]:
    """Batches without end: as the loader gave them, or drawn anew."""
    pool = case.train
    size = max(pool.batch, change.batch)
    redraw = pool.stacked and (change.shuffle or size != pool.batch or case.shuffles)
    generator = torch.Generator().manual_seed(change.seed)
    first = change.seed == 0
    while pool.batches:
        if not redraw or (first and not change.shuffle and size == pool.batch):
            yield from pool.batches
        else:
            order = torch.randperm(count_items(pool.inputs), generator=generator)
            for part in order.split(size):
                if len(part) > 1 or size == 1:
                    yield rows(pool.inputs, part), rows(pool.targets, part)
        first = False


def _are_probabilities(scores: Tensor) -> bool:
    sums = scores.detach().sum(1)
    return bool((scores >= 0).all()) and bool(((sums - 1).abs() < 1e-3).all())
