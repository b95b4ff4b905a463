"""What a run leaves: a folder for each input, and how to read it from Python."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from trackside.core import InputError, Problem, nearest

RUN_FILE = "run.json"
SUMMARY_FILE = "summary.html"


class Tables(Mapping[str, Any]):
    """The tables of a results folder by name, each read when it is asked for, as `pyarrow.Table`.

    `tables["tracks"].to_pandas()` gives a data frame where pandas is installed.
    """

    def __init__(self, folder: Path) -> None:
        self._paths = {path.stem: path for path in sorted(folder.glob("*.parquet"))}

    def __getitem__(self, name: str) -> Any:
        import pyarrow.parquet as parquet

        if name not in self._paths:
            raise InputError(f"there is no table {name!r}", fix=nearest(name, self._paths))
        return parquet.read_table(self._paths[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    def path(self, name: str) -> Path:
        """The Parquet file of a table."""
        return self._paths[name]


@dataclass(frozen=True)
class FileResult:
    """What became of one input.

    Attributes:
        input: the media.
        folder: where its results lie.
        status: "done", "skipped" (finished by an earlier run), "failed" or "cancelled".
        error: one sentence, for a failed one.
        problems: the same in its parts, naming the block where one failed.
    """

    input: Path
    folder: Path
    status: str
    error: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the results are there and whole."""
        return self.status in ("done", "skipped")

    @cached_property
    def tables(self) -> Tables:
        """The tables by name."""
        return Tables(self.folder)

    @property
    def videos(self) -> list[Path]:
        """The annotated videos."""
        return sorted(self.folder.glob("*.mp4"))

    @property
    def summary(self) -> Path | None:
        """The page with plots, if one was written."""
        path = self.folder / SUMMARY_FILE
        return path if path.exists() else None

    @cached_property
    def facts(self) -> dict[str, Any]:
        """`run.json`: versions, models with their hashes, timings a block, what could not be read."""
        return read_facts(self.folder)


@dataclass(frozen=True)
class RunResult:
    """What became of a run over one or more inputs.

    Attributes:
        folder: the results folder.
        files: one result an input, in the order given.
        seconds: wall time.
    """

    folder: Path
    files: list[FileResult] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether every input has its results."""
        return all(file.ok for file in self.files)

    @property
    def tables(self) -> Tables:
        """The tables of the only input.

        Raises:
            InputError: there were several; ask `files[i].tables`.
        """
        if len(self.files) != 1:
            raise InputError(f"the run has {len(self.files)} inputs", fix="use result.files[0].tables and so on")
        return self.files[0].tables


def read_facts(folder: Path) -> dict[str, Any]:
    """The `run.json` of a results folder; empty if there is none or it is not whole."""
    try:
        facts = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}
