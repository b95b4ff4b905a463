"""A gallery with two people whose vectors are known, and a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from trackside.perception.faces import Calibration, Rate
from trackside.perception.faces.gallery import Consent, Gallery

pytest.importorskip("cryptography", reason="needs the extra `faces`")

MASTER, MODEL = bytes(range(32)), "net:0011223344556677"
START = 1_750_000_000.0
THRESHOLD = Calibration(0.5, 1e-3, Rate(0, 4000), Rate(2, 200), 40)


@dataclass(slots=True)
class Clock:
    """Seconds since 1970, moved by hand."""

    time: float = START

    def __call__(self) -> float:
        return self.time


@dataclass(slots=True)
class World:
    """A gallery and what is needed to use it."""

    folder: Path
    clock: Clock
    gallery: Gallery
    people: dict[str, str] = field(default_factory=dict)

    def again(self) -> Gallery:
        """The same gallery, opened by somebody else."""
        return Gallery(self.folder, MASTER, now=self.clock)

    def enrol(self, name: str, vector: np.ndarray, days: float = 30, model: str = MODEL) -> str:
        self.people[name] = self.gallery.enrol(name, vector[None], model, consent(self.clock.time, days))
        return self.people[name]


def consent(now: float, days: float = 30) -> Consent:
    return Consent("the person", "the clerk", "the door of hall 3", now, now + days * 86400)


def axis(number: int, dim: int = 8) -> np.ndarray:
    """A unit vector; different ones have nothing in common."""
    return np.eye(dim, dtype=np.float32)[number]


@pytest.fixture
def world(tmp_path: Path, on: None) -> Iterator[World]:
    clock = Clock()
    gallery = Gallery(tmp_path / "gallery", MASTER, create=True, now=clock)
    gallery.keep_threshold(MODEL, THRESHOLD, "the clerk")
    made = World(tmp_path / "gallery", clock, gallery)
    made.enrol("Anna", axis(0))
    made.enrol("Ben", axis(1), days=5)
    yield made
    made.gallery.close()


@pytest.fixture
def files(world: World) -> Callable[[], bytes]:
    """All bytes that lie in the gallery's folder."""
    return lambda: b"".join(path.read_bytes() for path in sorted(world.folder.iterdir()))
