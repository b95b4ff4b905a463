"""Programs that tell classes apart in scikit-learn's bundled tables."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler

from benchmarks.diagnosis.development import data
from benchmarks.diagnosis.development.registry import PROGRAMS
from benchmarks.diagnosis.program import Watch


def loaders(x: Tensor, y: Tensor, count: int, batch: int) -> tuple[Any, Any]:
    """The first rows to train on, the others to test."""
    train = DataLoader(TensorDataset(x[:count], y[:count]), batch_size=batch, shuffle=True)
    return train, DataLoader(TensorDataset(x[count:], y[count:]), batch_size=batch)


@PROGRAMS("cancer-columns-as-measured", fault="inputs-unscaled", data="breast_cancer", kind="table")
def cancer_raw(watch: Watch) -> Any:
    torch.manual_seed(0)
    X, y = data.rows("breast_cancer", 20)
    train, test = loaders(X, y.float(), 400, 20)
    model = nn.Sequential(nn.Linear(30, 32), nn.Tanh(), nn.Linear(32, 1), nn.Flatten(0))
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(60):
            for x, t in train:
                optimizer.zero_grad()
                criterion(model(x), t).backward()
                optimizer.step()
    return run


@PROGRAMS("cancer-log-of-zero", fault="nan-in-data", data="breast_cancer", kind="table")
def cancer_logarithms(watch: Watch) -> Any:
    torch.manual_seed(1)
    X, y = data.rows("breast_cancer", 21)
    X = torch.log(X)
    X = (X - X[:, :].nanmean(0)) / 1.5
    train, test = loaders(X, y, 420, 32)
    model = nn.Sequential(nn.Linear(30, 32), nn.ReLU(), nn.Linear(32, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(30):
            for x, t in train:
                optimizer.zero_grad()
                F.cross_entropy(model(x), t).backward()
                optimizer.step()
    return run


@PROGRAMS("iris-rmsprop", fault=None, data="iris", kind="table")
def iris(watch: Watch) -> Any:
    torch.manual_seed(2)
    X, y = data.rows("iris", 22)
    X = (X - X.mean(0)) / X.std(0)
    train, test = loaders(X, y, 100, 10)
    model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 3), nn.LogSoftmax(dim=1))
    nll = nn.NLLLoss()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=nll, train=train, validation=test) as run:
        for _epoch in range(150):
            for features, species in train:
                optimizer.zero_grad()
                loss = nll(model(features), species)
                loss.backward()
                optimizer.step()
    return run


@PROGRAMS("wine-logits-into-nll", fault="wrong-loss-for-activation", data="wine", kind="table")
def wine_three_outputs(watch: Watch) -> Any:
    torch.manual_seed(3)
    X, y = data.rows("wine", 23)
    X = (X - X.mean(0)) / X.std(0)
    train, test = loaders(X, y, 130, 13)
    model = nn.Sequential(nn.Linear(13, 24), nn.ReLU(), nn.Linear(24, 3))
    loss_fn = nn.NLLLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(60):
            for features, cultivar in train:
                optimizer.zero_grad()
                loss_fn(model(features), cultivar).backward()
                optimizer.step()
    return run


@PROGRAMS("cancer-oversampled-then-split", fault="leakage", data="breast_cancer", kind="table")
def cancer_drawn(watch: Watch) -> Any:
    torch.manual_seed(4)
    X, y = data.rows("breast_cancer", 24)
    X, y = X[:160, 4:10], y[:160]
    X = (X - X.mean(0)) / X.std(0) + 0.8 * torch.randn(X.shape)
    drawn = torch.randint(0, 160, (900,))
    X, y = X[drawn], y[drawn]
    train, test = loaders(X, y, 650, 32)
    model = nn.Sequential(nn.Linear(6, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(60):
            for x, t in train:
                optimizer.zero_grad()
                F.cross_entropy(model(x), t).backward()
                optimizer.step()
    return run


@PROGRAMS("cancer-eight-patients", fault="test-set-too-small", data="breast_cancer", kind="table")
def cancer_two_outputs(watch: Watch) -> Any:
    torch.manual_seed(5)
    X, y = data.rows("breast_cancer", 25)
    X = (X - X.mean(0)) / X.std(0)
    train, test = loaders(X, y, len(X) - 8, 33)
    model = nn.Sequential(nn.Linear(30, 16), nn.ReLU(), nn.Linear(16, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    loss_fn = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(40):
            for x, t in train:
                optimizer.zero_grad()
                loss_fn(model(x), t).backward()
                optimizer.step()
    return run


@PROGRAMS("cancer-rare-class-sampled", fault=None, data="breast_cancer", kind="table")
def cancer_imbalanced(watch: Watch) -> Any:
    torch.manual_seed(6)
    X, y = data.rows("breast_cancer", 26)
    X = (X - X.mean(0)) / X.std(0)
    kept = (y == 1) | (torch.arange(len(y)) % 4 == 0)
    X, y = X[kept], y[kept]
    weights = torch.where(y[:280] == 1, 1.0, 6.0)
    sampler = WeightedRandomSampler(weights.tolist(), 280)
    train = DataLoader(TensorDataset(X[:280], y[:280]), batch_size=20, sampler=sampler)
    test = DataLoader(TensorDataset(X[280:], y[280:]), batch_size=140)
    model = nn.Sequential(nn.Linear(30, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(40):
            model.train()
            for x, t in train:
                optimizer.zero_grad()
                F.cross_entropy(model(x), t).backward()
                optimizer.step()
            model.eval()
    return run


@PROGRAMS("wine-wrong-direction", fault="sign-error", data="wine", kind="table")
def wine_own_update(watch: Watch) -> Any:
    torch.manual_seed(7)
    X, y = data.rows("wine", 27)
    X = (X - X.mean(0)) / X.std(0)
    train, test = loaders(X, y, 120, 20)
    model = nn.Linear(13, 3)
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(60):
            for x, t in train:
                loss = loss_fn(model(x), t)
                model.zero_grad()
                loss.backward()
                with torch.no_grad():
                    for weight in model.parameters():
                        weight += 0.02 * weight.grad
    return run
