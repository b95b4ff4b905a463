"""Programs on bank queries that differ in how the data are made and fed."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import ConcatDataset, DataLoader, TensorDataset, random_split

from benchmarks.diagnosis.development import data
from benchmarks.diagnosis.development.registry import PROGRAMS
from benchmarks.diagnosis.program import Watch


class Averaged(nn.Module):
    """Averaged word vectors and two layers."""

    def __init__(self, words: int, classes: int, size: int = 50) -> None:
        """Vectors of the given size."""
        super().__init__()
        self.vectors = nn.EmbeddingBag(words, size, mode="mean", padding_idx=0)
        self.hidden = nn.Linear(size, 2 * size)
        self.out = nn.Linear(2 * size, classes)

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits."""
        return self.out(torch.relu(self.hidden(self.vectors(tokens))))


@PROGRAMS("bank-vocabulary-in-capitals", fault="features-uninformative", data="banking77", kind="text")
def averaged_words(watch: Watch) -> Any:
    torch.manual_seed(0)
    texts, labels = data.queries("train", 12)
    test_texts, test_labels = data.queries("test", 12)
    known = {word.upper(): number for word, number in data.vocabulary(texts, 800).items()}
    train = DataLoader(TensorDataset(data.token_numbers(texts, known, 20), labels), batch_size=32, shuffle=True)
    test = DataLoader(TensorDataset(data.token_numbers(test_texts, known, 20), test_labels), batch_size=60)
    model = Averaged(800, 12)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(15):
            for tokens, intent in train:
                optimizer.zero_grad()
                F.cross_entropy(model(tokens), intent).backward()
                optimizer.step()
    return run


@PROGRAMS("bank-three-copies-then-split", fault="leakage", data="banking77", kind="text")
def from_parts(watch: Watch) -> Any:
    torch.manual_seed(1)
    texts, labels = data.queries("train", 77)
    kept = torch.arange(len(texts)) % 14 == 0
    texts, labels = [text for text, keep in zip(texts, kept.tolist(), strict=True) if keep], labels[kept]
    known = data.vocabulary(texts, 1000)
    once = TensorDataset(data.token_numbers(texts, known, 20), labels)
    everything = ConcatDataset([once, once, once])
    train_part, test_part = random_split(everything, [0.8, 0.2])
    train, test = DataLoader(train_part, batch_size=32, shuffle=True), DataLoader(test_part, batch_size=64)
    model = Averaged(1000, 77)
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    loss_fn = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(25):
            for tokens, intent in train:
                optimizer.zero_grad()
                loss_fn(model(tokens), intent).backward()
                optimizer.step()
    return run


@PROGRAMS("bank-topic-word-appended", fault="answer-in-input", data="banking77", kind="text")
def with_prefix(watch: Watch) -> Any:
    torch.manual_seed(2)
    texts, labels = data.queries("train", 30)
    test_texts, test_labels = data.queries("test", 30)
    known = data.vocabulary(texts, 60)

    def encode(lines: list[str], intents: Tensor) -> Tensor:
        return torch.cat([intents[:, None] + 60, data.token_numbers(lines, known, 15)], dim=1)

    train = DataLoader(TensorDataset(encode(texts, labels), labels), batch_size=64, shuffle=True)
    test = DataLoader(TensorDataset(encode(test_texts, test_labels), test_labels), batch_size=64)
    model = Averaged(90, 30)
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(15):
            for tokens, intent in train:
                optimizer.zero_grad()
                F.cross_entropy(model(tokens), intent).backward()
                optimizer.step()
    return run


@PROGRAMS("bank-all-intents-few-words", fault=None, data="banking77", kind="text")
def all_intents(watch: Watch) -> Any:
    torch.manual_seed(3)
    texts, labels = data.queries("train")
    test_texts, test_labels = data.queries("test")
    known = data.vocabulary(texts, 1500)
    train = DataLoader(TensorDataset(data.token_numbers(texts, known, 24), labels), batch_size=64, shuffle=True)
    test = DataLoader(TensorDataset(data.token_numbers(test_texts, known, 24), test_labels), batch_size=128)
    model = Averaged(1500, 77, 64)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=8, gamma=0.3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(14):
            for tokens, intent in train:
                optimizer.zero_grad()
                F.cross_entropy(model(tokens), intent).backward()
                optimizer.step()
            scheduler.step()
    return run


@PROGRAMS("bank-labels-read-from-second-line", fault="labels-shifted", data="banking77", kind="text", also=("unsolvable",))
def pairs_in_order(watch: Watch) -> Any:
    torch.manual_seed(4)
    texts, labels = data.queries("train", 12)
    order = torch.randperm(len(texts)).tolist()
    texts, labels = [texts[i] for i in order], labels[order]
    known = data.vocabulary(texts, 800)
    tokens = data.token_numbers(texts, known, 20)[:-1]
    intents = labels[1:]
    train = DataLoader(TensorDataset(tokens[:1200], intents[:1200]), batch_size=32, shuffle=True)
    valid = DataLoader(TensorDataset(tokens[1200:], intents[1200:]), batch_size=64)
    model = Averaged(800, 12)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    loss_fn = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=valid) as run:
        for _epoch in range(15):
            for x, y in train:
                optimizer.zero_grad()
                loss_fn(model(x), y).backward()
                optimizer.step()
    return run


@PROGRAMS("bank-adagrad", fault="optimizer-unsuited", data="banking77", kind="text", also=("learning-rate-too-low",))
def averaged_vectors(watch: Watch) -> Any:
    torch.manual_seed(5)
    texts, labels = data.queries("train", 20)
    test_texts, test_labels = data.queries("test", 20)
    known = data.vocabulary(texts, 1000)
    train = DataLoader(TensorDataset(data.token_numbers(texts, known, 20), labels), batch_size=32, shuffle=True)
    test = DataLoader(TensorDataset(data.token_numbers(test_texts, known, 20), test_labels), batch_size=64)
    model = Averaged(1000, 20)
    optimizer = torch.optim.Adagrad(model.parameters(), lr=0.002, lr_decay=0.01)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(20):
            for tokens, intent in train:
                optimizer.zero_grad()
                F.cross_entropy(model(tokens), intent).backward()
                optimizer.step()
    return run
