"""OpenCV's handwritten digits: smaller networks, other loops."""

from __future__ import annotations

import itertools

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

from benchmarks.diagnosis.programs import data
from benchmarks.diagnosis.programs.registry import PROGRAMS


class Digits(Dataset):
    def __init__(self, start, end, scale=True, flat=False):
        x, y = data.pen(start, end)
        x = x.float() / 127.5 - 1 if scale else x.float()
        self.x, self.y = (x.flatten(1) if flat else x[:, None]), y

    def __len__(self):
        return len(self.y)

    def __getitem__(self, index):
        return self.x[index], self.y[index]


def fit(model, optimizer, loss_fn, batches, epochs, clip=None):
    for _ in range(epochs):
        model.train()
        for x, y in batches:
            optimizer.zero_grad(set_to_none=True)
            loss_fn(model(x), y).backward()
            if clip:
                nn.utils.clip_grad_norm_(model.parameters(), clip)
            optimizer.step()


@PROGRAMS("pen-01", fault=None, data="opencv_digits", kind="images")
def pen_01(watch):
    torch.manual_seed(0)
    train, val = DataLoader(Digits(0, 4000, flat=True), 50, shuffle=True), DataLoader(Digits(4000, 5000, flat=True), 100)
    model = nn.Sequential(nn.Linear(400, 100), nn.GELU(), nn.Dropout(0.2), nn.Linear(100, 10))
    opt = torch.optim.Adam(model.parameters(), 1e-3)
    loss_fn = nn.CrossEntropyLoss()
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        fit(model, opt, loss_fn, train, 20)
    return run


@PROGRAMS("pen-02", fault="inputs-unscaled", data="opencv_digits", kind="images")
def pen_02(watch):
    torch.manual_seed(0)
    train, val = DataLoader(Digits(0, 4000, False, True), 50, shuffle=True), DataLoader(Digits(4000, 5000, False, True), 100)
    model = nn.Sequential(nn.Linear(400, 64), nn.Tanh(), nn.Linear(64, 10))
    opt = torch.optim.SGD(model.parameters(), 0.03, momentum=0.9)
    loss_fn = nn.CrossEntropyLoss()
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        fit(model, opt, loss_fn, train, 20)
    return run


