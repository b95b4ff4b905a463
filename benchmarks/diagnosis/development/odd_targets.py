"""Programs whose loops recode the targets that the loader yields."""

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


def loaders(x: Tensor, y: Tensor, known: int, batch: int) -> tuple[Any, Any]:
    """The first rows to train on, shuffled, and the others to test on."""
    train = DataLoader(TensorDataset(x[:known], y[:known]), batch_size=batch, shuffle=True)
    return train, DataLoader(TensorDataset(x[known:], y[known:]), batch_size=200)


def mlp(inputs: int, outputs: int, width: int = 64) -> nn.Sequential:
    """Two hidden layers."""
    return nn.Sequential(
        *[nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, outputs)]
    )


@PROGRAMS("odd-digits-classes-from-one", fault=None, data="digits", kind="images")
def classes_from_one(watch: Watch) -> Any:
    torch.manual_seed(0)
    x, y = data.rows("digits", 10)
    train, test = loaders(x / 16, y + 1, 1400, 32)
    model = mlp(64, 10)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(30):
            for images, label in train:
                optimizer.zero_grad()
                F.cross_entropy(model(images), label - 1).backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1) + 1, test))
    return run


@PROGRAMS("odd-wine-code-table", fault=None, data="wine", kind="table")
def code_table(watch: Watch) -> Any:
    torch.manual_seed(1)
    x, y = data.rows("wine", 11)
    codes = torch.tensor([171, 305, 42])
    train, test = loaders((x - x[:130].mean(0)) / x[:130].std(0), codes[y], 130, 16)
    class_of = {int(code): number for number, code in enumerate(codes)}
    model = mlp(13, 3, 32)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    criterion = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(60):
            for rows, code in train:
                target = torch.tensor([class_of[one] for one in code.tolist()])
                optimizer.zero_grad()
                criterion(model(rows), target).backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: codes[model(x).argmax(1)], test))
    return run


@PROGRAMS("odd-diabetes-targets-standardised-in-loop", fault=None, data="diabetes", kind="table")
def standardised_in_loop(watch: Watch) -> Any:
    torch.manual_seed(2)
    x, y = data.rows("diabetes", 12)
    train, test = loaders((x - x[:342].mean(0)) / x[:342].std(0), y, 342, 32)
    mean, spread = y[:342].mean(), y[:342].std()
    model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.01)
    with watch(model, optimizer=optimizer, loss_fn=F.mse_loss, train=train, validation=test) as run:
        for _epoch in range(60):
            for rows, progress in train:
                optimizer.zero_grad()
                F.mse_loss(model(rows).squeeze(1), (progress - mean) / spread).backward()
                optimizer.step()
    scored(r2=explained(model(test.dataset.tensors[0]) * spread + mean, test.dataset.tensors[1]))
    return run


@PROGRAMS("odd-cancer-log-area", fault=None, data="breast_cancer", kind="table")
def log_area(watch: Watch) -> Any:
    torch.manual_seed(3)
    x, _ = data.rows("breast_cancer", 13)
    area, others = x[:, 23], torch.cat([x[:, :20], x[:, 24:]], dim=1)  # The worst area, 185 to 4,254.
    train, test = loaders((others - others[:400].mean(0)) / others[:400].std(0), area, 400, 25)
    model = mlp(26, 1, 48)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=nn.SmoothL1Loss(), train=train, validation=test) as run:
        for _epoch in range(80):
            for rows, target in train:
                optimizer.zero_grad()
                loss = F.smooth_l1_loss(model(rows)[:, 0], torch.log(target) - 6.5)
                loss.backward()
                optimizer.step()
    scored(r2=explained(model(test.dataset.tensors[0]), test.dataset.tensors[1].log() - 6.5))
    return run


