"""Runs that have not ended, kept as one small file each: how a writer without a database finds a killed run again."""

from __future__ import annotations

import contextlib
import json
import uuid
from dataclasses import dataclass
from pathlib import Path

from trackside.core.files import write_json
from trackside.lab.records.attempt import may_live, writer


@dataclass(frozen=True)
class Mark:
    """A run that has begun.

    Attributes:
        id: of the run, 8 hexadecimal digits.
        goes_on: whether it was begun by a process that was killed.
    """

    id: str
    goes_on: bool


class Marks:
    """The open runs of a folder.

    Args:
        folder: where the writer keeps its runs; the marks lie in `.open` inside.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / ".open"

    def begin(self, identity: str) -> Mark:
        """The killed run of that identity, or a new one.

        Raises:
            OutputError: the folder cannot be written.
        """
        for path in sorted(self._folder.glob("*.json")):
            told = _read(path)
            if told.get("identity") == identity and not may_live(told.get("writer", "")):
                return self._mark(path.stem, identity, goes_on=True)
        return self._mark(uuid.uuid4().hex[:8], identity, goes_on=False)

    def end(self, mark: Mark, *, killed: bool) -> None:
        """The run has ended; one that was stopped by hand may go on later."""
        path = self._folder / f"{mark.id}.json"
        with contextlib.suppress(OSError):
            if killed:
                write_json(path, {**_read(path), "writer": ""})
            else:
                path.unlink()

    def _mark(self, name: str, identity: str, *, goes_on: bool) -> Mark:
        write_json(self._folder / f"{name}.json", {"identity": identity, "writer": writer()})
        return Mark(name, goes_on)


def _read(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}
