"""Rung 12: how long the whole run takes, and how much memory."""

from __future__ import annotations

import math
import time
from pathlib import Path
from statistics import mean, median, stdev

import torch

from trackside.core import Measurement, Number, Threshold, Verdict
from trackside.core.checks import check
from trackside.core.intervals import Z95
from trackside.lab.preflight.clock import Clock
from trackside.lab.preflight.fitting import fallback_optimizer, step
from trackside.lab.preflight.modes import steps_an_epoch
from trackside.lab.preflight.subject import Rung, Subject

_STEPS = 12
_WARM_UP = 2


@check(
    "forecast",
    asks="How long will the run take, and how much memory?",
    costs="a dozen steps on a copy",
    source="measured here",
    thresholds=(
        Threshold(
            "memory over what there is",
            at_most=0.9,
            otherwise=Verdict.WARN,
            reason="the last tenth goes to fragments and others",
        ),
        Threshold(
            "waiting for data",
            at_most=60,
            otherwise=Verdict.NOTE,
            reason="a model that waits longer than it computes gains more from workers than from anything else",
        ),
    ),
)
def forecast(subject: Subject) -> Rung:
    """Times steps of the whole batch and their loading; says hours with an interval."""
    clock = subject.clock.share(0.1)
    times = _step_seconds(subject, clock)
    if not times:
        return Rung(Measurement(missing="not enough time for one step; give more seconds"))
    loading = median(subject.train.seconds[1:] or subject.train.seconds)
    workers = getattr(subject.training.train, "num_workers", 0) or 0
    each = mean(times) + (0.0 if workers else loading)
    # Steps differ, and the machine's load drifts: the interval is that of the mean, and at least 10 % wide.
    half = max(Z95 * stdev(times) / math.sqrt(len(times)) if len(times) > 1 else each, 0.1 * each)
    steps, epochs = steps_an_epoch(subject), subject.epochs
    count = (steps or 1) * (epochs or 1)
    peak, there = _memory(subject)
    numbers = (
        Number("memory over what there is", peak / there if there else 0.0),
        Number("waiting for data", 100 * loading / (loading + mean(times)) if not workers else 0.0, "%"),
        Number("one step", 1000 * mean(times), "ms"),
        Number("loading one batch", 1000 * loading, "ms"),
        Number("steps an epoch", steps or math.nan),
        Number("peak memory", peak / 2**30, "GiB"),
        Number("lower end", count * max(each - half, 0.0) / 3600, "h"),
        Number("upper end", count * (each + half) / 3600, "h"),
    )
    what = f"{epochs} epochs" if steps and epochs else "an epoch" if steps else "a step (the loader has no length)"
    says = f"{what}: {span(count * (each - half))} to {span(count * (each + half))}, at {1000 * each:.3g} ms a step; "
    says += f"peak memory {peak / 2**30:.2g} GiB of {there / 2**30:.2g}"
    short = there and peak / there > 0.9
    step_ = "take smaller batches with gradient accumulation, or mixed precision" if short else "load with more workers"
    return Rung(Measurement(numbers), says, (), step_)


def span(seconds: float) -> str:
    """Seconds as people say them.

    >>> span(5400)
    '1.5 h'
    """
    for limit, size, unit in ((1, 1e-3, "ms"), (100, 1, "s"), (6000, 60, "min"), (180000, 3600, "h")):
        if seconds < limit:
            shown = max(seconds, 0) / size
            return f"{shown:.0f} {unit}" if shown >= 9.95 else f"{shown:.2g} {unit}"
    return f"{seconds / 86400:.2g} days"


def _step_seconds(subject: Subject, clock: Clock) -> list[float]:
    made = subject.copy()
    optimizer = made.optimizer or fallback_optimizer(made, 1e-3)
    if optimizer is None:
        return []
    subject.seeded()
    pairs, times = subject.train.pairs, list[float]()
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()
    while len(times) < _STEPS + _WARM_UP and not (times and clock.is_spent):
        start = time.perf_counter()
        step(made, optimizer, pairs[len(times) % len(pairs)])  # Reading the loss waits for the device.
        times.append(time.perf_counter() - start)
    return times[_WARM_UP:] if len(times) > _WARM_UP + 1 else times


def _memory(subject: Subject) -> tuple[float, float]:
    """Peak of the process or device so far in bytes, and what there is. Running a rung is what a training does."""
    if subject.training.device.type == "cuda":
        _, whole = torch.cuda.mem_get_info()
        return float(torch.cuda.max_memory_allocated()), float(whole)
    import resource
    import sys

    unit = 1 if sys.platform == "darwin" else 1024
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit), _host_memory()


def _host_memory() -> float:
    """Memory of the machine or of its container, whichever is less; 0 if nothing says."""
    limits = []
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        text = _read(path)
        limits += [float(text)] if text.isdigit() else []
    lines = dict(line.split(":", 1) for line in _read("/proc/meminfo").splitlines() if ":" in line)
    if "MemTotal" in lines:
        limits.append(1024 * float(lines["MemTotal"].split()[0]))
    return min(limits, default=0.0)


def _read(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""
