"""Whether the task can be learned at all, and whether labels stand beside their inputs."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from trackside.lab.diagnosis import probes
from trackside.lab.diagnosis.case import Case
from trackside.lab.diagnosis.causes import HEALTHY
from trackside.lab.diagnosis.examinations.evaluation import single_scores
from trackside.lab.diagnosis.performance import predict
from trackside.lab.diagnosis.pool import row_key
from trackside.lab.diagnosis.signs import FAIR, PROOF, SLIGHT, STRONG, Seen, examination

SURPRISING = 3.5
"""Skills of probes and of the run, in deviations of guessing, from which together they are hardly guessed."""
WINDOW = 0.97
"""A moved label that a single input tells is no misplaced label: windows over a series hold their neighbours' targets."""
SHIFTS = (-3, -2, -1, 1, 2, 3)


@examination("solvable", asks="Do inputs tell about targets?", source="Zhang et al. 2017, random labels can be memorised")
def solvable(case: Case) -> Seen:
    """What simple probes learn from the raw inputs, in cross-validation."""
    made, answers = probes.features(case.train), probes.wanted(case.train, case.aim)
    if made is None or answers is None or len(answers) < 40:
        return Seen(missing="there are too few items, or inputs that probes cannot take")
    score = case.learnable
    noise = _noise(case, min(len(answers), probes.ITEMS))
    seen = Seen(says=f"simple probes reach a skill of {score:.2f} in cross-validation (0 is guessing)")
    seen.number("skill of probes", score)
    reached = case.reached_validation
    knows = math.isfinite(reached) and reached > max(0.15, 3 * _noise(case, len(case.validation)))
    if math.isnan(score):
        return Seen(missing="all targets are alike")
    if score < max(2.5 * noise, 0.08) and not knows:
        sure = math.isfinite(reached) and (max(score, reached) < 0.08 or _surprise(case, score / noise) < SURPRISING)
        seen.sign("unsolvable", STRONG if sure else FAIR, seen.says)
        _elsewhere(case, seen)
    elif score > max(4 * noise, 0.12) or knows:
        _far_behind(case, seen)
        seen.sign("unsolvable", -STRONG, seen.says)
        if score > 0.35:
            seen.sign("features-uninformative", -FAIR, seen.says)
    return seen


@examination("labels-beside", asks="Do labels stand beside their inputs?")
def labels_beside(case: Case) -> Seen:
    """Whether labels fit better when they are moved along, or renamed; and whether the loop uses the loader's."""
    seen = Seen(says="labels fit best where they stand")
    _used_others(case, seen)
    _renamed(case, seen)
    if not seen.signs:
        _moved(case, seen)
    return seen


def _surprise(case: Case, probed: float) -> float:
    """Skills of the probes and of the run on the validation split together, in deviations of guessing."""
    return max(probed, 0.0) + max(case.reached_validation, 0.0) / _noise(case, len(case.validation))


def _noise(case: Case, items: int) -> float:
    """Standard deviation of the skill of guessing, about."""
    free = max(2, case.aim.classes) - 1 if case.aim.kind == "classes" else 1
    return 1.2 / math.sqrt(free * max(1, items))


def _far_behind(case: Case, seen: Seen) -> None:
    """A run far behind what simple probes make of the same items is not healthy, whatever the cause."""
    shown = case.reached_validation if math.isfinite(case.reached_validation) else case.reached
    behind = case.probed - (shown if math.isfinite(shown) else 0.0)
    if behind > 0.2:
        says = f"simple probes reach a skill of {case.probed:.2f} on the validation split, the run {shown:.2f}"
        seen.sign(HEALTHY, -min(PROOF, 12 * behind), says)
        falls = case.curve.falls
        seen.sign(
            "not-started-yet" if falls else "implementation-bug", SLIGHT, f"{says}{', and the loss still falls' * falls}"
        )


def _elsewhere(case: Case, seen: Seen) -> None:
    """The validation split can be learned where the training split cannot: the training labels stand elsewhere."""
    made, answers = probes.features(case.validation), probes.wanted(case.validation, case.aim)
    if made is None or answers is None or len(answers) < 60:
        return
    score = probes.learnable(made[0], answers, case.aim)
    least = max(0.12, 1.5 / math.sqrt(len(answers))) if case.aim.kind == "numbers" else 5 * _noise(case, len(answers))
    if score > least:
        says = f"probes learn the validation split (skill {score:.2f}), and nothing of the training split"
        seen.sign("labels-shifted", STRONG + 1.5, says)


