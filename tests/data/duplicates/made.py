"""Pictures with detail, made from a seed: no two seeds look alike."""

from pathlib import Path

import cv2
import numpy as np

from trackside.data import Dataset, Items
from trackside.data.checking import CHECKS, Subject
from trackside.data.health import prepare


def scene(seed: int, side: int = 200):
    """Shapes of all colours over soft noise, uint8 [side, side * 4 / 3, 3]."""
    rng = np.random.default_rng(seed)
    height, width = side, side * 4 // 3
    picture = cv2.resize(rng.integers(60, 200, (7, 9, 3)).astype(np.uint8), (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(40):
        colour = tuple(int(value) for value in rng.integers(0, 256, 3))
        corners = rng.integers(0, side // 4, (int(rng.integers(3, 7)), 2)) + rng.integers(0, (width, height), 2) - side // 8
        cv2.fillPoly(picture, [corners.astype(np.int32)], colour, cv2.LINE_AA)
    return picture


def scenes(count: int, first: int = 0):
    return [scene(first + number) for number in range(count)]


def line_of_text(seed: int):
    """Dark letters on a white strip, uint8 [40, 480, 3]."""
    rng = np.random.default_rng(seed)
    picture = np.full((40, 480, 3), 255, np.uint8)
    letters = "".join(chr(97 + number) for number in rng.integers(0, 26, 26))
    cv2.putText(picture, letters, (8, 28), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (20, 20, 20), 2, cv2.LINE_AA)
    return picture


def cell(seed: int):
    """A few strokes on black, uint8 [28, 28, 3]."""
    rng = np.random.default_rng(seed)
    picture = np.zeros((28, 28, 3), np.uint8)
    cv2.polylines(picture, [rng.integers(3, 25, (9, 2)).astype(np.int32)], False, (255, 255, 255), 1, cv2.LINE_AA)
    return picture


def folder_of(folder: Path, pictures, names=None, **columns) -> Dataset:
    """The pictures as PNG files."""
    names = names or [f"{number:04d}.png" for number in range(len(pictures))]
    for name, picture in zip(names, pictures, strict=True):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / name), picture[:, :, ::-1])
    classes = ("ant", "bee") if "labels" in columns else ()
    return Dataset(folder, Items.of(names, **columns), classes=classes)


def ask(name: str, dataset: Dataset, features: str = "plain", **more):
    """The finding and the answer of one check."""
    check = CHECKS[name]
    subject: Subject = prepare(dataset, [check], features=features)
    for key, value in more.items():
        setattr(subject, key, value)
    return check.check(subject)


def value(finding, name: str) -> float:
    """One of the finding's numbers."""
    return next(number.value for number in finding.evidence.numbers if number.name == name)
