"""Bank queries and what their writers want: bags of words, recurrent networks."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.diagnosis.programs import data
from benchmarks.diagnosis.programs.registry import PROGRAMS


def sequences(classes, skip=0, length=16, size=32, held=0.25, shuffle=True):
    texts, y = data.intents(classes, skip)
    cut = int(len(texts) * (1 - held))
    known = data.vocabulary(texts[:cut], 600)
    x, y = data.token_ids(texts, known, length), torch.from_numpy(y)
    train = DataLoader(TensorDataset(x[:cut], y[:cut]), size, shuffle=shuffle)
    return train, DataLoader(TensorDataset(x[cut:], y[cut:]), 128), len(known) + 2


class Recurrent(nn.Module):
    def __init__(self, vocabulary, classes, width=32, dropout=0.0, batch_first=True):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, width, padding_idx=0)
        self.lstm = nn.LSTM(width, width, batch_first=batch_first, bidirectional=True)
        self.drop = nn.Dropout(dropout)
        self.out = nn.Linear(2 * width, classes)

    def forward(self, tokens):
        states, _ = self.lstm(self.embed(tokens))
        return self.out(self.drop(states.max(1).values))


class Mean(nn.Module):
    def __init__(self, vocabulary, classes, width=48):
        super().__init__()
        self.embed = nn.EmbeddingBag(vocabulary, width, mode="mean", padding_idx=0)
        self.out = nn.Linear(width, classes)

    def forward(self, tokens):
        return self.out(self.embed(tokens))


def learn(model, optimizer, loss_fn, train, epochs, val=None):
    for _ in range(epochs):
        model.train()
        for tokens, labels in train:
            optimizer.zero_grad()
            loss = loss_fn(model(tokens), labels)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()
        if val is not None:
            model.eval()
            with torch.no_grad():
                for tokens, _labels in val:
                    model(tokens)


@PROGRAMS("bank-01", fault=None, data="banking77", kind="text")
def bank_01(watch):
    torch.manual_seed(0)
    train, val, size = sequences(20)
    model, loss_fn = Mean(size, 20), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), 0.01)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        learn(model, optimizer, loss_fn, train, 12, val)
    return run


@PROGRAMS("bank-02", fault=None, data="banking77", kind="text")
def bank_02(watch):
    torch.manual_seed(1)
    train, val, size = sequences(12, 10)
    model, loss_fn = Recurrent(size, 12, dropout=0.5), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), 3e-3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        learn(model, optimizer, loss_fn, train, 12, val)
    return run


@PROGRAMS("bank-03", fault="wrong-axis", data="banking77", kind="text")
def bank_03(watch):
    class Reader(nn.Module):
        def __init__(self, vocabulary):
            super().__init__()
            self.embed = nn.Embedding(vocabulary, 24)
            self.rnn = nn.LSTM(24, 32)
            self.out = nn.Linear(32, 8)

        def forward(self, tokens):
            states, (_last, _) = self.rnn(self.embed(tokens))
            return self.out(states[:, -1])

    torch.manual_seed(2)
    train, val, size = sequences(8, 20)
    model, loss_fn = Reader(size), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), 5e-3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        learn(model, optimizer, loss_fn, train, 20, val)
    return run


@PROGRAMS("bank-04", fault="inputs-unscaled", data="banking77", kind="text")
def bank_04(watch):
    torch.manual_seed(3)
    texts, y = data.intents(8, 30)
    known = data.vocabulary(texts[:800], 600)
    x, y = data.token_ids(texts, known, 16).float(), torch.from_numpy(y)
    train = DataLoader(TensorDataset(x[:800], y[:800]), 32, shuffle=True)
    val = DataLoader(TensorDataset(x[800:], y[800:]), 128)
    model = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 8))
    optimizer, loss_fn = torch.optim.Adam(model.parameters(), 2e-3), nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        learn(model, optimizer, loss_fn, train, 30, val)
    return run


@PROGRAMS("bank-05", fault="data-in-order", data="banking77", kind="text")
def bank_05(watch):
    class Rounds:
        def __init__(self, x, y, size):
            self.x, self.y, self.size = x, y, size

        def __len__(self):
            return -(-len(self.y) // self.size)

        def __iter__(self):
            for start in range(0, len(self.y), self.size):
                yield self.x[start : start + self.size], self.y[start : start + self.size]

    torch.manual_seed(4)
    texts, y = data.intents(10, 40)
    known = data.vocabulary(texts[:1000], 600)
    x, y = data.token_ids(texts, known, 16), torch.from_numpy(y)
    vx, vy = x[1000:], y[1000:]
    groups = torch.sort(y[:1000], stable=True)
    train, val = Rounds(x[groups.indices], groups.values, 20), [(vx, vy)]
    model, loss_fn = Recurrent(len(known) + 2, 10, 24), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), 0.02)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        learn(model, optimizer, loss_fn, train, 8, val)
    return run


@PROGRAMS("bank-06", fault="unsolvable", data="banking77", kind="text")
def bank_06(watch):
    torch.manual_seed(5)
    texts, intent = data.intents(10, 50)
    known = data.vocabulary(texts, 600)
    x = data.token_ids(texts, known, 16)
    y = torch.from_numpy(np.random.default_rng(5).integers(0, 2, len(intent)))
    train = DataLoader(TensorDataset(x[:1000], y[:1000]), 50, shuffle=True)
    val = DataLoader(TensorDataset(x[1000:], y[1000:]), 128)
    model, loss_fn = Recurrent(len(known) + 2, 2, 24, dropout=0.3), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        learn(model, optimizer, loss_fn, train, 6, val)
    return run


@PROGRAMS("bank-07", fault="answer-in-input", data="banking77", kind="text")
def bank_07(watch):
    torch.manual_seed(6)
    texts, y = data.intents(77)
    texts, y = texts[:4000], y[:4000]
    texts = [f"q{chr(97 + label // 26)}{chr(97 + label % 26)} {text}" for text, label in zip(texts, y, strict=True)]
    known = data.vocabulary(texts[:3000], 1200)
    x, y = data.token_ids(texts, known, 20), torch.from_numpy(y)
    train = DataLoader(TensorDataset(x[:3000], y[:3000]), 64, shuffle=True)
    val = DataLoader(TensorDataset(x[3000:], y[3000:]), 250)
    model, loss_fn = Recurrent(len(known) + 2, 77, 48), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), 3e-3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        learn(model, optimizer, loss_fn, train, 9, val)
    return run


@PROGRAMS("bank-08", fault="features-uninformative", data="banking77", kind="text")
def bank_08(watch):
    torch.manual_seed(7)
    texts, y = data.intents(10, 5)
    known = {word.title() + ".": number for word, number in data.vocabulary(texts[:900], 600).items()}
    x, y = data.token_ids(texts, known, 8), torch.from_numpy(y)
    train = DataLoader(TensorDataset(x[:900], y[:900]), 32, shuffle=True)
    val = DataLoader(TensorDataset(x[900:], y[900:]), 128)
    model, loss_fn = Mean(len(known) + 2, 10), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), 0.01)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        learn(model, optimizer, loss_fn, train, 20, val)
    return run


@PROGRAMS("bank-09", fault="frozen-parameters", data="banking77", kind="text")
def bank_09(watch):
    class Encoder(nn.Module):
        def __init__(self, vocabulary):
            super().__init__()
            self.embed = nn.Embedding(vocabulary, 8)
            self.gru = nn.GRU(8, 12, batch_first=True)
            self.head = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 12))

        def forward(self, tokens):
            states, _ = self.gru(self.embed(tokens))
            return self.head(states.mean(1).detach())

    torch.manual_seed(8)
    train, val, size = sequences(12, 60)
    model, loss_fn = Encoder(size), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), 5e-3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        learn(model, optimizer, loss_fn, train, 15, val)
    return run


@PROGRAMS("bank-10", fault=None, data="banking77", kind="text")
def bank_10(watch):
    torch.manual_seed(9)
    texts, intent = data.intents(15, 25)
    known = data.vocabulary(texts[:1400], 800)
    x = data.bag(texts, known)
    y = torch.tensor(intent == 3).float()
    batches = DataLoader(TensorDataset(x[:1400], y[:1400]), 40, shuffle=True)
    held = DataLoader(TensorDataset(x[1400:], y[1400:]), 200)
    model = nn.Sequential(nn.Linear(x.shape[1], 16), nn.ReLU(), nn.Linear(16, 1), nn.Flatten(0))
    loss_fn = nn.BCEWithLogitsLoss(pos_weight=torch.tensor(5.0))
    optimizer = torch.optim.Adam(model.parameters(), 2e-3, weight_decay=1e-4)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=batches, validation=held) as run:
        learn(model, optimizer, loss_fn, batches, 15, held)
    return run
