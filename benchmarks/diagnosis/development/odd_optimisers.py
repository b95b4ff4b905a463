"""Programs that step in an unusual way: by hand, with closures, averages, two passes, or several optimisers."""

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


def mlp() -> nn.Sequential:
    """One hidden layer on small digits."""
    return nn.Sequential(nn.Linear(64, 96), nn.ReLU(), nn.Linear(96, 10))


@PROGRAMS("odd-digits-steps-by-hand", fault=None, data="digits", kind="images")
def steps_by_hand(watch: Watch) -> Any:
    torch.manual_seed(0)
    train, test = digits(50)
    model = mlp()
    with watch(model, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(30):
            for images, labels in train:
                F.cross_entropy(model(images), labels).backward()
                with torch.no_grad():
                    for parameter in model.parameters():
                        parameter -= 0.3 * parameter.grad
                        parameter.grad = None
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run


@PROGRAMS("odd-digits-steps-by-hand-grown-gradients", fault="missing-zero-grad", data="digits", kind="images")
def grown_gradients(watch: Watch) -> Any:
    torch.manual_seed(1)
    train, test = digits(51)
    model = mlp()
    with watch(model, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(20):
            for images, labels in train:
                F.cross_entropy(model(images), labels).backward()
                for parameter in model.parameters():
                    parameter.data -= 0.3 * parameter.grad
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run


@PROGRAMS("odd-wine-autograd-grad", fault=None, data="wine", kind="table")
def autograd_grad(watch: Watch) -> Any:
    torch.manual_seed(2)
    x, y = data.rows("wine", 52)
    x = (x - x[:130].mean(0)) / x[:130].std(0)
    train = DataLoader(TensorDataset(x[:130], y[:130]), batch_size=13, shuffle=True)
    test = DataLoader(TensorDataset(x[130:], y[130:]), batch_size=48)
    model = nn.Sequential(nn.Linear(13, 24), nn.Tanh(), nn.Linear(24, 3))
    with watch(model, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(60):
            for rows, kinds in train:
                loss = F.cross_entropy(model(rows), kinds)
                gradients = torch.autograd.grad(loss, list(model.parameters()))
                with torch.no_grad():
                    for parameter, gradient in zip(model.parameters(), gradients, strict=True):
                        parameter.sub_(0.1 * gradient)
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run


@PROGRAMS("odd-diabetes-lbfgs-closure", fault=None, data="diabetes", kind="table")
def lbfgs(watch: Watch) -> Any:
    torch.manual_seed(3)
    x, y = data.rows("diabetes", 53)
    x, y = (x - x[:342].mean(0)) / x[:342].std(0), (y - y[:342].mean()) / y[:342].std()
    train = DataLoader(TensorDataset(x[:342], y[:342, None]), batch_size=342)
    test = DataLoader(TensorDataset(x[342:], y[342:, None]), batch_size=100)
    model = nn.Sequential(nn.Linear(10, 4), nn.Tanh(), nn.Linear(4, 1))
    optimizer = torch.optim.LBFGS(model.parameters(), lr=1.0, max_iter=5, line_search_fn="strong_wolfe")
    with watch(model, optimizer=optimizer, loss_fn=F.mse_loss, train=train, validation=test) as run:
        for _epoch in range(8):
            for rows, progress in train:

                def closure(rows: Tensor = rows, progress: Tensor = progress) -> Tensor:
                    optimizer.zero_grad()
                    loss = F.mse_loss(model(rows), progress) + 1e-2 * sum(p.square().sum() for p in model.parameters())
                    loss.backward()
                    return loss

                optimizer.step(closure)
    scored(r2=explained(model(x[342:]), y[342:]))
    return run


@PROGRAMS("odd-digits-averaged-weights", fault=None, data="digits", kind="images")
def averaged_weights(watch: Watch) -> Any:
    torch.manual_seed(4)
    train, test = digits(54)
    model = mlp()
    average = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.99))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(25):
            for images, labels in train:
                optimizer.zero_grad()
                F.cross_entropy(model(images), labels).backward()
                optimizer.step()
                average.update_parameters(model)
            accuracy(lambda x: average(x).argmax(1), test)
    scored(accuracy=accuracy(lambda x: average(x).argmax(1), test))
    return run


@PROGRAMS("odd-digits-sharpness-aware", fault=None, data="digits", kind="images")
def sharpness_aware(watch: Watch) -> Any:
    torch.manual_seed(5)
    train, test = digits(55)
    model = mlp()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(25):
            for images, labels in train:
                F.cross_entropy(model(images), labels).backward()
                with torch.no_grad():
                    norm = torch.stack([p.grad.norm() for p in model.parameters()]).norm() + 1e-12
                    moves = [0.05 * p.grad / norm for p in model.parameters()]
                    for parameter, move in zip(model.parameters(), moves, strict=True):
                        parameter.add_(move)
                optimizer.zero_grad()
                F.cross_entropy(model(images), labels).backward()
                with torch.no_grad():
                    for parameter, move in zip(model.parameters(), moves, strict=True):
                        parameter.sub_(move)
                optimizer.step()
                optimizer.zero_grad()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run


class Wrapper(nn.Module):
    """Wraps a module and calls it, as wrappers for several devices do."""

    def __init__(self, module: nn.Module) -> None:
        """Keeps the module."""
        super().__init__()
        self.module = module

    def forward(self, *inputs: Any, **named: Any) -> Any:
        """What the module gives."""
        return self.module(*inputs, **named)


@PROGRAMS("odd-cvdigits-bfloat16-accumulated-clipped", fault=None, data="opencv_digits", kind="images")
def bfloat16(watch: Watch) -> Any:
    torch.manual_seed(6)
    images, labels = data.cv_digits()
    order = torch.randperm(5000)
    x, y = images[order].float().flatten(1) / 255, labels[order]
    train = DataLoader(TensorDataset(x[:3000], y[:3000]), batch_size=20, shuffle=True, drop_last=True)
    test = DataLoader(TensorDataset(x[4000:], y[4000:]), batch_size=250)
    model = Wrapper(nn.Sequential(nn.Linear(400, 128), nn.ReLU(), nn.Linear(128, 10)))
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(10):
            for step, (image, label) in enumerate(train):
                with torch.autocast("cpu", dtype=torch.bfloat16):
                    loss = F.cross_entropy(model(image), label) / 3
                loss.backward()
                if step % 3 == 2:
                    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                    optimizer.step()
                    optimizer.zero_grad()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run


@PROGRAMS("odd-cvdigits-loss-scaled-wrapped", fault=None, data="opencv_digits", kind="images")
def loss_scaled(watch: Watch) -> Any:
    torch.manual_seed(7)
    images, labels = data.cv_digits()
    order = torch.randperm(5000)
    x, y = images[order].float().flatten(1) / 255, labels[order]
    train = DataLoader(TensorDataset(x[:3000], y[:3000]), batch_size=50, shuffle=True)
    test = DataLoader(TensorDataset(x[4000:], y[4000:]), batch_size=250)
    model = nn.Sequential(nn.Linear(400, 128), nn.SiLU(), nn.Linear(128, 10))
    wrapped = Wrapper(model)
    optimizer = torch.optim.Adam(wrapped.parameters(), lr=2e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(15):
            for image, label in train:
                optimizer.zero_grad(set_to_none=False)
                (1024 * F.cross_entropy(wrapped(image), label)).backward()
                for parameter in wrapped.parameters():
                    parameter.grad.div_(1024)
                optimizer.step()
    scored(accuracy=accuracy(lambda x: wrapped(x).argmax(1), test))
    return run


@PROGRAMS("odd-diabetes-gradients-taken-wrong-way", fault="sign-error", data="diabetes", kind="table")
def wrong_way(watch: Watch) -> Any:
    torch.manual_seed(8)
    x, y = data.rows("diabetes", 56)
    x, y = (x - x[:342].mean(0)) / x[:342].std(0), (y - y[:342].mean()) / y[:342].std()
    train = DataLoader(TensorDataset(x[:342], y[:342, None]), batch_size=38, shuffle=True)
    test = DataLoader(TensorDataset(x[342:], y[342:, None]), batch_size=100)
    model = nn.Sequential(nn.Linear(10, 24), nn.Tanh(), nn.Linear(24, 1))
    with watch(model, loss_fn=F.mse_loss, train=train, validation=test) as run:
        for _epoch in range(20):
            for rows, progress in train:
                loss = F.mse_loss(model(rows), progress)
                gradients = torch.autograd.grad(loss, list(model.parameters()))
                with torch.no_grad():
                    for parameter, gradient in zip(model.parameters(), gradients, strict=True):
                        parameter.add_(0.003 * gradient)
    scored(r2=explained(model(x[342:]), y[342:]))
    return run
