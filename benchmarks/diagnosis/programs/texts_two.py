"""Bank queries once more: attention, convolutions over words and letters, batches as dicts."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset

from benchmarks.diagnosis.programs import data
from benchmarks.diagnosis.programs.registry import PROGRAMS


class Queries(Dataset):
    def __init__(self, texts, labels, known, length=16):
        self.tokens, self.labels = data.token_ids(texts, known, length), torch.as_tensor(labels)

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return {"tokens": self.tokens[index], "labels": self.labels[index]}


def queries(classes, skip, size=32, words=600):
    texts, labels = data.intents(classes, skip)
    cut = len(texts) * 3 // 4
    known = data.vocabulary(texts[:cut], words)
    train = DataLoader(Queries(texts[:cut], labels[:cut], known), size, shuffle=True)
    return train, DataLoader(Queries(texts[cut:], labels[cut:], known), 100), len(known) + 2


class Attentive(nn.Module):
    def __init__(self, vocabulary, classes, width=32, layers=2, dropout=0.1):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, width)
        self.place = nn.Parameter(0.1 * torch.randn(16, width))
        layer = nn.TransformerEncoderLayer(width, 4, 2 * width, dropout, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
        self.out = nn.Linear(width, classes)

    def forward(self, tokens):
        hidden = self.encoder(self.embed(tokens) + self.place, src_key_padding_mask=tokens == 0)
        seen = (tokens != 0).unsqueeze(-1)
        return self.out((hidden * seen).sum(1) / seen.sum(1))


class WordConv(nn.Module):
    def __init__(self, vocabulary, classes, width=24):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, width)
        self.convs = nn.ModuleList(nn.Conv1d(width, 24, size, padding=1) for size in (2, 3))
        self.out = nn.Linear(48, classes)

    def forward(self, tokens):
        x = self.embed(tokens).transpose(1, 2)
        return self.out(torch.cat([F.relu(conv(x)).amax(2) for conv in self.convs], 1))


def epoch(model, train, optimizer, loss_fn, scheduler=None):
    model.train()
    for batch in train:
        loss = loss_fn(model(batch["tokens"]), batch["labels"])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if scheduler is not None:
            scheduler.step()


@PROGRAMS("bank-11", fault=None, data="banking77", kind="text")
def bank_11(watch):
    torch.manual_seed(0)
    train, val, size = queries(12, 0)
    model, loss_fn = Attentive(size, 12, dropout=0.3), nn.CrossEntropyLoss()
    optimizer = torch.optim.AdamW(model.parameters(), 3e-3)
    warm = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / 60))
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(9):
            epoch(model, train, optimizer, loss_fn, warm)
    return run


@PROGRAMS("bank-12", fault="learning-rate-too-high", data="banking77", kind="text")
def bank_12(watch):
    torch.manual_seed(1)
    train, val, size = queries(12, 12)
    model, loss_fn = Attentive(size, 12), nn.CrossEntropyLoss()
    optimizer = torch.optim.AdamW(model.parameters(), 0.3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(8):
            epoch(model, train, optimizer, loss_fn)
    return run


@PROGRAMS("bank-13", fault=None, data="banking77", kind="text")
def bank_13(watch):
    torch.manual_seed(2)
    train, val, size = queries(16, 30)
    model, loss_fn = WordConv(size, 16), nn.CrossEntropyLoss(label_smoothing=0.05)
    optimizer = torch.optim.Adam(model.parameters(), 3e-3)
    best, since = 1e9, 0
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        while since < 3:
            epoch(model, train, optimizer, loss_fn)
            model.eval()
            with torch.no_grad():
                loss = sum(float(loss_fn(model(batch["tokens"]), batch["labels"])) for batch in val)
            best, since = (loss, 0) if loss < best else (best, since + 1)
    return run


@PROGRAMS("bank-14", fault="double-softmax", data="banking77", kind="text")
def bank_14(watch):
    def loss_fn(out, labels):
        return F.cross_entropy(F.softmax(out, dim=1), labels)

    torch.manual_seed(3)
    train, val, size = queries(20, 45)
    model = WordConv(size, 20)
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(15):
            epoch(model, train, optimizer, loss_fn)
    return run


@PROGRAMS("bank-15", fault="not-started-yet", data="banking77", kind="text")
def bank_15(watch):
    torch.manual_seed(4)
    train, val, size = queries(12, 24, 128)
    model, loss_fn = Attentive(size, 12, width=64), nn.CrossEntropyLoss()
    optimizer = torch.optim.AdamW(model.parameters(), 5e-4)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(2):
            epoch(model, train, optimizer, loss_fn)
    return run


@PROGRAMS("bank-16", fault="optimizer-unsuited", data="banking77", kind="text")
def bank_16(watch):
    torch.manual_seed(5)
    train, val, size = queries(12, 36, 8)
    model, loss_fn = Attentive(size, 12), nn.CrossEntropyLoss()
    optimizer = torch.optim.Rprop(model.parameters(), 1e-2)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(8):
            epoch(model, train, optimizer, loss_fn)
    return run


@PROGRAMS("bank-17", fault="over-regularised", data="banking77", kind="text")
def bank_17(watch):
    torch.manual_seed(6)
    train, val, size = queries(12, 48)
    model, loss_fn = Attentive(size, 12, dropout=0.9), nn.CrossEntropyLoss()
    optimizer = torch.optim.AdamW(model.parameters(), 2e-3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(10):
            epoch(model, train, optimizer, loss_fn)
    return run


@PROGRAMS("bank-18", fault=None, data="banking77", kind="text")
def bank_18(watch):
    torch.manual_seed(7)
    train, val, size = queries(12, 60, 8)
    model, loss_fn = Attentive(size, 12, layers=1, dropout=0.3), nn.CrossEntropyLoss()
    optimizer = torch.optim.AdamW(model.parameters(), 3e-3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(10):
            model.train()
            for number, batch in enumerate(train, 1):
                (loss_fn(model(batch["tokens"]), batch["labels"]) / 4).backward()
                if number % 4 == 0:
                    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                    optimizer.step()
                    optimizer.zero_grad()
    return run


@PROGRAMS("bank-19", fault="unregistered-parameters", data="banking77", kind="text")
def bank_19(watch):
    class Sized(nn.Module):
        def __init__(self, vocabulary, classes):
            super().__init__()
            self.embed = nn.Embedding(vocabulary, 6)
            self.convs = {size: nn.Conv1d(6, 6, size, padding=1) for size in (2, 3)}
            self.squeeze = {"mix": nn.Linear(12, 6)}
            self.out = nn.Linear(6, classes)
            for part in (*self.convs.values(), *self.squeeze.values()):
                nn.init.xavier_uniform_(part.weight, gain=0.3)

        def forward(self, tokens):
            x = self.embed(tokens).transpose(1, 2)
            x = torch.cat([F.relu(conv(x)).amax(2) for conv in self.convs.values()], 1)
            return self.out(F.relu(self.squeeze["mix"](x)))

    torch.manual_seed(8)
    train, val, size = queries(12, 20)
    model, loss_fn = Sized(size, 12), nn.CrossEntropyLoss()
    for p in model.embed.parameters():
        p.data.mul_(0.5)
    optimizer = torch.optim.Adam(model.parameters(), 3e-3)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(12):
            epoch(model, train, optimizer, loss_fn)
    return run


@PROGRAMS("bank-20", fault=None, data="banking77", kind="text")
def bank_20(watch):
    class Heads(nn.Module):
        def __init__(self, vocabulary):
            super().__init__()
            self.embed = nn.EmbeddingBag(vocabulary, 32, padding_idx=0)
            self.topic, self.length = nn.Linear(32, 10), nn.Linear(32, 1)

        def forward(self, tokens):
            x = torch.tanh(self.embed(tokens))
            return torch.cat([self.topic(x), self.length(x)], 1)

    def loss_fn(out, target):
        return F.cross_entropy(out[:, :10], target[:, 0].long()) + 0.3 * F.mse_loss(out[:, 10], target[:, 1])

    torch.manual_seed(9)
    texts, labels = data.intents(10, 65)
    known = data.vocabulary(texts[:900], 500)
    tokens = data.token_ids(texts, known, 16)
    share = (tokens > 60).sum(1) / 4.0
    target = torch.stack([torch.as_tensor(labels).float(), share], 1)
    rows = list(zip(tokens, target, strict=True))
    train, val = DataLoader(rows[:900], 32, shuffle=True), DataLoader(rows[900:], 100)
    model = Heads(len(known) + 2)
    optimizer = torch.optim.Adam(model.parameters(), 0.01)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=val) as run:
        for _ in range(20):
            for a, b in train:
                optimizer.zero_grad()
                loss_fn(model(a), b).backward()
                optimizer.step()
    return run
