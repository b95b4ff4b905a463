"""Programs on MNIST's test digits: healthy ones that look odd, and their likes."""

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


def loaders(count: int, batch: int, flat: bool = True) -> tuple[Any, Any]:
    """Batches of so many digits and of a thousand others."""
    images, labels = data.mnist()
    x = (images.float().unsqueeze(1) / 255 - 0.13) / 0.31
    x = x.flatten(1) if flat else x
    train = DataLoader(TensorDataset(x[:count], labels[:count]), batch_size=batch, shuffle=True)
    return train, DataLoader(TensorDataset(x[9000:], labels[9000:]), batch_size=250)


@PROGRAMS("mnist-label-smoothing-warm-up", fault=None, data="mnist", kind="images")
def one_cycle(watch: Watch) -> Any:
    torch.manual_seed(0)
    train, test = loaders(4000, 64)
    model = nn.Sequential(nn.Linear(784, 128), nn.BatchNorm1d(128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3, momentum=0.9, nesterov=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.3, total_steps=12 * len(train))
    loss_fn = nn.CrossEntropyLoss(label_smoothing=0.1)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(12):
            model.train()
            for x, y in train:
                optimizer.zero_grad()
                loss_fn(model(x), y).backward()
                optimizer.step()
                schedule.step()
            model.eval()
    return run


@PROGRAMS("mnist-few-images-overfitted", fault=None, data="mnist", kind="images")
def few_images(watch: Watch) -> Any:
    torch.manual_seed(1)
    train, test = loaders(600, 30)
    model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    criterion = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(40):
            for x, y in train:
                optimizer.zero_grad()
                loss = criterion(model(x), y)
                loss.backward()
                optimizer.step()
    return run


@PROGRAMS("mnist-patient-low-rate", fault=None, data="mnist", kind="images")
def small_rate(watch: Watch) -> Any:
    torch.manual_seed(2)
    train, test = loaders(4000, 32)
    model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(25):
            for x, y in train:
                optimizer.zero_grad()
                F.cross_entropy(model(x), y).backward()
                optimizer.step()
    return run


class Trunk(nn.Module):
    """A convolutional trunk."""

    def __init__(self) -> None:
        """Three convolutions."""
        super().__init__()
        self.layers = nn.Sequential(
            *[nn.Conv2d(1, 12, 5, stride=2), nn.ReLU(), nn.Conv2d(12, 24, 3, stride=2), nn.ReLU()],
            *[nn.Conv2d(24, 32, 3), nn.ReLU(), nn.Flatten(), nn.Linear(288, 48), nn.ReLU()],
        )

    def forward(self, x: Tensor) -> Tensor:
        """Features [n, 48]."""
        return self.layers(x)


def pretrained() -> Trunk:
    """A trunk that learned to tell other MNIST digits apart."""
    train, _ = loaders(6000, 64, flat=False)
    trunk, head = Trunk(), nn.Linear(48, 10)
    optimizer = torch.optim.Adam([*trunk.parameters(), *head.parameters()], lr=2e-3)
    for _epoch in range(3):
        for x, y in train:
            optimizer.zero_grad()
            F.cross_entropy(head(trunk(x)), y).backward()
            optimizer.step()
    return trunk


@PROGRAMS("cvdigits-transfer-from-mnist", fault=None, data="opencv_digits", kind="images")
def transfer(watch: Watch) -> Any:
    torch.manual_seed(3)
    trunk = pretrained()
    for parameter in trunk.parameters():
        parameter.requires_grad = False
    images, labels = data.cv_digits()
    order = torch.randperm(5000)
    x = F.interpolate(images[order].float().unsqueeze(1) / 255, size=(28, 28), mode="bilinear")
    x, y = (x - 0.13) / 0.31, labels[order]
    train = DataLoader(TensorDataset(x[:2000], y[:2000]), batch_size=32, shuffle=True)
    test = DataLoader(TensorDataset(x[4000:], y[4000:]), batch_size=250)
    model = nn.Sequential(trunk, nn.Linear(48, 10))
    optimizer = torch.optim.Adam(model[1].parameters(), lr=3e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(8):
            for images_, labels_ in train:
                optimizer.zero_grad()
                F.cross_entropy(model(images_), labels_).backward()
                optimizer.step()
    return run


@PROGRAMS("mnist-is-it-a-three", fault=None, data="mnist", kind="images")
def rare_three(watch: Watch) -> Any:
    torch.manual_seed(4)
    images, labels = data.mnist()
    x, y = images.float().flatten(1) / 255, (labels == 3).float()
    train = DataLoader(TensorDataset(x[:4000], y[:4000]), batch_size=50, shuffle=True)
    test = DataLoader(TensorDataset(x[8000:], y[8000:]), batch_size=250)
    model = nn.Sequential(nn.Linear(784, 64), nn.LeakyReLU(), nn.Linear(64, 1))
    loss = nn.BCEWithLogitsLoss(pos_weight=torch.tensor(3.0))

    def loss_fn(outputs: Tensor, targets: Tensor) -> Tensor:
        return loss(outputs.squeeze(1), targets)

    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(12):
            for xb, yb in train:
                optimizer.zero_grad()
                loss_fn(model(xb), yb).backward()
                optimizer.step()
    return run
