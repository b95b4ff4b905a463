"""MNIST again, in the manner of projects: options, mini-frameworks, pretraining, several goals."""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.diagnosis.programs import data
from benchmarks.diagnosis.programs.registry import PROGRAMS


class Batches:
    """Tensors served in random batches."""

    def __init__(self, x, y, size, shuffle=True):
        self.x, self.y, self.size, self.shuffle = x, y, size, shuffle

    def __len__(self):
        return math.ceil(len(self.y) / self.size)

    def __iter__(self):
        order = torch.randperm(len(self.y)) if self.shuffle else torch.arange(len(self.y))
        for places in order.split(self.size):
            yield self.x[places], self.y[places]


def digits(start, end, flat=False):
    x, y = data.mnist(start, end)
    x = (x.float() / 255 - 0.13) / 0.31
    return (x.flatten(1) if flat else x.unsqueeze(1)), y


def both(count=4000, size=50, flat=False):
    return Batches(*digits(0, count, flat), size), Batches(*digits(9000, 10000, flat), 250, shuffle=False)


def optimise(model, loss_fn, optimizer, train, epochs, after=None):
    for number in range(epochs):
        model.train()
        for x, y in train:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
        if after is not None:
            after(number)


def stem(width=12):
    return nn.Sequential(
        nn.Conv2d(1, width, 5, 2, 2), nn.ReLU(), nn.Conv2d(width, 2 * width, 3, 2, 1), nn.ReLU(),
        nn.Conv2d(2 * width, 2 * width, 3, 2, 1), nn.ReLU(), nn.Flatten(),
    )  # fmt: skip


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.a, self.b = nn.Conv2d(width, width, 3, padding=1, bias=False), nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.na, self.nb = nn.BatchNorm2d(width), nn.BatchNorm2d(width)

    def forward(self, x):
        return F.relu(x + self.nb(self.b(F.relu(self.na(self.a(x))))))


@PROGRAMS("mnist-11", fault=None, data="mnist", kind="images")
def mnist_11(watch):
    torch.manual_seed(20)
    train, val = both(3000)
    model = nn.Sequential(
        nn.Conv2d(1, 12, 5, 4, 2),
        nn.BatchNorm2d(12),
        nn.ReLU(),
        *[Residual(12) for _ in range(10)],
        nn.AdaptiveAvgPool2d(2),
        nn.Flatten(),
        nn.Linear(48, 10),
    )
    opt, loss_fn = torch.optim.SGD(model.parameters(), 0.05, momentum=0.9, weight_decay=1e-4), nn.CrossEntropyLoss()
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(opt, 6)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        optimise(model, loss_fn, opt, train, 6, lambda _: cosine.step())
    return run


@PROGRAMS("mnist-12", fault=None, data="mnist", kind="images")
def mnist_12(watch):
    torch.manual_seed(21)
    x, y = digits(0, 6000)
    low = y < 5
    trunk, head = stem(), nn.Linear(384, 5)
    first = nn.Sequential(trunk, head)
    optimise(first, F.cross_entropy, torch.optim.Adam(first.parameters(), 2e-3), Batches(x[low], y[low], 64), 3)
    trunk.requires_grad_(False).eval()
    model = nn.Sequential(trunk, nn.Linear(384, 5))
    train = Batches(x[~low][:1500], y[~low][:1500] - 5, 32)
    vx, vy = digits(9000, 10000)
    val = Batches(vx[vy > 4], vy[vy > 4] - 5, 100, shuffle=False)
    opt, loss_fn = torch.optim.Adam(model[1].parameters(), 3e-3), nn.CrossEntropyLoss()
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        optimise(model, loss_fn, opt, train, 10)
    return run


@PROGRAMS("mnist-13", fault=None, data="mnist", kind="images")
def mnist_13(watch):
    torch.manual_seed(22)
    x, y = digits(0, 5000)
    spoiled = torch.rand(5000) < 0.25
    y = torch.where(spoiled, torch.randint(0, 10, (5000,)), y)
    train, val = Batches(x, y, 100), Batches(*digits(9000, 10000), 250, shuffle=False)
    model = nn.Sequential(stem(8), nn.Dropout(0.3), nn.Linear(256, 10))
    opt, loss_fn = torch.optim.Adam(model.parameters(), 2e-3, weight_decay=1e-4), nn.CrossEntropyLoss()
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        optimise(model, loss_fn, opt, train, 6)
    return run


@PROGRAMS("mnist-14", fault=None, data="mnist", kind="images")
def mnist_14(watch):
    class Vae(nn.Module):
        def __init__(self):
            super().__init__()
            self.encode = nn.Sequential(nn.Linear(784, 200), nn.ReLU(), nn.Linear(200, 24))
            self.decode = nn.Sequential(nn.Linear(12, 200), nn.ReLU(), nn.Linear(200, 784))

        def forward(self, x):
            mean, spread = self.encode(x).chunk(2, 1)
            z = mean + torch.randn_like(mean) * (0.5 * spread).exp() if self.training else mean
            return torch.cat([self.decode(z), mean, spread], 1)

    def loss_fn(out, x):
        logits, mean, spread = out.split([784, 12, 12], 1)
        rebuilt = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
        return (rebuilt - 0.5 * (1 + spread - mean**2 - spread.exp()).sum(1)).mean()

    torch.manual_seed(23)
    x = data.mnist(0, 5000)[0].flatten(1).float() / 255
    vx = data.mnist(9000, 10000)[0].flatten(1).float() / 255
    train, val = Batches(x, x, 100), Batches(vx, vx, 250, shuffle=False)
    model = Vae()
    opt = torch.optim.Adam(model.parameters(), 1e-3)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        optimise(model, loss_fn, opt, train, 15)
    return run


