"""Pictures like photographs for the tests of shortcuts, quality and drift: patches of smooth colour, no two alike."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from trackside.data import Dataset, Items
from trackside.data.checking import CHECKS, EXTRACTORS, FEATURES, Subject
from trackside.data.scan import scan_pictures


def scene(rng: np.random.Generator, width: int = 96, height: int = 72) -> np.ndarray:
    """uint8 [h, w, 3]: colours that vary at several scales, sharp detail, black and white, as in a photograph."""
    picture = np.zeros((height, width, 3))
    for cells, weight in ((2, 60), (5, 40), (13, 25)):
        coarse = rng.normal(0, weight, (cells, cells, 3)) * 0.5 + rng.normal(0, weight, (cells, cells, 1))
        picture += cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    picture += rng.normal(128, 20) + rng.normal(0, 9, (height, width, 1))
    return np.clip(picture, 0, 255).astype(np.uint8)


def dataset(folder: Path, pictures, labels=None, groups=None, splits=None, suffix=".png") -> Dataset:
    """The pictures as files, named by number."""
    names = [f"{number:04d}{suffix}" for number in range(len(pictures))]
    for name, picture in zip(names, pictures, strict=True):
        cv2.imwrite(str(folder / name), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    classes = tuple(f"class {one}" for one in range(max(labels, default=-1) + 1)) if labels is not None else ()
    return Dataset(folder, Items.of(names, labels=labels, groups=groups, splits=splits), classes=classes)


def ask(data: Dataset, name: str, seed: int = 0):
    """The finding and answer of a check."""
    return CHECKS[name].check(subject(data, name, seed))


def subject(data: Dataset, name: str, seed: int = 0) -> Subject:
    """The data set, scanned for a check; without a network's features."""
    wanted = [EXTRACTORS[need]() for need in CHECKS[name].needs if need != FEATURES]
    return Subject(data, scan_pictures(data, wanted), seed)


def patched(picture: np.ndarray, colour=(210, 40, 40), at=(0.1, 0.1), side=0.25) -> np.ndarray:
    """A copy with a square of one colour."""
    out = picture.copy()
    height, width = out.shape[:2]
    top, left = round(at[0] * height), round(at[1] * width)
    out[top : top + round(side * height), left : left + round(side * width)] = colour
    return out


def planted(count, label_share, strong, weak, change, seed=0):
    """Pictures and labels: class 1 has `label_share` of them; `change` is done to `strong` of it and `weak` of class 0."""
    rng = np.random.default_rng(seed)
    labels = [int(number < round(count * label_share)) for number in range(count)]
    pictures = [scene(rng) for _ in labels]
    for side, share in ((1, strong), (0, weak)):
        rows = [number for number, label in enumerate(labels) if label == side]
        for row in rng.choice(rows, round(share * len(rows)), replace=False):
            pictures[row] = change(pictures[row])
    return pictures, labels
