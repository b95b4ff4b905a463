"""What does watching a run cost? The same plain loop with and without `trackside.lab.watch`, in turns, in one process.

Networks as small as people train are the worst case: a step of theirs takes a few milliseconds, and what watching does
in every step (two hooks and a kept loss) weighs most. Inputs are random numbers: SYNTHETIC; what a step costs does not
depend on them.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from benchmarks.harness import Claim, median, report
from trackside.lab import watch

ROUNDS = 15


def lenet() -> nn.Module:
    """LeNet-5 with ReLUs: 61,706 parameters."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip


def small_residual() -> nn.Module:
    """A plain convolutional network with batch normalisation, 32 to 128 channels."""
    widths, layers = (3, 32, 64, 128), []
    for one, two in itertools.pairwise(widths):
        layers += [nn.Conv2d(one, two, 3, padding=1, bias=False), nn.BatchNorm2d(two), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(128, 10))


CASES: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...], int]] = {
    "LeNet-5, 28 pixels, batch 64": (lenet, (64, 1, 28, 28), 300),
    "three convolutions, 32 pixels, batch 64": (small_residual, (64, 3, 32, 32), 40),
    "MLP 20-64-2, batch 32": (lambda: nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 2)), (32, 20), 2_000),
}


def steps(make: Callable[[], nn.Module], shape: tuple[int, ...], count: int, watched: bool) -> float:
    """Seconds of a loop of so many steps."""
    torch.manual_seed(0)
    model, loss_fn = make(), nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    inputs, targets = torch.randn(shape), torch.randint(0, 2, shape[:1])
    context: Any = contextlib.nullcontext()
    if watched:
        context = watch(model, optimizer=optimizer, loss_fn=loss_fn, train=[(inputs, targets)])
    with context:
        began = time.perf_counter()
        for _ in range(count):
            optimizer.zero_grad()
            loss = loss_fn(model(inputs), targets)
            loss.backward()
            optimizer.step()
        return time.perf_counter() - began


def pair(make: Callable[[], nn.Module], shape: tuple[int, ...], count: int, *, watched_first: bool) -> tuple[float, float]:
    """Seconds watched and bare; which comes first changes from round to round."""
    taken = {watched: steps(make, shape, count, watched) for watched in (watched_first, not watched_first)}
    return taken[True], taken[False]


def main() -> None:
    """Measure and report."""
    torch.set_num_threads(1)
    rows, claims = [], []
    for name, (make, shape, count) in CASES.items():
        times = [pair(make, shape, count, watched_first=bool(number % 2)) for number in range(ROUNDS)]
        share = median([watched / bare for watched, bare in times]) - 1
        step = median([bare for _, bare in times]) / count
        rows.append({"network": name, "step, ms": round(1e3 * step, 3), "watching costs": f"{share:.2%}"})
        goal = "<= 0.03" if not name.startswith("MLP") else ""
        claims.append(Claim(f"watching, {name}", share, "share of the step", goal))
    report("watch_overhead", rows, claims, method=f"median of {ROUNDS} rounds, watched and bare loops in turns, one thread")


if __name__ == "__main__":
    main()
