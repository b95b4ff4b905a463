"""Programs with several inputs, several learning rates, attention, and settings that look too bold or too careful."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.diagnosis.development import data
from benchmarks.diagnosis.development.registry import PROGRAMS
from benchmarks.diagnosis.program import Watch


class Patches(nn.Module):
    """A small vision transformer."""

    def __init__(self, size: int = 32) -> None:
        """25 patches of 4 by 4 pixels."""
        super().__init__()
        self.patch = nn.Conv2d(1, size, 4, stride=4)
        self.place = nn.Parameter(0.3 * torch.randn(1, 25, size))
        layer = nn.TransformerEncoderLayer(size, 4, 64, dropout=0.0, batch_first=True, norm_first=True, activation="gelu")
        self.encoder = nn.TransformerEncoder(layer, 2, norm=nn.LayerNorm(size), enable_nested_tensor=False)
        self.head = nn.Linear(25 * size, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Logits of images [n, 1, 20, 20]."""
        return self.head(self.encoder(self.patch(x).flatten(2).transpose(1, 2) + self.place).flatten(1))


@PROGRAMS("cvdigits-patches", fault=None, data="opencv_digits", kind="images")
def patches(watch: Watch) -> Any:
    torch.manual_seed(0)
    images, labels = data.cv_digits()
    order = torch.randperm(5000)
    x, y = (images[order].float().unsqueeze(1) - 38) / 76, labels[order]
    train = DataLoader(TensorDataset(x[:3000], y[:3000]), batch_size=64, shuffle=True)
    test = DataLoader(TensorDataset(x[4000:], y[4000:]), batch_size=250)
    model = Patches()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, betas=(0.9, 0.95), weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 4 * len(train))
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(4):
            for image, label in train:
                optimizer.zero_grad()
                F.cross_entropy(model(image), label).backward()
                optimizer.step()
                schedule.step()
    return run


class Pair(nn.Module):
    """Says whether two digits are of one class."""

    def __init__(self) -> None:
        """One encoder for both."""
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(64, 96), nn.ReLU(), nn.Dropout(0.2), nn.Linear(96, 32))
        self.head = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        """One logit a pair [n]."""
        a, b = self.encoder(left), self.encoder(right)
        return self.head(torch.cat([(a - b).abs(), a * b], 1)).squeeze(1)


@PROGRAMS("digits-pairs", fault=None, data="digits", kind="images")
def pairs(watch: Watch) -> Any:
    torch.manual_seed(1)
    X, y = data.rows("digits", 80)
    X = X / 16

    def pick(low: int, high: int, count: int) -> TensorDataset:
        left, right = torch.randint(low, high, (count,)), torch.randint(low, high, (3 * count,))
        alike = torch.stack([right[(y[right] == y[i]).nonzero()[0, 0]] for i in left.tolist()])
        other = torch.where(torch.rand(count) < 0.5, alike, right[:count])
        return TensorDataset(X[left], X[other], (y[left] == y[other]).float())

    train = DataLoader(pick(0, 1400, 8000), batch_size=64, shuffle=True)
    test = DataLoader(pick(1400, 1797, 1000), batch_size=250)
    model, loss_fn = Pair(), nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(10):
            model.train()
            for left, right, same in train:
                optimizer.zero_grad()
                loss_fn(model(left, right), same).backward()
                optimizer.step()
    return run


@PROGRAMS("bank-bold-plain-sgd", fault=None, data="banking77", kind="text")
def bold_sgd(watch: Watch) -> Any:
    torch.manual_seed(2)
    texts, labels = data.queries("train", 15)
    test_texts, test_labels = data.queries("test", 15)
    known = data.vocabulary(texts, 900)
    train = DataLoader(TensorDataset(data.token_numbers(texts, known, 20), labels), batch_size=32, shuffle=True)
    test = DataLoader(TensorDataset(data.token_numbers(test_texts, known, 20), test_labels), batch_size=100)
    model = nn.Sequential(nn.EmbeddingBag(900, 48, padding_idx=0), nn.Linear(48, 15))
    optimizer = torch.optim.SGD(model.parameters(), lr=3.0)
    criterion = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(20):
            for tokens, intent in train:
                loss = criterion(model(tokens), intent)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    return run


@PROGRAMS("cvdigits-finetuned-by-parts", fault=None, data="opencv_digits", kind="images")
def by_parts(watch: Watch) -> Any:
    torch.manual_seed(3)
    images, labels = data.cv_digits()
    order = torch.randperm(5000)
    x, y = images[order].float().flatten(1) / 255, labels[order]
    trunk = nn.Sequential(nn.Linear(400, 96), nn.ReLU(), nn.Linear(96, 48), nn.ReLU())
    head = nn.Linear(48, 10)
    first = torch.optim.Adam([*trunk.parameters(), *head.parameters()], lr=1e-3)
    for start in list(range(0, 2500, 50)) * 8:
        first.zero_grad()
        F.cross_entropy(head(trunk(x[start : start + 50])), y[start : start + 50]).backward()
        first.step()
    model = nn.Sequential(trunk, nn.Linear(48, 2))
    even = (y % 2 == 0).long()
    train = DataLoader(TensorDataset(x[2500:3500], even[2500:3500]), batch_size=32, shuffle=True)
    test = DataLoader(TensorDataset(x[4000:], even[4000:]), batch_size=250)
    groups = [{"params": trunk.parameters(), "lr": 1e-4}, {"params": model[1].parameters(), "lr": 3e-3}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(15):
            for image, label in train:
                optimizer.zero_grad()
                F.cross_entropy(model(image), label).backward()
                optimizer.step()
    return run


@PROGRAMS("wine-sixty-for-test", fault=None, data="wine", kind="table")
def small_table(watch: Watch) -> Any:
    torch.manual_seed(4)
    X, y = data.rows("wine", 84)
    X = (X - X[:110].mean(0)) / X[:110].std(0)
    train = DataLoader(TensorDataset(X[:110], y[:110]), batch_size=11, shuffle=True)
    test = DataLoader(TensorDataset(X[110:], y[110:]), batch_size=68)
    model = nn.Sequential(nn.Linear(13, 20), nn.LayerNorm(20), nn.ReLU(), nn.Dropout(0.2), nn.Linear(20, 3))
    loss_fn = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 0.8, 1.2]))
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(60):
            model.train()
            for features, cultivar in train:
                optimizer.zero_grad()
                loss_fn(model(features), cultivar).backward()
                optimizer.step()
            model.eval()
    return run
