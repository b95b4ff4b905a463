"""One run: settings, numbers, code, machine, files, reports."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from trackside.core import InputError, Report
from trackside.lab.records import Run, lower_is_better
from trackside.lab.records.reading import ask, infinite, reading
from trackside.server.experiments.files import RunFolder, address_of, folder_of, listed
from trackside.server.experiments.numbers import finite, moment, odd_of
from trackside.server.experiments.service import Records
from trackside.server.experiments.shapes import ExperimentRun, MetricSummary, RunCode, RunFile, RunReport

_MACHINE = ("host", "system", "cores")
# What a run notes about itself for going on, and the code, which is told apart.
_INSIDE = ("identity", "writer", "starts", "code.folder", "code.changed", "code.note")
_MOST_REPORT = 32 << 20
_MOST_REPORTS = 20
# MLflow keeps infinity as the largest double, and 0 for NaN.
_SUMMARY = (
    "select m.key, count(distinct m.step), sum(case when m.is_nan or abs(m.value) > 1.7e308 then 1 else 0 end), "
    "min(case when m.is_nan then null else m.value end), max(case when m.is_nan then null else m.value end), "
    "l.value, l.is_nan, l.step from metrics m join latest_metrics l on l.run_uuid = m.run_uuid and l.key = m.key "
    "where m.run_uuid = :run group by m.key, l.value, l.is_nan, l.step order by m.key"
)


def run_shape(records: Records, wanted: str) -> ExperimentRun:
    """What is known of a run.

    Raises:
        Refused: 404, there is no such run.
    """
    run, experiment = records.run(wanted)
    with reading(run.store) as connection:
        metrics = [_metric(row) for row in ask(connection, _SUMMARY, run=run.id)]
    folder = folder_of(run)
    files, note = listed(run, folder)
    noted = {name.removeprefix("trackside."): text for name, text in run.tags.items() if name.startswith("trackside.")}
    return ExperimentRun(
        id=run.id,
        name=run.name,
        experiment=experiment,
        status=run.status,
        started=moment(run.start),
        ended=moment(run.start + run.seconds),
        seconds=finite(run.seconds),
        starts=_whole(noted.get("starts", "")),
        seed=run.settings.get("seed", ""),
        settings=dict(run.settings),
        metrics=metrics,
        code=_code(run, noted, files),
        machine=_machine(run, noted),
        versions={name: text for name, text in noted.items() if name not in (*_MACHINE, *_INSIDE)},
        tags={name: text for name, text in run.tags.items() if not name.startswith(("trackside.", "mlflow."))},
        files=files,
        files_note=note,
        reports=_reports(run, folder, files) if folder else [],
    )


def _metric(row: Any) -> MetricSummary:
    name, points, strange, low, high, last, is_nan, step = row
    shown = [float("nan") if value is None else float(infinite(value)) for value in (low, high, None if is_nan else last)]
    return MetricSummary(
        name=name,
        lower=lower_is_better(name),
        points=points,
        step=step,
        not_finite=strange,
        min=finite(shown[0]),
        max=finite(shown[1]),
        last=finite(shown[2]),
        odd=odd_of(shown[2]),
    )


def _code(run: Run, noted: Mapping[str, str], files: list[RunFile]) -> RunCode:
    changed = noted.get("code.changed") == "True"
    path = f"code/changes-{noted.get('starts', '1')}.diff"
    return RunCode(
        commit=run.commit,
        branch=run.tags.get("mlflow.source.git.branch", ""),
        changed=changed,
        changes=address_of(run, path) if changed and any(file.path == path for file in files) else "",
        folder=noted.get("code.folder", ""),
        program=run.tags.get("mlflow.source.name", ""),
        note=noted.get("code.note", ""),
    )


def _machine(run: Run, noted: Mapping[str, str]) -> dict[str, str]:
    told = {name: noted[name] for name in _MACHINE if name in noted}
    user = run.tags.get("mlflow.user", "")
    return {**told, "user": user} if user else told


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _reports(run: Run, folder: RunFolder, files: list[RunFile]) -> list[RunReport]:
    """Reports that lie among the files as a page and as JSON of the same name."""
    there = {file.path: file for file in files}
    found: list[RunReport] = []
    for file in files:
        page = file.path.removesuffix(".json") + ".html"
        if not file.path.endswith(".json") or page not in there or file.bytes > _MOST_REPORT:
            continue
        told = _told(folder.root / file.path, file.bytes)
        if told is not None and len(found) < _MOST_REPORTS:
            title, verdict, counts = told
            name = file.path.rpartition("/")[2].removesuffix(".json")
            found.append(
                RunReport(
                    name=name, title=title, verdict=verdict, counts=counts, page=there[page].address, facts=file.address
                )
            )
    return found


@lru_cache(maxsize=200)
def _told(path: Path, size: int) -> tuple[str, str, dict[str, int]] | None:
    """Title, verdict and how many findings have each verdict; None if it is no report. A run's files do not change."""
    try:
        report = Report.from_json(path.read_text("utf-8"))
    except (OSError, ValueError, InputError):
        return None
    return report.title, report.verdict.value, report.counts()
