"""Programs in which parts of a model learn apart: two optimisers, frozen backbones, heads that are never called."""

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


def adversaries() -> tuple[nn.Module, nn.Module, Any, Any]:
    """A generator and a discriminator of small digits, with their optimisers."""
    generator = nn.Sequential(nn.Linear(16, 96), nn.ReLU(), nn.Linear(96, 64), nn.Sigmoid())
    discriminator = nn.Sequential(nn.Linear(64, 96), nn.LeakyReLU(0.2), nn.Dropout(0.3), nn.Linear(96, 1))
    return (
        *(generator, discriminator),
        torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.999)),
        torch.optim.Adam(discriminator.parameters(), lr=1e-3, betas=(0.5, 0.999)),
    )


def adversarial_epochs(epochs: int, train: Any, parts: tuple[Any, Any, Any, Any]) -> None:
    """The usual game: one step of the discriminator, one of the generator."""
    generator, discriminator, make, judge = parts
    for _epoch in range(epochs):
        for images, _ in train:
            real, fake = torch.ones(len(images), 1), torch.zeros(len(images), 1)
            made = generator(torch.randn(len(images), 16))
            judged = F.binary_cross_entropy_with_logits(discriminator(images), real)
            judged = judged + F.binary_cross_entropy_with_logits(discriminator(made.detach()), fake)
            judge.zero_grad()
            judged.backward()
            judge.step()
            make.zero_grad()
            F.binary_cross_entropy_with_logits(discriminator(made), real).backward()
            make.step()


def likeness(generator: nn.Module, real: Tensor) -> dict[str, float]:
    """How far the made digits' pixel means are explained by the real ones', and their spread beside the real one."""
    with torch.no_grad():
        made = generator(torch.randn(1000, 16))
    return {"means": explained(made.mean(0), real.mean(0)), "spread": float(made.std(0).mean() / real.std(0).mean())}


@PROGRAMS("odd-digits-adversary-judge", fault=None, data="digits", kind="images")
def judge_watched(watch: Watch) -> Any:
    torch.manual_seed(0)
    train, test = digits(60, 50)
    parts = adversaries()
    with watch(parts[1], optimizer=parts[3], loss_fn=nn.BCEWithLogitsLoss(), train=train) as run:
        adversarial_epochs(30, train, parts)
    scored(**likeness(parts[0], torch.cat([x for x, _ in test])))
    return run


@PROGRAMS("odd-digits-adversary-maker", fault=None, data="digits", kind="images")
def maker_watched(watch: Watch) -> Any:
    torch.manual_seed(1)
    train, test = digits(61, 50)
    parts = adversaries()
    with watch(parts[0], optimizer=parts[2], loss_fn=nn.BCEWithLogitsLoss(), train=train, validation=test) as run:
        adversarial_epochs(30, train, parts)
    scored(**likeness(parts[0], torch.cat([x for x, _ in test])))
    return run


class BodyAndHead(nn.Module):
    """A body, a head, and another head that is kept for later."""

    def __init__(self, frozen: bool = False) -> None:
        """`frozen`: gradients stop before the body."""
        super().__init__()
        self.body = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 24), nn.ReLU())
        self.head, self.rotation, self.frozen = nn.Linear(24, 10), nn.Linear(24, 4), frozen

    def forward(self, x: Tensor) -> Tensor:
        """Logits."""
        features = self.body(x)
        return self.head(features.detach() if self.frozen else features)


