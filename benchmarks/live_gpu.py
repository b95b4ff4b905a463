"""How many cameras at which rate one graphics card answers within a time, in FP16 and in INT8.

For each rate the number of cameras is doubled, then bisected, until the 95th percentile of the time from a picture's arrival
to its answer is over the budget or the card falls behind. Arrivals are those of cameras that are not in step. The network
takes what waits, up to a batch, as soon as it is free: the engine's own rule. Measured is the network on the card with the
copies to and from it; decoding and preparing pictures are left out (the processor does them, see `benchmarks.live`), so the
table is what the card can do, not what a machine with too few cores can.

Without a model the network is a dense one with the widths of YOLOX-tiny (416 x 416, 4.5 GFLOP) and chance weights
(synthetic), which is as fast as with trained ones. A model of one's own needs a free batch to be worth measuring.

    python -m benchmarks.live_gpu [--model NAME] [--int8 NAME] [--budget 500] [--seconds 10] [--device tensorrt|cuda|cpu]

Where no card answers it says what is missing; `--device cpu` measures the processor instead.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime

from benchmarks.harness import Claim, report
from benchmarks.int8 import SIDE, dense
from trackside.models import resolve
from trackside.models.quantise.calibration import ranges_of
from trackside.models.quantise.converting import quantised
from trackside.models.quantise.graph import prepare
from trackside.models.runtimes import Runtime
from trackside.models.runtimes.base import LARGEST_BATCH
from trackside.models.runtimes.onnx import OnnxRuntime

RATES = (5.0, 10.0, 30.0)
MOST_CAMERAS = 4096


@dataclass(frozen=True)
class Trial:
    """What some cameras at some rate came to: milliseconds at the 95th percentile, pictures a second, mean batch."""

    cameras: int
    p95: float
    answered: float
    batch: float
    kept_up: bool


def main() -> None:
    """Measure and write the results, or say what is missing."""
    asked = _asked()
    missing = _missing(asked.device)
    if missing:
        print("no table of cameras can be made here:\n  " + "\n  ".join(missing))
        print("`--device cpu` measures this machine's processor with the same code")
        sys.exit(2)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for precision, path in _networks(asked, Path(folder)).items():
            runtime = _opened(path, asked.device, precision)
            if runtime.fallback:
                print(f"{precision}: {runtime.fallback}")
                continue
            rows += [_row(runtime, precision, asked, rate) for rate in RATES]
    if not rows:
        sys.exit(2)
    command = "python -m benchmarks.live_gpu " + " ".join(sys.argv[1:])
    report("live_gpu", rows, _claims(rows), method=" ".join((__doc__ or "").split()[:90]), command=command.strip())


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="", help="an installed FP32 package with a free batch")
    parser.add_argument("--int8", default="", help="the same, quantised with --for tensorrt")
    parser.add_argument("--budget", type=float, default=500.0, help="milliseconds at the 95th percentile")
    parser.add_argument("--seconds", type=float, default=10.0, help="a trial lasts so long")
    parser.add_argument("--device", default="tensorrt", choices=("tensorrt", "cuda", "cpu"))
    return parser.parse_args()


def _missing(device: str) -> list[str]:
    """What stands in the way of a card."""
    if device == "cpu":
        return []
    found = []
    if shutil.which("nvidia-smi") is None:
        found.append("no NVIDIA driver answers (nvidia-smi is not there)")
    name = {"tensorrt": "TensorrtExecutionProvider", "cuda": "CUDAExecutionProvider"}[device]
    if name not in onnxruntime.get_available_providers():
        found.append(f"this ONNX Runtime has no {device} provider: pip install onnxruntime-gpu in place of onnxruntime")
    return found


def _networks(asked: argparse.Namespace, folder: Path) -> dict[str, Path]:
    """The network for each precision."""
    usual = {"tensorrt": "fp16", "cuda": "tf32", "cpu": "fp32"}[asked.device]
    if asked.model:
        found = {usual: resolve(asked.model).network}
        return found | ({"int8": resolve(asked.int8).network} if asked.int8 else {})
    path = folder / "dense.onnx"
    onnx.save(dense("ReLU"), str(path))
    target: Any = "tensorrt" if asked.device == "tensorrt" else "cpu"
    graph = prepare(path, folder)
    chance = np.random.default_rng(0)
    noise = (chance.random((1, 3, SIDE, SIDE), np.float32) * 255 for _ in range(4))
    ranges = ranges_of(graph, noise, "minmax", folder, lambda done: None)
    found = {usual: path}
    # CUDA alone has no eight-bit convolutions: TensorRT is what INT8 needs on a card.
    return (
        found
        if asked.device == "cuda"
        else found | {"int8": quantised(graph, ranges, graph.tail, target, folder / "q.onnx")}
    )


def _opened(path: Path, device: str, precision: str) -> OnnxRuntime:
    setting = device if device == "cpu" else f"{device}:{precision}"
    runtime = OnnxRuntime(path, provider=setting, precision="int8" if precision == "int8" else "fp32")
    for batch in sorted({1, 2, 4, 8, 16, LARGEST_BATCH}):
        runtime.warm_up(runtime.batch or batch)
    return runtime


def _row(runtime: Runtime, precision: str, asked: argparse.Namespace, rate: float) -> dict[str, Any]:
    def tried(cameras: int) -> Trial:
        trial = simulate(runtime, cameras, rate, asked.seconds)
        print(f"  {precision} {rate:g} fps x {cameras}: p95 {trial.p95:.0f} ms, {trial.answered:.0f} a second", flush=True)
        return trial

    best = most(tried, lambda trial: trial.kept_up and trial.p95 <= asked.budget)
    return {
        "model": asked.model or "dense ReLU 416 x 416 (synthetic)",
        "precision": precision,
        "runs on": runtime.provider,
        "fps": rate,
        "cameras": best.cameras if best else 0,
        "p95 ms": best.p95 if best else "",
        "pictures/s": best.answered if best else 0.0,
        "mean batch": best.batch if best else 0.0,
    }


def most(tried: Callable[[int], Trial], is_good: Callable[[Trial], bool]) -> Trial | None:
    """The trial with the most cameras that is good: doubled, then bisected to a twentieth."""
    best, cameras = None, 1
    while cameras <= MOST_CAMERAS and is_good(trial := tried(cameras)):
        best, cameras = trial, cameras * 2
    low, high = (best.cameras if best else 0), cameras
    while high - low > max(1, low // 20):
        middle = (low + high) // 2
        if is_good(trial := tried(middle)):
            best, low = trial, middle
        else:
            high = middle
    return best


def simulate(runtime: Runtime, cameras: int, rate: float, seconds: float) -> Trial:
    """Cameras that are not in step, in real time; the network takes what waits, up to a batch."""
    starts = np.random.default_rng(0).random(cameras) / rate
    arrivals = np.sort((starts[:, None] + np.arange(int(seconds * rate))[None] / rate).ravel())
    spec = runtime.inputs[0]
    shape = [length or 1 for length in spec.shape[1:]]
    tensor = (np.random.default_rng(1).random((runtime.batch or LARGEST_BATCH, *shape), np.float32) * 255).astype(spec.dtype)
    waits: list[float] = []
    batches: list[int] = []
    done, begin = 0, time.perf_counter()
    while done < len(arrivals):
        now = time.perf_counter() - begin
        if now < arrivals[done]:
            time.sleep(min(arrivals[done] - now, 0.001))
            continue
        if now - arrivals[done] > seconds:  # Hopelessly behind: no use in waiting for the end.
            return Trial(cameras, float("inf"), done / now, float(np.mean(batches)), False)
        taken = min(int(np.searchsorted(arrivals, now, "right")) - done, len(tensor))
        runtime.run({spec.name: tensor if runtime.batch else tensor[:taken]})
        finished = time.perf_counter() - begin
        waits += (finished - arrivals[done : done + taken]).tolist()
        batches.append(taken)
        done += taken
    answered = done / finished
    kept_up = answered >= 0.9 * cameras * rate
    return Trial(cameras, 1000 * float(np.quantile(waits, 0.95)), answered, float(np.mean(batches)), kept_up)


def _claims(rows: list[dict[str, Any]]) -> list[Claim]:
    return [
        Claim(f"cameras at {row['fps']:g} fps, {row['precision']}, {row['model']}", float(row["cameras"]), "cameras")
        for row in rows
    ]


if __name__ == "__main__":
    main()