@PROGRAMS("odd-digits-one-hot-bce", fault=None, data="digits", kind="images")
def one_hot_bce(watch: Watch) -> Any:
    torch.manual_seed(4)
    x, y = data.rows("digits", 14)
    train, test = loaders(x / 16, y, 1400, 32)
    model = mlp(64, 10)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    loss_fn = nn.BCEWithLogitsLoss()
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(30):
            for images, label in train:
                optimizer.zero_grad()
                loss_fn(model(images), F.one_hot(label, 10).float()).backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run


@PROGRAMS("odd-mnist-one-hot-mse", fault=None, data="mnist", kind="images")
def one_hot_mse(watch: Watch) -> Any:
    torch.manual_seed(5)
    images, labels = data.mnist()
    train, test = loaders(images[:5000].float().flatten(1) / 255, labels[:5000], 4000, 64)
    model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.mse_loss, train=train, validation=test) as run:
        for _epoch in range(15):
            for image, label in train:
                wanted = torch.zeros(len(label), 10).scatter_(1, label[:, None], 1.0)
                optimizer.zero_grad()
                F.mse_loss(model(image), wanted).backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run


@PROGRAMS("odd-cvdigits-smoothed-by-hand", fault=None, data="opencv_digits", kind="images")
def smoothed_by_hand(watch: Watch) -> Any:
    torch.manual_seed(6)
    images, labels = data.cv_digits()
    order = torch.randperm(5000)
    train, test = loaders(images[order].float().flatten(1) / 255, labels[order], 4000, 50)
    model = mlp(400, 10, 96)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, nesterov=True)
    with watch(model, optimizer=optimizer, loss_fn=F.kl_div, train=train, validation=test) as run:
        for _epoch in range(15):
            for image, label in train:
                soft = torch.full((len(label), 10), 0.01)
                soft[torch.arange(len(label)), label] = 0.91
                optimizer.zero_grad()
                F.kl_div(F.log_softmax(model(image), dim=1), soft, reduction="batchmean").backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run


@PROGRAMS("odd-digits-labels-looked-up-one-off", fault="labels-shifted", data="digits", kind="images", also=("unsolvable",))
def looked_up(watch: Watch) -> Any:
    torch.manual_seed(7)
    x, y = data.rows("digits", 15)
    train, test = loaders(x / 16, torch.arange(len(x)), 1400, 32)
    answers = y.roll(-1)
    model = mlp(64, 10)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(30):
            for images, row in train:
                optimizer.zero_grad()
                F.cross_entropy(model(images), answers[row]).backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), [(x[1400:] / 16, y[1400:])]))
    return run


@PROGRAMS("odd-diabetes-standardised-column-against-row", fault="wrong-axis", data="diabetes", kind="table")
def column_against_row(watch: Watch) -> Any:
    torch.manual_seed(8)
    x, y = data.rows("diabetes", 16)
    train, test = loaders((x - x[:342].mean(0)) / x[:342].std(0), y, 342, 32)
    mean, spread = y[:342].mean(), y[:342].std()
    model = mlp(10, 1, 32)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)

    def loss_fn(outputs: Tensor, targets: Tensor) -> Tensor:
        return (outputs - targets).square().mean()

    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(60):
            for rows, progress in train:
                optimizer.zero_grad()
                loss_fn(model(rows), (progress - mean) / spread).backward()
                optimizer.step()
    scored(r2=explained(model(test.dataset.tensors[0]) * spread + mean, test.dataset.tensors[1]))
    return run


@PROGRAMS("odd-digits-one-hot-squashed-twice", fault="wrong-loss-for-activation", data="digits", kind="images")
def squashed_twice(watch: Watch) -> Any:
    torch.manual_seed(9)
    x, y = data.rows("digits", 17)
    train, test = loaders(x / 16, y, 1400, 32)
    model = nn.Sequential(mlp(64, 10, 32), nn.Sigmoid())
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    loss_fn = nn.BCEWithLogitsLoss()
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(20):
            for images, label in train:
                optimizer.zero_grad()
                loss_fn(model(images), F.one_hot(label, 10).float()).backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run
