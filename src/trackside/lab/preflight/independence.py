"""Rung 6: an item's output depends on that item's input, and on no other of the batch."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from trackside.core import Measurement, Number, Threshold
from trackside.core.checks import check
from trackside.lab.preflight.causing import cause, remedy
from trackside.lab.preflight.gradients import adam_steps
from trackside.lab.preflight.subject import Rung, Subject
from trackside.lab.training import call
from trackside.lab.trees import count_items, leaves, numbers_of_item, replace_items, take_items

_ITEMS = 6
_CONSTANT = 1e-6


@check(
    "own-input-only",
    asks="Does each output depend on its own input only?",
    costs="some forward passes of a few items",
    source="Karpathy, A Recipe for Training Neural Networks, 2019: use backprop to chart dependencies",
    thresholds=(
        Threshold(
            "influence of other items",
            at_most=1e-3,
            reason="rounding differs by 1e-6 when the rest of a batch changes; anything above is a leak across the batch",
        ),
        Threshold(
            "influence of the own item",
            at_least=_CONSTANT,
            reason="an output that stays when its input is replaced cannot tell inputs apart",
        ),
    ),
)
def own_input_only(subject: Subject) -> Rung:
    """How far an output moves when all other items are replaced, relative to how far it moves with its own item.

    Batch normalisation mixes items in training mode, and may; it is held at its statistics, so that what else mixes is seen.
    """
    two = _two_sets(subject)
    if two is None:
        return Rung(Measurement(missing="two different sets of two or more items of one shape are needed"))
    moved = [_moved(subject, *two, training=mode) for mode in (False, True)]
    seen = [one for one in moved if one is not None]
    if not seen:
        return Rung(Measurement(missing="the outputs have no axis that counts items: is the batch the first axis?"))
    other, own = max(one[0] for one in seen), max(one[1] for one in seen)
    if own < _CONSTANT:  # A last layer that starts at zero says the same of all; after some steps it must not.
        later = _moved(subject, *two, training=False, steps=True)
        other, own = later or (other, own)
    numbers = (Number("influence of other items", other), Number("influence of the own item", own))
    if own < _CONSTANT:
        says = "outputs are the same whatever the input is"
        return Rung(Measurement(numbers), says, (cause("dying-relu"), cause("bad-initialisation")), _STEP)
    says = f"replacing all other items of a batch moves an output by {other:.1e} of what its own input moves it"
    return Rung(Measurement(numbers), says, (cause("wrong-axis", 0.9),), remedy("wrong-axis"))


_STEP = "look for the layer after which all items are alike: a dead ReLU, weights of zero, a reduction over the wrong axis"


def _two_sets(subject: Subject) -> tuple[Any, Any, int] | None:
    """Two sets of as many items, of one shape, with different values."""
    inputs, _ = subject.train.pairs[0]
    whole = count_items(inputs)
    if whole >= 4:
        size = min(_ITEMS, whole // 2)
        return (
            take_items(inputs, list(range(size)), whole),
            take_items(inputs, list(range(whole - size, whole)), whole),
            size,
        )
    for other, _ in subject.train.pairs[1:]:
        if whole >= 2 and count_items(other) == whole and _shapes(other) == _shapes(inputs):
            return inputs, other, whole
    return None


def _shapes(value: Any) -> list[torch.Size]:
    return [leaf.shape for leaf in leaves(value)]


def _moved(
    subject: Subject, first: Any, second: Any, size: int, *, training: bool, steps: bool = False
) -> tuple[float, float] | None:
    """Influence of the others and of the own item; None where outputs do not count items."""
    made = subject.copy()
    if steps:
        adam_steps(subject, made, dict(made.model.named_parameters()))
    made.model.train(training)
    if training:
        hold_statistics(made.model)

    def outputs(inputs: Any) -> Any:
        subject.seeded()  # The same dropout mask each time: only the inputs differ.
        with torch.no_grad():
            return call(made.model, inputs)

    base, swapped = outputs(first), outputs(second)
    others, owns = [], []
    for item in range(size):
        alone = numbers_of_item(base, item, size)
        with_others = numbers_of_item(outputs(replace_items(first, second, item, size)), item, size)
        replaced = numbers_of_item(swapped, item, size)
        if alone is None or with_others is None or replaced is None or alone.shape != with_others.shape:
            return None
        others.append(_distance(alone, with_others))
        owns.append(_distance(alone, replaced) if alone.shape == replaced.shape else 1.0)
    scale = max(max(owns), 1e-12)
    size_of_outputs = max((float(leaf.detach().abs().max()) for leaf in leaves(base) if leaf.numel()), default=1.0)
    return max(others) / scale if max(others) > 1e-7 * size_of_outputs else 0.0, max(owns) / max(size_of_outputs, 1e-12)


def _distance(one: Tensor, other: Tensor) -> float:
    return float((one - other).abs().max()) if one.numel() else 0.0


def hold_statistics(model: nn.Module) -> None:
    """Batch normalisation uses its running statistics instead of those of the batch; where it has none, it does nothing."""
    for name, part in list(model.named_modules()):
        if isinstance(part, nn.modules.batchnorm._BatchNorm):
            if part.running_mean is None and name:
                owner, _, own = name.rpartition(".")
                setattr(model.get_submodule(owner), own, nn.Identity())
            else:
                part.eval()
