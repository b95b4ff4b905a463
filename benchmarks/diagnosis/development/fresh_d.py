"""Healthy programs on signals, forecasts, and weights that were fitted before, by somebody who never saw the diagnosis.

Signals are synthetic, with noise, so that no model can be perfect on them.
"""

# mypy: allow-subclassing-any
from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from sklearn import datasets
from torch import Tensor, nn
from torch.optim import lr_scheduler
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.diagnosis.development import data
from benchmarks.diagnosis.development.registry import PROGRAMS
from benchmarks.diagnosis.program import Watch


def seasonal_series(steps: int, seed: int) -> Tensor:
    """Two seasons and correlated noise: about zero, deviation about one."""
    noise = torch.randn(steps, generator=torch.Generator().manual_seed(seed))
    time, drift = torch.arange(steps), torch.zeros(steps)
    for step in range(1, steps):
        drift[step] = 0.8 * drift[step - 1] + 0.3 * noise[step]
    return torch.sin(2 * math.pi * time / 24) + 0.5 * torch.sin(2 * math.pi * time / 84) + drift


def windows(series: Tensor, past: int, ahead: int) -> tuple[Tensor, Tensor]:
    """Stretches [n, past] of a series and what follows each, [n, ahead]."""
    pieces = series.unfold(0, past + ahead, 1)
    return pieces[:, :past], pieces[:, past:]


