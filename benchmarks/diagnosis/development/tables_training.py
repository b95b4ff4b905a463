"""Programs on tables that differ in optimisers, settings and loops."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.diagnosis.development import data
from benchmarks.diagnosis.development.registry import PROGRAMS
from benchmarks.diagnosis.program import Watch


def diabetes(seed: int, batch: int) -> tuple[Any, Any]:
    """Standardised rows of the diabetes table: 342 to train on, 100 to test on."""
    X, y = data.rows("diabetes", seed)
    X, y = (X - X[:342].mean(0)) / X[:342].std(0), (y - y[:342].mean()) / y[:342].std()
    train = DataLoader(TensorDataset(X[:342], y[:342, None]), batch_size=batch, shuffle=True)
    return train, DataLoader(TensorDataset(X[342:], y[342:, None]), batch_size=100)


def cancer(seed: int, batch: int) -> tuple[Any, Any]:
    """Standardised rows of the breast cancer table: 400 to train on, 169 to test on."""
    X, y = data.rows("breast_cancer", seed)
    X = (X - X[:400].mean(0)) / X[:400].std(0)
    train = DataLoader(TensorDataset(X[:400], y[:400]), batch_size=batch, shuffle=True)
    return train, DataLoader(TensorDataset(X[400:], y[400:]), batch_size=169)


@PROGRAMS("diabetes-large-steps", fault="learning-rate-too-high", data="diabetes", kind="table")
def one_hidden(watch: Watch) -> Any:
    torch.manual_seed(0)
    train, test = diabetes(70, 19)
    model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3, momentum=0.9)
    criterion = nn.MSELoss()
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(50):
            for x, y in train:
                optimizer.zero_grad()
                criterion(model(x), y).backward()
                optimizer.step()
    return run


@PROGRAMS("cancer-adam-one", fault="learning-rate-too-high", data="breast_cancer", kind="table")
def two_wide(watch: Watch) -> Any:
    torch.manual_seed(1)
    train, test = cancer(71, 16)
    model = nn.Sequential(nn.Linear(30, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=1.0)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(30):
            for x, y in train:
                optimizer.zero_grad()
                F.cross_entropy(model(x), y).backward()
                optimizer.step()
    return run


@PROGRAMS("diabetes-small-steps", fault="learning-rate-too-low", data="diabetes", kind="table")
def two_hidden(watch: Watch) -> Any:
    torch.manual_seed(2)
    train, test = diabetes(72, 19)
    model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5)
    with watch(model, optimizer=optimizer, loss_fn=F.mse_loss, train=train, validation=test) as run:
        for _epoch in range(60):
            for x, y in train:
                optimizer.zero_grad()
                F.mse_loss(model(x), y).backward()
                optimizer.step()
    return run


@PROGRAMS("cancer-schedule-too-eager", fault="learning-rate-too-low", data="breast_cancer", kind="table")
def with_schedule(watch: Watch) -> Any:
    torch.manual_seed(3)
    train, test = cancer(73, 40)
    model = nn.Sequential(nn.Linear(30, 24), nn.ReLU(), nn.Linear(24, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.6)
    criterion = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(50):
            for x, y in train:
                optimizer.zero_grad()
                criterion(model(x), y).backward()
                optimizer.step()
                schedule.step()
    return run


@PROGRAMS("diabetes-lightest-first", fault="data-in-order", data="diabetes", kind="table")
def with_momentum(watch: Watch) -> Any:
    torch.manual_seed(4)
    X, y = data.rows("diabetes", 74)
    X, y = (X - X.mean(0)) / X.std(0), ((y - y.mean()) / y.std())[:, None]
    first = y[:342, 0].argsort()
    train = DataLoader(TensorDataset(X[:342][first], y[:342][first]), batch_size=16)
    test = DataLoader(TensorDataset(X[342:], y[342:]), batch_size=100)
    model = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.8)
    with watch(model, optimizer=optimizer, loss_fn=F.mse_loss, train=train, validation=test) as run:
        for _epoch in range(40):
            for inputs, wanted in train:
                optimizer.zero_grad()
                F.mse_loss(model(inputs), wanted).backward()
                optimizer.step()
    return run


@PROGRAMS("diabetes-penalty-on-weights", fault="over-regularised", data="diabetes", kind="table")
def own_penalty(watch: Watch) -> Any:
    torch.manual_seed(5)
    train, test = diabetes(75, 19)
    model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    criterion = nn.MSELoss()
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(50):
            for x, y in train:
                optimizer.zero_grad()
                loss = criterion(model(x), y) + 0.5 * sum(p.square().sum() for p in model.parameters())
                loss.backward()
                optimizer.step()
    return run


@PROGRAMS(
    "cancer-one-softmax-unit", fault="wrong-loss-for-activation", data="breast_cancer", kind="table", also=("wrong-axis",)
)
def softmax_unit(watch: Watch) -> Any:
    torch.manual_seed(6)
    train, test = cancer(76, 20)
    model = nn.Sequential(nn.Linear(30, 16), nn.ReLU(), nn.Linear(16, 1), nn.Softmax(dim=1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    bce = nn.BCELoss()
    with watch(
        model, optimizer=optimizer, loss_fn=lambda p, t: bce(p[:, 0], t.float()), train=train, validation=test
    ) as run:
        for _epoch in range(40):
            for x, y in train:
                optimizer.zero_grad()
                bce(model(x)[:, 0], y.float()).backward()
                optimizer.step()
    return run
