"""Runs side by side."""

from __future__ import annotations

from collections.abc import Sequence

from trackside.lab.records import Run, compare, lower_is_better
from trackside.server.experiments.numbers import finite, moment, odd_of
from trackside.server.experiments.service import Records
from trackside.server.experiments.shapes import ComparedCode, ComparedMetric, ComparedRun, ComparedRuns, ComparedSetting

# Letters of a difference that a page is given: more is read in an editor.
_MOST_DIFF = 400_000


def compared(records: Records, wanted: Sequence[str]) -> ComparedRuns:
    """Two or more runs side by side.

    Raises:
        Refused: 404, one of them is not there.
    """
    experiments = [records.run(run)[1] for run in wanted]
    found = compare(records.place, wanted)
    return ComparedRuns(
        runs=[_run(run, experiment) for run, experiment in zip(found.runs, experiments, strict=True)],
        settings=[ComparedSetting(name=name, values=list(texts)) for name, texts in found.settings.items()],
        metrics=[_metric(name, values) for name, values in found.metrics.items()],
        code=ComparedCode(diff=_beginning(found.code), note=found.code_note, cut=len(found.code) > _MOST_DIFF),
    )


def _run(run: Run, experiment: str) -> ComparedRun:
    return ComparedRun(
        id=run.id,
        name=run.name,
        experiment=experiment,
        status=run.status,
        started=moment(run.start),
        seconds=finite(run.seconds),
        commit=run.commit,
    )


def _metric(name: str, values: Sequence[float | None]) -> ComparedMetric:
    return ComparedMetric(
        name=name,
        lower=lower_is_better(name),
        values=[None if value is None else finite(value) for value in values],
        odd=[None if value is None else odd_of(value) for value in values],
    )


def _beginning(diff: str) -> str:
    """Whole lines up to the most that is told."""
    return diff if len(diff) <= _MOST_DIFF else diff[: diff.rfind("\n", 0, _MOST_DIFF) + 1]
