"""Tables with other goals: counts, quantiles, several labels, ratings."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.diagnosis.programs import data
from benchmarks.diagnosis.programs.registry import PROGRAMS


def loaders(*parts, cut, size):
    return DataLoader(TensorDataset(*(part[:cut] for part in parts)), size, shuffle=True), DataLoader(
        TensorDataset(*(part[cut:] for part in parts)), 100
    )


@PROGRAMS("synthetic-18", fault=None, data="counts (synthetic)", kind="table")
def synthetic_18(watch):
    torch.manual_seed(0)
    x = torch.randn(1500, 4)
    y = torch.poisson(torch.exp(0.8 + 0.6 * x[:, 0] - 0.4 * x[:, 1] * x[:, 2]))
    train, val = loaders(x, y, cut=1100, size=50)
    model, loss_fn = nn.Sequential(nn.Linear(4, 24), nn.Softplus(), nn.Linear(24, 1), nn.Flatten(0)), nn.PoissonNLLLoss()
    opt = torch.optim.Adam(model.parameters(), lr=0.01)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(40):
            for xb, yb in train:
                opt.zero_grad()
                loss_fn(model(xb), yb).backward()
                opt.step()
    return run


@PROGRAMS("diabetes-07", fault=None, data="diabetes", kind="table")
def diabetes_07(watch):
    def loss_fn(out, y):
        error = y - out.squeeze(-1)
        return torch.maximum(0.9 * error, -0.1 * error).mean()

    torch.manual_seed(1)
    x, y = data.table("diabetes")
    x, y = torch.tensor((x - x[:320].mean(0)) / x[:320].std(0)), torch.tensor((y - 150) / 77, dtype=torch.float32)
    train, val = loaders(x, y, cut=320, size=32)
    model = nn.Linear(10, 1)
    opt = torch.optim.SGD(model.parameters(), lr=0.05)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(80):
            for xb, yb in train:
                opt.zero_grad()
                loss_fn(model(xb), yb).backward()
                opt.step()
    return run


@PROGRAMS("digits-03", fault=None, data="digits", kind="table")
def digits_03(watch):
    torch.manual_seed(2)
    x, y = data.table("digits")
    x = torch.from_numpy(x / 8 - 1)
    y = torch.from_numpy(np.stack([y % 2 == 0, y > 4, (y == 0) | (y == 6) | (y == 8) | (y == 9)], 1).astype(np.float32))
    train, val = loaders(x, y, cut=1300, size=40)
    model, loss_fn = nn.Sequential(nn.Linear(64, 48), nn.Mish(), nn.Linear(48, 3)), nn.MultiLabelSoftMarginLoss()
    opt = torch.optim.AdamW(model.parameters(), lr=4e-3)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(25):
            for xb, yb in train:
                opt.zero_grad(set_to_none=True)
                loss_fn(model(xb), yb).backward()
                opt.step()
    return run


@PROGRAMS("synthetic-19", fault=None, data="ratings (synthetic)", kind="table")
def synthetic_19(watch):
    class Factors(nn.Module):
        def __init__(self):
            super().__init__()
            self.people, self.things = nn.Embedding(60, 6), nn.Embedding(80, 6)
            self.kindness, self.quality = nn.Embedding(60, 1), nn.Embedding(80, 1)
            for table in (self.people, self.things):
                nn.init.normal_(table.weight, std=0.1)

        def forward(self, person, thing):
            taste = (self.people(person) * self.things(thing)).sum(1)
            return taste + self.kindness(person)[:, 0] + self.quality(thing)[:, 0]

    torch.manual_seed(3)
    a, b = torch.randn(60, 3), torch.randn(80, 3)
    person, thing = torch.randint(60, (4000,)), torch.randint(80, (4000,))
    y = (a[person] * b[thing]).sum(1) / 1.7 + 0.3 * torch.randn(4000)
    train, val = loaders(person, thing, y, cut=3200, size=64)
    model, loss_fn = Factors(), nn.MSELoss()
    opt = torch.optim.Adam(model.parameters(), lr=0.01, weight_decay=1e-4)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(30):
            for p, t, yb in train:
                opt.zero_grad()
                loss_fn(model(p, t), yb).backward()
                opt.step()
    return run


@PROGRAMS("synthetic-20", fault=None, data="sales (synthetic)", kind="table")
def synthetic_20(watch):
    class Shop(nn.Module):
        def __init__(self):
            super().__init__()
            self.day, self.town = nn.Embedding(7, 3), nn.Embedding(12, 4)
            self.net = nn.Sequential(nn.Linear(9, 32), nn.ReLU(), nn.Linear(32, 1))

        def forward(self, day, town, price):
            return self.net(torch.cat([self.day(day), self.town(town), price], 1)).squeeze(1)

    torch.manual_seed(4)
    day, town, price = torch.randint(7, (2400,)), torch.randint(12, (2400,)), torch.randn(2400, 2)
    y = torch.randn(7)[day] + torch.randn(12)[town] - price[:, 0] * (1 + 0.5 * (day > 4)) + 0.5 * torch.randn(2400)
    rows = [{"day": d, "town": t, "price": p, "target": v} for d, t, p, v in zip(day, town, price, y, strict=True)]
    train, val = DataLoader(rows[:1800], 60, shuffle=True), DataLoader(rows[1800:], 200)
    model, loss_fn = Shop(), nn.L1Loss()
    opt = torch.optim.Adam(model.parameters(), lr=5e-3)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(20):
            for batch in train:
                opt.zero_grad()
                out = model(batch["day"], batch["town"], batch["price"])
                loss_fn(out, batch["target"]).backward()
                opt.step()
    return run


@PROGRAMS("wine-05", fault=None, data="wine", kind="table")
def wine_05(watch):
    torch.manual_seed(5)
    x, y = data.table("wine")
    x, y = torch.tensor((x - x[:110].mean(0)) / x[:110].std(0)), torch.tensor(y)
    train, val = [(x[:110], y[:110])], [(x[110:], y[110:])]
    model = nn.Linear(13, 3)

    def loss_fn(out, target):
        return F.cross_entropy(out, target) + 0.01 * model.weight.square().sum()

    opt = torch.optim.LBFGS(model.parameters(), lr=0.5, max_iter=5)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(20):

            def closure():
                opt.zero_grad()
                loss = loss_fn(model(train[0][0]), train[0][1])
                loss.backward()
                return loss

            opt.step(closure)
    return run


@PROGRAMS("cancer-08", fault=None, data="breast_cancer", kind="table")
def cancer_08(watch):
    torch.manual_seed(6)
    x, y = data.table("breast_cancer")
    x, y = torch.tensor((x - x[:300].mean(0)) / x[:300].std(0)), torch.tensor(y)
    train, val = loaders(x, y, cut=300, size=30)
    model, loss_fn = (
        nn.Sequential(nn.Linear(30, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2)),
        nn.CrossEntropyLoss(),
    )
    opt = torch.optim.Adam(model.parameters(), lr=2e-3)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(80):
            for xb, yb in train:
                opt.zero_grad()
                loss_fn(model(xb), yb).backward()
                opt.step()
    return run


@PROGRAMS("synthetic-21", fault=None, data="exclusive or with noise (synthetic)", kind="table")
def synthetic_21(watch):
    torch.manual_seed(7)
    x = torch.rand(800, 2) * 2 - 1
    y = ((x[:, 0] * x[:, 1]) > 0).float()
    flip = torch.rand(800) < 0.1
    y = torch.where(flip, 1 - y, y)[:, None]
    train, val = loaders(x, y, cut=600, size=25)
    model, loss_fn = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 1), nn.Sigmoid()), nn.MSELoss()
    opt = torch.optim.RMSprop(model.parameters(), lr=0.01)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(60):
            for xb, yb in train:
                opt.zero_grad()
                loss_fn(model(xb), yb).backward()
                opt.step()
    return run


@PROGRAMS("digits-04", fault="bad-initialisation", data="digits", kind="table")
def digits_04(watch):
    torch.manual_seed(8)
    x, y = data.table("digits")
    x, y = torch.from_numpy(x / 8 - 1), torch.from_numpy(y)
    train, val = loaders(x, y, cut=1300, size=40)
    model, loss_fn = (
        nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10)),
        nn.CrossEntropyLoss(),
    )
    for p in model.parameters():
        nn.init.zeros_(p)
    opt = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(20):
            for xb, yb in train:
                opt.zero_grad()
                loss_fn(model(xb), yb).backward()
                opt.step()
    return run


@PROGRAMS("synthetic-22", fault="unsolvable", data="independent steps (synthetic)", kind="table")
def synthetic_22(watch):
    torch.manual_seed(9)
    steps = torch.randn(1516)
    windows = steps.unfold(0, 16, 1)
    x, y = windows[:, :-1], windows[:, -1:].clone()
    train, val = loaders(x, y, cut=1100, size=50)
    model, loss_fn = nn.Sequential(nn.Linear(15, 16), nn.ReLU(), nn.Linear(16, 1)), nn.MSELoss()
    opt = torch.optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(15):
            for xb, yb in train:
                opt.zero_grad()
                loss_fn(model(xb), yb).backward()
                opt.step()
    return run
