"""Real data for the programs: MNIST's test digits, OpenCV's digits, bank queries, and scikit-learn's bundled tables.

Everything comes raw (bytes, strings, columns as measured): what a program does to its data is its own affair.
"""

from __future__ import annotations

import csv
import gzip
import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import torch
from sklearn import datasets
from torch import Tensor

from trackside.core import InputError


def shared() -> Path:
    """The folder that holds `mnist_t10k`, `opencv_digits` and `banking77`.

    Raises:
        InputError: there is no such folder.
    """
    beside = Path(__file__).resolve().parents[3].parent / "shared" / "data"
    folder = Path(os.environ.get("TRACKSIDE_SHARED_DATA", beside))
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder", fix="set TRACKSIDE_SHARED_DATA to the folder with the shared data")
    return folder


@cache
def mnist() -> tuple[Tensor, Tensor]:
    """The 10,000 test digits of MNIST: bytes [10000, 28, 28] and classes [10000]; mixed.

    As published, the second half was written by other people than the first and is harder; here they are shuffled once.
    """
    folder = shared() / "mnist_t10k"
    pixels = np.frombuffer(gzip.decompress((folder / "t10k-images-idx3-ubyte.gz").read_bytes()), np.uint8, offset=16)
    labels = np.frombuffer(gzip.decompress((folder / "t10k-labels-idx1-ubyte.gz").read_bytes()), np.uint8, offset=8)
    order = np.random.default_rng(0).permutation(len(labels))
    return torch.tensor(pixels.reshape(-1, 28, 28)[order]), torch.tensor(labels[order].astype(np.int64))


@cache
def cv_digits() -> tuple[Tensor, Tensor]:
    """OpenCV's 5,000 digits: bytes [5000, 20, 20] and classes [5000], sorted by class as they come."""
    import cv2

    sheet = cv2.imread(str(shared() / "opencv_digits" / "digits.png"), cv2.IMREAD_GRAYSCALE)
    cells = np.asarray(sheet).reshape(50, 20, 100, 20).transpose(0, 2, 1, 3).reshape(-1, 20, 20)
    return torch.tensor(cells), torch.arange(10).repeat_interleave(500)


@cache
def table(name: str) -> tuple[Tensor, Tensor]:
    """A bundled table of scikit-learn by its name (`wine`, `iris`, `breast_cancer`, `diabetes`, `digits`).

    Columns are as measured. Inputs are float32 [n, d]; targets int64 [n], or float32 [n] for a regression.
    """
    bunch = datasets.load_diabetes(scaled=False) if name == "diabetes" else getattr(datasets, f"load_{name}")()
    targets = torch.tensor(bunch.target)
    return torch.tensor(bunch.data, dtype=torch.float32), targets.float() if name == "diabetes" else targets.long()


def rows(name: str, seed: int = 0) -> tuple[Tensor, Tensor]:
    """The same table in a random order."""
    inputs, targets = table(name)
    order = torch.randperm(len(inputs), generator=torch.Generator().manual_seed(seed))
    return inputs[order], targets[order]


@cache
def queries(split: str, intents: int = 77) -> tuple[list[str], Tensor]:
    """Bank queries and their intents, `train` or `test`, of the first so many intents; sorted by intent as they come."""
    with (shared() / "banking77" / "banking_data" / f"{split}.csv").open(newline="", encoding="utf-8") as file:
        pairs = [(row["text"], row["category"]) for row in csv.DictReader(file)]
    names = {name: index for index, name in enumerate(sorted({name for _, name in pairs})[:intents])}
    kept = [(text, names[name]) for text, name in pairs if name in names]
    return [text for text, _ in kept], torch.tensor([label for _, label in kept])


def words_of(text: str) -> list[str]:
    """The words of a text in lower case."""
    return re.findall(r"[a-z']+", text.lower())


def vocabulary(texts: Iterable[str], size: int) -> dict[str, int]:
    """The most frequent words and their numbers from 2 on; 0 is padding and 1 any other word."""
    counts = Counter(word for text in texts for word in words_of(text))
    return {word: number for number, (word, _) in enumerate(counts.most_common(size - 2), start=2)}


def token_numbers(texts: Sequence[str], known: dict[str, int], length: int) -> Tensor:
    """Word numbers int64 [n, length], cut or padded with 0 at the end."""
    lines = [[known.get(word, 1) for word in words_of(text)][:length] for text in texts]
    return torch.tensor([line + [0] * (length - len(line)) for line in lines])


def word_counts(texts: Sequence[str], known: dict[str, int]) -> Tensor:
    """How often each known word stands in each text: float32 [n, len(known) + 2]."""
    counts = torch.zeros(len(texts), len(known) + 2)
    for row, text in enumerate(texts):
        for word in words_of(text):
            counts[row, known.get(word, 1)] += 1
    return counts
