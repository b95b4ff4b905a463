"""Programs that learn without the loader's labels: autoencoders, pairs, next steps."""

# mypy: allow-subclassing-any
from __future__ import annotations

import inspect
import textwrap
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
    """Small digits, scaled, with their labels."""
    x, y = data.rows("digits", seed)
    train = DataLoader(TensorDataset(x[:1400] / 16, y[:1400]), batch_size=batch, shuffle=True)
    return train, DataLoader(TensorDataset(x[1400:] / 16, y[1400:]), batch_size=397)


class Autoencoder(nn.Module):
    """Encodes and decodes by name; has no forward of its own."""

    def __init__(self, size: int, code: int) -> None:
        """Two layers each way."""
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(size, 96), nn.ReLU(), nn.Linear(96, code))
        self.decoder = nn.Sequential(nn.Linear(code, 96), nn.ReLU(), nn.Linear(96, size))

    def encode(self, x: Tensor) -> Tensor:
        """Codes."""
        return self.encoder(x)

    def decode(self, code: Tensor) -> Tensor:
        """Rows as they were encoded."""
        return self.decoder(code)


@PROGRAMS("odd-digits-encode-decode", fault=None, data="digits", kind="images")
def encode_decode(watch: Watch) -> Any:
    torch.manual_seed(0)
    train, test = digits(40)
    model = Autoencoder(64, 16)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.mse_loss, train=train, validation=test) as run:
        for _epoch in range(40):
            for images, _ in train:
                optimizer.zero_grad()
                F.mse_loss(model.decode(model.encode(images)), images).backward()
                optimizer.step()
    x = test.dataset.tensors[0]
    scored(r2=explained(model.decode(model.encode(x)), x))
    return run


@PROGRAMS("odd-mnist-denoising", fault=None, data="mnist", kind="images")
def denoising(watch: Watch) -> Any:
    torch.manual_seed(1)
    images, labels = data.mnist()
    x = images.float().flatten(1) / 255
    train = DataLoader(TensorDataset(x[:3000], labels[:3000]), batch_size=50, shuffle=True)
    test = DataLoader(TensorDataset(x[9000:], labels[9000:]), batch_size=250)
    model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 784), nn.Sigmoid())
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=nn.BCELoss(), train=train, validation=test) as run:
        for _epoch in range(12):
            for clean, _ in train:
                noisy = clean * (torch.rand_like(clean) > 0.3) + 0.1 * torch.randn_like(clean)
                optimizer.zero_grad()
                F.binary_cross_entropy(model(noisy), clean).backward()
                optimizer.step()
    scored(r2=explained(model(x[9000:] * (torch.rand(1000, 784) > 0.3)), x[9000:]))
    return run


