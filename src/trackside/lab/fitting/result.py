"""What a run came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from torch import nn

from trackside.lab.fitting.history import History
from trackside.lab.fitting.outlook import Forecast
from trackside.lab.fitting.stopping import Aim


class Ended(StrEnum):
    """Why a run ended."""

    COMPLETE = "complete"
    """All epochs were run."""
    STOPPED = "stopped"
    """A rule said that more is not worth it."""
    NOT_FINITE = "not finite"
    """The loss became NaN or infinite."""


@dataclass(frozen=True)
class Best:
    """The epoch with the best result.

    Attributes:
        epoch: from 1.
        step: optimiser steps taken by then.
        value: the result.
    """

    epoch: int
    step: int
    value: float


@dataclass(frozen=True)
class Fitted:
    """A fitted model and how it got there.

    Attributes:
        model: the network with the best epoch's weights (averaged ones if `ema` was given); without validation, the last.
        history: losses, rates and results.
        aim: the result by which epochs were compared.
        best: the best epoch, or None without validation.
        ended: why the run ended.
        why: the same as a sentence.
        seconds: of training and validating, over all resumptions.
        peak_memory: bytes; of the accelerator, or of the process on a CPU. 0 where the system does not tell.
        notes: what else a user should know, in sentences.
    """

    model: nn.Module
    history: History
    aim: Aim
    best: Best | None
    ended: Ended
    why: str
    seconds: float = field(compare=False)
    peak_memory: int = field(compare=False)
    notes: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the run broke: the loss was no number any more."""
        return self.ended is Ended.NOT_FINITE

    def forecast(self) -> Forecast:
        """What more epochs of this kind would bring."""
        return self.aim.forecast(self.history)
