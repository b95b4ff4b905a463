"""The order of the data: shuffled, or sorted so that each class is forgotten while the next is learned."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from trackside.lab.diagnosis.case import Case
from trackside.lab.diagnosis.examinations.gains import gain, helps, weight_of
from trackside.lab.diagnosis.signs import FAIR, SLIGHT, STRONG, Seen, examination
from trackside.lab.diagnosis.trials import Change

SHUFFLED = Change("shuffled data", shuffle=True)
ORDERED = 0.25
"""Share of the targets' variance that lies between batches, above what shuffling leaves, from which data count as
ordered."""


@examination(
    "data-order", asks="Do data come in random order?", source="McCloskey and Cohen 1989, catastrophic interference"
)
def data_order(case: Case) -> Seen:
    """How much batches differ in their targets, against shuffled batches; and whether shuffling helps."""
    targets = _in_batches(case)
    if targets is None or len(targets) < 3:
        return Seen(missing="fewer than three batches with targets were seen")
    between, expected = _between(targets)
    seen = Seen(says=f"{between:.0%} of what targets vary lies between batches; shuffled batches have {expected:.0%}")
    seen.number("share of variance between batches", between)
    seen.number("the same of shuffled batches", expected)
    if between - expected < ORDERED:
        return seen
    seen.sign("data-in-order", FAIR, seen.says)
    trial = case.trial(SHUFFLED)
    if trial is None or trial.broke:
        return seen
    if helps(case, trial):
        seen.sign("data-in-order", weight_of(case, trial, STRONG), f"with shuffled data {gain(case, trial)}")
    else:
        seen.sign("data-in-order", -FAIR + SLIGHT / 2, f"with shuffled data {gain(case, trial)}")
    return seen


def _in_batches(case: Case) -> list[Tensor] | None:
    """Targets batch for batch: as the loop used them where that was seen, else as the loader gives them."""
    window = [snapshot for snapshot in case.recording.snapshots if 16 <= snapshot.step < 24]
    used = [
        snapshot.targets.reshape(-1) for snapshot in window if isinstance(snapshot.targets, Tensor) and snapshot.rows < 256
    ]
    given = [
        targets.reshape(len(targets), -1)[:, 0]
        for _, targets in case.train.batches
        if isinstance(targets, Tensor) and targets.ndim
    ]
    size = case.batch()
    if (
        len(used) >= 6
        and all(len(one) == size for one in used)
        and given
        and _between(given)[0] - _between(given)[1] < ORDERED
    ):
        return used
    return given or None


def _between(batches: list[Tensor]) -> tuple[float, float]:
    """Share of the targets' variance that lies between batches, and its expectation under shuffling.

    Classes count as indicator columns, so that their numbers do not matter.
    """
    values = torch.cat(batches).double()
    known = torch.unique(values)
    columns = (values[:, None] == known[None]).double() if len(known) <= 50 else values[:, None]
    total = float(((columns - columns.mean(0)) ** 2).sum())
    if total <= 0 or not math.isfinite(total):
        return 0.0, 0.0
    parts = columns.split([len(batch) for batch in batches])
    within = sum(float(((part - part.mean(0)) ** 2).sum()) for part in parts)
    expected = (len(parts) - 1) / max(1, len(values) - 1)
    return 1 - within / total, expected
