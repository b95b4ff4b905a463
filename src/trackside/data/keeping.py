"""Keeping what a health check found: the report, the page, the queue, a table of suspects."""

from __future__ import annotations

import csv
from pathlib import Path

from trackside.core import Verdict
from trackside.core.files import atomic_open
from trackside.data.dataset import Dataset
from trackside.data.health import Health
from trackside.data.queue import Queue
from trackside.data.workbench import Workbench

# A cell that begins so is taken for a formula by spreadsheets (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = ("check", "item", "score", "reason", "kind", "suggestion", "annotation", "partner")


def keep_health(health: Health, dataset: Dataset, bench: Workbench) -> None:
    """Write the report as JSON and as a page, and put the suspects into the relabel queue.

    Raises:
        OutputError: no space, no permission.
    """
    health.report.save(bench.report_path)
    health.report.save(bench.page_path)
    answered = [f.check for f in health.report.findings if f.verdict not in (Verdict.ERROR, Verdict.UNKNOWN)]
    Queue(bench.queue_path).feed(health.suspects, dataset=dataset, complete=answered)


def write_suspects(health: Health, path: Path) -> None:
    """A CSV of all suspects, worst first within each check.

    Raises:
        OutputError: no space, no permission.
    """
    with atomic_open(path) as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(_COLUMNS)
        for one in sorted(health.suspects, key=lambda suspect: (suspect.check, -suspect.score, suspect.item)):
            score, place = f"{one.score:.4f}", "" if one.annotation < 0 else str(one.annotation)
            row = (one.check, one.item, score, one.reason, one.kind, one.suggestion, place, one.partner)
            table.writerow([_harmless(cell) for cell in row])


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
