"""Claim: on a GPU a batch of surfaces is evaluated at no less than 60 % of the speed at which the device copies the result.

10,000 SYNTHETIC rational bicubic surfaces of 8 x 8 control points, each with its own knots, on 50 x 50, float32 and
float64. The copy reads and writes as many bytes as the result has; both are timed by CUDA events, medians of 50 after
a warm-up, in turns. Needs a CUDA device; where there is none it says so and writes nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from benchmarks.harness import Claim, median, report
from benchmarks.nurbs_peers import knots_of
from trackside.geometry import nurbs

ROUNDS = 50
SURFACES = 10_000


def milliseconds(call: Callable[[], Any]) -> float:
    """One call, by the device's own clock."""
    start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    start.record()
    call()
    end.record()
    torch.cuda.synchronize()
    return float(start.elapsed_time(end))


def main() -> None:
    """Measure and write the results."""
    if not torch.cuda.is_available():
        sys.exit("no CUDA device: nothing was measured")
    rng = np.random.default_rng(0)
    rows, claims = [], []
    for name, kind in (("float32", torch.float32), ("float64", torch.float64)):
        give = {"dtype": kind, "device": "cuda"}
        surfaces = nurbs.Surface(
            torch.tensor(rng.normal(size=(SURFACES, 8, 8, 3)), **give), 3,
            [torch.tensor(knots_of(rng, 8, SURFACES), **give) for _ in range(2)],
            torch.tensor(rng.uniform(0.5, 1.5, (SURFACES, 8, 8)), **give),
        )  # fmt: skip
        u = torch.linspace(0, 1, 50, **give)
        with torch.no_grad():
            result = nurbs.evaluate_grid(surfaces, u, u).contiguous()
            room = torch.empty_like(result)
            calls = {
                "ours": lambda s=surfaces, u=u: nurbs.evaluate_grid(s, u, u),
                "copy": lambda a=room, b=result: a.copy_(b),
            }
            for call in calls.values():
                for _ in range(5):
                    call()
            taken: dict[str, list[float]] = {who: [] for who in calls}
            for _ in range(ROUNDS):
                for who, call in calls.items():
                    taken[who].append(milliseconds(call))
        share = median([copy / ours for copy, ours in zip(taken["copy"], taken["ours"], strict=True)])
        rows += [{"case": name, "who": who, "ms": median(found)} for who, found in taken.items()]
        claims.append(Claim(f"{name}: speed of ours / speed of copying the result", share, "ratio", ">= 0.6"))
    device = torch.cuda.get_device_name()
    report("nurbs_gpu", rows, claims, method=f"{device}; {ROUNDS} rounds in turns, medians; synthetic surfaces.")


if __name__ == "__main__":
    main()
