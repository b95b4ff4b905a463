"""The fitting loop: epochs, steps, validation, checkpoints. Read `Loop.run` first."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from accelerate import Accelerator
from torch import Tensor

from trackside.core import InputError
from trackside.lab.fitting.checkpoint import Checkpoints
from trackside.lab.fitting.ema import Averaged
from trackside.lab.fitting.engine import Engine, accelerated
from trackside.lab.fitting.evaluate import evaluate
from trackside.lab.fitting.history import Epoch
from trackside.lab.fitting.memory import Peak, is_out_of_memory
from trackside.lab.fitting.order import Order, groups
from trackside.lab.fitting.plan import Plan, Precision, check, steps_in
from trackside.lab.fitting.progress import Bar
from trackside.lab.fitting.recording import Recording
from trackside.lab.fitting.result import Best, Ended, Fitted
from trackside.lab.fitting.schedules import Constant, Schedule, rates_of, schedule_from, set_rates
from trackside.lab.fitting.seeds import untouched_random
from trackside.lab.fitting.state import State, copied, packed, restore_random, set_weights, unpacked, weights_of
from trackside.lab.fitting.stopping import Aim, Stop
from trackside.lab.metric import Metric
from trackside.lab.records.recorder import Recorder
from trackside.lab.training import Training

# Losses stay on the device and are fetched together: fetching each would make the host wait for every step.
_FETCH_STEPS, _FETCH_SECONDS = 32, 0.5
# Several processes fetch at the same steps, whatever their clocks say.
_FETCH_STEPS_TOGETHER = 8


def fit(training: Training, *, epochs: int, folder: str | Path | None = None, schedule: str | Schedule = "constant",
        metrics: Sequence[Metric] = (), seed: int = 0, precision: Precision = "no", ema: float | None = None,
        clip: float | None = None, accumulate: int = 1, stop: Stop | Sequence[Stop] | None = None,
        recorders: Sequence[Recorder] = (), resume: bool = True, progress: bool | None = None, name: str = "fit",
        save_seconds: float = 60.0, save_steps: int | None = None, device: str | None = None) -> Fitted:  # fmt: skip
    """Fit a model to its training split, and keep the epoch that is best on the validation split.

    With a folder, a run that was killed goes on where its newest checkpoint stands and comes to the same result, bit for bit
    on a CPU. `docs/training.md` says what cannot be exact.

    Args:
        training: model, loss, data and optimiser. The model and the optimiser are used as they are, and changed.
        epochs: how often to go through the training split.
        folder: where checkpoints are kept; None keeps none.
        schedule: `constant`, `cosine`, `one-cycle`, `step`, or a function of (step, steps) that gives a factor for the
            optimiser's rates.
        metrics: measured on the validation split; the first decides which epoch is best, the validation loss without any.
        seed: of the order of batches and of everything that is drawn.
        precision: `bf16` or `fp16` compute in it where PyTorch's autocast deems it safe.
        ema: decay of the running average of weights, which then is validated and kept; None for none.
        clip: largest norm of the gradient.
        accumulate: batches a step; the step is that of their items together.
        stop: rules that end the run early.
        recorders: keep the run elsewhere.
        resume: False begins anew, and removes the run that the folder holds.
        progress: None shows a bar if there is a terminal.
        name: of the run, for recorders.
        save_seconds: seconds between checkpoints.
        save_steps: steps between checkpoints, besides.
        device: `cpu` leaves an accelerator alone; None takes the best there is.

    Raises:
        InputError: nothing to fit, an empty split, a loss that is not one number, a folder with another run, no memory.
        SettingError: a setting out of its range.
        OutputError: a checkpoint cannot be written.
    """
    stops = () if stop is None else tuple(stop) if isinstance(stop, Sequence) else (stop,)
    plan = Plan(epochs, schedule_from(schedule), tuple(metrics), seed, precision, ema, clip, accumulate, stops)
    check(training)
    with untouched_random(), accelerated(plan, device) as accelerator:
        loop = Loop(training, plan, accelerator, None if folder is None else Path(folder))
        loop.save_seconds, loop.save_steps = save_seconds, save_steps
        loop.resume(resume)
        leads = accelerator.is_main_process
        recording = Recording(recorders if leads else (), name, loop.settings)
        with Bar(epochs, loop.steps, progress if leads else False) as bar:
            return loop.watched_run(recording, bar)


class Loop:
    """One run.

    Attributes:
        steps: optimiser steps of the whole run; None where the training split does not tell its length.
        settings: what makes this run another than that one.
    """

    def __init__(self, training: Training, plan: Plan, accelerator: Accelerator, folder: Path | None) -> None:
        self.plan = plan
        self.aim = Aim.of(plan.metrics)
        self._rates = rates_of(training.optimizer) if training.optimizer is not None else []
        share = (int(accelerator.process_index), int(accelerator.num_processes))
        self._train = Order(training.train, plan.seed, share)
        self._validation = None if training.validation is None else Order(training.validation, plan.seed, share, stream=1)
        self.settings = plan.settings(training, self._train.length)
        self.steps = None if self._train.length is None else plan.epochs * steps_in(self._train.length, plan.accumulate)
        if self.steps is None and plan.schedule != Constant():
            raise InputError(
                "the training split does not tell its length", fix="give it __len__, or keep the schedule constant"
            )
        self._engine = Engine(training, plan, accelerator)
        self._ema = None if plan.ema is None else Averaged(training.model, plan.ema)
        self._store = None if folder is None else Checkpoints(folder, self.settings)
        self.save_seconds = 60.0
        self.save_steps: int | None = None
        self._state = State()
        self._unfetched: list[Tensor] = []
        self._peak = Peak(self._engine.device)
        self._began = self._fetched = self._saved = time.perf_counter()

    def run(self, recording: Recording, bar: Bar) -> Fitted:
        """The whole run, from wherever it stands."""
        state = self._state
        while state.ended is None:
            self._train_epoch(recording, bar)
            if state.ended is None:
                self._finish_epoch(recording, bar)
        return self._result()

    def watched_run(self, recording: Recording, bar: Bar) -> Fitted:
        """`run`, and recorders are told how it ended, whatever happens.

        Raises:
            InputError: memory ran out where halving batches does not help.
        """
        try:
            fitted = self.run(recording, bar)
        except BaseException as error:
            recording.finish("killed" if isinstance(error, KeyboardInterrupt) else "failed")
            if is_out_of_memory(error):
                fix = "use smaller batches, for validation too, or a smaller model"
                raise InputError("memory ran out outside of the forward and backward pass", fix=fix) from None
            raise
        recording.finish("failed" if fitted.failed else "finished")
        return fitted

    def resume(self, wanted: bool) -> None:
        """Go on from the folder's newest checkpoint if there is one, or begin anew."""
        if self._store is None:
            return
        if not wanted and self._engine.rank == 0:
            self._store.forget()
        self._engine.accelerator.wait_for_everyone()
        found = self._store.newest() if wanted else None
        if found is not None:
            self._state = unpacked(found, self._engine, self._ema)
            self._engine.notes += self._store.notes

    def _train_epoch(self, recording: Recording, bar: Bar) -> None:
        state, plan = self._state, self.plan
        loaded = self._train.epoch(state.epoch, state.batch)
        self._check_order()
        restore_random(state, self._engine)
        self._engine.begin_epoch()
        for batches in groups(loaded, plan.accumulate):
            factor = plan.schedule(state.step, self.steps or 0)
            set_rates(self._engine.optimizer, self._rates, factor)
            self._unfetched.append(self._engine.step(batches, state.step))
            if self._ema is not None:
                self._ema.update()
            state.history.learning_rate.append(self._rates[0] * factor)
            state.step += 1
            state.batch += len(batches)
            if self._is_time_to_fetch():
                self._fetch(recording, bar)
                if state.ended is not None:
                    return
        self._fetch(recording, bar, save=False)

    def _finish_epoch(self, recording: Recording, bar: Bar) -> None:
        """Validate, compare, decide whether to go on."""
        state = self._state
        first = state.history.epochs[-1].steps if state.history.epochs else 0
        losses = state.history.train_loss[first:]
        if not losses:
            raise InputError("the training split has no batch", fix="give at least one")
        loss, results = self._validate()
        state.epoch, state.batch = state.epoch + 1, 0
        epoch = Epoch(state.epoch, state.step, math.fsum(losses) / len(losses), loss, results, self._seconds())
        state.history.epochs.append(epoch)
        recording.epoch(epoch)
        if loss is not None:
            bar.validated(self.aim.name, epoch.value(self.aim.name))
            why = next(filter(None, (stop(state.history, self.aim) for stop in self.plan.stops)), "")
            if self._agreed(bool(why)):
                state.ended, state.why = Ended.STOPPED, why or "another process stopped"
        if state.ended is None and state.epoch >= self.plan.epochs:
            state.ended, state.why = Ended.COMPLETE, f"all {self.plan.epochs} epochs are done"
        if state.ended is not None or self._agreed(self._is_time_to_save()):
            self._save()

    def _validate(self) -> tuple[float | None, dict[str, float]]:
        if self._validation is None:
            return None, {}
        state, model = self._state, self._engine.training.model
        # The averaged weights are the ones that will be used, so they are the ones to measure and to keep.
        with self._ema.in_place() if self._ema is not None else torch.no_grad():
            loss, results = evaluate(self._engine, self._validation, state.epoch, self.plan.metrics)
            value = loss if self.aim.name == "loss" else results[self.aim.name]
            if self.aim.better(value, math.nan if state.best is None else state.best.value):
                state.best = Best(state.epoch + 1, state.step, value)
                state.best_weights = copied(weights_of(model))
        return loss, results

    def _is_time_to_fetch(self) -> bool:
        waiting = len(self._unfetched)
        if self.save_steps is not None and self._state.step % self.save_steps == 0:
            return True
        if self._engine.processes > 1:
            return waiting >= _FETCH_STEPS_TOGETHER
        return waiting >= _FETCH_STEPS or time.perf_counter() - self._fetched > _FETCH_SECONDS

    def _fetch(self, recording: Recording, bar: Bar, save: bool = True) -> None:
        """Bring the losses of the last steps to the host, look at them, and save if it is time."""
        if not self._unfetched:
            return
        state, history = self._state, self._state.history
        losses = torch.stack(self._unfetched).double() if self._engine.device.type != "mps" else torch.stack(self._unfetched)
        if self._engine.processes > 1:
            losses = self._engine.accelerator.reduce(losses, "sum")
        self._unfetched.clear()
        first = len(history.train_loss)
        history.train_loss.extend(losses.tolist())
        recording.steps(history, first, len(history.train_loss))
        bar.steps(state.step, state.epoch + 1, history.train_loss[-1])
        broken = next((number for number in range(first, state.step) if not math.isfinite(history.train_loss[number])), None)
        if broken is not None:
            self._end_broken(broken)
        elif save and self._agreed(self._is_time_to_save()):
            self._save()
        self._fetched = time.perf_counter()

    def _end_broken(self, step: int) -> None:
        """The loss is no number: steps after it are worth nothing, and no checkpoint of them is kept."""
        state = self._state
        del state.history.train_loss[step + 1 :], state.history.learning_rate[step + 1 :]
        state.ended = Ended.NOT_FINITE
        kept = f"; the last good checkpoint is in {self._store.folder}" if self._store is not None else ""
        state.why = f"the loss is {state.history.train_loss[step]} at step {step} (epoch {state.epoch + 1}): "
        state.why += f"`trackside diagnose` finds out why{kept}"

    def _is_time_to_save(self) -> bool:
        if self._store is None:
            return False
        by_steps = self.save_steps is not None and self._state.step % self.save_steps == 0
        return by_steps or time.perf_counter() - self._saved >= self.save_seconds

    def _save(self) -> None:
        if self._store is not None:
            state = self._state
            state.order = self._train.digest
            now = packed(state, self._engine, self._ema) | {
                "seconds": self._seconds(),
                "peak": max(state.peak, self._peak.bytes),
            }
            if self._engine.rank == 0:
                self._store.save(now, state.best_weights, None if state.best is None else state.best.step)
            self._saved = time.perf_counter()

    def _agreed(self, mine: bool) -> bool:
        """The leading process's answer, in all of them: clocks differ, collective calls must not."""
        if self._engine.processes == 1:
            return mine
        answer = torch.tensor(float(mine and self._engine.rank == 0), device=self._engine.device)
        return bool(self._engine.accelerator.reduce(answer, "sum") > 0)

    def _check_order(self) -> None:
        state = self._state
        if state.order and state.batch and self._train.digest != state.order:
            note = "the sampler gives another order than before the run was killed: "
            self._engine.notes.append(f"{note}from there on the run is not the one that would have been")
        state.order = ""

    def _seconds(self) -> float:
        return self._state.seconds + time.perf_counter() - self._began

    def _result(self) -> Fitted:
        state, model = self._state, self._engine.training.model
        assert state.ended is not None
        if state.best_weights is not None:
            set_weights(model, state.best_weights)
        elif self._ema is not None:
            self._ema.settle()
        self._engine.close()
        peak = max(state.peak, self._peak.bytes)
        notes = tuple(dict.fromkeys(self._engine.notes))
        return Fitted(model, state.history, self.aim, state.best, state.ended, state.why, self._seconds(), peak, notes)
