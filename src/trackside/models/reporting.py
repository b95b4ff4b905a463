"""Telling a person (or a web page) how a download goes."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Protocol


class Reporter(Protocol):
    """Hears about a download. A server passes its own."""

    def start(self, name: str, total: int, licence: str, source: str) -> None:
        """A file of `total` bytes begins to arrive."""
        ...

    def advance(self, count: int) -> None:
        """So many more bytes are here."""
        ...

    def finish(self) -> None:
        """The file is here, or it failed."""
        ...


class Silent:
    """Says nothing."""

    def start(self, name: str, total: int, licence: str, source: str) -> None:
        """Nothing."""

    def advance(self, count: int) -> None:
        """Nothing."""

    def finish(self) -> None:
        """Nothing."""


class TerminalReporter:
    """A line with name, size and licence, and a progress bar, on standard error."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None

    def start(self, name: str, total: int, licence: str, source: str) -> None:
        """Print the line and begin the bar."""
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

        console = Console(stderr=True)
        console.print(f"{name}: {megabytes(total)}, licence {licence}, from {source}", highlight=False, markup=False)
        columns = (TextColumn("  {task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
        self._bar = Progress(*columns, console=console, transient=True)
        self._bar.start()
        self._task = self._bar.add_task(name, total=total)

    def advance(self, count: int) -> None:
        """Move the bar."""
        self._bar.advance(self._task, count)

    def finish(self) -> None:
        """Take the bar away."""
        with suppress(AttributeError):
            self._bar.stop()


def megabytes(count: int) -> str:
    """A size as people read it.

    >>> megabytes(998_169)
    '1.0 MB'
    """
    return f"{count / 1e6:.1f} MB"
