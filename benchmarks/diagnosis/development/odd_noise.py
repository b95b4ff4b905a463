"""Honest programs whose results look poor or strange: noisy labels, few items, rare classes; and twins that are at fault."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.diagnosis.development import data
from benchmarks.diagnosis.development.odd_scores import accuracy, explained, scored
from benchmarks.diagnosis.development.registry import PROGRAMS
from benchmarks.diagnosis.program import Watch


def ceiling_of_three_quarters(seed: int) -> tuple[Any, Any]:
    """Synthetic: a plane parts 12 dimensions, and each label is right with a probability of 0.75."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(4000, 12, generator=generator)
    truth = (x[:, 0] + x[:, 1] - 0.7 * x[:, 2] > 0).long()
    y = torch.where(torch.rand(4000, generator=generator) < 0.75, truth, 1 - truth)
    train = DataLoader(TensorDataset(x[:3000], y[:3000]), batch_size=64, shuffle=True)
    return train, DataLoader(TensorDataset(x[3000:], y[3000:]), batch_size=250)


@PROGRAMS("odd-ceiling-of-three-quarters", fault=None, data="synthetic", kind="table")
def three_quarters(watch: Watch) -> Any:
    torch.manual_seed(0)
    train, test = ceiling_of_three_quarters(0)
    model = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 2))
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.05)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(15):
            for rows, labels in train:
                optimizer.zero_grad()
                F.cross_entropy(model(rows), labels).backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run


@PROGRAMS("odd-digits-four-in-ten-labels-random", fault=None, data="digits", kind="images")
def random_labels(watch: Watch) -> Any:
    """Somebody labelled carelessly; small steps and a rest for the weights keep the model from learning that by heart."""
    torch.manual_seed(1)
    x, y = data.rows("digits", 101)
    noisy = torch.where(torch.rand(len(y)) < 0.4, torch.randint(0, 10, (len(y),)), y)
    train = DataLoader(TensorDataset(x[:1400] / 16, noisy[:1400]), batch_size=50, shuffle=True)
    test = DataLoader(TensorDataset(x[1400:] / 16, noisy[1400:]), batch_size=200)
    model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 10))
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.1)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(20):
            model.train()
            for images, labels in train:
                optimizer.zero_grad()
                F.cross_entropy(model(images), labels).backward()
                optimizer.step()
    model.eval()
    clean = [(x[1400:] / 16, y[1400:])]
    predicted = accuracy(lambda x: model(x).argmax(1), clean)
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test), against_right_labels=predicted)
    return run


@PROGRAMS("odd-iris-thirty-flowers", fault=None, data="iris", kind="table")
def thirty_flowers(watch: Watch) -> Any:
    torch.manual_seed(2)
    x, y = data.rows("iris", 102)
    x = (x - x[:30].mean(0)) / x[:30].std(0)
    train = DataLoader(TensorDataset(x[:30], y[:30]), batch_size=6, shuffle=True)
    test = DataLoader(TensorDataset(x[30:], y[30:]), batch_size=120)
    model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2, weight_decay=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(80):
            for rows, kinds in train:
                optimizer.zero_grad()
                F.cross_entropy(model(rows), kinds).backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run


def balanced(predict: Any, batches: Any) -> float:
    """The mean of both classes' recall."""
    with torch.no_grad():
        pairs = [(predict(x), y) for x, y in batches]
    given, wanted = torch.cat([a for a, _ in pairs]), torch.cat([b for _, b in pairs])
    return sum(float((given[wanted == kind] == kind).float().mean()) for kind in (0, 1)) / 2


@PROGRAMS("odd-mnist-three-in-a-hundred-weighted", fault=None, data="mnist", kind="images")
def rare_class(watch: Watch) -> Any:
    """Is it a nine? Most nines were left out, so that 3 in 100 are; they count for more."""
    torch.manual_seed(3)
    images, labels = data.mnist()
    kept = (labels != 9) | (torch.rand(len(labels)) < 0.28)
    x, y = images[kept].float().flatten(1) / 255, (labels[kept] == 9).long()
    train = DataLoader(TensorDataset(x[:5000], y[:5000]), batch_size=64, shuffle=True)
    test = DataLoader(TensorDataset(x[5000:8000], y[5000:8000]), batch_size=250)
    model = nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    criterion = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 15.0]))
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(8):
            for image, nine in train:
                optimizer.zero_grad()
                criterion(model(image), nine).backward()
                optimizer.step()
    scored(balanced=balanced(lambda x: model(x).argmax(1), test))
    return run


