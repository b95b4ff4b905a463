"""MNIST digits, in the manner of tutorials: a network class, a train function, a test function."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.diagnosis.programs import data
from benchmarks.diagnosis.programs.registry import PROGRAMS


def loaders(count=5000, size=64, shuffle=True):
    x, y = data.mnist(0, count)
    vx, vy = data.mnist(8000, 9000)
    x, vx = ((t.float()[:, None] / 255 - 0.1307) / 0.3081 for t in (x, vx))
    return DataLoader(TensorDataset(x, y), size, shuffle=shuffle), DataLoader(TensorDataset(vx, vy), 250)


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.fc2(F.relu(self.fc1(x.flatten(1)))))
        return self.fc3(x)


def train(model, loader, optimizer, loss_fn):
    model.train()
    for x, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()


def test(model, loader, loss_fn):
    model.eval()
    loss, right = 0.0, 0
    with torch.no_grad():
        for x, y in loader:
            out = model(x)
            loss += loss_fn(out, y).item() * len(y)
            right += (out.argmax(1) == y).sum().item()
    return loss / len(loader.dataset), right / len(loader.dataset)


@PROGRAMS("mnist-01", fault=None, data="mnist", kind="images")
def mnist_01(watch):
    torch.manual_seed(1)
    train_loader, val_loader = loaders(7000)
    model, loss_fn = LeNet(), nn.CrossEntropyLoss()
    optimizer = optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train_loader, validation=val_loader) as run:
        for _ in range(5):
            train(model, train_loader, optimizer, loss_fn)
            test(model, val_loader, loss_fn)
    return run


@PROGRAMS("mnist-02", fault="double-softmax", data="mnist", kind="images")
def mnist_02(watch):
    torch.manual_seed(2)
    train_loader, val_loader = loaders(5000)
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10), nn.Softmax(dim=1))
    loss_fn = nn.CrossEntropyLoss()
    optimizer = optim.SGD(model.parameters(), lr=0.01, momentum=0.5)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train_loader, validation=val_loader) as run:
        for _ in range(12):
            train(model, train_loader, optimizer, loss_fn)
            test(model, val_loader, loss_fn)
    return run


@PROGRAMS("mnist-03", fault="missing-zero-grad", data="mnist", kind="images")
def mnist_03(watch):
    torch.manual_seed(3)
    train_loader, val_loader = loaders(5000)
    model, loss_fn = LeNet(), nn.CrossEntropyLoss()
    optimizer = optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train_loader, validation=val_loader) as run:
        for _ in range(5):
            model.train()
            for images, labels in train_loader:
                loss = loss_fn(model(images), labels)
                loss.backward()
                optimizer.step()
            test(model, val_loader, loss_fn)
    return run


@PROGRAMS("mnist-04", fault="eval-mode-left-on", data="mnist", kind="images")
def mnist_04(watch):
    torch.manual_seed(4)
    train_loader, val_loader = loaders(3000)

    def block(a, b, stride=1):
        return [nn.Conv2d(a, b, 3, stride, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU()]

    layers = block(1, 12, 2) + block(12, 24, 2)
    for _ in range(9):
        layers += block(24, 24)
    model = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(24, 10))
    loss_fn = nn.CrossEntropyLoss()
    optimizer = optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train_loader, validation=val_loader) as run:
        test(model, val_loader, loss_fn)
        for _ in range(4):
            for images, labels in train_loader:
                optimizer.zero_grad()
                loss_fn(model(images), labels).backward()
                optimizer.step()
            test(model, val_loader, loss_fn)
    return run


@PROGRAMS("mnist-05", fault=None, data="mnist", kind="images")
def mnist_05(watch):
    torch.manual_seed(5)
    train_loader, val_loader = loaders(5000, 32)
    model, loss_fn = LeNet(), nn.CrossEntropyLoss(label_smoothing=0.1)
    optimizer = optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.01)
    scheduler = optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.3, patience=1)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train_loader, validation=val_loader) as run:
        for _ in range(8):
            train(model, train_loader, optimizer, loss_fn)
            loss, _ = test(model, val_loader, loss_fn)
            scheduler.step(loss)
    return run


@PROGRAMS("mnist-06", fault="frozen-parameters", data="mnist", kind="images")
def mnist_06(watch):
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.trunk = nn.Sequential(
                nn.Conv2d(1, 8, 3, 2, 1),
                nn.ReLU(),
                nn.Conv2d(8, 8, 3, 2, 1),
                nn.ReLU(),
                nn.Conv2d(8, 8, 3, 2, 1),
                nn.ReLU(),
                nn.Flatten(),
            )
            self.head = nn.Linear(128, 10)

        def forward(self, x):
            return self.head(self.trunk(x))

    torch.manual_seed(6)
    train_loader, val_loader = loaders(5000)
    model, loss_fn = Net(), nn.CrossEntropyLoss()
    optimizer = optim.Adam(model.head.parameters(), lr=3e-3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train_loader, validation=val_loader) as run:
        for _ in range(6):
            train(model, train_loader, optimizer, loss_fn)
            test(model, val_loader, loss_fn)
    return run


@PROGRAMS("mnist-07", fault=None, data="mnist", kind="images")
def mnist_07(watch):
    torch.manual_seed(7)
    train_loader, val_loader = loaders(5000, 128)
    model = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(4),
        nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(),
        nn.AdaptiveAvgPool2d(3), nn.Flatten(), nn.Linear(288, 10),
    )  # fmt: skip
    loss_fn = nn.CrossEntropyLoss()
    epochs = 6
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True, weight_decay=5e-4)
    scheduler = optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.3, total_steps=epochs * len(train_loader))
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train_loader, validation=val_loader) as run:
        for _ in range(epochs):
            model.train()
            for x, y in train_loader:
                loss = loss_fn(model(x), y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                scheduler.step()
            test(model, val_loader, loss_fn)
    return run


@PROGRAMS("mnist-08", fault="learning-rate-too-high", data="mnist", kind="images")
def mnist_08(watch):
    torch.manual_seed(8)
    train_loader, val_loader = loaders(5000, 32)
    model, loss_fn = LeNet(), nn.CrossEntropyLoss()
    optimizer = optim.Adam(model.parameters(), lr=0.05)
    scheduler = optim.lr_scheduler.StepLR(optimizer, 2, 0.9)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train_loader, validation=val_loader) as run:
        for _ in range(5):
            train(model, train_loader, optimizer, loss_fn)
            test(model, val_loader, loss_fn)
            scheduler.step()
    return run


@PROGRAMS("mnist-09", fault="over-regularised", data="mnist", kind="images")
def mnist_09(watch):
    torch.manual_seed(9)
    train_loader, val_loader = loaders(2500)
    model, loss_fn = LeNet(), nn.CrossEntropyLoss()
    optimizer = optim.SGD(model.parameters(), lr=0.02, momentum=0.9, weight_decay=0.2)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train_loader, validation=val_loader) as run:
        for _ in range(5):
            train(model, train_loader, optimizer, loss_fn)
            test(model, val_loader, loss_fn)
    return run


@PROGRAMS("mnist-10", fault="data-in-order", data="mnist", kind="images")
def mnist_10(watch):
    torch.manual_seed(10)
    x, y = data.mnist(0, 5000)
    places = torch.argsort(y, stable=True)
    x, y = (x[places].float()[:, None] / 255 - 0.1307) / 0.3081, y[places]
    train_loader = DataLoader(TensorDataset(x, y), batch_size=32)
    _, val_loader = loaders(10)
    model, loss_fn = LeNet(), nn.CrossEntropyLoss()
    optimizer = optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train_loader, validation=val_loader) as run:
        for _ in range(5):
            train(model, train_loader, optimizer, loss_fn)
            test(model, val_loader, loss_fn)
    return run
