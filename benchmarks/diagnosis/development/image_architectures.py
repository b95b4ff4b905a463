"""Programs on images with networks of various shapes and starts."""

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


def pictures(seed: int, batch: int = 50) -> tuple[Any, Any]:
    """OpenCV's digits [n, 1, 20, 20], standardised: 3,000 to train on, 1,000 to test on."""
    images, labels = data.cv_digits()
    order = torch.randperm(5000, generator=torch.Generator().manual_seed(seed))
    x, y = (images[order].float().unsqueeze(1) - 38) / 76, labels[order]
    train = DataLoader(TensorDataset(x[:3000], y[:3000]), batch_size=batch, shuffle=True)
    return train, DataLoader(TensorDataset(x[4000:], y[4000:]), batch_size=200)


@PROGRAMS("cvdigits-many-convolutions", fault="too-deep", data="opencv_digits", kind="images", also=("vanishing-gradients",))
def convolutions_in_a_row(watch: Watch) -> Any:
    torch.manual_seed(0)
    train, test = pictures(0)
    depth = 16
    body = [layer for _ in range(depth) for layer in (nn.Conv2d(8, 8, 3, padding=1), nn.ReLU())]
    model = nn.Sequential(nn.Conv2d(1, 8, 4, stride=4), nn.ReLU(), *body, nn.Flatten(), nn.Linear(200, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    loss_fn = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(5):
            for x, y in train:
                optimizer.zero_grad()
                loss_fn(model(x), y).backward()
                optimizer.step()
    return run


def draw(module: nn.Module) -> None:
    """Weights from a normal distribution."""
    if isinstance(module, (nn.Linear, nn.Conv2d)):
        nn.init.normal_(module.weight, std=1.0)
        nn.init.zeros_(module.bias)


@PROGRAMS("cvdigits-standard-normal-weights", fault="bad-initialisation", data="opencv_digits", kind="images")
def normal_start(watch: Watch) -> Any:
    torch.manual_seed(1)
    train, test = pictures(1)
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(400, 128),
        nn.Tanh(),
        nn.Linear(128, 128),
        nn.Tanh(),
        nn.Linear(128, 64),
        nn.Tanh(),
        nn.Linear(64, 10),
    )
    model.apply(draw)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(10):
            for x, y in train:
                optimizer.zero_grad()
                F.cross_entropy(model(x), y).backward()
                optimizer.step()
    return run


@PROGRAMS("cvdigits-all-weights-alike", fault="bad-initialisation", data="opencv_digits", kind="images")
def filled_start(watch: Watch) -> Any:
    torch.manual_seed(2)
    train, test = pictures(2)
    model = nn.Sequential(nn.Flatten(), nn.Linear(400, 50), nn.ReLU(), nn.Linear(50, 10))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(0.01)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    criterion = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(12):
            for x, y in train:
                loss = criterion(model(x), y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    return run


class Saturating(nn.Module):
    """Convolutions with a chosen activation."""

    def __init__(self, activation: type[nn.Module]) -> None:
        """Four convolutions."""
        super().__init__()
        sizes = [(1, 8, 2), (8, 16, 2), (16, 16, 1), (16, 16, 1)]
        layers = [layer for a, b, step in sizes for layer in (nn.Conv2d(a, b, 3, step, padding=1), activation())]
        self.body = nn.Sequential(*layers)
        self.head = nn.Sequential(nn.Linear(400, 64), activation(), nn.Linear(64, 10))

    def forward(self, x: Tensor) -> Tensor:
        """Logits."""
        return self.head(self.body(x).flatten(1))


@PROGRAMS("cvdigits-sigmoid-convolutions", fault="vanishing-gradients", data="opencv_digits", kind="images")
def sigmoid_convolutions(watch: Watch) -> Any:
    torch.manual_seed(3)
    train, test = pictures(3)
    model = Saturating(nn.Sigmoid)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    loss_fn = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(6):
            for images, labels in train:
                optimizer.zero_grad()
                loss_fn(model(images), labels).backward()
                optimizer.step()
    return run


@PROGRAMS("cvdigits-few-active-units", fault="dying-relu", data="opencv_digits", kind="images", also=("bad-initialisation",))
def uniform_start(watch: Watch) -> Any:
    torch.manual_seed(4)
    train, test = pictures(4)
    model = nn.Sequential(nn.Flatten(), nn.Linear(400, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    nn.init.uniform_(model[3].weight, -0.2, 0.01)
    nn.init.constant_(model[3].bias, -0.2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    loss_fn = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(12):
            for images, labels in train:
                optimizer.zero_grad()
                loss_fn(model(images), labels).backward()
                optimizer.step()
    return run


@PROGRAMS(
    "cvdigits-grown-layers", fault="exploding-gradients", data="opencv_digits", kind="images", also=("bad-initialisation",)
)
def scaled_start(watch: Watch) -> Any:
    torch.manual_seed(5)
    train, test = pictures(5)
    layers: list[nn.Module] = [nn.Flatten(), nn.Linear(400, 64), nn.ReLU()]
    for _ in range(6):
        linear = nn.Linear(64, 64)
        nn.init.kaiming_normal_(linear.weight, a=0)
        linear.weight.data *= 2.5
        layers += [linear, nn.ReLU()]
    model = nn.Sequential(*layers, nn.Linear(64, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(10):
            for images, labels in train:
                optimizer.zero_grad()
                F.cross_entropy(model(images), labels).backward()
                optimizer.step()
    return run


@PROGRAMS("cvdigits-drop-nearly-all", fault="over-regularised", data="opencv_digits", kind="images")
def dropout_rate(watch: Watch) -> Any:
    torch.manual_seed(6)
    train, test = pictures(6)
    rate = 0.95
    model = nn.Sequential(
        *[nn.Flatten(), nn.Dropout(0.2), nn.Linear(400, 64), nn.ReLU(), nn.Dropout(rate)],
        *[nn.Linear(64, 64), nn.ReLU(), nn.Dropout(rate), nn.Linear(64, 10)],
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(15):
            model.train()
            for images, labels in train:
                optimizer.zero_grad()
                F.cross_entropy(model(images), labels).backward()
                optimizer.step()
            model.eval()
    return run
