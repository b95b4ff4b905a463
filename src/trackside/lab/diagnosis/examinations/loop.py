"""The loop: gradients set to zero, training mode, the optimiser's direction."""

from __future__ import annotations

import math

import torch

from trackside.lab.diagnosis.case import Case
from trackside.lab.diagnosis.examinations.gains import gain, helps, weight_of
from trackside.lab.diagnosis.recording import sleepers
from trackside.lab.diagnosis.signs import FAIR, PROOF, STRONG, Seen, examination
from trackside.lab.diagnosis.trials import AS_IT_IS


@examination("old-gradients", asks="Are gradients set to zero before each backward pass?", source="PyTorch, Tensor.backward")
def old_gradients(case: Case) -> Seen:
    """Whether a backward pass that follows a step finds gradients of the step before."""
    recording, seen = case.recording, Seen()
    if not recording.leftover_checks:
        return Seen(missing="no step was followed by another backward pass")
    share = recording.leftovers / recording.leftover_checks
    seen.number("steps that began with old gradients", share)
    seen.says = f"{recording.leftovers} of {recording.leftover_checks} steps began with the gradients of the step before"
    if share > 0.5 and recording.leftover_checks >= 3:
        seen.sign("missing-zero-grad", PROOF, seen.says)
    elif recording.leftovers >= 2:
        seen.sign("missing-zero-grad", FAIR, seen.says)
    return seen


@examination("training-mode", asks="Does the model train in training mode?", source="PyTorch, Module.eval")
def training_mode(case: Case) -> Seen:
    """Whether batch normalisation and dropout were asleep while the model was fitted."""
    recording, seen = case.recording, Seen()
    if not recording.losses:
        return Seen(missing="no backward pass was seen")
    share = recording.trained_in_eval / len(recording.losses)
    seen.number("training passes in evaluation mode", share)
    seen.says = f"{share:.0%} of the training passes ran in evaluation mode"
    kinds = sleepers(case.model)
    if share > 0.15 and kinds:
        what = f"{seen.says}, which switches off {', '.join(sorted(kinds))}"
        seen.sign("eval-mode-left-on", PROOF - 0.5 if share > 0.4 else FAIR + 1, what)
    elif recording.snapshots and all(one.asleep for one in recording.snapshots):
        _layers_asleep(case, seen)
    return seen


def _layers_asleep(case: Case, seen: Seen) -> None:
    """All such layers are in evaluation mode, and the model around them is not: on purpose, unless waking them helps."""
    seen.says = "layers that behave differently in evaluation mode are in it, in a model that is not"
    trial = case.trial(AS_IT_IS) if case.struggles else None
    if trial is not None and helps(case, trial):
        says = f"{seen.says}; in training mode {gain(case, trial)}"
        seen.sign("eval-mode-left-on", weight_of(case, trial, STRONG + 2), says)


@examination("direction", asks="Do steps lead downhill?")
def direction(case: Case) -> Seen:
    """Whether the optimiser maximises, and whether gradients are there when it steps."""
    seen, optimizer = Seen(says="the optimiser minimises"), case.training.optimizer
    if optimizer is not None and any(group.get("maximize") for group in optimizer.param_groups):
        seen.says = "the optimiser is told to maximise"
        seen.sign("sign-error", PROOF, seen.says)
    recording = case.recording
    if recording.moves >= 5 and recording.uphill > 0.8 * recording.moves:
        seen.says = f"{recording.uphill} of {recording.moves} steps went along the gradient instead of against it"
        seen.sign("sign-error", PROOF, seen.says)
    norms = [value for step in case.recording.gradient_norms.values() for value in step.values()]
    if norms and all(value == 0.0 or math.isnan(value) for value in norms):  # NaN stands for a gradient that is None.
        seen.says = "all gradients are zero when the optimiser steps"
        seen.sign("implementation-bug", FAIR, seen.says)
        seen.sign("frozen-parameters", FAIR, seen.says)
    if case.wasted and recording.steps and case.struggles:
        passes, backward = f"{recording.passes:,} training passes", f"{len(recording.losses):,} backward passes"
        seen.says = f"{passes} came to {backward} and {recording.steps:,} steps"
        seen.sign("implementation-bug", STRONG, seen.says)
    if _same_batch(case):
        seen.says = "the loop gives the model the same batch in every step"
        seen.sign("implementation-bug", STRONG, seen.says)
    if recording.losses and not recording.steps and _unchanged(case):
        seen.says = "no optimiser stepped this model"
        seen.sign("frozen-parameters", STRONG, seen.says)
        seen.sign("implementation-bug", STRONG - 1, seen.says)
    return seen


def _same_batch(case: Case) -> bool:
    """Whether the model was given one batch over and over, although the loader has more."""
    given = [snapshot.inputs for snapshot in case.recording.snapshots if isinstance(snapshot.inputs, torch.Tensor)]
    if len(given) < 6 or len(case.train.batches) < 3:
        return False
    if len(given[0]) > 1.5 * case.batch():
        return False  # The whole split at once.
    return all(one.shape == given[0].shape and bool(torch.equal(one, given[0])) for one in given)


def _unchanged(case: Case) -> bool:
    if case.initial is None:
        return False
    pairs = zip(case.initial.parameters(), case.model.parameters(), strict=False)
    return all(torch.equal(before.cpu(), after.detach().cpu()) for before, after in pairs)
