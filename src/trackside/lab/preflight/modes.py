"""Rung 7: training mode against evaluation mode."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import nn

from trackside.core import Cause, Measurement, Number, Threshold, Verdict
from trackside.core.checks import check
from trackside.lab.preflight.causing import cause, remedy
from trackside.lab.preflight.gradients import subject_loss
from trackside.lab.preflight.subject import Rung, Subject
from trackside.lab.training import Training, call
from trackside.lab.trees import leaves

_BATCHES = 16
_BATCH_NORM = nn.modules.batchnorm._BatchNorm
_DROPOUT = nn.modules.dropout._DropoutNd


@dataclass(frozen=True)
class _Modes:
    training: float
    evaluation: float
    untouched: float
    random: bool


@check(
    "eval-train",
    asks="Does the model answer alike in training and in evaluation mode?",
    costs="some forward passes",
    source="Ioffe, Szegedy, Batch Normalization, ICML 2015; Li et al., Disharmony of Dropout and BN, CVPR 2019",
    thresholds=(
        Threshold("random in evaluation mode", at_most=0, reason="evaluation must give one answer: dropout is always on"),
        Threshold(
            "loss in evaluation over training mode",
            at_most=3,
            otherwise=Verdict.WARN,
            reason="with statistics of the same batches both modes compute nearly the same; dropout adds tens of percent",
        ),
        Threshold(
            "start of the statistics left after the run",
            at_most=0.05,
            otherwise=Verdict.WARN,
            reason="evaluation then still normalises by the arbitrary start values, not by the data",
        ),
        Threshold(
            "batches that the statistics remember",
            at_least=1.5,
            otherwise=Verdict.WARN,
            reason="PyTorch's momentum is the share of the new batch: 0.99 (TensorFlow's 0.01) keeps only the last one",
        ),
        Threshold(
            "strongest dropout",
            at_most=0.8,
            otherwise=Verdict.WARN,
            reason="0.2 to 0.5 is usual; above 0.8 little is left",
        ),
        Threshold(
            "items behind a batch statistic",
            at_least=4,
            otherwise=Verdict.WARN,
            reason="statistics of fewer than four values are noise (Wu, He, Group Normalization, ECCV 2018)",
        ),
    ),
)
def eval_train(subject: Subject) -> Rung:
    """Losses of the same batches in both modes, after batch normalisation has seen these batches."""
    model = subject.training.model
    seen = _compare(subject)
    norms = [part for part in model.modules() if isinstance(part, _BATCH_NORM)]
    momenta = [part.momentum for part in norms if part.momentum is not None and part.track_running_stats]
    # Where nobody said how long the run is: ten epochs, and two hundred steps at least.
    an_epoch = steps_an_epoch(subject) or 0
    steps = an_epoch * subject.epochs if subject.epochs else max(10 * an_epoch, 200)
    left = max(((1 - momentum) ** steps for momentum in momenta), default=0.0) if steps else 0.0
    dropout = max((part.p for part in model.modules() if isinstance(part, _DROPOUT)), default=0.0)
    ratio = _ratio(seen, subject)
    numbers = (
        Number("random in evaluation mode", float(seen.random)),
        Number("loss in evaluation over training mode", ratio),
        Number("start of the statistics left after the run", 0.0 if _has_statistics(norms) else left),
        Number("batches that the statistics remember", 1 / max(momenta) if momenta else 100.0),
        Number("strongest dropout", dropout),
        Number("items behind a batch statistic", _items(subject, norms)),
        Number("loss in training mode", seen.training),
        Number("loss in evaluation mode", seen.evaluation),
        Number("loss in evaluation mode before any step", seen.untouched),
    )
    says = f"the same batches score {seen.training:.4g} in training mode and {seen.evaluation:.4g} in evaluation mode"
    says += "; two evaluations of the same batch differ" if seen.random else ""
    causes, step = _why(seen.random, dropout, bool(norms))
    return Rung(Measurement(numbers), says, causes, step)


def _compare(subject: Subject) -> _Modes:
    made, pairs = subject.copy(), subject.train.pairs[:_BATCHES]
    subject.seeded()
    with torch.no_grad():
        untouched = _mean(subject.copy(mode=False), pairs)
        for part in made.model.modules():
            if isinstance(part, _BATCH_NORM) and part.track_running_stats:
                part.reset_running_stats()
                part.momentum = None  # A plain average over the batches seen.
        training = _mean(made, pairs)
        made.model.eval()
        evaluation = _mean(made, pairs)
        return _Modes(training, evaluation, untouched, _is_random(subject, made))


def _mean(made: Training, pairs: list[tuple[object, object]]) -> float:
    return sum(float(subject_loss(made, pair)) for pair in pairs) / len(pairs)


def _is_random(subject: Subject, made: Training) -> bool:
    inputs, _ = subject.train.pairs[0]
    answers = []
    for seed in (1, 2):
        subject.seeded(seed)
        answers.append([leaf.clone() for leaf in leaves(call(made.model, inputs))])
    pairs = zip(*answers, strict=True)
    return any(one.shape != other.shape or not torch.allclose(one, other, rtol=1e-4, atol=1e-6) for one, other in pairs)


def _ratio(seen: _Modes, subject: Subject) -> float:
    """The worse over the better mode, above 1; a tenth of the loss of no knowledge is added: tiny losses differ freely."""
    one, other = abs(seen.training), abs(seen.evaluation)
    if not (math.isfinite(one) and math.isfinite(other)):
        return math.inf if math.isfinite(one) else 1.0  # The loss at the start says it if training mode is no number.
    slack = 0.1 * abs(subject.notes.get("no knowledge", 0.0))
    low, high = min(one, other) + slack, max(one, other) + slack
    return high / low if low > 1e-6 else 1.0 if high < 1e-4 else math.inf


def steps_an_epoch(subject: Subject) -> int | None:
    """How many batches an epoch has, if somebody knows."""
    try:
        return len(subject.training.train)  # type: ignore[arg-type]
    except TypeError:
        return len(subject.train.pairs) if subject.train.whole else None


def _has_statistics(norms: list[nn.Module]) -> bool:
    """Whether running statistics were fitted before, as those of pretrained weights."""
    means = [part.running_mean for part in norms if getattr(part, "running_mean", None) is not None]
    return any(bool(mean.any()) for mean in means)


def _items(subject: Subject, norms: list[nn.Module]) -> float:
    """The smallest number of values that a batch statistic averages."""
    smallest = [1000.0]
    made = subject.copy()

    def counted(_: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        entered = inputs[0]
        smallest.append(entered.numel() / max(entered.shape[1], 1) if entered.ndim >= 2 else 1000.0)

    handles = [part.register_forward_pre_hook(counted) for part in made.model.modules() if isinstance(part, _BATCH_NORM)]
    if norms:
        with torch.no_grad():
            call(made.model, subject.train.pairs[0][0])
    for handle in handles:
        handle.remove()
    return min(smallest)


def _why(random: bool, dropout: float, has_norm: bool) -> tuple[tuple[Cause, ...], str]:
    if random:
        return (cause("implementation-bug"),), "use nn.Dropout, or give F.dropout training=self.training"
    ids = (["over-regularised"] if dropout > 0.5 else []) + (["batch-norm-batch-1"] if has_norm else [])
    step = "set batch normalisation's momentum to 0.1, dropout to 0.5 or less and after it, or use group normalisation"
    return tuple(cause(name) for name in ids), step if ids else remedy("implementation-bug")
