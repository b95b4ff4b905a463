"""Opening a package's network, once a process, and choosing how many pictures to run at a time."""

from __future__ import annotations

import os
import statistics
import threading
import time

from trackside.models.package import Package
from trackside.models.runtimes.base import LARGEST_BATCH, Runtime

# The provider to use where none is asked for: lets one command or one machine choose for all networks.
DEVICE = "TRACKSIDE_DEVICE"
# Doubling the batch must be worth this much, or the smaller one, with its shorter wait, is better.
LEAST_GAIN = 0.05
_REPEATS = 5

_shared: dict[tuple[str, str, int, str | None], Runtime] = {}
_lock = threading.Lock()


def open_runtime(package: Package, *, threads: int = 1, provider: str | None = None) -> Runtime:
    """Open a package's network.

    Args:
        package: a verified package.
        threads: threads within one run.
        provider: "cpu", "cuda", "tensorrt", "coreml" or "openvino", where it offers one with a precision ("tensorrt:fp16",
            "openvino:bf16"); None for `TRACKSIDE_DEVICE`, else the processor.

    Raises:
        ModelError: the file is not a network that this runtime can open.
        SettingError: the provider is unknown, or does not offer that precision.
    """
    provider = provider or os.environ.get(DEVICE) or None
    if package.card.runtime == "onnx":
        from trackside.models.runtimes.onnx import OnnxRuntime

        return OnnxRuntime(package.network, threads=threads, provider=provider, precision=package.card.precision)
    from trackside.models.runtimes.litert import LiteRtRuntime

    return LiteRtRuntime(package.network, threads=threads, provider=provider)


def shared_runtime(package: Package, *, threads: int = 1, provider: str | None = None) -> Runtime:
    """The process's one runtime for this network and these settings, opened at first use.

    Runtimes may be called from several threads at once, so sharing one saves its weights' memory for each further user.
    """
    provider = provider or os.environ.get(DEVICE) or None
    key = (package.sha256, str(package.network), threads, provider)
    with _lock:
        if key not in _shared:
            _shared[key] = open_runtime(package, threads=threads, provider=provider)
        return _shared[key]


def plateau_batch(runtime: Runtime, largest: int = LARGEST_BATCH) -> int:
    """The smallest batch whose doubling gains under 5 % in pictures a second; the fixed size of a fixed-batch network."""
    if runtime.batch is not None:
        return runtime.batch
    batch, speed = 1, _pictures_per_second(runtime, 1)
    while batch * 2 <= largest:
        doubled = _pictures_per_second(runtime, batch * 2)
        if doubled < speed * (1 + LEAST_GAIN):
            break
        batch, speed = batch * 2, doubled
    return batch


def _pictures_per_second(runtime: Runtime, batch: int) -> float:
    runtime.warm_up(batch)
    return batch / statistics.median(_timed(runtime, batch) for _ in range(_REPEATS))


def _timed(runtime: Runtime, batch: int) -> float:
    start = time.perf_counter()
    runtime.warm_up(batch)
    return time.perf_counter() - start
