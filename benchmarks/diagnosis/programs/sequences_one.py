"""Synthetic sequences, and letters of real bank queries."""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.diagnosis.programs import data
from benchmarks.diagnosis.programs.registry import PROGRAMS


def served(x, y, cut, size):
    return DataLoader(TensorDataset(x[:cut], y[:cut]), size, shuffle=True), DataLoader(TensorDataset(x[cut:], y[cut:]), 200)


class Reader(nn.Module):
    def __init__(self, kind, inputs, width, outputs, **options):
        super().__init__()
        self.rnn = kind(inputs, width, batch_first=True, **options)
        self.out = nn.Linear(width, outputs)

    def forward(self, x):
        return self.out(self.rnn(x)[0][:, -1])


def go(model, optimizer, loss_fn, train, epochs, clip=None):
    for _ in range(epochs):
        model.train()
        for x, y in train:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            if clip is not None:
                nn.utils.clip_grad_value_(model.parameters(), clip)
            optimizer.step()


@PROGRAMS("synthetic-11", fault=None, data="sums of sequences (synthetic)", kind="table")
def synthetic_11(watch):
    torch.manual_seed(0)
    x = torch.randn(1500, 12, 1)
    train, val = served(x, x.sum(1) / math.sqrt(12), 1100, 50)
    model, loss_fn = Reader(nn.GRU, 1, 24, 1), nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), 5e-3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        go(model, optimizer, loss_fn, train, 20, clip=1.0)
    return run


@PROGRAMS(
    "synthetic-12",
    fault="exploding-gradients",
    data="sums of sequences (synthetic)",
    kind="table",
    also=("bad-initialisation",),
)
def synthetic_12(watch):
    torch.manual_seed(1)
    x = torch.rand(1200, 50, 2)
    y = (x[:, :, 0] - x[:, :, 1]).sum(1, keepdim=True) / 3
    train, val = served(x, y, 900, 30)
    model, loss_fn = Reader(nn.RNN, 2, 32, 1, nonlinearity="relu"), nn.MSELoss()
    nn.init.orthogonal_(model.rnn.weight_hh_l0, gain=1.8)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        go(model, optimizer, loss_fn, train, 20)
    return run


@PROGRAMS("synthetic-13", fault="vanishing-gradients", data="recall of the first sign (synthetic)", kind="table")
def synthetic_13(watch):
    class Memory(nn.Module):
        def __init__(self, width=24):
            super().__init__()
            self.take, self.keep, self.out = nn.Linear(3, width), nn.Linear(width, width), nn.Linear(width, 3)

        def forward(self, x):
            hidden = torch.zeros(len(x), self.keep.out_features)
            for step in x.unbind(1):
                hidden = torch.sigmoid(self.take(step) + self.keep(hidden))
            return self.out(hidden)

    torch.manual_seed(2)
    y = torch.randint(0, 3, (1200,))
    x = torch.cat([F.one_hot(y, 3)[:, None].float() * 2, 0.1 * torch.randn(1200, 24, 3)], 1)
    train, val = served(x, y, 900, 30)
    model, loss_fn = Memory(), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), 2e-3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        go(model, optimizer, loss_fn, train, 15)
    return run


def tones(count, length=64):
    y = torch.randint(0, 4, (count,))
    time = torch.arange(length) / length
    phase = 2 * math.pi * torch.rand(count, 1)
    x = torch.sin(2 * math.pi * (2 + 2 * y[:, None]) * time + phase) + 0.7 * torch.randn(count, length)
    return x[:, None], y


@PROGRAMS("synthetic-14", fault=None, data="tones in noise (synthetic)", kind="table")
def synthetic_14(watch):
    torch.manual_seed(3)
    train, val = served(*tones(1400), 1000, 40)
    model = nn.Sequential(
        nn.Conv1d(1, 16, 9, 2, 4), nn.BatchNorm1d(16), nn.ReLU(), nn.Conv1d(16, 16, 9, 2, 4), nn.BatchNorm1d(16), nn.ReLU(),
        nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(16, 4),
    )  # fmt: skip
    loss_fn, optimizer = nn.CrossEntropyLoss(), torch.optim.Adagrad(model.parameters(), 0.02)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        go(model, optimizer, loss_fn, train, 20)
    return run


@PROGRAMS("synthetic-15", fault="implementation-bug", data="tones in noise (synthetic)", kind="table")
def synthetic_15(watch):
    torch.manual_seed(4)
    train, val = served(*tones(1400), 1000, 25)
    model = nn.Sequential(
        nn.Conv1d(1, 16, 9, 2, 4),
        nn.ReLU(),
        nn.Conv1d(16, 16, 9, 2, 4),
        nn.ReLU(),
        nn.AdaptiveMaxPool1d(1),
        nn.Flatten(),
        nn.Linear(16, 4),
    )
    loss_fn, optimizer = nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), 3e-3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(20):
            for x, y in train:
                optimizer.zero_grad()
                loss = loss_fn(model(x), y)
                loss.backward()
            optimizer.step()
    return run


