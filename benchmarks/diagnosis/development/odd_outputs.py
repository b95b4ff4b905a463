"""Programs whose models are not called as `loss_fn(model(x), y)`: losses inside, dictionaries, several heads."""

# mypy: allow-subclassing-any
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.diagnosis.development import data
from benchmarks.diagnosis.development.odd_scores import accuracy, scored
from benchmarks.diagnosis.development.registry import PROGRAMS
from benchmarks.diagnosis.program import Watch


def digits(seed: int, batch: int = 32) -> tuple[Any, Any]:
    """Small digits, scaled: 1,400 to train on and the others to test on."""
    x, y = data.rows("digits", seed)
    train = DataLoader(TensorDataset(x[:1400] / 16, y[:1400]), batch_size=batch, shuffle=True)
    return train, DataLoader(TensorDataset(x[1400:] / 16, y[1400:]), batch_size=200)


@PROGRAMS("odd-digits-forward-called", fault=None, data="digits", kind="images")
def forward_called(watch: Watch) -> Any:
    torch.manual_seed(0)
    train, test = digits(30)
    model = nn.Sequential(nn.Linear(64, 96), nn.ReLU(), nn.Linear(96, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    criterion = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(40):
            for images, labels in train:
                optimizer.zero_grad()
                criterion(model.forward(images), labels).backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: model.forward(x).argmax(1), test))
    return run


@dataclass
class Output:
    """What a model gives; the loss is there if targets were given."""

    logits: Tensor
    loss: Tensor | None = None


class WithLoss(nn.Module):
    """Averaged word vectors; computes its own loss when it is given labels."""

    def __init__(self, words: int, classes: int, squash: bool = False) -> None:
        """`squash`: logits leave as probabilities."""
        super().__init__()
        self.vectors, self.squash = nn.EmbeddingBag(words, 48, padding_idx=0), squash
        self.head = nn.Sequential(nn.Linear(48, 64), nn.ReLU(), nn.Linear(64, classes))

    def forward(self, input_ids: Tensor, labels: Tensor | None = None) -> Output:
        """Logits of token numbers [n, length]."""
        logits = self.head(self.vectors(input_ids))
        logits = logits.softmax(1) if self.squash else logits
        return Output(logits, F.cross_entropy(logits, labels) if labels is not None else None)


@PROGRAMS("odd-bank-loss-inside-model", fault=None, data="banking77", kind="text")
def loss_inside(watch: Watch) -> Any:
    torch.manual_seed(1)
    texts, labels = data.queries("train", 12)
    test_texts, test_labels = data.queries("test", 12)
    known = data.vocabulary(texts, 800)
    train = DataLoader(TensorDataset(data.token_numbers(texts, known, 20), labels), batch_size=32, shuffle=True)
    test = DataLoader(TensorDataset(data.token_numbers(test_texts, known, 20), test_labels), batch_size=80)
    model = WithLoss(800, 12)
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3)
    with watch(model, optimizer=optimizer, train=train, validation=test) as run:
        for _epoch in range(15):
            for tokens, intent in train:
                output = model(input_ids=tokens, labels=intent)
                output.loss.backward()
                optimizer.step()
                optimizer.zero_grad()
    scored(accuracy=accuracy(lambda x: model(x).logits.argmax(1), test))
    return run


class Returner(nn.Module):
    """A classifier that returns a dictionary with a loss if there are targets."""

    def __init__(self, softmax: bool = False) -> None:
        """`softmax`: the logits are normalised before they leave."""
        super().__init__()
        self.body, self.out, self.softmax = nn.Linear(64, 64), nn.Linear(64, 10), softmax

    def forward(self, images: Tensor, targets: Tensor | None = None) -> dict[str, Tensor]:
        """Logits, features and perhaps a loss."""
        features = torch.relu(self.body(images))
        logits = self.out(features)
        logits = logits.softmax(1) if self.softmax else logits
        result = {"logits": logits, "features": features}
        if targets is not None:
            result["loss"] = F.cross_entropy(logits, targets)
        return result


@PROGRAMS("odd-digits-dictionary-with-loss", fault=None, data="digits", kind="images")
def dictionary_with_loss(watch: Watch) -> Any:
    torch.manual_seed(2)
    train, test = digits(31)
    model = Returner()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(30):
            for images, labels in train:
                optimizer.zero_grad()
                model(images, labels)["loss"].backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: model(x)["logits"].argmax(1), test))
    return run


