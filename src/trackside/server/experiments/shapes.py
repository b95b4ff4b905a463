"""Experiment records as the API shows them.

Numbers that are not finite are None, since JSON has no others; beside them stands which they were (`nan`, `inf`, `-inf`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from trackside.server.shapes import Shape

Odd = Literal["nan", "inf", "-inf"]
Kind = Literal["picture", "video", "page", "table", "facts", "text", "other"]


class ExperimentShape(Shape):
    """An experiment; `newest` is when its newest run began."""

    name: str
    runs: int
    newest: datetime | None


class ExperimentsShape(Shape):
    """All experiments, that with the newest run first.

    `store` is the place as `--store` takes it (without a password), `how` says how to record a run there.
    """

    store: str
    how: str
    items: list[ExperimentShape]


class ExperimentColumn(Shape):
    """A column of the table of runs. `key` is what `order` takes: `setting:rate`, `metric:validation/accuracy`.

    `varies`: whether runs differ in it. `numeric`: whether it holds numbers only. `categories`: the texts of a setting that
    is not numeric, at most 50. `lower`: whether less is better; None for settings.
    """

    key: str
    name: str
    kind: Literal["setting", "metric"]
    numeric: bool
    varies: bool
    lower: bool | None = None
    categories: list[str] = []


class MetricValues(Shape):
    """A metric of a run: its last value, and the lowest and highest over all steps (NaN left out).

    `odd` tells what the last value was if it is not finite.
    """

    last: float | None
    min: float | None
    max: float | None
    odd: Odd | None = None


class ExperimentRunRow(Shape):
    """A run in the table. `status` is `running`, `finished`, `failed`, `killed` or what else MLflow knows.

    `settings` and `metrics` by name, without those that the run does not have.
    """

    id: str
    name: str
    status: str
    started: datetime | None
    seconds: float | None
    settings: dict[str, str]
    metrics: dict[str, MetricValues]


class ExperimentRunsPage(Shape):
    """Rows of the table of runs. `total` counts those that match; `main` is the metric that tells best how good a run is."""

    experiment: str
    columns: list[ExperimentColumn]
    main: str | None
    statuses: list[str]
    rows: list[ExperimentRunRow]
    total: int
    offset: int


class MetricSummary(MetricValues):
    """A metric of one run over its steps: how many, the last one, and how many values are not finite."""

    name: str
    lower: bool
    points: int
    step: int
    not_finite: int


class RunCode(Shape):
    """The code of a run. `commit` is empty outside Git, `branch` where it was not recorded.

    `changes` is the address of what was changed since the commit, as `git diff` writes it; empty if nothing was.
    """

    commit: str
    branch: str
    changed: bool
    changes: str
    folder: str
    program: str
    note: str


class RunFile(Shape):
    """A file of a run. `path` is its name within the run."""

    path: str
    bytes: int
    media_type: str
    kind: Kind
    address: str


class RunReport(Shape):
    """A report of a run (pre-flight, diagnosis, result): its verdict, the address of its page, and of it as JSON."""

    name: str
    title: str
    verdict: str
    counts: dict[str, int]
    page: str
    facts: str


class ExperimentRun(Shape):
    """One run. `starts`: how often it was begun, more than once if it went on after it was killed.

    `seed` is empty if none was recorded. `files_note` says why files are not shown; empty if all are.
    """

    id: str
    name: str
    experiment: str
    status: str
    started: datetime | None
    ended: datetime | None
    seconds: float | None
    starts: int
    seed: str
    settings: dict[str, str]
    metrics: list[MetricSummary]
    code: RunCode
    machine: dict[str, str]
    versions: dict[str, str]
    tags: dict[str, str]
    files: list[RunFile]
    files_note: str
    reports: list[RunReport]


class OddPoint(Shape):
    """A point that is not finite: its place in `steps`, and what it was."""

    at: int
    was: Odd


class CurveShape(Shape):
    """A metric over its steps; `times` are seconds since the run began.

    Longer curves are thinned: of each stretch the lowest, the highest and the first point that is not finite stay. `points`
    and `not_finite` count all.
    """

    name: str
    lower: bool
    steps: list[int]
    values: list[float | None]
    times: list[float]
    odd: list[OddPoint]
    points: int
    not_finite: int
    thinned: bool


class CurvesShape(Shape):
    """Curves of a run."""

    run: str
    name: str
    curves: list[CurveShape]


class ComparedRun(Shape):
    id: str
    name: str
    experiment: str
    status: str
    started: datetime | None
    seconds: float | None
    commit: str


class ComparedSetting(Shape):
    """A setting that differs: its text in each run, None where a run has none."""

    name: str
    values: list[str | None]


class ComparedMetric(Shape):
    """The last value in each run; None where a run has none, or where it is not finite: then `odd` tells what it was."""

    name: str
    lower: bool
    values: list[float | None]
    odd: list[Odd | None]


class ComparedCode(Shape):
    """From the code of the first run to that of the last, as `git diff` writes it; `note` says what that rests on.

    `cut`: whether only the beginning of a long difference is told.
    """

    diff: str
    note: str
    cut: bool


class ComparedRuns(Shape):
    """Runs side by side, in the order that was asked for."""

    runs: list[ComparedRun]
    settings: list[ComparedSetting]
    metrics: list[ComparedMetric]
    code: ComparedCode
