"""Rung 5: gradients reach every parameter that should learn, and the optimiser has it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from trackside.core import Cause, Measurement, Number, Threshold, Verdict
from trackside.core.checks import check
from trackside.lab.hidden import hidden_parameters
from trackside.lab.preflight.causing import cause, listed, remedy
from trackside.lab.preflight.subject import Rung, Subject
from trackside.lab.training import Training

_STEPS = 4
_RATE = 1e-3
_FEWEST_UNITS = 8


@dataclass
class Flow:
    """Names of parameters, by what happens to their gradients.

    Attributes:
        cut: their module ran, but no gradient came.
        unused: their module never ran.
        dead: zero at every step.
        bad: NaN or infinity.
        frozen: `requires_grad` is False.
        absent: trainable, but the optimiser does not have them.
        hidden: in plain containers, and gradients reach them.
        foreign: how many parameters the optimiser has that are neither the model's nor the loss's.
        dead_units: the largest share of units of a layer whose gradient is zero at every step, and the layer.
        spread: smallest over largest size of a layer's gradient relative to its weights.
    """

    cut: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    frozen: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    foreign: int = 0
    dead_units: tuple[float, str] = (0.0, "")
    spread: float = 1.0


@check(
    "gradient-flow",
    asks="Does a gradient reach every parameter that should learn, and does the optimiser have it?",
    costs="a few steps on a copy",
    source="Karpathy, A Recipe for Training Neural Networks, 2019; Zhang et al., AutoTrainer, ICSE 2021",
    thresholds=(
        Threshold("trainable", at_least=1, reason="without a trainable parameter nothing is learnt"),
        Threshold("cut off", at_most=0, reason="a layer that runs and gets no gradient never learns"),
        Threshold("not finite", at_most=0, reason="one NaN spoils all weights at the next step"),
        Threshold(
            "dead", at_most=0, reason="a gradient of exactly zero at each of several steps does not come back by itself"
        ),
        Threshold("not in the optimiser", at_most=0, reason="what the optimiser does not have stays as it is"),
        Threshold(
            "hidden from the model", at_most=0, reason="what parameters() does not list is neither fitted, moved nor saved"
        ),
        Threshold("the optimiser's that are not the model's", at_most=0, reason="it steps another model"),
        Threshold(
            "unused", at_most=0, otherwise=Verdict.NOTE, reason="a layer that never runs is no fault, but seldom meant"
        ),
        Threshold("frozen", at_most=0, otherwise=Verdict.NOTE, reason="right for transfer, wrong for anything else"),
        Threshold(
            "dead units of a layer",
            at_most=70,
            otherwise=Verdict.WARN,
            reason="half of a ReLU layer rests on an input, but few units rest on all inputs of several batches",
        ),
        Threshold(
            "smallest over largest gradient",
            at_least=1e-7,
            otherwise=Verdict.WARN,
            reason="layers in healthy networks differ by some powers of ten; float32 carries seven",
        ),
    ),
)
def gradient_flow(subject: Subject) -> Rung:
    """Gradients of all parameters over a few steps of Adam on a copy; a zero-initialised layer may open the way later."""
    flow = _flow(subject)
    trainable = sum(parameter.requires_grad for parameter in subject.training.model.parameters())
    subject.notes["no gradient"] = bool(flow.cut or flow.dead or flow.hidden or not trainable)
    numbers = (
        Number("trainable", trainable),
        Number("cut off", len(flow.cut)),
        Number("not finite", len(flow.bad)),
        Number("dead", len(flow.dead)),
        Number("not in the optimiser", len(flow.absent)),
        Number("hidden from the model", len(flow.hidden)),
        Number("the optimiser's that are not the model's", flow.foreign),
        Number("unused", len(flow.unused)),
        Number("frozen", len(flow.frozen)),
        Number("dead units of a layer", 100 * flow.dead_units[0], "%"),
        Number("smallest over largest gradient", flow.spread),
    )
    causes, fix = _why(flow)
    return Rung(Measurement(numbers), _told(flow, trainable), causes, fix)


def _flow(subject: Subject) -> Flow:
    made = subject.copy()
    subject.seeded()
    named = dict(made.model.named_parameters())
    hidden = {name: value for name, value in hidden_parameters(made.model).items() if value.requires_grad}
    ran = _Ran(made.model)
    history = adam_steps(subject, made, {**named, **hidden})
    ran.stop()
    flow = Flow(frozen=[name for name, value in named.items() if not value.requires_grad])
    for name, parameter in named.items():
        if parameter.requires_grad:
            _sort(flow, name, history[name], ran.has(name))
    flow.hidden = [name for name in hidden if any(value is not None for value in history[name])]
    flow.absent, flow.foreign = _in_optimizer(subject.training)
    flow.dead_units = _dead_units(named, history)
    flow.spread = _spread(named, history)
    return flow


def adam_steps(subject: Subject, made: Training, parameters: dict[str, Tensor]) -> dict[str, list[Tensor | None]]:
    """The gradient of each parameter at each step."""
    history: dict[str, list[Tensor | None]] = {name: [] for name in parameters}
    trainable = [value for value in parameters.values() if value.requires_grad]
    if not trainable:
        return history
    optimizer = torch.optim.Adam(trainable, lr=_RATE)
    pairs = subject.train.pairs
    for step in range(_STEPS):
        loss = subject_loss(made, pairs[step % len(pairs)])
        optimizer.zero_grad()
        if loss.requires_grad:
            loss.backward()
        for name, value in parameters.items():
            history[name].append(None if value.grad is None else value.grad.detach().clone())
        optimizer.step()
    return history


def subject_loss(made: Training, pair: tuple[Any, Any]) -> Tensor:
    """The loss of a batch that was taken apart before."""
    from trackside.lab.training import call

    return made.loss_fn(call(made.model, pair[0]), pair[1])


class _Ran:
    """Which modules ran."""

    def __init__(self, model: nn.Module) -> None:
        self._names: set[str] = set()
        self._handles = [
            module.register_forward_hook(lambda *_, name=name: self._names.add(name))
            for name, module in model.named_modules()
        ]

    def has(self, parameter: str) -> bool:
        """Whether the module that owns the parameter ran; True for parts of modules that read weights without a call."""
        owner = parameter.rpartition(".")[0]
        while owner and owner not in self._names:
            owner = owner.rpartition(".")[0]
            if owner in self._names:
                return False
        return True

    def stop(self) -> None:
        """Take the hooks away."""
        for handle in self._handles:
            handle.remove()


def _sort(flow: Flow, name: str, gradients: list[Tensor | None], ran: bool) -> None:
    got = [gradient for gradient in gradients if gradient is not None]
    if not got:
        (flow.cut if ran else flow.unused).append(name)
    elif any(not bool(torch.isfinite(gradient).all()) for gradient in got):
        flow.bad.append(name)
    elif all(not bool(gradient.any()) for gradient in got):
        flow.dead.append(name)


def _in_optimizer(training: Training) -> tuple[list[str], int]:
    if training.optimizer is None:
        return [], 0
    held = {id(value) for group in training.optimizer.param_groups for value in group["params"]}
    absent = [name for name, value in training.model.named_parameters() if value.requires_grad and id(value) not in held]
    owners = [training.model, training.loss_fn] if isinstance(training.loss_fn, nn.Module) else [training.model]
    own = {id(value) for owner in owners for value in owner.parameters()}
    own |= {id(value) for value in hidden_parameters(training.model).values()}
    return absent, len(held - own)


def _dead_units(named: dict[str, nn.Parameter], history: dict[str, list[Tensor | None]]) -> tuple[float, str]:
    """The layer with most units (rows of weights) that got no gradient at any step. Embeddings rest by nature."""
    worst = (0.0, "")
    for name, parameter in named.items():
        got = [gradient for gradient in history[name] if gradient is not None]
        if not got or parameter.ndim < 2 or len(parameter) < _FEWEST_UNITS or "embed" in name.lower() or _is_sparse(got):
            continue
        total = torch.stack([gradient.abs().reshape(len(gradient), -1).sum(1) for gradient in got]).sum(0)
        worst = max(worst, (float((total == 0).double().mean()), name))
    return worst


def _is_sparse(gradients: list[Tensor]) -> bool:
    """Whether rows with a gradient change from step to step, as those of an embedding do."""
    rows = [gradient.abs().reshape(len(gradient), -1).sum(1) > 0 for gradient in gradients]
    return any(bool((row & ~rows[0]).any()) for row in rows[1:]) and float(rows[0].double().mean()) < 0.5


def _spread(named: dict[str, nn.Parameter], history: dict[str, list[Tensor | None]]) -> float:
    """Size of gradients against size of weights, the smallest layer's against the largest's, at the last step."""
    sizes = []
    for name, parameter in named.items():
        last = history[name][-1] if history[name] else None
        if last is not None and parameter.ndim >= 2 and bool(last.any()):
            sizes.append(float(last.double().norm() / (parameter.detach().double().norm() + 1e-12)))
    good = [size for size in sizes if math.isfinite(size) and size > 0]
    return min(good) / max(good) if good else 1.0


def _told(flow: Flow, trainable: int) -> str:
    said = [
        (flow.bad, "gradients are NaN or infinite"),
        (flow.cut, "run, but get no gradient"),
        (flow.dead, "get a gradient of exactly zero"),
        (flow.hidden, "are kept in plain containers, where parameters() does not see them"),
        (flow.absent, "are not in the optimiser"),
        (flow.unused, "never run"),
        (flow.frozen, "are frozen"),
    ]
    parts = [f"{len(names)} {what} ({listed(names)})" for names, what in said if names]
    if flow.foreign:
        parts.append(f"the optimiser holds {flow.foreign} parameters that are not this model's")
    if flow.dead_units[0] > 0.7:
        parts.append(f"{flow.dead_units[0]:.0%} of the units of {flow.dead_units[1]} get no gradient")
    if not trainable:
        return "no parameter is trainable"
    return "; ".join(parts) or f"gradients reach all {trainable} trainable parameters"


def _why(flow: Flow) -> tuple[tuple[Cause, ...], str]:
    ids = []
    if flow.bad:
        ids += ["exploding-gradients", "nan-in-data"]
    if flow.hidden:
        ids.append("unregistered-parameters")
    if flow.dead or flow.dead_units[0] > 0.7:
        ids += ["dying-relu", "bad-initialisation"]
    if flow.cut or flow.absent or flow.foreign or flow.frozen:
        ids.append("frozen-parameters")
    if flow.spread < 1e-7:
        ids.append("vanishing-gradients")
    fix = "; ".join(remedy(name) for name in ids) or "remove what never runs, or use it"
    return tuple(cause(name) for name in ids), fix
