"""Programs on images, tables and texts with loops of their own."""

# mypy: allow-subclassing-any
from __future__ import annotations

from copy import copy
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.diagnosis.development import data
from benchmarks.diagnosis.development.registry import PROGRAMS
from benchmarks.diagnosis.program import Watch


@PROGRAMS("mnist-best-weights-restored", fault="implementation-bug", data="mnist", kind="images")
def best_weights(watch: Watch) -> Any:
    torch.manual_seed(0)
    images, labels = data.mnist()
    x = images.float().flatten(1) / 255
    train = DataLoader(TensorDataset(x[:3000], labels[:3000]), batch_size=100, shuffle=True)
    valid = DataLoader(TensorDataset(x[9000:], labels[9000:]), batch_size=250)
    model = nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    best, weights = 0.0, {name: value.clone() for name, value in model.state_dict().items()}
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=valid) as run:
        for _epoch in range(15):
            for image, label in train:
                optimizer.zero_grad()
                F.cross_entropy(model(image), label).backward()
                optimizer.step()
            with torch.no_grad():
                right = sum(int((model(a).argmax(1) == b).sum()) for a, b in valid) / 1000
            if right > best:
                best = right
            model.load_state_dict(weights)
    return run


class Readers(nn.Module):
    """One small network for each part of a row, and a layer that joins them."""

    def __init__(self, parts: int, width: int) -> None:
        """So many parts of so many columns."""
        super().__init__()
        self.width = width
        self.readers = {str(i): nn.Sequential(nn.Linear(width, 4), nn.Tanh()) for i in range(parts)}
        self.join = nn.Linear(4 * parts, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Logits."""
        parts = [reader(part) for reader, part in zip(self.readers.values(), x.split(self.width, 1), strict=True)]
        return self.join(torch.cat(parts, 1))


@PROGRAMS("cvdigits-reader-for-each-part", fault="unregistered-parameters", data="opencv_digits", kind="images")
def readers(watch: Watch) -> Any:
    torch.manual_seed(1)
    images, labels = data.cv_digits()
    order = torch.randperm(5000)
    x, y = images[order].float().flatten(1) / 255, labels[order]
    train = DataLoader(TensorDataset(x[:4000], y[:4000]), batch_size=64, shuffle=True)
    test = DataLoader(TensorDataset(x[4000:], y[4000:]), batch_size=250)
    model = Readers(4, 100)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    criterion = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(12):
            for image, label in train:
                optimizer.zero_grad()
                criterion(model(image), label).backward()
                optimizer.step()
    return run


@PROGRAMS("wine-price-of-tomorrow", fault="unsolvable", data="wine", kind="table")
def market(watch: Watch) -> Any:
    torch.manual_seed(2)
    X, _ = data.rows("wine", 90)
    X = (X - X.mean(0)) / X.std(0)
    price = torch.randn(len(X), 1, generator=torch.Generator().manual_seed(91))
    train = DataLoader(TensorDataset(X[:120], price[:120]), batch_size=12, shuffle=True)
    test = DataLoader(TensorDataset(X[120:], price[120:]), batch_size=58)
    model = nn.Sequential(nn.Linear(13, 16), nn.ReLU(), nn.Linear(16, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    criterion = nn.MSELoss()
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(60):
            for features, paid in train:
                optimizer.zero_grad()
                criterion(model(features), paid).backward()
                optimizer.step()
    return run


@PROGRAMS("cancer-columns-cut-to-unit", fault="features-uninformative", data="breast_cancer", kind="table")
def eight_columns(watch: Watch) -> Any:
    torch.manual_seed(3)
    X, y = data.rows("breast_cancer", 92)
    X = X[:, [0, 1, 2, 3, 20, 21, 22, 23]].clamp(0, 1)
    train = DataLoader(TensorDataset(X[:400], y[:400]), batch_size=20, shuffle=True)
    test = DataLoader(TensorDataset(X[400:], y[400:]), batch_size=169)
    model = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(40):
            for features, kind in train:
                optimizer.zero_grad()
                F.cross_entropy(model(features), kind).backward()
                optimizer.step()
    return run


class Tanhs(nn.Module):
    """A recurrent network that ends on its last state."""

    def __init__(self, size: int) -> None:
        """Recurrent weights as given by the paper at hand."""
        super().__init__()
        self.cell = nn.RNN(8, size, batch_first=True)
        nn.init.orthogonal_(self.cell.weight_hh_l0, gain=0.3)
        self.out = nn.Linear(size, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Logits of [n, length, 8]."""
        return self.out(self.cell(x)[0][:, -1])


@PROGRAMS(
    "digits-rows-by-recurrence", fault="vanishing-gradients", data="digits", kind="images", also=("bad-initialisation",)
)
def recurrence(watch: Watch) -> Any:
    torch.manual_seed(4)
    X, y = data.rows("digits", 93)
    x = X.reshape(-1, 8, 8) / 16
    x = torch.cat([x, torch.zeros(len(x), 12, 8)], 1)
    train = DataLoader(TensorDataset(x[:1400], y[:1400]), batch_size=32, shuffle=True)
    test = DataLoader(TensorDataset(x[1400:], y[1400:]), batch_size=397)
    model = Tanhs(48)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=nn.CrossEntropyLoss(), train=train, validation=test) as run:
        for _epoch in range(20):
            for rows, digit in train:
                optimizer.zero_grad()
                F.cross_entropy(model(rows), digit).backward()
                optimizer.step()
    return run


@PROGRAMS("bank-looked-at-early", fault="not-started-yet", data="banking77", kind="text", also=("learning-rate-too-low",))
def counts_with_adam(watch: Watch) -> Any:
    torch.manual_seed(5)
    texts, labels = data.queries("train", 25)
    test_texts, test_labels = data.queries("test", 25)
    known = data.vocabulary(texts, 1000)
    train = DataLoader(TensorDataset(data.word_counts(texts, known), labels), batch_size=64, shuffle=True)
    test = DataLoader(TensorDataset(data.word_counts(test_texts, known), test_labels), batch_size=100)
    model = nn.Sequential(nn.Linear(1000, 64), nn.ReLU(), nn.Linear(64, 25))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _step, (counts, intent) in zip(range(35), train, strict=False):
            optimizer.zero_grad()
            F.cross_entropy(model(counts), intent).backward()
            optimizer.step()
    return run


@PROGRAMS("diabetes-single-rows", fault="batch-too-small", data="diabetes", kind="table", also=("learning-rate-too-high",))
def rows_in_list(watch: Watch) -> Any:
    torch.manual_seed(6)
    X, y = data.rows("diabetes", 95)
    X, y = (X - X.mean(0)) / X.std(0), ((y - y.mean()) / y.std())[:, None]
    rows = [(X[i : i + 1], y[i : i + 1]) for i in range(340)]
    held = [(X[340:], y[340:])]
    model = nn.Sequential(nn.Linear(10, 32), nn.Tanh(), nn.Linear(32, 1))
    settings = {"lr": 0.04, "momentum": 0.3}
    optimizer = torch.optim.SGD(model.parameters(), **copy(settings))
    with watch(model, optimizer=optimizer, loss_fn=F.mse_loss, train=rows, validation=held) as run:
        for _epoch in range(12):
            for index in torch.randperm(340).tolist():
                inputs, wanted = rows[index]
                optimizer.zero_grad()
                F.mse_loss(model(inputs), wanted).backward()
                optimizer.step()
    return run
