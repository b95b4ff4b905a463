"""Handwritten digits once more: each program with its own loop."""

from __future__ import annotations

import itertools

import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.diagnosis.programs import data
from benchmarks.diagnosis.programs.registry import PROGRAMS


def tensors(start=0, end=4000):
    x, y = data.pen(start, end)
    return (x[:, None].float() - 40) / 80, y


def held(size=200):
    return DataLoader(TensorDataset(*tensors(4000, 5000)), size)


@PROGRAMS("pen-11", fault="too-deep", data="opencv_digits", kind="images", also=("vanishing-gradients",))
def pen_11(watch):
    torch.manual_seed(0)
    x, y = tensors()
    train, val = DataLoader(TensorDataset(x, y), 64, shuffle=True), held()
    layers = [nn.Conv2d(1, 12, 4, 4), nn.ReLU()]
    for _ in range(24):
        layers.extend((nn.Conv2d(12, 12, 3, padding=1), nn.ReLU()))
    net = nn.Sequential(*layers, nn.Flatten(), nn.Linear(300, 10))
    criterion, optimizer = nn.CrossEntropyLoss(), torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    with watch(net, optimizer=optimizer, loss_fn=criterion, train=train, validation=val) as run:
        for _epoch in range(8):
            for inputs, labels in train:
                optimizer.zero_grad()
                outputs = net(inputs)
                loss = criterion(outputs, labels)
                loss.backward()
                optimizer.step()
    return run


@PROGRAMS("pen-12", fault="too-narrow", data="opencv_digits", kind="images")
def pen_12(watch):
    torch.manual_seed(1)
    x, y = tensors()
    train, val = DataLoader(TensorDataset(x, y), 40, shuffle=True), held()
    net = nn.Sequential(
        nn.Conv2d(1, 2, 5, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Conv2d(2, 2, 3, 2), nn.BatchNorm2d(2), nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 10),
    )  # fmt: skip
    criterion, optimizer = nn.CrossEntropyLoss(), torch.optim.Adam(net.parameters(), lr=5e-3)
    with watch(net, optimizer=optimizer, loss_fn=criterion, train=train, validation=val) as run:
        for _epoch in range(10):
            net.train()
            for inputs, labels in train:
                optimizer.zero_grad()
                criterion(net(inputs), labels).backward()
                optimizer.step()
            net.eval()
    return run


@PROGRAMS("pen-13", fault="data-in-order", data="opencv_digits", kind="images")
def pen_13(watch):
    class Sheet:
        def __init__(self, x, y, size):
            order = torch.argsort(y, stable=True)
            self.x, self.y, self.size = x[order], y[order], size

        def __len__(self):
            return len(self.y) // self.size

        def __iter__(self):
            for n in range(len(self)):
                part = slice(n * self.size, (n + 1) * self.size)
                yield self.x[part], self.y[part]

    torch.manual_seed(2)
    train, val = Sheet(*tensors(), 50), held()
    net = nn.Sequential(nn.Flatten(), nn.Linear(400, 96), nn.ReLU(), nn.Linear(96, 10))
    criterion, optimizer = nn.CrossEntropyLoss(), torch.optim.SGD(net.parameters(), lr=0.1)
    with watch(net, optimizer=optimizer, loss_fn=criterion, train=train, validation=val) as run:
        for _epoch in range(20):
            for inputs, labels in train:
                optimizer.zero_grad()
                criterion(net(inputs), labels).backward()
                optimizer.step()
    return run


@PROGRAMS("pen-14", fault="dying-relu", data="opencv_digits", kind="images", also=("learning-rate-too-high",))
def pen_14(watch):
    torch.manual_seed(3)
    x, y = tensors()
    train, val = DataLoader(TensorDataset(x, y), 50, shuffle=True), held()
    net = nn.Sequential(nn.Flatten(), nn.Linear(400, 80), nn.ReLU(), nn.Linear(80, 40), nn.ReLU(), nn.Linear(40, 10))
    criterion, optimizer = nn.CrossEntropyLoss(), torch.optim.SGD(net.parameters(), lr=1.0, momentum=0.9)
    with watch(net, optimizer=optimizer, loss_fn=criterion, train=train, validation=val) as run:
        for _epoch in range(15):
            for inputs, labels in train:
                optimizer.zero_grad()
                criterion(net(inputs), labels).backward()
                optimizer.step()
    return run


@PROGRAMS("pen-15", fault="batch-too-small", data="opencv_digits", kind="images", also=("learning-rate-too-high",))
def pen_15(watch):
    torch.manual_seed(4)
    x, y = tensors(0, 1300)
    train, val = DataLoader(TensorDataset(x, y), 1, shuffle=True), held()
    net = nn.Sequential(nn.Conv2d(1, 8, 5, 2), nn.ReLU(), nn.Flatten(), nn.Linear(512, 32), nn.ReLU(), nn.Linear(32, 10))
    criterion, optimizer = nn.CrossEntropyLoss(), torch.optim.Adam(net.parameters(), lr=0.011)
    with watch(net, optimizer=optimizer, loss_fn=criterion, train=train, validation=val) as run:
        for _epoch in range(3):
            for inputs, labels in train:
                optimizer.zero_grad()
                criterion(net(inputs), labels).backward()
                optimizer.step()
    return run