@PROGRAMS("odd-digits-dictionary-of-probabilities", fault="double-softmax", data="digits", kind="images")
def dictionary_of_probabilities(watch: Watch) -> Any:
    torch.manual_seed(3)
    train, test = digits(32)
    model = Returner(softmax=True)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(15):
            for images, labels in train:
                optimizer.zero_grad()
                output = model(images)
                F.cross_entropy(output["logits"], labels).backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: model(x)["logits"].argmax(1), test))
    return run


class TwoHeads(nn.Module):
    """Says the class, and how much ink there is."""

    def __init__(self) -> None:
        """A body and two heads."""
        super().__init__()
        self.body = nn.Sequential(nn.Linear(64, 64), nn.GELU(), nn.Linear(64, 64), nn.GELU())
        self.kind, self.ink = nn.Linear(64, 10), nn.Linear(64, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Logits [n, 10] and ink [n]."""
        features = self.body(x)
        return self.kind(features), self.ink(features)[:, 0]


@PROGRAMS("odd-digits-two-heads", fault=None, data="digits", kind="images")
def two_heads(watch: Watch) -> Any:
    torch.manual_seed(4)
    train, test = digits(33)
    model = TwoHeads()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=nn.CrossEntropyLoss(), train=train, validation=test) as run:
        for _epoch in range(30):
            for images, labels in train:
                kind, ink = model(images)
                loss = F.cross_entropy(kind, labels) + 2.0 * F.mse_loss(ink, 4 * images.mean(1))
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: model(x)[0].argmax(1), test))
    return run


class Auxiliary(nn.Module):
    """A convolutional network with a classifier half-way, used while it trains."""

    def __init__(self) -> None:
        """Three convolutions."""
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(1, 12, 3, stride=2), nn.BatchNorm2d(12), nn.ReLU())
        self.second = nn.Sequential(nn.Conv2d(12, 24, 3, stride=2), nn.BatchNorm2d(24), nn.ReLU())
        self.halfway, self.head = nn.Linear(12 * 81, 10), nn.Linear(24 * 16, 10)

    def forward(self, x: Tensor) -> Any:
        """Both logits while training, the last ones otherwise."""
        early = self.first(x)
        logits = self.head(self.second(early).flatten(1))
        return (logits, self.halfway(early.flatten(1))) if self.training else logits


@PROGRAMS("odd-cvdigits-auxiliary-head", fault=None, data="opencv_digits", kind="images")
def auxiliary_head(watch: Watch) -> Any:
    torch.manual_seed(5)
    images, labels = data.cv_digits()
    order = torch.randperm(5000)
    x, y = images[order].float().unsqueeze(1) / 255, labels[order]
    train = DataLoader(TensorDataset(x[:3000], y[:3000]), batch_size=50, shuffle=True)
    test = DataLoader(TensorDataset(x[4000:], y[4000:]), batch_size=250)
    model = Auxiliary()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.03, momentum=0.9, weight_decay=1e-4)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(6):
            model.train()
            for image, label in train:
                logits, early = model(image)
                loss = F.cross_entropy(logits, label) + 0.4 * F.cross_entropy(early, label)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    model.eval()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run


class NamedOutputs(nn.Module):
    """Eight normalised layers that return a dictionary."""

    def __init__(self) -> None:
        """64 units each."""
        super().__init__()
        layers = [nn.Sequential(nn.Linear(64, 64, bias=False), nn.BatchNorm1d(64), nn.ReLU()) for _ in range(8)]
        self.body, self.head = nn.Sequential(*layers), nn.Linear(64, 10)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        """Logits under their name."""
        return {"logits": self.head(self.body(x))}


@PROGRAMS("odd-digits-named-outputs-after-eval", fault="eval-mode-left-on", data="digits", kind="images")
def named_outputs_after_eval(watch: Watch) -> Any:
    torch.manual_seed(6)
    train, test = digits(34)
    model = NamedOutputs()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)

    def tested() -> float:
        model.eval()
        return accuracy(lambda x: model(x)["logits"].argmax(1), test)

    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(10):
            tested()
            for images, labels in train:
                optimizer.zero_grad()
                F.cross_entropy(model(images)["logits"], labels).backward()
                optimizer.step()
    scored(accuracy=tested())
    return run


@PROGRAMS("odd-digits-named-outputs", fault=None, data="digits", kind="images")
def named_outputs(watch: Watch) -> Any:
    torch.manual_seed(7)
    train, test = digits(35)
    model = NamedOutputs()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)

    def tested() -> float:
        model.eval()
        return accuracy(lambda x: model(x)["logits"].argmax(1), test)

    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(15):
            tested()
            model.train()
            for images, labels in train:
                optimizer.zero_grad()
                F.cross_entropy(model(images)["logits"], labels).backward()
                optimizer.step()
    scored(accuracy=tested())
    return run