@PROGRAMS("odd-digits-two-optimisers", fault=None, data="digits", kind="images")
def two_optimisers(watch: Watch) -> Any:
    torch.manual_seed(2)
    train, test = digits(62)
    model = BodyAndHead()
    slow = torch.optim.Adam(model.body.parameters(), lr=5e-4)
    fast = torch.optim.SGD(model.head.parameters(), lr=0.1)
    with watch(model, optimizer=slow, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(30):
            for images, labels in train:
                slow.zero_grad()
                fast.zero_grad()
                F.cross_entropy(model(images), labels).backward()
                slow.step()
                fast.step()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run


@PROGRAMS("odd-digits-two-optimisers-one-cut-off", fault="frozen-parameters", data="digits", kind="images")
def one_cut_off(watch: Watch) -> Any:
    torch.manual_seed(3)
    train, test = digits(63)
    model = BodyAndHead(frozen=True)
    slow = torch.optim.Adam(model.body.parameters(), lr=5e-4)
    fast = torch.optim.SGD(model.head.parameters(), lr=0.1)
    with watch(model, optimizer=slow, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(20):
            for images, labels in train:
                slow.zero_grad()
                fast.zero_grad()
                F.cross_entropy(model(images), labels).backward()
                slow.step()
                fast.step()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run


def pretrained_body(seed: int) -> BodyAndHead:
    """A model whose body learnt to tell even digits of other rows; the heads are new."""
    model = BodyAndHead()
    x, y = data.rows("digits", seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for _step in range(300):
        some = torch.randint(0, 900, (64,))
        optimizer.zero_grad()
        F.cross_entropy(model(x[some] / 16), y[some]).backward()
        optimizer.step()
    model.head = nn.Linear(24, 10)
    return model


@PROGRAMS("odd-digits-body-thawed-later", fault=None, data="digits", kind="images")
def thawed_later(watch: Watch) -> Any:
    torch.manual_seed(4)
    train, test = digits(64)
    model = pretrained_body(64)
    model.body.requires_grad_(False)
    optimizer = torch.optim.Adam(
        [{"params": model.body.parameters(), "lr": 2e-4}, {"params": model.head.parameters(), "lr": 3e-3}]
    )
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for epoch in range(20):
            if epoch == 6:
                model.body.requires_grad_(True)
            for images, labels in train:
                optimizer.zero_grad()
                F.cross_entropy(model(images), labels).backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run


@PROGRAMS("odd-cvdigits-head-on-kept-body", fault=None, data="opencv_digits", kind="images")
def head_on_kept_body(watch: Watch) -> Any:
    torch.manual_seed(5)
    images, labels = data.cv_digits()
    order = torch.randperm(5000)
    x, y = images[order].float().unsqueeze(1) / 255, labels[order]
    body = nn.Sequential(
        *[nn.Conv2d(1, 16, 3, stride=2), nn.BatchNorm2d(16), nn.ReLU(), nn.Conv2d(16, 16, 3, stride=2)],
        *[nn.BatchNorm2d(16), nn.ReLU(), nn.Flatten()],
    )
    whole = nn.Sequential(body, nn.Linear(256, 10))
    before = torch.optim.Adam(whole.parameters(), lr=3e-3)
    for _step in range(250):  # The body as somebody else trained it.
        some = torch.randint(3000, 5000, (64,))
        before.zero_grad()
        F.cross_entropy(whole(x[some]), y[some] // 2).backward()
        before.step()
    train = DataLoader(TensorDataset(x[:2000], y[:2000]), batch_size=40, shuffle=True)
    test = DataLoader(TensorDataset(x[2000:3000], y[2000:3000]), batch_size=250)
    model = nn.ModuleDict({"body": body.requires_grad_(False), "head": nn.Linear(256, 10)})
    optimizer = torch.optim.Adam(model["head"].parameters(), lr=3e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(15):
            model.train()
            model["body"].eval()
            for image, label in train:
                with torch.no_grad():
                    features = model["body"](image)
                optimizer.zero_grad()
                F.cross_entropy(model["head"](features), label).backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: model["head"](model["body"](x)).argmax(1), test))
    return run


@PROGRAMS("odd-digits-actor-and-critic", fault=None, data="digits", kind="images")
def actor_and_critic(watch: Watch) -> Any:
    """The actor names a digit and is paid if it is right; the critic foretells the pay."""
    torch.manual_seed(6)
    train, test = digits(65)
    model = nn.ModuleDict({"actor": nn.Linear(64, 10), "critic": nn.Sequential(nn.Linear(64, 32), nn.ReLU())})
    model["value"] = nn.Linear(32, 1)
    acts = torch.optim.Adam(model["actor"].parameters(), lr=1e-2)
    values = torch.optim.Adam([*model["critic"].parameters(), *model["value"].parameters()], lr=3e-3)
    with watch(model, optimizer=acts, train=train, validation=test) as run:
        for _epoch in range(40):
            for images, labels in train:
                policy = torch.distributions.Categorical(logits=model["actor"](images))
                action = policy.sample()
                pay = (action == labels).float()
                value = model["value"](model["critic"](images))[:, 0]
                values.zero_grad()
                F.mse_loss(value, pay).backward()
                values.step()
                acts.zero_grad()
                (-(policy.log_prob(action) * (pay - value.detach())).mean() - 0.01 * policy.entropy().mean()).backward()
                acts.step()
    scored(accuracy=accuracy(lambda x: model["actor"](x).argmax(1), test))
    return run
