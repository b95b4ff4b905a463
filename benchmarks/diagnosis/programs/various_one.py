"""A mixed bag: distillation, segmentation, localisation, checkpoints, parameter groups."""

from __future__ import annotations

import copy

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Subset, TensorDataset

from benchmarks.diagnosis.programs import data
from benchmarks.diagnosis.programs.registry import PROGRAMS


def held_back(x, y, share=0.25, size=50, shuffle=True):
    cut = int(len(y) * (1 - share))
    whole = TensorDataset(x, y)
    return DataLoader(Subset(whole, range(cut)), size, shuffle=shuffle), DataLoader(Subset(whole, range(cut, len(y))), 200)


def one_epoch(net, loader, loss_fn, opt):
    for x, y in loader:
        net.zero_grad()
        loss = loss_fn(net(x), y)
        loss.backward()
        opt.step()


@PROGRAMS("mnist-23", fault=None, data="mnist", kind="images")
def mnist_23(watch):
    torch.manual_seed(0)
    x, y = data.mnist(0, 4000)
    x = x.flatten(1) / 255
    teacher = nn.Sequential(nn.Linear(784, 200), nn.ReLU(), nn.Linear(200, 10))
    opt = torch.optim.Adam(teacher.parameters(), 2e-3)
    for _ in range(6):
        one_epoch(teacher, held_back(x, y, 0.1)[0], F.cross_entropy, opt)
    with torch.no_grad():
        soft = F.softmax(teacher(x) / 2, 1)
    train, val = held_back(x, soft)

    def loss_fn(out, target):
        return F.kl_div(F.log_softmax(out / 2, 1), target, reduction="batchmean") * 4

    net = nn.Sequential(nn.Linear(784, 24), nn.ReLU(), nn.Linear(24, 10))
    opt = torch.optim.Adam(net.parameters(), 2e-3)
    with watch(net, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(15):
            one_epoch(net, train, loss_fn, opt)
    return run


@PROGRAMS("mnist-24", fault=None, data="mnist", kind="images")
def mnist_24(watch):
    torch.manual_seed(1)
    x, _ = data.mnist(0, 2400)
    place = torch.randint(0, 5, (2400, 2))
    canvas = torch.zeros(2400, 1, 32, 32)
    for n, (row, column) in enumerate((place * 4).tolist()):
        canvas[n, 0, row : row + 14, column : column + 14] = x[n, ::2, ::2] / 255
    train, val = held_back(canvas, place.float() / 2 - 1, size=40)
    net = nn.Sequential(
        nn.Conv2d(1, 8, 3, 2, 1),
        nn.ReLU(),
        nn.Conv2d(8, 16, 3, 2, 1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(1024, 64),
        nn.ReLU(),
        nn.Linear(64, 2),
    )
    loss_fn, opt = nn.SmoothL1Loss(), torch.optim.Adam(net.parameters(), 1e-3)
    with watch(net, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(10):
            one_epoch(net, train, loss_fn, opt)
    return run


@PROGRAMS("pen-22", fault=None, data="opencv_digits", kind="images")
def pen_22(watch):
    torch.manual_seed(2)
    x, _ = data.pen(0, 1000)
    clean = (x[:, None] > 127).float()
    noisy = x[:, None] / 255 + 0.4 * torch.randn(1000, 1, 20, 20)
    train, val = held_back(noisy, clean, size=20)

    class Mask(nn.Module):
        def __init__(self):
            super().__init__()
            self.down, self.middle = nn.Conv2d(1, 12, 3, 2, 1), nn.Conv2d(12, 12, 3, 1, 1)
            self.up, self.last = nn.ConvTranspose2d(12, 8, 2, 2), nn.Conv2d(9, 1, 3, 1, 1)

        def forward(self, image):
            hidden = F.relu(self.middle(F.relu(self.down(image))))
            return self.last(torch.cat([image, F.relu(self.up(hidden))], 1))

    net, loss_fn = Mask(), nn.BCEWithLogitsLoss()
    opt = torch.optim.Adam(net.parameters(), 3e-3)
    with watch(net, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(10):
            one_epoch(net, train, loss_fn, opt)
    return run


@PROGRAMS("wine-06", fault=None, data="wine", kind="table")
def wine_06(watch):
    torch.manual_seed(3)
    x, y = data.table("wine")
    train, val = held_back(torch.from_numpy(x), torch.from_numpy(y), 0.4, 16)
    net = nn.Sequential(nn.BatchNorm1d(13), nn.Linear(13, 24), nn.ReLU(), nn.Linear(24, 3))
    loss_fn, opt = nn.CrossEntropyLoss(), torch.optim.Adam(net.parameters(), 5e-3)
    with watch(net, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(40):
            net.train()
            one_epoch(net, train, loss_fn, opt)
            net.eval()
    return run


@PROGRAMS("wine-07", fault="eval-mode-left-on", data="wine", kind="table")
def wine_07(watch):
    torch.manual_seed(4)
    x, y = data.table("wine")
    train, val = held_back(torch.from_numpy(x), torch.from_numpy(y), 0.4, 16)
    net = nn.Sequential(nn.BatchNorm1d(13), nn.Linear(13, 24), nn.Tanh(), nn.Linear(24, 3))
    loss_fn, opt = nn.CrossEntropyLoss(), torch.optim.SGD(net.parameters(), 0.02, momentum=0.9)

    def accuracy():
        net.eval()
        with torch.no_grad():
            return sum(int((net(a).argmax(1) == b).sum()) for a, b in val) / len(val.dataset)

    with watch(net, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        before = accuracy()
        for _ in range(40):
            one_epoch(net, train, loss_fn, opt)
            before = max(before, accuracy())
    return run


@PROGRAMS("iris-02", fault=None, data="iris", kind="table")
def iris_02(watch):
    torch.manual_seed(5)
    x, y = data.table("iris")
    x = torch.from_numpy((x - x[:100].mean(0)) / x[:100].std(0))
    train, val = held_back(x, torch.from_numpy((y == 0).astype("float32"))[:, None], 0.4, 10)
    net = nn.Sequential(nn.Linear(4, 4), nn.Sigmoid(), nn.Linear(4, 1))
    loss_fn, opt = nn.BCEWithLogitsLoss(), torch.optim.SGD(net.parameters(), 0.2, momentum=0.9)
    with watch(net, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(40):
            one_epoch(net, train, loss_fn, opt)
    return run


@PROGRAMS("pen-23", fault=None, data="opencv_digits", kind="images")
def pen_23(watch):
    torch.manual_seed(6)
    x, y = data.pen(0, 2800)
    train, val = held_back(x.flatten(1) / 255, y, size=1)
    net = nn.Sequential(nn.Linear(400, 40), nn.ReLU(), nn.Linear(40, 10))
    loss_fn, opt = nn.CrossEntropyLoss(), torch.optim.SGD(net.parameters(), 0.02)
    with watch(net, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(4):
            one_epoch(net, train, loss_fn, opt)
    return run


@PROGRAMS("pen-24", fault=None, data="opencv_digits", kind="images")
def pen_24(watch):
    torch.manual_seed(7)
    x, y = data.pen(0, 3000)
    train, val = held_back(x[:, None] / 255, y, size=64, shuffle=False)
    trunk = nn.Sequential(nn.Conv2d(1, 12, 5), nn.ReLU(), nn.MaxPool2d(4), nn.Flatten())
    head = nn.Sequential(nn.Linear(192, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 10), nn.LogSoftmax(1))
    net, loss_fn = nn.Sequential(trunk, head), nn.CrossEntropyLoss()
    opt = torch.optim.AdamW(
        [{"params": trunk.parameters(), "lr": 1e-3}, {"params": head.parameters(), "lr": 3e-3}], weight_decay=0.05
    )
    with watch(net, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(12):
            net.train()
            one_epoch(net, train, loss_fn, opt)
            net.eval()
    return run


@PROGRAMS("digits-05", fault=None, data="digits", kind="table")
def digits_05(watch):
    torch.manual_seed(8)
    x, y = data.table("digits")
    train, val = held_back(torch.from_numpy(x / 16), torch.from_numpy(y), size=40)
    parts = [nn.Linear(64, 48)]
    for _ in range(10):
        parts += [nn.LayerNorm(48), nn.GELU(), nn.Linear(48, 48)]
    net = nn.Sequential(*parts, nn.LayerNorm(48), nn.Linear(48, 10))
    loss_fn, opt = nn.CrossEntropyLoss(), torch.optim.Adam(net.parameters(), 1e-3)
    with watch(net, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(12):
            one_epoch(net, train, loss_fn, opt)
    return run


@PROGRAMS("pen-25", fault="implementation-bug", data="opencv_digits", kind="images")
def pen_25(watch):
    torch.manual_seed(9)
    x, y = data.pen(0, 3000)
    train, val = held_back(x[:, None] / 255, y, size=100)
    net = nn.Sequential(nn.Conv2d(1, 8, 5, 2), nn.ReLU(), nn.Flatten(), nn.Linear(512, 32), nn.ReLU(), nn.Linear(32, 10))
    loss_fn, opt = nn.CrossEntropyLoss(), torch.optim.SGD(net.parameters(), 0.02, momentum=0.5)
    best, kept = 0.0, copy.deepcopy(net.state_dict())
    with watch(net, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(15):
            one_epoch(net, train, loss_fn, opt)
            with torch.no_grad():
                loss = sum(float(loss_fn(net(a), b)) for a, b in val)
            if loss < best:
                best, kept = loss, copy.deepcopy(net.state_dict())
            else:
                net.load_state_dict(kept)
    return run


@PROGRAMS("pen-26", fault=None, data="opencv_digits", kind="images")
def pen_26(watch):
    torch.manual_seed(10)
    x, y = data.pen(0, 800)
    x = (x[:, None] - 40.0) / 80
    train = DataLoader(TensorDataset(x[:200], y[:200]), 20, shuffle=True)
    val = DataLoader(TensorDataset(x[200:], y[200:]), 200)
    net = nn.Sequential(
        nn.Conv2d(1, 16, 5, 2),
        nn.ReLU(),
        nn.Conv2d(16, 16, 3, 2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Dropout(0.5),
        nn.Linear(144, 10),
    )
    loss_fn, opt = nn.CrossEntropyLoss(), torch.optim.AdamW(net.parameters(), 3e-3, weight_decay=0.1)
    with watch(net, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(40):
            net.train()
            one_epoch(net, train, loss_fn, opt)
            net.eval()
    return run


@PROGRAMS("pen-27", fault=None, data="opencv_digits", kind="images")
def pen_27(watch):
    torch.manual_seed(11)
    x = data.pen(0, 4000)[0].flatten(1) / 255
    train, val = held_back(x, x, size=40)
    net = nn.Sequential(
        nn.Linear(400, 128), nn.ReLU(), nn.Linear(128, 16), nn.Linear(16, 128), nn.ReLU(), nn.Linear(128, 400), nn.Sigmoid()
    )
    loss_fn, opt = nn.BCELoss(), torch.optim.Adam(net.parameters(), 2e-3)
    with watch(net, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(25):
            one_epoch(net, train, loss_fn, opt)
    return run


@PROGRAMS("pen-28", fault="eval-mode-left-on", data="opencv_digits", kind="images")
def pen_28(watch):
    def block(a, b, stride):
        return nn.Sequential(nn.Conv2d(a, b, 3, stride, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU())

    torch.manual_seed(12)
    x, y = data.pen(0, 3000)
    train, val = held_back(x[:, None].float(), y, size=50)
    net = nn.Sequential(
        block(1, 8, 2),
        block(8, 16, 2),
        *[block(16, 16, 1) for _ in range(6)],
        block(16, 24, 2),
        nn.Flatten(),
        nn.Linear(216, 10),
    )
    loss_fn, opt = nn.CrossEntropyLoss(), torch.optim.SGD(net.parameters(), 0.05, momentum=0.9)
    with watch(net, optimizer=opt, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(8):
            net.eval()
            with torch.no_grad():
                right = sum(int((net(a).argmax(1) == b).sum()) for a, b in val)
            if right == len(val.dataset):
                break
            one_epoch(net, train, loss_fn, opt)
    return run
