"""Programs on MNIST's test digits."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

from benchmarks.diagnosis.development import data
from benchmarks.diagnosis.development.registry import PROGRAMS
from benchmarks.diagnosis.program import Watch


class LeNet(nn.Module):
    """LeNet-5 with ReLU and max pooling."""

    def __init__(self) -> None:
        """The usual sizes."""
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)
        )
        self.classifier = nn.Sequential(nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))

    def forward(self, x: Tensor) -> Tensor:
        """Logits of images [n, 1, 28, 28]."""
        return self.classifier(torch.flatten(self.features(x), 1))


class Digits(Dataset):
    """Digits with a transform of each image."""

    def __init__(self, images: Tensor, labels: Tensor, transform: Any = None) -> None:
        """Bytes and classes."""
        self.images, self.labels, self.transform = images, labels, transform

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        image = self.images[index].unsqueeze(0).float()
        return (self.transform(image) if self.transform else image), int(self.labels[index])


@PROGRAMS("mnist-lenet", fault=None, data="mnist", kind="images")
def lenet_with_transform(watch: Watch) -> Any:
    torch.manual_seed(0)
    images, labels = data.mnist()

    def normalise(image: Tensor) -> Tensor:
        return (image / 255 - 0.1307) / 0.3081

    train = DataLoader(Digits(images[:4000], labels[:4000], normalise), batch_size=64, shuffle=True)
    test = DataLoader(Digits(images[4000:5000], labels[4000:5000], normalise), batch_size=250)
    model = LeNet()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    criterion = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(5):
            model.train()
            for image, label in train:
                optimizer.zero_grad()
                loss = criterion(model(image), label)
                loss.backward()
                optimizer.step()
            model.eval()
    return run


@PROGRAMS("mnist-raw-bytes", fault="inputs-unscaled", data="mnist", kind="images")
def lenet_plain(watch: Watch) -> Any:
    torch.manual_seed(1)
    images, labels = data.mnist()
    train = DataLoader(Digits(images[:3000], labels[:3000]), batch_size=64, shuffle=True)
    test = DataLoader(Digits(images[4000:5000], labels[4000:5000]), batch_size=250)
    model = LeNet()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(5):
            for image, label in train:
                optimizer.zero_grad()
                loss = F.cross_entropy(model(image), label)
                loss.backward()
                optimizer.step()
    return run


@PROGRAMS("mnist-optimiser-of-head-only", fault="frozen-parameters", data="mnist", kind="images")
def lenet_groups(watch: Watch) -> Any:
    torch.manual_seed(2)
    images, labels = data.mnist()
    pixels = (images.float().unsqueeze(1) - 33) / 79
    train = DataLoader(TensorDataset(pixels[:3000], labels[:3000]), batch_size=50, shuffle=True)
    test = DataLoader(TensorDataset(pixels[8000:], labels[8000:]), batch_size=500)
    net = LeNet()
    optimizer = torch.optim.Adam(net.classifier[4].parameters(), lr=2e-3)
    loss_fn = nn.CrossEntropyLoss()
    with watch(net, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(6):
            for x, y in train:
                optimizer.zero_grad()
                loss_fn(net(x), y).backward()
                optimizer.step()
    return run


@PROGRAMS("mnist-binary-logits-and-sigmoid", fault="wrong-loss-for-activation", data="mnist", kind="images")
def is_it_a_large_digit(watch: Watch) -> Any:
    torch.manual_seed(3)
    images, labels = data.mnist()
    x = images.float().flatten(1) / 255
    y = (labels >= 5).float()
    model = nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 1), nn.Sigmoid(), nn.Flatten(0))
    train = DataLoader(TensorDataset(x[:4000], y[:4000]), batch_size=64, shuffle=True)
    valid = DataLoader(TensorDataset(x[8000:], y[8000:]), batch_size=64)
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=valid) as run:
        for _epoch in range(12):
            for inputs, targets in train:
                optimizer.zero_grad()
                outputs = model(inputs)
                loss = criterion(outputs, targets)
                loss.backward()
                optimizer.step()
    return run


@PROGRAMS("mnist-pairs-off-by-one", fault="labels-shifted", data="mnist", kind="images")
def list_of_batches(watch: Watch) -> Any:
    torch.manual_seed(4)
    images, labels = data.mnist()
    x = (images[:5000].float() / 255).flatten(1)
    y = labels[:5000]
    batches = [(x[i : i + 100], y[i + 1 : i + 101]) for i in range(0, 4000, 100)]
    held_out = [(x[i : i + 100], y[i : i + 100]) for i in range(4000, 5000, 100)]
    model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=batches, validation=held_out) as run:
        for _epoch in range(15):
            for i in torch.randperm(len(batches)).tolist():
                inputs, targets = batches[i]
                optimizer.zero_grad()
                loss_fn(model(inputs), targets).backward()
                optimizer.step()
    return run


@PROGRAMS("mnist-batchnorm-net", fault=None, data="mnist", kind="images")
def batch_norm_net(watch: Watch) -> Any:
    torch.manual_seed(5)
    images, labels = data.mnist()
    x = images.float().unsqueeze(1) / 255
    train_dl = DataLoader(TensorDataset(x[:2500], labels[:2500]), batch_size=32, shuffle=True, drop_last=True)
    val_dl = DataLoader(TensorDataset(x[9000:], labels[9000:]), batch_size=100)
    model = nn.Sequential(
        *[nn.Conv2d(1, 16, 3, stride=2, bias=False), nn.BatchNorm2d(16), nn.ReLU()],
        *[nn.Conv2d(16, 32, 3, stride=2, bias=False), nn.BatchNorm2d(32), nn.ReLU()],
        *[nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Dropout(0.25), nn.Linear(128, 10)],
    )
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.01)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train_dl, validation=val_dl) as run:
        for _ in range(8):
            model.train()
            for xb, yb in train_dl:
                loss = F.cross_entropy(model(xb), yb)
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                optimizer.step()
            model.eval()
            with torch.no_grad():
                _losses = [F.cross_entropy(model(xb), yb) for xb, yb in val_dl]
    return run
