"""Programs whose loops prepare what the loader yields: layout, scaling, augmentation, tokens."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.diagnosis.development import data
from benchmarks.diagnosis.development.odd_scores import accuracy, scored
from benchmarks.diagnosis.development.registry import PROGRAMS
from benchmarks.diagnosis.program import Watch


def bytes_last(images: Tensor) -> Tensor:
    """Pictures uint8 [n, h, w, 3] as a camera gives them, of grey ones [n, h, w]."""
    return images.unsqueeze(3).repeat(1, 1, 1, 3)


def conv(channels: int, size: int, width: int = 12) -> nn.Sequential:
    """Two strided convolutions; `size` is the side of the last map."""
    return nn.Sequential(
        *[nn.Conv2d(channels, width, 3, stride=2), nn.ReLU(), nn.Conv2d(width, 2 * width, 3, stride=2), nn.ReLU()],
        *[nn.Flatten(), nn.Linear(2 * width * size * size, 10)],
    )


@PROGRAMS("odd-mnist-channels-last-bytes", fault=None, data="mnist", kind="images")
def channels_last_bytes(watch: Watch) -> Any:
    torch.manual_seed(0)
    images, labels = data.mnist()
    train = DataLoader(TensorDataset(bytes_last(images[:3000]), labels[:3000]), batch_size=50, shuffle=True)
    test = DataLoader(TensorDataset(bytes_last(images[9000:]), labels[9000:]), batch_size=250)
    model = conv(3, 6)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

    def prepared(x: Tensor) -> Tensor:
        return (x.permute(0, 3, 1, 2).float() / 255 - 0.13) / 0.31

    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(6):
            for picture, label in train:
                optimizer.zero_grad()
                F.cross_entropy(model(prepared(picture)), label).backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: model(prepared(x)).argmax(1), test))
    return run


@PROGRAMS("odd-cvdigits-flattened-in-loop", fault=None, data="opencv_digits", kind="images")
def flattened_in_loop(watch: Watch) -> Any:
    torch.manual_seed(1)
    images, labels = data.cv_digits()
    order = torch.randperm(5000)
    x, y = images[order].float().unsqueeze(1) / 255, labels[order]
    train = DataLoader(TensorDataset(x[:4000], y[:4000]), batch_size=64, shuffle=True)
    test = DataLoader(TensorDataset(x[4000:], y[4000:]), batch_size=250)
    model = nn.Sequential(nn.Linear(400, 100), nn.Tanh(), nn.Linear(100, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    criterion = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=criterion, train=train, validation=test) as run:
        for _epoch in range(15):
            for picture, label in train:
                picture = picture.view(picture.size(0), -1)
                optimizer.zero_grad()
                criterion(model(picture), label).backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: model(x.flatten(1)).argmax(1), test))
    return run


@PROGRAMS("odd-mnist-noise-and-cutout-in-loop", fault=None, data="mnist", kind="images")
def noise_and_cutout(watch: Watch) -> Any:
    torch.manual_seed(2)
    images, labels = data.mnist()
    x = images.float().unsqueeze(1) / 255
    train = DataLoader(TensorDataset(x[:3000], labels[:3000]), batch_size=50, shuffle=True)
    test = DataLoader(TensorDataset(x[9000:], labels[9000:]), batch_size=250)
    model = conv(1, 6, 16)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(8):
            for picture, label in train:
                picture = picture + 0.2 * torch.randn_like(picture)
                top, left = torch.randint(0, 20, (2,)).tolist()
                picture[:, :, top : top + 8, left : left + 8] = 0.0
                optimizer.zero_grad()
                F.cross_entropy(model(picture), label).backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run


@PROGRAMS("odd-digits-mixup-in-loop", fault=None, data="digits", kind="images")
def mixup(watch: Watch) -> Any:
    torch.manual_seed(3)
    x, y = data.rows("digits", 20)
    train = DataLoader(TensorDataset(x[:1400] / 16, y[:1400]), batch_size=32, shuffle=True)
    test = DataLoader(TensorDataset(x[1400:] / 16, y[1400:]), batch_size=200)
    model = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(40):
            for picture, label in train:
                share = float(torch.distributions.Beta(0.4, 0.4).sample())
                other = torch.randperm(len(label))
                logits = model(share * picture + (1 - share) * picture[other])
                loss = share * F.cross_entropy(logits, label) + (1 - share) * F.cross_entropy(logits, label[other])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: model(x).argmax(1), test))
    return run


@PROGRAMS("odd-bank-tokens-in-collate", fault=None, data="banking77", kind="text")
def tokens_in_collate(watch: Watch) -> Any:
    torch.manual_seed(4)
    texts, labels = data.queries("train", 12)
    test_texts, test_labels = data.queries("test", 12)
    known = data.vocabulary(texts, 800)

    def collate(items: list[tuple[str, int]]) -> dict[str, Any]:
        flat = [torch.tensor([known.get(word, 1) for word in data.words_of(text)] or [1]) for text, _ in items]
        starts = torch.tensor([0, *[len(one) for one in flat[:-1]]]).cumsum(0)
        return {"words": torch.cat(flat), "starts": starts, "intent": torch.tensor([intent for _, intent in items])}

    pairs = list(zip(texts, labels.tolist(), strict=True))
    test_pairs = list(zip(test_texts, test_labels.tolist(), strict=True))
    train = DataLoader(pairs, batch_size=32, shuffle=True, collate_fn=collate)
    test = DataLoader(test_pairs, batch_size=80, collate_fn=collate)
    model = nn.ModuleDict({"bag": nn.EmbeddingBag(800, 48), "head": nn.Linear(48, 12)})
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(10):
            for batch in train:
                optimizer.zero_grad()
                logits = model["head"](model["bag"](batch["words"], batch["starts"]))
                F.cross_entropy(logits, batch["intent"]).backward()
                optimizer.step()
    given = [((one["words"], one["starts"]), one["intent"]) for one in test]
    scored(accuracy=accuracy(lambda x: model["head"](model["bag"](*x)).argmax(1), given))
    return run


@PROGRAMS("odd-bank-strings-in-loop", fault=None, data="banking77", kind="text")
def strings_in_loop(watch: Watch) -> Any:
    torch.manual_seed(5)
    texts, labels = data.queries("train", 10)
    test_texts, test_labels = data.queries("test", 10)
    known = data.vocabulary(texts, 700)
    train = DataLoader(list(zip(texts, labels.tolist(), strict=True)), batch_size=32, shuffle=True)
    test = DataLoader(list(zip(test_texts, test_labels.tolist(), strict=True)), batch_size=100)
    model = nn.Sequential(nn.Linear(700, 40), nn.ReLU(), nn.Dropout(0.2), nn.Linear(40, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    loss_fn = nn.CrossEntropyLoss()
    with watch(model, optimizer=optimizer, loss_fn=loss_fn, train=train, validation=test) as run:
        for _epoch in range(12):
            model.train()
            for lines, intent in train:
                optimizer.zero_grad()
                loss = loss_fn(model(data.word_counts(lines, known)), intent)
                loss.backward()
                optimizer.step()
    model.eval()
    scored(accuracy=accuracy(lambda x: model(data.word_counts(x, known)).argmax(1), test))
    return run


@PROGRAMS("odd-mnist-bytes-as-they-come-in-loop", fault="inputs-unscaled", data="mnist", kind="images")
def bytes_as_they_come(watch: Watch) -> Any:
    torch.manual_seed(6)
    images, labels = data.mnist()
    train = DataLoader(TensorDataset(bytes_last(images[:3000]), labels[:3000]), batch_size=50, shuffle=True)
    test = DataLoader(TensorDataset(bytes_last(images[9000:]), labels[9000:]), batch_size=250)
    model = conv(3, 6)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.008, momentum=0.9)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(6):
            for picture, label in train:
                optimizer.zero_grad()
                F.cross_entropy(model(picture.permute(0, 3, 1, 2).float()), label).backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: model(x.permute(0, 3, 1, 2).float()).argmax(1), test))
    return run


@PROGRAMS("odd-cvdigits-reshaped-over-batch", fault="wrong-axis", data="opencv_digits", kind="images")
def reshaped_over_batch(watch: Watch) -> Any:
    torch.manual_seed(7)
    images, labels = data.cv_digits()
    order = torch.randperm(5000)
    x, y = images[order].float() / 255, labels[order]
    train = DataLoader(TensorDataset(x[:4000], y[:4000]), batch_size=50, shuffle=True)
    test = DataLoader(TensorDataset(x[4000:], y[4000:]), batch_size=50)
    model = nn.Sequential(nn.Linear(400, 100), nn.ReLU(), nn.Linear(100, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with watch(model, optimizer=optimizer, loss_fn=F.cross_entropy, train=train, validation=test) as run:
        for _epoch in range(10):
            for picture, label in train:
                mixed = picture.permute(1, 2, 0).reshape(len(label), -1)
                optimizer.zero_grad()
                F.cross_entropy(model(mixed), label).backward()
                optimizer.step()
    scored(accuracy=accuracy(lambda x: model(x.permute(1, 2, 0).reshape(len(x), -1)).argmax(1), test))
    return run
