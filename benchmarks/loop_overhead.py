"""Claim: the fitting loop costs less than 3 % of the time of a bare PyTorch loop.

Two networks at batch 64, in one thread: LeNet on 28 x 28 pictures (random ones of MNIST's size: what pictures show does not
change the time of a step), and a small residual network on 32 x 32 colour pictures. All loops go through the same
`DataLoader`, shuffle, step AdamW and add up the loss; the bare one is what a tutorial writes, with `loss.item()` once an
epoch. Ours keeps every loss, follows a cosine and watches for NaN; a second run of ours also keeps a moving average of
weights and writes a checkpoint.

Each round makes fresh models with the same weights for all loops, one after the other, in turns that rotate.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.harness import Claim, Timing, median, ratios, report, timed
from trackside.lab.fitting import fit
from trackside.lab.training import Training

BATCH = 64
ROUNDS = 15


def main() -> None:
    """Measure both networks and report."""
    torch.set_num_threads(1)
    rows: list[dict[str, Any]] = []
    claims: list[Claim] = []
    cases = (("LeNet", lenet, (1, 28, 28), 4096, 1), ("residual network", residual, (3, 32, 32), 256, 1))
    for name, make, shape, items, epochs in cases:
        times = measure(make, shape, items, epochs)
        steps = epochs * items // BATCH
        for loop, seconds in times.items():
            wall, cpu = ([one.wall for one in seconds], [one.cpu for one in seconds])
            row = {"network": name, "loop": loop, "ms a step": median(wall) / steps * 1e3}
            row["wall to bare"] = ratios(wall, [one.wall for one in times["bare"]])
            row["cpu to bare"] = ratios(cpu, [one.cpu for one in times["bare"]])
            rows.append(row)
            if loop == "fit":
                claims.append(Claim(f"{name}: fit / bare loop, wall time", row["wall to bare"], "ratio", "<= 1.03"))
                claims.append(Claim(f"{name}: fit / bare loop, CPU time", row["cpu to bare"], "ratio", "<= 1.03"))
    method = f"median over {ROUNDS} rounds of the quotient of times, all loops in each round, one thread, batch {BATCH}"
    report("loop_overhead", rows, claims, method=method)


def measure(make: Callable[[], nn.Module], shape: tuple[int, ...], items: int, epochs: int) -> dict[str, list[Timing]]:
    """Times of each loop, round by round, after a round that does not count."""
    torch.manual_seed(0)
    data = TensorDataset(torch.rand(items, *shape), torch.randint(0, 10, (items,)))
    loops: dict[str, Callable[[Training], None]] = {
        "bare": lambda training: bare(training, epochs),
        "fit": lambda training: ours(training, epochs),
        "fit, average and checkpoints": lambda training: ours_with_all(training, epochs),
    }
    names = list(loops)
    times: dict[str, list[Timing]] = {name: [] for name in names}
    for number in range(ROUNDS + 1):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            training = training_of(make, data)
            took = timed(lambda loop=loops[name], training=training: loop(training))  # type: ignore[misc]
            if number:
                times[name].append(took)
    return times


def training_of(make: Callable[[], nn.Module], data: TensorDataset) -> Training:
    """Fresh, with the same weights each time."""
    torch.manual_seed(1)
    model = make()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    return Training(model, nn.CrossEntropyLoss(), DataLoader(data, BATCH, shuffle=True), optimizer=optimizer)


def bare(training: Training, epochs: int) -> None:
    """The loop of a tutorial."""
    model, optimizer = training.model, training.optimizer
    assert optimizer is not None
    for _ in range(epochs):
        model.train()
        total = torch.zeros(())
        for inputs, targets in training.train:
            optimizer.zero_grad()
            loss = training.loss_fn(model(inputs), targets)
            loss.backward()
            optimizer.step()
            total += loss.detach()
        total.item()


def ours(training: Training, epochs: int) -> None:
    """`fit` with a schedule."""
    fit(training, epochs=epochs, schedule="cosine", progress=False)


def ours_with_all(training: Training, epochs: int) -> None:
    """`fit` with everything that it can keep; one checkpoint at the end, as a run of less than a minute has."""
    with tempfile.TemporaryDirectory() as folder:
        fit(training, epochs=epochs, schedule="cosine", ema=0.999, folder=Path(folder), progress=False)


def lenet() -> nn.Module:
    """LeNet-5 (LeCun et al., Proceedings of the IEEE 86, 1998) with ReLU and max pooling, 61,706 weights."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip


class Block(nn.Module):
    """Two convolutions and a way around them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.inner = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
            nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width),
        )  # fmt: skip

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return torch.relu(inputs + self.inner(inputs))


def residual() -> nn.Module:
    """Four residual blocks in two widths."""
    down = [nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.ReLU()]
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10)]
    return nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), Block(16), Block(16), *down, Block(32), Block(32), *head)


if __name__ == "__main__":
    main()
