"""Programs on scikit-learn's bundled tables."""

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


@PROGRAMS("cancer-one-output", fault=None, data="breast_cancer", kind="table")
def cancer(watch: Watch) -> Any:
    torch.manual_seed(0)
    X, y = data.rows("breast_cancer")
    mean, std = X[:400].mean(0), X[:400].std(0)
    X = (X - mean) / std
    target = y.float().unsqueeze(1)
    train_loader = DataLoader(TensorDataset(X[:400], target[:400]), batch_size=16, shuffle=True)
    test_loader = DataLoader(TensorDataset(X[400:], target[400:]), batch_size=169)
    model = nn.Sequential(nn.Linear(30, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())
    criterion = nn.BCELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train_loader, validation=test_loader) as run:
        for _epoch in range(60):
            for batch_x, batch_y in train_loader:
                optimizer.zero_grad()
                loss = criterion(model(batch_x), batch_y)
                loss.backward()
                optimizer.step()
    return run


@PROGRAMS("diabetes-regression", fault=None, data="diabetes", kind="table")
def diabetes(watch: Watch) -> Any:
    torch.manual_seed(1)
    X, y = data.rows("diabetes", 1)
    X = (X - X[:330].mean(0)) / X[:330].std(0)
    y = ((y - y[:330].mean()) / y[:330].std()).unsqueeze(1)
    train = DataLoader(TensorDataset(X[:330], y[:330]), batch_size=32, shuffle=True)
    test = DataLoader(TensorDataset(X[330:], y[330:]), batch_size=112)
    model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))
    loss_fn = nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(40):
            for xb, yb in train:
                optimizer.zero_grad()
                loss_fn(model(xb), yb).backward()
                optimizer.step()
    return run


@PROGRAMS("wine-as-measured", fault="inputs-unscaled", data="wine", kind="table")
def wine(watch: Watch) -> Any:
    torch.manual_seed(2)
    X, y = data.rows("wine", 2)
    train = DataLoader(TensorDataset(X[:120], y[:120]), batch_size=12, shuffle=True)
    test = DataLoader(TensorDataset(X[120:], y[120:]), batch_size=58)
    model = nn.Sequential(nn.Linear(13, 32), nn.ReLU(), nn.Linear(32, 3))
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    epoch = 0
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        while epoch < 150:
            for features, label in train:
                optimizer.zero_grad()
                loss = criterion(model(features), label)
                loss.backward()
                optimizer.step()
            epoch += 1
    return run


class Regressor(nn.Module):
    """A regression of one number."""

    def __init__(self, inputs: int, hidden: int) -> None:
        """One hidden layer."""
        super().__init__()
        self.fc1 = nn.Linear(inputs, hidden)
        self.fc2 = nn.Linear(hidden, 1)

    def forward(self, x: Tensor) -> Tensor:
        """One number a row."""
        x = F.relu(self.fc1(x))
        return self.fc2(x)


@PROGRAMS("diabetes-columns-against-rows", fault="wrong-axis", data="diabetes", kind="table", also=("implementation-bug",))
def diabetes_own_mse(watch: Watch) -> Any:
    torch.manual_seed(3)
    X, y = data.rows("diabetes", 3)
    X = (X - X.mean(0)) / X.std(0)
    y = (y - y.mean()) / y.std()
    train = DataLoader(TensorDataset(X[:340], y[:340]), batch_size=20, shuffle=True)
    test = DataLoader(TensorDataset(X[340:], y[340:]), batch_size=20)
    net = Regressor(10, 24)
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)

    def mse(outputs: Tensor, targets: Tensor) -> Tensor:
        return ((outputs - targets) ** 2).mean()

    with watch(net, optimizer=optimizer, loss_fn=mse, train=train, validation=test) as run:
        for _epoch in range(80):
            for inputs, targets in train:
                optimizer.zero_grad()
                loss = mse(net(inputs), targets)
                loss.backward()
                optimizer.step()
    return run


@PROGRAMS("cancer-diagnosis-among-columns", fault="answer-in-input", data="breast_cancer", kind="table")
def cancer_frame(watch: Watch) -> Any:
    torch.manual_seed(4)
    X, y = data.rows("breast_cancer", 4)
    noisy = X[:, :10] + 1.5 * X[:, :10].std(0) * torch.randn(len(X), 10)
    frame = torch.cat([noisy, 1 + y.unsqueeze(1).float()], dim=1)
    frame = (frame - frame.mean(0)) / frame.std(0)
    train = DataLoader(TensorDataset(frame[:400], y[:400]), batch_size=20, shuffle=True)
    test = DataLoader(TensorDataset(frame[400:], y[400:]), batch_size=20)
    model = nn.Sequential(nn.Linear(frame.shape[1], 16), nn.ReLU(), nn.Linear(16, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    ce = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=ce, train=train, validation=test) as run:
        for _epoch in range(40):
            for a, b in train:
                optimizer.zero_grad()
                ce(model(a), b).backward()
                optimizer.step()
    return run


@PROGRAMS("cancer-maximised-likelihood", fault="sign-error", data="breast_cancer", kind="table")
def cancer_own_loss(watch: Watch) -> Any:
    torch.manual_seed(5)
    X, y = data.rows("breast_cancer", 5)
    X = (X - X.mean(0)) / X.std(0)
    train = DataLoader(TensorDataset(X[:420], y[:420]), batch_size=32, shuffle=True)
    test = DataLoader(TensorDataset(X[420:], y[420:]), batch_size=32)
    model = nn.Sequential(nn.Linear(30, 20), nn.Tanh(), nn.Linear(20, 2), nn.LogSoftmax(dim=-1))

    def nll(log_p: Tensor, label: Tensor) -> Tensor:
        return log_p.gather(1, label[:, None]).mean()

    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    with watch(model, optimizer=optimizer, loss_fn=nll, train=train, validation=test) as run:
        for _epoch in range(40):
            for x, t in train:
                loss = nll(model(x), t)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    return run
