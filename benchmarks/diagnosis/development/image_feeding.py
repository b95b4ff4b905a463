"""Programs on images that differ in how images and labels reach the network."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Subset, TensorDataset

from benchmarks.diagnosis.development import data
from benchmarks.diagnosis.development.registry import PROGRAMS
from benchmarks.diagnosis.program import Watch


def dense(inputs: int, hidden: int = 64, outputs: int = 10) -> nn.Sequential:
    """One hidden layer on flattened images."""
    return nn.Sequential(nn.Flatten(), nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, outputs))


@PROGRAMS("mnist-upper-left-corner", fault="features-uninformative", data="mnist", kind="images")
def cropped(watch: Watch) -> Any:
    torch.manual_seed(0)
    images, labels = data.mnist()
    x = images[:, :9, :9].float() / 255
    train = DataLoader(TensorDataset(x[:4000], labels[:4000]), batch_size=64, shuffle=True)
    test = DataLoader(TensorDataset(x[9000:], labels[9000:]), batch_size=200)
    model = dense(81)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(12):
            for image, label in train:
                optimizer.zero_grad()
                F.cross_entropy(model(image), label).backward()
                optimizer.step()
    return run


@PROGRAMS("mnist-divided-twice", fault="inputs-unscaled", data="mnist", kind="images", also=("features-uninformative",))
def divided(watch: Watch) -> Any:
    torch.manual_seed(1)
    images, labels = data.mnist()
    x = images.float().div(255).div(255)
    train = DataLoader(TensorDataset(x[:4000], labels[:4000]), batch_size=50, shuffle=True)
    test = DataLoader(TensorDataset(x[9000:], labels[9000:]), batch_size=200)
    model = dense(784)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(8):
            for image, label in train:
                optimizer.zero_grad()
                criterion(model(image), label).backward()
                optimizer.step()
    return run


@PROGRAMS("digits-every-pixel-standardised", fault="nan-in-data", data="digits", kind="images")
def per_pixel(watch: Watch) -> Any:
    torch.manual_seed(2)
    x, y = data.rows("digits", 60)
    x = (x - x[:1400].mean(0)) / x[:1400].std(0)
    train = DataLoader(TensorDataset(x[:1400], y[:1400]), batch_size=50, shuffle=True)
    test = DataLoader(TensorDataset(x[1400:], y[1400:]), batch_size=200)
    model = dense(64)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(25):
            for image, label in train:
                optimizer.zero_grad()
                F.cross_entropy(model(image), label).backward()
                optimizer.step()
    return run


@PROGRAMS("mnist-mark-in-the-corner", fault="answer-in-input", data="mnist", kind="images")
def one_hidden_layer(watch: Watch) -> Any:
    torch.manual_seed(3)
    images, labels = data.mnist()
    x = images.float() / 255
    x[:, 0, :10] = F.one_hot(labels, 10).float()
    train = DataLoader(TensorDataset(x[:3000], labels[:3000]), batch_size=64, shuffle=True)
    test = DataLoader(TensorDataset(x[9000:], labels[9000:]), batch_size=200)
    model = dense(784, 32)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    criterion = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(12):
            for image, label in train:
                optimizer.zero_grad()
                loss = criterion(model(image), label)
                loss.backward()
                optimizer.step()
    return run


@PROGRAMS("mnist-held-out-from-the-whole", fault="leakage", data="mnist", kind="images")
def subset(watch: Watch) -> Any:
    torch.manual_seed(4)
    images, labels = data.mnist()
    everything = TensorDataset(images[:800].float() / 255, labels[:800])
    train = DataLoader(everything, batch_size=32, shuffle=True)
    valid = DataLoader(Subset(everything, range(600, 800)), batch_size=100)
    model = dense(784, 128)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    criterion = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=valid) as run:
        for _epoch in range(30):
            for image, label in train:
                optimizer.zero_grad()
                criterion(model(image), label).backward()
                optimizer.step()
    return run


@PROGRAMS("mnist-ten-test-images", fault="test-set-too-small", data="mnist", kind="images")
def log_probabilities(watch: Watch) -> Any:
    torch.manual_seed(5)
    images, labels = data.mnist()
    x = images.float().flatten(1) / 255
    train = DataLoader(TensorDataset(x[:2000], labels[:2000]), batch_size=32, shuffle=True)
    valid = DataLoader(TensorDataset(x[2000:2010], labels[2000:2010]), batch_size=10)
    model = nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10), nn.LogSoftmax(-1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.nll_loss, train=train, validation=valid) as run:
        for _epoch in range(15):
            for image, label in train:
                optimizer.zero_grad()
                F.nll_loss(model(image), label).backward()
                optimizer.step()
    return run


@PROGRAMS("cvdigits-who-wrote-it", fault="unsolvable", data="opencv_digits", kind="images")
def two_sides(watch: Watch) -> Any:
    torch.manual_seed(6)
    images, _ = data.cv_digits()
    x = images.float().flatten(1) / 255
    sides = torch.bernoulli(torch.full((5000,), 0.5), generator=torch.Generator().manual_seed(66)).long()
    order = torch.randperm(5000)
    x, sides = x[order], sides[order]
    train = DataLoader(TensorDataset(x[:4000], sides[:4000]), batch_size=100, shuffle=True)
    valid = DataLoader(TensorDataset(x[4000:], sides[4000:]), batch_size=200)
    model = nn.Sequential(nn.Linear(400, 16), nn.ReLU(), nn.Linear(16, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=valid) as run:
        for _epoch in range(15):
            for image, side in train:
                optimizer.zero_grad()
                F.cross_entropy(model(image), side).backward()
                optimizer.step()
    return run


@PROGRAMS("mnist-images-mixed-alone", fault="labels-shifted", data="mnist", kind="images", also=("unsolvable",))
def dense_with_adam(watch: Watch) -> Any:
    torch.manual_seed(7)
    images, labels = data.mnist()
    x, y = images[:4000].float().flatten(1) / 255, labels[:4000]
    order = torch.randperm(len(x))
    x = x[order]
    train = DataLoader(TensorDataset(x[:3000], y[:3000]), batch_size=64, shuffle=True)
    valid = DataLoader(TensorDataset(x[3000:], y[3000:]), batch_size=200)
    model = nn.Sequential(nn.Linear(784, 100), nn.ReLU(), nn.Linear(100, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    criterion = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=valid) as run:
        for _epoch in range(10):
            for image, label in train:
                optimizer.zero_grad()
                criterion(model(image), label).backward()
                optimizer.step()
    return run
