"""Healthy programs on images, as somebody would write them who has never seen the diagnosis."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import lr_scheduler
from torch.utils.data import DataLoader, Dataset, TensorDataset, random_split

from benchmarks.diagnosis.development import data
from benchmarks.diagnosis.development.registry import PROGRAMS
from benchmarks.diagnosis.program import Watch


def small_digits(seed: int) -> tuple[Tensor, Tensor]:
    """The 8 x 8 digits as [1797, 1, 8, 8] from 0 to 1, and their classes."""
    X, y = data.rows("digits", seed)
    return X.reshape(-1, 1, 8, 8) / 16, y


def mnist_pixels(start: int, stop: int) -> tuple[Tensor, Tensor]:
    """MNIST digits [n, 1, 28, 28], standardised with the published mean and deviation, and their classes."""
    pixels, labels = data.mnist()
    return (pixels[start:stop, None].float() / 255 - 0.1307) / 0.3081, labels[start:stop]


@PROGRAMS("fresh-digits-mlp-step-schedule", fault=None, data="digits", kind="images")
def step_schedule(watch: Watch) -> Any:
    torch.manual_seed(100)
    X, y = data.rows("digits", 100)
    X = X / 16
    train = DataLoader(TensorDataset(X[:1400], y[:1400]), batch_size=64, shuffle=True)
    test = DataLoader(TensorDataset(X[1400:], y[1400:]), batch_size=128)
    model = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    schedule = lr_scheduler.StepLR(optimizer, step_size=8, gamma=0.3)
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(24):
            for images, labels in train:
                optimizer.zero_grad()
                loss = criterion(model(images), labels)
                loss.backward()
                optimizer.step()
            schedule.step()
    return run


class PooledCNN(nn.Module):
    """Three convolutions with batch normalisation and global average pooling."""

    def __init__(self) -> None:
        """For 8 x 8 grey images of ten classes."""
        super().__init__()
        self.body = nn.Sequential(
            *(nn.Conv2d(1, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU()),
            *(nn.Conv2d(16, 32, 3, padding=1, bias=False), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(32, 64, 3, padding=1, bias=False), nn.BatchNorm2d(64), nn.ReLU()),
        )
        self.head = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Logits."""
        return self.head(self.body(x).mean((2, 3)))


@PROGRAMS("fresh-digits-cnn-global-pool", fault=None, data="digits", kind="images")
def global_pool(watch: Watch) -> Any:
    torch.manual_seed(101)
    whole = TensorDataset(*small_digits(101))
    train_part, valid_part = random_split(whole, [1400, 397])
    train = DataLoader(train_part, batch_size=50, shuffle=True)
    valid = DataLoader(valid_part, batch_size=397)
    model = PooledCNN()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=valid) as run:
        for _epoch in range(8):
            model.train()
            for xb, yb in train:
                loss = F.cross_entropy(model(xb), yb)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            model.eval()
            with torch.no_grad():
                sum((model(xb).argmax(1) == yb).sum().item() for xb, yb in valid)
    return run


