"""Programs on MNIST's test digits with fully connected networks."""

# mypy: allow-subclassing-any
from __future__ import annotations

from itertools import pairwise
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.diagnosis.development import data
from benchmarks.diagnosis.development.registry import PROGRAMS
from benchmarks.diagnosis.program import Watch


def pixels(count: int) -> tuple[Tensor, Tensor]:
    """So many digits as standardised rows."""
    images, labels = data.mnist()
    return ((images[:count].float() - 33.3) / 78.6).flatten(1), labels[:count]


class Layers(nn.Module):
    """A network of as many layers as sizes are given."""

    def __init__(self, *sizes: int) -> None:
        """Layers from each size to the next."""
        super().__init__()
        self.layers = [nn.Linear(a, b) for a, b in pairwise(sizes[:-1])]
        self.last = nn.Linear(sizes[-2], sizes[-1])

    def forward(self, x: Tensor) -> Tensor:
        """Logits."""
        for layer in self.layers:
            x = F.relu(layer(x))
        return self.last(x)


@PROGRAMS("mnist-layers-in-list", fault="unregistered-parameters", data="mnist", kind="images")
def sizes_given(watch: Watch) -> Any:
    torch.manual_seed(0)
    x, y = pixels(5000)
    train = DataLoader(TensorDataset(x[:4000], y[:4000]), batch_size=64, shuffle=True)
    test = DataLoader(TensorDataset(x[4000:], y[4000:]), batch_size=100)
    model = Layers(784, 64, 16, 10)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    criterion = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(10):
            for images, labels in train:
                optimizer.zero_grad()
                loss = criterion(model(images), labels)
                loss.backward()
                optimizer.step()
    return run


@PROGRAMS("mnist-one-batch-over-and-over", fault="implementation-bug", data="mnist", kind="images")
def steps_with_iterator(watch: Watch) -> Any:
    torch.manual_seed(1)
    x, y = pixels(4000)
    loader = DataLoader(TensorDataset(x[:3000], y[:3000]), batch_size=64, shuffle=True)
    valid = DataLoader(TensorDataset(x[3000:], y[3000:]), batch_size=100)
    net = nn.Sequential(nn.Linear(784, 100), nn.ReLU(), nn.Linear(100, 10))
    opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    with watch(net, optimizer=opt, loss_fn=F.cross_entropy, train=loader, validation=valid) as run:
        images, labels = next(iter(loader))
        for _step in range(500):
            loss = F.cross_entropy(net(images), labels)
            opt.zero_grad()
            loss.backward()
            opt.step()
    return run


@PROGRAMS("mnist-very-deep-plain", fault="too-deep", data="mnist", kind="images", also=("vanishing-gradients",))
def stack_of_blocks(watch: Watch) -> Any:
    torch.manual_seed(2)
    x, y = pixels(4000)
    train = DataLoader(TensorDataset(x[:3000], y[:3000]), batch_size=50, shuffle=True)
    valid = DataLoader(TensorDataset(x[3000:], y[3000:]), batch_size=100)
    blocks = [layer for _ in range(24) for layer in (nn.Linear(48, 48), nn.ReLU())]
    model = nn.Sequential(nn.Linear(784, 48), nn.ReLU(), *blocks, nn.Linear(48, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    with watch(model, optimizer=optimizer, loss_fn=nn.CrossEntropyLoss(), train=train, validation=valid) as run:
        for _epoch in range(12):
            for xb, yb in train:
                optimizer.zero_grad()
                F.cross_entropy(model(xb), yb).backward()
                optimizer.step()
    return run


@PROGRAMS("mnist-bottleneck", fault="too-narrow", data="mnist", kind="images")
def hourglass(watch: Watch) -> Any:
    torch.manual_seed(3)
    x, y = pixels(5000)
    train = DataLoader(TensorDataset(x[:4000], y[:4000]), batch_size=64, shuffle=True)
    valid = DataLoader(TensorDataset(x[4000:], y[4000:]), batch_size=100)
    model = nn.Sequential(
        nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 1), nn.ReLU(), nn.Linear(1, 64), nn.ReLU(), nn.Linear(64, 10)
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    loss_fn = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=valid) as run:
        for _epoch in range(15):
            for xb, yb in train:
                optimizer.zero_grad()
                loss_fn(model(xb), yb).backward()
                optimizer.step()
    return run


@PROGRAMS("mnist-heavy-weight-decay", fault="over-regularised", data="mnist", kind="images")
def weight_decay(watch: Watch) -> Any:
    torch.manual_seed(4)
    x, y = pixels(4000)
    train = DataLoader(TensorDataset(x[:3000], y[:3000]), batch_size=64, shuffle=True)
    valid = DataLoader(TensorDataset(x[3000:], y[3000:]), batch_size=100)
    model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9, weight_decay=0.3)
    loss_fn = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=valid) as run:
        for _epoch in range(15):
            for xb, yb in train:
                optimizer.zero_grad()
                loss_fn(model(xb), yb).backward()
                optimizer.step()
    return run


@PROGRAMS("mnist-negative-biases", fault="dying-relu", data="mnist", kind="images", also=("bad-initialisation",))
def kaiming(watch: Watch) -> Any:
    torch.manual_seed(5)
    x, y = pixels(4000)
    train = DataLoader(TensorDataset(x[:3000], y[:3000]), batch_size=64, shuffle=True)
    valid = DataLoader(TensorDataset(x[3000:], y[3000:]), batch_size=100)
    model = nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    for layer in (model[0], model[2]):
        nn.init.kaiming_normal_(layer.weight)
        nn.init.constant_(layer.bias, -5.0)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=valid) as run:
        for _epoch in range(10):
            for xb, yb in train:
                optimizer.zero_grad()
                F.cross_entropy(model(xb), yb).backward()
                optimizer.step()
    return run
