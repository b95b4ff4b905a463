"""Programs that predict numbers from scikit-learn's bundled tables."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.diagnosis.development import data
from benchmarks.diagnosis.development.registry import PROGRAMS
from benchmarks.diagnosis.program import Watch


def standard(x: Tensor, rows: int) -> Tensor:
    """Columns with mean 0 and standard deviation 1 over the first so many rows."""
    return (x - x[:rows].mean(0)) / x[:rows].std(0)


@PROGRAMS("diabetes-squashed-output", fault="wrong-loss-for-activation", data="diabetes", kind="table")
def raw_targets(watch: Watch) -> Any:
    torch.manual_seed(0)
    X, y = data.rows("diabetes", 10)
    X, y = standard(X, 340), y[:, None]
    train = DataLoader(TensorDataset(X[:340], y[:340]), batch_size=20, shuffle=True)
    test = DataLoader(TensorDataset(X[340:], y[340:]), batch_size=51)
    model = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 1), nn.Sigmoid())
    mse = nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    with watch(model, optimizer=optimizer, loss_fn=mse, train=train, validation=test) as run:
        for _epoch in range(60):
            for inputs, targets in train:
                optimizer.zero_grad()
                loss = mse(model(inputs), targets)
                loss.backward()
                optimizer.step()
    return run


@PROGRAMS("diabetes-relu-at-the-end", fault="wrong-loss-for-activation", data="diabetes", kind="table")
def three_layers_regression(watch: Watch) -> Any:
    torch.manual_seed(1)
    X, y = data.rows("diabetes", 11)
    X, y = standard(X, 340), standard(y[:, None], 340)
    train = DataLoader(TensorDataset(X[:340], y[:340]), batch_size=34, shuffle=True)
    test = DataLoader(TensorDataset(X[340:], y[340:]), batch_size=51)
    model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 1), nn.ReLU())
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.mse_loss, train=train, validation=test) as run:
        for _epoch in range(60):
            for inputs, targets in train:
                optimizer.zero_grad()
                F.mse_loss(model(inputs), targets).backward()
                optimizer.step()
    return run


@PROGRAMS("diabetes-zeroed-once-an-epoch", fault="missing-zero-grad", data="diabetes", kind="table")
def fit_function(watch: Watch) -> Any:
    torch.manual_seed(2)
    X, y = data.rows("diabetes", 12)
    X, y = standard(X, 340), standard(y[:, None], 340)
    train = [(X[i : i + 17], y[i : i + 17]) for i in range(0, 340, 17)]
    valid = [(X[340:], y[340:])]
    net = nn.Sequential(nn.Linear(10, 40), nn.Tanh(), nn.Linear(40, 1))
    sgd = torch.optim.SGD(net.parameters(), lr=0.1)

    def one_epoch() -> float:
        total = 0.0
        sgd.zero_grad()
        for index in torch.randperm(len(train)):
            inputs, targets = train[index]
            loss = F.mse_loss(net(inputs), targets)
            loss.backward()
            sgd.step()
            total += loss.item()
        return total / len(train)

    with watch(net, optimizer=sgd, loss_fn=F.mse_loss, train=train, validation=valid) as run:
        for _epoch in range(60):
            one_epoch()
    return run


@PROGRAMS("diabetes-huber-heavy-dropout", fault=None, data="diabetes", kind="table")
def huber(watch: Watch) -> Any:
    torch.manual_seed(3)
    X, y = data.rows("diabetes", 13)
    X, y = standard(X, 320), standard(y[:, None], 320)
    train = DataLoader(TensorDataset(X[:320], y[:320]), batch_size=16, shuffle=True)
    valid = DataLoader(TensorDataset(X[320:], y[320:]), batch_size=61)
    model = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 1))
    criterion = nn.HuberLoss(delta=1.0)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.05)
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=valid) as run:
        for _epoch in range(50):
            model.train()
            for xb, yb in train:
                optimizer.zero_grad()
                criterion(model(xb), yb).backward()
                optimizer.step()
            model.eval()
    return run


@PROGRAMS("diabetes-rank-among-columns", fault="answer-in-input", data="diabetes", kind="table")
def with_rank(watch: Watch) -> Any:
    torch.manual_seed(4)
    X, y = data.rows("diabetes", 14)
    percentile = y.argsort().argsort().float()[:, None] / len(y)
    X, y = standard(torch.cat([X, percentile], 1), 340), standard(y[:, None], 340)
    train = DataLoader(TensorDataset(X[:340], y[:340]), batch_size=20, shuffle=True)
    valid = DataLoader(TensorDataset(X[340:], y[340:]), batch_size=51)
    model = nn.Sequential(nn.Linear(11, 64), nn.ReLU(), nn.Linear(64, 1))
    loss_fn = nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=valid) as run:
        for _epoch in range(60):
            for xb, yb in train:
                optimizer.zero_grad()
                loss_fn(model(xb), yb).backward()
                optimizer.step()
    return run


@PROGRAMS("wine-alcohol-from-the-rest", fault=None, data="wine", kind="table")
def alcohol(watch: Watch) -> Any:
    torch.manual_seed(5)
    table, _ = data.rows("wine", 15)
    table = standard(table, 130)
    x, y = table[:, 1:], table[:, 0]
    train = DataLoader(TensorDataset(x[:130], y[:130]), batch_size=10, shuffle=True)
    valid = DataLoader(TensorDataset(x[130:], y[130:]), batch_size=48)
    model = nn.Sequential(nn.Linear(12, 32), nn.SiLU(), nn.Linear(32, 1), nn.Flatten(0))
    loss_fn = nn.L1Loss()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=valid) as run:
        for _epoch in range(80):
            for xb, yb in train:
                optimizer.zero_grad()
                loss_fn(model(xb), yb).backward()
                optimizer.step()
    return run


@PROGRAMS("diabetes-sorted-apart", fault="labels-shifted", data="diabetes", kind="table")
def permuted(watch: Watch) -> Any:
    torch.manual_seed(6)
    X, y = data.table("diabetes")
    X, y = standard(X, 442), standard(y[:, None], 442)
    train_x, train_y = X[:350], y[:350]
    order = torch.randperm(350)
    train_x = train_x[order]
    train = DataLoader(TensorDataset(train_x, train_y), batch_size=25, shuffle=True)
    valid = DataLoader(TensorDataset(X[350:], y[350:]), batch_size=92)
    model = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 1))
    loss_fn = nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=valid) as run:
        for _epoch in range(60):
            for xb, yb in train:
                optimizer.zero_grad()
                loss_fn(model(xb), yb).backward()
                optimizer.step()
    return run
