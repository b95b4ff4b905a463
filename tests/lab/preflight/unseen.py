"""More healthy set-ups, on other data. The first look at them gave ten alarms, after which thresholds were changed.

Data are other than those of `healthy.py` where possible: iris, linnerud, synthetic tables, sequences and pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader

from tests.lab.preflight.healthy import TextClassifier, blobs, digits, lenet, loaders, mlp, table, texts
from trackside.lab.training import Training

UNSEEN: dict[str, Callable[[int], Training]] = {}


def unseen(make: Callable[[int], Training]) -> Callable[[int], Training]:
    def made(seed: int) -> Training:
        torch.manual_seed(1000 + seed)
        return make(1000 + seed)

    UNSEEN[make.__name__] = made
    return make


def given(
    model: nn.Module, loss: Any, data: tuple[Tensor, Tensor], optimizer: Any, seed: int, batch: int = 24, **more: Any
) -> Training:
    train, validation = loaders(*data, batch=batch, seed=seed)
    return Training(model, loss, train, validation, optimizer, **more)


def spirals(seed: int, count: int = 500) -> tuple[Tensor, Tensor]:
    """Synthetic: three arms of a spiral."""
    chance = np.random.default_rng(seed)
    label = chance.integers(0, 3, count)
    far = chance.uniform(0.1, 1, count)
    turn = 4 * far + 2 * np.pi * label / 3 + chance.normal(0, 0.1, count)
    points = np.stack([far * np.cos(turn), far * np.sin(turn)], 1)
    return torch.tensor(points / points.std(0), dtype=torch.float32), torch.tensor(label)


def waves(seed: int, count: int = 400) -> tuple[Tensor, Tensor]:
    """Synthetic: sequences [n, 32, 2] of three frequencies, with noise."""
    chance = np.random.default_rng(seed)
    label = chance.integers(0, 3, count)
    time = np.arange(32)[None] * (0.2 + 0.25 * label[:, None]) + chance.uniform(0, 6, (count, 1))
    seen = np.stack([np.sin(time), np.cos(time)], 2) + chance.normal(0, 0.3, (count, 32, 2))
    return torch.tensor(seen, dtype=torch.float32), torch.tensor(label)


def shapes(seed: int, count: int = 300, side: int = 32) -> tuple[Tensor, Tensor]:
    """Synthetic: coloured pictures [n, 3, side, side] of discs, squares and stripes, standardised."""
    chance = np.random.default_rng(seed)
    label = chance.integers(0, 3, count)
    y, x = np.mgrid[:side, :side]
    pictures = np.empty((count, 3, side, side))
    for i in range(count):
        cx, cy, r = chance.uniform(10, 22), chance.uniform(10, 22), chance.uniform(5, 9)
        inside = ((x - cx) ** 2 + (y - cy) ** 2 < r * r, (abs(x - cx) < r) & (abs(y - cy) < r), (x // 4) % 2 == 0)[label[i]]
        pictures[i] = (
            chance.uniform(0, 1, (3, 1, 1)) * inside + chance.uniform(0, 0.3) + chance.normal(0, 0.05, (3, side, side))
        )
    pictures = (pictures - pictures.mean()) / pictures.std()
    return torch.tensor(pictures, dtype=torch.float32), torch.tensor(label)


def rows(seed: int, count: int = 500, width: int = 20, outputs: int = 1) -> tuple[Tensor, Tensor]:
    """Synthetic: a smooth function of some columns, with noise; targets [n, outputs] of deviation 1."""
    chance = np.random.default_rng(seed)
    x = chance.normal(size=(count, width))
    y = np.tanh(x @ chance.normal(size=(width, outputs))) + 0.3 * x[:, :1] ** 2 + chance.normal(0, 0.2, (count, outputs))
    return torch.tensor(x, dtype=torch.float32), torch.tensor((y - y.mean(0)) / y.std(0), dtype=torch.float32)


@unseen
def linear_on_iris(seed: int) -> Training:
    model = nn.Linear(4, 3)
    return given(model, nn.CrossEntropyLoss(), table("iris"), torch.optim.SGD(model.parameters(), 0.1), seed, 16)


@unseen
def layer_norm_gelu(seed: int) -> Training:
    model = nn.Sequential(nn.Linear(2, 48), nn.LayerNorm(48), nn.GELU(), nn.Linear(48, 48), nn.GELU(), nn.Linear(48, 3))
    return given(model, nn.CrossEntropyLoss(), spirals(seed), torch.optim.AdamW(model.parameters(), 3e-3), seed)


@unseen
def one_cycle(seed: int) -> Training:
    model = mlp(2, 3)
    optimizer = torch.optim.AdamW(model.parameters(), 1e-2)
    torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-2, total_steps=400)
    return given(model, nn.CrossEntropyLoss(), spirals(seed), optimizer, seed)


@unseen
def warm_up(seed: int) -> Training:
    model = mlp(20, 1)
    optimizer = torch.optim.Adam(model.parameters(), 2e-3)
    torch.optim.lr_scheduler.LinearLR(optimizer, 1e-4, total_iters=50)
    return given(model, nn.HuberLoss(), rows(seed), optimizer, seed)


@unseen
def lstm(seed: int) -> Training:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body, self.head = nn.LSTM(2, 32, batch_first=True), nn.Linear(32, 3)

        def forward(self, seen: Tensor) -> Tensor:
            return self.head(self.body(seen)[0][:, -1])

    model = Net()
    return given(model, nn.CrossEntropyLoss(), waves(seed), torch.optim.Adam(model.parameters(), 3e-3), seed)


@unseen
def gru_last_state(seed: int) -> Training:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body, self.head = nn.GRU(2, 24, 2, batch_first=True, dropout=0.2), nn.Linear(24, 3)

        def forward(self, seen: Tensor) -> Tensor:
            return self.head(self.body(seen)[1][-1])

    model = Net()
    return given(model, F.cross_entropy, waves(seed), torch.optim.RMSprop(model.parameters(), 1e-3), seed)


@unseen
def conv_1d(seed: int) -> Training:
    model = nn.Sequential(
        nn.Conv1d(2, 16, 5), nn.BatchNorm1d(16), nn.ReLU(), nn.AdaptiveAvgPool1d(4), nn.Flatten(), nn.Linear(64, 3)
    )
    inputs, targets = waves(seed)
    return given(
        model, nn.CrossEntropyLoss(), (inputs.transpose(1, 2), targets), torch.optim.SGD(model.parameters(), 0.03, 0.9), seed
    )


@unseen
def resnet_with_zero_start(seed: int) -> Training:
    class Block(nn.Module):
        def __init__(self, width: int) -> None:
            super().__init__()
            self.one, self.two = (nn.Conv2d(width, width, 3, padding=1, bias=False) for _ in range(2))
            self.norm_one, self.norm_two = nn.BatchNorm2d(width), nn.BatchNorm2d(width)
            nn.init.zeros_(self.norm_two.weight)

        def forward(self, seen: Tensor) -> Tensor:
            return F.relu(seen + self.norm_two(self.two(F.relu(self.norm_one(self.one(seen))))))

    model = nn.Sequential(
        nn.Conv2d(3, 16, 3, 2, 1), Block(16), Block(16), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 3)
    )
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9, weight_decay=5e-4, nesterov=True)
    return given(model, nn.CrossEntropyLoss(), shapes(seed), optimizer, seed, 32)


@unseen
def zero_head(seed: int) -> Training:
    model = lenet()
    nn.init.zeros_(model[-1].weight)  # type: ignore[arg-type]
    return given(model, nn.CrossEntropyLoss(), digits(), torch.optim.Adam(model.parameters(), 2e-3), seed)


@unseen
def torchvision_resnet18(seed: int) -> Training:
    from torchvision.models import resnet18

    model = resnet18(num_classes=3)
    return given(model, nn.CrossEntropyLoss(), shapes(seed, 120), torch.optim.SGD(model.parameters(), 0.02, 0.9), seed, 16)


@unseen
def timm_vit(seed: int) -> Training:
    import timm

    model = timm.create_model(
        "vit_tiny_patch16_224",
        num_classes=3,
        img_size=32,
        patch_size=8,
        embed_dim=48,
        depth=3,
        num_heads=3,
        drop_path_rate=0.1,
    )
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3, weight_decay=0.05)
    return given(model, nn.CrossEntropyLoss(label_smoothing=0.1), shapes(seed, 200), optimizer, seed, 16)


@unseen
def timm_mobilenet_frozen_body(seed: int) -> Training:
    import timm

    model = timm.create_model("mobilenetv3_small_050", num_classes=3)
    model.requires_grad_(False)
    model.get_classifier().requires_grad_(True)
    optimizer = torch.optim.AdamW(model.get_classifier().parameters(), 3e-3)
    return given(model, nn.CrossEntropyLoss(), shapes(seed, 120), optimizer, seed, 16)


@unseen
def group_norm(seed: int) -> Training:
    model = nn.Sequential(
        nn.Conv2d(3, 16, 3, 2, 1), nn.GroupNorm(4, 16), nn.SiLU(),
        nn.Conv2d(16, 32, 3, 2, 1), nn.GroupNorm(4, 32), nn.SiLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 3),
    )  # fmt: skip
    return given(model, nn.CrossEntropyLoss(), shapes(seed), torch.optim.AdamW(model.parameters(), 2e-3), seed, 8)


@unseen
def segmentation(seed: int) -> Training:
    model = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 2, 1)
    )
    images, _ = blobs(200, seed=seed)
    return given(
        model,
        nn.CrossEntropyLoss(),
        (images, (images[:, 0] > 1).long()),
        torch.optim.Adam(model.parameters(), 3e-3),
        seed,
        8,
    )


@unseen
def autoencoder(seed: int) -> Training:
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 64), nn.Unflatten(1, (1, 8, 8)))
    images, _ = digits()
    return given(model, nn.MSELoss(), (images, images), torch.optim.Adam(model.parameters(), 2e-3), seed)


@unseen
def autoencoder_of_probabilities(seed: int) -> Training:
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 48), nn.ReLU(), nn.Linear(48, 64), nn.Sigmoid())
    images, _ = digits()
    raw = (images - images.min()) / (images.max() - images.min())
    return given(model, nn.BCELoss(), (raw, raw.flatten(1)), torch.optim.Adam(model.parameters(), 2e-3), seed)


@unseen
def log_softmax_with_nll(seed: int) -> Training:
    model = nn.Sequential(lenet(), nn.LogSoftmax(1))
    return given(model, nn.NLLLoss(), digits(), torch.optim.Adam(model.parameters(), 2e-3), seed)


@unseen
def soft_labels(seed: int) -> Training:
    model = mlp(2, 3)
    inputs, targets = spirals(seed)
    soft = 0.8 * F.one_hot(targets, 3).float() + 0.2 / 3
    return given(model, nn.CrossEntropyLoss(), (inputs, soft), torch.optim.Adam(model.parameters(), 3e-3), seed)


@unseen
def focal_loss(seed: int) -> Training:
    def focal(outputs: Tensor, targets: Tensor) -> Tensor:
        cost = F.cross_entropy(outputs, targets, reduction="none")
        return ((1 - torch.exp(-cost)) ** 2 * cost).mean()

    model = mlp(2, 3)
    return given(model, focal, spirals(seed), torch.optim.Adam(model.parameters(), 3e-3), seed)


@unseen
def moderate_imbalance_weighted(seed: int) -> Training:
    inputs, targets = spirals(seed, 900)
    keep = (targets < 2) | (torch.arange(len(targets)) % 6 == 0)
    counts = torch.bincount(targets[keep]).float()
    model = mlp(2, 3)
    loss = nn.CrossEntropyLoss(weight=counts.sum() / (3 * counts))
    return given(model, loss, (inputs[keep], targets[keep]), torch.optim.Adam(model.parameters(), 3e-3), seed)


@unseen
def binary_one_column_squeezed(seed: int) -> Training:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = mlp(20, 1)

        def forward(self, seen: Tensor) -> Tensor:
            return self.net(seen).squeeze(1)

    inputs, targets = rows(seed)
    model = Net()
    optimizer = torch.optim.Adam(model.parameters(), 2e-3)
    return given(model, F.binary_cross_entropy_with_logits, (inputs, (targets[:, 0] > 0.5).float()), optimizer, seed)


@unseen
def several_outputs(seed: int) -> Training:
    model = nn.Sequential(nn.Linear(20, 64), nn.SELU(), nn.Linear(64, 5))
    return given(model, nn.SmoothL1Loss(), rows(seed, outputs=5), torch.optim.Adam(model.parameters(), 3e-3), seed)


@unseen
def absolute_error(seed: int) -> Training:
    model = mlp(20, 2)
    return given(model, nn.L1Loss(), rows(seed, outputs=2), torch.optim.Adam(model.parameters(), 2e-3), seed)


@unseen
def poisson_counts(seed: int) -> Training:
    inputs, targets = rows(seed)
    counts = torch.poisson(targets.exp(), generator=torch.Generator().manual_seed(seed))
    model = mlp(20, 1)
    return given(model, nn.PoissonNLLLoss(), (inputs, counts), torch.optim.Adam(model.parameters(), 1e-3), seed)


@unseen
def embedding_bag(seed: int) -> Training:
    model = nn.Sequential(nn.EmbeddingBag(60, 24), nn.Linear(24, 4))
    return given(model, nn.CrossEntropyLoss(), texts(seed=seed), torch.optim.Adam(model.parameters(), 1e-2), seed)


@unseen
def transformer_post_norm(seed: int) -> Training:
    model = TextClassifier()
    for layer in model.encoder.layers:
        layer.norm_first = False
    return given(model, nn.CrossEntropyLoss(), texts(seed=seed), torch.optim.AdamW(model.parameters(), 5e-4), seed, 16)


class Rows:
    """A map-style data set whose batches are mappings."""

    def __init__(self, inputs: Tensor, targets: Tensor) -> None:
        self.inputs, self.targets = inputs, targets

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(self, row: int) -> dict[str, Tensor]:
        return {"left": self.inputs[row, :10], "right": self.inputs[row, 10:], "target": self.targets[row]}


@unseen
def two_inputs_in_a_mapping(seed: int) -> Training:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.two, self.head = nn.Linear(10, 32), nn.Linear(10, 32), nn.Linear(64, 1)

        def forward(self, left: Tensor, right: Tensor) -> Tensor:
            return self.head(torch.cat([self.one(left).relu(), self.two(right).relu()], 1))

    inputs, targets = rows(seed)
    model = Net()
    train = DataLoader(Rows(inputs[:400], targets[:400]), 32, shuffle=True, generator=torch.Generator().manual_seed(seed))  # type: ignore[arg-type]
    return Training(
        model,
        nn.MSELoss(),
        train,
        DataLoader(Rows(inputs[400:], targets[400:]), 32),
        torch.optim.Adam(model.parameters(), 3e-3),
    )  # type: ignore[arg-type]


@unseen
def discriminative_rates(seed: int) -> Training:
    model = lenet()
    groups = [{"params": model[:6].parameters(), "lr": 3e-4}, {"params": model[6:].parameters(), "lr": 3e-3}]
    return given(model, nn.CrossEntropyLoss(), digits(), torch.optim.AdamW(groups), seed)


@unseen
def targets_from_zero_to_one(seed: int) -> Training:
    images, places = blobs(300, 1, seed)
    model = nn.Sequential(nn.Flatten(), nn.Linear(256, 64), nn.ReLU(), nn.Linear(64, 2), nn.Sigmoid())
    return given(model, nn.MSELoss(), (images, places), torch.optim.Adam(model.parameters(), 2e-3), seed)


@unseen
def heavy_but_usual_dropout(seed: int) -> Training:
    model = nn.Sequential(
        nn.Linear(20, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 1)
    )
    optimizer = torch.optim.Adam(model.parameters(), 1e-3, weight_decay=1e-4)
    return given(model, nn.MSELoss(), rows(seed), optimizer, seed)


@unseen
def residual_mlp_of_twelve_layers(seed: int) -> Training:
    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm, self.one, self.two = nn.LayerNorm(32), nn.Linear(32, 64), nn.Linear(64, 32)

        def forward(self, seen: Tensor) -> Tensor:
            return seen + self.two(F.gelu(self.one(self.norm(seen))))

    model = nn.Sequential(nn.Linear(2, 32), *(Block() for _ in range(6)), nn.LayerNorm(32), nn.Linear(32, 3))
    return given(model, nn.CrossEntropyLoss(), spirals(seed), torch.optim.AdamW(model.parameters(), 2e-3), seed)


@unseen
def batch_norm_mlp(seed: int) -> Training:
    model = nn.Sequential(nn.BatchNorm1d(20), nn.Linear(20, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 1))
    inputs, targets = rows(seed)
    return given(model, nn.MSELoss(), (50 * inputs + 300, targets), torch.optim.Adam(model.parameters(), 5e-3), seed)


@unseen
def no_validation_no_optimiser(seed: int) -> Training:
    made = given(mlp(2, 3), nn.CrossEntropyLoss(), spirals(seed), None, seed)
    made.validation = None
    return made
