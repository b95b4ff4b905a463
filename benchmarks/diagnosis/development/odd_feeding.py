"""Programs that are fed or paced in an unusual way: endless generators, samplers, restarts, curricula, batches of one."""

# mypy: allow-subclassing-any
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset, Subset, TensorDataset, WeightedRandomSampler

from benchmarks.diagnosis.development import data
from benchmarks.diagnosis.development.odd_scores import accuracy, scored
from benchmarks.diagnosis.development.registry import PROGRAMS
from benchmarks.diagnosis.program import Watch


def digits(seed: int, batch: int = 32) -> tuple[Any, Any]:
    """Small digits, scaled: 1,400 to train on and the others to test on."""
    x, y = data.rows("digits", seed)
    train = DataLoader(TensorDataset(x[:1400] / 16, y[:1400]), batch_size=batch, shuffle=True)
    return train, DataLoader(TensorDataset(x[1400:] / 16, y[1400:]), batch_size=200)


def mlp() -> nn.Sequential:
    """Two hidden layers on small digits."""
    return nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))


@PROGRAMS("odd-digits-warm-restarts", fault=None, data="digits", kind="images")
def warm_restarts(watch: Watch) -> Any:
    torch.manual_seed(0)
    train, test = digits(70)
    model = mlp()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2, momentum=0.9)
    schedule = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=8 * len(train), eta_min=1e-4)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(32):
            for images, labels in train:
                optimizer.zero_grad()
                F.cross_entropy(model(images), labels).backward()
                optimizer.step()
                schedule.step()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run


@PROGRAMS("odd-digits-warm-up-from-nothing", fault=None, data="digits", kind="images")
def warm_up_from_nothing(watch: Watch) -> Any:
    torch.manual_seed(1)
    train, test = digits(71)
    model = mlp()
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3)
    steps = 25 * len(train)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda i: min(i / 200, max(0.0, (steps - i) / (steps - 200))))
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(25):
            for images, labels in train:
                optimizer.zero_grad()
                F.cross_entropy(model(images), labels).backward()
                optimizer.step()
                schedule.step()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run


@PROGRAMS("odd-mnist-one-cycle-of-three-epochs", fault=None, data="mnist", kind="images")
def one_cycle(watch: Watch) -> Any:
    torch.manual_seed(2)
    images, labels = data.mnist()
    x = (images.float().unsqueeze(1) - 33) / 79
    train = DataLoader(TensorDataset(x[:6000], labels[:6000]), batch_size=60, shuffle=True)
    test = DataLoader(TensorDataset(x[9000:], labels[9000:]), batch_size=250)
    model = nn.Sequential(
        *[nn.Conv2d(1, 12, 5, stride=2), nn.BatchNorm2d(12), nn.ReLU(), nn.Conv2d(12, 24, 3, stride=2)],
        *[nn.BatchNorm2d(24), nn.ReLU(), nn.Flatten(), nn.Linear(600, 10)],
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.2, total_steps=3 * len(train))
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(3):
            model.train()
            for image, label in train:
                optimizer.zero_grad()
                F.cross_entropy(model(image), label).backward()
                optimizer.step()
                schedule.step()
            model.eval()
            accuracy(lambda x: model(x).argmax(1), test)
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run


def endless(loader: Any) -> Iterator[Any]:
    """The loader's batches, over and over."""
    while True:
        yield from loader


@PROGRAMS("odd-cvdigits-endless-generator", fault=None, data="opencv_digits", kind="images")
def endless_generator(watch: Watch) -> Any:
    torch.manual_seed(3)
    images, labels = data.cv_digits()
    order = torch.randperm(5000)
    x, y = images[order].float().flatten(1) / 255, labels[order]
    batches = endless(DataLoader(TensorDataset(x[:4000], y[:4000]), batch_size=50, shuffle=True))
    test = DataLoader(TensorDataset(x[4000:], y[4000:]), batch_size=250)
    model = nn.Sequential(nn.Linear(400, 128), nn.ReLU(), nn.Linear(128, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=batches, validation=test) as run:
        for _step in range(1500):
            image, label = next(batches)
            optimizer.zero_grad()
            F.cross_entropy(model(image), label).backward()
            optimizer.step()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run


class Drawn(IterableDataset):
    """Digits drawn at random, as many as are asked for in an epoch; nobody knows its length."""

    def __init__(self, x: Tensor, y: Tensor, many: int) -> None:
        """So many a pass."""
        self.x, self.y, self.many = x, y, many

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        for index in torch.randint(0, len(self.x), (self.many,)).tolist():
            yield self.x[index], self.y[index]


@PROGRAMS("odd-digits-iterable-data-set", fault=None, data="digits", kind="images")
def iterable_data_set(watch: Watch) -> Any:
    torch.manual_seed(4)
    x, y = data.rows("digits", 74)
    train = DataLoader(Drawn(x[:1400] / 16, y[:1400], 2000), batch_size=40)
    test = DataLoader(TensorDataset(x[1400:] / 16, y[1400:]), batch_size=200)
    model = mlp()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(20):
            for images, labels in train:
                optimizer.zero_grad()
                F.cross_entropy(model(images), labels).backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run


@PROGRAMS("odd-digits-weighted-sampler", fault=None, data="digits", kind="images")
def weighted_sampler(watch: Watch) -> Any:
    torch.manual_seed(5)
    x, y = data.rows("digits", 75)
    rare = y == 8
    weights = torch.where(rare[:1400], 9.0, 1.0)
    sampler = WeightedRandomSampler(weights.tolist(), 1400)
    train = DataLoader(TensorDataset(x[:1400] / 16, rare[:1400].float()), batch_size=28, sampler=sampler)
    test = DataLoader(TensorDataset(x[1400:] / 16, rare[1400:].float()), batch_size=200)
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.binary_cross_entropy_with_logits, train=train, validation=test) as run:
        for _epoch in range(25):
            for images, is_eight in train:
                optimizer.zero_grad()
                F.binary_cross_entropy_with_logits(model(images)[:, 0], is_eight).backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: (model(x)[:, 0] > 0).float(), test))
    return run


