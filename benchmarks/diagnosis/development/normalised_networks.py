"""Programs with normalising layers, dropout and unusual batch sizes."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.diagnosis.development import data
from benchmarks.diagnosis.development.registry import PROGRAMS
from benchmarks.diagnosis.program import Watch


def digits(seed: int, batch: int) -> tuple[Any, Any]:
    """Batches of scikit-learn's digits as rows in [0, 1]."""
    X, y = data.rows("digits", seed)
    X = X / 16
    train = DataLoader(TensorDataset(X[:1400], y[:1400]), batch_size=batch, shuffle=True, drop_last=True)
    return train, DataLoader(TensorDataset(X[1400:], y[1400:]), batch_size=200)


def stack(depth: int, width: int = 48) -> nn.Sequential:
    """Normalised layers one after another."""
    layers: list[nn.Module] = [nn.Linear(64, width)]
    for _ in range(depth):
        layers += [nn.BatchNorm1d(width), nn.ReLU(), nn.Linear(width, width)]
    return nn.Sequential(*layers, nn.BatchNorm1d(width), nn.ReLU(), nn.Linear(width, 10))


@PROGRAMS("digits-baseline-measured-first", fault="eval-mode-left-on", data="digits", kind="images")
def accuracy_function(watch: Watch) -> Any:
    torch.manual_seed(0)
    train, test = digits(50, 32)
    model = stack(10)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    criterion = nn.CrossEntropyLoss()

    def accuracy() -> float:
        model.eval()
        with torch.no_grad():
            return sum(int((model(x).argmax(1) == y).sum()) for x, y in test) / 397

    accuracy()
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(25):
            for x, y in train:
                optimizer.zero_grad()
                criterion(model(x), y).backward()
                optimizer.step()
            accuracy()
    return run


@PROGRAMS("digits-tested-after-each-epoch", fault="eval-mode-left-on", data="digits", kind="images")
def evaluate_function(watch: Watch) -> Any:
    torch.manual_seed(1)
    train, test = digits(51, 50)
    model = stack(4)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)

    def evaluate(net: nn.Module) -> float:
        net.eval()
        with torch.no_grad():
            return float(sum(F.cross_entropy(net(x), y, reduction="sum").item() for x, y in test)) / 397

    model.train()
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(25):
            for x, y in train:
                optimizer.zero_grad()
                F.cross_entropy(model(x), y).backward()
                optimizer.step()
            evaluate(model)
    return run


@PROGRAMS("digits-two-at-a-time", fault="batch-norm-batch-1", data="digits", kind="images")
def norm_stack(watch: Watch) -> Any:
    torch.manual_seed(2)
    train, test = digits(52, 2)
    model = stack(2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with watch(model, optimizer=optimizer, loss_fn=nn.CrossEntropyLoss(), train=train, validation=test) as run:
        for _epoch in range(6):
            model.train()
            for x, y in train:
                optimizer.zero_grad()
                F.cross_entropy(model(x), y).backward()
                optimizer.step()
            model.eval()
    return run


@PROGRAMS("cvdigits-one-image-a-step", fault="batch-norm-batch-1", data="opencv_digits", kind="images")
def pointwise_end(watch: Watch) -> Any:
    torch.manual_seed(3)
    images, labels = data.cv_digits()
    order = torch.randperm(5000)
    x, y = images[order].float().unsqueeze(1) / 255, labels[order]
    train = DataLoader(TensorDataset(x[:1500], y[:1500]), batch_size=1, shuffle=True)
    test = DataLoader(TensorDataset(x[4000:], y[4000:]), batch_size=200)
    model = nn.Sequential(
        *[nn.Conv2d(1, 12, 4, stride=4), nn.BatchNorm2d(12), nn.ReLU()],
        *[nn.Conv2d(12, 24, 3, stride=2), nn.BatchNorm2d(24), nn.ReLU()],
        *[nn.Conv2d(24, 10, 1), nn.BatchNorm2d(10), nn.AdaptiveAvgPool2d(1), nn.Flatten()],
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(2):
            model.train()
            for image, label in train:
                optimizer.zero_grad()
                F.cross_entropy(model(image), label).backward()
                optimizer.step()
            model.eval()
    return run


@PROGRAMS("digits-one-by-one", fault="batch-too-small", data="digits", kind="images", also=("learning-rate-too-high",))
def tanh_layer(watch: Watch) -> Any:
    torch.manual_seed(4)
    train, test = digits(53, 1)
    model = nn.Sequential(nn.Linear(64, 32), nn.Tanh(), nn.Linear(32, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    criterion = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(5):
            for x, y in train:
                optimizer.zero_grad()
                criterion(model(x), y).backward()
                optimizer.step()
    return run


class Block(nn.Module):
    """A residual block of two layers."""

    def __init__(self, width: int) -> None:
        """Normalised first."""
        super().__init__()
        self.inner = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width))

    def forward(self, x: Tensor) -> Tensor:
        """The same shape."""
        return x + self.inner(x)


@PROGRAMS("digits-twenty-residual-blocks", fault=None, data="digits", kind="images")
def residual_stack(watch: Watch) -> Any:
    torch.manual_seed(5)
    train, test = digits(54, 32)
    model = nn.Sequential(nn.Linear(64, 48), *[Block(48) for _ in range(20)], nn.LayerNorm(48), nn.Linear(48, 10))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(18):
            for x, y in train:
                optimizer.zero_grad()
                F.cross_entropy(model(x), y).backward()
                optimizer.step()
    return run


@PROGRAMS("digits-first-epoch-only", fault="not-started-yet", data="digits", kind="images", also=("learning-rate-too-low",))
def adam_loop(watch: Watch) -> Any:
    torch.manual_seed(6)
    train, test = digits(55, 32)
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    criterion = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(1):
            for x, y in train:
                optimizer.zero_grad()
                criterion(model(x), y).backward()
                optimizer.step()
    return run
