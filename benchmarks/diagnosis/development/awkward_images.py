"""Programs on images whose curves, losses or loops look unusual."""

# mypy: allow-subclassing-any
from __future__ import annotations

from copy import deepcopy
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

from benchmarks.diagnosis.development import data
from benchmarks.diagnosis.development.registry import PROGRAMS
from benchmarks.diagnosis.program import Watch


class Shifted(Dataset):
    """Digits, each shifted a little whenever it is asked for."""

    def __init__(self, images: Tensor, labels: Tensor) -> None:
        """Images [n, 1, 28, 28]."""
        self.images, self.labels = images, labels

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        down, right = torch.randint(-2, 3, (2,)).tolist()
        return torch.roll(self.images[index], (down, right), (1, 2)), self.labels[index]


@PROGRAMS("mnist-shifted-images", fault=None, data="mnist", kind="images")
def augmented(watch: Watch) -> Any:
    torch.manual_seed(0)
    images, labels = data.mnist()
    x = (images.float().unsqueeze(1) - 33) / 79
    train = DataLoader(Shifted(x[:3000], labels[:3000]), batch_size=32, shuffle=True)
    test = DataLoader(TensorDataset(x[9000:], labels[9000:]), batch_size=250)
    model = nn.Sequential(
        *[nn.Conv2d(1, 16, 3, stride=2), nn.GELU(), nn.Conv2d(16, 32, 3, stride=2), nn.GELU()],
        *[nn.Flatten(), nn.Dropout(0.5), nn.Linear(32 * 36, 10)],
    )
    optimizer = torch.optim.NAdam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(6):
            model.train()
            for xb, yb in train:
                optimizer.zero_grad()
                F.cross_entropy(model(xb), yb).backward()
                optimizer.step()
            model.eval()
    return run


@PROGRAMS("mnist-four-batches-a-step", fault=None, data="mnist", kind="images")
def accumulated(watch: Watch) -> Any:
    torch.manual_seed(1)
    images, labels = data.mnist()
    x = images.float().flatten(1) / 255
    train = DataLoader(TensorDataset(x[:4000], labels[:4000]), batch_size=16, shuffle=True)
    test = DataLoader(TensorDataset(x[9000:], labels[9000:]), batch_size=250)
    model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    criterion = nn.CrossEntropyLoss()
    accumulate = 4
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(12):
            optimizer.zero_grad()
            for i, (xb, yb) in enumerate(train):
                loss = criterion(model(xb), yb) / accumulate
                loss.backward()
                if (i + 1) % accumulate == 0:
                    optimizer.step()
                    optimizer.zero_grad()
    return run


@PROGRAMS("digits-three-questions", fault=None, data="digits", kind="images")
def multi_label(watch: Watch) -> Any:
    torch.manual_seed(2)
    x, digit = data.rows("digits", 30)
    questions = torch.stack([digit % 2 == 1, digit >= 5, (digit == 0) | (digit == 8)], dim=1).float()
    train = DataLoader(TensorDataset(x[:1400] / 16, questions[:1400]), batch_size=32, shuffle=True)
    test = DataLoader(TensorDataset(x[1400:] / 16, questions[1400:]), batch_size=100)
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 3))
    loss_fn = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(40):
            for xb, yb in train:
                optimizer.zero_grad()
                loss_fn(model(xb), yb).backward()
                optimizer.step()
    return run


@PROGRAMS("mnist-autoencoder", fault=None, data="mnist", kind="images")
def autoencoder(watch: Watch) -> Any:
    torch.manual_seed(3)
    images, _ = data.mnist()
    x = images.float().flatten(1) / 255
    train = DataLoader(TensorDataset(x[:4000], x[:4000]), batch_size=50, shuffle=True)
    test = DataLoader(TensorDataset(x[9000:], x[9000:]), batch_size=250)
    encoder = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 16))
    decoder = nn.Sequential(nn.Linear(16, 128), nn.ReLU(), nn.Linear(128, 784), nn.Sigmoid())
    model = nn.Sequential(encoder, decoder)
    mse = nn.MSELoss()
    optimizer = torch.optim.Adam(
        [{"params": encoder.parameters(), "lr": 2e-3}, {"params": decoder.parameters(), "lr": 1e-3}]
    )
    with watch(model, optimizer=optimizer, loss_fn=mse, train=train, validation=test) as run:
        for _epoch in range(15):
            for picture, same in train:
                optimizer.zero_grad()
                mse(model(picture), same).backward()
                optimizer.step()
    return run


class Rows(nn.Module):
    """An LSTM that reads an image row by row."""

    def __init__(self) -> None:
        """64 states."""
        super().__init__()
        self.lstm = nn.LSTM(28, 64, batch_first=True)
        self.fc = nn.Linear(64, 10)

    def forward(self, image: Tensor) -> Tensor:
        """Logits of images [n, 28, 28]."""
        _, (last, _) = self.lstm(image)
        return self.fc(last[-1])


@PROGRAMS("mnist-row-by-row", fault=None, data="mnist", kind="images")
def rows_lstm(watch: Watch) -> Any:
    torch.manual_seed(4)
    images, labels = data.mnist()
    x = images.float() / 255
    train = DataLoader(TensorDataset(x[:3000], labels[:3000]), batch_size=50, shuffle=True)
    test = DataLoader(TensorDataset(x[9000:], labels[9000:]), batch_size=250)
    model, criterion = Rows(), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(12):
            for image, label in train:
                optimizer.zero_grad()
                criterion(model(image), label).backward()
                nn.utils.clip_grad_value_(model.parameters(), 0.5)
                optimizer.step()
    return run


@PROGRAMS("mnist-best-state-kept", fault=None, data="mnist", kind="images")
def best_state(watch: Watch) -> Any:
    torch.manual_seed(5)
    images, labels = data.mnist()
    x = (images.float() / 127.5 - 1).flatten(1)
    train = DataLoader(TensorDataset(x[:4000], labels[:4000]), batch_size=64, shuffle=True)
    valid = DataLoader(TensorDataset(x[8000:9000], labels[8000:9000]), batch_size=250)
    model = nn.Sequential(nn.Linear(784, 200), nn.ELU(), nn.Linear(200, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9, weight_decay=5e-4)
    best, state = float("inf"), deepcopy(model.state_dict())
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=valid) as run:
        for _epoch in range(15):
            for xb, yb in train:
                optimizer.zero_grad()
                F.cross_entropy(model(xb), yb).backward()
                optimizer.step()
            with torch.no_grad():
                loss = sum(F.cross_entropy(model(xb), yb).item() for xb, yb in valid)
            if loss < best:
                best, state = loss, deepcopy(model.state_dict())
        model.load_state_dict(state)
    return run
