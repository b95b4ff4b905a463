"""Healthy set-ups of many kinds, small enough for one core: what pre-flight must be silent on.

Real data where scikit-learn has them (digits, wine, breast cancer, diabetes); texts and pictures drawn here are synthetic.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from sklearn import datasets
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

from trackside.lab.training import Training


def loaders(inputs: Tensor, targets: Tensor, batch: int = 32, seed: int = 0) -> tuple[DataLoader[Any], DataLoader[Any]]:
    """Four fifths to train on, shuffled; the rest to validate on."""
    order = torch.randperm(len(inputs), generator=torch.Generator().manual_seed(seed))
    cut = 4 * len(order) // 5
    parts = [TensorDataset(inputs[part], targets[part]) for part in (order[:cut], order[cut:])]
    own = torch.Generator().manual_seed(seed)
    return (
        DataLoader(parts[0], batch, shuffle=True, drop_last=True, generator=own),
        DataLoader(parts[1], batch),
    )


def training(model: nn.Module, loss: Any, data: tuple[Tensor, Tensor], rate: float = 1e-3, batch: int = 32) -> Training:
    """A training with AdamW."""
    train, validation = loaders(*data, batch=batch)
    return Training(model, loss, train, validation, torch.optim.AdamW(model.parameters(), lr=rate))


def table(name: str) -> tuple[Tensor, Tensor]:
    """A data set of scikit-learn with standardised columns."""
    found = getattr(datasets, f"load_{name}")()
    columns = (found.data - found.data.mean(0)) / (found.data.std(0) + 1e-9)
    whole = np.issubdtype(found.target.dtype, np.integer)
    return torch.tensor(columns, dtype=torch.float32), torch.tensor(
        found.target, dtype=torch.int64 if whole else torch.float32
    )


def digits() -> tuple[Tensor, Tensor]:
    """1,797 handwritten digits, float [n, 1, 8, 8] with mean 0 and deviation 1."""
    found = datasets.load_digits()
    images = (found.images - found.images.mean()) / found.images.std()
    return torch.tensor(images[:, None], dtype=torch.float32), torch.tensor(found.target, dtype=torch.int64)


def mlp(inputs: int, outputs: int, width: int = 64) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, outputs))


def lenet(outputs: int = 10) -> nn.Sequential:
    """Two convolutions and two layers, for 8 x 8 pixels."""
    return nn.Sequential(
        nn.Conv2d(1, 12, 3, padding=1),
        nn.Tanh(),
        nn.AvgPool2d(2),
        nn.Conv2d(12, 24, 3, padding=1),
        nn.Tanh(),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(96, 48),
        nn.Tanh(),
        nn.Linear(48, outputs),
    )


def conv_bn(outputs: int = 10, dropout: float = 0.2) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1, bias=False),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1, bias=False),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Dropout(dropout),
        nn.Linear(32, outputs),
    )


class TextClassifier(nn.Module):
    """A small transformer over word numbers; 0 is padding."""

    def __init__(self, words: int = 60, width: int = 32, outputs: int = 4, length: int = 12) -> None:
        super().__init__()
        self.embedding = nn.Embedding(words, width)
        self.place = nn.Parameter(0.02 * torch.randn(length, width))
        layer = nn.TransformerEncoderLayer(width, 4, 64, dropout=0.1, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(width, outputs)

    def forward(self, tokens: Tensor) -> Tensor:
        seen = self.encoder(self.embedding(tokens) + self.place)
        return self.head(seen.mean(1))


def texts(count: int = 600, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Synthetic: each of four subjects has words of its own among common ones."""
    chance = np.random.default_rng(seed)
    labels = chance.integers(0, 4, count)
    common = chance.integers(1, 40, (count, 12))
    own = 40 + 5 * labels[:, None] + chance.integers(0, 5, (count, 12))
    return torch.tensor(np.where(chance.random((count, 12)) < 0.35, own, common)), torch.tensor(labels)


