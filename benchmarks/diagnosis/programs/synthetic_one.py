"""Synthetic points in the plane and functions of a few numbers."""

from __future__ import annotations

import itertools
import math

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.diagnosis.programs import data
from benchmarks.diagnosis.programs.registry import PROGRAMS


class Mlp(nn.Module):
    def __init__(self, *sizes, act=nn.ReLU):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in itertools.pairwise(sizes))
        self.act = act()

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = self.act(layer(x))
        return self.layers[-1](x)


def pair(x, y, cut, batch, kind=torch.int64):
    x, y = torch.as_tensor(x, dtype=torch.float32), torch.as_tensor(y).to(kind)
    return DataLoader(TensorDataset(x[:cut], y[:cut]), batch, shuffle=True), DataLoader(TensorDataset(x[cut:], y[cut:]), 200)


def simple(model, opt, loss_fn, train, epochs):
    losses = []
    for _ in range(epochs):
        for x, y in train:
            opt.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            opt.step()
            losses.append(loss.item())
    return losses


@PROGRAMS("synthetic-01", fault=None, data="two moons (synthetic)", kind="table")
def synthetic_01(watch):
    torch.manual_seed(0)
    train, val = pair(*data.moons(1600, 0.45, 0), 1000, 50)
    model, loss_fn = Mlp(2, 24, 2), nn.CrossEntropyLoss()
    opt = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        simple(model, opt, loss_fn, train, 40)
    return run


@PROGRAMS("synthetic-02", fault=None, data="spirals (synthetic)", kind="table")
def synthetic_02(watch):
    torch.manual_seed(1)
    train, val = pair(*data.spirals(1500, 3, 1), 1000, 40)
    model, loss_fn = Mlp(2, 48, 48, 3, act=nn.Tanh), nn.CrossEntropyLoss()
    opt = torch.optim.Adam(model.parameters(), 5e-3)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        simple(model, opt, loss_fn, train, 50)
    return run


@PROGRAMS("synthetic-03", fault="too-narrow", data="spirals (synthetic)", kind="table")
def synthetic_03(watch):
    torch.manual_seed(2)
    train, val = pair(*data.spirals(1500, 3, 2), 1000, 40)
    model, loss_fn = Mlp(2, 2, 2, 3, act=nn.Tanh), nn.CrossEntropyLoss()
    opt = torch.optim.Adam(model.parameters(), 5e-3)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        simple(model, opt, loss_fn, train, 80)
    return run


@PROGRAMS("synthetic-04", fault="dying-relu", data="two moons (synthetic)", kind="table", also=("bad-initialisation",))
def synthetic_04(watch):
    torch.manual_seed(3)
    train, val = pair(*data.moons(1600, 0.2, 3), 1000, 50)
    model, loss_fn = Mlp(2, 24, 24, 2), nn.CrossEntropyLoss()
    for layer in model.layers[:-1]:
        nn.init.constant_(layer.bias, -4.0)
    opt = torch.optim.Adam(model.parameters(), 3e-3)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        simple(model, opt, loss_fn, train, 40)
    return run


@PROGRAMS("synthetic-05", fault="unsolvable", data="fair coins (synthetic)", kind="table")
def synthetic_05(watch):
    torch.manual_seed(4)
    random = np.random.default_rng(4)
    x, y = random.normal(size=(4000, 12)), random.integers(0, 2, 4000)
    train, val = pair(x, y, 3000, 60)
    model, loss_fn = Mlp(12, 16, 2), nn.CrossEntropyLoss()
    opt = torch.optim.Adam(model.parameters(), 1e-3)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        simple(model, opt, loss_fn, train, 20)
    return run


@PROGRAMS("synthetic-06", fault=None, data="a noisy sine (synthetic)", kind="table")
def synthetic_06(watch):
    torch.manual_seed(5)
    x = torch.rand(900, 1) * 4 - 2
    y = torch.sin(math.pi * x) + 0.3 * torch.randn(900, 1)
    train, val = pair(x, y, 600, 30, torch.float32)
    model, loss_fn = Mlp(1, 40, 40, 1, act=nn.SiLU), nn.SmoothL1Loss()
    opt = torch.optim.AdamW(model.parameters(), 5e-3)
    decay = torch.optim.lr_scheduler.ExponentialLR(opt, 0.97)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(70):
            simple(model, opt, loss_fn, train, 1)
            decay.step()
    return run


