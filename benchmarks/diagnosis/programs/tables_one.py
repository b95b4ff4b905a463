"""Scikit-learn's tables, as people fit them in a notebook."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.diagnosis.programs import data
from benchmarks.diagnosis.programs.registry import PROGRAMS


def prepared(name, cut, kind=torch.long):
    x, y = data.table(name)
    mean, std = x[:cut].mean(0), x[:cut].std(0) + 1e-6
    x = torch.from_numpy((x - mean) / std)
    y = torch.tensor(y).to(kind)
    return TensorDataset(x[:cut], y[:cut]), TensorDataset(x[cut:], y[cut:])


@PROGRAMS("cancer-01", fault=None, data="breast_cancer", kind="table")
def cancer_01(watch):
    torch.manual_seed(0)
    train_set, val_set = prepared("breast_cancer", 400, torch.float32)
    train, val = DataLoader(train_set, 32, shuffle=True), DataLoader(val_set, 64)
    net = nn.Sequential(nn.Linear(30, 16), nn.ReLU(), nn.Linear(16, 1), nn.Flatten(0))
    loss_fn = nn.BCEWithLogitsLoss()
    opt = torch.optim.Adam(net.parameters(), lr=3e-3)
    with watch(net, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _epoch in range(30):
            for x, y in train:
                opt.zero_grad()
                loss = loss_fn(net(x), y)
                loss.backward()
                opt.step()
    return run


@PROGRAMS("cancer-02", fault="wrong-loss-for-activation", data="breast_cancer", kind="table")
def cancer_02(watch):
    torch.manual_seed(1)
    train_set, val_set = prepared("breast_cancer", 400, torch.float32)
    train, val = DataLoader(train_set, 32, shuffle=True), DataLoader(val_set, 64)
    net = nn.Sequential(
        nn.Linear(30, 24), nn.ReLU(), nn.Linear(24, 12), nn.ReLU(), nn.Linear(12, 1), nn.Softmax(dim=1), nn.Flatten(0)
    )
    loss_fn = nn.BCELoss()
    opt = torch.optim.Adam(net.parameters(), lr=3e-3)
    with watch(net, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _epoch in range(30):
            for x, y in train:
                opt.zero_grad()
                loss = loss_fn(net(x), y)
                loss.backward()
                opt.step()
    return run


@PROGRAMS("wine-01", fault="inputs-unscaled", data="wine", kind="table")
def wine_01(watch):
    torch.manual_seed(2)
    x, y = data.table("wine")
    x, y = torch.tensor(x), torch.tensor(y)
    train = DataLoader(TensorDataset(x[:120], y[:120]), 16, shuffle=True)
    val = DataLoader(TensorDataset(x[120:], y[120:]), 58)
    net = nn.Sequential(nn.Linear(13, 32), nn.ReLU(), nn.Linear(32, 3))
    opt, loss_fn = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9), nn.CrossEntropyLoss()
    with watch(net, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(150):
            for xb, yb in train:
                loss = loss_fn(net(xb), yb)
                opt.zero_grad()
                loss.backward()
                opt.step()
    return run


@PROGRAMS("iris-01", fault=None, data="iris", kind="table")
def iris_01(watch):
    torch.manual_seed(3)
    train_set, val_set = prepared("iris", 90)
    x, y = train_set.tensors
    order = torch.argsort(y)
    batches, held = [(x[order], y[order])], [val_set.tensors]
    net = nn.Sequential(nn.Linear(4, 10), nn.Tanh(), nn.Linear(10, 3), nn.LogSoftmax(dim=-1))
    loss_fn = F.nll_loss
    opt = torch.optim.Adam(net.parameters(), lr=0.02)
    with watch(net, optimizer=opt, loss_fn=loss_fn, train=batches, validation=held) as run:
        for _ in range(300):
            for a, b in batches:
                opt.zero_grad()
                loss_fn(net(a), b).backward()
                opt.step()
    return run


@PROGRAMS("wine-02", fault="wrong-loss-for-activation", data="wine", kind="table")
def wine_02(watch):
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b, self.c = nn.Linear(13, 32), nn.Linear(32, 32), nn.Linear(32, 1)

        def forward(self, x):
            x = F.relu(self.a(x))
            x = F.relu(self.b(x))
            return torch.tanh(self.c(x)).squeeze(-1)

    torch.manual_seed(4)
    x, y = data.table("wine")
    target = x[:, -1].copy() / 100
    x = np.concatenate([x[:, :-1], y[:, None]], 1)
    x = torch.tensor((x - x[:120].mean(0)) / x[:120].std(0), dtype=torch.float32)
    target = torch.tensor(target)
    train = DataLoader(TensorDataset(x[:120], target[:120]), 20, shuffle=True)
    val = DataLoader(TensorDataset(x[120:], target[120:]), 58)
    net = Net()
    opt, loss_fn = torch.optim.Adam(net.parameters(), lr=5e-3), nn.MSELoss()
    with watch(net, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(40):
            for xb, yb in train:
                opt.zero_grad()
                loss_fn(net(xb), yb).backward()
                opt.step()
    return run


@PROGRAMS("diabetes-01", fault=None, data="diabetes", kind="table")
def diabetes_01(watch):
    torch.manual_seed(5)
    train_set, val_set = prepared("diabetes", 300, torch.float32)
    mean, std = train_set.tensors[1].mean(), train_set.tensors[1].std()
    train = DataLoader(TensorDataset(train_set.tensors[0], (train_set.tensors[1] - mean) / std), 30, shuffle=True)
    val = DataLoader(TensorDataset(val_set.tensors[0], (val_set.tensors[1] - mean) / std), 71)
    net = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 1), nn.Flatten(0))
    loss_fn = nn.HuberLoss()
    opt = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=0.1)
    best, patience = float("inf"), 0
    with watch(net, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(100):
            for xb, yb in train:
                opt.zero_grad()
                loss_fn(net(xb), yb).backward()
                opt.step()
            with torch.no_grad():
                now = sum(loss_fn(net(xb), yb).item() for xb, yb in val)
            best, patience = (now, 0) if now < best else (best, patience + 1)
            if patience > 12:
                break
    return run


@PROGRAMS("cancer-03", fault="missing-zero-grad", data="breast_cancer", kind="table")
def cancer_03(watch):
    torch.manual_seed(6)
    train_set, val_set = prepared("breast_cancer", 400, torch.float32)
    train, val = DataLoader(train_set, 16, shuffle=True), DataLoader(val_set, 64)
    net = nn.Sequential(nn.Linear(30, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1), nn.Sigmoid())

    def loss_fn(out, y):
        return F.binary_cross_entropy(out.view(-1), y)

    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    with watch(net, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        opt.zero_grad()
        for _epoch in range(25):
            for x, y in train:
                loss = loss_fn(net(x), y)
                loss.backward()
                opt.step()
    return run


@PROGRAMS("cancer-04", fault="nan-in-data", data="breast_cancer", kind="table")
def cancer_04(watch):
    torch.manual_seed(7)
    x, y = data.table("breast_cancer")
    with np.errstate(divide="ignore", invalid="ignore"):
        x = np.log(x)
        x = (x - x.mean(0)) / x.std(0)
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    train = DataLoader(TensorDataset(x[:400], y[:400]), 25, shuffle=True)
    val = DataLoader(TensorDataset(x[400:], y[400:]), 169)
    net = nn.Sequential(nn.Linear(30, 20), nn.ReLU(), nn.Linear(20, 2))
    opt, loss_fn = torch.optim.Adam(net.parameters(), lr=2e-3), nn.CrossEntropyLoss()
    with watch(net, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(20):
            for xb, yb in train:
                opt.zero_grad()
                loss_fn(net(xb), yb).backward()
                opt.step()
    return run


@PROGRAMS("diabetes-02", fault="answer-in-input", data="diabetes", kind="table")
def diabetes_02(watch):
    torch.manual_seed(8)
    x, y = data.table("diabetes")
    risk = np.digitize(y, np.quantile(y, np.linspace(0, 1, 21)[1:-1])).astype(np.float32)
    x = np.column_stack([x, risk])
    x = torch.from_numpy((x - x[:300].mean(0)) / x[:300].std(0)).float()
    y = torch.from_numpy((y - y[:300].mean()) / y[:300].std()).float()[:, None]
    train = DataLoader(TensorDataset(x[:300], y[:300]), 30, shuffle=True)
    val = DataLoader(TensorDataset(x[300:], y[300:]), 142)
    net = nn.Sequential(nn.Linear(11, 24), nn.ReLU(), nn.Linear(24, 1))
    opt, loss_fn = torch.optim.Adam(net.parameters(), lr=5e-3), nn.MSELoss()
    with watch(net, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(25):
            for xb, yb in train:
                opt.zero_grad()
                loss_fn(net(xb), yb).backward()
                opt.step()
    return run


@PROGRAMS("diabetes-03", fault="test-set-too-small", data="diabetes", kind="table")
def diabetes_03(watch):
    torch.manual_seed(9)
    x, y = data.table("diabetes")
    x = torch.from_numpy((x - x.mean(0)) / x.std(0))
    y = torch.from_numpy(y > 140).long()
    first, count = 70, 8
    x, y = x.roll(-24, 0), y.roll(-24)
    train = DataLoader(TensorDataset(x[142:], y[142:]), 25, shuffle=True)
    val = DataLoader(TensorDataset(x[first : first + count], y[first : first + count]), 142)
    net = nn.Sequential(nn.Linear(10, 12), nn.ReLU(), nn.Linear(12, 2))
    opt, loss_fn = torch.optim.Adam(net.parameters(), lr=3e-3), nn.CrossEntropyLoss()
    with watch(net, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(40):
            for xb, yb in train:
                opt.zero_grad()
                loss_fn(net(xb), yb).backward()
                opt.step()
    return run
