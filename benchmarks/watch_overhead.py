"""What does watching a run cost? The same plain loop with and without `trackside.lab.watch`, in turns, in one process.

On shared machines whole loops differ by a fifth from one to the next. So every step is timed: the cost of a loop is the
sum of its steps, and each step, the closely watched first ones among them, counts by its median over the rounds. Beside it
stands the time that was spent in the watch's own code, which noise hardly touches.

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

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from benchmarks.harness import Claim, median, report
from trackside.lab import watch
from trackside.lab.diagnosis.watch import Watch

ROUNDS = 15
METHOD = f"{ROUNDS} rounds, watched and bare loops in turns, one thread; each step by its median over the rounds"


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


def steps(make: Callable[[], nn.Module], shape: tuple[int, ...], count: int, watched: bool) -> NDArray[np.float64]:
    """Seconds of each step of a loop."""
    torch.manual_seed(0)
    model, loss_fn = make(), nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    inputs, targets = torch.randn(shape), torch.randint(0, 2, shape[:1])
    context: Any = contextlib.nullcontext()
    if watched:
        context = watch(model, optimizer=optimizer, loss_fn=loss_fn, train=[(inputs, targets)])
    at = np.empty(count + 1)
    with context:
        at[0] = time.perf_counter()
        for step in range(count):
            optimizer.zero_grad()
            loss = loss_fn(model(inputs), targets)
            loss.backward()
            optimizer.step()
            at[step + 1] = time.perf_counter()
    return np.diff(at)


def rounds(make: Callable[[], nn.Module], shape: tuple[int, ...], count: int) -> tuple[float, float]:
    """Seconds of a watched and of a bare loop; which comes first changes from round to round."""
    taken: dict[bool, list[NDArray[np.float64]]] = {True: [], False: []}
    for number in range(ROUNDS):
        for watched in (bool(number % 2), not number % 2):
            taken[watched].append(steps(make, shape, count, watched))
    watched, bare = (float(np.median(taken[key], axis=0).sum()) for key in (True, False))
    return watched, bare


def own_code(make: Callable[[], nn.Module], shape: tuple[int, ...], count: int) -> float:
    """Seconds of a loop that are spent in what the watch adds to it, hooks and its share of `backward`; median of five."""
    spent = 0.0

    def timed(function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            nonlocal spent
            began = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                spent += time.perf_counter() - began

        return run

    names, seconds = ("_saw_forward", "_saw_step_end", "_safely"), []
    kept = {name: getattr(Watch, name) for name in names}
    for name in names:
        setattr(Watch, name, timed(kept[name]))
    try:
        for _ in range(5):
            spent = 0.0
            steps(make, shape, count, watched=True)
            seconds.append(spent)
    finally:
        for name in names:
            setattr(Watch, name, kept[name])
    return median(seconds)


def main() -> None:
    """Measure and report."""
    torch.set_num_threads(1)
    rows, claims = [], []
    for name, (make, shape, count) in CASES.items():
        watched, bare = rounds(make, shape, count)
        share, step = watched / bare - 1, bare / count
        own = own_code(make, shape, count) / bare
        rows.append(
            {"network": name, "step, ms": round(1e3 * step, 3), "watching costs": f"{share:.2%}", "own code": f"{own:.2%}"}
        )
        goal = "<= 0.03" if not name.startswith("MLP") else ""
        claims.append(Claim(f"watching, {name}", share, "share of the step", goal))
        claims.append(Claim(f"the watch's own code, {name}", own, "share of the step", goal))
    report("watch_overhead", rows, claims, method=METHOD)


if __name__ == "__main__":
    main()
