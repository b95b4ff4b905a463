"""Numbers on their way to a store that is not always there."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from trackside.core import OutputError
from trackside.lab.records import buffer
from trackside.lab.records.buffer import Buffer, Entry


def _entries(first: int, last: int) -> list[Entry]:
    return [Entry("loss", float(step), step, 0) for step in range(first, last)]


class _Shelf:
    """Takes entries, but for the first so many times."""

    def __init__(self, refuses: int = 0) -> None:
        self.kept: list[int] = []
        self.batches: list[int] = []
        self.told: list[str] = []
        self._refuses = refuses

    def write(self, entries: Sequence[Entry]) -> None:
        self._refuses -= 1
        if self._refuses >= 0:
            raise OutputError("locked")
        self.batches.append(len(entries))
        self.kept += [entry.step for entry in entries]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buffer, "SECONDS", 0.01)
    monkeypatch.setattr(buffer, "_LONGEST_PAUSE", 0.02)


def test_what_was_refused_is_written_later_in_order_and_told_once() -> None:
    shelf = _Shelf(refuses=3)
    writing = Buffer(shelf.write, shelf.told.append)
    writing.add(_entries(0, 700))
    writing.add(_entries(700, 2500))
    assert writing.close() == 0
    assert shelf.kept == list(range(2500)) and shelf.told == ["locked"] and max(shelf.batches) <= 1000


def test_a_shelf_that_takes_all_is_never_told_of() -> None:
    shelf = _Shelf()
    writing = Buffer(shelf.write, shelf.told.append)
    for step in range(50):
        writing.add(_entries(step, step + 1))
    assert writing.close() == 0 and shelf.kept == list(range(50)) and not shelf.told
    assert len(shelf.batches) < 50, "numbers go together"


def test_what_never_could_be_written_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buffer, "PATIENCE", 0.05)
    shelf = _Shelf(refuses=10**6)
    writing = Buffer(shelf.write, shelf.told.append)
    writing.add(_entries(0, 30))
    assert writing.close() == 30 and shelf.kept == []


def test_memory_is_bounded_and_the_oldest_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buffer, "_MOST", 100)
    monkeypatch.setattr(buffer, "SECONDS", 0.2)
    shelf = _Shelf()
    writing = Buffer(shelf.write, shelf.told.append)
    writing.add(_entries(0, 250))
    assert writing.close() == 150 and shelf.kept == list(range(150, 250))
