"""Ants and bees as thumbnails: 243 photographs, little to learn from without transfer."""

from __future__ import annotations

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.diagnosis.programs import data
from benchmarks.diagnosis.programs.registry import PROGRAMS


def small_net(width=16, drop=0.3):
    return nn.Sequential(
        nn.Conv2d(3, width, 3, 2, 1), nn.BatchNorm2d(width), nn.ReLU(),
        nn.Conv2d(width, 2 * width, 3, 2, 1), nn.BatchNorm2d(2 * width), nn.ReLU(),
        nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Dropout(drop), nn.Linear(8 * width, 2),
    )  # fmt: skip


def run_epochs(model, train, opt, loss_fn, epochs):
    for _ in range(epochs):
        model.train()
        for x, y in train:
            opt.zero_grad()
            loss_fn(model(x), y).backward()
            opt.step()
        model.eval()


@PROGRAMS("insects-01", fault=None, data="hymenoptera", kind="images")
def insects_01(watch):
    class Flipped:
        def __init__(self, x, y):
            self.x, self.y = x, y

        def __len__(self):
            return 10

        def __iter__(self):
            for places in torch.randperm(len(self.y)).chunk(10):
                x = self.x[places]
                yield (x.flip(3) if torch.rand(()) < 0.5 else x), self.y[places]

    torch.manual_seed(0)
    x, y = data.insects(32)
    x = (x.float() / 255 - 0.45) / 0.25
    train, val = Flipped(x[:163], y[:163]), [(x[163:], y[163:])]
    model, loss_fn = small_net(), nn.CrossEntropyLoss()
    opt = torch.optim.AdamW(model.parameters(), 1e-3, weight_decay=0.05)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        run_epochs(model, train, opt, loss_fn, 30)
    return run


@PROGRAMS("insects-02", fault="answer-in-input", data="hymenoptera", kind="images")
def insects_02(watch):
    torch.manual_seed(2)
    x, y = data.insects(32)
    x = x.float() / 255
    x[:, :, -4:, -4:] = torch.where(y == 1, 0.9, 0.1)[:, None, None, None]
    x = (x - 0.45) / 0.25
    train, val = (
        DataLoader(TensorDataset(x[:163], y[:163]), 16, shuffle=True),
        DataLoader(TensorDataset(x[163:], y[163:]), 80),
    )
    model = nn.Sequential(nn.Conv2d(3, 12, 4, 4), nn.ReLU(), nn.Flatten(), nn.Linear(768, 32), nn.ReLU(), nn.Linear(32, 2))
    loss_fn = nn.CrossEntropyLoss()
    opt = torch.optim.Adam(model.parameters(), 2e-3)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        run_epochs(model, train, opt, loss_fn, 30)
    return run


@PROGRAMS("insects-03", fault="leakage", data="hymenoptera", kind="images")
def insects_03(watch):
    torch.manual_seed(3)
    x, y = data.insects(32)
    x = (x.float() / 255 - 0.45) / 0.25
    order = torch.randperm(243)
    x, y = torch.cat([x, x + 0.02 * torch.randn(x.shape)]), torch.cat([y, y])
    order = torch.randperm(len(y))
    inside, outside = order[:380], order[380:]
    train, val = (
        DataLoader(TensorDataset(x[inside], y[inside]), 20, shuffle=True),
        DataLoader(TensorDataset(x[outside], y[outside]), 80),
    )
    model, loss_fn = small_net(24, drop=0.0), nn.CrossEntropyLoss()
    opt = torch.optim.Adam(model.parameters(), 2e-3)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        run_epochs(model, train, opt, loss_fn, 25)
    return run


@PROGRAMS("insects-04", fault="test-set-too-small", data="hymenoptera", kind="images")
def insects_04(watch):
    torch.manual_seed(4)
    x, y = data.insects(32)
    x = (x.float() / 255 - 0.45) / 0.25
    x, y = x.roll(37, 0), y.roll(37)
    cut = 233
    train = DataLoader(TensorDataset(x[:cut], y[:cut]), 16, shuffle=True)
    val = DataLoader(TensorDataset(x[cut:], y[cut:]), 80)
    model, loss_fn = small_net(), nn.CrossEntropyLoss()
    opt = torch.optim.AdamW(model.parameters(), 1e-3, weight_decay=0.05)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        run_epochs(model, train, opt, loss_fn, 25)
    return run


@PROGRAMS("insects-05", fault=None, data="hymenoptera", kind="images")
def insects_05(watch):
    torch.manual_seed(5)
    x, y = data.insects(32)
    x = x.float() / 255
    features = torch.cat(
        [x.mean((2, 3)), x.std((2, 3)), (x[:, 1:] - x[:, :1]).abs().mean((2, 3)), x[:, :, 8:24, 8:24].mean((2, 3))], 1
    )
    features = (features - features[:143].mean(0)) / features[:143].std(0)
    target = y.float()
    train = DataLoader(TensorDataset(features[:143], target[:143]), 24, shuffle=True)
    val = DataLoader(TensorDataset(features[143:], target[143:]), 100)
    model, loss_fn = nn.Sequential(nn.Linear(11, 1), nn.Flatten(0)), nn.BCEWithLogitsLoss()
    opt = torch.optim.Adam(model.parameters(), 0.02, weight_decay=0.01)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        run_epochs(model, train, opt, loss_fn, 60)
    return run
