"""What a loop tells about a run, whoever keeps it: the store, TensorBoard, Weights & Biases, a test."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Protocol

Setting = str | int | float | bool | None
Status = Literal["finished", "failed", "killed"]


class Recorder(Protocol):
    """Keeps one run. Calls come in this order: `start`, any number of `log` and `file`, `finish`, and perhaps reports."""

    def start(self, name: str, settings: Mapping[str, Setting]) -> None:
        """A run begins, or goes on after it was killed. Settings never change within a run."""

    def log(self, step: int, numbers: Mapping[str, float]) -> None:
        """Numbers of a step, counted from 0 over the whole run; names such as `train/loss`, `validation/accuracy`."""

    def file(self, path: Path, name: str) -> None:
        """A file that belongs to the run: a picture, a report, a package."""

    def finish(self, status: Status) -> None:
        """The run has ended."""
