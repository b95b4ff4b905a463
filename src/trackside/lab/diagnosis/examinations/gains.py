"""Whether an experiment did better than the run: in skill, by more than chance and by enough to matter."""

from __future__ import annotations

import math

from trackside.lab.diagnosis.case import Case
from trackside.lab.diagnosis.trials import AS_IT_IS, ONCE_MORE, Trial

ERROR_SHARE = 0.6
"""An experiment helps if at most this share of the missing skill is left,"""
LEAST = 0.04
"""and at least this much skill was gained."""


MUCH = 0.2
"""Or this much skill was gained, however much is still missing."""
FULL = 0.15
"""Gain in skill from which an experiment speaks with its full weight."""
PARTICULAR = (
    "standardised inputs",
    "shuffled data",
    "layers started anew",
    "without weight decay and dropout",
    "batches of 32",
    "every parameter learns",
)
"""Changes of one particular thing; another rate, another optimiser or more steps help with many faults."""
ENOUGH = 50
"""Validation items from which skill is compared on the validation split; below, on the training split."""


def helps(case: Case, trial: Trial | None) -> bool:
    """Whether a trial ended plainly better than the run itself, which had at least as many steps."""
    if trial is None or not math.isfinite(trial.train):
        return False
    fitted = plainly_better(trial.train, case.reached)
    if not _validated(case):
        return fitted and not trial.validation <= case.reached_validation  # NaN, where nothing is validated, passes.
    told = plainly_better(trial.validation, case.reached_validation, 1.5 / math.sqrt(len(case.validation)))
    return told and trial.train > case.reached - LEAST


def weight_of(case: Case, trial: Trial, most: float) -> float:
    """What a trial that helps weighs: in full from a gain of 0.15 in skill, less below."""
    one, other = (trial.validation, case.reached_validation) if _validated(case) else (trial.train, case.reached)
    return most * min(1.0, max(0.3, (one - (other if math.isfinite(other) else 0.0)) / FULL))


def harms(case: Case, trial: Trial | None) -> bool:
    """Whether a trial ended plainly worse than the run."""
    return trial is not None and (trial.broke.startswith("the loss became") or plainly_better(case.reached, trial.train))


def gain(case: Case, trial: Trial) -> str:
    """A trial beside the run, in words."""
    if not math.isfinite(trial.train):
        return f"training breaks ({trial.broke})" if trial.broke else "nothing can be measured"
    split, one, other = "training", trial.train, case.reached
    if _validated(case):
        split, one, other = "validation", trial.validation, case.reached_validation
    return f"skill on the {split} split is {one:.2f} after {trial.steps:,} steps, where the run reached {_shown(other)}"


def plainly_better(one: float, other: float, least: float = 0.0) -> bool:
    """Whether one skill is above another by enough to matter, and by at least so much."""
    if not math.isfinite(one):
        return False
    base = other if math.isfinite(other) else 0.0
    return one - base >= max(LEAST, least) and ((1 - one) <= ERROR_SHARE * (1 - base) or one - base >= MUCH)


def explained(case: Case) -> bool:
    """Whether a change of one particular thing already did plainly better, so that a general one says little."""
    plain = not case.curve.jumped and all(helps(case, case.trials.get(change.name)) for change in (AS_IT_IS, ONCE_MORE))
    return plain or any(helps(case, case.trials.get(name)) for name in PARTICULAR)


def _validated(case: Case) -> bool:
    return len(case.validation) >= ENOUGH and math.isfinite(case.reached_validation)


def _shown(value: float) -> str:
    return f"{value:.2f}" if math.isfinite(value) else "none"
