"""Healthy programs with less usual targets and networks, by somebody who has never seen the diagnosis."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import lr_scheduler
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.diagnosis.development import data
from benchmarks.diagnosis.development.registry import PROGRAMS
from benchmarks.diagnosis.program import Watch


class PatchTransformer(nn.Module):
    """An encoder layer over overlapping patches of 3 x 3 pixels, and the mean of the patches classified."""

    def __init__(self) -> None:
        """For 8 x 8 images of ten classes."""
        super().__init__()
        self.patches = nn.Conv2d(1, 48, 3, stride=2, padding=1)
        self.places = nn.Parameter(0.1 * torch.randn(16, 48))
        self.layer = nn.TransformerEncoderLayer(48, 4, 96, dropout=0.05, batch_first=True, norm_first=True)
        self.head = nn.Sequential(nn.LayerNorm(48), nn.Linear(48, 10))

    def forward(self, images: Tensor) -> Tensor:
        """Logits of [n, 1, 8, 8]."""
        return self.head(self.layer(self.patches(images).flatten(2).transpose(1, 2) + self.places).mean(1))


@PROGRAMS("fresh-digits-patch-transformer", fault=None, data="digits", kind="images")
def patch_transformer(watch: Watch) -> Any:
    torch.manual_seed(500)
    X, y = data.rows("digits", 500)
    X = (X / 16).reshape(-1, 1, 8, 8)
    train = DataLoader(TensorDataset(X[:1400], y[:1400]), batch_size=50, shuffle=True)
    valid = DataLoader(TensorDataset(X[1400:], y[1400:]), batch_size=397)
    model = PatchTransformer()
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=0.02)
    warm_up = lr_scheduler.LinearLR(optimizer, start_factor=0.1, total_iters=30)
    fall = lr_scheduler.CosineAnnealingLR(optimizer, T_max=14 * len(train) - 30)
    schedule = lr_scheduler.SequentialLR(optimizer, [warm_up, fall], milestones=[30])
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=valid) as run:
        for _epoch in range(14):
            model.train()
            for images, labels in train:
                optimizer.zero_grad()
                F.cross_entropy(model(images), labels).backward()
                optimizer.step()
                schedule.step()
            model.eval()
    return run


@PROGRAMS("fresh-digits-several-labels", fault=None, data="digits", kind="images")
def several_labels(watch: Watch) -> Any:
    torch.manual_seed(501)
    X, y = data.rows("digits", 501)
    even, great = y % 2 == 0, y >= 5
    looped = torch.isin(y, torch.tensor([0, 6, 8, 9]))
    labels = torch.stack([even, great, looped], 1).float()
    X = X / 16 - 0.3
    train = DataLoader(TensorDataset(X[:1300], labels[:1300]), batch_size=50, shuffle=True)
    valid = DataLoader(TensorDataset(X[1300:], labels[1300:]), batch_size=497)
    model = nn.Sequential(nn.Linear(64, 96), nn.ReLU(), nn.Dropout(0.2), nn.Linear(96, 3))
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=valid) as run:
        for _epoch in range(25):
            model.train()
            for images, answers in train:
                optimizer.zero_grad()
                criterion(model(images), answers).backward()
                optimizer.step()
            model.eval()
    return run


@PROGRAMS("fresh-digits-rare-classes-weighted", fault=None, data="digits", kind="images")
def rare_classes(watch: Watch) -> Any:
    torch.manual_seed(502)
    X, y = data.rows("digits", 502)
    kept = (y < 6) | (torch.arange(len(y)) % 5 == 0)
    X, y = X[kept] / 16, y[kept]
    train = DataLoader(TensorDataset(X[:900], y[:900]), batch_size=32, shuffle=True)
    valid = DataLoader(TensorDataset(X[900:], y[900:]), batch_size=400)
    counts = y[:900].bincount(minlength=10).float()
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    criterion = nn.CrossEntropyLoss(weight=counts.sum() / (10 * counts))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    schedule = lr_scheduler.CosineAnnealingLR(optimizer, T_max=16)
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=valid) as run:
        for _epoch in range(16):
            for images, labels in train:
                optimizer.zero_grad()
                criterion(model(images), labels).backward()
                optimizer.step()
            schedule.step()
    return run


@PROGRAMS("fresh-diabetes-two-targets", fault=None, data="diabetes", kind="table")
def two_targets(watch: Watch) -> Any:
    torch.manual_seed(503)
    X, y = data.rows("diabetes", 503)
    both = torch.stack([y, X[:, 3]], 1)
    X = torch.cat([X[:, :3], X[:, 4:]], 1)
    X, both = (X - X[:340].mean(0)) / X[:340].std(0), (both - both[:340].mean(0)) / both[:340].std(0)
    train = DataLoader(TensorDataset(X[:340], both[:340]), batch_size=20, shuffle=True)
    valid = DataLoader(TensorDataset(X[340:], both[340:]), batch_size=102)
    model = nn.Sequential(nn.Linear(9, 20), nn.Tanh(), nn.Linear(20, 2))
    mse = nn.MSELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9, weight_decay=5e-3)
    with watch(model, optimizer=optimizer, loss_fn=mse, train=train, validation=valid) as run:
        for _epoch in range(25):
            for inputs, targets in train:
                optimizer.zero_grad()
                mse(model(inputs), targets).backward()
                optimizer.step()
    return run


@PROGRAMS("fresh-counts-poisson", fault=None, data="synthetic", kind="table")
def counts_of_events(watch: Watch) -> Any:
    torch.manual_seed(504)
    X = torch.randn(1500, 6)
    y = torch.poisson(torch.exp(0.6 + 0.5 * X[:, 0] - 0.4 * X[:, 1] + 0.3 * X[:, 2] * X[:, 3]))
    train = DataLoader(TensorDataset(X[:1100], y[:1100]), batch_size=50, shuffle=True)
    valid = DataLoader(TensorDataset(X[1100:], y[1100:]), batch_size=400)
    model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1), nn.Flatten(0))
    criterion = nn.PoissonNLLLoss(log_input=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=valid) as run:
        for _epoch in range(15):
            for inputs, targets in train:
                optimizer.zero_grad()
                criterion(model(inputs), targets).backward()
                optimizer.step()
    return run


class Dilated(nn.Module):
    """Causal convolutions whose reach doubles, and the next value from the last place."""

    def __init__(self) -> None:
        """Sixteen channels, a reach of sixteen steps."""
        super().__init__()
        self.steps = nn.ModuleList([nn.Conv1d(1 if reach == 1 else 16, 16, 2, dilation=reach) for reach in (1, 2, 4, 8)])
        self.out = nn.Linear(16, 1)

    def forward(self, past: Tensor) -> Tensor:
        """The next value [n, 1] after [n, steps]."""
        states = past.unsqueeze(1)
        for step in self.steps:
            states = F.relu(step(F.pad(states, (step.dilation[0], 0))))
        return self.out(states[:, :, -1])


@PROGRAMS("fresh-forecast-dilated-convolutions", fault=None, data="synthetic", kind="table")
def dilated_convolutions(watch: Watch) -> Any:
    torch.manual_seed(505)
    noise, series = 0.5 * torch.randn(2400), torch.zeros(2400)
    for step in range(2, 2400):
        series[step] = 1.2 * torch.tanh(series[step - 1]) - 0.6 * series[step - 2] + noise[step]
    series = series / series[:1800].std()
    first, later = series[:1800].unfold(0, 17, 1), series[1800:].unfold(0, 17, 1)
    train = DataLoader(TensorDataset(first[:, :16], first[:, 16:]), batch_size=64, shuffle=True)
    valid = DataLoader(TensorDataset(later[:, :16], later[:, 16:]), batch_size=200)
    model = Dilated()
    loss_fn = nn.HuberLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=valid) as run:
        for _epoch in range(12):
            for past, following in train:
                optimizer.zero_grad()
                loss_fn(model(past), following).backward()
                optimizer.step()
    return run


@PROGRAMS("fresh-digits-autoencoder-no-validation", fault=None, data="digits", kind="images")
def autoencoder(watch: Watch) -> Any:
    torch.manual_seed(506)
    images = data.rows("digits", 506)[0] / 16
    train = DataLoader(TensorDataset(images, images), batch_size=64, shuffle=True)
    encoder = nn.Sequential(nn.Linear(64, 48), nn.ReLU(), nn.Linear(48, 10))
    decoder = nn.Sequential(nn.Linear(10, 48), nn.ReLU(), nn.Linear(48, 64))
    model = nn.Sequential(encoder, decoder)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.mse_loss, train=train) as run:
        for _epoch in range(25):
            for inputs, targets in train:
                optimizer.zero_grad()
                F.mse_loss(model(inputs), targets).backward()
                optimizer.step()
    return run
