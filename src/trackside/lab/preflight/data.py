"""Rung 1: shapes, types, ranges and labels of what the loader gives."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from trackside.core import Measurement, Number, Threshold, Verdict
from trackside.core.checks import check
from trackside.lab.preflight.causing import cause, remedy
from trackside.lab.preflight.losses import CLASSES, Kind
from trackside.lab.preflight.subject import Rung, Subject, has_nan
from trackside.lab.training import call
from trackside.lab.trees import count_items, leaves

_LABELS_ENOUGH = 20
"""With so many labels of two equally frequent classes, all of one class by chance has a probability of 2e-6."""
_ORDER_Z = 6.0

Trouble = tuple[str, str, str, str]
"""The number it belongs to, what is wrong, what to do, the id of its cause."""


@check(
    "batches",
    asks="Do inputs and targets have the shapes, types and values that model and loss need?",
    costs="a first look at the loader",
    source="Karpathy, A Recipe for Training Neural Networks, 2019",
    thresholds=(
        Threshold("faults", at_most=0, reason="each of them stops or spoils the training"),
        Threshold("doubts", at_most=0, otherwise=Verdict.WARN, reason="training runs, but on what nobody means"),
    ),
)
def batches(subject: Subject) -> Rung:
    """Counts what is wrong with the batches; says each."""
    found = list(_troubles(subject))
    items = subject.train.items
    numbers = (
        Number("faults", sum(trouble[0] == "faults" for trouble in found)),
        Number("doubts", sum(trouble[0] == "doubts" for trouble in found)),
        Number("batches", len(subject.train.pairs)),
        Number("items", items),
    )
    if found:
        causes = tuple(cause(name) for name in dict.fromkeys(trouble[3] for trouble in found))
        fixes = "; ".join(dict.fromkeys(trouble[2] for trouble in found))
        return Rung(Measurement(numbers), "; ".join(trouble[1] for trouble in found), causes, fixes)
    inputs, targets = subject.train.pairs[0]
    seen = f"{len(subject.train.pairs)} batches, {items:,} items: inputs {_shown(inputs)}, targets {_shown(targets)}"
    return Rung(Measurement(numbers), seen)


def _troubles(subject: Subject) -> Iterator[Trouble]:
    if subject.train.trouble:
        fix = "give a loader that yields (inputs, targets) in each epoch, such as a DataLoader over a data set with items"
        yield "faults", subject.train.trouble, fix, "implementation-bug"
    if subject.validation is not None and subject.validation.trouble:
        yield "faults", f"validation: {subject.validation.trouble}", "give validation items, or None", "implementation-bug"
    if not subject.train.pairs:
        return
    yield from _values(subject)
    wrong_labels = list(_labels(subject))
    yield from wrong_labels
    if not wrong_labels and subject.trouble:  # Labels outside the range would break the loss: that is said already.
        yield "faults", subject.trouble, _fitting(subject), "implementation-bug"
    elif not wrong_labels:
        yield from _shapes(subject)
        yield from _order(subject)
    yield from _last_batch(subject)


def _values(subject: Subject) -> Iterator[Trouble]:
    for name, seen in (("training", subject.train), ("validation", subject.validation)):
        pairs = seen.pairs if seen is not None else []
        for part, index in (("inputs", 0), ("targets", 1)):
            bad = sum(has_nan(pair[index]) for pair in pairs)
            if bad:
                what = f"{part} hold NaN or infinity in {bad} of {len(pairs)} {name} batches"
                yield "faults", what, remedy("nan-in-data"), "nan-in-data"
    unlike = {count_items(inputs) - count_items(targets) for inputs, targets in subject.train.pairs} - {0}
    if unlike and all(count_items(targets) for _, targets in subject.train.pairs):
        inputs, targets = subject.train.pairs[0]
        what = f"a batch has {count_items(inputs)} inputs and {count_items(targets)} targets"
        yield "faults", what, "give one target for each input", "labels-shifted"


def _labels(subject: Subject) -> Iterator[Trouble]:
    """Labels outside the classes that the model has. Looked at without running the loss, which may not survive them."""
    outputs, _, _ = subject.first_run
    whole = all(not target.is_floating_point() for target in subject.targets)
    if not subject.targets or not whole or not isinstance(outputs, Tensor) or outputs.ndim < 2:
        return
    facts = subject.loss_facts
    if facts.kind not in CLASSES:
        return
    classes = outputs.shape[1]
    labels = torch.cat([target.reshape(-1) for target in subject.targets])
    labels = labels[labels != facts.ignore_index]
    low, high = (int(labels.min()), int(labels.max())) if len(labels) else (0, 0)
    if low < 0 or high >= classes:
        what = f"labels run from {low} to {high}, but the model has {classes} outputs, which takes 0 to {classes - 1}"
        yield (
            "faults",
            what,
            "number the classes from 0, or give the model as many outputs as there are classes",
            "labels-shifted",
        )
    elif len(labels) >= _LABELS_ENOUGH and low == high:
        what = f"all {len(labels):,} labels seen are of class {low}"
        kind = "faults" if subject.train.whole else "doubts"
        yield kind, what, "check the split; shuffle the training data", "data-in-order"


def _shapes(subject: Subject) -> Iterator[Trouble]:
    """Outputs and targets that are broadcast against each other, such as [n, 1] and [n]."""
    outputs, loss, _ = subject.first_run
    _, targets = subject.train.pairs[0]
    if not isinstance(outputs, Tensor) or not isinstance(targets, Tensor) or loss is None:
        return
    if outputs.shape != targets.shape and targets.is_floating_point() and subject.loss_facts.kind not in CLASSES:
        if _mixes_items(subject, outputs, targets):
            what = f"outputs {list(outputs.shape)} and targets {list(targets.shape)} are broadcast, each against all"
            yield "faults", what, "give both one shape: outputs.squeeze(1), or targets.unsqueeze(1)", "wrong-axis"
    elif subject.loss_facts.kind in CLASSES and outputs.ndim == 2 and outputs.shape[1] == 1:
        what = "the model has one output and a loss over classes: its softmax is always 1"
        yield "faults", what, "give one output a class, or take BCE-with-logits", "wrong-loss-for-activation"


def _mixes_items(subject: Subject, outputs: Tensor, targets: Tensor) -> bool:
    """Whether the slope at the first output depends on the last target."""
    if count_items(targets) < 2:
        return False
    other = targets.clone()
    other[-1] = other[-1] + 1.0
    return not torch.allclose(*(_slope(subject, outputs, target)[0] for target in (targets, other)), rtol=1e-4, atol=1e-12)


def _slope(subject: Subject, outputs: Tensor, targets: Tensor) -> Tensor:
    leaf = outputs.detach().clone().requires_grad_()
    (slope,) = torch.autograd.grad(subject.training.loss_fn(leaf, targets), leaf)
    return slope


def _order(subject: Subject) -> Iterator[Trouble]:
    """Labels that come in order: neighbours are equal more often than chance, by a normal test."""
    targets = subject.targets
    if not targets or any(target.ndim != 1 or target.is_floating_point() for target in targets):
        return
    labels = torch.cat(targets)
    if len(labels) < 2 * _LABELS_ENOUGH:
        return
    shares = torch.unique(labels, return_counts=True)[1].double() / len(labels)
    chance = float((shares**2).sum())
    equal = float((labels[1:] == labels[:-1]).double().mean())
    if chance < 1 and (equal - chance) / math.sqrt(chance * (1 - chance) / len(labels)) > _ORDER_Z:
        what = (
            f"data come in order: neighbours have the same label in {equal:.0%} of cases, against {chance:.0%} if shuffled"
        )
        yield "doubts", what, remedy("data-in-order"), "data-in-order"


def _last_batch(subject: Subject) -> Iterator[Trouble]:
    """Batches of one item in a model with batch normalisation, also if only the last batch is so small."""
    has_norm = any(isinstance(part, nn.modules.batchnorm._BatchNorm) for part in subject.training.model.modules())
    if not has_norm:
        return
    first = count_items(subject.train.pairs[0][0])
    if first == 1:
        yield "faults", "batch normalisation sees batches of one item", remedy("batch-norm-batch-1"), "batch-norm-batch-1"
        return
    loader: Any = subject.training.train
    drops, rows = getattr(loader, "drop_last", None), getattr(loader, "sampler", ())
    size = getattr(loader, "batch_size", None)
    try:
        lone = drops is False and size and len(rows) % size == 1
    except TypeError:
        return
    if lone and _breaks_on_one(subject):
        what = "the last batch of an epoch has one item, at which batch normalisation breaks"
        yield "faults", what, "say drop_last=True, or take another batch size", "batch-norm-batch-1"


def _breaks_on_one(subject: Subject) -> bool:
    from trackside.lab.trees import take_items

    inputs, _ = subject.train.pairs[0]
    try:
        call(subject.copy().model, take_items(inputs, [0], count_items(inputs)))
    except ValueError:
        return True
    return False


def _fitting(subject: Subject) -> str:
    """What to do if model or loss refuse the batch."""
    inputs, targets = subject.train.pairs[0]
    first = next(leaves(inputs), None)
    if isinstance(first, Tensor) and first.dtype == torch.uint8:
        return "give inputs as float32: images.float() / 255, then standardised"
    if isinstance(targets, Tensor) and subject.loss_facts.kind in CLASSES and subject.first_run[0] is not None:
        return "cross-entropy wants class numbers as int64 [n], or class probabilities as float [n, classes]"
    if isinstance(targets, Tensor) and subject.loss_facts.kind is not Kind.OTHER and subject.first_run[0] is not None:
        return "this loss wants targets of the type and shape of the outputs: targets.float(), outputs.squeeze(1)"
    return "run the model on one batch by hand, and give it the shape and type that its first layer takes"


def _shown(value: Any) -> str:
    return (
        ", ".join(f"{str(leaf.dtype).removeprefix('torch.')} {list(leaf.shape)}" for leaf in leaves(value)) or "no tensors"
    )