@PROGRAMS("fresh-forecast-dense-no-validation", fault=None, data="synthetic", kind="table")
def forecast_dense(watch: Watch) -> Any:
    torch.manual_seed(400)
    X, y = windows(seasonal_series(1200, 400), 36, 1)
    train = DataLoader(TensorDataset(X, y), batch_size=40, shuffle=True)
    model = nn.Sequential(nn.Linear(36, 32), nn.ReLU(), nn.Linear(32, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.mse_loss, train=train) as run:
        for _epoch in range(20):
            for past, following in train:
                optimizer.zero_grad()
                F.mse_loss(model(past), following).backward()
                optimizer.step()
    return run


class Forecaster(nn.Module):
    """An LSTM over the past whose last state gives the next few values."""

    def __init__(self, ahead: int) -> None:
        """So many values ahead."""
        super().__init__()
        self.lstm = nn.LSTM(1, 32, batch_first=True)
        self.out = nn.Linear(32, ahead)

    def forward(self, past: Tensor) -> Tensor:
        """Values [n, ahead] after [n, steps]."""
        return self.out(self.lstm(past.unsqueeze(2))[0][:, -1])


@PROGRAMS("fresh-forecast-lstm-six-ahead", fault=None, data="synthetic", kind="table")
def forecast_lstm(watch: Watch) -> Any:
    torch.manual_seed(401)
    series = seasonal_series(2600, 401)
    past, following = windows(series[:2000], 30, 6)
    later_past, later_following = windows(series[2000:], 30, 6)
    train = DataLoader(TensorDataset(past, following), batch_size=32, shuffle=True)
    valid = DataLoader(TensorDataset(later_past, later_following), batch_size=128)
    model = Forecaster(6)
    mse = nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    with watch(model, optimizer=optimizer, loss_fn=mse, train=train, validation=valid) as run:
        for _epoch in range(10):
            for inputs, targets in train:
                optimizer.zero_grad()
                mse(model(inputs), targets).backward()
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
    return run


def waves(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Noisy sine, square, triangle and chirp waves [n, 1, 96] of any phase and pitch, and which of them each is."""
    generator = torch.Generator().manual_seed(seed)
    kind = torch.randint(0, 4, (count,), generator=generator)
    pitch, phase = (torch.rand(count, 1, generator=generator) for _ in range(2))
    time = torch.linspace(0, 1, 96)
    turns = (3 + 3 * pitch) * (time + torch.where(kind[:, None] == 3, 0.6 * time**2, 0.0)) + phase
    sine = torch.sin(2 * math.pi * turns)
    shapes = torch.stack([sine, sine.sign() * 0.8, torch.asin(sine * 0.9999) * 2 / math.pi * 1.2, sine])
    clean = shapes[kind, torch.arange(count)]
    return (clean + 0.25 * torch.randn(count, 96, generator=generator))[:, None], kind


@PROGRAMS("fresh-waves-convolution", fault=None, data="synthetic", kind="table")
def wave_convolution(watch: Watch) -> Any:
    torch.manual_seed(402)
    train = DataLoader(TensorDataset(*waves(1600, 1)), batch_size=64, shuffle=True)
    valid = DataLoader(TensorDataset(*waves(500, 2)), batch_size=250)
    model = nn.Sequential(
        *(nn.Conv1d(1, 16, 7, padding=3), nn.BatchNorm1d(16), nn.ReLU(), nn.MaxPool1d(2)),
        *(nn.Conv1d(16, 32, 5, padding=2), nn.BatchNorm1d(32), nn.ReLU(), nn.MaxPool1d(2)),
        *(nn.Flatten(), nn.Dropout(0.3), nn.Linear(32 * 24, 4)),
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3, weight_decay=1e-4)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=valid) as run:
        for _epoch in range(10):
            model.train()
            for signals, kind in train:
                optimizer.zero_grad()
                F.cross_entropy(model(signals), kind).backward()
                optimizer.step()
            model.eval()
    return run


@PROGRAMS("fresh-up-or-down-hardly-known", fault=None, data="synthetic", kind="table")
def up_or_down(watch: Watch) -> Any:
    torch.manual_seed(403)
    changes = torch.zeros(3000)
    for step in range(1, 3000):
        changes[step] = 0.35 * changes[step - 1] + torch.randn(())
    past, following = windows(changes, 8, 1)
    up = (following > 0).float()
    train = DataLoader(TensorDataset(past[:2200], up[:2200]), batch_size=100, shuffle=True)
    valid = DataLoader(TensorDataset(past[2210:], up[2210:]), batch_size=200)
    model = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 1))
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.01)
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=valid) as run:
        for _epoch in range(12):
            for inputs, answers in train:
                optimizer.zero_grad()
                criterion(model(inputs), answers).backward()
                optimizer.step()
    return run


class RowReader(nn.Module):
    """A GRU that reads an image row by row."""

    def __init__(self) -> None:
        """For 8 x 8 images of ten classes."""
        super().__init__()
        self.gru = nn.GRU(8, 48, num_layers=2, batch_first=True, dropout=0.1)
        self.out = nn.Linear(48, 10)

    def forward(self, rows: Tensor) -> Tensor:
        """Logits of [n, 8, 8]."""
        return self.out(self.gru(rows)[0][:, -1])


@PROGRAMS("fresh-digits-gru-by-rows", fault=None, data="digits", kind="images")
def by_rows(watch: Watch) -> Any:
    torch.manual_seed(404)
    X, y = data.rows("digits", 404)
    X = (X / 16 - 0.3).reshape(-1, 8, 8)
    train = DataLoader(TensorDataset(X[:1400], y[:1400]), batch_size=32, shuffle=True)
    valid = DataLoader(TensorDataset(X[1400:], y[1400:]), batch_size=397)
    model = RowReader()
    optimizer = torch.optim.Adam(model.parameters(), lr=4e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=valid) as run:
        for _epoch in range(10):
            model.train()
            for rows, labels in train:
                optimizer.zero_grad()
                F.cross_entropy(model(rows), labels).backward()
                nn.utils.clip_grad_norm_(model.parameters(), 2.0)
                optimizer.step()
            model.eval()
    return run


@PROGRAMS("fresh-digits-frozen-random-body", fault=None, data="digits", kind="images")
def frozen_random_body(watch: Watch) -> Any:
    torch.manual_seed(405)
    X, y = data.rows("digits", 405)
    X = X / 8 - 1
    train = DataLoader(TensorDataset(X[:1400], y[:1400]), batch_size=50, shuffle=True)
    valid = DataLoader(TensorDataset(X[1400:], y[1400:]), batch_size=397)
    body = nn.Sequential(nn.Linear(64, 400), nn.ReLU())
    for weight in body.parameters():
        weight.requires_grad_(False)
    head = nn.Linear(400, 10)
    model = nn.Sequential(body, head)
    optimizer = torch.optim.Adam(head.parameters(), lr=3e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=valid) as run:
        for _epoch in range(15):
            for inputs, labels in train:
                optimizer.zero_grad()
                F.cross_entropy(model(inputs), labels).backward()
                optimizer.step()
    return run


def fitted_body(images: Tensor, labels: Tensor) -> nn.Sequential:
    """Two convolutions that were fitted, with a head that is thrown away, to tell ten classes of 28 x 28 images."""
    body = nn.Sequential(
        *(nn.Conv2d(1, 12, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(12, 24, 3, stride=2, padding=1), nn.ReLU()),
        nn.Flatten(),
    )
    whole = nn.Sequential(body, nn.Linear(24 * 49, 10))
    optimizer = torch.optim.Adam(whole.parameters(), lr=2e-3)
    for _epoch in range(4):
        for chosen in torch.randperm(len(images)).split(50):
            optimizer.zero_grad()
            F.cross_entropy(whole(images[chosen]), labels[chosen]).backward()
            optimizer.step()
    return body


@PROGRAMS("fresh-mnist-head-over-fitted-body", fault=None, data="mnist", kind="images")
def head_over_fitted_body(watch: Watch) -> Any:
    torch.manual_seed(406)
    pixels, labels = data.mnist()
    X, y = (pixels[:3000, None].float() / 255 - 0.1307) / 0.3081, labels[:3000]
    body = fitted_body(X[:1800], y[:1800]).requires_grad_(False)
    model = nn.Sequential(body, nn.Dropout(0.2), nn.Linear(24 * 49, 1))
    even = (y % 2 == 0).float()[:, None]
    train = DataLoader(TensorDataset(X[1800:2400], even[1800:2400]), batch_size=30, shuffle=True)
    valid = DataLoader(TensorDataset(X[2400:], even[2400:]), batch_size=200)
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(model[2].parameters(), lr=0.01, momentum=0.9)
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=valid) as run:
        for _epoch in range(10):
            model.train()
            for images, answers in train:
                optimizer.zero_grad()
                criterion(model(images), answers).backward()
                optimizer.step()
            model.eval()
    return run


@PROGRAMS("fresh-opencv-digits-fine-tuned", fault=None, data="opencv_digits", kind="images")
def fine_tuned(watch: Watch) -> Any:
    torch.manual_seed(407)
    pixels, labels = data.mnist()
    body = fitted_body(pixels[:2500, None].float() / 255, labels[:2500])
    cells, classes = data.cv_digits()
    order = torch.randperm(len(cells))[:900]
    X, y = F.pad(cells[order, None].float() / 255, (4, 4, 4, 4)), classes[order]
    train = DataLoader(TensorDataset(X[:400], y[:400]), batch_size=20, shuffle=True)
    valid = DataLoader(TensorDataset(X[400:], y[400:]), batch_size=250)
    head = nn.Linear(24 * 49, 10)
    model = nn.Sequential(body, head)
    optimizer = torch.optim.AdamW(
        [{"params": body.parameters(), "lr": 5e-4}, {"params": head.parameters(), "lr": 2e-3}], weight_decay=0.01
    )
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=valid) as run:
        for _epoch in range(14):
            for images, digits in train:
                optimizer.zero_grad()
                F.cross_entropy(model(images), digits).backward()
                optimizer.step()
    return run


@PROGRAMS("fresh-photograph-patches-one-cycle", fault=None, data="sample_images", kind="images")
def photograph_patches(watch: Watch) -> Any:
    torch.manual_seed(408)
    photographs = [torch.tensor(datasets.load_sample_image(name)) for name in ("china.jpg", "flower.jpg")]
    grey = [photograph.float().mean(2) / 127.5 - 1 for photograph in photographs]
    patches = [image.unfold(0, 16, 16).unfold(1, 16, 16).reshape(-1, 1, 16, 16) for image in grey]
    X = torch.cat(patches)
    y = torch.arange(2).repeat_interleave(torch.tensor([len(part) for part in patches]))
    order = torch.randperm(len(X))
    X, y = X[order], y[order]
    train = DataLoader(TensorDataset(X[:1500], y[:1500]), batch_size=50, shuffle=True)
    valid = DataLoader(TensorDataset(X[1500:], y[1500:]), batch_size=300)
    model = nn.Sequential(
        *(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 24, 3, padding=1), nn.ReLU()),
        *(nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.4), nn.Linear(24 * 16, 2)),
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    schedule = lr_scheduler.OneCycleLR(optimizer, max_lr=0.03, total_steps=8 * len(train))
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=valid) as run:
        for _epoch in range(8):
            model.train()
            for images, labels in train:
                optimizer.zero_grad()
                F.cross_entropy(model(images), labels).backward()
                optimizer.step()
                schedule.step()
            model.eval()
    return run
