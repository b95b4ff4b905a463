"""The line that shows how far a run is: epochs, loss and time left. Nothing is shown where no terminal is."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn


class Bar:
    """A progress bar.

    Args:
        epochs: of the run.
        total: steps of the run, or None where nobody knows.
        show: None shows it on a terminal only.
    """

    def __init__(self, epochs: int, total: int | None, show: bool | None = None) -> None:
        console = Console(stderr=True)
        self._epochs = epochs
        self._total = total
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._validated = ""
        if console.is_terminal if show is None else show:
            columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[loss]}"), TimeElapsedColumn(),
                       TextColumn("left"), TimeRemainingColumn())  # fmt: skip
            self._bar = Progress(*columns, console=console, refresh_per_second=4)

    def __enter__(self) -> Bar:
        if self._bar is not None:
            self._bar.start()
            self._task = self._bar.add_task("fitting", total=self._total, loss="")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.stop()

    def steps(self, done: int, epoch: int, loss: float) -> None:
        """Some steps were taken: how many altogether, in which epoch (from 1), and the last loss."""
        if self._bar is not None and self._task is not None:
            text = f"epoch {epoch} of {self._epochs}"
            self._bar.update(self._task, completed=done, description=text, loss=f"loss {loss:.4g}{self._validated}")

    def validated(self, name: str, value: float) -> None:
        """An epoch was validated: the result that counts."""
        self._validated = f", {name} {value:.4g}"

    def total(self, steps: int) -> None:
        """The number of all steps, once it is known."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, total=steps)
