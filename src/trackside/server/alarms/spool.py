"""Alarms on the disk that the database has not taken yet: one file each, there in full or not at all."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from trackside.core import OutputError
from trackside.core.files import cannot_write
from trackside.server.alarms.facts import Facts
from trackside.server.files.storage import flush

_SUFFIX = ".json"


class Spool:
    """A folder of alarms in the order in which they came. What `add` has taken survives the end of the process and a failure
    of the power.

    Args:
        folder: made when it is needed.
        most: alarms that may wait.
    """

    def __init__(self, folder: Path, most: int = 10_000) -> None:
        self._folder = folder
        self._most = most
        self._lock = threading.Lock()
        self._number = 0
        self._waiting: set[str] | None = None
        self._coming: set[str] = set()

    def add(self, facts: Facts) -> str:
        """Keep an alarm; gives its name here.

        Raises:
            OutputError: too many wait, or the disk does not take it.
        """
        name = self._name(facts["id"])
        path = self._folder / f"{name}{_SUFFIX}"
        partial = path.with_suffix(".partial")
        try:
            with partial.open("w", encoding="utf-8") as file:
                json.dump(facts, file, allow_nan=False)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
            flush(self._folder)
        except OSError as error:
            self._forget(name)
            with suppress(OSError):
                partial.unlink(missing_ok=True)
            raise cannot_write(path, error) from error
        with self._lock:
            self._coming.discard(name)
            self._known().add(name)
        return name

    def waiting(self) -> list[str]:
        """The names of those that wait, in order."""
        with self._lock:
            return sorted(self._known())

    def read(self, name: str) -> Facts | None:
        """One of them; None if it cannot be read, and it is put aside then."""
        path = self._folder / f"{name}{_SUFFIX}"
        try:
            facts = json.loads(path.read_text("utf-8"))
            if isinstance(facts, dict) and isinstance(facts.get("id"), str):
                return facts
        except FileNotFoundError:
            self._forget(name)
            return None
        except ValueError:
            pass
        with suppress(OSError):
            path.replace(path.with_suffix(".broken"))
        self._forget(name)
        return None

    def remove(self, name: str) -> None:
        """The database has it."""
        with suppress(OSError):
            (self._folder / f"{name}{_SUFFIX}").unlink(missing_ok=True)
        self._forget(name)

    def beside(self, alarm_id: str, suffix: str) -> Path:
        """Where a file of an alarm lies until the database has the alarm."""
        return self._folder / f"{alarm_id}{suffix}"

    def left(self, suffix: str) -> Iterator[tuple[str, Path]]:
        """Files of alarms that lie here, with the alarms' ids."""
        for path in sorted(self._folder.glob(f"*{suffix}")):
            yield path.name.removesuffix(suffix), path

    def _name(self, alarm_id: str) -> str:
        """A name behind all others; it is counted, but nobody may look for its file yet."""
        with self._lock:
            if len(self._known()) + len(self._coming) >= self._most:
                fix = "see why the database does not take them"
                raise OutputError(f"{self._most} alarms wait for the database", where=str(self._folder), fix=fix)
            self._number += 1
            name = f"{self._number:012d}-{alarm_id}"
            self._coming.add(name)
            return name

    def _known(self) -> set[str]:
        """What waits; read from the folder once."""
        if self._waiting is None:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise cannot_write(self._folder, error) from error
            self._waiting = {path.stem for path in self._folder.glob(f"*{_SUFFIX}")}
            numbers = [int(name.partition("-")[0]) for name in self._waiting if name.partition("-")[0].isdigit()]
            self._number = max(numbers, default=0)
        return self._waiting

    def _forget(self, name: str) -> None:
        with self._lock:
            self._coming.discard(name)
            self._known().discard(name)
