"""Programs on bank queries."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.diagnosis.development import data
from benchmarks.diagnosis.development.registry import PROGRAMS
from benchmarks.diagnosis.program import Watch


@PROGRAMS("bank-bag-of-words", fault=None, data="banking77", kind="text")
def bag_of_words(watch: Watch) -> Any:
    torch.manual_seed(0)
    texts, labels = data.queries("train", 20)
    test_texts, test_labels = data.queries("test", 20)
    known = data.vocabulary(texts, 1000)
    train_set = TensorDataset((data.word_counts(texts, known) > 0).float(), labels)
    test_set = TensorDataset((data.word_counts(test_texts, known) > 0).float(), test_labels)
    train, test = DataLoader(train_set, batch_size=32, shuffle=True), DataLoader(test_set, batch_size=64)
    model = nn.Sequential(nn.Linear(1000, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 20))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    criterion = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(15):
            model.train()
            for x, y in train:
                optimizer.zero_grad()
                criterion(model(x), y).backward()
                optimizer.step()
    return run


class Recurrent(nn.Module):
    """A GRU over words."""

    def __init__(self, words: int, classes: int, size: int = 48) -> None:
        """Embedding, GRU and a linear layer."""
        super().__init__()
        self.embedding = nn.Embedding(words, size, padding_idx=0)
        self.gru = nn.GRU(size, size, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * size, classes)

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits of token numbers [n, length]."""
        states, _ = self.gru(self.embedding(tokens))
        return self.out(states.max(dim=1).values)


@PROGRAMS("bank-gru", fault=None, data="banking77", kind="text")
def gru(watch: Watch) -> Any:
    torch.manual_seed(1)
    texts, labels = data.queries("train", 10)
    test_texts, test_labels = data.queries("test", 10)
    known = data.vocabulary(texts, 800)
    train = DataLoader(TensorDataset(data.token_numbers(texts, known, 20), labels), batch_size=32, shuffle=True)
    test = DataLoader(TensorDataset(data.token_numbers(test_texts, known, 20), test_labels), batch_size=100)
    model = Recurrent(800, 10)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    with watch(model, optimizer=optimizer, loss_fn=nn.CrossEntropyLoss(), train=train, validation=test) as run:
        for _epoch in range(6):
            for tokens, intent in train:
                optimizer.zero_grad()
                loss = F.cross_entropy(model(tokens), intent)
                loss.backward()
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
    return run


@PROGRAMS("bank-intent-after-intent", fault="data-in-order", data="banking77", kind="text")
def embedding_bag(watch: Watch) -> Any:
    torch.manual_seed(2)
    texts, labels = data.queries("train", 15)
    test_texts, test_labels = data.queries("test", 15)
    known = data.vocabulary(texts, 1000)
    train = DataLoader(TensorDataset(data.token_numbers(texts, known, 24), labels), batch_size=32)
    test = DataLoader(TensorDataset(data.token_numbers(test_texts, known, 24), test_labels), batch_size=64)
    model = nn.Sequential(nn.EmbeddingBag(1000, 32, padding_idx=0), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 15))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3, momentum=0.9)
    loss_fn = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(15):
            for tokens, intent in train:
                optimizer.zero_grad()
                loss_fn(model(tokens), intent).backward()
                optimizer.step()
    return run


@PROGRAMS("bank-gru-accumulates", fault="missing-zero-grad", data="banking77", kind="text")
def gru_with_iterator(watch: Watch) -> Any:
    torch.manual_seed(3)
    texts, labels = data.queries("train", 10)
    test_texts, test_labels = data.queries("test", 10)
    known = data.vocabulary(texts, 800)
    train = DataLoader(TensorDataset(data.token_numbers(texts, known, 16), labels), batch_size=40, shuffle=True)
    test = DataLoader(TensorDataset(data.token_numbers(test_texts, known, 16), test_labels), batch_size=100)
    model = Recurrent(800, 10, 32)
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    criterion = nn.CrossEntropyLoss()
    optimizer.zero_grad()
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        batches, step = iter(train), 0
        while step < 500:
            try:
                tokens, intent = next(batches)
            except StopIteration:
                batches = iter(train)
                continue
            loss = criterion(model(tokens), intent)
            loss.backward()
            optimizer.step()
            step += 1
    return run


@PROGRAMS("bank-drawn-intents", fault="unsolvable", data="banking77", kind="text")
def weekday(watch: Watch) -> Any:
    torch.manual_seed(4)
    texts, _ = data.queries("train", 12)
    known = data.vocabulary(texts, 600)
    counts = data.word_counts(texts, known)
    weekday = torch.randint(0, 7, (len(texts),), generator=torch.Generator().manual_seed(40))
    order = torch.randperm(len(texts))
    counts, weekday = counts[order], weekday[order]
    train = DataLoader(TensorDataset(counts[:1200], weekday[:1200]), batch_size=32, shuffle=True)
    valid = DataLoader(TensorDataset(counts[1200:], weekday[1200:]), batch_size=64)
    model = nn.Sequential(nn.Linear(600, 32), nn.ReLU(), nn.Linear(32, 7))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=valid) as run:
        for _epoch in range(12):
            for x, y in train:
                optimizer.zero_grad()
                F.cross_entropy(model(x), y).backward()
                optimizer.step()
    return run
