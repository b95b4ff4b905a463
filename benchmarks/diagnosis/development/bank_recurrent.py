"""Programs on bank queries with recurrent and attention networks."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

from benchmarks.diagnosis.development import data
from benchmarks.diagnosis.development.registry import PROGRAMS
from benchmarks.diagnosis.program import Watch


def tokens(intents: int, words: int, length: int) -> tuple[TensorDataset, TensorDataset]:
    """Numbered words of training and test queries with their intents."""
    texts, labels = data.queries("train", intents)
    test_texts, test_labels = data.queries("test", intents)
    known = data.vocabulary(texts, words)
    return (
        TensorDataset(data.token_numbers(texts, known, length), labels),
        TensorDataset(data.token_numbers(test_texts, known, length), test_labels),
    )


class LastState(nn.Module):
    """An LSTM whose last state is classified."""

    def __init__(self, words: int, size: int, classes: int) -> None:
        """One layer."""
        super().__init__()
        self.embed = nn.Embedding(words, size)
        self.lstm = nn.LSTM(size, size)
        self.fc = nn.Linear(size, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Logits of token numbers [n, length]."""
        states, _ = self.lstm(self.embed(x))
        return self.fc(states.mean(dim=1))


@PROGRAMS("bank-lstm-along-batch", fault="wrong-axis", data="banking77", kind="text")
def lstm(watch: Watch) -> Any:
    torch.manual_seed(0)
    train_set, test_set = tokens(10, 800, 20)
    train, test = DataLoader(train_set, batch_size=32, shuffle=True), DataLoader(test_set, batch_size=40)
    model = LastState(800, 32, 10)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    loss_fn = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(5):
            for x, y in train:
                optimizer.zero_grad()
                loss_fn(model(x), y).backward()
                optimizer.step()
    return run


class Queries(Dataset):
    """Queries as dictionaries."""

    def __init__(self, pairs: TensorDataset) -> None:
        """Keeps the pairs."""
        self.pairs = pairs

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        inputs, label = self.pairs[index]
        return {"tokens": inputs, "label": label}


class Attention(nn.Module):
    """A small transformer encoder."""

    def __init__(self, words: int, length: int, classes: int, size: int = 32) -> None:
        """Two layers, learned positions."""
        super().__init__()
        self.words = nn.Embedding(words, size)
        self.places = nn.Parameter(0.02 * torch.randn(length, size))
        layer = nn.TransformerEncoderLayer(size, 4, 64, dropout=0.1, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(size, classes)

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits."""
        padding = tokens == 0
        states = self.encoder(self.words(tokens) + self.places, src_key_padding_mask=padding)
        kept = (~padding).unsqueeze(2).float()
        return self.head((states * kept).sum(1) / kept.sum(1).clamp(min=1))


@PROGRAMS("bank-transformer-dict-batches", fault=None, data="banking77", kind="text")
def transformer(watch: Watch) -> Any:
    torch.manual_seed(1)
    train_set, test_set = tokens(10, 800, 20)
    train = DataLoader(Queries(train_set), batch_size=32, shuffle=True)
    test = DataLoader(Queries(test_set), batch_size=80)
    model = Attention(800, 20, 10)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.01)
    warmup = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / 50))
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(6):
            model.train()
            for batch in train:
                optimizer.zero_grad()
                loss = F.cross_entropy(model(batch["tokens"]), batch["label"])
                loss.backward()
                torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
                warmup.step()
    return run


@PROGRAMS("bank-transformer-bold", fault="learning-rate-too-high", data="banking77", kind="text")
def dict_batches(watch: Watch) -> Any:
    torch.manual_seed(2)
    train_set, test_set = tokens(10, 800, 20)
    train = DataLoader(Queries(train_set), batch_size=32, shuffle=True)
    test = DataLoader(Queries(test_set), batch_size=80)
    model = Attention(800, 20, 10)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
    loss_fn = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(5):
            for batch in train:
                optimizer.zero_grad()
                loss = loss_fn(model(batch["tokens"]), batch["label"])
                loss.backward()
                optimizer.step()
    return run


class Elman(nn.Module):
    """A plain recurrent network."""

    def __init__(self, words: int, size: int, classes: int) -> None:
        """Recurrent weights drawn from a normal distribution."""
        super().__init__()
        self.embed = nn.Embedding(words, size)
        self.rnn = nn.RNN(size, size, nonlinearity="relu", batch_first=True)
        nn.init.orthogonal_(self.rnn.weight_hh_l0, gain=2.2)
        self.out = nn.Linear(size, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Logits."""
        states, _ = self.rnn(self.embed(x))
        return self.out(states.mean(1))


@PROGRAMS("bank-rnn-grows", fault="exploding-gradients", data="banking77", kind="text", also=("bad-initialisation",))
def elman(watch: Watch) -> Any:
    torch.manual_seed(3)
    train_set, test_set = tokens(8, 600, 24)
    train, test = DataLoader(train_set, batch_size=32, shuffle=True), DataLoader(test_set, batch_size=40)
    model = Elman(600, 32, 8)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    loss_fn = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(15):
            for x, y in train:
                optimizer.zero_grad()
                loss = loss_fn(model(x), y)
                loss.backward()
                optimizer.step()
    return run


@PROGRAMS("bank-token-numbers-as-values", fault="inputs-unscaled", data="banking77", kind="text")
def dense_on_tokens(watch: Watch) -> Any:
    torch.manual_seed(4)
    train_set, test_set = tokens(8, 800, 16)
    x, y = train_set.tensors
    train = DataLoader(TensorDataset(x.float(), y), batch_size=32, shuffle=True)
    test = DataLoader(TensorDataset(test_set.tensors[0].float(), test_set.tensors[1]), batch_size=40)
    model = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 8))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(20):
            for values, intent in train:
                optimizer.zero_grad()
                F.cross_entropy(model(values), intent).backward()
                optimizer.step()
    return run
