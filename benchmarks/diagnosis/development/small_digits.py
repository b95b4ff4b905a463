"""Programs on scikit-learn's 8 by 8 digits."""

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


@PROGRAMS("digits-mlp-sgd", fault=None, data="digits", kind="images")
def three_layers(watch: Watch) -> Any:
    torch.manual_seed(0)
    X, y = data.rows("digits")
    X = X / 16
    train_loader = DataLoader(TensorDataset(X[:1400], y[:1400]), batch_size=32, shuffle=True)
    test_loader = DataLoader(TensorDataset(X[1400:], y[1400:]), batch_size=128)
    model = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train_loader, validation=test_loader) as run:
        for _epoch in range(40):
            for inputs, labels in train_loader:
                optimizer.zero_grad()
                loss = criterion(model(inputs), labels)
                loss.backward()
                optimizer.step()
    return run


@PROGRAMS("digits-mlp-softmax-output", fault="double-softmax", data="digits", kind="images")
def two_layers_tanh(watch: Watch) -> Any:
    torch.manual_seed(1)
    X, y = data.rows("digits", 1)
    X = (X - 8) / 8
    train_loader = DataLoader(TensorDataset(X[:1400], y[:1400]), batch_size=64, shuffle=True)
    test_loader = DataLoader(TensorDataset(X[1400:], y[1400:]), batch_size=64)
    model = nn.Sequential(nn.Linear(64, 100), nn.Tanh(), nn.Linear(100, 10), nn.Softmax(dim=1))
    loss_fn = nn.CrossEntropyLoss()
    opt = torch.optim.SGD(model.parameters(), lr=0.05)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train_loader, validation=test_loader) as run:
        for _ in range(30):
            model.train()
            for xb, yb in train_loader:
                pred = model(xb)
                loss = loss_fn(pred, yb)
                loss.backward()
                opt.step()
                opt.zero_grad()
    return run


@PROGRAMS("digits-mlp-no-reset", fault="missing-zero-grad", data="digits", kind="images")
def short_loop(watch: Watch) -> Any:
    torch.manual_seed(2)
    X, y = data.rows("digits", 2)
    X = X / 16.0
    dl = DataLoader(TensorDataset(X[:1400], y[:1400]), batch_size=50, shuffle=True)
    val = DataLoader(TensorDataset(X[1400:], y[1400:]), batch_size=397)
    net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    optim = torch.optim.SGD(net.parameters(), lr=0.05)
    with watch(net, optimizer=optim, loss_fn=F.cross_entropy, train=dl, validation=val) as run:
        for _ in range(50):
            for x, t in dl:
                loss = F.cross_entropy(net(x), t)
                loss.backward()
                optim.step()
    return run


class ConvNet(nn.Module):
    """Two convolutions and a classifier."""

    def __init__(self, width: int = 16) -> None:
        """Layers of the given width."""
        super().__init__()
        self.conv1 = nn.Conv2d(1, width, 3, padding=1)
        self.conv2 = nn.Conv2d(width, 2 * width, 3, padding=1)
        self.fc = nn.Linear(2 * width * 4, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Logits [n, 10] of images [n, 1, 8, 8]."""
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc(x.flatten(1))


@PROGRAMS("digits-conv-adam", fault=None, data="digits", kind="images")
def conv_with_test_function(watch: Watch) -> Any:
    torch.manual_seed(3)
    X, y = data.rows("digits", 3)
    images = (X / 16).reshape(-1, 1, 8, 8)
    train = DataLoader(TensorDataset(images[:1300], y[:1300]), batch_size=32, shuffle=True)
    test = DataLoader(TensorDataset(images[1300:], y[1300:]), batch_size=100)
    model = ConvNet()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

    def accuracy() -> float:
        model.eval()
        with torch.no_grad():
            right = sum(int((model(x).argmax(1) == t).sum()) for x, t in test)
        model.train()
        return right / 497

    with watch(model, optimizer=optimizer, loss_fn=nn.CrossEntropyLoss(), train=train, validation=test) as run:
        for _epoch in range(30):
            for x, t in train:
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(x), t).backward()
                optimizer.step()
            accuracy()
    return run


@PROGRAMS("digits-conv-huge-steps", fault="learning-rate-too-high", data="digits", kind="images")
def conv_with_dict(watch: Watch) -> Any:
    torch.manual_seed(4)
    config = {"lr": 0.05, "epochs": 20, "batch": 32}
    X, y = data.rows("digits", 4)
    images = (X / 16).reshape(-1, 1, 8, 8)
    train = DataLoader(TensorDataset(images[:1400], y[:1400]), batch_size=int(config["batch"]), shuffle=True)
    test = DataLoader(TensorDataset(images[1400:], y[1400:]), batch_size=100)
    model = ConvNet(24)
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=config["lr"])
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(int(config["epochs"])):
            for x, t in train:
                optimizer.zero_grad()
                loss = loss_fn(model(x), t)
                loss.backward()
                optimizer.step()
    return run


@PROGRAMS("digits-mlp-tiny-steps", fault="learning-rate-too-low", data="digits", kind="images")
def sgd_with_scheduler(watch: Watch) -> Any:
    torch.manual_seed(5)
    X, y = data.rows("digits", 5)
    X = (X - X.mean()) / X.std()
    train = DataLoader(TensorDataset(X[:1400], y[:1400]), batch_size=64, shuffle=True)
    valid = DataLoader(TensorDataset(X[1400:], y[1400:]), batch_size=64)
    model = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Dropout(0.1), nn.Linear(128, 10))
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-4, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=40)
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=valid) as run:
        for _epoch in range(40):
            model.train()
            for xb, yb in train:
                optimizer.zero_grad()
                criterion(model(xb), yb).backward()
                optimizer.step()
            scheduler.step()
    return run


class Sigmoids(nn.Module):
    """A stack of sigmoid layers."""

    def __init__(self, depth: int) -> None:
        """So many hidden layers."""
        super().__init__()
        sizes = [64] + [64] * depth
        self.hidden = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(sizes))
        self.out = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Logits of rows of 64 pixels."""
        for layer in self.hidden:
            x = torch.sigmoid(layer(x))
        return self.out(x)


@PROGRAMS("digits-deep-sigmoid", fault="vanishing-gradients", data="digits", kind="images", also=("too-deep",))
def stacked_sigmoids(watch: Watch) -> Any:
    torch.manual_seed(6)
    X, y = data.rows("digits", 6)
    X = X / 16
    train = DataLoader(TensorDataset(X[:1400], y[:1400]), 64, shuffle=True)
    test = DataLoader(TensorDataset(X[1400:], y[1400:]), 397)
    model = Sigmoids(6)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.03, momentum=0.9)
    ce = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=ce, train=train, validation=test) as run:
        for _epoch in range(40):
            for x, t in train:
                out = model(x)
                loss = ce(out, t)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    return run
