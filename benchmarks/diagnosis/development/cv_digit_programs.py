"""Programs on OpenCV's 20 by 20 digits."""

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


def halves(seed: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """4,000 digits to train on and 1,000 to test on, pixels in [0, 1]."""
    images, labels = data.cv_digits()
    order = torch.randperm(5000, generator=torch.Generator().manual_seed(seed))
    x, y = images[order].float().unsqueeze(1) / 255, labels[order]
    return x[:4000], y[:4000], x[4000:], y[4000:]


@PROGRAMS("cvdigits-sheet-by-sheet", fault="data-in-order", data="opencv_digits", kind="images")
def read_from_the_sheet(watch: Watch) -> Any:
    torch.manual_seed(0)
    images, labels = data.cv_digits()
    x = images.float().reshape(-1, 400) / 255
    held = torch.arange(5000) % 5 == 0
    train_loader = DataLoader(TensorDataset(x[~held], labels[~held]), batch_size=50, num_workers=0)
    test_loader = DataLoader(TensorDataset(x[held], labels[held]), batch_size=100)
    model = nn.Sequential(nn.Linear(400, 100), nn.ReLU(), nn.Linear(100, 10))
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train_loader, validation=test_loader) as run:
        for _epoch in range(20):
            for x_batch, y_batch in train_loader:
                optimizer.zero_grad()
                criterion(model(x_batch), y_batch).backward()
                optimizer.step()
    return run


class Residual(nn.Module):
    """Two convolutions beside the identity."""

    def __init__(self, channels: int) -> None:
        """Group normalisation, because batches are small."""
        super().__init__()
        self.norm1, self.norm2 = nn.GroupNorm(4, channels), nn.GroupNorm(4, channels)
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """The same shape."""
        return x + self.conv2(F.relu(self.norm2(self.conv1(F.relu(self.norm1(x))))))


@PROGRAMS("cvdigits-residual-batch-8", fault=None, data="opencv_digits", kind="images")
def residual_net(watch: Watch) -> Any:
    torch.manual_seed(1)
    x, y, test_x, test_y = halves(1)
    net = nn.Sequential(
        nn.Conv2d(1, 12, 4, stride=4), *[Residual(12) for _ in range(6)], nn.ReLU(), nn.Flatten(), nn.Linear(300, 10)
    )
    train = DataLoader(TensorDataset(x[:3200], y[:3200]), batch_size=8, shuffle=True)
    test = DataLoader(TensorDataset(test_x, test_y), batch_size=100)
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    with watch(net, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(2):
            for xb, yb in train:
                optimizer.zero_grad()
                F.cross_entropy(net(xb), yb).backward()
                optimizer.step()
    return run


class Probabilities(nn.Module):
    """A convolutional network that says how likely each digit is."""

    def __init__(self) -> None:
        """Small."""
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, 8, 5, stride=2), nn.ReLU(), nn.Conv2d(8, 16, 3, stride=2), nn.ReLU(), nn.Flatten()
        )
        self.head = nn.Linear(144, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Shares that sum to 1."""
        return F.softmax(self.head(self.body(x)), dim=-1)


@PROGRAMS("cvdigits-probabilities-into-cross-entropy", fault="double-softmax", data="opencv_digits", kind="images")
def shares(watch: Watch) -> Any:
    torch.manual_seed(2)
    x, y, test_x, test_y = halves(2)
    train = DataLoader(TensorDataset(x[:3000], y[:3000]), batch_size=100, shuffle=True)
    test = DataLoader(TensorDataset(test_x, test_y), batch_size=100)
    model = Probabilities()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-4)
    with watch(model, optimizer=optimizer, loss_fn=lambda p, t: F.cross_entropy(p, t), train=train, validation=test) as run:
        for _epoch in range(8):
            for xb, yb in train:
                loss = F.cross_entropy(model(xb), yb)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    return run


class Cut(nn.Module):
    """A trunk whose features a small head reads."""

    def __init__(self) -> None:
        """Eight features."""
        super().__init__()
        self.trunk = nn.Sequential(nn.Conv2d(1, 8, 5, stride=3), nn.ReLU(), nn.Flatten(), nn.Linear(288, 8), nn.ReLU())
        self.head = nn.Linear(8, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Logits."""
        features = self.trunk(x)
        return self.head(features.detach())


@PROGRAMS("cvdigits-head-on-cut-features", fault="frozen-parameters", data="opencv_digits", kind="images")
def trunk_and_head(watch: Watch) -> Any:
    torch.manual_seed(3)
    x, y, test_x, test_y = halves(3)
    train = DataLoader(TensorDataset(x, y), batch_size=64, shuffle=True)
    test = DataLoader(TensorDataset(test_x, test_y), batch_size=100)
    model = Cut()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(10):
            for images, digits in train:
                optimizer.zero_grad()
                loss = criterion(model(images), digits)
                loss.backward()
                optimizer.step()
    return run


@PROGRAMS("cvdigits-zero-weights", fault="bad-initialisation", data="opencv_digits", kind="images")
def initialised(watch: Watch) -> Any:
    torch.manual_seed(4)
    x, y, test_x, test_y = halves(4)
    train = DataLoader(TensorDataset(x.flatten(1), y), batch_size=64, shuffle=True)
    test = DataLoader(TensorDataset(test_x.flatten(1), test_y), batch_size=100)
    model = nn.Sequential(nn.Linear(400, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    for layer in model:
        if isinstance(layer, nn.Linear):
            nn.init.constant_(layer.weight, 0.0)
            nn.init.constant_(layer.bias, 0.0)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    ce = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=ce, train=train, validation=test) as run:
        for _epoch in range(10):
            for xb, yb in train:
                optimizer.zero_grad()
                ce(model(xb), yb).backward()
                optimizer.step()
    return run


@PROGRAMS("cvdigits-last-batch-counts", fault="implementation-bug", data="opencv_digits", kind="images")
def loop_over_epochs(watch: Watch) -> Any:
    torch.manual_seed(5)
    x, y, test_x, test_y = halves(5)
    train = DataLoader(TensorDataset(x.flatten(1), y), batch_size=32, shuffle=True)
    test = DataLoader(TensorDataset(test_x.flatten(1), test_y), batch_size=100)
    model = nn.Sequential(nn.Linear(400, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    ce = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=ce, train=train, validation=test) as run:
        for _epoch in range(12):
            for xb, yb in train:
                optimizer.zero_grad()
                loss = ce(model(xb), yb)
                loss.backward()
            optimizer.step()
    return run
