"""Telling the story: chapters on the terminal, one table of numbers, one page with plots."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from answering import picture_of
from numpy.typing import NDArray

from trackside.core import Finding, Measurement, Plot, Report, Verdict
from trackside.data import Dataset
from trackside.data.evidence import contact_sheet
from trackside.lab.errors import wilson

Floats = NDArray[np.float32]
_SYNTHETIC = "measured on SYNTHETIC pictures, but for the video"


@dataclass
class Story:
    """What was measured, in order.

    Attributes:
        out: where results go.
        rows: what, value as people read it.
    """

    out: Path
    rows: list[tuple[str, str]] = field(default_factory=list)
    figures: list[Plot] = field(default_factory=list)
    _started: float = field(default_factory=time.perf_counter)

    def chapter(self, title: str) -> None:
        """Say what comes now."""
        print(f"\n[{time.perf_counter() - self._started:4.0f} s] {title}", flush=True)

    def note(self, what: str, value: str) -> None:
        """Keep a number, and say it."""
        self.rows.append((what, value))
        print(f"    {what}: {value}", flush=True)

    def accuracy(self, what: str, right: NDArray[np.bool_]) -> None:
        """Keep an accuracy with its 95 % interval (Wilson)."""
        low, high = wilson(float(right.sum()), len(right))
        self.note(what, f"{right.mean():.1%} ({low:.1%} to {high:.1%}; {int(right.sum())} of {len(right)})")

    def end(self) -> None:
        """Print the table; write `numbers.json` and `result.html`."""
        self.note("whole run", f"{time.perf_counter() - self._started:.0f} s")
        wide = max(len(what) for what, _ in self.rows)
        print(f"\nAll numbers, {_SYNTHETIC}\n" + "\n".join(f"  {what:<{wide}}  {value}" for what, value in self.rows))
        told = [{"what": what, "value": value} for what, value in self.rows]
        (self.out / "numbers.json").write_text(json.dumps({"data": _SYNTHETIC, "rows": told}, indent=1), "utf-8")
        numbers = [Finding(what, "", Verdict.OK, value) for what, value in self.rows]
        shown = [Finding("picture", one.title, Verdict.OK, "", Measurement(plots=(one,))) for one in self.figures]
        Report(f"Pose competition, {_SYNTHETIC}", (*numbers, *shown)).save(self.out / "result.html")


def recall(story: Story, what: str, dataset: Dataset, rows: NDArray[np.intp], given: Floats, name: str) -> None:
    """Keep how many of a class are found, and how many of the others are taken for it."""
    number = dataset.classes.index(name)
    mine, said = dataset.items.labels[rows] == number, given.argmax(axis=1) == number
    found, others = int((mine & said).sum()), int((~mine & said).sum())
    story.note(what, f"{found} of {int(mine.sum())} found, {others} others taken for it")


def album(dataset: Dataset, rows: Sequence[int], path: Path, columns: int) -> bytes:
    """A sheet of pictures with their classes; written to `path`, and given back."""
    sheet = contact_sheet(
        [picture_of(dataset, row) for row in rows], [dataset.label_name(row) for row in rows], columns=columns
    )
    path.write_bytes(sheet)
    return sheet


def a_few_of_each(dataset: Dataset, split: str, count: int) -> list[int]:
    """The first rows of each class in a split, class by class."""
    rows = dataset.in_split(split)
    return [int(row) for number in range(len(dataset.classes)) for row in rows[dataset.items.labels[rows] == number][:count]]


def confusion(title: str, dataset: Dataset, rows: NDArray[np.intp], given: Floats) -> Plot:
    """Which class is taken for which (Plotly): a row a true class."""
    count = len(dataset.classes)
    table = np.zeros((count, count), int)
    np.add.at(table, (dataset.items.labels[rows], given.argmax(axis=1)), 1)
    names = list(dataset.classes)
    heat = {"type": "heatmap", "z": table.tolist(), "x": names, "y": names, "colorscale": "Blues", "showscale": False}
    heat |= {"texttemplate": "%{z}", "hovertemplate": "%{y} taken for %{x}: %{z}<extra></extra>"}
    axis = {"automargin": True, "constrain": "domain"}
    across = {**axis, "title": {"text": "answer"}}
    down = {**axis, "autorange": "reversed", "title": {"text": "truth"}}
    return Plot(title, {"data": [heat], "layout": {"xaxis": across, "yaxis": down, "height": 560}})
