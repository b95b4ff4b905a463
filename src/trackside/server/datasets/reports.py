"""The health report as the API shows it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from fastapi import Response

from trackside.core import Finding, Report
from trackside.server.datasets.shapes import FindingShape, HealthShape
from trackside.server.datasets.tables import DatasetRow
from trackside.server.problems import Refused, missing
from trackside.server.results.reports import HEADERS


def read(path: Path) -> Report:
    """A saved report. Raises Refused (409) if there is none yet."""
    try:
        return _parsed(path, path.stat().st_mtime_ns)
    except OSError:
        raise Refused(409, "the data set has not been checked yet", "wait for its check, or check it") from None


@lru_cache(maxsize=4)
def _parsed(path: Path, written: int) -> Report:
    """Its pictures may take some megabytes: the last few are held."""
    return Report.from_json(path.read_text("utf-8"))


def page(path: Path) -> Response:
    """The report as HTML. Its scripts run, but as a stranger to this server; it holds all that it needs."""
    try:
        html = path.read_bytes()
    except OSError:
        raise Refused(409, "the data set has not been checked yet", "wait for its check, or check it") from None
    return Response(html, media_type="text/html", headers=HEADERS)


def health_shape(report: Report, row: DatasetRow, suspects: Mapping[str, int]) -> HealthShape:
    """A report with addresses of its pictures, worst findings first."""
    base = f"/api/datasets/{row.id}/health"
    return HealthShape(
        title=row.name,
        verdict=report.verdict.value,
        facts={**report.facts, "data set": row.name},
        findings=[finding_shape(one, base, suspects.get(one.check, 0)) for one in report.sorted_findings],
    )


def finding_shape(finding: Finding, base: str, suspects: int = 0) -> FindingShape:
    """A finding; pictures are told by their address below `base`."""
    told = finding.to_json()
    plots = finding.evidence.plots
    pictures = [plot for plot in plots if plot.png is not None]
    return FindingShape(
        **{name: told[name] for name in ("check", "asks", "verdict", "numbers", "causes", "next_step", "reference")},
        says=finding.says or finding.evidence.missing,
        pictures=[
            {"title": plot.title, "address": f"{base}/{finding.check}/{number}.png"} for number, plot in enumerate(pictures)
        ],
        figures=[{"title": plot["title"], "figure": plot["figure"]} for plot in told["plots"] if plot["figure"] is not None],
        suspects=suspects,
    )


def evidence(report: Report, check: str, number: int) -> bytes:
    """A picture of a finding, PNG. Raises Refused (404)."""
    for finding in report.findings:
        pictures = [plot.png for plot in finding.evidence.plots if plot.png is not None]
        if finding.check == check and number < len(pictures):
            return pictures[number]
    raise missing("picture")
