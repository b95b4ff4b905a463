"""Rung 11: the same seed gives the same steps, and the loader the same batches."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from trackside.core import Measurement, Number, Threshold, Verdict
from trackside.core.checks import check
from trackside.lab.preflight.fitting import fallback_optimizer, step
from trackside.lab.preflight.guard import bits, remember_random
from trackside.lab.preflight.subject import Rung, Subject
from trackside.lab.training import call
from trackside.lab.trees import leaves

_STEPS = 2
_BATCHES = 2


@check(
    "determinism",
    asks="Does the same seed give the same run?",
    costs="four steps and the first batches twice",
    source="PyTorch, Reproducibility",
    thresholds=(
        Threshold(
            "steps that differ", at_most=0, otherwise=Verdict.WARN, reason="a run that cannot be repeated cannot be debugged"
        ),
        Threshold(
            "batches that differ", at_most=0, otherwise=Verdict.WARN, reason="order and augmentation should follow the seed"
        ),
    ),
)
def determinism(subject: Subject) -> Rung:
    """Two steps, twice from the same seed, compared bit by bit; then the first batches, twice from the same seed."""
    runs = [_run(subject) for _ in range(2)]
    differ = sum(repr(one) != repr(other) for one, other in zip(*(run[0] for run in runs), strict=True))
    differ += 0 if _same(*(run[1] for run in runs)) else 1
    loading = _batches_that_differ(subject)
    numbers = (Number("steps that differ", differ), Number("batches that differ", loading))
    parts = []
    if differ:
        names = _random_layers(subject)
        parts.append(
            "the same two steps give another loss" + (f": {names[0]} is the first layer that differs" if names else "")
        )
    if loading:
        parts.append(
            "the loader gives other batches from the same seed: its order or an augmentation has a source of its own"
        )
    says = "; ".join(parts) or "two steps from one seed are the same bit for bit, and so are the batches"
    step_ = "draw all random numbers from torch's generator, seed it, and give DataLoader a generator and worker_init_fn"
    if differ and not loading:
        step_ = "use torch's generator inside the model, and torch.use_deterministic_algorithms(True) to find other sources"
    return Rung(Measurement(numbers), says, (), step_)


def _run(subject: Subject) -> tuple[list[float], list[Tensor]]:
    made = subject.copy()
    optimizer = made.optimizer or fallback_optimizer(made, 1e-3)
    subject.seeded()
    pairs = subject.train.pairs
    if optimizer is None:
        return [], []
    losses = [step(made, optimizer, pairs[place % len(pairs)]) for place in range(_STEPS)]
    return losses, [parameter.detach() for parameter in made.model.parameters()]


def _batches_that_differ(subject: Subject) -> int:
    """How many of the first batches differ between two looks from one seed."""
    back = remember_random(subject.training.train)
    looks = []
    for _ in range(2):
        back()
        subject.seeded()
        batches = iter(subject.training.train)
        looks.append(
            [list(leaves(subject.training.split(batch))) for _, batch in zip(range(_BATCHES), batches, strict=False)]
        )
    back()
    return sum(not _same(one, other) for one, other in zip(*looks, strict=True))


def _same(one: list[Tensor], other: list[Tensor]) -> bool:
    return len(one) == len(other) and all(
        a.shape == b.shape and torch.equal(bits(a), bits(b)) for a, b in zip(one, other, strict=True)
    )


def _random_layers(subject: Subject) -> list[str]:
    """Layers whose outputs differ from the same seed and the same input, the first one first."""
    answers: list[dict[str, list[Tensor]]] = []
    for _ in range(2):
        made, seen = subject.copy(), dict[str, list[Tensor]]()

        def keep(outputs: Any, name: str, seen: dict[str, list[Tensor]]) -> None:
            seen.setdefault(name, [leaf.detach().clone() for leaf in leaves(outputs)])

        for name, part in made.model.named_modules():
            part.register_forward_hook(lambda *given, name=name, seen=seen: keep(given[-1], name, seen))
        subject.seeded()
        with torch.no_grad():
            call(made.model, subject.train.pairs[0][0])
        answers.append(seen)
    first, second = answers
    return [name or "the model itself" for name in first if not _same(first[name], second.get(name, []))]