def blobs(count: int = 400, points: int = 2, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Synthetic: pictures 16 x 16 with bright spots; targets are their places from 0 to 1, [n, 2 * points]."""
    chance = np.random.default_rng(seed)
    places = chance.uniform(0.15, 0.85, (count, points, 2))
    grid = (np.arange(16) + 0.5) / 16
    spots = np.exp(
        -((grid - places[:, :, :1]) ** 2)[:, :, None, :] / 0.01 - ((grid - places[:, :, 1:]) ** 2)[..., None] / 0.01
    )
    # Each point has a brightness of its own, so that it can be told from the others.
    images = (spots * np.linspace(1, 2, points)[:, None, None]).sum(1)
    images = (images - images.mean()) / images.std()
    return torch.tensor(images[:, None], dtype=torch.float32), torch.tensor(places.reshape(count, -1), dtype=torch.float32)


def keypoint_net(outputs: int = 4) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(512, outputs)
    )


def labels_of_digits() -> tuple[Tensor, Tensor]:
    """Three yes-or-no questions about each digit: even, above 4, divisible by 3."""
    images, digit = digits()
    return images, torch.stack([digit % 2 == 0, digit > 4, digit % 3 == 0], 1).float()


class Detector(nn.Module):
    """One box and its class, as a dict."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(1, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU(), nn.Flatten())
        self.boxes, self.scores = nn.Linear(512, 4), nn.Linear(512, 2)

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        seen = self.body(images)
        return {"boxes": self.boxes(seen), "scores": self.scores(seen)}


def detection_loss(outputs: dict[str, Tensor], targets: dict[str, Tensor]) -> Tensor:
    return F.smooth_l1_loss(outputs["boxes"], targets["boxes"]) + F.cross_entropy(outputs["scores"], targets["classes"])


def detection() -> Training:
    torch.manual_seed(0)
    images, places = blobs(240)
    classes = (places[:, 0] > places[:, 2]).long()
    rows = [(images[i], {"boxes": places[i], "classes": classes[i]}) for i in range(len(images))]
    model = Detector()
    train = DataLoader(rows[:192], 16, shuffle=True, generator=torch.Generator().manual_seed(0))  # type: ignore[arg-type]
    return Training(model, detection_loss, train, DataLoader(rows[192:], 16), torch.optim.Adam(model.parameters(), 2e-3))  # type: ignore[arg-type]


def standardised_diabetes() -> tuple[Tensor, Tensor]:
    inputs, targets = table("diabetes")
    return inputs, ((targets - targets.mean()) / targets.std())[:, None]


def make(name: str, seed: int = 0) -> Training:
    """A healthy training by its name."""
    torch.manual_seed(seed)
    match name:
        case "mlp-wine":
            return training(mlp(13, 3), nn.CrossEntropyLoss(), table("wine"), 3e-3, 16)
        case "lenet-digits":
            model = lenet()
            train, validation = loaders(*digits())
            return Training(
                model, F.cross_entropy, train, validation, torch.optim.SGD(model.parameters(), 0.05, momentum=0.9)
            )
        case "conv-bn":
            return training(conv_bn(), nn.CrossEntropyLoss(label_smoothing=0.1), digits(), 3e-3)
        case "transformer":
            return training(TextClassifier(), nn.CrossEntropyLoss(), texts(), 1e-3)
        case "regression":
            return training(mlp(10, 1), nn.MSELoss(), standardised_diabetes())
        case "multi-label":
            return training(nn.Sequential(nn.Flatten(), mlp(64, 3)), nn.BCEWithLogitsLoss(), labels_of_digits())
        case "keypoints":
            return training(keypoint_net(), nn.MSELoss(), blobs())
        case "detection":
            return detection()
        case "binary":
            inputs, targets = table("breast_cancer")
            return training(mlp(30, 1), nn.BCEWithLogitsLoss(), (inputs, targets.float()[:, None]))
        case _:
            raise KeyError(name)


NAMES = (
    "mlp-wine",
    "lenet-digits",
    "conv-bn",
    "transformer",
    "regression",
    "multi-label",
    "keypoints",
    "detection",
    "binary",
)