@PROGRAMS("odd-digits-curriculum", fault=None, data="digits", kind="images")
def curriculum(watch: Watch) -> Any:
    torch.manual_seed(6)
    x, y = data.rows("digits", 76)
    x = x / 16
    centres = torch.stack([x[:1400][y[:1400] == c].mean(0) for c in range(10)])
    easy_first = (x[:1400] - centres[y[:1400]]).norm(dim=1).argsort().tolist()
    pairs = TensorDataset(x[:1400], y[:1400])
    everything = DataLoader(pairs, batch_size=32, shuffle=True)
    test = DataLoader(TensorDataset(x[1400:], y[1400:]), batch_size=200)
    model = mlp()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=everything, validation=test) as run:
        for epoch in range(35):
            some = easy_first[: min(1400, 400 + 60 * epoch)]
            for images, labels in DataLoader(Subset(pairs, some), batch_size=32, shuffle=True):
                optimizer.zero_grad()
                F.cross_entropy(model(images), labels).backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run


@PROGRAMS("odd-cvdigits-batches-of-one-group-norm", fault=None, data="opencv_digits", kind="images")
def batches_of_one(watch: Watch) -> Any:
    torch.manual_seed(7)
    images, labels = data.cv_digits()
    order = torch.randperm(5000)
    x, y = images[order].float().unsqueeze(1) / 255, labels[order]
    train = DataLoader(TensorDataset(x[:2500], y[:2500]), batch_size=1, shuffle=True)
    test = DataLoader(TensorDataset(x[4000:], y[4000:]), batch_size=250)
    model = nn.Sequential(
        *[nn.Conv2d(1, 16, 3, stride=2), nn.GroupNorm(4, 16), nn.ReLU(), nn.Conv2d(16, 32, 3, stride=2)],
        *[nn.GroupNorm(4, 32), nn.ReLU(), nn.Flatten(), nn.Linear(512, 10)],
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=2e-3, momentum=0.9)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(3):
            for image, label in train:
                optimizer.zero_grad()
                F.cross_entropy(model(image), label).backward()
                optimizer.step()
            schedule.step()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run


@PROGRAMS("odd-cvdigits-endless-class-after-class", fault="data-in-order", data="opencv_digits", kind="images")
def endless_in_order(watch: Watch) -> Any:
    torch.manual_seed(8)
    images, labels = data.cv_digits()
    x = images.float().flatten(1) / 255
    held_out = torch.arange(5000) % 5 == 0
    batches = endless(DataLoader(TensorDataset(x[~held_out], labels[~held_out]), batch_size=40))
    test = DataLoader(TensorDataset(x[held_out], labels[held_out]), batch_size=250)
    model = nn.Sequential(nn.Linear(400, 128), nn.ReLU(), nn.Linear(128, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=batches, validation=test) as run:
        for _step in range(1000):
            image, label = next(batches)
            optimizer.zero_grad()
            F.cross_entropy(model(image), label).backward()
            optimizer.step()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run


@PROGRAMS("odd-digits-warm-up-that-never-ends", fault="learning-rate-too-low", data="digits", kind="images")
def endless_warm_up(watch: Watch) -> Any:
    torch.manual_seed(9)
    train, test = digits(79)
    model = mlp()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda i: min(1.0, i / 1_000_000))
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(25):
            for images, labels in train:
                optimizer.zero_grad()
                F.cross_entropy(model(images), labels).backward()
                optimizer.step()
                schedule.step()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run
