"""Rate, optimiser, batch, regularisation, length: what a change of one of them makes of the same run."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn

from trackside.lab.diagnosis.case import Case
from trackside.lab.diagnosis.causes import HEALTHY
from trackside.lab.diagnosis.examinations.gains import explained, gain, harms, helps, weight_of
from trackside.lab.diagnosis.signs import FAIR, PROOF, SLIGHT, STRONG, Seen, examination
from trackside.lab.diagnosis.trials import AS_IT_IS, ONCE_MORE, Change

TENTH, TENFOLD = Change("a tenth of the rate", rate=0.1), Change("ten times the rate", rate=10.0)
HUNDREDTH, HUNDREDFOLD = Change("a hundredth of the rate", rate=0.01), Change("a hundred times the rate", rate=100.0)
ADAM = Change("Adam at 0.001", adam=1e-3)
PLAIN = Change("without weight decay and dropout", plain=True)
LARGE_BATCH = Change("batches of 32", batch=32, shuffle=True)
LONGER = Change("five times as long", longer=5.0)
BOTTOMLESS = 100.0
"""A loss that falls below zero by so many times its first value has no lower bound."""
NEGATED = Change("the negative loss", loss="negated")
USUAL_LOSS = Change("the usual loss for the task", loss="usual")


@examination("curve", asks="What does the loss do?")
def curve(case: Case) -> Seen:
    """Whether the loss falls, bounces, stays or breaks."""
    losses = np.array(case.curve, dtype=float)
    if len(losses) < 2:
        return Seen(missing="fewer than two losses were seen")
    seen = Seen()
    start, end = case.curve.start, case.curve.end
    seen.number("loss at the start", start)
    seen.number("loss at the end", end)
    broken = ~np.isfinite(losses)
    seen.says = f"the loss goes from {start:.3g} to {end:.3g} in {len(losses):,} steps"
    if broken.any():
        where = int(broken.argmax())
        seen.says = f"the loss is NaN or infinite from step {where:,} on"
        seen.sign("learning-rate-too-high", FAIR, seen.says)
        seen.sign("exploding-gradients", FAIR, seen.says)
        seen.sign(HEALTHY, -PROOF, seen.says)
        return seen
    if case.rises:
        seen.sign("learning-rate-too-high", FAIR, f"{seen.says}: it rises")
        seen.sign("sign-error", SLIGHT, f"{seen.says}: it rises")
        seen.sign(HEALTHY, -FAIR, f"{seen.says}: it rises")
    if end < 0 and end < -BOTTOMLESS * max(1.0, abs(start)):
        seen.sign("sign-error", STRONG, f"{seen.says}: it has no lower bound")
        seen.sign(HEALTHY, -FAIR, f"{seen.says}: it has no lower bound")
    _at_chance(case, seen)
    if case.curve.jumped:
        says = f"the loss jumps from {losses[0]:.3g} to {float(losses.max()):.3g}"
        seen.sign("learning-rate-too-high", FAIR if not seen.signs else 0.5, says)  # Rising and jumping are one sight.
    return seen


def _at_chance(case: Case, seen: Seen) -> None:
    """A cross-entropy that ends where guessing stands, of a run whose outputs are not understood."""
    shown = [one.targets for one in case.recording.snapshots if one.graph is not None and "NllLoss" in one.graph.loss_nodes]
    told = [one.reshape(-1) for one in shown if isinstance(one, Tensor) and not one.is_floating_point()]
    if case.aim.understood or not told:
        return
    _, counts = torch.unique(torch.cat(told), return_counts=True)
    shares = counts.double() / counts.sum()
    chance = float(-(shares * shares.log()).sum())
    if len(counts) > 1 and case.curve.end > 0.96 * chance:
        says = f"the loss ends at {case.curve.end:.3g}, where guessing has {chance:.3g}"
        seen.sign(HEALTHY, -STRONG, says)
        seen.sign("implementation-bug", SLIGHT, says)


@examination("same-loop", asks="Does a plain loop with the same parts learn as this one does?")
def same_loop(case: Case) -> Seen:
    """The run once more in a plain loop: where that learns and the run does not, the loop is at fault."""
    if not case.struggles:
        return Seen(says="the run does as well as experiments and probes")
    trial = case.trial(AS_IT_IS)
    if trial is None:
        return Seen(missing="there is no copy of the model, or no time")
    seen = Seen(says=f"in a plain loop {gain(case, trial)}")
    graph = next((one.graph for one in case.recording.snapshots if one.graph is not None), None)
    if helps(case, trial) and graph is not None and graph.beside:
        says = f"the loop's loss has a penalty on {len(graph.beside)} parameter tensors; without it {gain(case, trial)}"
        seen.sign("over-regularised", weight_of(case, trial, STRONG), says)
    elif helps(case, trial) and helps(case, case.trial(ONCE_MORE)):
        # A run that jumps about ends here or there by chance, in a plain loop as well.
        seen.sign("implementation-bug", weight_of(case, trial, SLIGHT if case.curve.jumped else STRONG), seen.says)
    elif math.isfinite(trial.train):
        seen.sign("implementation-bug", -FAIR, seen.says)
    return seen


@examination("regularisation", asks="Is regularisation too strong?")
def regularisation(case: Case) -> Seen:
    """The run without weight decay and dropout."""
    groups = case.training.optimizer.param_groups if case.training.optimizer is not None else []
    decay = max((float(group.get("weight_decay", 0.0)) for group in groups), default=0.0)
    dropout = max((m.p for m in case.model.modules() if isinstance(m, nn.modules.dropout._DropoutNd)), default=0.0)
    seen = Seen(says=f"weight decay is {decay:g}, dropout {dropout:g}")
    seen.number("weight decay", decay)
    seen.number("dropout", dropout)
    if not case.struggles or not (decay or dropout):
        return seen
    trial = case.trial(PLAIN)
    if helps(case, trial) and trial is not None:
        says = f"without weight decay ({decay:g}) and dropout ({dropout:g}) {gain(case, trial)}"
        seen.sign("over-regularised", weight_of(case, trial, STRONG), says)
        seen.sign("dying-relu", -FAIR, says)
        seen.says = says
    elif trial is not None:
        seen.sign("over-regularised", -FAIR, f"without weight decay and dropout {gain(case, trial)}")
    return seen


@examination("batch-size", asks="Are batches large enough?", source="McCandlish et al. 2018, gradient noise scale")
def batch_size(case: Case) -> Seen:
    """The run with larger batches, at the same rate."""
    size = case.batch()
    seen = Seen(says=f"a batch has {size} items")
    seen.number("items a batch", size)
    if size == 0 or size > 6 or not case.struggles:
        return seen
    trial = case.trial(LARGE_BATCH)
    if helps(case, trial) and trial is not None:
        seen.says = f"with batches of 32 instead of {size} {gain(case, trial)}"
        seen.sign("batch-too-small", weight_of(case, trial, STRONG + (1 if size <= 2 else 0)), seen.says)
    return seen


@examination("learning-rate", asks="Is the learning rate right?", source="Smith 2017, Cyclical learning rates, 3.3")
def learning_rate(case: Case) -> Seen:
    """The run with a tenth and with ten times the rate."""
    if not case.struggles:
        return Seen(says="the run does as well as experiments and probes")
    low = case.trial(TENTH)
    if not helps(case, low) and case.reached < 0.3:
        low = case.trial(HUNDREDTH) or low
    high = None if case.curve.jumped else case.trial(TENFOLD)
    if high is not None and not helps(case, high) and not harms(case, high):
        high = case.trial(HUNDREDFOLD) or high
    seen = Seen(says="neither a lower nor a higher rate would have helped")
    if low is not None and low.broke.startswith("the loss became"):
        seen.says = f"the loss breaks with {low.change.name} as well"
        seen.sign("exploding-gradients", FAIR, seen.says)
        seen.sign("learning-rate-too-high", -SLIGHT, seen.says)
    for trial, cause, other in (
        (low, "learning-rate-too-high", "learning-rate-too-low"),
        (high, "learning-rate-too-low", "learning-rate-too-high"),
    ):
        if trial is None:
            continue
        seen.number(f"skill with {trial.change.name}", trial.train)
        if helps(case, trial):
            seen.says = f"with {trial.change.name} {gain(case, trial)}"
            seen.sign(cause, weight_of(case, trial, SLIGHT if explained(case) else STRONG - 1), seen.says)
            seen.sign(other, -FAIR, seen.says)
        elif math.isfinite(trial.train):
            seen.sign(cause, -FAIR, f"with {trial.change.name} {gain(case, trial)}")
    return seen


@examination("optimiser", asks="Does the optimiser suit the task?")
def optimiser(case: Case) -> Seen:
    """The run with Adam at its usual rate."""
    if not case.struggles:
        return Seen(says="the run does as well as experiments and probes")
    trial = case.trial(ADAM)
    if trial is None:
        return Seen(missing="there is no time")
    seen = Seen(says=f"with Adam {gain(case, trial)}")
    seen.number("skill with Adam", trial.train)
    rates = [case.trials[change.name] for change in (TENTH, TENFOLD, HUNDREDTH, HUNDREDFOLD) if change.name in case.trials]
    if helps(case, trial):
        by_rate = any(helps(case, one) for one in rates)
        most = SLIGHT if by_rate or explained(case) else STRONG - 1
        seen.sign("optimizer-unsuited", weight_of(case, trial, most), seen.says)
        if by_rate:
            seen.says += "; another rate helps too"
    elif math.isfinite(trial.train):
        seen.sign("optimizer-unsuited", -FAIR, seen.says)
    return seen


@examination("length", asks="Has training gone on long enough?")
def length(case: Case) -> Seen:
    """How long it trained, and what five times as many steps make of it."""
    seen = Seen(says=f"the run took {case.steps:,} steps, about {case.epochs:.2g} epochs")
    seen.number("steps", case.steps)
    seen.number("epochs", case.epochs)
    if not case.struggles or case.steps > 300:
        return seen
    trial = case.trial(LONGER)
    if helps(case, trial) and trial is not None:
        seen.says += f"; five times as long {gain(case, trial)}"
        short = FAIR + 1 if case.steps < 60 or case.epochs < 2 else SLIGHT
        seen.sign("not-started-yet", weight_of(case, trial, short + 1.5), seen.says)
    return seen


@examination("other-losses", asks="Would another loss have learned?")
def other_losses(case: Case) -> Seen:
    """The run with the negative of its loss, and with the usual loss for its task."""
    if not case.struggles or not case.aim.understood:
        return Seen(says="the run does as well as experiments and probes")
    seen = Seen(says="neither its negative nor the usual loss would have learned more")
    if case.reached < 0.1:
        trial = case.trial(NEGATED, seconds=4.0)
        if trial is not None and helps(case, trial) and trial.train > 0.25:
            seen.says = f"with the negative loss {gain(case, trial)}"
            seen.sign("sign-error", STRONG, seen.says)
    trial = case.trial(USUAL_LOSS)
    if trial is not None and helps(case, trial):
        seen.says = f"with the usual loss for the task {gain(case, trial)}"
        seen.sign("wrong-loss-for-activation", weight_of(case, trial, FAIR), seen.says)
        seen.sign("sign-error", SLIGHT, seen.says)
        seen.sign("double-softmax", SLIGHT, seen.says)
    return seen
