"""What the programs train on: real sets of the shared data folder and of scikit-learn, and some honest synthetic ones.

The shared folder is named by TRACKSIDE_SHARED_DATA, or lies beside the repository as `shared/data`.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import re
import zipfile
from collections import Counter
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from sklearn import datasets
from torch import Tensor


def folder(name: str) -> Path:
    """Where a shared set lies.

    Raises:
        FileNotFoundError: it is not there.
    """
    beside = Path(__file__).resolve().parents[3].parent / "shared" / "data"
    path = Path(os.environ.get("TRACKSIDE_SHARED_DATA", beside)) / name
    if not path.is_dir():
        raise FileNotFoundError(f"no data set {name} at {path}: name the folder of shared data by TRACKSIDE_SHARED_DATA")
    return path


@lru_cache
def _mnist() -> tuple[np.ndarray, np.ndarray]:
    where = folder("mnist_t10k")
    images = gzip.decompress((where / "t10k-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress((where / "t10k-labels-idx1-ubyte.gz").read_bytes())
    pixels = np.frombuffer(images, np.uint8, offset=16).reshape(-1, 28, 28)
    order = np.random.default_rng(0).permutation(len(pixels))
    return pixels[order], np.frombuffer(labels, np.uint8, offset=8)[order]


def mnist(start: int, end: int) -> tuple[Tensor, Tensor]:
    """MNIST test digits in one random order: uint8 (N, 28, 28) and int64 labels."""
    pixels, labels = _mnist()
    return torch.from_numpy(pixels[start:end].copy()), torch.from_numpy(labels[start:end].astype(np.int64))


@lru_cache
def _pen() -> tuple[np.ndarray, np.ndarray]:
    sheet = np.asarray(Image.open(folder("opencv_digits") / "digits.png").convert("L"))
    cells = sheet.reshape(50, 20, 100, 20).swapaxes(1, 2).reshape(-1, 20, 20)
    order = np.random.default_rng(0).permutation(5000)
    return cells[order], np.repeat(np.arange(10), 500)[order]


def pen(start: int, end: int) -> tuple[Tensor, Tensor]:
    """OpenCV's handwritten digits in one random order: uint8 (N, 20, 20) and int64 labels."""
    pixels, labels = _pen()
    return torch.from_numpy(pixels[start:end].copy()), torch.from_numpy(labels[start:end].copy())


@lru_cache
def omniglot(alphabet: str, size: int = 28) -> tuple[Tensor, Tensor, Tensor]:
    """An alphabet's characters, ink 1 on 0: float (N, 1, size, size), characters, and who wrote them (0 to 19)."""
    pictures, characters, writers = [], [], []
    for part in (1, 2):
        with zipfile.ZipFile(folder("omniglot_small") / f"images_background_small{part}.zip") as archive:
            for name in sorted(archive.namelist()):
                found = re.search(rf"/{alphabet}/character(\d+)/\d+_(\d+)\.png$", name)
                if found:
                    picture = (
                        Image.open(io.BytesIO(archive.read(name))).convert("L").resize((size, size), Image.Resampling.BOX)
                    )
                    pictures.append(1 - np.asarray(picture, np.float32) / 255)
                    characters.append(int(found[1]) - 1)
                    writers.append(int(found[2]) - 1)
        if pictures:
            break
    return torch.from_numpy(np.stack(pictures))[:, None], torch.tensor(characters), torch.tensor(writers)


@lru_cache
def insects(size: int = 32) -> tuple[Tensor, Tensor]:
    """Ants (0) and bees (1) as thumbnails in one random order: uint8 (N, 3, size, size) and int64 labels."""
    pictures, labels = [], []
    for label, kind in enumerate(("ants", "bees")):
        for path in sorted((folder("hymenoptera") / "train" / kind).glob("*.jpg")):
            picture = Image.open(path)
            picture.draft("RGB", (2 * size, 2 * size))
            pictures.append(np.asarray(picture.convert("RGB").resize((size, size))))
            labels.append(label)
    order = np.random.default_rng(0).permutation(len(labels))
    return torch.from_numpy(np.stack(pictures)[order]).permute(0, 3, 1, 2).contiguous(), torch.tensor(labels)[order]


def table(name: str) -> tuple[np.ndarray, np.ndarray]:
    """A set of scikit-learn as it stands (iris, wine, breast_cancer, digits, diabetes), in one random order."""
    x, y = getattr(datasets, f"load_{name}")(return_X_y=True, **({"scaled": False} if name == "diabetes" else {}))
    order = np.random.default_rng(0).permutation(len(x))
    return x[order].astype(np.float32), y[order]


@lru_cache
def _banking() -> tuple[tuple[str, str], ...]:
    with (folder("banking77") / "banking_data" / "train.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["text"], row["category"]) for row in csv.DictReader(file)]
    order = np.random.default_rng(0).permutation(len(rows))
    return tuple(rows[place] for place in order)


def intents(classes: int, skip: int = 0) -> tuple[list[str], np.ndarray]:
    """Bank queries of some of the 77 intents (alphabetically, from `skip` on), in one random order, and their numbers."""
    names = sorted({name for _, name in _banking()})[skip : skip + classes]
    rows = [(text, names.index(name)) for text, name in _banking() if name in names]
    return [text for text, _ in rows], np.array([label for _, label in rows])


def words(text: str) -> list[str]:
    """Its words, lower-cased."""
    return re.findall(r"[a-z']+", text.lower())


def vocabulary(texts: list[str], size: int = 1000) -> dict[str, int]:
    """The most frequent words, numbered from 2; 0 is padding, 1 any other word."""
    counts = Counter(word for text in texts for word in words(text))
    return {word: number for number, (word, _) in enumerate(counts.most_common(size), start=2)}


def token_ids(texts: list[str], known: dict[str, int], length: int = 20) -> Tensor:
    """Word numbers, padded or cut to one length: int64 (N, length)."""
    rows = [[known.get(word, 1) for word in words(text)][:length] for text in texts]
    return torch.tensor([row + [0] * (length - len(row)) for row in rows])


def bag(texts: list[str], known: dict[str, int]) -> Tensor:
    """Which words a text has: float (N, words + 2) of 0 and 1."""
    out = torch.zeros(len(texts), len(known) + 2)
    for row, text in enumerate(texts):
        out[row, [known.get(word, 1) for word in words(text)]] = 1
    return out


def moons(count: int, noise: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Two half moons (synthetic): float32 (N, 2) and 0 or 1."""
    x, y = datasets.make_moons(count, noise=noise, random_state=seed)
    return x.astype(np.float32), y


def spirals(count: int, arms: int, seed: int, turns: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Spiral arms around the origin (synthetic): float32 (N, 2) and the arm."""
    random = np.random.default_rng(seed)
    arm, radius = random.integers(arms, size=count), np.sqrt(random.uniform(0.02, 1, count))
    angle = 2 * np.pi * (arm / arms + turns * radius) + random.normal(0, 0.1, count)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1).astype(np.float32), arm
