"""Programs on bank queries that differ in networks and training."""

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


def numbered(intents: int, batch: int, words: int = 800, length: int = 18) -> tuple[Any, Any]:
    """Batches of word numbers."""
    texts, labels = data.queries("train", intents)
    test_texts, test_labels = data.queries("test", intents)
    known = data.vocabulary(texts, words)
    train = DataLoader(TensorDataset(data.token_numbers(texts, known, length), labels), batch_size=batch, shuffle=True)
    test = DataLoader(TensorDataset(data.token_numbers(test_texts, known, length), test_labels), batch_size=100)
    return train, test


class Encoder(nn.Module):
    """A GRU that makes one vector of a query."""

    def __init__(self, size: int) -> None:
        """Words and states of the same size."""
        super().__init__()
        self.embed = nn.Embedding(800, size)
        self.gru = nn.GRU(size, size, batch_first=True)

    def forward(self, tokens: Tensor) -> Tensor:
        """Vectors [n, size]."""
        return self.gru(self.embed(tokens))[0].amax(1)


class Classifier(nn.Module):
    """An encoder and a head."""

    def __init__(self, size: int, classes: int) -> None:
        """One linear layer on top."""
        super().__init__()
        self.encoder = Encoder(size)
        self.head = nn.Linear(size, classes)

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits."""
        with torch.no_grad():
            encoded = self.encoder(tokens)
        return self.head(encoded)


@PROGRAMS("bank-encoder-without-graph", fault="frozen-parameters", data="banking77", kind="text")
def encoder_then_head(watch: Watch) -> Any:
    torch.manual_seed(0)
    train, test = numbered(12, 32)
    model = Classifier(24, 12)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    loss_fn = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(10):
            for tokens, intent in train:
                optimizer.zero_grad()
                loss_fn(model(tokens), intent).backward()
                optimizer.step()
    return run


class Bag(nn.Module):
    """Averaged words and two layers."""

    def __init__(self, classes: int, size: int = 40) -> None:
        """Vectors of the given size."""
        super().__init__()
        self.bag = nn.EmbeddingBag(800, size, padding_idx=0)
        self.hidden = nn.Linear(size, size)
        self.fc = nn.Linear(size, classes)

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits."""
        return self.fc(F.relu(self.hidden(self.bag(tokens))))


@PROGRAMS("bank-new-layers-after-optimiser", fault="frozen-parameters", data="banking77", kind="text")
def fitted_to_classes(watch: Watch) -> Any:
    torch.manual_seed(1)
    train, test = numbered(12, 32)
    model = Bag(77, 8)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    model.fc = nn.Linear(8, 12)
    model.bag = nn.EmbeddingBag(800, 8, padding_idx=0)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(20):
            for tokens, intent in train:
                optimizer.zero_grad()
                F.cross_entropy(model(tokens), intent).backward()
                optimizer.step()
    return run


@PROGRAMS("bank-probabilities-in-loop", fault="double-softmax", data="banking77", kind="text")
def shares(watch: Watch) -> Any:
    torch.manual_seed(2)
    train, test = numbered(20, 32)
    model = Bag(20)
    optimizer = torch.optim.Adam(model.parameters(), lr=1.5e-3)
    criterion = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(14):
            for tokens, intent in train:
                optimizer.zero_grad()
                probability = torch.softmax(model(tokens), dim=1)
                loss = criterion(probability, intent)
                loss.backward()
                optimizer.step()
    return run


@PROGRAMS("bank-shares-of-the-batch", fault="wrong-axis", data="banking77", kind="text")
def own_log_softmax(watch: Watch) -> Any:
    torch.manual_seed(3)
    train, test = numbered(20, 32)
    model = Bag(20)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)

    def loss_fn(outputs: Tensor, targets: Tensor) -> Tensor:
        return F.nll_loss(F.log_softmax(outputs, dim=0), targets)

    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(15):
            for tokens, intent in train:
                loss = loss_fn(model(tokens), intent)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    return run


@PROGRAMS("bank-two-numbers-a-word", fault="too-narrow", data="banking77", kind="text")
def short_vectors(watch: Watch) -> Any:
    torch.manual_seed(4)
    train, test = numbered(40, 64)
    model = Bag(40, 2)
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(15):
            for tokens, intent in train:
                optimizer.zero_grad()
                F.cross_entropy(model(tokens), intent).backward()
                optimizer.step()
    return run


@PROGRAMS("bank-crawls", fault="learning-rate-too-low", data="banking77", kind="text")
def bag_with_adam(watch: Watch) -> Any:
    torch.manual_seed(5)
    train, test = numbered(15, 32)
    model = Bag(15)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-5)
    criterion = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(20):
            for tokens, intent in train:
                optimizer.zero_grad()
                criterion(model(tokens), intent).backward()
                optimizer.step()
    return run


@PROGRAMS("bank-rprop-on-batches", fault="optimizer-unsuited", data="banking77", kind="text")
def rprop(watch: Watch) -> Any:
    torch.manual_seed(6)
    train, test = numbered(20, 16)
    model = Bag(20)
    optimizer = torch.optim.Rprop(model.parameters())
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(10):
            for tokens, intent in train:
                optimizer.zero_grad()
                F.cross_entropy(model(tokens), intent).backward()
                optimizer.step()
    return run
