"""Healthy programs on tables, as somebody would write them who has never seen the diagnosis."""

# mypy: allow-subclassing-any
from __future__ import annotations

import copy
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from sklearn import datasets
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.diagnosis.development import data
from benchmarks.diagnosis.development.registry import PROGRAMS
from benchmarks.diagnosis.program import Watch


def standard(x: Tensor, rows: int) -> Tensor:
    """Columns with mean 0 and standard deviation 1 over the first so many rows."""
    return (x - x[:rows].mean(0)) / x[:rows].std(0)


def synthetic(made: tuple[Any, Any]) -> tuple[Tensor, Tensor]:
    """What one of scikit-learn's `make_...` gave, as float32 tensors."""
    return torch.tensor(np.asarray(made[0]), dtype=torch.float32), torch.tensor(np.asarray(made[1]), dtype=torch.float32)


@PROGRAMS("fresh-iris-softmax-regression", fault=None, data="iris", kind="table")
def softmax_regression(watch: Watch) -> Any:
    torch.manual_seed(200)
    X, y = data.rows("iris", 200)
    X = standard(X, 110)
    train = DataLoader(TensorDataset(X[:110], y[:110]), batch_size=110)
    test = DataLoader(TensorDataset(X[110:], y[110:]), batch_size=40)
    model = nn.Linear(4, 3)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(150):
            for inputs, labels in train:
                optimizer.zero_grad()
                F.cross_entropy(model(inputs), labels).backward()
                optimizer.step()
    return run


@PROGRAMS("fresh-wine-batches-of-eight", fault=None, data="wine", kind="table")
def batches_of_eight(watch: Watch) -> Any:
    torch.manual_seed(201)
    X, y = data.rows("wine", 201)
    X = standard(X, 130)
    train = DataLoader(TensorDataset(X[:130], y[:130]), batch_size=8, shuffle=True)
    valid = DataLoader(TensorDataset(X[130:], y[130:]), batch_size=8)
    model = nn.Sequential(nn.Linear(13, 16), nn.Tanh(), nn.Linear(16, 3))
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.03, weight_decay=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=valid) as run:
        for _epoch in range(25):
            model.train()
            for inputs, labels in train:
                optimizer.zero_grad()
                loss = criterion(model(inputs), labels)
                loss.backward()
                optimizer.step()
            model.eval()
    return run


@PROGRAMS("fresh-breast-cancer-adagrad", fault=None, data="breast_cancer", kind="table")
def adagrad(watch: Watch) -> Any:
    torch.manual_seed(202)
    X, y = data.rows("breast_cancer", 202)
    X, y = standard(X, 430), y.float()[:, None]
    train = DataLoader(TensorDataset(X[:430], y[:430]), batch_size=32, shuffle=True)
    test = DataLoader(TensorDataset(X[430:], y[430:]), batch_size=139)
    model = nn.Sequential(nn.Linear(30, 24), nn.ReLU(), nn.Linear(24, 1))
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adagrad(model.parameters(), lr=0.03)
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(20):
            for inputs, labels in train:
                optimizer.zero_grad()
                criterion(model(inputs), labels).backward()
                optimizer.step()
    return run