@PROGRAMS("odd-cancer-rare-and-weighted-in-loop", fault=None, data="breast_cancer", kind="table")
def rare_tumours(watch: Watch) -> Any:
    torch.manual_seed(4)
    x, y = data.rows("breast_cancer", 104)
    x, ill = (x - x.mean(0)) / x.std(0), 1 - y
    kept = (ill == 0) | (torch.rand(len(ill)) < 0.2)
    x, ill = x[kept], ill[kept]
    train = DataLoader(TensorDataset(x[:280], ill[:280]), batch_size=20, shuffle=True)
    test = DataLoader(TensorDataset(x[280:], ill[280:]), batch_size=150)
    model = nn.Sequential(nn.Linear(30, 16), nn.ReLU(), nn.Linear(16, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=nn.BCEWithLogitsLoss(), train=train, validation=test) as run:
        for _epoch in range(30):
            for rows, illness in train:
                each = F.binary_cross_entropy_with_logits(model(rows)[:, 0], illness.float(), reduction="none")
                weight = torch.where(illness == 1, 8.0, 1.0)
                optimizer.zero_grad()
                ((each * weight).sum() / weight.sum()).backward()
                optimizer.step()
    scored(balanced=balanced(lambda x: (model(x)[:, 0] > 0).long(), test))
    return run


@PROGRAMS("odd-wine-few-good-epochs", fault=None, data="wine", kind="table")
def few_good_epochs(watch: Watch) -> Any:
    """Stopped after twelve short epochs, when all are right."""
    torch.manual_seed(5)
    x, y = data.rows("wine", 105)
    x = (x - x[:118].mean(0)) / x[:118].std(0)
    train = DataLoader(TensorDataset(x[:118], y[:118]), batch_size=10, shuffle=True)
    test = DataLoader(TensorDataset(x[118:], y[118:]), batch_size=60)
    model = nn.Sequential(nn.Linear(13, 48), nn.ReLU(), nn.Linear(48, 3))
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(12):
            for rows, kinds in train:
                optimizer.zero_grad()
                F.cross_entropy(model(rows), kinds).backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run


class OneAtATime(nn.Module):
    """Batch normalisation that keeps the statistics it came with."""

    def __init__(self, mean: Tensor, variance: Tensor) -> None:
        """Statistics of the inputs."""
        super().__init__()
        self.norm = nn.BatchNorm1d(len(mean), affine=False)
        self.norm.running_mean, self.norm.running_var = mean, variance
        self.layers = nn.Sequential(nn.Linear(len(mean), 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Foretold progress [n]."""
        return self.layers(self.norm(x))[:, 0]


@PROGRAMS("odd-diabetes-one-at-a-time-norm-kept", fault=None, data="diabetes", kind="table")
def norm_kept(watch: Watch) -> Any:
    torch.manual_seed(6)
    x, y = data.rows("diabetes", 106)
    y = (y - y[:342].mean()) / y[:342].std()
    train = DataLoader(TensorDataset(x[:342], y[:342]), batch_size=1, shuffle=True)
    test = DataLoader(TensorDataset(x[342:], y[342:]), batch_size=100)
    model = OneAtATime(x[:342].mean(0), x[:342].var(0))
    optimizer = torch.optim.SGD(model.parameters(), lr=2e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=8)
    with watch(model, optimizer=optimizer, loss_fn=F.mse_loss, train=train, validation=test) as run:
        for _epoch in range(8):
            model.train()
            model.norm.eval()
            for row, progress in train:
                optimizer.zero_grad()
                F.mse_loss(model(row), progress).backward()
                optimizer.step()
            schedule.step()
    model.eval()
    scored(r2=explained(model(x[342:]), y[342:]))
    return run


@PROGRAMS(
    "odd-ceiling-of-three-quarters-labels-mixed",
    fault="labels-shifted",
    data="synthetic",
    kind="table",
    also=("unsolvable",),
)
def labels_mixed(watch: Watch) -> Any:
    torch.manual_seed(7)
    train, test = ceiling_of_three_quarters(7)
    model = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 2))
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.05)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(15):
            for rows, labels in train:
                rows = rows[torch.randperm(len(rows))]
                optimizer.zero_grad()
                F.cross_entropy(model(rows), labels).backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run


@PROGRAMS("odd-cancer-weighted-in-loop-decayed", fault="over-regularised", data="breast_cancer", kind="table")
def decayed_by_hand(watch: Watch) -> Any:
    torch.manual_seed(8)
    x, y = data.rows("breast_cancer", 108)
    x = (x - x[:400].mean(0)) / x[:400].std(0)
    train = DataLoader(TensorDataset(x[:400], y[:400]), batch_size=20, shuffle=True)
    test = DataLoader(TensorDataset(x[400:], y[400:]), batch_size=169)
    model = nn.Sequential(nn.Linear(30, 16), nn.ReLU(), nn.Linear(16, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(30):
            for rows, benign in train:
                size = sum(parameter.square().sum() for parameter in model.parameters())
                optimizer.zero_grad()
                (F.cross_entropy(model(rows), benign) + 0.5 * size).backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run