def separable(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    """A depthwise 3 x 3 convolution and a pointwise one."""
    return nn.Sequential(
        nn.Conv2d(inputs, inputs, 3, stride, padding=1, groups=inputs, bias=False),
        nn.Conv2d(inputs, outputs, 1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


@PROGRAMS("fresh-opencv-digits-depthwise", fault=None, data="opencv_digits", kind="images")
def depthwise(watch: Watch) -> Any:
    torch.manual_seed(102)
    cells, labels = data.cv_digits()
    order = torch.randperm(len(cells), generator=torch.Generator().manual_seed(102))[:2000]
    X, y = cells[order, None].float() / 127.5 - 1, labels[order]
    train = DataLoader(TensorDataset(X[:1600], y[:1600]), batch_size=32, shuffle=True, drop_last=True)
    test = DataLoader(TensorDataset(X[1600:], y[1600:]), batch_size=200)
    stem = nn.Sequential(nn.Conv2d(1, 16, 3, 2, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(inplace=True))
    tail = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(48, 10))
    net = nn.Sequential(stem, separable(16, 32), separable(32, 48, 2), separable(48, 48), tail)
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-2, weight_decay=0.02)
    epochs = 8
    schedule = lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs * len(train))
    with watch(net, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(epochs):
            net.train()
            for xb, yb in train:
                optimizer.zero_grad(set_to_none=True)
                F.cross_entropy(net(xb), yb).backward()
                optimizer.step()
                schedule.step()
        net.eval()
    return run


class Residual(nn.Module):
    """Two convolutions beside a short cut."""

    def __init__(self, size: int) -> None:
        """So many channels in and out."""
        super().__init__()
        self.one = nn.Conv2d(size, size, 3, padding=1)
        self.two = nn.Conv2d(size, size, 3, padding=1)
        self.norms = nn.ModuleList([nn.BatchNorm2d(size), nn.BatchNorm2d(size)])

    def forward(self, x: Tensor) -> Tensor:
        """The same shape."""
        return F.relu(x + self.norms[1](self.two(F.relu(self.norms[0](self.one(x))))))


@PROGRAMS("fresh-digits-residual-warm-up", fault=None, data="digits", kind="images")
def residual(watch: Watch) -> Any:
    torch.manual_seed(103)
    X, y = small_digits(103)
    train = DataLoader(TensorDataset(X[:1300], y[:1300]), batch_size=64, shuffle=True)
    valid = DataLoader(TensorDataset(X[1300:], y[1300:]), batch_size=250)
    model = nn.Sequential(
        *(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), Residual(16), nn.MaxPool2d(2), Residual(16)),
        *(nn.Flatten(), nn.Linear(256, 10)),
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, nesterov=True, weight_decay=5e-4)
    warm_up = lr_scheduler.LinearLR(optimizer, start_factor=0.1, total_iters=20)
    fall = lr_scheduler.CosineAnnealingLR(optimizer, T_max=8 * len(train) - 20)
    schedule = lr_scheduler.SequentialLR(optimizer, [warm_up, fall], milestones=[20])
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


@PROGRAMS("fresh-mnist-lenet-rmsprop", fault=None, data="mnist", kind="images")
def lenet(watch: Watch) -> Any:
    torch.manual_seed(104)
    train = DataLoader(TensorDataset(*mnist_pixels(0, 2000)), batch_size=50, shuffle=True)
    test = DataLoader(TensorDataset(*mnist_pixels(2000, 3000)), batch_size=250)
    model = nn.Sequential(
        *(nn.Conv2d(1, 8, 5, stride=2), nn.ReLU(), nn.Conv2d(8, 16, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Dropout(0.25), nn.Linear(400, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 10)),
    )
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(8):
            model.train()
            for images, labels in train:
                optimizer.zero_grad()
                loss_fn(model(images), labels).backward()
                optimizer.step()
            model.eval()
    return run


class Shifted(Dataset[tuple[Tensor, Tensor]]):
    """Images moved by up to two pixels each time they are asked for."""

    def __init__(self, images: Tensor, labels: Tensor) -> None:
        """Images [n, 1, h, w]."""
        self.images, self.labels = F.pad(images, (2, 2, 2, 2), value=float(images.min())), labels

    def __len__(self) -> int:
        """How many."""
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        """A moved image and its class."""
        top, left = torch.randint(0, 5, (2,)).tolist()
        image = self.images[index]
        return image[:, top : top + image.shape[1] - 4, left : left + image.shape[2] - 4], self.labels[index]


@PROGRAMS("fresh-mnist-random-shifts", fault=None, data="mnist", kind="images")
def random_shifts(watch: Watch) -> Any:
    torch.manual_seed(105)
    train = DataLoader(Shifted(*mnist_pixels(3000, 4500)), batch_size=32, shuffle=True)
    test = DataLoader(TensorDataset(*mnist_pixels(4500, 5300)), batch_size=100)
    model = nn.Sequential(
        *(nn.Conv2d(1, 8, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(8, 24, 3, stride=2, padding=1), nn.ReLU()),
        *(nn.Flatten(), nn.Linear(24 * 49, 10)),
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(10):
            for images, labels in train:
                optimizer.zero_grad()
                F.cross_entropy(model(images), labels).backward()
                optimizer.step()
    return run


@PROGRAMS("fresh-mnist-label-smoothing", fault=None, data="mnist", kind="images")
def label_smoothing(watch: Watch) -> Any:
    torch.manual_seed(106)
    X, y = mnist_pixels(0, 4000)
    train = DataLoader(TensorDataset(X[:3000], y[:3000]), batch_size=100, shuffle=True)
    valid = DataLoader(TensorDataset(X[3000:], y[3000:]), batch_size=500)
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.GELU(), nn.Dropout(0.2), nn.Linear(128, 10))
    criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=valid) as run:
        for _epoch in range(12):
            model.train()
            for images, labels in train:
                optimizer.zero_grad()
                criterion(model(images), labels).backward()
                optimizer.step()
            model.eval()
    return run


@PROGRAMS("fresh-digits-only-200-images", fault=None, data="digits", kind="images")
def few_images(watch: Watch) -> Any:
    torch.manual_seed(107)
    X, y = small_digits(107)
    train = DataLoader(TensorDataset(X[:200], y[:200]), batch_size=16, shuffle=True)
    valid = DataLoader(TensorDataset(X[200:700], y[200:700]), batch_size=100)
    model = nn.Sequential(
        *(nn.Conv2d(1, 12, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(12, 24, 3, padding=1), nn.ReLU()),
        *(nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.3), nn.Linear(96, 10)),
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3, weight_decay=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=valid) as run:
        for _epoch in range(30):
            model.train()
            for images, labels in train:
                optimizer.zero_grad()
                F.cross_entropy(model(images), labels).backward()
                optimizer.step()
            model.eval()
    return run


def with_noise(images: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Images with new noise, and the same images clean."""
    clean = torch.stack(images)
    return (clean + 0.3 * torch.randn(clean.shape)).clamp(0, 1), clean


@PROGRAMS("fresh-mnist-denoising-autoencoder", fault=None, data="mnist", kind="images")
def denoising(watch: Watch) -> Any:
    torch.manual_seed(108)
    clean = data.mnist()[0][:3000].reshape(-1, 784).float() / 255
    train = DataLoader(list(clean[:2500]), batch_size=50, shuffle=True, collate_fn=with_noise)
    valid = DataLoader(TensorDataset(*with_noise(list(clean[2500:]))), batch_size=250)
    encoder = nn.Sequential(nn.Linear(784, 160), nn.ReLU(), nn.Linear(160, 40))
    decoder = nn.Sequential(nn.Linear(40, 160), nn.ReLU(), nn.Linear(160, 784), nn.Sigmoid())
    model = nn.Sequential(encoder, decoder)
    mse = nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    with watch(model, optimizer=optimizer, loss_fn=mse, train=train, validation=valid) as run:
        for _epoch in range(20):
            for inputs, targets in train:
                optimizer.zero_grad()
                mse(model(inputs), targets).backward()
                optimizer.step()
    return run
