"""Programs with losses that are not of the usual two: hand-made, ranked, ordered, with a spread."""

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


def split(name: str, seed: int, known: int, batch: int) -> tuple[Any, Any, Tensor, Tensor]:
    """Standardised rows of a table: loaders, and the test rows with their targets."""
    x, y = data.rows(name, seed)
    x = (x - x[:known].mean(0)) / (x[:known].std(0) + 1e-6)
    if y.is_floating_point():
        y = (y - y[:known].mean()) / y[:known].std()
    train = DataLoader(TensorDataset(x[:known], y[:known]), batch_size=batch, shuffle=True)
    return train, DataLoader(TensorDataset(x[known:], y[known:]), batch_size=100), x[known:], y[known:]


def mlp(inputs: int, outputs: int, width: int = 32) -> nn.Sequential:
    """One hidden layer."""
    return nn.Sequential(nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, outputs))


def focal(logits: Tensor, classes: Tensor) -> Tensor:
    """Cross-entropy that counts what is already right for less."""
    log_p = F.log_softmax(logits, dim=1).gather(1, classes[:, None])[:, 0]
    return (-((1 - log_p.exp()) ** 2) * log_p).mean()


@PROGRAMS("odd-digits-focal-by-hand", fault=None, data="digits", kind="images")
def focal_by_hand(watch: Watch) -> Any:
    torch.manual_seed(0)
    train, test, _, _ = split("digits", 90, 1400, 32)
    model = mlp(64, 10, 64)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    with watch(model, optimizer=optimizer, loss_fn=focal, train=train, validation=test) as run:
        for _epoch in range(20):
            for images, labels in train:
                optimizer.zero_grad()
                focal(model(images), labels).backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run


@PROGRAMS("odd-diabetes-three-quantiles", fault=None, data="diabetes", kind="table")
def three_quantiles(watch: Watch) -> Any:
    torch.manual_seed(1)
    train, test, x, y = split("diabetes", 91, 342, 32)
    model = mlp(10, 3)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.05)
    levels = torch.tensor([0.1, 0.5, 0.9])

    def pinball(outputs: Tensor, targets: Tensor) -> Tensor:
        error = targets[:, None] - outputs
        return torch.maximum(levels * error, (levels - 1) * error).mean()

    with watch(model, optimizer=optimizer, loss_fn=pinball, train=train, validation=test) as run:
        for _epoch in range(20):
            for rows, progress in train:
                optimizer.zero_grad()
                pinball(model(rows), progress).backward()
                optimizer.step()
    guess = model(x).detach()
    scored(r2=explained(guess[:, 1], y), covered=float(((guess[:, 0] < y) & (y < guess[:, 2])).float().mean()))
    return run


@PROGRAMS("odd-heteroscedastic-gaussian", fault=None, data="synthetic", kind="table")
def heteroscedastic(watch: Watch) -> Any:
    """A synthetic curve whose noise grows from left to right; R2 against the noiseless curve is scored too."""
    torch.manual_seed(2)
    x = torch.rand(3000, 1) * 6 - 3
    curve = torch.sin(1.5 * x[:, 0])
    y = curve + (0.05 + 0.25 * (x[:, 0] + 3) / 3) * torch.randn(3000)
    train = DataLoader(TensorDataset(x[:2400], y[:2400]), batch_size=40, shuffle=True)
    test = DataLoader(TensorDataset(x[2400:], y[2400:]), batch_size=100)
    model = nn.Sequential(nn.Linear(1, 48), nn.Tanh(), nn.Linear(48, 48), nn.Tanh(), nn.Linear(48, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    loss_fn = nn.GaussianNLLLoss()
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(40):
            for rows, target in train:
                mean, spread = model(rows).unbind(1)
                optimizer.zero_grad()
                loss_fn(mean, target, F.softplus(spread) + 1e-4).backward()
                optimizer.step()
    guess = model(x[2400:])[:, 0]
    scored(r2=explained(guess, y[2400:]), curve=explained(guess, curve[2400:]))
    return run


def hinge_loss(outputs: Tensor, signs: Tensor) -> Tensor:
    """How far each output is from the right side of its margin; signs are -1 and 1."""
    return (1 - signs * outputs[:, 0]).clamp(min=0).mean()


@PROGRAMS("odd-cancer-hinge", fault=None, data="breast_cancer", kind="table")
def hinge(watch: Watch) -> Any:
    torch.manual_seed(3)
    train, test, _, _ = split("breast_cancer", 93, 400, 20)
    model = nn.Linear(30, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, weight_decay=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=hinge_loss, train=train, validation=test) as run:
        for _epoch in range(30):
            for rows, benign in train:
                optimizer.zero_grad()
                hinge_loss(model(rows), 2 * benign.float() - 1).backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: (model(x)[:, 0] > 0).long(), test))
    return run


