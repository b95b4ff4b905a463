"""Several recorders as one, of which none can harm the run or the others."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path

from trackside.lab.records.recorder import Recorder, Setting, Status


class Recorders:
    """Tells each recorder what it is told; one that breaks is warned of once and left alone from then on.

    Args:
        recorders: who keeps the run.
    """

    def __init__(self, *recorders: Recorder) -> None:
        self._recorders = list(recorders)
        self.problems: list[str] = []

    def start(self, name: str, settings: Mapping[str, Setting]) -> None:
        """A run begins, or goes on."""
        self._each(lambda recorder: recorder.start(name, settings))

    def log(self, step: int, numbers: Mapping[str, float]) -> None:
        """Numbers of a step."""
        self._each(lambda recorder: recorder.log(step, numbers))

    def file(self, path: Path, name: str) -> None:
        """A file that belongs to the run."""
        self._each(lambda recorder: recorder.file(path, name))

    def finish(self, status: Status) -> None:
        """The run has ended."""
        self._each(lambda recorder: recorder.finish(status))

    def _each(self, tell: Callable[[Recorder], None]) -> None:
        for recorder in tuple(self._recorders):
            try:
                tell(recorder)
            except Exception as error:
                self._recorders.remove(recorder)
                self.problems.append(f"{type(recorder).__name__}: {error}")
                warnings.warn(f"records: {self.problems[-1]}; the run goes on without it", RuntimeWarning, stacklevel=3)