def _moved(case: Case, seen: Seen) -> None:
    """Labels moved along the data set's own order: where a probe fits them plainly better, they are shifted."""
    pool = case.held if case.held is not None else None
    pools = [one for one in (pool, case.train) if one is not None and one.stacked and len(one) >= 60]
    for one in pools:
        made, answers = probes.features(one), probes.wanted(one, case.aim)
        if made is None or answers is None:
            continue
        noise = _noise(case, min(len(answers), probes.ITEMS))
        here = probes.learnable(made[0], answers, case.aim, forest=False)
        if _sorted(answers):
            continue
        there = {shift: probes.learnable(made[0], np.roll(answers, shift), case.aim, forest=False) for shift in SHIFTS}
        best = max(there, key=lambda shift: there[shift] if math.isfinite(there[shift]) else -9)
        seen.number("skill of a linear probe", here)
        seen.number("the same with labels moved", there[best])
        moved = np.roll(answers, best)
        if there[best] > here + max(5 * noise, 0.15) and single_scores(made[0], moved, case.aim).max() < WINDOW:
            says = f"moved by {best:+d} items, labels fit plainly better (skill {there[best]:.2f} instead of {here:.2f})"
            seen.says = says
            seen.sign("labels-shifted", PROOF, says)
            return
        _in_parts(seen, made[0], answers, case)


def _sorted(answers: Any) -> bool:
    """Whether neighbours have the same label so often that moving labels changes little."""
    return bool(np.mean(answers[1:] == answers[:-1]) > 0.6)


def _in_parts(seen: Seen, columns: Any, answers: Any, case: Case) -> None:
    """A stretch of the data set in which labels do not fit, beside stretches in which they do."""
    if case.aim.kind == "numbers" or len(answers) < 400:
        return
    from sklearn.linear_model import Ridge

    known, coded = np.unique(answers, return_inverse=True)
    guess = np.zeros(len(answers), int)
    for fold in range(3):
        test = np.arange(len(answers)) % 3 == fold
        model = Ridge(alpha=len(columns) * 0.1).fit(columns[~test], np.eye(len(known))[coded[~test]])
        guess[test] = model.predict(columns[test]).argmax(1)
    right = np.array([part.mean() for part in np.array_split(guess == coded, 10)])
    chance = 1 / len(known)
    bad = right < chance + 0.25 * (np.median(right) - chance)
    if 1 <= bad.sum() <= 5 and np.median(right) > chance + 0.4 * (1 - chance):
        shares = f"{right.min():.0%} right, elsewhere {np.median(right):.0%}"
        says = f"in {int(bad.sum())} of 10 stretches of the data set labels do not fit ({shares})"
        seen.says = says
        seen.sign("labels-shifted", STRONG, says)


def _used_others(case: Case, seen: Seen) -> None:
    """Whether the loop pairs inputs with other targets than the loader does."""
    known: dict[bytes, Any] = {}  # None where equal inputs have different targets.
    for inputs, targets in case.train.batches:
        if not isinstance(inputs, Tensor) or not isinstance(targets, Tensor) or targets.ndim == 0:
            return
        for row, target in zip(inputs, targets, strict=False):
            key = row_key(row)
            known[key] = target if key not in known or _equal(known[key], target) else None
    same, other = 0, 0
    for snapshot in case.recording.snapshots:
        if not isinstance(snapshot.inputs, Tensor) or not isinstance(snapshot.targets, Tensor):
            continue
        if len(snapshot.inputs) != len(snapshot.targets):
            continue
        for row, target in zip(snapshot.inputs, snapshot.targets, strict=False):
            expected = known.get(row_key(row))
            if isinstance(expected, Tensor) and expected.shape == target.shape and expected.dtype == target.dtype:
                agree = bool(torch.allclose(expected.double(), target.double(), atol=1e-4))
                same, other = same + agree, other + (not agree)
    if same + other >= 20 and other > 0.3 * (same + other):
        says = f"for {other} of {same + other} items the loss was given another target than the loader's"
        seen.says = says
        seen.sign("labels-shifted", PROOF - 1, says)


def _equal(one: Tensor | None, other: Tensor) -> bool:
    return one is not None and torch.equal(one, other)


def _renamed(case: Case, seen: Seen) -> None:
    """Classes are told apart, but under other names than those of the validation split."""
    if case.aim.kind != "classes" or len(case.validation) < 30:
        return
    outputs, targets = predict(case.model, case.validation)
    if outputs is None or outputs.ndim != 2 or len(outputs) != len(targets):
        return
    truth = targets.argmax(1) if case.aim.one_hot else targets.long()
    guess = outputs.argmax(1)
    pairs = Counter(zip(guess.tolist(), truth.tolist(), strict=True))
    table = np.zeros((case.aim.classes, case.aim.classes))
    for (one, two), count in pairs.items():
        if 0 <= two < case.aim.classes:
            table[one, two] = count
    rows, columns = linear_sum_assignment(-table)
    best, straight = table[rows, columns].sum() / table.sum(), np.trace(table) / table.sum()
    moved = sum(1 for one, two in zip(rows, columns, strict=True) if one != two and table[one, two] > 0)
    if best > 0.5 and straight < 0.5 * best and moved >= 2 and case.reached > 0.4:
        says = f"validation accuracy is {straight:.0%}, and {best:.0%} once classes are renamed between the splits"
        seen.says = says
        seen.sign("labels-shifted", STRONG + 2, says)
