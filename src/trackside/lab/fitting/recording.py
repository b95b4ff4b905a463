"""Telling recorders about a run: a mean loss every few steps, the results of every epoch."""

from __future__ import annotations

from collections.abc import Sequence

from trackside.lab.fitting.checkpoint import Settings
from trackside.lab.fitting.history import Epoch, History
from trackside.lab.records.recorder import Recorder, Status

EVERY = 10
"""Steps between two recorded losses. Fixed, so that a resumed run records the same as one that was never killed."""


class Recording:
    """Several recorders as one.

    Args:
        recorders: who keeps the run; none in processes that do not lead.
        name: of the run.
        settings: of the run.
    """

    def __init__(self, recorders: Sequence[Recorder], name: str, settings: Settings) -> None:
        self._recorders = tuple(recorders)
        for recorder in self._recorders:
            recorder.start(name, settings)

    def steps(self, history: History, first: int, last: int) -> None:
        """Steps `first` to `last` (not included) are known now."""
        if not self._recorders:
            return
        for step in range(first, last):
            if (step + 1) % EVERY == 0:
                recent = history.train_loss[max(0, step + 1 - EVERY) : step + 1]
                self._log(
                    step, {"train/loss": sum(recent) / len(recent), "train/learning rate": history.learning_rate[step]}
                )

    def epoch(self, epoch: Epoch) -> None:
        """An epoch was finished."""
        numbers = {"train/epoch": float(epoch.number), "train/epoch loss": epoch.train_loss}
        if epoch.validation_loss is not None:
            numbers["validation/loss"] = epoch.validation_loss
        numbers.update({f"validation/{name}": value for name, value in epoch.metrics.items()})
        self._log(epoch.steps - 1, numbers)

    def finish(self, status: Status) -> None:
        """The run has ended."""
        for recorder in self._recorders:
            recorder.finish(status)

    def _log(self, step: int, numbers: dict[str, float]) -> None:
        for recorder in self._recorders:
            recorder.log(step, numbers)