@PROGRAMS("mnist-15", fault="sign-error", data="mnist", kind="images")
def mnist_15(watch):
    def loss_fn(logits, y):
        log_p = logits - logits.logsumexp(1, keepdim=True)
        return log_p[torch.arange(len(y)), y].mean().clamp(min=-50)

    torch.manual_seed(24)
    train, val = both()
    model = nn.Sequential(stem(), nn.Linear(384, 10))
    opt = torch.optim.Adam(model.parameters(), 1e-3)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        optimise(model, loss_fn, opt, train, 4)
    return run


@PROGRAMS("mnist-16", fault="bad-initialisation", data="mnist", kind="images")
def mnist_16(watch):
    torch.manual_seed(25)
    train, val = both(flat=True)
    model = nn.Sequential(nn.Linear(784, 100), nn.Tanh(), nn.Linear(100, 100), nn.Tanh(), nn.Linear(100, 10))
    with torch.no_grad():
        for weight in model.parameters():
            weight.normal_(0, 3)
    opt, loss_fn = torch.optim.SGD(model.parameters(), 0.01, momentum=0.9), nn.CrossEntropyLoss()
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        optimise(model, loss_fn, opt, train, 8)
    return run


@PROGRAMS("mnist-17", fault="vanishing-gradients", data="mnist", kind="images")
def mnist_17(watch):
    torch.manual_seed(26)
    train, val = both()
    parts, width = [], 1
    for out, stride in ((8, 2), (8, 1), (12, 2), (12, 1), (16, 2), (16, 1)):
        parts += [nn.Conv2d(width, out, 3, stride, 1), nn.Sigmoid()]
        width = out
    model = nn.Sequential(*parts, nn.Flatten(), nn.Linear(256, 10))
    opt, loss_fn = torch.optim.SGD(model.parameters(), 0.02, momentum=0.9), nn.CrossEntropyLoss()
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        optimise(model, loss_fn, opt, train, 6)
    return run


@PROGRAMS("mnist-18", fault="batch-norm-batch-1", data="mnist", kind="images")
def mnist_18(watch):
    torch.manual_seed(27)
    train, val = both(1500, 1)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 5, 3), nn.ReLU(), nn.Conv2d(8, 16, 3, 2), nn.ReLU(), nn.Conv2d(16, 16, 2),
        nn.BatchNorm2d(16), nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10),
    )  # fmt: skip
    opt, loss_fn = torch.optim.Adam(model.parameters(), 1e-3), nn.CrossEntropyLoss()
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        optimise(model, loss_fn, opt, train, 3)
    return run


@PROGRAMS("mnist-19", fault="learning-rate-too-low", data="mnist", kind="images")
def mnist_19(watch):
    torch.manual_seed(28)
    train, val = both()
    model = nn.Sequential(stem(), nn.Linear(384, 32), nn.ReLU(), nn.Linear(32, 10))
    opt, loss_fn = torch.optim.Adam(model.parameters(), 2e-6), nn.CrossEntropyLoss()
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        optimise(model, loss_fn, opt, train, 8)
    return run


@PROGRAMS("mnist-20", fault="double-softmax", data="mnist", kind="images")
def mnist_20(watch):
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem, self.out = stem(8), nn.Linear(256, 10)

        def forward(self, x):
            p = F.softmax(self.out(self.stem(x)), dim=1)
            return F.log_softmax(p, dim=1)

    torch.manual_seed(29)
    train, val = both()
    model, loss_fn = Net(), nn.NLLLoss()
    opt = torch.optim.SGD(model.parameters(), 0.02, momentum=0.8)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        optimise(model, loss_fn, opt, train, 5)
    return run


@PROGRAMS("mnist-21", fault="implementation-bug", data="mnist", kind="images")
def mnist_21(watch):
    torch.manual_seed(30)
    x, y = digits(0, 4000)
    train = DataLoader(TensorDataset(x, y), 50)
    _, val = both()
    model, loss_fn = nn.Sequential(stem(8), nn.Linear(256, 10)), nn.CrossEntropyLoss()
    opt = torch.optim.Adam(model.parameters(), 1e-3)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(5 * len(train)):
            a, b = next(iter(train))
            opt.zero_grad()
            loss_fn(model(a), b).backward()
            opt.step()
    return run


@PROGRAMS("mnist-22", fault="features-uninformative", data="mnist", kind="images")
def mnist_22(watch):
    torch.manual_seed(31)
    x, y = data.mnist(0, 3000)
    vx, vy = data.mnist(9000, 10000)
    x, vx = ((pixels[:, None].int() // 256).float() for pixels in (x, vx))
    train, val = Batches(x, y, 50), Batches(vx, vy, 250, shuffle=False)
    model, loss_fn = nn.Sequential(stem(8), nn.Linear(256, 10)), nn.CrossEntropyLoss()
    opt = torch.optim.Adam(model.parameters(), 1e-3)
    with watch(model, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        optimise(model, loss_fn, opt, train, 6)
    return run
