"""Learning-rate schedules: what share of each group's own rate counts at a step of the run.

A schedule is any function of (step, steps): the step about to be taken, from 0, and all steps of the run. It gives a factor
for the rates that the optimiser was made with, so that groups with different rates (small for a pretrained backbone, large
for a new head) keep their ratios.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from torch import Tensor
from torch.optim import Optimizer

from trackside.core import SettingError, nearest

Schedule = Callable[[int, int], float]


@dataclass(frozen=True, slots=True)
class Constant:
    """The optimiser's rates, unchanged; with a warm-up, rising to them in a line.

    Attributes:
        warmup: share of the run, 0 to 1.
    """

    warmup: float = 0.0

    def __post_init__(self) -> None:
        _share("warmup", self.warmup)

    def __call__(self, step: int, steps: int) -> float:
        return _warm(step, self.warmup * steps)


@dataclass(frozen=True, slots=True)
class Cosine:
    """Half a cosine from the full rate to `floor` of it (Loshchilov and Hutter, ICLR 2017, equation 5), after a warm-up.

    Attributes:
        warmup: share of the run in which the rate rises in a line (Goyal et al., arXiv 1706.02677, section 2.2).
        floor: share of the rate at the end.
    """

    warmup: float = 0.0
    floor: float = 0.0

    def __post_init__(self) -> None:
        _share("warmup", self.warmup)
        _share("floor", self.floor)

    def __call__(self, step: int, steps: int) -> float:
        warm = self.warmup * steps
        if step < warm:
            return _warm(step, warm)
        return self.floor + (1 - self.floor) * _falling(step - warm, steps - warm)


@dataclass(frozen=True, slots=True)
class OneCycle:
    """Up to the optimiser's rate and down again, both as half cosines (Smith and Topin, arXiv 1708.07120).

    The momentum is left alone. Defaults are those of `torch.optim.lr_scheduler.OneCycleLR`.

    Attributes:
        peak: where in the run the full rate is reached.
        start: share of the rate at the first step.
        end: share of the rate at the last step.
    """

    peak: float = 0.3
    start: float = 1 / 25
    end: float = 1 / 250_000

    def __post_init__(self) -> None:
        for name in ("peak", "start", "end"):
            _share(name, getattr(self, name))

    def __call__(self, step: int, steps: int) -> float:
        top = self.peak * steps - 1
        if step < top:
            return 1 - (1 - self.start) * _falling(step, top + 1)
        return self.end + (1 - self.end) * _falling(step - max(top, 0.0), steps - max(top, 0.0))


@dataclass(frozen=True, slots=True)
class Steps:
    """The rate is multiplied by `factor` at each of some points of the run.

    Attributes:
        at: shares of the run, rising.
        factor: 0.1 by custom.
    """

    at: tuple[float, ...] = (0.5, 0.75)
    factor: float = 0.1

    def __post_init__(self) -> None:
        for share in self.at:
            _share("at", share)

    def __call__(self, step: int, steps: int) -> float:
        return float(self.factor ** sum(step >= share * steps for share in self.at))


def schedule_from(schedule: str | Schedule) -> Schedule:
    """A schedule by its name, or as it was given.

    Raises:
        SettingError: there is none of that name.
    """
    if callable(schedule):
        return schedule
    if schedule not in SCHEDULES:
        raise SettingError(f"unknown schedule {schedule!r}", where="schedule", fix=nearest(str(schedule), SCHEDULES))
    return SCHEDULES[schedule]


def rates_of(optimizer: Optimizer) -> list[float]:
    """The rate of each parameter group."""
    return [float(group["lr"]) for group in optimizer.param_groups]


def set_rates(optimizer: Optimizer, rates: list[float], factor: float) -> None:
    """Give each group its share of its own rate. Rates that are tensors (as `capturable` wants them) stay tensors."""
    for group, rate in zip(optimizer.param_groups, rates, strict=True):
        held: Any = group["lr"]
        if isinstance(held, Tensor):
            held.fill_(rate * factor)
        else:
            group["lr"] = rate * factor


def _warm(step: int, warm: float) -> float:
    return min(1.0, (step + 1) / warm) if warm >= 1 else 1.0


def _falling(step: float, steps: float) -> float:
    """Half a cosine from 1 at step 0 to 0 at the last step, `steps` - 1."""
    return 0.5 * (1 + math.cos(math.pi * min(1.0, step / max(steps - 1, 1.0))))


def _share(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise SettingError(f"{value} is no share", where=name, fix="give a number from 0 to 1")


SCHEDULES: Mapping[str, Schedule] = MappingProxyType(
    {"constant": Constant(), "cosine": Cosine(warmup=0.05), "one-cycle": OneCycle(), "step": Steps()}
)
"""Schedules by name, with usual settings."""
