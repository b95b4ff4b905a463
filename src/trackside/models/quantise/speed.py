"""Whether INT8 is faster on this machine: both networks measured in turns, so that whatever else runs meets both."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trackside.models.runtimes.onnx import OnnxRuntime

_ROUNDS, _WARM = 9, 2
# Seconds that one round of one network should last at least, so that the clock and the scheduler do not decide.
_ROUND = 0.1


@dataclass(frozen=True, slots=True)
class Speed:
    """Pictures a second.

    Attributes:
        threads: within one run.
        batch: pictures in one run.
        fp32: of the parent.
        int8: of the quantised network.
    """

    threads: int
    batch: int
    fp32: float
    int8: float

    @property
    def gain(self) -> float:
        """How many times as fast INT8 is."""
        return self.int8 / self.fp32


def measure(fp32: Path, int8: Path, *, threads: Sequence[int] | None = None, batches: Sequence[int] = (1,)) -> list[Speed]:
    """Measure both networks on the processor.

    Args:
        fp32: an ONNX file.
        int8: another one with the same inputs.
        threads: within one run; None for one, and all that the machine has.
        batches: sizes to measure, where the network's batch is free; else its own one.
    """
    counts = sorted({1, os.cpu_count() or 1}) if threads is None else threads
    return [speed for count in counts for speed in _measured(fp32, int8, count, batches)]


def _measured(fp32: Path, int8: Path, threads: int, batches: Sequence[int]) -> list[Speed]:
    pair = [OnnxRuntime(fp32, threads=threads), OnnxRuntime(int8, threads=threads, precision="int8")]
    fixed = pair[0].batch
    found = []
    for batch in [fixed] if fixed is not None else batches:
        runs = [_runs_a_round(runtime, batch) for runtime in pair]
        rounds = [[_seconds(one, batch, count) for one, count in zip(pair, runs, strict=True)] for _ in range(_ROUNDS)]
        fp32_time, int8_time = (statistics.median(times) for times in zip(*rounds, strict=True))
        found.append(Speed(threads, batch, batch / fp32_time, batch / int8_time))
    return found


def _runs_a_round(runtime: OnnxRuntime, batch: int) -> int:
    _seconds(runtime, batch, _WARM)
    return max(1, round(_ROUND / max(_seconds(runtime, batch, 1), 1e-6)))


def _seconds(runtime: OnnxRuntime, batch: int, count: int) -> float:
    """Seconds a run; noise as input, since zeros are quicker to multiply on some processors."""
    spec = runtime.inputs[0]
    shape = [batch if axis == 0 else length or 1 for axis, length in enumerate(spec.shape)]
    tensor = (np.random.default_rng(0).random(shape) * 255).astype(spec.dtype)
    start = time.perf_counter()
    for _ in range(count):
        runtime.run({spec.name: tensor})
    return (time.perf_counter() - start) / count