@PROGRAMS("odd-digits-several-properties", fault=None, data="digits", kind="images")
def several_properties(watch: Watch) -> Any:
    """Is it even, above four, a prime, with a loop? Four yes-or-no answers, made in the loop of the class."""
    torch.manual_seed(4)
    train, test, x, y = split("digits", 94, 1400, 32)
    kinds = torch.arange(10)
    answers = torch.stack([kinds % 2 == 0, kinds > 4, (kinds.unsqueeze(1) == torch.tensor([2, 3, 5, 7])).any(1)], 1)
    answers = torch.cat([answers, (kinds.unsqueeze(1) == torch.tensor([0, 6, 8, 9])).any(1, keepdim=True)], 1).float()
    model = mlp(64, 4, 64)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    loss_fn = nn.BCEWithLogitsLoss(pos_weight=torch.tensor([1.0, 1.0, 1.5, 1.5]))
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(25):
            for images, labels in train:
                optimizer.zero_grad()
                loss_fn(model(images), answers[labels]).backward()
                optimizer.step()
    scored(accuracy=float(((model(x) > 0).float() == answers[y]).float().mean()))
    return run


@PROGRAMS("odd-diabetes-ordered-grades", fault=None, data="diabetes", kind="table")
def ordered_grades(watch: Watch) -> Any:
    """Four grades of progress, told by three thresholds on one score."""
    torch.manual_seed(5)
    train, test, x, y = split("diabetes", 95, 342, 32)
    limits = torch.tensor([-0.8, 0.0, 0.8])
    model = nn.ModuleDict({"score": mlp(10, 1), "limits": nn.Linear(1, 3, bias=True)})
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3, weight_decay=1e-3)
    with watch(model, optimizer=optimizer, train=train, validation=test) as run:
        for _epoch in range(40):
            for rows, progress in train:
                above = (progress[:, None] > limits).float()
                optimizer.zero_grad()
                F.binary_cross_entropy_with_logits(model["limits"](model["score"](rows)), above).backward()
                optimizer.step()
    near = ((model["limits"](model["score"](x)) > 0).sum(1) - (y[:, None] > limits).sum(1)).abs() <= 1
    scored(within_one_grade=float(near.float().mean()))
    return run


def ranked(watch: Watch, seed: int, sign: float) -> Any:
    """Patients of a batch are compared in pairs."""
    torch.manual_seed(seed)
    train, test, x, y = split("diabetes", 96, 342, 38)
    model = mlp(10, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    loss_fn = nn.MarginRankingLoss(margin=0.5)
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(25):
            for rows, progress in train:
                score = model(rows)[:, 0]
                other = torch.randperm(len(rows))
                order = sign * torch.sign(progress - progress[other] + 1e-9)
                optimizer.zero_grad()
                loss_fn(score, score[other], order).backward()
                optimizer.step()
    score = model(x)[:, 0].detach()
    agree = ((score[:, None] - score) * (y[:, None] - y) > 0).float().sum() / (len(y) * (len(y) - 1))
    scored(pairs_in_order=float(agree))
    return run


@PROGRAMS("odd-diabetes-ranked-pairs", fault=None, data="diabetes", kind="table")
def ranked_pairs(watch: Watch) -> Any:
    return ranked(watch, 6, 1.0)


@PROGRAMS("odd-diabetes-ranked-backwards", fault="sign-error", data="diabetes", kind="table", also=("implementation-bug",))
def ranked_backwards(watch: Watch) -> Any:
    return ranked(watch, 7, -1.0)


@PROGRAMS("odd-digits-focal-maximised", fault="sign-error", data="digits", kind="images")
def focal_maximised(watch: Watch) -> Any:
    torch.manual_seed(8)
    train, test, _, _ = split("digits", 97, 1400, 32)
    model = mlp(64, 10, 64)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-4)

    def likelihood(logits: Tensor, classes: Tensor) -> Tensor:
        log_p = F.log_softmax(logits, dim=1).gather(1, classes[:, None])[:, 0]
        return ((1 - log_p.exp()) ** 2 * log_p).mean()

    with watch(model, optimizer=optimizer, loss_fn=likelihood, train=train, validation=test) as run:
        for _epoch in range(10):
            for images, labels in train:
                optimizer.zero_grad()
                likelihood(model(images), labels).backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run
