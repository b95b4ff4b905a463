"""Programs on sequences: cells called step by step, teacher forcing, masks, CTC, state kept between batches."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.diagnosis.development import data
from benchmarks.diagnosis.development.odd_scores import accuracy, explained, scored
from benchmarks.diagnosis.development.registry import PROGRAMS
from benchmarks.diagnosis.program import Watch


def digits(seed: int, batch: int = 32) -> tuple[Any, Any]:
    """Small digits, scaled: 1,400 to train on and the others to test on."""
    x, y = data.rows("digits", seed)
    train = DataLoader(TensorDataset(x[:1400] / 16, y[:1400]), batch_size=batch, shuffle=True)
    return train, DataLoader(TensorDataset(x[1400:] / 16, y[1400:]), batch_size=200)


class Stepwise(nn.Module):
    """A recurrent cell that reads a picture row by row and guesses after each."""

    def __init__(self) -> None:
        """64 units."""
        super().__init__()
        self.cell, self.out = nn.GRUCell(8, 64), nn.Linear(64, 10)

    def forward(self, row: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Logits after a row [n, 8], and the new state."""
        state = self.cell(row, state)
        return self.out(state), state


def read_rows(model: nn.Module, images: Tensor) -> list[Tensor]:
    """Logits after each of eight rows."""
    state, guesses = torch.zeros(len(images), 64), []
    for row in images.view(-1, 8, 8).unbind(1):
        logits, state = model(row, state)
        guesses.append(logits)
    return guesses


@PROGRAMS("odd-digits-row-by-row", fault=None, data="digits", kind="images")
def row_by_row(watch: Watch) -> Any:
    torch.manual_seed(0)
    train, test = digits(80, 56)
    model = Stepwise()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(25):
            for images, labels in train:
                guesses = read_rows(model, images)
                loss = sum(F.cross_entropy(guess, labels) * (step / 28) for step, guess in enumerate(guesses))
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: read_rows(model, x)[-1].argmax(1), test))
    return run


@PROGRAMS("odd-digits-row-by-row-bold", fault="learning-rate-too-high", data="digits", kind="images")
def row_by_row_bold(watch: Watch) -> Any:
    torch.manual_seed(1)
    train, test = digits(81)
    model = Stepwise()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(8):
            for images, labels in train:
                loss = F.cross_entropy(read_rows(model, images)[-1], labels)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: read_rows(model, x)[-1].argmax(1), test))
    return run


@PROGRAMS("odd-digits-row-by-row-backward-each", fault=None, data="digits", kind="images")
def backward_each(watch: Watch) -> Any:
    """Truncated back-propagation: a backward pass after every two rows, one step a batch."""
    torch.manual_seed(2)
    train, test = digits(82)
    model = Stepwise()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(25):
            for images, labels in train:
                optimizer.zero_grad()
                state = torch.zeros(len(images), 64)
                rows = images.view(-1, 8, 8)
                for start in range(0, 8, 2):
                    state = state.detach()
                    _, state = model(rows[:, start], state)
                    logits, state = model(rows[:, start + 1], state)
                    (F.cross_entropy(logits, labels) * (start / 6)).backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: read_rows(model, x)[-1].argmax(1), test))
    return run


