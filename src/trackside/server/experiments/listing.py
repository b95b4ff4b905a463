"""Experiments and their runs, as lists."""

from __future__ import annotations

import shlex

from trackside.lab.records import experiments as recorded
from trackside.server.experiments.numbers import moment
from trackside.server.experiments.rows import Ask, columns, matching, row
from trackside.server.experiments.service import Records
from trackside.server.experiments.shapes import ExperimentRunsPage, ExperimentShape, ExperimentsShape


def experiments(records: Records) -> ExperimentsShape:
    """Experiments that have runs, and how to record one."""
    found = recorded(records.place) if records.is_there else ()
    place = records.shown
    how = (
        f"trackside train DATA --store {shlex.quote(place)} records a training here; "
        f"in Python: fit(..., recorders=[MlflowRecorder({place!r}, 'my experiment')])"
    )
    return ExperimentsShape(
        store=place,
        how=how,
        items=[
            ExperimentShape(name=one.name, runs=one.runs, newest=moment(one.newest) if one.newest else None)
            for one in found
            if one.runs
        ],
    )


def runs_page(records: Records, experiment: str, ask: Ask) -> ExperimentRunsPage:
    """Some rows of an experiment's table.

    Raises:
        Refused: 404, there is no such experiment; 422, no such column to sort by.
    """
    table = records.table(experiment)
    found = matching(table, ask)
    return ExperimentRunsPage(
        experiment=experiment,
        columns=columns(table),
        main=table.main_metric(),
        statuses=sorted(set(table.status)),
        rows=[row(table, number) for number in found[ask.offset : ask.offset + ask.limit].tolist()],
        total=len(found),
        offset=ask.offset,
    )
