"""How good a model is, on a scale that does not depend on its loss: -1 to 1, where 0 is guessing and 1 is perfect.

A loss may itself be what is wrong, so experiments are compared by skill: balanced accuracy above chance for classes,
Somers' D (2 AUC - 1) for yes and no, R^2 for numbers. What the outputs mean is told from outputs and targets alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn

from trackside.lab.diagnosis.pool import Pool, rows
from trackside.lab.training import call, to_device
from trackside.lab.trees import count_items, leaves

Kind = Literal["classes", "binary", "numbers", "loss", "unknown"]
ITEMS = 1_000
"""Items of a split that skill is measured on."""


@dataclass(frozen=True)
class Aim:
    """What a model is to tell.

    Attributes:
        kind: classes, yes or no (one or several at once), numbers; else a low loss, or nothing.
        axis: the outputs' axis of classes.
        classes: how many.
        one_hot: targets are rows of shares, such as zeros with one one.
        start: mean loss before training, for the kind `loss`.
        lopsided: the loss asks for numbers that lie elsewhere than the targets, such as quantiles or logarithms.
    """

    kind: Kind
    axis: int = 1
    classes: int = 0
    one_hot: bool = False
    start: float = 0.0
    lopsided: bool = False

    @property
    def understood(self) -> bool:
        """Whether outputs can be told right from wrong without asking the loss."""
        return self.kind not in ("loss", "unknown")


def aim_of(outputs: Any, targets: Any) -> Aim:
    """What outputs and targets of some items say about the task."""
    if (
        not isinstance(outputs, Tensor)
        or not isinstance(targets, Tensor)
        or not outputs.is_floating_point()
        or not len(targets)
    ):
        return Aim("unknown")
    whole = not targets.is_floating_point()
    if outputs.ndim == targets.ndim + 1 and outputs.shape[0] == targets.shape[0] and outputs.ndim >= 2:
        if outputs.shape[1] == 1 and not (whole and targets.ndim > 1):
            return _same(targets)
        axis = 1 if outputs.shape[2:] == targets.shape[1:] else outputs.ndim - 1
        if whole or _is_whole(targets):
            return Aim("classes", axis, int(outputs.shape[axis]))
        return Aim("unknown")
    if outputs.numel() != targets.numel():
        return Aim("unknown")
    if outputs.ndim == 2 and outputs.shape[1] > 1 and outputs.shape == targets.shape and _is_one_hot(targets):
        return Aim("classes", 1, int(outputs.shape[1]), one_hot=True)
    return _same(targets)


def skill(outputs: Any, targets: Any, aim: Aim) -> float:
    """The skill of outputs, -1 to 1; NaN where it cannot be told."""
    if not aim.understood or not isinstance(outputs, Tensor):
        return float("nan")
    outputs = outputs.detach().float().cpu()
    targets = targets.detach().cpu()
    if not bool(torch.isfinite(outputs).all()):
        return 0.0
    if aim.kind == "classes":
        return _classes(outputs, targets.argmax(1) if aim.one_hot else targets, aim)
    columns, wanted = outputs.reshape(len(targets), -1), targets.reshape(len(targets), -1).float()
    measure = _somers if aim.kind == "binary" else _correlation if aim.lopsided else _determination
    scores = [measure(columns[:, place], wanted[:, place]) for place in range(min(columns.shape[1], 64))]
    known = [score for score in scores if score == score]
    return float(sum(known) / len(known)) if known else float("nan")


def predict(model: nn.Module, pool: Pool, *, items: int = ITEMS, training: bool = False) -> tuple[Any, Any]:
    """Outputs and targets of the first items of a pool, in evaluation mode unless asked otherwise; (None, None) for none."""
    device = next((parameter.device for parameter in model.parameters()), torch.device("cpu"))
    was = [(module, module.training) for module in model.modules()]
    model.train(training)
    given, wanted, count = [], [], 0
    try:
        with torch.no_grad():
            for inputs, targets in portions(pool):
                output = call(model, to_device(inputs, device))
                if not isinstance(output, Tensor) or not isinstance(targets, Tensor):
                    return None, None
                given.append(output)
                wanted.append(targets)
                count += count_items(inputs)
                if count >= items:
                    break
    finally:
        for module, mode in was:
            module.training = mode
    return (torch.cat(given), torch.cat(wanted)) if given else (None, None)


def portions(pool: Pool, size: int = 250) -> Any:
    """A pool's items in portions that suit evaluation."""
    if not pool.stacked:
        yield from pool.batches
        return
    order = torch.randperm(count_items(pool.inputs), generator=torch.Generator().manual_seed(0))
    for part in order.split(size):
        yield rows(pool.inputs, part), rows(pool.targets, part)