class Reverser(nn.Module):
    """Encoder and decoder of token sequences."""

    def __init__(self) -> None:
        """14 tokens: 0 pads, 1 begins."""
        super().__init__()
        self.embed = nn.Embedding(14, 24)
        self.encoder, self.decoder = nn.GRU(24, 64, batch_first=True), nn.GRUCell(24, 64)
        self.out = nn.Linear(64, 14)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Logits [n, length, 14]; half of the time the right token is fed back, else the guessed one."""
        state, token, steps = self.encoder(self.embed(source))[1][0], torch.ones_like(target[:, 0]), []
        for place in range(target.shape[1]):
            state = self.decoder(self.embed(token), state)
            steps.append(self.out(state))
            token = target[:, place] if self.training and torch.rand(()) < 0.5 else steps[-1].argmax(1)
        return torch.stack(steps, 1)


def reversals(many: int) -> TensorDataset:
    """Synthetic: sequences of 3 to 5 tokens and the same backwards, padded with 0."""
    source, target = torch.zeros(many, 5, dtype=torch.long), torch.zeros(many, 5, dtype=torch.long)
    for row in range(many):
        tokens = torch.randint(2, 14, (int(torch.randint(3, 6, ())),))
        source[row, 5 - len(tokens) :], target[row, : len(tokens)] = tokens, tokens.flip(0)
    return TensorDataset(source, target)


@PROGRAMS("odd-reversal-teacher-forcing-masked", fault=None, data="synthetic", kind="text")
def teacher_forcing(watch: Watch) -> Any:
    torch.manual_seed(3)
    train = DataLoader(reversals(4000), batch_size=50, shuffle=True)
    test = DataLoader(reversals(500), batch_size=100)
    model = Reverser()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    loss_fn = nn.CrossEntropyLoss(ignore_index=0)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(12):
            model.train()
            for source, target in train:
                optimizer.zero_grad()
                loss = loss_fn(model(source, target).transpose(1, 2), target)
                loss.backward()
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
    model.eval()
    pairs = [((source, target), target[target > 0]) for source, target in test]
    scored(accuracy=accuracy(lambda x: model(*x).argmax(2)[x[1] > 0], pairs))
    return run


def strips(images: Tensor, labels: Tensor, many: int) -> TensorDataset:
    """Strips of three digits side by side with a little room between: [n, 36, 8], and their classes [n, 3]."""
    chosen = torch.randint(0, len(images), (many, 3))
    strip = torch.zeros(many, 36, 8)
    for place in range(3):
        columns = images[chosen[:, place]].view(-1, 8, 8).transpose(1, 2)
        start = 12 * place + int(torch.randint(0, 3, ()))
        strip[:, start : start + 8] = columns
    return TensorDataset(strip, labels[chosen])


class Reader(nn.Module):
    """Reads a strip from both sides."""

    def __init__(self) -> None:
        """Eleven symbols; 0 is the blank."""
        super().__init__()
        self.conv = nn.Conv1d(8, 32, 5, padding=2, stride=2)
        self.gru, self.out = nn.GRU(32, 48, batch_first=True, bidirectional=True), nn.Linear(96, 11)

    def forward(self, strip: Tensor) -> Tensor:
        """Log-probabilities [time, n, 11]."""
        columns = torch.relu(self.conv(strip.transpose(1, 2))).transpose(1, 2)
        return self.out(self.gru(columns)[0]).log_softmax(2).transpose(0, 1)


def collapsed(log_probabilities: Tensor, places: int) -> Tensor:
    """The best path without repeats and blanks, as classes [n, places]; -1 where there is none."""
    lines = []
    for path in log_probabilities.argmax(2).T:
        kept = torch.unique_consecutive(path)
        kept = kept[kept > 0][:places] - 1
        lines.append(F.pad(kept, (0, places - len(kept)), value=-1))
    return torch.stack(lines)


def connectionist(watch: Watch, seed: int, epochs: int, rate: float) -> Any:
    """Strips of digits are read with CTC."""
    torch.manual_seed(seed)
    x, y = data.rows("digits", 83)
    train = DataLoader(strips(x[:1400] / 16, y[:1400], 3000), batch_size=50, shuffle=True)
    test = DataLoader(strips(x[1400:] / 16, y[1400:], 300), batch_size=100)
    model = Reader()
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    criterion = nn.CTCLoss(zero_infinity=True)
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(epochs):
            for strip, classes in train:
                scores = model(strip)
                lengths = torch.full((len(strip),), len(scores))
                loss = criterion(scores, classes + 1, lengths, torch.full((len(strip),), 3))
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
    pairs = [(strip, classes.flatten()) for strip, classes in test]
    scored(accuracy=accuracy(lambda x: collapsed(model(x), 3).flatten(), pairs))
    return run


@PROGRAMS("odd-digits-strips-connectionist", fault=None, data="digits", kind="images")
def strips_read(watch: Watch) -> Any:
    return connectionist(watch, 4, 8, 5e-3)


@PROGRAMS("odd-digits-strips-connectionist-crawling", fault="learning-rate-too-low", data="digits", kind="images")
def strips_crawling(watch: Watch) -> Any:
    return connectionist(watch, 5, 6, 1e-5)


class OneStep(nn.Module):
    """Foretells the next value of a signal; the state is the caller's."""

    def __init__(self) -> None:
        """An LSTM of 32 units."""
        super().__init__()
        self.lstm, self.out = nn.LSTM(1, 32, batch_first=True), nn.Linear(32, 1)

    def forward(self, signal: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """Foretold values [n, length, 1] and the state at the end."""
        states, state = self.lstm(signal, state)
        return self.out(states), state


@PROGRAMS("odd-tide-state-kept", fault=None, data="synthetic", kind="table")
def state_kept(watch: Watch) -> Any:
    """A synthetic signal of two tides and a little noise, read in order; the state goes from batch to batch."""
    torch.manual_seed(6)
    time = torch.arange(4001.0)
    signal = torch.sin(time / 3) + 0.6 * torch.sin(time / 7.3) + 0.05 * torch.randn(4001)
    now, then = signal[:-1].view(8, 500, 1), signal[1:].view(8, 500, 1)
    pieces = TensorDataset(now[:7].reshape(7, 20, 25, 1).transpose(0, 1), then[:7].reshape(7, 20, 25, 1).transpose(0, 1))
    train = DataLoader(pieces, batch_size=None, shuffle=False)
    test = DataLoader(TensorDataset(now[7:], then[7:]), batch_size=1)
    model = OneStep()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.mse_loss, train=train, validation=test) as run:
        for _epoch in range(25):
            state = None
            for before, after in train:
                guess, state = model(before, state)
                state = tuple(part.detach() for part in state)
                optimizer.zero_grad()
                F.mse_loss(guess, after).backward()
                optimizer.step()
    scored(r2=explained(model(now[7:])[0], then[7:]))
    return run
