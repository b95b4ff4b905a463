"""Omniglot: few drawings of many characters, new writers held back."""

from __future__ import annotations

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset, TensorDataset

from benchmarks.diagnosis.programs import data
from benchmarks.diagnosis.programs.registry import PROGRAMS


def writers(alphabet, size=28, batch=24, held=15):
    x, y, who = data.omniglot(alphabet, size)
    new = who >= held
    return DataLoader(TensorDataset(x[~new], y[~new]), batch, shuffle=True), DataLoader(TensorDataset(x[new], y[new]), 60)


def conv(a, b):
    return nn.Sequential(nn.Conv2d(a, b, 3, padding=1), nn.BatchNorm2d(b), nn.ReLU(), nn.MaxPool2d(2))


class Embedder(nn.Module):
    def __init__(self, out):
        super().__init__()
        self.features = nn.Sequential(conv(1, 16), conv(16, 32), conv(32, 32))
        self.top = nn.Linear(32 * 9, out)

    def forward(self, x):
        return self.top(self.features(x).flatten(1))


@PROGRAMS("omniglot-01", fault=None, data="omniglot_small", kind="images")
def omniglot_01(watch):
    torch.manual_seed(0)
    train, val = writers("Greek")
    model, loss_fn = Embedder(24), nn.CrossEntropyLoss()
    opt = torch.optim.Adam(model.parameters(), 2e-3)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(20):
            model.train()
            for x, y in train:
                opt.zero_grad()
                loss_fn(model(x), y).backward()
                opt.step()
            model.eval()
            with torch.no_grad():
                [model(x).argmax(1) for x, _ in val]
    return run


@PROGRAMS("omniglot-02", fault="labels-shifted", data="omniglot_small", kind="images")
def omniglot_02(watch):
    torch.manual_seed(1)
    x, y, who = data.omniglot("Korean")
    names = [int(label) for label in y]
    y = torch.tensor(names[-10:] + names[:-10])
    new = who >= 10
    train, val = (
        DataLoader(TensorDataset(x[~new], y[~new]), 32, shuffle=True),
        DataLoader(TensorDataset(x[new], y[new]), 100),
    )
    model, loss_fn = Embedder(40), nn.CrossEntropyLoss()
    opt = torch.optim.Adam(model.parameters(), 2e-3)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(20):
            model.train()
            for a, b in train:
                opt.zero_grad()
                loss_fn(model(a), b).backward()
                opt.step()
    return run


class Triplets(Dataset):
    def __init__(self, alphabet, low, high, count, seed):
        x, y, who = data.omniglot(alphabet)
        kept = (who >= low) & (who < high)
        self.x, self.y = x[kept], y[kept]
        g = torch.Generator().manual_seed(seed)
        self.rows = []
        for _ in range(count):
            a = torch.randint(len(self.y), (), generator=g)
            same, other = (self.y == self.y[a]).nonzero().flatten(), (self.y != self.y[a]).nonzero().flatten()
            p = same[torch.randint(len(same), (), generator=g)]
            n = other[torch.randint(len(other), (), generator=g)]
            self.rows.append((a, p, n))

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        a, p, n = self.rows[index]
        return self.x[a], self.x[p], self.x[n], torch.tensor(1.0)


class Three(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = Embedder(24)

    def forward(self, a, p, n):
        a, p, n = (F.normalize(self.net(x), dim=1) for x in (a, p, n))
        return torch.stack([(a - p).norm(dim=1), (a - n).norm(dim=1)], 1)


@PROGRAMS("omniglot-03", fault=None, data="omniglot_small", kind="images")
def omniglot_03(watch):
    def loss_fn(distances, _):
        return F.relu(distances[:, 0] - distances[:, 1] + 0.3).mean()

    torch.manual_seed(2)
    train = DataLoader(Triplets("Greek", 0, 14, 600, 0), 32, shuffle=True)
    val = DataLoader(Triplets("Greek", 14, 20, 200, 1), 50)
    model = Three()
    opt = torch.optim.Adam(model.parameters(), 1e-3)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(10):
            model.train()
            for a, p, n, one in train:
                opt.zero_grad()
                loss_fn(model(a, p, n), one).backward()
                opt.step()
    return run


@PROGRAMS("omniglot-04", fault="sign-error", data="omniglot_small", kind="images")
def omniglot_04(watch):
    def loss_fn(distances, _):
        return F.relu(distances[:, 1] - distances[:, 0] + 0.3).mean()

    torch.manual_seed(3)
    train = DataLoader(Triplets("Latin", 0, 14, 600, 0), 32, shuffle=True)
    val = DataLoader(Triplets("Latin", 14, 20, 200, 1), 50)
    model = Three()
    opt = torch.optim.Adam(model.parameters(), 1e-3)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(8):
            model.train()
            for a, p, n, one in train:
                opt.zero_grad()
                loss_fn(model(a, p, n), one).backward()
                opt.step()
    return run


@PROGRAMS("omniglot-05", fault="leakage", data="omniglot_small", kind="images")
def omniglot_05(watch):
    torch.manual_seed(4)
    x, y, _ = data.omniglot("Sanskrit", 24)
    few = torch.randperm(len(y))[:300]
    x, y = x[few], y[few]
    moved = [x.roll((dy, dx), (2, 3)) for dy, dx in ((0, 0), (1, 0), (0, 1), (1, 1))]
    x, y = torch.cat(moved), y.repeat(4)
    order = torch.randperm(1200)
    x, y = x[order], y[order]
    train, val = (
        DataLoader(TensorDataset(x[:900], y[:900]), 30, shuffle=True),
        DataLoader(TensorDataset(x[900:], y[900:]), 100),
    )
    model = Embedder(42)
    loss_fn = nn.CrossEntropyLoss()
    opt = torch.optim.Adam(model.parameters(), 2e-3)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(12):
            model.train()
            for a, b in train:
                opt.zero_grad()
                loss_fn(model(a), b).backward()
                opt.step()
    return run


@PROGRAMS("omniglot-06", fault=None, data="omniglot_small", kind="images")
def omniglot_06(watch):
    torch.manual_seed(6)
    train, val = writers("Tagalog", batch=4)
    model = nn.Sequential(
        nn.Conv2d(1, 16, 5, 2, 2), nn.GroupNorm(4, 16), nn.ReLU(), nn.Conv2d(16, 32, 3, 2, 1), nn.GroupNorm(4, 32),
        nn.ReLU(),
        nn.Conv2d(32, 32, 3, 2, 1), nn.GroupNorm(4, 32), nn.ReLU(), nn.Flatten(), nn.Dropout(0.3), nn.Linear(512, 17),
    )  # fmt: skip
    loss_fn = nn.CrossEntropyLoss()
    opt = torch.optim.SGD(model.parameters(), 5e-3, momentum=0.9, weight_decay=1e-3)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(15):
            model.train()
            for a, b in train:
                opt.zero_grad()
                loss_fn(model(a), b).backward()
                opt.step()
            model.eval()
    return run


@PROGRAMS("omniglot-07", fault="implementation-bug", data="omniglot_small", kind="images")
def omniglot_07(watch):
    torch.manual_seed(7)
    train, val = writers("Early_Aramaic")
    model, loss_fn = Embedder(22), nn.CrossEntropyLoss()
    opt = torch.optim.Adam(model.parameters(), 2e-3)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(15):
            model.train()
            for x, y in train:
                loss = loss_fn(model(x), y)
                loss.backward()
                opt.zero_grad()
                opt.step()
            model.eval()
            with torch.no_grad():
                [loss_fn(model(x), y) for x, y in val]
    return run
