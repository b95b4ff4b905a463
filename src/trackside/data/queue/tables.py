"""Decisions as a table for spreadsheets."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from trackside.data.queue.cells import write_table
from trackside.data.queue.entries import Entries
from trackside.data.queue.queue import Queue

COLUMNS = (
    "item",
    "state",
    "rank",
    "label",
    "action",
    "new_label",
    "comment",
    "by",
    "at",
    "checks",
    "suggestions",
    "reasons",
    "boxes",
    "points",
)


def export_csv(queue: Queue, path: Path, *, state: str = "all") -> int:
    """Write entries and what was decided as CSV. Returns the number of rows.

    Raises:
        OutputError: the file cannot be written.
    """
    rows = [row for page in queue.pages(state) for row in _rows(page)]
    write_table(path, COLUMNS, rows)
    return len(rows)


def _rows(page: Entries) -> list[list[str]]:
    return [
        [*_entry(page, row), *_decision(page, row), *_suspects(page, row), *_drawn(page, row)] for row in range(len(page))
    ]


def _entry(page: Entries, row: int) -> list[str]:
    return [page.items[row], page.states[row], f"{page.ranks[row]:.4f}", page.labels[row]]


def _decision(page: Entries, row: int) -> list[str]:
    decided = page.decided[row]
    if decided is None:
        return [""] * 5
    at = datetime.fromtimestamp(decided.at, UTC).isoformat(timespec="seconds")
    return [decided.decision.action, decided.decision.label, decided.decision.comment, decided.by, at]


def _suspects(page: Entries, row: int) -> list[str]:
    suspects = page.suspects[row]
    checks = dict.fromkeys(suspect.check for suspect in suspects)
    suggestions = dict.fromkeys(suspect.suggestion for suspect in suspects if suspect.suggestion)
    return ["; ".join(checks), "; ".join(suggestions), "; ".join(suspect.reason for suspect in suspects)]


def _drawn(page: Entries, row: int) -> list[str]:
    decided = page.decided[row]
    parts = (None, None) if decided is None else (decided.decision.boxes, decided.decision.points)
    return ["" if part is None else json.dumps(part) for part in parts]