@PROGRAMS("fresh-diabetes-linear", fault=None, data="diabetes", kind="table")
def linear(watch: Watch) -> Any:
    torch.manual_seed(203)
    X, y = data.rows("diabetes", 203)
    X, y = standard(X, 330), standard(y[:, None], 330)
    train = DataLoader(TensorDataset(X[:330], y[:330]), batch_size=33, shuffle=True)
    test = DataLoader(TensorDataset(X[330:], y[330:]), batch_size=112)
    model = nn.Linear(10, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
    with watch(model, optimizer=optimizer, loss_fn=F.mse_loss, train=train, validation=test) as run:
        for _epoch in range(60):
            for inputs, targets in train:
                optimizer.zero_grad()
                F.mse_loss(model(inputs), targets).backward()
                optimizer.step()
    return run


class MixedColumns(nn.Module):
    """An embedded category beside measured columns."""

    def __init__(self) -> None:
        """Two categories in the first column, nine measures after it."""
        super().__init__()
        self.sex = nn.Embedding(2, 3)
        self.layers = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Predictions [n] of rows [n, 10]."""
        return self.layers(torch.cat([self.sex(x[:, 0].long()), x[:, 1:]], 1)).squeeze(1)


@PROGRAMS("fresh-diabetes-embedded-category", fault=None, data="diabetes", kind="table")
def embedded_category(watch: Watch) -> Any:
    torch.manual_seed(204)
    X, y = data.rows("diabetes", 204)
    measures = standard(torch.cat([X[:, :1], X[:, 2:]], 1), 340)
    X, y = torch.cat([X[:, 1:2] - 1, measures], 1), standard(y, 340)
    train = DataLoader(TensorDataset(X[:340], y[:340]), batch_size=20, shuffle=True)
    valid = DataLoader(TensorDataset(X[340:], y[340:]), batch_size=102)
    model = MixedColumns()
    loss_fn = nn.SmoothL1Loss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.05)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=valid) as run:
        for _epoch in range(25):
            model.train()
            for inputs, targets in train:
                optimizer.zero_grad()
                loss_fn(model(inputs), targets).backward()
                optimizer.step()
            model.eval()
    return run


@PROGRAMS("fresh-diabetes-ordered-levels", fault=None, data="diabetes", kind="table")
def ordered_levels(watch: Watch) -> Any:
    torch.manual_seed(205)
    X, y = data.rows("diabetes", 205)
    X = standard(X, 340)
    cuts = torch.quantile(y[:340], torch.tensor([0.25, 0.5, 0.75]))
    above = (y[:, None] > cuts).float()
    train = DataLoader(TensorDataset(X[:340], above[:340]), batch_size=34, shuffle=True)
    valid = DataLoader(TensorDataset(X[340:], above[340:]), batch_size=102)
    model = nn.Sequential(nn.Linear(10, 16), nn.Tanh(), nn.Linear(16, 3))
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3, weight_decay=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=valid) as run:
        for _epoch in range(30):
            for inputs, levels in train:
                optimizer.zero_grad()
                criterion(model(inputs), levels).backward()
                optimizer.step()
    return run


@PROGRAMS("fresh-friedman-early-stopping", fault=None, data="synthetic", kind="table")
def early_stopping(watch: Watch) -> Any:
    torch.manual_seed(206)
    X, y = synthetic(datasets.make_friedman1(900, noise=1.0, random_state=206))
    X, y = standard(X, 600), standard(y[:, None], 600)
    train = DataLoader(TensorDataset(X[:600], y[:600]), batch_size=30, shuffle=True)
    valid = DataLoader(TensorDataset(X[600:], y[600:]), batch_size=300)
    model = nn.Sequential(nn.Linear(10, 48), nn.ReLU(), nn.Linear(48, 24), nn.ReLU(), nn.Linear(24, 1))
    mse = nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    best, kept, waited = float("inf"), copy.deepcopy(model.state_dict()), 0
    with watch(model, optimizer=optimizer, loss_fn=mse, train=train, validation=valid) as run:
        for _epoch in range(80):
            model.train()
            for inputs, targets in train:
                optimizer.zero_grad()
                mse(model(inputs), targets).backward()
                optimizer.step()
            model.eval()
            with torch.no_grad():
                score = sum(mse(model(inputs), targets).item() for inputs, targets in valid)
            waited = 0 if score < best else waited + 1
            if score < best:
                best, kept = score, copy.deepcopy(model.state_dict())
            if waited == 8:
                break
        model.load_state_dict(kept)
    return run


@PROGRAMS("fresh-rare-positives-weighted", fault=None, data="synthetic", kind="table")
def rare_positives(watch: Watch) -> Any:
    torch.manual_seed(207)
    made = datasets.make_classification(1600, 16, n_informative=6, weights=[0.9], class_sep=1.2, random_state=207)
    X, y = synthetic(made)
    X = standard(X, 1200)
    train = DataLoader(TensorDataset(X[:1200], y[:1200]), batch_size=60, shuffle=True)
    valid = DataLoader(TensorDataset(X[1200:], y[1200:]), batch_size=400)
    positive = y[:1200].sum()
    model = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 1), nn.Flatten(0))
    criterion = nn.BCEWithLogitsLoss(pos_weight=(1200 - positive) / positive)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3, weight_decay=1e-4)
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=valid) as run:
        for _epoch in range(20):
            for inputs, labels in train:
                optimizer.zero_grad()
                criterion(model(inputs), labels).backward()
                optimizer.step()
    return run


@PROGRAMS("fresh-three-noisy-classes", fault=None, data="synthetic", kind="table")
def noisy_classes(watch: Watch) -> Any:
    torch.manual_seed(208)
    noisy = {"n_informative": 5, "n_classes": 3, "n_clusters_per_class": 1, "class_sep": 0.8, "flip_y": 0.35}
    X, y = synthetic(datasets.make_classification(1500, 10, random_state=208, **noisy))
    X = standard(X, 1100)
    train = DataLoader(TensorDataset(X[:1100], y[:1100].long()), batch_size=50, shuffle=True)
    valid = DataLoader(TensorDataset(X[1100:], y[1100:].long()), batch_size=200)
    model = nn.Sequential(nn.Linear(10, 24), nn.BatchNorm1d(24), nn.ReLU(), nn.Dropout(0.3), nn.Linear(24, 3))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.03, momentum=0.9, weight_decay=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=valid) as run:
        for _epoch in range(15):
            model.train()
            for inputs, labels in train:
                optimizer.zero_grad()
                F.cross_entropy(model(inputs), labels).backward()
                optimizer.step()
            model.eval()
    return run


@PROGRAMS("fresh-digits-lower-half", fault=None, data="digits", kind="table")
def lower_half(watch: Watch) -> Any:
    torch.manual_seed(209)
    X = data.rows("digits", 209)[0] / 16
    upper, lower = X[:, :32] - X[:1400, :32].mean(0), X[:, 32:] - X[:1400, 32:].mean(0)
    train = DataLoader(TensorDataset(upper[:1400], lower[:1400]), batch_size=40, shuffle=True)
    valid = DataLoader(TensorDataset(upper[1400:], lower[1400:]), batch_size=397)
    model = nn.Sequential(nn.Linear(32, 96), nn.ReLU(), nn.Linear(96, 32))
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.mse_loss, train=train, validation=valid) as run:
        for _epoch in range(25):
            for inputs, targets in train:
                optimizer.zero_grad()
                F.mse_loss(model(inputs), targets).backward()
                optimizer.step()
    return run
