"""When to stop before the last epoch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from trackside.core import SettingError
from trackside.lab.fitting.history import History
from trackside.lab.fitting.outlook import Forecast, forecast
from trackside.lab.metric import Metric


@dataclass(frozen=True, slots=True)
class Aim:
    """The result by which epochs are compared: a metric, or the validation loss.

    Attributes:
        name: the metric's, or `loss`.
        higher_is_better: False for the loss.
        unit: the metric's.
    """

    name: str = "loss"
    higher_is_better: bool = False
    unit: str = ""

    @classmethod
    def of(cls, metrics: tuple[Metric, ...]) -> Aim:
        """The first metric, or the loss if there is none."""
        return cls(metrics[0].name, metrics[0].higher_is_better, metrics[0].unit) if metrics else cls()

    def better(self, one: float, other: float, by: float = 0.0) -> bool:
        """Whether a value is better than another by more than some amount; NaN never is, and anything beats NaN."""
        if one != one:
            return False
        return other != other or (one > other + by if self.higher_is_better else one < other - by)

    def forecast(self, history: History) -> Forecast:
        """What is still to be gained in this result."""
        values = [epoch.value(self.name) for epoch in history.epochs]
        seconds = [epoch.seconds for epoch in history.epochs]
        return forecast(values, seconds, higher_is_better=self.higher_is_better, name=self.name, unit=self.unit)


class Stop(Protocol):
    """Asked after each epoch that was validated."""

    def __call__(self, history: History, aim: Aim) -> str:
        """Why the run should stop now, a clause; empty if it should go on."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Stop when the result has not got better for some epochs (Prechelt, Early Stopping - But When?, 1998, class UP).

    Attributes:
        epochs: how many.
        least: what counts as better: by more than this, in the result's unit.
    """

    epochs: int = 10
    least: float = 0.0

    def __post_init__(self) -> None:
        if self.epochs < 1:
            raise SettingError(f"patience for {self.epochs} epochs", where="stop", fix="give at least 1")

    def __call__(self, history: History, aim: Aim) -> str:
        best, since = float("nan"), 0
        for epoch in history.epochs:
            since += 1
            if aim.better(epoch.value(aim.name), best, self.least):
                best, since = epoch.value(aim.name), 0
        return f"{aim.name} has not got better for {since} epochs" if since >= self.epochs else ""


@dataclass(frozen=True, slots=True)
class DiminishingReturns:
    """Stop when the result gets better more slowly than is worth the time.

    Where the curve allows no forecast the run goes on: noise is no reason to stop.

    Attributes:
        gain_per_hour: the slowest gain that is worth it, in the result's unit an hour (0.01: a point of accuracy an hour).
        certainty: probability of a slower gain at which to stop.
    """

    gain_per_hour: float
    certainty: float = 0.8

    def __post_init__(self) -> None:
        if self.gain_per_hour <= 0 or not 0.5 <= self.certainty < 1:
            fix = "give a gain above 0 and a certainty from 0.5 to below 1"
            raise SettingError("no rule of diminishing returns", where="stop", fix=fix)

    def __call__(self, history: History, aim: Aim) -> str:
        found = aim.forecast(history)
        if not found.possible or found.chance_below(self.gain_per_hour) < self.certainty:
            return ""
        return f"{found.says}; that is slower than {self.gain_per_hour:g} of {aim.name} an hour"