def measure(model: nn.Module, pool: Pool, aim: Aim) -> float:
    """The skill of a model on a pool; NaN where it cannot be told, 0 where the model breaks."""
    if not aim.understood or not len(pool):
        return float("nan")
    try:
        outputs, targets = predict(model, pool)
    except Exception:
        return float("nan")
    return skill(outputs, targets, aim) if outputs is not None and _fits(outputs, targets, aim) else float("nan")


def mean_loss(model: nn.Module, loss_fn: Any, pool: Pool, *, items: int = ITEMS) -> float:
    """The mean loss over the first items of a pool, in evaluation mode; NaN where it cannot be had."""
    device = next((parameter.device for parameter in model.parameters()), torch.device("cpu"))
    was, losses, count = [(module, module.training) for module in model.modules()], [], 0
    model.eval()
    try:
        with torch.no_grad():
            for inputs, targets in pool.batches:
                losses.append(float(loss_fn(call(model, to_device(inputs, device)), to_device(targets, device))))
                count += count_items(inputs)
                if count >= items:
                    break
    except Exception:
        return float("nan")
    finally:
        for module, mode in was:
            module.training = mode
    return sum(losses) / len(losses) if losses else float("nan")


def finite(value: Any) -> bool:
    """Whether all tensors in a value hold finite numbers only."""
    return all(bool(torch.isfinite(tensor).all()) for tensor in leaves(value) if tensor.is_floating_point())


def _fits(outputs: Tensor, targets: Tensor, aim: Aim) -> bool:
    return len(outputs) == len(targets) and (aim.kind != "classes" or outputs.ndim > aim.axis)


def _same(targets: Tensor) -> Aim:
    """One number an item: a yes or no, or a number."""
    values = torch.unique(targets.reshape(-1)[:5_000])
    yes_no = len(values) <= 2 and (set(values.tolist()) <= {0, 1} or set(values.tolist()) <= {-1, 1})
    return Aim("binary" if yes_no else "numbers")


def _is_whole(targets: Tensor) -> bool:
    return bool((targets == targets.round()).all()) and bool((targets >= 0).all())


def _is_one_hot(targets: Tensor) -> bool:
    """Whether rows are shares of classes: zeros with one one, softened labels, a teacher's probabilities."""
    values = targets.float()
    return bool((values >= 0).all()) and bool(((values.sum(1) - 1).abs() < 1e-3).all())


def _classes(outputs: Tensor, targets: Tensor, aim: Aim) -> float:
    """Balanced accuracy above chance: (recall averaged over classes - 1/c) / (1 - 1/c)."""
    guessed, wanted = outputs.argmax(aim.axis).reshape(-1), targets.reshape(-1).long()
    kept = (wanted >= 0) & (wanted < aim.classes)
    guessed, wanted = guessed[kept], wanted[kept]
    present = torch.unique(wanted)
    if len(present) < 2:
        return float("nan")
    recalls = torch.stack([(guessed[wanted == one] == one).float().mean() for one in present])
    chance = 1 / len(present)
    return float((recalls.mean() - chance) / (1 - chance))


def _somers(outputs: Tensor, targets: Tensor) -> float:
    """2 AUC - 1, by ranks (ties share theirs)."""
    yes = targets > targets.min()
    positive, negative = int(yes.sum()), int((~yes).sum())
    if not positive or not negative:
        return float("nan")
    from scipy.stats import rankdata

    ranks = torch.from_numpy(rankdata(outputs.numpy()))
    area = (float(ranks[yes].sum()) - positive * (positive + 1) / 2) / (positive * negative)
    return 2 * area - 1


def _determination(outputs: Tensor, targets: Tensor) -> float:
    """R^2, never below -1."""
    spread = float(((targets - targets.mean()) ** 2).sum())
    if spread <= 1e-12 * max(1.0, float((targets**2).sum())):
        return float("nan")
    return max(-1.0, 1 - float(((outputs - targets) ** 2).sum()) / spread)


def _correlation(outputs: Tensor, targets: Tensor) -> float:
    """The square of the correlation, with its sign."""
    one, other = outputs - outputs.mean(), targets - targets.mean()
    down = math.sqrt(float((one**2).sum()) * float((other**2).sum()))
    along = float((one * other).sum()) / down if down > 1e-10 else 0.0
    return along * abs(along)