@PROGRAMS("synthetic-16", fault="missing-zero-grad", data="tones in noise (synthetic)", kind="table")
def synthetic_16(watch):
    torch.manual_seed(5)
    train, val = served(*tones(1400), 1000, 25)
    model = nn.Sequential(
        nn.Conv1d(1, 16, 9, 2, 4),
        nn.ReLU(),
        nn.Conv1d(16, 16, 9, 2, 4),
        nn.ReLU(),
        nn.AdaptiveMaxPool1d(1),
        nn.Flatten(),
        nn.Linear(16, 4),
    )
    loss_fn, optimizer = nn.CrossEntropyLoss(), torch.optim.SGD(model.parameters(), 0.05, momentum=0.9)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(20):
            total = 0.0
            for x, y in train:
                loss = loss_fn(model(x), y)
                loss.backward()
                optimizer.step()
                total += loss.item()
    return run


@PROGRAMS("synthetic-17", fault=None, data="tones in noise (synthetic)", kind="table")
def synthetic_17(watch):
    class Tagger(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn, self.out = nn.LSTM(1, 20, batch_first=True, bidirectional=True), nn.Linear(40, 2)

        def forward(self, x):
            return self.out(self.rnn(x)[0])

    def loss_fn(out, y):
        return F.cross_entropy(out.transpose(1, 2), y)

    torch.manual_seed(6)
    signal = torch.randn(900, 24, 1)
    smooth = F.avg_pool1d(signal.transpose(1, 2), 3, 1, 1, count_include_pad=False).transpose(1, 2)
    train, val = served(signal, (smooth[..., 0] > 0).long(), 700, 35)
    model = Tagger()
    optimizer = torch.optim.Adam(model.parameters(), 0.01)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        go(model, optimizer, loss_fn, train, 15)
    return run


def letters(count, length=32):
    texts, _ = data.intents(77)
    signs = " abcdefghijklmnopqrstuvwxyz?'"
    line = " ".join(text.lower() for text in texts[:count])
    ids = torch.tensor([max(signs.find(sign), 0) for sign in line])
    rows = ids[: len(ids) // (length + 1) * (length + 1)].view(-1, length + 1)
    return rows[:, :-1], rows[:, 1:], len(signs)


class Letters(nn.Module):
    def __init__(self, signs, width=64):
        super().__init__()
        self.embed, self.rnn, self.out = (
            nn.Embedding(signs, 24),
            nn.GRU(24, width, batch_first=True),
            nn.Linear(width, signs),
        )

    def forward(self, x):
        return self.out(self.rnn(self.embed(x))[0])


def per_letter(out, y):
    return F.cross_entropy(out.flatten(0, 1), y.flatten())


@PROGRAMS("bank-21", fault=None, data="banking77", kind="text")
def bank_21(watch):
    torch.manual_seed(7)
    x, y, signs = letters(900)
    train, val = served(x, y, len(x) * 4 // 5, 32)
    model = Letters(signs)
    optimizer = torch.optim.Adam(model.parameters(), 5e-3)
    with watch(model, optimizer=optimizer, loss_fn=per_letter, train=train, validation=val) as run:
        go(model, optimizer, per_letter, train, 8, clip=0.5)
    return run


@PROGRAMS("bank-22", fault="wrong-axis", data="banking77", kind="text")
def bank_22(watch):
    class Mixed(Letters):
        def forward(self, x):
            hidden, _ = self.rnn(self.embed(x))
            return self.out(hidden.transpose(0, 1).reshape(len(x), -1, hidden.shape[2]))

    torch.manual_seed(8)
    x, y, signs = letters(900)
    train, val = served(x, y, len(x) * 4 // 5, 24)
    model = Mixed(signs)
    optimizer = torch.optim.Adam(model.parameters(), 5e-3)
    with watch(model, optimizer=optimizer, loss_fn=per_letter, train=train, validation=val) as run:
        go(model, optimizer, per_letter, train, 8, clip=0.5)
    return run


@PROGRAMS("bank-23", fault="learning-rate-too-high", data="banking77", kind="text")
def bank_23(watch):
    torch.manual_seed(9)
    x, y, signs = letters(700)
    train, val = served(x, y, len(x) * 4 // 5, 32)
    model = Letters(signs)
    optimizer = torch.optim.RMSprop(model.parameters(), 0.2)
    with watch(model, optimizer=optimizer, loss_fn=per_letter, train=train, validation=val) as run:
        go(model, optimizer, per_letter, train, 8)
    return run
