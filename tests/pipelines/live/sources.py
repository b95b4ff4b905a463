"""Readers that stand in for cameras, with what real ones do: late pictures, silence, an end, rubbish. Their pictures are
synthetic."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from trackside.core import InputError, Record
from trackside.pipelines.live import Camera


@dataclass
class Counts:
    """As a live reader counts."""

    packets: int = 0
    bytes: int = 0
    decoded: int = 0
    given: int = 0
    corrupt: int = 0
    key_frames: int = 0
    references: int = 0
    behind: float = 0.0


@dataclass
class Info:
    """As a live reader tells of its stream."""

    width: int
    height: int
    fps: float
    decoder: str = "synthetic"


class SyntheticReader:
    """Gives `rate` grey pictures a second for ever, or does what `act` says at each of them.

    Args:
        act: called with the number of the picture before it is given; may wait, or raise.
    """

    def __init__(
        self, rate: float, size: tuple[int, int] = (64, 48), act: Callable[[int, SyntheticReader], None] | None = None
    ) -> None:
        self.info = Info(*size, rate)
        self.counts = Counts()
        self.effort = "all"
        self.closed = threading.Event()
        self._rate, self._act = rate, act

    def __iter__(self) -> Iterator[Record]:
        began = time.time()
        picture = np.full((self.info.height, self.info.width, 3), 128, np.uint8)
        number = 0
        while not self.closed.wait(max(0.0, began + number / self._rate - time.time())):
            if self._act is not None:
                self._act(number, self)
            self.counts.packets += 1
            self.counts.behind = max(0.0, time.time() - began - number / self._rate)
            self.counts.decoded += 1
            yield Record("synthetic", number, number / self._rate, picture, began + number / self._rate)
            number += 1

    def close(self) -> None:
        self.closed.set()

    def save_clip(self, path: Path, start: float, end: float) -> float:
        path.write_bytes(b"synthetic")
        return start


@dataclass
class Cameras:
    """Opens synthetic readers for an engine, by the camera's name.

    Attributes:
        acts: what each camera does at each picture.
        refused: names of cameras that cannot be connected.
        rate: pictures a second that each sends.
    """

    acts: dict[str, Callable[[int, SyntheticReader], None]] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    rate: float = 20.0
    opened: list[str] = field(default_factory=list)

    def __call__(self, camera: Camera) -> SyntheticReader:
        self.opened.append(camera.name)
        if camera.name in self.refused:
            raise InputError("the camera refuses the connection", where=camera.address, fix="look whether it is on")
        return SyntheticReader(self.rate, act=self.acts.get(camera.name))
