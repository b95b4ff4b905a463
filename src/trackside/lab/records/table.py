"""Many runs as columns: what they were set to and what came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Choice = Literal["last", "min", "max"]
CHOICES: tuple[Choice, ...] = ("last", "min", "max")
_LOWER = ("loss", "error", "rmse", "mae", "mse", "distance", "seconds", "perplexity", "regret", "false", "latency")


@dataclass(frozen=True)
class Column:
    """One setting of all runs.

    Attributes:
        texts: as MLflow keeps them, None where a run has no such setting or the setting was None.
        numbers: float64 [n], NaN where there is none; None if some run has a text that is no number.
    """

    texts: tuple[str | None, ...]
    numbers: NDArray[np.float64] | None

    @classmethod
    def of(cls, texts: Sequence[str | None]) -> Column:
        """A column of numbers if every text is one."""
        kept = tuple(None if text == "None" else text for text in texts)
        try:
            return cls(kept, np.array([float("nan") if text is None else float(text) for text in kept]))
        except ValueError:
            return cls(kept, None)

    @property
    def varies(self) -> bool:
        """Whether two runs differ in it."""
        return len(set(self.texts)) > 1


@dataclass(frozen=True)
class Summary:
    """One metric of all runs.

    Attributes:
        last: float64 [n], the value of the newest step; NaN where it is NaN or absent.
        min, max: float64 [n] over all steps, without NaN.
    """

    last: NDArray[np.float64]
    min: NDArray[np.float64]
    max: NDArray[np.float64]

    def of(self, choice: Choice) -> NDArray[np.float64]:
        """One of the three."""
        chosen: NDArray[np.float64] = getattr(self, choice)
        return chosen


@dataclass(frozen=True)
class RunsTable:
    """Runs of one experiment, the oldest first; every column has `len(table)` entries.

    Attributes:
        experiment: its name.
        ids: 32 hexadecimal digits each.
        names: as they were called; not unique.
        status: `running`, `finished`, `failed`, `killed`.
        start: float64 [n], seconds since 1970.
        seconds: float64 [n], how long they ran; NaN for those that have not ended.
        settings: name to column.
        metrics: name to summary.
    """

    experiment: str
    ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    start: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    seconds: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    settings: Mapping[str, Column] = field(default_factory=dict)
    metrics: Mapping[str, Summary] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def varying(self) -> tuple[str, ...]:
        """The settings in which runs differ."""
        return tuple(name for name, column in self.settings.items() if column.varies)

    def best_first(self, metric: str, *, lower: bool | None = None) -> NDArray[np.int64]:
        """Rows by the best value that a run ever had of a metric; those without it come last, the newest of equals first.

        Args:
            metric: its name.
            lower: whether less is better; by the metric's name, if None.
        """
        down = lower_is_better(metric) if lower is None else lower
        summary = self.metrics[metric]
        key = summary.min if down else -summary.max
        return np.lexsort((-self.start, np.where(np.isnan(key), np.inf, key)))

    def main_metric(self) -> str | None:
        """The metric that tells best how good a run is: one of validation that most runs have, accuracy before loss."""
        held = {name: int(np.isfinite(summary.last).sum()) for name, summary in self.metrics.items()}
        known = [name for name in held if held[name]]
        return max(known, key=lambda name: (_weight(name), held[name], name), default=None)


def lower_is_better(metric: str) -> bool:
    """Whether a metric of that name is better when it is less: losses, errors, times."""
    last = metric.lower()
    return any(word in last for word in _LOWER)


def _weight(name: str) -> int:
    measured = 2 * name.lower().startswith(("validation", "val", "test"))
    told = 0 if any(word in name.lower() for word in ("rate", "epoch")) else 1
    return measured + (told if lower_is_better(name) else 2 * told)