@PROGRAMS("synthetic-07", fault="wrong-loss-for-activation", data="a noisy sine (synthetic)", kind="table")
def synthetic_07(watch):
    class Shaped(Mlp):
        def forward(self, x):
            return torch.sigmoid(super().forward(x))

    torch.manual_seed(6)
    x = torch.rand(900, 2) * 2 - 1
    y = 3 * torch.sin(math.pi * x[:, :1]) * x[:, 1:] + 0.1 * torch.randn(900, 1)
    train, val = pair(x, y, 600, 30, torch.float32)
    model, loss_fn = Shaped(2, 40, 40, 1), nn.L1Loss()
    opt = torch.optim.Adam(model.parameters(), 3e-3)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        simple(model, opt, loss_fn, train, 60)
    return run


@PROGRAMS("synthetic-08", fault="exploding-gradients", data="friedman 1 (synthetic)", kind="table")
def synthetic_08(watch):
    class Stack(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.last = nn.Linear(10, 32), nn.Linear(32, 1)
            self.blocks = nn.ModuleList(nn.Linear(32, 32) for _ in range(24))

        def forward(self, x):
            x = self.first(x)
            for block in self.blocks:
                x = x + 2.0 * torch.relu(block(x))
            return self.last(x)

    torch.manual_seed(7)
    random = np.random.default_rng(7)
    x = random.uniform(size=(1500, 10))
    y = (
        10 * np.sin(np.pi * x[:, 0] * x[:, 1])
        + 20 * (x[:, 2] - 0.5) ** 2
        + 10 * x[:, 3]
        + 5 * x[:, 4]
        + random.normal(size=1500)
    )
    train, val = pair(x * 2 - 1, ((y - y.mean()) / y.std())[:, None], 1000, 32, torch.float32)
    model, loss_fn = Stack(), nn.MSELoss()
    opt = torch.optim.SGD(model.parameters(), 0.01, momentum=0.9)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        simple(model, opt, loss_fn, train, 12)
    return run


@PROGRAMS("synthetic-09", fault=None, data="friedman 1 (synthetic)", kind="table")
def synthetic_09(watch):
    class Block(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.norm, self.up, self.down = nn.LayerNorm(width), nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
            nn.init.zeros_(self.down.weight)

        def forward(self, x):
            return x + self.down(torch.relu(self.up(self.norm(x))))

    torch.manual_seed(8)
    random = np.random.default_rng(8)
    x = random.uniform(size=(3000, 10))
    y = (
        10 * np.sin(np.pi * x[:, 0] * x[:, 1])
        + 20 * (x[:, 2] - 0.5) ** 2
        + 10 * x[:, 3]
        + 5 * x[:, 4]
        + random.normal(size=3000)
    )
    train, val = pair(x * 2 - 1, ((y - y.mean()) / y.std())[:, None], 2500, 50, torch.float32)
    model, loss_fn = (
        nn.Sequential(nn.Linear(10, 24), *[Block(24) for _ in range(10)], nn.LayerNorm(24), nn.Linear(24, 1)),
        nn.MSELoss(),
    )
    opt = torch.optim.AdamW(model.parameters(), 2e-3, weight_decay=0.05)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        simple(model, opt, loss_fn, train, 12)
    return run


@PROGRAMS(
    "synthetic-10", fault="batch-too-small", data="two moons (synthetic)", kind="table", also=("learning-rate-too-high",)
)
def synthetic_10(watch):
    torch.manual_seed(9)
    train, val = pair(*data.moons(1600, 0.3, 9), 1000, 1)
    model, loss_fn = Mlp(2, 24, 24, 2), nn.CrossEntropyLoss()
    opt = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        simple(model, opt, loss_fn, train, 6)
    return run