@PROGRAMS("pen-03", fault="wrong-axis", data="opencv_digits", kind="images")
def pen_03(watch):
    class Scan(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.GRU(20, 40)
            self.out = nn.Linear(40, 10)

        def forward(self, x):
            rows = x.reshape(20, len(x), 20)
            _, last = self.rnn(rows)
            return self.out(last[0])

    torch.manual_seed(4)
    train, val = DataLoader(Digits(0, 3000), 50, shuffle=True), DataLoader(Digits(4000, 5000), 50)
    model, loss_fn = Scan(), nn.CrossEntropyLoss()
    opt = torch.optim.Adam(model.parameters(), 3e-3)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        fit(model, opt, loss_fn, train, 10, clip=1.0)
    return run


@PROGRAMS("pen-04", fault="too-deep", data="opencv_digits", kind="images", also=("vanishing-gradients",))
def pen_04(watch):
    torch.manual_seed(5)
    train, val = DataLoader(Digits(0, 4000, flat=True), 50, shuffle=True), DataLoader(Digits(4000, 5000, flat=True), 100)
    layers = [nn.Linear(400, 64), nn.ReLU()]
    for _ in range(20):
        layers += [nn.Linear(64, 64), nn.ReLU()]
    model = nn.Sequential(*layers, nn.Linear(64, 10))
    opt, loss_fn = torch.optim.Adam(model.parameters(), 1e-3), nn.CrossEntropyLoss()
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        fit(model, opt, loss_fn, train, 10)
    return run


@PROGRAMS("pen-05", fault="bad-initialisation", data="opencv_digits", kind="images")
def pen_05(watch):
    def start(layer):
        if isinstance(layer, nn.Linear):
            nn.init.constant_(layer.weight, 0.01)
            nn.init.zeros_(layer.bias)

    torch.manual_seed(6)
    train, val = DataLoader(Digits(0, 4000, flat=True), 50, shuffle=True), DataLoader(Digits(4000, 5000, flat=True), 100)
    model = nn.Sequential(nn.Linear(400, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    model.apply(start)
    opt, loss_fn = torch.optim.Adam(model.parameters(), 1e-3), nn.CrossEntropyLoss()
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        fit(model, opt, loss_fn, train, 15)
    return run


@PROGRAMS("pen-06", fault=None, data="opencv_digits", kind="images")
def pen_06(watch):
    def start(layer):
        if isinstance(layer, (nn.Linear, nn.Conv2d)):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.constant_(layer.bias, 0.01)

    torch.manual_seed(7)
    train, val = DataLoader(Digits(0, 4000), 50, shuffle=True), DataLoader(Digits(4000, 5000), 100)
    model = nn.Sequential(
        nn.Conv2d(1, 10, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(10, 20, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(180, 10),
    )
    model.apply(start)
    opt, loss_fn = torch.optim.SGD(model.parameters(), 0.02, momentum=0.9), nn.CrossEntropyLoss()
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        fit(model, opt, loss_fn, train, 8, clip=5)
    return run


@PROGRAMS("pen-07", fault="vanishing-gradients", data="opencv_digits", kind="images")
def pen_07(watch):
    torch.manual_seed(8)
    train, val = DataLoader(Digits(0, 4000, flat=True), 50, shuffle=True), DataLoader(Digits(4000, 5000, flat=True), 100)
    sizes = [400, 100, 80, 60, 50, 40, 30]
    model = nn.Sequential()
    for number, (a, b) in enumerate(itertools.pairwise(sizes)):
        model.add_module(f"dense{number}", nn.Linear(a, b))
        model.add_module(f"act{number}", nn.Sigmoid())
    model.add_module("out", nn.Linear(30, 10))
    opt, loss_fn = torch.optim.SGD(model.parameters(), 0.05, momentum=0.9), nn.CrossEntropyLoss()
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        fit(model, opt, loss_fn, train, 20)
    return run


@PROGRAMS("pen-08", fault="batch-norm-batch-1", data="opencv_digits", kind="images")
def pen_08(watch):
    torch.manual_seed(9)
    train, val = DataLoader(Digits(0, 2000), 2, shuffle=True), DataLoader(Digits(4000, 5000), 100)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 5, 2), nn.ReLU(), nn.Flatten(), nn.Linear(512, 40), nn.BatchNorm1d(40), nn.ReLU(),
        nn.Linear(40, 40), nn.BatchNorm1d(40), nn.ReLU(), nn.Linear(40, 10),
    )  # fmt: skip
    opt, loss_fn = torch.optim.Adam(model.parameters(), 1e-3), nn.CrossEntropyLoss()
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        fit(model, opt, loss_fn, train, 3)
    return run


@PROGRAMS("pen-09", fault="too-narrow", data="opencv_digits", kind="images")
def pen_09(watch):
    torch.manual_seed(10)
    train, val = DataLoader(Digits(0, 4000, flat=True), 50, shuffle=True), DataLoader(Digits(4000, 5000, flat=True), 100)
    model = nn.Sequential(
        nn.Linear(400, 64), nn.Tanh(), nn.Linear(64, 1), nn.Tanh(), nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 10)
    )
    opt, loss_fn = torch.optim.Adam(model.parameters(), 2e-3), nn.CrossEntropyLoss()
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        fit(model, opt, loss_fn, train, 10)
    return run


@PROGRAMS("pen-10", fault=None, data="opencv_digits", kind="images")
def pen_10(watch):
    class Rows(nn.Module):
        def __init__(self):
            super().__init__()
            self.gru = nn.GRU(20, 48, batch_first=True)
            self.out = nn.Linear(48, 10)

        def forward(self, x):
            _, last = self.gru(x.squeeze(1))
            return self.out(last[0])

    torch.manual_seed(11)
    train, val = DataLoader(Digits(0, 2500), 50, shuffle=True), DataLoader(Digits(4000, 5000), 100)
    model, loss_fn = Rows(), nn.CrossEntropyLoss()
    opt = torch.optim.RMSprop(model.parameters(), 2e-3)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        fit(model, opt, loss_fn, train, 12, clip=1.0)
    return run
