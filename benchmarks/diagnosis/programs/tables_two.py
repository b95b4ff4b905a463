"""Tables again: trainers as classes, networks built of parts, several inputs."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler

from benchmarks.diagnosis.programs import data
from benchmarks.diagnosis.programs.registry import PROGRAMS


class Trainer:
    def __init__(self, model, loss_fn, optimizer, train, val, scheduler=None):
        self.model, self.loss_fn, self.optimizer, self.train, self.val = model, loss_fn, optimizer, train, val
        self.scheduler, self.history = scheduler, []

    def step(self, *batch):
        *inputs, target = batch
        self.optimizer.zero_grad()
        loss = self.loss_fn(self.model(*inputs), target)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    @torch.no_grad()
    def evaluate(self):
        self.model.eval()
        losses = [self.loss_fn(self.model(*batch[:-1]), batch[-1]).item() for batch in self.val]
        self.model.train()
        return float(np.mean(losses))

    def fit(self, epochs):
        self.model.train()
        for _ in range(epochs):
            losses = [self.step(*batch) for batch in self.train]
            if self.scheduler:
                self.scheduler.step()
            self.history.append((float(np.mean(losses)), self.evaluate()))


def standard(x, cut):
    return torch.tensor((x - x[:cut].mean(0)) / (x[:cut].std(0) + 1e-6), dtype=torch.float32)


def loader(*parts, size=32, shuffle=True):
    return DataLoader(TensorDataset(*parts), size, shuffle=shuffle)


@PROGRAMS("wine-03", fault="unregistered-parameters", data="wine", kind="table")
def wine_03(watch):
    class Blocks(nn.Module):
        def __init__(self, width, depth):
            super().__init__()
            self.blocks = [nn.Linear(13, width)] + [nn.Linear(width, width) for _ in range(depth)]
            self.norm = nn.LayerNorm(width)
            self.out = nn.Linear(width, 3)

        def forward(self, x):
            for block in self.blocks:
                x = torch.relu(block(x))
            return self.out(self.norm(x))

    torch.manual_seed(0)
    x, y = data.table("wine")
    x, y = standard(x, 110), torch.tensor(y)
    train, val = loader(x[:110], y[:110], size=11), loader(x[110:], y[110:], shuffle=False)
    model, loss_fn = Blocks(8, 6), nn.CrossEntropyLoss()
    trainer = Trainer(model, loss_fn, torch.optim.Adam(model.parameters(), 5e-3), train, val)
    with watch(model, optimizer=trainer.optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        trainer.fit(60)
    return run


@PROGRAMS("cancer-05", fault=None, data="breast_cancer", kind="table")
def cancer_05(watch):
    torch.manual_seed(1)
    x, y = data.table("breast_cancer")
    rare = np.flatnonzero(y == 0)[40:]
    keep = np.setdiff1d(np.arange(len(y)), rare)
    x, y = x[keep], y[keep]
    cut = 260
    x, y = standard(x, cut), torch.tensor(y)
    weight = torch.tensor([1.0 / 0.1, 1.0 / 0.9])
    train, val = loader(x[:cut], y[:cut], size=20), loader(x[cut:], y[cut:], shuffle=False)
    model = nn.Sequential(nn.Linear(30, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 2))
    loss_fn = nn.CrossEntropyLoss(weight=weight)
    trainer = Trainer(model, loss_fn, torch.optim.Adam(model.parameters(), 5e-3), train, val)
    with watch(model, optimizer=trainer.optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        trainer.fit(30)
    return run


@PROGRAMS("digits-01", fault=None, data="digits", kind="table")
def digits_01(watch):
    torch.manual_seed(2)
    x, y = data.table("digits")
    x, y = torch.tensor(x / 16), torch.tensor(y)
    common = (y < 5) | (torch.arange(len(y)) % 5 == 0)
    tx, ty = x[:1200][common[:1200]], y[:1200][common[:1200]]
    sampler = WeightedRandomSampler((1 / torch.bincount(ty).float())[ty], len(ty))
    train = DataLoader(TensorDataset(tx, ty), 32, sampler=sampler)
    val = loader(x[1200:], y[1200:], size=100, shuffle=False)
    model, loss_fn = nn.Sequential(nn.Linear(64, 64), nn.LeakyReLU(), nn.Linear(64, 10)), nn.CrossEntropyLoss()
    trainer = Trainer(model, loss_fn, torch.optim.NAdam(model.parameters(), 3e-3), train, val)
    with watch(model, optimizer=trainer.optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        trainer.fit(15)
    return run


@PROGRAMS("digits-02", fault="nan-in-data", data="digits", kind="table")
def digits_02(watch):
    torch.manual_seed(3)
    x, y = data.table("digits")
    with np.errstate(invalid="ignore"):
        x = (x - x[:1200].mean(0)) / x[:1200].std(0)
    x, y = torch.tensor(x, dtype=torch.float32), torch.tensor(y)
    train, val = loader(x[:1200], y[:1200]), loader(x[1200:], y[1200:], shuffle=False)
    model, loss_fn = nn.Sequential(nn.Linear(64, 48), nn.SiLU(), nn.Linear(48, 10)), nn.CrossEntropyLoss()
    trainer = Trainer(model, loss_fn, torch.optim.Adam(model.parameters(), 2e-3), train, val)
    with watch(model, optimizer=trainer.optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        trainer.fit(12)
    return run


@PROGRAMS("diabetes-04", fault="leakage", data="diabetes", kind="table")
def diabetes_04(watch):
    torch.manual_seed(4)
    random = np.random.default_rng(4)
    x, y = data.table("diabetes")
    x, y = standard(x, 442), torch.tensor((y > 140).astype(np.int64))
    places = torch.from_numpy(random.choice(442, 1500))
    chosen = torch.from_numpy(random.permutation(1500))
    inside, outside = places[chosen[:1100]], places[chosen[1100:]]
    train, val = loader(x[inside], y[inside], size=50), loader(x[outside], y[outside], shuffle=False)
    model = nn.Sequential(nn.Linear(10, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, 2))
    loss_fn = nn.CrossEntropyLoss()
    trainer = Trainer(model, loss_fn, torch.optim.Adam(model.parameters(), 2e-3), train, val)
    with watch(model, optimizer=trainer.optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        trainer.fit(50)
    return run


@PROGRAMS("wine-04", fault="labels-shifted", data="wine", kind="table")
def wine_04(watch):
    torch.manual_seed(5)
    x, y = data.table("wine")
    x, y = standard(x, 120), torch.tensor(y)
    places = torch.randperm(120)
    train = loader(x[:120][places], y[:120], size=20)
    val = loader(x[120:], y[120:], shuffle=False)
    model, loss_fn = nn.Sequential(nn.Linear(13, 32), nn.ReLU(), nn.Linear(32, 3)), nn.CrossEntropyLoss()
    trainer = Trainer(model, loss_fn, torch.optim.Adam(model.parameters(), 3e-3), train, val)
    with watch(model, optimizer=trainer.optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        trainer.fit(60)
    return run


@PROGRAMS("cancer-06", fault=None, data="breast_cancer", kind="table")
def cancer_06(watch):
    class Towers(nn.Module):
        def __init__(self):
            super().__init__()
            self.left = nn.Sequential(nn.Linear(10, 12), nn.ELU())
            self.right = nn.Sequential(nn.Linear(20, 12), nn.ELU())
            self.top = nn.Linear(24, 1)

        def forward(self, means, rest):
            return torch.sigmoid(self.top(torch.cat([self.left(means), self.right(rest)], 1))).squeeze(1)

    torch.manual_seed(6)
    x, y = data.table("breast_cancer")
    x, y = standard(x, 380), torch.tensor(y, dtype=torch.float32)
    train = loader(x[:380, :10], x[:380, 10:], y[:380])
    val = loader(x[380:, :10], x[380:, 10:], y[380:], shuffle=False)
    model, loss_fn = Towers(), nn.BCELoss()
    optimizer = torch.optim.Adam(model.parameters(), 3e-3)
    trainer = Trainer(model, loss_fn, optimizer, train, val, torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 25))
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        trainer.fit(25)
    return run


@PROGRAMS("diabetes-05", fault=None, data="diabetes", kind="table")
def diabetes_05(watch):
    def loss_fn(out, y):
        mean, log_scale = out[:, 0], out[:, 1].clamp(-4, 3)
        return (log_scale + 0.5 * ((y - mean) / log_scale.exp()) ** 2).mean()

    torch.manual_seed(7)
    x, y = data.table("diabetes")
    x, y = standard(x, 300), torch.tensor((y - 150) / 500, dtype=torch.float32)
    train, val = loader(x[:300], y[:300], size=25), loader(x[300:], y[300:], size=142, shuffle=False)
    model = nn.Sequential(nn.Linear(10, 16), nn.Tanh(), nn.Linear(16, 2))
    trainer = Trainer(model, loss_fn, torch.optim.Adam(model.parameters(), 3e-3, weight_decay=1e-3), train, val)
    with watch(model, optimizer=trainer.optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        trainer.fit(30)
    return run


@PROGRAMS("diabetes-06", fault="sign-error", data="diabetes", kind="table")
def diabetes_06(watch):
    def loss_fn(out, y):
        return torch.exp(-0.5 * (out.squeeze(1) - y) ** 2).mean()

    torch.manual_seed(8)
    x, y = data.table("diabetes")
    x, y = standard(x, 300), torch.tensor((y - 150) / 77, dtype=torch.float32)
    train, val = loader(x[:300], y[:300], size=25), loader(x[300:], y[300:], size=142, shuffle=False)
    model = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 1))
    trainer = Trainer(model, loss_fn, torch.optim.Adam(model.parameters(), 3e-3), train, val)
    with watch(model, optimizer=trainer.optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        trainer.fit(30)
    return run


@PROGRAMS("cancer-07", fault="learning-rate-too-low", data="breast_cancer", kind="table")
def cancer_07(watch):
    torch.manual_seed(9)
    x, y = data.table("breast_cancer")
    x, y = standard(x, 380), torch.tensor(y)
    train, val = loader(x[:380], y[:380]), loader(x[380:], y[380:], shuffle=False)
    model = nn.Sequential(nn.Linear(30, 24), nn.ReLU(), nn.Linear(24, 12), nn.ReLU(), nn.Linear(12, 2))
    optimizer, loss_fn = torch.optim.SGD(model.parameters(), 1e-5, momentum=0.9), nn.CrossEntropyLoss()
    trainer = Trainer(model, loss_fn, optimizer, train, val, torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 60))
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        trainer.fit(60)
    return run
