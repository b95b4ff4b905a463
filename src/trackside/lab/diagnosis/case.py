"""A watched run with all that its examination shares: data, aim, what the final model can do, trials that were run."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from trackside.lab.diagnosis.allowance import Allowance
from trackside.lab.diagnosis.losses import Losses
from trackside.lab.diagnosis.pairing import Pairing, pair
from trackside.lab.diagnosis.performance import Aim, aim_of, mean_loss, measure, predict, skill
from trackside.lab.diagnosis.pool import Pool, dataset_order, preserved_randomness, read_pool
from trackside.lab.diagnosis.recording import Recording
from trackside.lab.diagnosis.task import serves
from trackside.lab.diagnosis.trials import BEST, Change, Trial, try_change
from trackside.lab.training import Training
from trackside.lab.trees import count_items, leaves

if TYPE_CHECKING:
    from trackside.lab.diagnosis.anatomy import Anatomy

LEARNED = 0.3
"""Skill from which a run has learned what its targets say, whatever its loss looks like."""
WASTED = 5
"""Training passes for each backward pass from which most count as wasted: a few more may have measured something."""


@dataclass
class Case:
    """What is examined.

    Attributes:
        training: the model as the loop left it, its loss, its data.
        recording: what was seen.
        initial: a copy of the model before the first step, or None.
        allowance: the time that experiments may take.
    """

    training: Training
    recording: Recording
    initial: nn.Module | None
    allowance: Allowance = field(default_factory=lambda: Allowance(math.inf))
    trials: dict[str, Trial] = field(default_factory=dict)
    settled: bool = False
    """Whether what was seen leaves no doubt, so that no more experiments are needed."""

    @property
    def model(self) -> nn.Module:
        """The model as the loop left it."""
        return self.training.model

    @property
    def left(self) -> float:
        """Seconds that experiments may still take."""
        return self.allowance.left

    @cached_property
    def loaded(self) -> Pool:
        """Items of the training split, as the loader gives them."""
        return read_pool(self.training.train, self.training.take)

    @cached_property
    def pairing(self) -> Pairing:
        """What the loop makes of the loader's batches before the model and the loss see them."""
        try:
            return pair(self.loaded, self.recording.snapshots)
        except Exception:  # Whatever cannot be compared is taken as it is.
            return Pairing()

    @cached_property
    def train(self) -> Pool:
        """Items of the training split, as the loop gives them to the model."""
        return self.pairing.prepare(self.loaded)

    @cached_property
    def validation(self) -> Pool:
        """Items of the validation split, prepared like those of the training split; empty where there is none."""
        return self._prepared(read_pool(self.training.validation, self.training.take))

    def _prepared(self, pool: Pool) -> Pool:
        try:
            return self.pairing.prepare(pool)
        except Exception:  # Items of another kind than those of the training split.
            return pool

    @cached_property
    def shuffles(self) -> bool:
        """Whether the loader gives another order each time."""
        first, second = self.loaded.batches[:1], read_pool(self.training.train, self.training.take, items=1).batches
        if not first or not second or len(self.loaded.batches) == 1:
            return False
        return not all(
            one.shape == other.shape and bool(torch.equal(one, other))
            for one, other in zip(leaves(first[0][0]), leaves(second[0][0]), strict=False)
        )

    @cached_property
    def held(self) -> Pool | None:
        """Training items in the order in which their data set holds them."""
        with preserved_randomness(self.training.train):
            found = dataset_order(self.training.train, self.training.take)
        return None if found is None else self._prepared(found)

    @cached_property
    def outputs(self) -> tuple[Any, Any]:
        """Outputs of the final model for training items, in evaluation mode, and their targets."""
        if not self.pairing.known:
            return None, None
        try:
            return predict(self.model, self.train)
        except Exception:
            return None, None

    @cached_property
    def aim(self) -> Aim:
        """What the model is to tell; a low loss, where its outputs cannot be understood."""
        aim = aim_of(*self.outputs)
        if aim.understood and not serves(self, aim):
            return Aim("unknown")
        if aim.kind == "numbers":
            return replace(aim, lopsided=self._is_lopsided())
        if aim.understood or self.initial is None or not self.pairing.known:
            return aim
        start = mean_loss(self.initial, self.training.loss_fn, self.train)
        return Aim("loss", start=start) if start > 0 and math.isfinite(start) else aim

    def _is_lopsided(self) -> bool:
        """Whether the loss asks for other numbers than the targets.

        Then answers that are too high cost more than those that are as much too low, or the model's own, which rise and
        fall with the targets, cost less than the targets themselves.
        """
        outputs, targets = self.outputs
        shift = 0.5 * float(targets.float().std()) if len(targets) > 1 else 0.0
        right = targets.float().reshape(outputs.shape)
        try:
            high, low = (float(self.training.loss_fn(right + sign * shift, targets)) for sign in (1, -1))
            own, best = (float(self.training.loss_fn(answers, targets)) for answers in (outputs, right))
        except Exception:
            return False
        if own < best and skill(outputs, targets, Aim("numbers", lopsided=True)) > LEARNED:
            return True
        return min(high, low) > 0 and max(high, low) > 1.5 * min(high, low)

    def skill(self, model: nn.Module, pool: Pool) -> float:
        """The skill of a model on a pool; by the loss, 1 - loss / loss at the start, where outputs cannot be understood."""
        if self.aim.kind != "loss" or not len(pool):
            return measure(model, pool, self.aim)
        return 1 - mean_loss(model, self.training.loss_fn, pool) / self.aim.start

    @cached_property
    def reached(self) -> float:
        """Skill on the training split."""
        return self.skill(self.model, self.train)

    @cached_property
    def reached_validation(self) -> float:
        """Skill on the validation split."""
        return self.skill(self.model, self.validation)

    @cached_property
    def curve(self) -> Losses:
        """Losses, step for step."""
        return Losses(self.recording.curve())

    @cached_property
    def at_start(self) -> Anatomy:
        """The model before the first step, dissected."""
        from trackside.lab.diagnosis.anatomy import dissect

        return dissect(self, self.initial)

    @cached_property
    def at_end(self) -> Anatomy:
        """The model as the loop left it, dissected."""
        from trackside.lab.diagnosis.anatomy import dissect

        return dissect(self, self.model)

    @cached_property
    def best(self) -> Trial | None:
        """Everything as usual but the network: standardised and shuffled inputs, Adam, the usual loss, no regularisation."""
        return self.trial(BEST)

    @cached_property
    def probed(self) -> float:
        """Skill of simple probes on the validation split, fitted on the training split; NaN where that cannot be told."""
        from trackside.lab.diagnosis import probes

        if not self.aim.understood:
            return math.nan
        made = probes.features(
            self.train, self.validation if self.validation.stacked and len(self.validation) >= 20 else None
        )
        answers = probes.wanted(self.train, self.aim)
        if made is None or answers is None:
            return math.nan
        if made[1] is None:
            return probes.learnable(made[0], answers, self.aim)
        wished = probes.wanted(self.validation, self.aim)
        return math.nan if wished is None else probes.transferred(made[0], answers, made[1], wished, self.aim)

    @cached_property
    def learnable(self) -> float:
        """Skill of simple probes in cross-validation on the training split; NaN where that cannot be told."""
        from trackside.lab.diagnosis import probes

        made, answers = probes.features(self.train), probes.wanted(self.train, self.aim)
        if made is None or answers is None or len(answers) < 40:
            return math.nan
        return probes.learnable(made[0], answers, self.aim)

    @cached_property
    def struggles(self) -> bool:
        """Whether the run ended plainly worse than a simple probe, or than the same network in usual hands."""
        from trackside.lab.diagnosis.examinations.gains import helps, plainly_better

        if self.curve.broken:
            return True
        if not math.isfinite(self.reached):
            return self.curve.end > 0.9 * self.curve.start
        shown = self.reached_validation if math.isfinite(self.reached_validation) else self.reached
        return self.rises or plainly_better(self.probed, shown) or helps(self, self.best)

    @property
    def steps(self) -> int:
        """Steps of the optimiser (or backward passes, where no optimiser was seen), or the passes that should have been."""
        return max(self.recording.steps or len(self.recording.losses), self.wasted)

    @cached_property
    def wasted(self) -> int:
        """Passes that the optimiser should have stepped after, where most of them led to no step; else 0."""
        recording = self.recording
        if recording.discarded > 0.5 * recording.discard_checks > 2:
            return len(recording.losses)
        graphs = [one.graph for one in self.recording.snapshots if one.graph is not None]
        if any(graph.complete and graph.outputs > 1 for graph in graphs):
            return 0  # A model that is called place by place of a sequence.
        used = max((graph.outputs for graph in graphs), default=1) * max(1, len(self.recording.losses))
        return recording.passes if recording.passes > WASTED * used else 0

    @property
    def norms_asleep(self) -> bool:
        """Whether batch normalisation took no statistics from the batches of this run."""
        shown = self.recording.snapshots
        return bool(shown) and all(one.norms_asleep for one in shown)

    @property
    def epochs(self) -> float:
        """How often the training split was gone through, about."""
        batches = len(self.train.batches)
        return len(self.recording.losses) / batches if batches else math.nan

    def trial(self, change: Change, *, seconds: float | None = None) -> Trial | None:
        """Train a copy from the initial weights, changed; each change is tried once. None when there is no time or no copy.

        A trial may take half as long again as the run itself did, 6 to 12 seconds, unless told otherwise.
        """
        if change.name in self.trials:
            return self.trials[change.name]
        if self.settled or self.initial is None or not len(self.train) or not self.pairing.known or self.left < 1:
            return None
        with preserved_randomness(self.training.train):
            limit = min(12.0, max(6.0, 1.5 * self.recording.seconds)) if seconds is None else seconds
            trial = try_change(self, change, min(limit, self.left))
        self.trials[change.name] = trial
        return trial

    @cached_property
    def rises(self) -> bool:
        """Whether the loss ended plainly above where it began; a loop whose loss changes meanwhile is asked by `loss_fn`."""
        if not self.curve.rises or self.initial is None or not self.pairing.known:
            return self.curve.rises
        before, after = (mean_loss(model, self.training.loss_fn, self.train) for model in (self.initial, self.model))
        return not (math.isfinite(before) and math.isfinite(after)) or after > 1.2 * before

    def batch(self) -> int:
        """The usual size of a batch."""
        return self.train.batch or max((snapshot.rows for snapshot in self.recording.snapshots), default=0)

    def items(self) -> int:
        """Items of the training split, as far as they were read."""
        return sum(count_items(inputs) for inputs, _ in self.train.batches)
