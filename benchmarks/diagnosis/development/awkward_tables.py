"""Programs on tables and texts whose losses, data or loops look unusual."""

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


@PROGRAMS("wine-mean-and-spread", fault=None, data="wine", kind="table")
def gaussian(watch: Watch) -> Any:
    torch.manual_seed(0)
    table, _ = data.rows("wine", 40)
    table = (table - table.mean(0)) / table.std(0)
    x, y = torch.cat([table[:, :6], table[:, 7:]], 1), table[:, 6]
    train = DataLoader(TensorDataset(x[:130], y[:130]), batch_size=13, shuffle=True)
    test = DataLoader(TensorDataset(x[130:], y[130:]), batch_size=48)
    model = nn.Sequential(nn.Linear(12, 24), nn.Tanh(), nn.Linear(24, 2))

    def loss_fn(outputs: Tensor, targets: Tensor) -> Tensor:
        return F.gaussian_nll_loss(outputs[:, 0], targets, outputs[:, 1].exp().clamp(min=0.02))

    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3, weight_decay=0.01)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(80):
            for xb, yb in train:
                optimizer.zero_grad()
                loss_fn(model(xb), yb).backward()
                optimizer.step()
    return run


@PROGRAMS("diabetes-in-its-own-units", fault=None, data="diabetes", kind="table")
def own_units(watch: Watch) -> Any:
    torch.manual_seed(1)
    X, y = data.rows("diabetes", 41)
    X = (X - X[:340].mean(0)) / X[:340].std(0)
    y = y.unsqueeze(1)
    train = DataLoader(TensorDataset(X[:340], y[:340]), batch_size=34, shuffle=True)
    test = DataLoader(TensorDataset(X[340:], y[340:]), batch_size=102)
    model = nn.Linear(10, 1)
    with torch.no_grad():
        model.bias.fill_(float(y[:340].mean()))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    criterion = nn.MSELoss()
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(60):
            for xb, yb in train:
                optimizer.zero_grad()
                criterion(model(xb), yb).backward()
                optimizer.step()
    return run


class Focal(nn.Module):
    """Focal loss of two classes."""

    def __init__(self, gamma: float = 2.0) -> None:
        """Gamma 0 is cross-entropy."""
        super().__init__()
        self.gamma = gamma

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """Mean over the batch."""
        log_p = F.log_softmax(logits, 1).gather(1, target[:, None]).squeeze(1)
        return -((1 - log_p.exp()) ** self.gamma * log_p).mean()


@PROGRAMS("bank-two-kinds-focal", fault=None, data="banking77", kind="text")
def focal(watch: Watch) -> Any:
    torch.manual_seed(2)
    texts, labels = data.queries("train", 40)
    test_texts, test_labels = data.queries("test", 40)
    known = data.vocabulary(texts, 600)
    x, test_x = data.word_counts(texts, known), data.word_counts(test_texts, known)
    y, test_y = (labels < 4).long(), (test_labels < 4).long()
    train = DataLoader(TensorDataset(x, y), batch_size=64, shuffle=True)
    test = DataLoader(TensorDataset(test_x, test_y), batch_size=200)
    model = nn.Sequential(nn.Linear(600, 32), nn.ReLU(), nn.Linear(32, 2))
    loss_fn = Focal()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(10):
            for xb, yb in train:
                optimizer.zero_grad()
                loss_fn(model(xb), yb).backward()
                optimizer.step()
    return run


class Windows(nn.Module):
    """Convolutions over words, the greatest answer of each."""

    def __init__(self, words: int, classes: int) -> None:
        """Windows of two and three words."""
        super().__init__()
        self.embed = nn.Embedding(words, 40, padding_idx=0)
        self.windows = nn.ModuleList(nn.Conv1d(40, 40, size, padding=1) for size in (2, 3))
        self.out = nn.Linear(80, classes)

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits."""
        x = self.embed(tokens).transpose(1, 2)
        return self.out(torch.cat([torch.relu(window(x)).amax(2) for window in self.windows], 1))


@PROGRAMS("bank-word-windows", fault=None, data="banking77", kind="text")
def windows(watch: Watch) -> Any:
    torch.manual_seed(3)
    texts, labels = data.queries("train", 16)
    test_texts, test_labels = data.queries("test", 16)
    known = data.vocabulary(texts, 900)
    train = DataLoader(TensorDataset(data.token_numbers(texts, known, 18), labels), batch_size=32, shuffle=True)
    test = DataLoader(TensorDataset(data.token_numbers(test_texts, known, 18), test_labels), batch_size=64)
    model = Windows(900, 16)
    optimizer = torch.optim.Adagrad(model.parameters(), lr=0.03)
    criterion = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(6):
            for tokens, intent in train:
                optimizer.zero_grad()
                criterion(model(tokens), intent).backward()
                optimizer.step()
    return run


@PROGRAMS("bank-few-examples", fault=None, data="banking77", kind="text")
def few_examples(watch: Watch) -> Any:
    torch.manual_seed(4)
    texts, labels = data.queries("train", 77)
    kept = [i for i in range(len(texts)) if i % 8 == 0]
    texts, labels = [texts[i] for i in kept], labels[kept]
    test_texts, test_labels = data.queries("test", 77)
    known = data.vocabulary(texts, 1000)
    train = DataLoader(TensorDataset(data.word_counts(texts, known), labels), batch_size=32, shuffle=True)
    test = DataLoader(TensorDataset(data.word_counts(test_texts, known), test_labels), batch_size=256)
    model = nn.Linear(1000, 77)
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3, weight_decay=0.1)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(40):
            for x, y in train:
                optimizer.zero_grad()
                F.cross_entropy(model(x), y).backward()
                optimizer.step()
    return run


@PROGRAMS("cancer-whole-table-at-once", fault=None, data="breast_cancer", kind="table")
def full_batch(watch: Watch) -> Any:
    torch.manual_seed(5)
    X, y = data.rows("breast_cancer", 42)
    X = (X - X[:400].mean(0)) / X[:400].std(0)
    target = y.float()
    train = [(X[:400], target[:400])]
    test = [(X[400:], target[400:])]
    model = nn.Sequential(nn.Linear(30, 1), nn.Flatten(0))
    loss_fn = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3, momentum=0.9, weight_decay=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _step in range(600):
            (inputs, wanted) = train[0]
            optimizer.zero_grad()
            loss_fn(model(inputs), wanted).backward()
            optimizer.step()
    return run