class Variational(nn.Module):
    """A variational autoencoder."""

    def __init__(self) -> None:
        """Eight hidden dimensions."""
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(64, 96), nn.ReLU())
        self.mean, self.log_variance = nn.Linear(96, 8), nn.Linear(96, 8)
        self.decoder = nn.Sequential(nn.Linear(8, 96), nn.ReLU(), nn.Linear(96, 64))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Logits of pixels, mean and log-variance of the code."""
        hidden = self.encoder(x)
        mean, log_variance = self.mean(hidden), self.log_variance(hidden)
        code = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
        return self.decoder(code), mean, log_variance


def evidence_bound(outputs: tuple[Tensor, Tensor, Tensor], x: Tensor) -> Tensor:
    """The negative evidence lower bound of an item, in nats."""
    logits, mean, log_variance = outputs
    rebuilt = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    return (rebuilt - 0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum()) / len(x)


@PROGRAMS("odd-digits-variational", fault=None, data="digits", kind="images")
def variational(watch: Watch) -> Any:
    torch.manual_seed(2)
    train, test = digits(41)
    model = Variational()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    with watch(model, optimizer=optimizer, loss_fn=evidence_bound, train=train, validation=test) as run:
        for _epoch in range(40):
            for images, _ in train:
                optimizer.zero_grad()
                evidence_bound(model(images), images).backward()
                optimizer.step()
    x = test.dataset.tensors[0]
    scored(r2=explained(model(x)[0].sigmoid(), x))
    return run


@PROGRAMS("odd-digits-variational-rebuilt-badly", fault="sign-error", data="digits", kind="images")
def variational_backwards(watch: Watch) -> Any:
    torch.manual_seed(3)
    train, test = digits(42)
    model = Variational()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, train=train, validation=test) as run:
        for _epoch in range(20):
            for images, _ in train:
                logits, mean, log_variance = model(images)
                likelihood = (images * F.logsigmoid(logits) + (1 - images) * F.logsigmoid(-logits)).sum(1)
                divergence = -0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum(1)
                optimizer.zero_grad()
                (likelihood + divergence).mean().backward()
                optimizer.step()
    x = test.dataset.tensors[0]
    scored(r2=explained(model(x)[0].sigmoid(), x))
    return run


@PROGRAMS("odd-mnist-triplets-in-loop", fault=None, data="mnist", kind="images")
def triplets(watch: Watch) -> Any:
    torch.manual_seed(4)
    images, labels = data.mnist()
    x = images.float().flatten(1) / 255
    train = DataLoader(TensorDataset(x[:3000], labels[:3000]), batch_size=100, shuffle=True)
    test = DataLoader(TensorDataset(x[9000:], labels[9000:]), batch_size=250)
    model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 16))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    loss_fn = nn.TripletMarginLoss(margin=1.0)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(15):
            for image, label in train:
                same = label[:, None] == label[None, :]
                positive = torch.multinomial(same.float(), 1)[:, 0]
                negative = torch.multinomial((~same).float(), 1)[:, 0]
                code = model(image)
                optimizer.zero_grad()
                loss_fn(code, code[positive], code[negative]).backward()
                optimizer.step()
    with torch.no_grad():
        known, known_labels = model(x[:3000]), labels[:3000]
    scored(nearest=accuracy(lambda x: known_labels[torch.cdist(model(x), known).argmin(1)], test))
    return run


@PROGRAMS("odd-digits-siamese", fault=None, data="digits", kind="images")
def siamese(watch: Watch) -> Any:
    torch.manual_seed(5)
    train, test = digits(43, batch=64)
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 12))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    with watch(model, optimizer=optimizer, loss_fn=F.cosine_embedding_loss, train=train, validation=test) as run:
        for _epoch in range(40):
            for images, labels in train:
                other = torch.randperm(len(labels))
                alike = (labels == labels[other]).float() * 2 - 1
                loss = F.cosine_embedding_loss(model(images), model(images[other]), alike, margin=0.2)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    with torch.no_grad():
        known, known_labels = F.normalize(model(train.dataset.tensors[0])), train.dataset.tensors[1]
    scored(nearest=accuracy(lambda x: known_labels[(F.normalize(model(x)) @ known.T).argmax(1)], test))
    return run


def source_text() -> Tensor:
    """Source code of the standard library's textwrap and inspect as numbers of characters, 0 to 127."""
    text = inspect.getsource(textwrap) + inspect.getsource(inspect)
    return torch.tensor([min(ord(character), 127) for character in text])


class NextCharacter(nn.Module):
    """A GRU over characters."""

    def __init__(self) -> None:
        """128 characters."""
        super().__init__()
        self.embed, self.gru, self.out = nn.Embedding(128, 32), nn.GRU(32, 64, batch_first=True), nn.Linear(64, 128)

    def forward(self, text: Tensor) -> Tensor:
        """Logits [n, length, 128]."""
        return self.out(self.gru(self.embed(text))[0])


@PROGRAMS("odd-source-next-character", fault=None, data="standard library", kind="text")
def next_character(watch: Watch) -> Any:
    torch.manual_seed(6)
    text = source_text()
    windows = text.unfold(0, 33, 8)  # They overlap: a stride of 8.
    train = DataLoader(TensorDataset(windows[:12000]), batch_size=64, shuffle=True)
    test = DataLoader(TensorDataset(text[120000:].unfold(0, 33, 33)), batch_size=100)
    model = NextCharacter()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)

    def loss_of(batch: Tensor) -> Tensor:
        return F.cross_entropy(model(batch[:, :-1]).flatten(0, 1), batch[:, 1:].flatten())

    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(2):
            for (batch,) in train:
                optimizer.zero_grad()
                loss_of(batch).backward()
                torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
    pairs = [(batch[:, :-1], batch[:, 1:].flatten()) for (batch,) in test]
    scored(accuracy=accuracy(lambda x: model(x).argmax(2).flatten(), pairs))
    return run