@PROGRAMS("pen-16", fault="not-started-yet", data="opencv_digits", kind="images")
def pen_16(watch):
    torch.manual_seed(5)
    x, y = tensors()
    train, val = DataLoader(TensorDataset(x, y), 250, shuffle=True), held()
    net = nn.Sequential(
        nn.Conv2d(1, 16, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(288, 10),
    )
    criterion, optimizer = nn.CrossEntropyLoss(), torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9)
    with watch(net, optimizer=optimizer, loss_fn=criterion, train=train, validation=val) as run:
        for _epoch in range(1):
            for inputs, labels in train:
                optimizer.zero_grad()
                criterion(net(inputs), labels).backward()
                optimizer.step()
    return run


@PROGRAMS("pen-17", fault="over-regularised", data="opencv_digits", kind="images")
def pen_17(watch):
    torch.manual_seed(6)
    x, y = tensors()
    train, val = DataLoader(TensorDataset(x, y), 50, shuffle=True), held()
    net = nn.Sequential(nn.Flatten(), nn.Linear(400, 64), nn.ReLU(), nn.Linear(64, 10))
    entropy = nn.CrossEntropyLoss()

    def criterion(outputs, labels):
        return entropy(outputs, labels) + 0.05 * sum(p.abs().sum() for p in net.parameters())

    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    with watch(net, optimizer=optimizer, loss_fn=criterion, train=train, validation=val) as run:
        for _epoch in range(10):
            for inputs, labels in train:
                optimizer.zero_grad()
                criterion(net(inputs), labels).backward()
                optimizer.step()
    return run


@PROGRAMS("pen-18", fault="optimizer-unsuited", data="opencv_digits", kind="images")
def pen_18(watch):
    torch.manual_seed(7)
    x, y = tensors(0, 3000)
    train, val = DataLoader(TensorDataset(x, y), 20, shuffle=True), held()
    net = nn.Sequential(
        nn.Conv2d(1, 8, 5, 2), nn.ReLU(), nn.Conv2d(8, 16, 3, 2), nn.ReLU(), nn.Flatten(), nn.Linear(144, 10)
    )
    criterion, optimizer = nn.CrossEntropyLoss(), torch.optim.LBFGS(net.parameters(), lr=0.5, max_iter=3, history_size=10)
    with watch(net, optimizer=optimizer, loss_fn=criterion, train=train, validation=val) as run:
        for _epoch in range(2):
            for inputs, labels in train:

                def closure(inputs=inputs, labels=labels):
                    optimizer.zero_grad()
                    loss = criterion(net(inputs), labels)
                    loss.backward()
                    return loss

                optimizer.step(closure)
    return run


@PROGRAMS("pen-19", fault="frozen-parameters", data="opencv_digits", kind="images")
def pen_19(watch):
    torch.manual_seed(8)
    x, y = tensors()
    train, val = DataLoader(TensorDataset(x, y), 40, shuffle=True), held()
    net = nn.Sequential(nn.Flatten(), nn.Linear(400, 24), nn.ReLU(), nn.Linear(24, 16), nn.ReLU(), nn.Linear(16, 10))
    for name, p in net.named_parameters():
        p.requires_grad = name.startswith("5")
    criterion, optimizer = nn.CrossEntropyLoss(), torch.optim.Adam(net.parameters(), lr=3e-3)
    with watch(net, optimizer=optimizer, loss_fn=criterion, train=train, validation=val) as run:
        for _epoch in range(15):
            for inputs, labels in train:
                optimizer.zero_grad()
                criterion(net(inputs), labels).backward()
                optimizer.step()
    return run


@PROGRAMS("pen-20", fault="labels-shifted", data="opencv_digits", kind="images")
def pen_20(watch):
    class Prefetch:
        def __init__(self, x, y, size):
            self.x, self.y, self.size = x, y, size

        def __len__(self):
            return len(self.y) // self.size - 1

        def __iter__(self):
            parts = torch.randperm(len(self.y)).split(self.size)
            for now, then in itertools.pairwise(parts):
                yield self.x[then], self.y[now]

    torch.manual_seed(9)
    train, val = Prefetch(*tensors(), 50), held()
    net = nn.Sequential(nn.Conv2d(1, 8, 5, 2), nn.ReLU(), nn.Flatten(), nn.Linear(512, 32), nn.ReLU(), nn.Linear(32, 10))
    criterion, optimizer = nn.CrossEntropyLoss(), torch.optim.Adam(net.parameters(), lr=1e-3)
    with watch(net, optimizer=optimizer, loss_fn=criterion, train=train, validation=val) as run:
        for _epoch in range(10):
            for inputs, labels in train:
                optimizer.zero_grad()
                criterion(net(inputs), labels).backward()
                optimizer.step()
    return run


@PROGRAMS("pen-21", fault=None, data="opencv_digits", kind="images")
def pen_21(watch):
    torch.manual_seed(10)
    x, y = tensors(0, 2500)
    train, val = DataLoader(TensorDataset(x, y), 4, shuffle=True), held()
    net = nn.Sequential(nn.Conv2d(1, 8, 5, 2), nn.ReLU(), nn.Flatten(), nn.Linear(512, 32), nn.ReLU(), nn.Linear(32, 10))
    criterion, optimizer = nn.CrossEntropyLoss(), torch.optim.SGD(net.parameters(), lr=5e-3, momentum=0.9)
    with watch(net, optimizer=optimizer, loss_fn=criterion, train=train, validation=val) as run:
        for _epoch in range(5):
            for inputs, labels in train:
                optimizer.zero_grad()
                criterion(net(inputs), labels).backward()
                optimizer.step()
    return run
