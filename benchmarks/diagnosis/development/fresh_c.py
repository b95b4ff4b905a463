"""Healthy programs on texts, as somebody would write them who has never seen the diagnosis."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import lr_scheduler
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.diagnosis.development import data
from benchmarks.diagnosis.development.registry import PROGRAMS
from benchmarks.diagnosis.program import Watch


def numbered(intents: int, words: int, length: int) -> tuple[TensorDataset, TensorDataset]:
    """Training and test queries as word numbers, with their intents; the words are those of the training queries."""
    texts, labels = data.queries("train", intents)
    test_texts, test_labels = data.queries("test", intents)
    known = data.vocabulary(texts, words)
    return (
        TensorDataset(data.token_numbers(texts, known, length), labels),
        TensorDataset(data.token_numbers(test_texts, known, length), test_labels),
    )


@PROGRAMS("fresh-bank-bag-of-words-all-intents", fault=None, data="banking77", kind="text")
def bag_of_words(watch: Watch) -> Any:
    torch.manual_seed(300)
    texts, labels = data.queries("train")
    test_texts, test_labels = data.queries("test")
    kept = torch.randperm(len(texts))[:2500]
    texts, labels = [texts[index] for index in kept.tolist()], labels[kept]
    known = data.vocabulary(texts, 900)
    X, X_test = data.word_counts(texts, known).clamp(max=1), data.word_counts(test_texts, known).clamp(max=1)
    train = DataLoader(TensorDataset(X, labels), batch_size=50, shuffle=True)
    test = DataLoader(TensorDataset(X_test, test_labels), batch_size=500)
    model = nn.Linear(X.shape[1], 77)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=0.01)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(20):
            for counts, intent in train:
                optimizer.zero_grad()
                F.cross_entropy(model(counts), intent).backward()
                optimizer.step()
    return run


class MeanOfWords(nn.Module):
    """The mean of word vectors, padding left out, and one hidden layer."""

    def __init__(self, words: int, size: int, classes: int) -> None:
        """Vectors of the given size."""
        super().__init__()
        self.embed = nn.Embedding(words, size, padding_idx=0)
        self.out = nn.Sequential(nn.Dropout(0.3), nn.Linear(size, size), nn.ReLU(), nn.Linear(size, classes))

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits of word numbers [n, length]."""
        present = (tokens != 0).unsqueeze(2)
        return self.out((self.embed(tokens) * present).sum(1) / present.sum(1).clamp(min=1))


@PROGRAMS("fresh-bank-mean-embedding", fault=None, data="banking77", kind="text")
def mean_embedding(watch: Watch) -> Any:
    torch.manual_seed(301)
    train_set, test_set = numbered(15, 800, 24)
    train = DataLoader(train_set, batch_size=32, shuffle=True)
    test = DataLoader(test_set, batch_size=100)
    model = MeanOfWords(800, 64, 15)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=4e-3)
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(10):
            model.train()
            for tokens, intent in train:
                optimizer.zero_grad()
                criterion(model(tokens), intent).backward()
                optimizer.step()
            model.eval()
    return run


class Recurrent(nn.Module):
    """A recurrent layer in both directions; the greatest state of each unit is classified."""

    def __init__(self, kind: type[nn.GRU] | type[nn.LSTM], words: int, size: int, classes: int) -> None:
        """A GRU or an LSTM with so many units each way."""
        super().__init__()
        self.embed = nn.Embedding(words, 48, padding_idx=0)
        self.cells = kind(48, size, batch_first=True, bidirectional=True)
        self.drop = nn.Dropout(0.3)
        self.out = nn.Linear(2 * size, classes)

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits of word numbers [n, length]."""
        states = self.cells(self.drop(self.embed(tokens)))[0]
        states = states.masked_fill((tokens == 0).unsqueeze(2), -1e4)
        return self.out(self.drop(states.max(1).values))


@PROGRAMS("fresh-bank-gru-clipped", fault=None, data="banking77", kind="text")
def gru_clipped(watch: Watch) -> Any:
    torch.manual_seed(302)
    train_set, test_set = numbered(10, 600, 16)
    train = DataLoader(train_set, batch_size=32, shuffle=True)
    test = DataLoader(test_set, batch_size=100)
    model = Recurrent(nn.GRU, 600, 32, 10)
    optimizer = torch.optim.Adam(model.parameters(), lr=4e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(7):
            model.train()
            for tokens, intent in train:
                optimizer.zero_grad()
                F.cross_entropy(model(tokens), intent).backward()
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
            model.eval()
    return run


@PROGRAMS("fresh-bank-lstm-plateau-schedule", fault=None, data="banking77", kind="text")
def lstm_plateau(watch: Watch) -> Any:
    torch.manual_seed(303)
    train_set, valid_set = numbered(8, 500, 16)
    train = DataLoader(train_set, batch_size=25, shuffle=True, drop_last=True)
    valid = DataLoader(valid_set, batch_size=160)
    model = Recurrent(nn.LSTM, 500, 24, 8)
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=3e-3)
    schedule = lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=valid) as run:
        for _epoch in range(8):
            model.train()
            for tokens, intent in train:
                optimizer.zero_grad()
                loss_fn(model(tokens), intent).backward()
                optimizer.step()
            model.eval()
            with torch.no_grad():
                schedule.step(sum(loss_fn(model(tokens), intent).item() for tokens, intent in valid))
    return run


class SmallTransformer(nn.Module):
    """One encoder layer over words with learned positions; the mean over the words is classified."""

    def __init__(self, words: int, length: int, classes: int) -> None:
        """Queries of up to so many words."""
        super().__init__()
        self.words = nn.Embedding(words, 48, padding_idx=0)
        self.places = nn.Parameter(0.02 * torch.randn(length, 48))
        self.layer = nn.TransformerEncoderLayer(48, 4, 96, dropout=0.3, batch_first=True, norm_first=True)
        self.out = nn.Linear(48, classes)

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits of word numbers [n, length]."""
        padding = tokens == 0
        states = self.layer(self.words(tokens) + self.places, src_key_padding_mask=padding)
        present = (~padding).unsqueeze(2)
        return self.out((states * present).sum(1) / present.sum(1))


