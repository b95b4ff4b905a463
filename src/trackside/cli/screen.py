"""What a run looks like in a terminal."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

    from trackside.pipelines.progress import Listener, Progress
    from trackside.pipelines.results import RunResult

# Files whose results are listed one by one.
_MOST_LISTED = 3
_MARKS = {"done": "[green]done[/]", "skipped": "[dim]already done[/]", "failed": "[red]failed[/]", "cancelled": "stopped"}


# Columns of a table that goes into a file or another program: no row is broken.
_UNBROKEN = 1000


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows under headings, as wide as the terminal; a row a line where the output is no terminal."""
    from rich.console import Console
    from rich.table import Table

    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else _UNBROKEN).print(table)


@contextmanager
def progress_bars() -> Iterator[Listener]:
    """A bar a stream, with frames a second and time left. Gives the function that a run reports to."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (
        TextColumn("{task.description}", style="bold"),
        BarColumn(bar_width=32),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as bars:
        yield _Listener(bars)


class _Listener:
    """Called from the streams' threads."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[str, int] = {}
        self._lock = threading.Lock()

    def __call__(self, progress: Progress) -> None:
        from rich.markup import escape

        with self._lock:
            if progress.stream not in self._tasks:
                self._tasks[progress.stream] = self._bars.add_task(escape(progress.stream), total=1.0, note="")
            task = self._tasks[progress.stream]
        finished = progress.state in ("done", "skipped")
        completed = 1.0 if finished else progress.fraction
        self._bars.update(task, completed=completed, note=_note(progress))  # type: ignore[arg-type]


def _note(progress: Progress) -> str:
    if progress.state != "running":
        return _MARKS[progress.state]
    left = progress.seconds_left
    return f"{progress.records} frames, {progress.rate:.0f} a second" + (f", {_span(left)} left" if left is not None else "")


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def show_result(result: RunResult) -> None:
    """Say where the results are, and what failed."""
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    for file in result.files:
        if file.error:
            console.print("[red]failed[/] ", end="")
            named = file.error if str(file.input) in file.error else f"{file.input}: {file.error}"
            console.print(named, markup=False)
            continue
        console.print(
            f"[bold]{file.input.name}[/] -> {file.folder}" + (" (done earlier)" if file.status == "skipped" else "")
        )
        fallbacks = [
            f"{name}: {model['fallback']}" for name, model in file.facts.get("models", {}).items() if "fallback" in model
        ]
        for note in (*file.facts.get("problems", []), *fallbacks):
            console.print("  [yellow]note[/] ", end="")
            console.print(note, markup=False)
        for path in sorted(file.folder.iterdir()) if len(result.files) <= _MOST_LISTED else ():
            console.print(f"  {path.name:<24} {_about(path)}", style="dim" if path.suffix == ".json" else None)
    done = sum(file.ok for file in result.files)
    console.print(f"{done} of {len(result.files)} finished in {result.seconds:.1f} s")


def _about(path: Path) -> str:
    match path.suffix:
        case ".mp4":
            return f"annotated video, {path.stat().st_size / 1e6:.1f} MB"
        case ".html":
            return "plots and how they were made: open this one"
        case ".csv":
            return "table for spreadsheets"
        case ".parquet":
            return "the same table for Python and R"
        case ".json":
            return "versions, model hashes, timings"
        case _:
            return ""


def open_in_browser(address: str) -> bool:
    """Open a page (`file://` or `http://`) if this machine has a display. Returns whether it did."""
    has_display = sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    if not has_display:
        return False
    import webbrowser

    return webbrowser.open(address)
