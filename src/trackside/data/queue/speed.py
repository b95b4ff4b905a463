"""Who decided how many images, and how fast."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

PAUSE = 60.0
"""Seconds. A longer gap between two decisions is a pause, not work."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A person's work.

    Attributes:
        name: who.
        decided: decisions that count (not undone).
        seconds: time at work: gaps between decisions, without pauses.
        per_hour: images an hour while at work; NaN before the second decision.
    """

    name: str
    decided: int
    seconds: float
    per_hour: float


def workers(rows: Iterable[tuple[str, float]]) -> tuple[Worker, ...]:
    """From (who, seconds since 1970) of every decision; the one who decided most comes first.

    Each gap of at most a minute is the time of the image that ends it; what follows a pause has no known time.

    >>> workers([("ann", 0.0), ("ann", 4.0), ("ann", 8.0), ("ann", 1000.0)])[0].per_hour
    900.0
    """
    times: dict[str, list[float]] = {}
    for name, at in rows:
        times.setdefault(name, []).append(at)
    found = [_worker(name, np.diff(np.sort(part)), len(part)) for name, part in times.items()]
    return tuple(sorted(found, key=lambda worker: (-worker.decided, worker.name)))


def _worker(name: str, gaps: np.ndarray, decided: int) -> Worker:
    gaps = gaps[gaps <= PAUSE]
    seconds = float(gaps.sum())
    return Worker(name, decided, seconds, len(gaps) / seconds * 3600 if seconds > 0 else float("nan"))