@PROGRAMS("fresh-bank-transformer-warm-up", fault=None, data="banking77", kind="text")
def transformer(watch: Watch) -> Any:
    torch.manual_seed(304)
    train_set, test_set = numbered(10, 600, 16)
    train = DataLoader(train_set, batch_size=32, shuffle=True)
    test = DataLoader(test_set, batch_size=100)
    model = SmallTransformer(600, 16, 10)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.05)
    steps = 8 * len(train)
    schedule = lr_scheduler.LambdaLR(optimizer, lambda step: min((step + 1) / 30, 1.0) * (1 - 0.9 * step / steps))
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(8):
            model.train()
            for tokens, intent in train:
                optimizer.zero_grad()
                F.cross_entropy(model(tokens), intent).backward()
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
                schedule.step()
            model.eval()
    return run


class WordConvolution(nn.Module):
    """Convolutions of two and three words, and the greatest answer of each."""

    def __init__(self, words: int, classes: int) -> None:
        """Over vectors of 40 numbers."""
        super().__init__()
        self.embed = nn.Embedding(words, 40, padding_idx=0)
        self.convolutions = nn.ModuleList([nn.Conv1d(40, 32, 2), nn.Conv1d(40, 32, 3)])
        self.out = nn.Sequential(nn.Dropout(0.4), nn.Linear(64, classes))

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits of word numbers [n, length]."""
        vectors = self.embed(tokens).transpose(1, 2)
        return self.out(torch.cat([F.relu(layer(vectors)).amax(2) for layer in self.convolutions], 1))


@PROGRAMS("fresh-bank-word-convolution", fault=None, data="banking77", kind="text")
def word_convolution(watch: Watch) -> Any:
    torch.manual_seed(305)
    train_set, test_set = numbered(20, 1000, 20)
    train = DataLoader(train_set, batch_size=50, shuffle=True)
    test = DataLoader(test_set, batch_size=200)
    model = WordConvolution(1000, 20)
    optimizer = torch.optim.Adam(model.parameters(), lr=4e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(9):
            model.train()
            for tokens, intent in train:
                optimizer.zero_grad()
                F.cross_entropy(model(tokens), intent).backward()
                optimizer.step()
            model.eval()
    return run


@PROGRAMS("fresh-bank-one-intent-against-rest", fault=None, data="banking77", kind="text")
def one_against_rest(watch: Watch) -> Any:
    torch.manual_seed(306)
    texts, labels = data.queries("train", 9)
    test_texts, test_labels = data.queries("test", 9)
    known = data.vocabulary(texts, 400)
    wanted = int(labels.bincount().argmax())
    X, y = data.word_counts(texts, known).log1p(), (labels == wanted).float()[:, None]
    X_test, y_test = data.word_counts(test_texts, known).log1p(), (test_labels == wanted).float()[:, None]
    train = DataLoader(TensorDataset(X, y), batch_size=64, shuffle=True)
    test = DataLoader(TensorDataset(X_test, y_test), batch_size=120)
    model = nn.Sequential(nn.Linear(X.shape[1], 16), nn.ReLU(), nn.Linear(16, 1))
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3, weight_decay=1e-4)
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(12):
            for counts, answers in train:
                optimizer.zero_grad()
                criterion(model(counts), answers).backward()
                optimizer.step()
    return run


def characters(texts: list[str], length: int) -> TensorDataset:
    """Letters of each text as numbers from 1 to 28, and the letters that follow them; longer texts are cut."""
    letters = " abcdefghijklmnopqrstuvwxyz'"
    lines = [[letters.index(letter) + 1 for letter in " ".join(data.words_of(text))] for text in texts]
    kept = torch.tensor([line[: length + 1] for line in lines if len(line) > length])
    return TensorDataset(kept[:, :-1], kept[:, 1:])


class NextLetter(nn.Module):
    """A GRU that predicts each following letter."""

    def __init__(self) -> None:
        """Over 28 characters."""
        super().__init__()
        self.embed = nn.Embedding(29, 24)
        self.gru = nn.GRU(24, 96, batch_first=True)
        self.out = nn.Linear(96, 29)

    def forward(self, letters: Tensor) -> Tensor:
        """Logits [n, 29, length]."""
        return self.out(self.gru(self.embed(letters))[0]).transpose(1, 2)


@PROGRAMS("fresh-bank-next-letter", fault=None, data="banking77", kind="text")
def next_letter(watch: Watch) -> Any:
    torch.manual_seed(307)
    train = DataLoader(characters(data.queries("train")[0][::6], 30), batch_size=32, shuffle=True)
    valid = DataLoader(characters(data.queries("test")[0][::9], 30), batch_size=64)
    model = NextLetter()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=valid) as run:
        for _epoch in range(6):
            for letters, following in train:
                optimizer.zero_grad()
                F.cross_entropy(model(letters), following).backward()
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
    return run
